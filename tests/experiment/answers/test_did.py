"""Difference-in-differences, event study and the test of the past, beside independent packages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.experiment.answers.panels import long_table, panel, with_effect
from tiersim.experiment.answers.collapsed import collapsed
from tiersim.experiment.answers.did import differences_in_differences, event_study
from tiersim.experiment.answers.pretrend import noncentrality, pretrend
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import NEVER


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_two_way_fixed_effects_weighted_by_weeks(seed: int) -> None:
    pf = pytest.importorskip("pyfixest", reason="pyfixest is not installed: no independent fixed effects")
    weeks = np.array([4.0] * 6 + [1.0, 2.0, 4.0, 4.0] * 2)
    given = panel(seed, periods=14, begins=6, weeks=weeks, effect=1.5, rho=0.5)
    fit = pf.feols("y ~ on | region + t", long_table(given), weights="weeks")
    assert differences_in_differences(given).value == pytest.approx(float(fit.coef()["on"]), abs=1e-8)


def test_the_event_study_has_the_coefficients_of_period_dummies() -> None:
    pf = pytest.importorskip("pyfixest", reason="pyfixest is not installed: no independent event study")
    given = panel(3, periods=12, begins=5, effect=1.5)
    data = long_table(given).assign(since=lambda d: d.t - 5)
    fit = pf.feols("y ~ i(since, ever, ref=-1) | region + t", data)
    coefficients = fit.coef().to_numpy()
    found = event_study(given)
    assert list(found) == [-5, -4, -3, -2, 0, 1, 2, 3, 4, 5, 6]
    assert [e.value for e in found.values()] == pytest.approx(coefficients, abs=1e-8)


def test_diff_diff_agrees() -> None:
    dd = pytest.importorskip("diff_diff", reason="diff-diff is not installed: no independent estimate")
    given = panel(4, effect=2.0)
    data = long_table(given).assign(post=lambda d: (d.t >= 8).astype(int))
    fit = dd.DifferenceInDifferences().fit(data, outcome="y", treatment="ever", post="post")
    assert differences_in_differences(given).value == pytest.approx(fit.att, abs=1e-8)


def test_the_t_test_is_that_of_collapsed_and_of_each_period() -> None:
    given = panel(5, effect=1.0)
    found, other = differences_in_differences(given), collapsed(given)
    assert (found.value, found.p, found.low) == (other.value, other.p, other.low)
    change = given.outcome[:, 11] - given.outcome[:, 7]
    expected = stats.ttest_ind(change[given.treated], change[~given.treated])
    assert event_study(given)[3].p == pytest.approx(expected.pvalue, rel=1e-10)


def test_effects_by_period_are_read_back() -> None:
    given = panel(6)
    grown = event_study(with_effect(given, 1.0, growth=0.5))
    plain = event_study(given)
    added = [grown[k].value - plain[k].value for k in grown]
    assert added == pytest.approx([0.0] * 7 + [1.0 + 0.5 * k for k in range(8)])


def test_slopes_before_are_compared_by_region() -> None:
    weeks = np.array([1.0, 2.0] * 4 + [3.0] * 8)
    given = panel(7, weeks=weeks)
    middle = np.cumsum(weeks) - weeks / 2
    slopes = np.array([np.polyfit(middle[:8], y[:8], 1, w=np.sqrt(weeks[:8]))[0] for y in given.outcome])
    expected = stats.ttest_ind(slopes[given.treated], slopes[~given.treated])
    found = pretrend(given)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-8)
    assert differences_in_differences(given).details["slope_p"] == found.p


def test_a_drift_is_read_back_and_its_bias_is_what_it_adds() -> None:
    given = panel(8, weeks=np.array([1.0, 2.0] * 4 + [3.0] * 8))
    middle = np.cumsum(given.weeks) - given.weeks / 2
    found = pretrend(given)
    slope = found.details["found"]
    drifting = replace(given, outcome=given.outcome + slope * middle * given.treated[:, None])
    assert pretrend(drifting).value - found.value == pytest.approx(slope)
    assert collapsed(drifting).value - collapsed(given).value == pytest.approx(found.details["bias"])


@pytest.mark.parametrize("dof", [1, 2, 4, 18])
def test_the_drift_said_to_be_found_is_found_so_often(dof: int) -> None:
    draws = 200_000
    rng = np.random.default_rng(dof)
    shift = noncentrality(dof, 0.95, 0.8)
    t = (rng.normal(size=draws) + shift) / np.sqrt(rng.chisquare(dof, draws) / dof)
    power = np.mean(np.abs(t) > stats.t.ppf(0.975, dof))
    assert abs(power - 0.8) < 4.0 * np.sqrt(0.16 / draws)


def test_noncentrality_agrees_with_the_noncentral_t() -> None:
    shift = noncentrality(8, 0.95, 0.8)
    critical = stats.t.ppf(0.975, 8)
    power = stats.nct.sf(critical, 8, shift) + stats.nct.cdf(-critical, 8, shift)
    assert power == pytest.approx(0.8, abs=1e-8)


def test_a_past_without_trend_leaves_its_test_out() -> None:
    given = panel(9, periods=5, begins=1)
    assert dict(differences_in_differences(given).details) == {}
    with pytest.raises(NotEstimable, match="shows no trend"):
        pretrend(given)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"begins": 0}, "no period before"),
        ({"first": np.full(10, NEVER)}, "no region is treated"),
        ({"first": np.full(10, 8)}, "no control region"),
        ({"outcome": np.ones((10, 16))}, "never varies"),
    ],
)
def test_what_cannot_be_estimated_says_why(change: dict, why: str) -> None:
    for answer in (differences_in_differences, event_study, pretrend):
        with pytest.raises(NotEstimable, match=why):
            answer(replace(panel(10), **change))
