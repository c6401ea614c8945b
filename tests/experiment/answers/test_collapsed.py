"""Collapsed changes: the t test of whole regions, and the clustered errors that it stands in for."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.experiment.answers.panels import ar1, panel, with_effect
from tiersim.experiment.answers.collapsed import collapsed
from tiersim.experiment.answers.randomisation import randomised
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import NEVER


def test_it_is_the_pooled_t_test_of_changes() -> None:
    weeks = np.array([4.0] * 8 + [1.0, 2.0] * 4)
    given = panel(1, weeks=weeks, effect=0.7)
    before = np.average(given.outcome[:, :8], axis=1, weights=weeks[:8])
    after = np.average(given.outcome[:, 8:], axis=1, weights=weeks[8:])
    change, treated = after - before, given.treated
    expected = stats.ttest_ind(change[treated], change[~treated])
    interval = expected.confidence_interval(0.9)
    found = collapsed(given, level=0.9)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-10)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert found.dof == 8
    assert found.base + found.value == pytest.approx(after[treated].mean())


def test_an_effect_put_in_comes_back() -> None:
    given = panel(2)
    assert collapsed(with_effect(given, 3.0)).value - collapsed(given).value == pytest.approx(3.0)


def test_periods_between_begin_and_start_count_for_neither_window() -> None:
    given = panel(3)
    run_in = replace(given, first=np.where(given.treated, 11, NEVER))
    disturbed = run_in.outcome.copy()
    disturbed[:, 8:11] += np.random.default_rng(0).normal(size=(10, 3))
    assert collapsed(replace(run_in, outcome=disturbed)).value == pytest.approx(collapsed(run_in).value)


def test_one_treated_region_is_judged_by_the_spread_of_controls() -> None:
    found = collapsed(panel(4, regions=6, treated=1))
    assert found.ok and found.dof == 4


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"begins": 0}, "no period before"),
        ({"begins": 16}, "no period of the experiment"),
        ({"first": np.full(10, NEVER)}, "no region is treated"),
        ({"first": np.full(10, 8)}, "no control region"),
        ({"first": np.array([8, 9] + [NEVER] * 8)}, "different periods"),
        ({"first": np.array([16, 16] + [NEVER] * 8)}, "has begun yet"),
        ({"first": np.array([3, 8] + [NEVER] * 8)}, "R0 is treated before"),
        ({"outcome": np.full((10, 16), 7.3)}, "never varies"),
        ({"outcome": np.arange(10.0)[:, None] / 3 + np.arange(16.0) / 7}, "never varies"),
        (
            {"outcome": np.where(np.arange(16) == 5, np.nan, np.ones((10, 16)))},
            "R0 has no outcome in period 5",
        ),
    ],
)
def test_what_cannot_be_estimated_says_why(change: dict, why: str) -> None:
    with pytest.raises(NotEstimable, match=why):
        collapsed(replace(panel(5), **change))


def test_two_regions_leave_no_degree_of_freedom() -> None:
    with pytest.raises(NotEstimable, match="one treated and one control region"):
        collapsed(panel(6, regions=2, treated=1))


def test_arrays_that_do_not_fit_are_refused() -> None:
    given = panel(7)
    with pytest.raises(ValueError, match="shape"):
        collapsed(replace(given, weeks=np.ones(3)))
    with pytest.raises(ValueError, match="blocks"):
        collapsed(replace(given, blocks=np.zeros(3, np.int64)))
    with pytest.raises(ValueError, match="longer than 0"):
        collapsed(replace(given, weeks=np.zeros(16)))


def clustered_p(outcome: np.ndarray, treated: np.ndarray, begins: int) -> np.ndarray:
    """Two-way fixed effects with CR1 errors and t(G - 1), the bad example; by world."""
    _, regions, periods = outcome.shape
    x = treated[:, None] * (np.arange(periods) >= begins).astype(float)
    x = x - x.mean(axis=0) - x.mean(axis=1, keepdims=True) + x.mean()
    y = outcome - outcome.mean(axis=1, keepdims=True) - outcome.mean(axis=2, keepdims=True)
    y = y + outcome.mean(axis=(1, 2), keepdims=True)
    known = np.sum(x * x)
    value = np.sum(x * y, axis=(1, 2)) / known
    scores = np.sum(x * (y - value[:, None, None] * x), axis=2)
    # Region effects are nested in clusters, so that they do not count among the parameters.
    cells, parameters = regions * periods, periods + 1
    adjust = regions / (regions - 1) * (cells - 1) / (cells - parameters)
    error = np.sqrt(adjust * np.sum(scores**2, axis=1)) / known
    return 2.0 * stats.t.sf(np.abs(value) / error, regions - 1)


def test_the_bad_example_is_what_packages_give() -> None:
    pf = pytest.importorskip("pyfixest", reason="pyfixest is not installed: no independent clustered errors")
    from tests.experiment.answers.panels import long_table

    given = panel(8, regions=8, treated=2)
    fit = pf.feols("y ~ on | region + t", long_table(given), vcov={"CRV1": "region"})
    ours = clustered_p(given.outcome[None], given.treated, given.begins)[0]
    assert ours == pytest.approx(float(fit.pvalue()["on"]), rel=1e-8)


@pytest.mark.parametrize(
    ("regions", "treated", "often"), [(8, 2, 0.1235), (10, 2, 0.1567), (10, 3, 0.0831), (20, 3, 0.1399)]
)
def test_clustered_errors_reject_a_true_null_while_changes_keep_their_level(
    regions: int, treated: int, often: float
) -> None:
    """`often` is from 40,000 worlds of another seed; without the correction for parameters .02 higher."""
    worlds = 4000
    rng = np.random.default_rng(20)
    outcome = ar1(rng, (worlds, regions, 13), 0.5) + rng.normal(size=(worlds, 1, 13))
    mask = np.arange(regions) < treated
    rate = float(np.mean(clustered_p(outcome, mask, 6) <= 0.05))
    assert abs(rate - often) < 4.0 * np.sqrt(often * (1.0 - often) * (1 / worlds + 1 / 40_000))
    given = panel(0, regions=regions, treated=treated, periods=13, begins=6)
    given = replace(given, first=np.where(mask, 6, NEVER))
    p = np.array([[f(replace(given, outcome=y)).p for f in (collapsed, randomised)] for y in outcome])
    bound = 4.0 * np.sqrt(0.05 * 0.95 / worlds)
    assert abs(np.mean(p[:, 0] <= 0.05) - 0.05) < bound
    number = math.comb(regions, treated)
    assert abs(np.mean(p[:, 1] <= 0.05 + 1e-12) - math.floor(0.05 * number + 1e-9) / number) < bound
