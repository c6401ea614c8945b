"""Intervals and the split of variance, judged over thousands of synthetic worlds (R2)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tiersim.evaluation.statistics import (
    estimate,
    half_width,
    replications_for,
    split,
    standard_error,
    variance_ratio,
)

WORLDS = 4_000
Z = 3.5
"""A right interval fails this about once in two thousand runs; seeds are fixed, so never twice."""


def worlds(draws, between, within, seed, count=WORLDS):
    """`count` comparisons of 2 x `draws` replications with known variances between and within draws."""
    rng = np.random.default_rng(seed)
    assumptions = rng.normal(0, math.sqrt(between), (count, draws, 1))
    return (5.0 + assumptions + rng.normal(0, math.sqrt(within), (count, draws, 2))).reshape(count, -1)


def z_of_share(hits, share):
    return (np.mean(hits) - share) / math.sqrt(share * (1 - share) / len(hits))


@pytest.mark.parametrize(("draws", "between", "within"), [(10, 0.0, 1.0), (10, 4.0, 1.0), (50, 1.0, 1.0)])
def test_t_interval_of_the_mean_covers_95_percent(draws, between, within):
    hits = [abs(x.mean() - 5.0) <= half_width(x) for x in worlds(draws, between, within, draws)]
    assert abs(z_of_share(hits, 0.95)) < Z


def test_an_interval_that_counted_replications_would_not_cover():
    # What the clusters are for: as if all 20 replications were independent.
    x = worlds(10, 4.0, 1.0, 3)
    naive = stats.t.ppf(0.975, 19) * x.std(axis=1, ddof=1) / math.sqrt(20)
    assert z_of_share(abs(x.mean(axis=1) - 5.0) <= naive, 0.95) < -10


@pytest.mark.parametrize(("draws", "between", "within"), [(10, 1.0, 3.0), (10, 4.0, 1.0), (40, 1.0, 1.0)])
def test_split_is_unbiased_and_its_interval_covers_95_percent(draws, between, within):
    found = [split(x) for x in worlds(draws, between, within, 100 + draws)]
    for name, truth in (("between", between), ("within", within)):
        values = np.array([getattr(part, name) for part in found])
        assert abs(values.mean() - truth) < Z * values.std() / math.sqrt(WORLDS)
    share = between / (between + within)
    assert abs(z_of_share([part.low <= share <= part.high for part in found], 0.95)) < Z
    assert all(0 <= part.low <= part.share <= part.high <= 1 for part in found)


def test_split_by_hand():
    # Pairs (1, 3) and (7, 5): within = mean of 2, 2 = 2; pair means 2, 6; between = 8 - 2 / 2 = 7.
    part = split(np.array([1.0, 3.0, 7.0, 5.0]))
    assert (part.within, part.between, part.share, part.draws) == (2.0, 7.0, 7 / 9, 2)


def test_split_of_pure_chance_and_of_pure_assumptions():
    assert split(np.array([0.0, 2.0, 2.0, 0.0, 0.0, 2.0])).share == 0.0
    assert split(np.array([1.0, 1.0, 4.0, 4.0])).share == 1.0
    assert split(np.zeros(8)).share == 0.0
    with pytest.raises(ValueError, match="4 replications"):
        split(np.array([1.0, 2.0, 3.0]))


def test_standard_error_is_that_of_the_pair_means():
    x = np.random.default_rng(5).normal(size=30)
    pairs = x.reshape(-1, 2).mean(axis=1)
    error, df = standard_error(x)
    assert error == pytest.approx(pairs.std(ddof=1) / math.sqrt(15), rel=1e-12)
    assert df == 14
    assert half_width(x) == pytest.approx(stats.t.ppf(0.975, 14) * error, rel=1e-12)


def test_a_single_last_replication_counts_as_its_own_draw():
    x = np.array([1.0, 3.0, 7.0, 5.0, 10.0])
    # Deviations from 5.2 by cluster: -6.4, 1.6, 4.8.
    error, df = standard_error(x)
    assert error == pytest.approx(math.sqrt((6.4**2 + 1.6**2 + 4.8**2) * 3 / 2) / 5, rel=1e-12)
    assert df == 2


def test_one_draw_has_no_simulation_error():
    assert math.isnan(half_width(np.array([1.0, 2.0])))


def test_estimate_is_the_range_of_outcomes_and_not_of_the_mean():
    found = estimate(np.arange(-10.0, 31.0))
    assert (found.mean, found.low, found.high) == (10.0, -9.0, 29.0)
    assert found.p_positive == 30 / 41


@pytest.mark.parametrize(("between", "within"), [(1.0, 1.0), (0.0, 2.0), (9.0, 1.0)])
def test_replications_that_are_told_are_the_fewest_that_suffice(between, within):
    x = worlds(2000, between, within, 9, count=1)[0]
    part = split(x)
    spread = part.within / 2 + max(part.between, 0)
    for wanted in (1.0, 0.3, 0.1):
        needed = replications_for(x, wanted)
        assert needed % 2 == 0
        draws = needed // 2

        def error(n):
            return stats.t.ppf(0.975, n - 1) * math.sqrt(spread / n)

        assert error(draws) <= wanted
        assert draws == 2 or error(draws - 1) > wanted


def test_replications_that_are_told_reach_the_error_that_was_wanted():
    pilot = worlds(500, 2.0, 1.0, 11, count=1)[0]
    needed = replications_for(pilot, 0.25)
    reached = [half_width(x) for x in worlds(needed // 2, 2.0, 1.0, 12, count=400)]
    # The pilot's own spread is known to some 6 %.
    assert np.median(reached) == pytest.approx(0.25, rel=0.1)


@pytest.mark.parametrize("wanted", [0.0, -1.0, math.nan])
def test_a_half_width_must_be_above_zero(wanted):
    with pytest.raises(ValueError, match="above 0"):
        replications_for(np.arange(8.0), wanted)


def test_variance_ratio_holds_the_assumptions_fixed():
    rng = np.random.default_rng(2)
    draws = 200_000
    assumptions = np.repeat(rng.normal(0, 10, draws), 2)
    common = rng.normal(0, 3, 2 * draws)
    a = 2 * assumptions + common + rng.normal(0, 1, 2 * draws)
    b = -assumptions + common + rng.normal(0, 1, 2 * draws)
    # (10 + 10) / 2; with the assumptions in, it would be (410 + 110) / 902.
    assert variance_ratio(a, b) == pytest.approx(10.0, rel=0.02)


def test_variance_ratio_without_any_noise():
    still = np.zeros(8)
    assert math.isnan(variance_ratio(still, still))
    noisy = np.random.default_rng(1).normal(size=8)
    assert variance_ratio(noisy, noisy) == math.inf
