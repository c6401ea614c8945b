"""Shrinkage against Rubin's eight schools, statsmodels, and simulated tiers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects
from tests.experiment.looks.walks import z_of_share

from tiersim.experiment.checks.shrinkage import METHODS, shrink
from tiersim.experiment.estimate import NotEstimable

SCHOOLS = (
    np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]),
    np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]),
)
GROUPS = st.lists(st.tuples(st.floats(-50.0, 50.0), st.floats(0.5, 20.0)), min_size=2, max_size=8)


def test_eight_schools() -> None:
    """Rubin 1981: common effect 7.7 with error 4.1; effects differ by no more than chance (Q 4.7, 7 dof)."""
    for method in METHODS:
        found = shrink(*SCHOOLS, method)
        assert (found.mean, found.mean_error) == pytest.approx((7.69, 4.07), abs=0.005)
        assert found.q == pytest.approx(4.7, abs=0.01) and found.p == pytest.approx(0.70, abs=0.005)
        assert found.variance == 0.0 and found.share == 0.0
        assert found.value == pytest.approx(np.full(8, found.mean))
        assert found.error == pytest.approx(np.full(8, found.mean_error))


@given(groups=GROUPS)
def test_agrees_with_statsmodels(groups: list[tuple[float, float]]) -> None:
    effects, errors = np.array(groups).T
    for method, other in (("dersimonian_laird", "chi2"), ("paule_mandel", "iterated")):
        ours = shrink(effects, errors, method)
        if ours.variance < 1e-3:
            continue  # theirs may end below 0, or not quite at it
        theirs = combine_effects(effects, errors**2, method_re=other, atol=1e-10, maxiter=2000)
        assert ours.q == pytest.approx(theirs.q, rel=1e-9)
        if method == "paule_mandel" and theirs.tau2 == 0.0:
            continue  # their Newton step went below 0; that ours is the root is tested below
        assert ours.variance == pytest.approx(theirs.tau2, rel=1e-5, abs=1e-7)
        assert ours.mean == pytest.approx(theirs.mean_effect_re, rel=1e-5, abs=1e-6)


@given(groups=GROUPS)
def test_paule_mandel_meets_its_equation(groups: list[tuple[float, float]]) -> None:
    effects, errors = np.array(groups).T
    found = shrink(effects, errors)
    weight = 1.0 / (errors**2 + found.variance)
    spread = float(weight @ np.square(effects - found.mean))
    if found.variance > 0.0:
        assert spread == pytest.approx(effects.size - 1, rel=1e-6)
    else:
        assert spread <= effects.size - 1


@given(groups=GROUPS)
def test_effects_move_toward_the_mean_and_never_past_it(groups: list[tuple[float, float]]) -> None:
    effects, errors = np.array(groups).T
    found = shrink(effects, errors)
    assert ((found.value - found.mean) * (effects - found.mean) >= -1e-9).all()
    assert (np.abs(found.value - found.mean) <= np.abs(effects - found.mean) + 1e-9).all()
    assert (found.error <= errors * (1.0 + 1e-9)).all() and (found.error > 0.0).all()
    # The less is known of a group, the further it is pulled.
    assert (np.diff(found.pulled[np.argsort(errors)]) >= -1e-12).all()


def test_large_true_differences_are_left_alone() -> None:
    found = shrink([0.0, 100.0, -100.0], [1.0, 1.0, 1.0])
    assert found.value == pytest.approx([0.0, 100.0, -100.0], abs=0.02)
    assert found.p < 1e-6 and found.share > 0.99
    assert found.variance == pytest.approx(10_000.0 - 1.0)


def test_intervals_cover_with_many_groups_and_shrinkage_is_nearer() -> None:
    rng = np.random.default_rng(1)
    errors = np.linspace(0.5, 1.5, 200)
    covered, plain, shrunken = [], 0.0, 0.0
    for _ in range(200):
        truth = 3.0 + rng.standard_normal(200)
        effects = truth + errors * rng.standard_normal(200)
        found = shrink(effects, errors, level=0.9)
        covered.append(np.mean((found.low <= truth) & (truth <= found.high)))
        plain += float(np.square(effects - truth).sum())
        shrunken += float(np.square(found.value - truth).sum())
    # tau² is taken as known, which costs a little coverage even here.
    assert 0.885 < np.mean(covered) < 0.905
    # With tau² = 1 the error falls by the mean share that groups are pulled.
    expected = np.sum(errors**2 / (1.0 + errors**2)) / np.sum(errors**2)
    assert shrunken / plain == pytest.approx(expected, abs=0.03)


def test_intervals_of_three_tiers_are_too_short_as_documented() -> None:
    rng = np.random.default_rng(4)
    errors = np.array([0.6, 1.1, 1.6])
    truth = 3.0 + rng.standard_normal((3000, 3))
    effects = truth + errors * rng.standard_normal((3000, 3))
    found = [shrink(row, errors) for row in effects]
    low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.85, abs=0.02)


def test_the_error_of_the_mean_counts() -> None:
    """With no true differences intervals are those of the mean and cover; without it they are points."""
    rng = np.random.default_rng(3)
    errors = np.full(4, 1.0)
    found = [shrink(rng.standard_normal(4), errors, level=0.9) for _ in range(2000)]
    none = [one for one in found if one.variance == 0.0]
    assert len(none) > 1000
    covered = np.array([(one.low[0] <= 0.0) & (one.high[0] >= 0.0) for one in none])
    # The mean does not depend on the spread, so choosing by the spread leaves its law alone.
    assert abs(z_of_share(covered, 0.9)) < 4.0


def test_q_holds_its_level() -> None:
    rng = np.random.default_rng(2)
    errors = np.array([0.5, 1.0, 2.0])
    rejected = [shrink(4.0 + errors * rng.standard_normal(3), errors).p <= 0.05 for _ in range(2000)]
    assert abs(z_of_share(np.array(rejected), 0.05)) < 4.0


def test_refusals() -> None:
    with pytest.raises(NotEstimable, match="one group only"):
        shrink([1.0], [1.0])
    with pytest.raises(NotEstimable, match="not finite"):
        shrink([1.0, math.nan], [1.0, 1.0])
    with pytest.raises(NotEstimable, match="never varies"):
        shrink([1.0, 2.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="unknown method"):
        shrink([1.0, 2.0], [1.0, 1.0], "reml")
    with pytest.raises(ValueError, match="same length"):
        shrink([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="level"):
        shrink([1.0, 2.0], [1.0, 1.0], level=1.0)
    same = shrink([2.0, 2.0], [1.0, 1.0])
    assert same.q == 0.0 and same.p == 1.0 and same.value == pytest.approx([2.0, 2.0])
