"""Rates of simulated calls, their errors, and the effect from which on power is enough."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tiersim.errors import TiersimError
from tiersim.experiment.power.analytic import detectable, power_at
from tiersim.experiment.power.simulated import power_curve, rejection_rate, replications_needed, wilson


@pytest.mark.parametrize(("count", "n"), [(0, 20), (3, 20), (20, 20), (400, 500), (1, 2000)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_intervals_agree_with_statsmodels(count, n, level):
    low, high = proportion_confint(count, n, 1 - level, method="wilson")
    assert wilson(count / n, n, level) == pytest.approx((low, high), abs=1e-12)
    calls = np.arange(n) < count
    found = rejection_rate(calls, level=level)
    assert (found.value, found.low, found.high) == pytest.approx((count / n, low, high), abs=1e-12)
    assert found.error == pytest.approx(math.sqrt(count / n * (1 - count / n) / n))
    assert found.effective == n == found.replications


def shared(random, reps, pairs, power, weight):
    """Calls in pairs: normal scores of which a share `weight` is common; shape (reps, 2 pairs)."""
    from scipy.stats import norm

    common = random.normal(size=(reps, pairs, 1))
    own = random.normal(size=(reps, pairs, 2))
    score = math.sqrt(weight) * common + math.sqrt(1 - weight) * own
    return (score < norm.ppf(power)).reshape(reps, -1)


def test_error_by_pairs_is_the_spread_of_simulated_rates_and_covers():
    random = np.random.default_rng(81)
    reps, pairs, power = 2000, 60, 0.3
    calls = shared(random, reps, pairs, power, 0.8)
    code = np.repeat(np.arange(pairs), 2)
    found = [rejection_rate(row, code) for row in calls]
    spread = calls.mean(axis=1).std()
    assert np.sqrt(np.mean([one.error**2 for one in found])) == pytest.approx(spread, rel=0.05)
    # As if independent the error is too small by a fifth, beyond what the line above lets pass.
    assert rejection_rate(calls.ravel()).error * math.sqrt(reps) < 0.85 * spread
    covered = np.mean([one.low <= power <= one.high for one in found])
    assert covered == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / reps))


def test_pairs_that_agree_fully_count_once():
    one = np.random.default_rng(82).random(500) < 0.4
    found = rejection_rate(np.repeat(one, 2), np.repeat(np.arange(500), 2))
    alone = rejection_rate(one)
    assert found.error == pytest.approx(alone.error * math.sqrt(500 / 499))
    assert found.effective == 500
    assert (found.low, found.high) == pytest.approx((alone.low, alone.high), rel=1e-12)


def test_where_all_or_none_call_pairs_count_once():
    found = rejection_rate(np.ones(40, bool), np.repeat(np.arange(20), 2))
    assert found.error == 0.0 and found.effective == 20 and found.high == 1.0
    assert found.low == pytest.approx(proportion_confint(20, 20, 0.05, method="wilson")[0])


@pytest.mark.parametrize("half", [0.005, 0.02, 0.1, 0.3])
@pytest.mark.parametrize("rate", [0.0, 0.05, 0.5, 0.8])
def test_needed_replications_are_the_fewest(half, rate):
    def width(n):
        z2 = 1.959963984540054**2
        return math.sqrt(z2 * rate * (1 - rate) / n + z2**2 / (4 * n * n)) / (1 + z2 / n)

    n = replications_needed(half, rate)
    assert width(n) <= half * (1 + 1e-9)
    assert n == 1 or width(n - 1) > half
    assert replications_needed(half, rate, design=2.0) in (2 * n, 2 * n - 1)


def simulated_calls(random, effects, reps):
    z = random.normal(size=reps)
    return np.abs(z + effects[:, None]) > 1.959963984540054


def test_curve_finds_the_effect_that_reaches_80_per_cent():
    random = np.random.default_rng(83)
    effects = np.linspace(1.0, 4.5, 15)
    curve = power_curve(effects, simulated_calls(random, effects, 4000))
    exact = detectable(1.0)
    assert exact == pytest.approx(2.8016, abs=1e-3)
    assert curve.where == "within" and curve.low < curve.smallest < curve.high
    assert abs(curve.smallest - exact) < 4 * curve.error
    # Delta method: error of a rate of .8 by the slope of the power there.
    slope = (power_at(exact + 1e-4, 1.0) - power_at(exact - 1e-4, 1.0)) / 2e-4
    assert curve.error == pytest.approx(math.sqrt(0.16 / 4000) / slope, rel=0.5)


def test_error_and_interval_of_the_smallest_effect_are_honest():
    random = np.random.default_rng(84)
    effects = np.linspace(1.0, 4.5, 15)
    curves = [power_curve(effects, simulated_calls(random, effects, 600)) for _ in range(400)]
    found = np.array([curve.smallest for curve in curves])
    error = math.sqrt(np.mean([curve.error**2 for curve in curves]))
    assert found.std() == pytest.approx(error, rel=0.15)
    # Straight lines lie a little below a curve that bends down.
    assert found.mean() == pytest.approx(detectable(1.0), abs=0.02)
    covered = np.mean([curve.low <= detectable(1.0) <= curve.high for curve in curves])
    assert 0.91 <= covered <= 0.99


def test_pairs_make_the_smallest_effect_less_sure():
    random = np.random.default_rng(85)
    effects = np.linspace(1.0, 4.5, 15)
    calls = simulated_calls(random, effects, 2000)
    doubled, code = np.repeat(calls, 2, axis=1), np.repeat(np.arange(2000), 2)
    alone, naive, right = (
        power_curve(effects, calls),
        power_curve(effects, doubled),
        power_curve(effects, doubled, code),
    )
    assert alone.smallest == naive.smallest == right.smallest
    assert right.error == pytest.approx(alone.error, rel=1e-9)
    assert right.high - right.low == pytest.approx(alone.high - alone.low, rel=0.01)
    assert naive.high - naive.low < 0.8 * (right.high - right.low)


def test_smoothing_makes_the_curve_rise_and_keeps_its_mean():
    calls = np.zeros((4, 10), bool)
    for i, k in enumerate((2, 6, 4, 9)):
        calls[i, :k] = True
    effects = np.array([1.0, 2.0, 3.0, 4.0])
    assert power_curve(effects, calls).power == pytest.approx([0.2, 0.5, 0.5, 0.9])
    assert power_curve(effects, calls, smooth=False).power == pytest.approx([0.2, 0.6, 0.4, 0.9])
    assert power_curve(effects, calls).smallest == pytest.approx(3.75)
    assert power_curve(effects, calls, target=0.55, smooth=False).smallest == pytest.approx(1.875)


def test_ends_of_the_grid_say_so():
    effects = np.array([1.0, 2.0])
    never = power_curve(effects, np.zeros((2, 50), bool))
    assert never.where == "above" and math.isinf(never.smallest) and math.isinf(never.error)
    always = power_curve(effects, np.ones((2, 50), bool))
    assert always.where == "below" and always.smallest == 1.0 and math.isinf(always.error)


CALLS = np.array([True, False])


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: rejection_rate(np.zeros(0, bool)), "no replication"),
        (lambda: rejection_rate(CALLS, np.zeros(3, np.int64)), "different shapes"),
        (lambda: rejection_rate(CALLS, np.zeros(2, np.int64)), "share one parameter draw"),
        (lambda: rejection_rate(CALLS, level=1.0), "level 1"),
        (lambda: replications_needed(0.0), "half-width 0"),
        (lambda: replications_needed(0.1, 1.5), "rate 1.5"),
        (lambda: replications_needed(0.1, design=0.5), "design effect of 0.5"),
        (lambda: power_curve(np.array([2.0, 1.0]), np.zeros((2, 5), bool)), "rising"),
        (lambda: power_curve(np.array([1.0]), np.zeros((1, 5), bool)), "at least two effects"),
        (lambda: power_curve(np.array([1.0, 2.0]), np.zeros((3, 5), bool)), "shape"),
        (lambda: power_curve(np.array([1.0, 2.0]), np.zeros((2, 5), bool), target=1.0), "power 1"),
    ],
)
def test_refuses_what_cannot_be(make, text):
    with pytest.raises(TiersimError, match=text):
        make()
