"""Does the interval of a paired difference hold the truth as often as it says?

Each of some thousand experiments has its own replications of a slim world, once as it is and once with a
lift of orders, on the same draws; two replications share a draw of the lift (R2). Truth is closed form.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.statistical.slim import memory, weeks, z_of_mean, z_of_share

from tiersim.engine.accounts import REVENUE
from tiersim.engine.memory import draws
from tiersim.engine.stages.orders import orders
from tiersim.evaluation.statistics import half_width
from tiersim.policy.vocabulary import L_ORDERS
from tiersim.random import fill_words
from tiersim.random.streams import LAB

pytestmark = pytest.mark.slow

CUSTOMERS, REPLICATIONS, WEEKS, RATE, NOISE, MOST = 6, 30, 3, 0.8, 0.5, 1.0
AT_ONCE = 100


def lifts(first, many):
    """Lift of each draw, uniform in 0..MOST, mean MOST / 2."""
    ids = first + np.arange(many, dtype=np.uint64)
    four = [np.empty(many, np.uint32) for _ in range(4)]
    fill_words(ids, 0, LAB, 0, 1, 0, *four, many)
    return MOST * (four[0] + 0.5) / 2.0**32


def revenue(experiments, number, factor):
    """Revenue of each replication, shape (experiments, REPLICATIONS)."""
    worlds = experiments * REPLICATIONS
    world = memory(worlds, CUSTOMERS, first_id=number * worlds * CUSTOMERS)
    world["order_rate"].fill(RATE)
    world["order_par"][1] = NOISE
    world["log_basket"].fill(5.0 - NOISE**2 / 2)
    world["lift"][L_ORDERS] = np.repeat(np.log(factor), 2 * CUSTOMERS).astype(np.float32)
    weeks(world, [draws, orders], WEEKS)
    return world["post"][REVENUE].sum(axis=0).reshape(experiments, REPLICATIONS) / 100.0


def experiments(many):
    """Paired differences of all experiments, shape (many, REPLICATIONS)."""
    out = []
    for number in range(many // AT_ONCE):
        pairs = AT_ONCE * REPLICATIONS // 2
        lift = lifts(number * pairs, pairs)
        out.append(revenue(AT_ONCE, number, 1 + lift) - revenue(AT_ONCE, number, np.ones(pairs)))
    return np.concatenate(out)


@pytest.fixture(scope="module")
def differences(lean):
    return experiments(2000 if lean else 10_000)


TRUTH = MOST / 2 * CUSTOMERS * RATE * np.exp(5.0) * WEEKS


def test_the_difference_has_no_bias(differences):
    assert abs(z_of_mean(differences.mean(axis=1), TRUTH)) < 4


def test_the_interval_covers_at_its_nominal_rate(differences):
    assert differences.shape[0] >= 2000
    covered = sum(abs(row.mean() - TRUTH) <= half_width(row) for row in differences)
    assert abs(z_of_share(covered, differences.shape[0], 0.95)) < 4


def test_an_interval_that_ignores_shared_draws_would_be_found_out(differences):
    """The test above can fail: with replications taken as independent the interval is too narrow."""
    from scipy.stats import t

    error = differences.std(axis=1, ddof=1) / np.sqrt(REPLICATIONS)
    covered = (np.abs(differences.mean(axis=1) - TRUTH) <= t.ppf(0.975, REPLICATIONS - 1) * error).sum()
    assert z_of_share(covered, differences.shape[0], 0.95) < -4


def test_worlds_with_the_same_policy_differ_by_nothing():
    same = np.ones(AT_ONCE * REPLICATIONS // 2)
    assert (revenue(AT_ONCE, 0, same) == revenue(AT_ONCE, 0, same)).all()
