"""Power of the exact randomisation test by simulation."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kstest

from tests.experiment.power.calls import agrees
from tiersim.errors import TiersimError
from tiersim.experiment.power.floors import attainable
from tiersim.experiment.power.regional import regional_power
from tiersim.experiment.power.rule import Rule
from tiersim.experiment.power.shuffled import normal_draws, randomisation_power


@pytest.mark.parametrize("two_sided", [True, False])
@pytest.mark.parametrize(("regions", "treated"), [(7, 2), (8, 4), (6, 3)])
def test_p_values_are_those_of_lots_listed_one_by_one(regions, treated, two_sided):
    draws = np.random.default_rng(61).normal(size=(60, regions))
    rule = Rule(0.12, two_sided)
    called = []
    for row in draws:
        y = row * 2.0
        y[:treated] += 3.0
        values = []
        for chosen in combinations(range(regions), treated):
            on = np.isin(np.arange(regions), chosen)
            values.append(y[on].mean() - y[~on].mean())
        values = np.abs(values) if two_sided else np.array(values)
        called.append(np.mean(values >= values[0] - 1e-9) <= 0.12)
    found = randomisation_power(3.0, 2.0, regions, treated, draws, rule)
    assert found.value == np.mean(called) and 0 < np.mean(called) < 1


@pytest.mark.parametrize(("regions", "treated"), [(8, 2), (8, 4), (10, 3)])
def test_without_an_effect_calls_are_the_attainable_size(regions, treated):
    draws = np.random.default_rng(62).normal(size=(20_000, regions))
    found = randomisation_power(0.0, 1.0, regions, treated, draws)
    assert agrees(found.value, attainable(0.05, regions, treated), 20_000)


def test_below_its_floor_nothing_is_ever_called():
    draws = np.random.default_rng(63).normal(size=(500, 6))
    for treated in (2, 3):
        found = randomisation_power(1e6, 1.0, 6, treated, draws)
        assert found.value == 0.0 and found.high < 0.01
    assert randomisation_power(1e6, 1.0, 7, 2, np.random.default_rng(64).normal(size=(500, 7))).value == 1.0


def test_with_many_regions_power_comes_near_the_t_test():
    draws = np.random.default_rng(65).normal(size=(4000, 12))
    found = randomisation_power(1.8, 1.0, 12, 6, draws)
    assert found.value == pytest.approx(regional_power(1.8, 1.0, 12, 6), abs=0.03)


def test_addressed_draws_are_normal_independent_and_stay_the_same():
    draws = normal_draws(2000, 6, seed=3)
    assert draws.shape == (2000, 6)
    assert kstest(draws.ravel(), "norm").pvalue > 0.001
    correlation = np.corrcoef(draws.T)[np.triu_indices(6, 1)]
    assert np.abs(correlation).max() < 4.5 / math.sqrt(2000)
    assert (normal_draws(100, 3, seed=3) == draws[:100, :3]).all()
    assert not np.isin(normal_draws(100, 6, seed=4), draws).any()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda d: randomisation_power(1.0, 1.0, 6, 7, d), "more than the 6 regions"),
        (lambda d: randomisation_power(1.0, 1.0, 8, 3, d), "shape"),
        (lambda d: randomisation_power(1.0, 0.0, 6, 3, d), "change 0"),
        (lambda d: randomisation_power(1.0, 1.0, 6, 3, d, Rule(inflation=1.1)), "one look only"),
        (lambda d: randomisation_power(1.0, 1.0, 40, 20, np.zeros((2, 40))), "too many to list"),
        (lambda d: normal_draws(0, 3), "at least one replication"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make(np.zeros((5, 6)))
