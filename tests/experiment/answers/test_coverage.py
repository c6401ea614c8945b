"""Sound answers reject a true null and cover the truth as often as they say; naive ones do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.experiment.answers.made import customers, fit_for, z_of
from tiersim.experiment.answers.menu import ANSWERS
from tiersim.experiment.estimate import Estimate

TRIALS = 2000


def rates(found: list[Estimate], truth: float) -> tuple[float, float]:
    """z of the count of intervals that hold the truth, and of p-values of at most .05."""
    assert all(f.ok for f in found)
    return (
        z_of(sum(f.low < truth < f.high for f in found), TRIALS, 0.95),
        z_of(sum(f.p <= 0.05 for f in found), TRIALS, 0.05),
    )


@pytest.mark.slow
@pytest.mark.parametrize("strata", [1, 4])
@pytest.mark.parametrize("name", ["difference", "cuped", "adjusted"])
def test_answers_by_customer_hold_their_level(name: str, strata: int) -> None:
    rng = np.random.default_rng(1)
    null = [ANSWERS[name].answer(customers(rng, 200, strata, effect=0.0)) for _ in range(TRIALS)]
    cover, reject = rates(null, 0.0)
    assert abs(cover) < 3.5 and abs(reject) < 3.5
    found = [ANSWERS[name].answer(customers(rng, 200, strata)) for _ in range(TRIALS)]
    assert abs(rates(found, 0.7)[0]) < 3.5
    mean, spread = np.mean([f.value for f in found]), np.std([f.value for f in found])
    assert abs(mean - 0.7) < 3.5 * spread / np.sqrt(TRIALS)


@pytest.mark.parametrize("name", ["ratio", "ratio_adjusted", "paired", "clustered", "clustered_adjusted"])
def test_other_answers_reject_a_true_null_as_often_as_they_say(name: str) -> None:
    rng = np.random.default_rng(2)
    cover, reject = rates(
        [ANSWERS[name].answer(fit_for(name, rng, 300, effect=0.0)) for _ in range(TRIALS)], 0.0
    )
    assert abs(cover) < 3.5 and abs(reject) < 3.5


def test_unequal_arms_of_unequal_spread_hold_their_level() -> None:
    rng = np.random.default_rng(3)
    arm = (np.arange(120) < 20).astype(np.int64)
    shell = replace(customers(rng, 120), arm=arm)
    found = [
        ANSWERS["difference"].answer(replace(shell, outcome=rng.normal(size=120) * (1.0 + 3.0 * arm)))
        for _ in range(TRIALS)
    ]
    cover, reject = rates(found, 0.0)
    assert abs(cover) < 3.5 and abs(reject) < 3.5


def test_naive_intervals_miss_a_trend() -> None:
    # Everybody rises by .5 between the windows, the effect is 0.
    rng = np.random.default_rng(4)
    for name in ("before_after", "year_on_year"):
        missed = 0
        for _ in range(200):
            sample = customers(rng, 300, effect=0.0)
            missed += not ANSWERS[name].answer(replace(sample, outcome=sample.outcome + 0.5)).low < 0.0
        assert missed > 150
        assert ANSWERS["difference"].answer(customers(rng, 300, effect=0.0)).ok


def test_naive_comparison_misses_where_the_best_were_chosen() -> None:
    rng = np.random.default_rng(5)
    naive = sound = 0
    for _ in range(200):
        sample = customers(rng, 400, effect=0.0)
        chosen = replace(sample, arm=(sample.before[:, 0] > 0.5).astype(np.int64))
        naive += ANSWERS["treated_untreated"].answer(chosen).low > 0.0
        sound += ANSWERS["treated_untreated"].answer(sample).p <= 0.05
    assert naive == 200 and sound < 30
