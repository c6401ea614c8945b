"""Repeated intervals and p-values, and estimates after stopping, against simulation and their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq
from tests.experiment.looks.walks import walks, z_of_share

from tiersim.experiment.estimate import NotEstimable, from_error
from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.bounds import KINDS, plan
from tiersim.experiment.looks.inference import after_stop, repeated, repeated_p, z_of_t
from tiersim.experiment.looks.recursion import equal_looks

SIX = equal_looks(6)


@pytest.mark.parametrize("kind", ["obrien_fleming", "classic_pocock", "power"])
def test_repeated_intervals_cover_together(kind: str) -> None:
    bounds, drift = plan(kind, SIX), 1.7
    t = np.array(SIX)
    z = walks(100_000, SIX, drift, seed=5)
    # The effect in errors of a look is drift · √t; an interval misses it if z is further off than the bound.
    missed = (np.abs(z - drift * np.sqrt(t)) >= np.array(bounds.upper)).any(axis=1)
    assert abs(z_of_share(missed, 0.05)) < 4.0
    for k, z_look in enumerate(z[0]):
        error = 2.0 / math.sqrt(t[k])
        found = repeated(bounds, z_look * error, error, k + 1)
        assert (found.low <= 2.0 * drift <= found.high) == (
            abs(z_look - drift * math.sqrt(t[k])) <= bounds.upper[k]
        )
        assert found.level == 0.95


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sides", [1, 2])
@given(z=st.floats(0.05, 6.0), look=st.integers(1, 6))
def test_p_falls_below_alpha_exactly_where_z_crosses(kind: str, sides: int, z: float, look: int) -> None:
    bounds = plan(kind, SIX, 0.05, sides)
    p = repeated_p(bounds, z, look)
    assert 0.0 < p <= 1.0
    if abs(z - bounds.upper[look - 1]) > 1e-4:
        assert (p < 0.05) == bool(bounds.crossed(z, look))
    assert repeated_p(bounds, z + 0.1, look) <= p


@pytest.mark.parametrize("kind", ["obrien_fleming", "pocock", "power", "classic_obrien_fleming"])
@pytest.mark.parametrize("look", [2, 4, 6])
def test_p_is_the_level_whose_bound_is_z(kind: str, look: int) -> None:
    for level in (1e-5, 0.003, 0.08, 0.4):
        z = plan(kind, SIX, level).upper[look - 1]
        if math.isfinite(z):
            assert repeated_p(plan(kind, SIX), z, look) == pytest.approx(level, rel=1e-3)


def test_running_minimum_of_p_holds_the_level() -> None:
    bounds = plan("pocock", SIX)
    z = walks(2_000, SIX, seed=6)
    p = np.array([[repeated_p(bounds, x, k + 1) for k, x in enumerate(row)] for row in z])
    for level in (0.05, 0.2):
        assert abs(z_of_share(p.min(axis=1) <= level, level)) < 4.0


def test_one_look_is_the_fixed_estimate() -> None:
    bounds = plan("obrien_fleming", (1.0,))
    fixed = from_error(2.0, 1.1)
    for found in (repeated(bounds, 2.0, 1.1, 1), after_stop(bounds, 2.0, 1.1, 1)):
        assert (found.low, found.high) == pytest.approx((fixed.low, fixed.high), abs=1e-6)
        assert found.p == pytest.approx(fixed.p, rel=1e-3)
        assert found.value == pytest.approx(2.0, abs=1e-7)


def test_t_is_used_at_its_nominal_level() -> None:
    one = plan("pocock", (1.0,))
    fixed, found = from_error(2.0, 1.0, dof=7), repeated(one, 2.0, 1.0, 1, dof=7)
    assert (found.low, found.high) == pytest.approx((fixed.low, fixed.high), abs=1e-6)
    assert found.p == pytest.approx(fixed.p, rel=1e-3) and found.inference == "t"
    for t in (-3.0, 0.0, 0.4, 60.0):
        tail = stats.t.sf(abs(t), 5)
        assert abs(z_of_t(t, 5)) == pytest.approx(stats.norm.isf(tail), abs=1e-9)
    assert z_of_t(-3.0, 5) == -z_of_t(3.0, 5) and z_of_t(2.0) == 2.0
    with pytest.raises(NotEstimable, match="degree of freedom"):
        z_of_t(2.0, 0)


def test_one_sided_intervals_have_one_end() -> None:
    found = repeated(plan("pocock", SIX, 0.05, 1), 3.0, 1.0, 2)
    assert math.isinf(found.high) and 0.0 < found.low < 3.0 and found.p < 0.05


def test_a_look_that_cannot_stop_bounds_nothing() -> None:
    found = repeated(plan("once", SIX), 9.0, 1.0, 3)
    assert (found.low, found.high, found.p) == (-math.inf, math.inf, 1.0)


def test_always_valid_bounds_give_the_sequence() -> None:
    sequence = AlwaysValid.tightest(0.05, at=0.5)
    through, direct = repeated(sequence.bounds(SIX), 2.0, 0.7, 3), sequence.estimate(2.0, 0.7, 0.5)
    assert (through.low, through.high, through.p) == pytest.approx((direct.low, direct.high, direct.p))
    assert through.inference == direct.inference == "always_valid"


@pytest.mark.parametrize("sides", [1, 2])
def test_p_after_stopping_is_uniform_under_no_effect(sides: int) -> None:
    bounds = plan("pocock", equal_looks(3), 0.2, sides)
    z = walks(3_000, bounds.fractions, seed=7)
    first, _ = bounds.first_crossing(z)
    look = np.where(first > 0, first, 3)
    p = [after_stop(bounds, z[i, k - 1], 1.0, int(k)).p for i, k in enumerate(look)]
    assert stats.kstest(p, "uniform").pvalue > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("drift", [0.0, 1.5, 3.0])
def test_estimate_after_stopping_is_median_unbiased_and_covers(drift: float) -> None:
    bounds = plan("pocock", equal_looks(4))
    z = walks(2_000, bounds.fractions, drift, seed=8)
    first, _ = bounds.first_crossing(z)
    look = np.where(first > 0, first, 4)
    t = np.array(bounds.fractions)[look - 1]
    end = z[np.arange(look.size), look - 1]
    # With an error of 1 at full information the effect is the drift.
    found = [
        after_stop(bounds, x / math.sqrt(f), 1.0 / math.sqrt(f), int(k), 0.9)
        for x, f, k in zip(end, t, look, strict=True)
    ]
    above = np.array([e.value > drift for e in found])
    plain = np.array([e.details["plain"] > drift for e in found])
    covered = np.array([e.low <= drift <= e.high for e in found])
    assert abs(z_of_share(above, 0.5)) < 4.0
    assert abs(z_of_share(covered, 0.9)) < 4.0
    if drift == 3.0:
        assert z_of_share(plain, 0.5) > 4.0  # the plain estimate is too high where it stopped early


def test_stagewise_p_is_its_definition() -> None:
    bounds = plan("obrien_fleming", equal_looks(2), 0.05, 1)
    t = np.array([0.5, 1.0])
    cov = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    u, z = bounds.upper[0], 1.4
    law = stats.multivariate_normal([0.0, 0.0], cov, abseps=1e-10)
    expected = stats.norm.sf(u) + stats.norm.cdf(u) - float(law.cdf([u, z]))
    assert after_stop(bounds, z, 1.0, 2).p == pytest.approx(expected, abs=1e-7)
    middle = brentq(
        lambda d: 1.0 - float(stats.multivariate_normal(d * np.sqrt(t), cov).cdf([u, z])) - 0.5, -2.0, 4.0
    )
    assert after_stop(bounds, z, 1.0, 2).value == pytest.approx(middle, abs=1e-5)


def test_after_stop_mirrors_and_refuses() -> None:
    bounds = plan("pocock", SIX)
    up, down = after_stop(bounds, 3.0, 1.0, 3), after_stop(bounds, -3.0, 1.0, 3)
    assert (down.value, down.low, down.high) == pytest.approx((-up.value, -up.high, -up.low))
    assert up.value < 3.0 and up.low < up.value < up.high
    with pytest.raises(NotEstimable, match="did not stop"):
        after_stop(bounds, 1.0, 1.0, 3)
    with pytest.raises(NotEstimable, match="never varies"):
        repeated(bounds, 1.0, 0.0, 3)
    with pytest.raises(NotEstimable, match="not finite"):
        repeated(bounds, math.nan, 1.0, 3)
