"""Synthetic control: optimal weights, the gate of fit, placebo ranks, and regression to the mean."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.experiment.answers.panels import ar1, long_table, panel, with_effect
from tiersim.experiment.answers.synthetic import simplex_weights, synthetic_control
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import NEVER, RegionPanel


def factors(
    seed: int, regions: int = 12, treated: int = 1, periods: int = 30, begins: int = 20
) -> RegionPanel:
    """Regions that follow three common movements, so that a mixture can follow a region."""
    rng = np.random.default_rng(seed)
    given = panel(seed, regions=regions, treated=treated, periods=periods, begins=begins)
    loads = rng.dirichlet(np.ones(3), regions)
    common = np.cumsum(rng.normal(size=(3, periods)), axis=1) * 3.0
    return replace(given, outcome=50.0 + loads @ common + 0.1 * rng.normal(size=(regions, periods)))


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize(("controls", "periods"), [(2, 5), (8, 20), (30, 10), (39, 40)])
def test_weights_meet_the_conditions_of_an_optimum(controls: int, periods: int, size: float) -> None:
    rng = np.random.default_rng([controls, periods])
    pool = size * (rng.normal(size=(controls, periods)) + rng.normal(size=(controls, 1)) + 20.0)
    target = size * (rng.normal(size=periods) + 20.5)
    weights = simplex_weights(target, pool)
    assert weights.min() >= 0.0 and weights.sum() == pytest.approx(1.0, abs=1e-12)
    # No control may have a steeper descent than those in use, which all have the same.
    gradient = pool @ (weights @ pool - target)
    lowest = weights @ gradient
    width = np.abs(gradient - lowest).max()
    assert (gradient - lowest).min() >= -1e-9 * max(width, size**2)
    assert np.abs((gradient - lowest)[weights > 0.0]).max() <= 1e-9 * max(width, size**2)


def test_an_exact_mixture_is_found() -> None:
    rng = np.random.default_rng(1)
    pool = rng.normal(size=(6, 15)) * 1e4 + 1e6
    truth = np.array([0.5, 0.3, 0.2, 0.0, 0.0, 0.0])
    assert simplex_weights(truth @ pool, pool) == pytest.approx(truth, abs=1e-9)
    assert simplex_weights(pool[4], pool) == pytest.approx(np.eye(6)[4], abs=1e-9)


def test_diff_diff_finds_the_same_weights_and_gap() -> None:
    dd = pytest.importorskip("diff_diff", reason="diff-diff is not installed: no independent weights")
    given = with_effect(factors(2), 2.0)
    data = long_table(given)
    estimator = dd.SyntheticControl(v_method="custom", custom_v=np.ones(20), standardize="none")
    fit = estimator.fit(
        data, outcome="y", treatment="on", unit="region", time="t",
        post_periods=list(range(20, 30)), pre_period_outcomes="all",
    )  # fmt: skip
    ours = simplex_weights(given.outcome[given.treated][0, :20], given.outcome[~given.treated][:, :20])
    names = np.flatnonzero(~given.treated)
    theirs = [fit.donor_weights.get(name, 0.0) for name in names]
    assert ours == pytest.approx(theirs, abs=1e-7)
    assert synthetic_control(given).value == pytest.approx(fit.att, abs=1e-7)


def test_an_effect_put_in_comes_back_and_ranks_first() -> None:
    given = factors(3)
    plain, found = synthetic_control(given), synthetic_control(with_effect(given, 30.0))
    assert found.value - plain.value == pytest.approx(30.0)
    assert found.p == found.floor == pytest.approx(1 / 12)
    assert found.details["fit"] == pytest.approx(plain.details["fit"]) and found.details["fit"] < 0.2


def test_the_interval_holds_the_effects_that_placebos_do_not_beat() -> None:
    given = factors(4)
    found = synthetic_control(given, level=0.75)
    for end, inward in ((found.low, 1e-6), (found.high, -1e-6)):
        assert synthetic_control(with_effect(given, -end - inward)).p > 0.25
        assert synthetic_control(with_effect(given, -end + inward)).p <= 0.25 + 1e-12
    assert synthetic_control(given, level=0.95).high == math.inf


def test_gaps_are_averaged_over_treated_regions() -> None:
    given = factors(5, treated=3)
    each = []
    for i in np.flatnonzero(given.treated):
        keep = ~given.treated | (np.arange(12) == i)
        alone = replace(
            given, outcome=given.outcome[keep], first=given.first[keep], blocks=given.blocks[keep]
        )
        each.append(synthetic_control(alone, worst_fit=math.inf).value)
    assert synthetic_control(given, worst_fit=math.inf).value == pytest.approx(np.mean(each))


def test_a_region_beyond_all_controls_is_refused_by_its_fit() -> None:
    given = factors(6)
    outside = np.where(given.treated[:, None], given.outcome + 40.0, given.outcome)
    with pytest.raises(NotEstimable, match=r"does not fit the past \(its error is \d+%"):
        synthetic_control(replace(given, outcome=outside))
    assert synthetic_control(replace(given, outcome=outside), worst_fit=math.inf).ok


def test_what_cannot_be_estimated_says_why() -> None:
    with pytest.raises(NotEstimable, match="two control regions"):
        synthetic_control(panel(7, regions=3, treated=2))
    with pytest.raises(NotEstimable, match="two periods before"):
        synthetic_control(panel(7, periods=9, begins=1))
    with pytest.raises(NotEstimable, match="never varies"):
        synthetic_control(replace(panel(7), outcome=np.ones((10, 16))))
    with pytest.raises(NotEstimable, match="no control region"):
        synthetic_control(replace(panel(7), first=np.full(10, 8)))


def rejections(worlds: int, begins: int, rho: float, ahead: float) -> float:
    """Share of worlds without any effect in which region 0 ranks first or second of 20 (10 %).

    Region 0 lies `ahead` standard deviations above the mean of all others.
    """
    rng = np.random.default_rng([begins, int(10 * rho), int(10 * ahead)])
    names = tuple(str(i) for i in range(20))
    first = np.full(20, NEVER)
    first[0] = begins
    found = 0
    for _ in range(worlds):
        outcome = ar1(rng, (20, begins + 5), rho)
        outcome[0] += ahead
        given = RegionPanel(outcome, np.ones(20), first, begins, np.ones(begins + 5), names, 1)
        found += synthetic_control(given, worst_fit=math.inf).p <= 0.1 + 1e-12
    return found / worlds


@pytest.mark.slow
def test_a_better_region_seems_treated_since_the_luck_of_its_controls_ends() -> None:
    worlds = 800
    alike = rejections(worlds, 10, 0.0, ahead=0.0)
    assert abs(alike - 0.1) < 4.0 * math.sqrt(0.09 / worlds)
    short, long, serial = (rejections(worlds, b, rho, 1.0) for b, rho in ((4, 0.0), (10, 0.0), (10, 0.5)))
    # Luck that lasts matches less of what ends: serial correlation softens it, as in the published figures.
    assert long - serial > 4.0 * math.sqrt((long * (1 - long) + serial * (1 - serial)) / worlds)
    assert min(short, serial) > 0.25
