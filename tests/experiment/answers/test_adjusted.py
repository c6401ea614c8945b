"""Adjustment for the past: closed forms, regression programs, and covariates that are no use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from tests.experiment.answers.made import customers, fit_for, plain
from tiersim.experiment.answers.adjusted import adjusted, cuped
from tiersim.experiment.answers.difference import difference
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import Sample


def lin(sample: Sample, robust: str) -> tuple[float, float]:
    """Estimate and error of Lin's regression by statsmodels."""
    z = (sample.arm == 1).astype(float)
    codes = np.unique(sample.stratum)[1:]
    columns = np.hstack([sample.stratum[:, None] == codes, sample.before]).astype(float)
    columns -= columns.mean(axis=0)
    design = np.column_stack([np.ones(len(z)), z, columns, columns * z[:, None]])
    fit = sm.OLS(sample.outcome, design).fit(cov_type=robust)
    return float(fit.params[1]), float(fit.bse[1])


@pytest.mark.parametrize("strata", [1, 5])
@pytest.mark.parametrize("robust", ["HC2", "HC3"])
def test_lin_is_the_regression_with_interactions(strata: int, robust: str) -> None:
    sample = customers(np.random.default_rng(1), 300, strata)
    sample = replace(sample, before=np.column_stack([sample.before, np.exp(sample.before[:, 0])]))
    found = adjusted(sample, robust=robust)
    assert (found.value, found.error) == pytest.approx(lin(sample, robust), rel=1e-9)
    assert found.inference == "t" and 300 / 2 < found.dof < 300


def test_degrees_of_freedom_are_satterthwaites_over_two_regressions() -> None:
    sample = customers(np.random.default_rng(13), 60, 2)
    sample = sample.take(np.flatnonzero((sample.arm == 0) | (np.cumsum(sample.arm) % 2 == 0)))
    columns = np.column_stack([sample.stratum, sample.before])
    columns = columns - columns.mean(axis=0)
    parts, free = [], []
    for arm in (0, 1):
        rows = sample.arm == arm
        fit = sm.OLS(sample.outcome[rows], sm.add_constant(columns[rows])).fit(cov_type="HC2")
        parts.append(fit.bse[0] ** 2)
        free.append(rows.sum() - 4)
    expected = sum(parts) ** 2 / (parts[0] ** 2 / free[0] + parts[1] ** 2 / free[1])
    found = adjusted(sample)
    assert found.dof == pytest.approx(expected, rel=1e-9)
    assert found.error**2 == pytest.approx(sum(parts), rel=1e-9)


def test_filling_is_mean_and_indicator() -> None:
    rng = np.random.default_rng(2)
    sample = customers(rng, 300, 2)
    unknown = rng.random(300) < 0.2
    before = sample.before.copy()
    before[unknown, 1] = np.nan
    filled = sample.before.copy()
    filled[unknown, 1] = before[~unknown, 1].mean()
    by_hand = replace(sample, before=np.column_stack([filled, unknown]))
    found = adjusted(replace(sample, before=before))
    assert (found.value, found.error) == pytest.approx(lin(by_hand, "HC2"), rel=1e-9)
    assert found.details["covariates"] == 3.0 and found.details["dropped"] == 0.0


def test_theta_by_hand() -> None:
    # X 1 2 3 in both arms, Y 2 4 6 and 3 3 9: theta = 10 / 4 either way. Left are 4.5 4 3.5 and 5.5 3 6.5.
    y, x, arm = [2, 4, 6, 3, 3, 9], np.array([1.0, 2, 3, 1, 2, 3]), np.repeat([0, 1], 3)
    found = cuped(plain(y, arm, before=x[:, None]))
    both = cuped(plain(y, arm, before=x[:, None]), together=True)
    assert (both.value, both.error) == pytest.approx((found.value, found.error), rel=1e-12)
    assert found.details["theta"] == pytest.approx(2.5, rel=1e-12)
    assert found.value == pytest.approx(1.0, rel=1e-12)
    # Variances .25 and 3.25 of what is left, 4 and 12 before.
    assert found.error**2 == pytest.approx(3.5 / 3, rel=1e-12)
    assert found.details["variance_factor"] == pytest.approx(3.5 / 16, rel=1e-12)


def test_variance_falls_by_one_less_rho_squared() -> None:
    rng = np.random.default_rng(3)
    n, rho = 200_000, 0.8
    x = rng.normal(size=n)
    y = rho * x + np.sqrt(1.0 - rho**2) * rng.normal(size=n)
    sample = plain(y, np.arange(n) % 2, before=x[:, None])
    factor = (cuped(sample).error / difference(sample).error) ** 2
    # Standard error of 1 - r^2 is 2 rho (1 - rho^2) / sqrt(n) = .0013.
    assert factor == pytest.approx(1.0 - rho**2, abs=4 * 2 * rho * (1.0 - rho**2) / np.sqrt(n))
    assert cuped(sample).details["variance_factor"] == pytest.approx(factor, rel=1e-12)
    assert cuped(sample).details["theta"] == pytest.approx(rho, abs=4 * np.sqrt((1.0 - rho**2) / n))


@pytest.mark.parametrize("together", [False, True])
def test_cuped_within_strata_is_the_difference_of_what_is_left(together: bool) -> None:
    sample = customers(np.random.default_rng(4), 300, 4)
    found = cuped(sample, together=together)
    # theta by regression on dummies of the strata, or of the cells of stratum and arm, and covariates.
    groups = sample.stratum if together else 2 * sample.stratum + sample.arm
    dummies = (groups[:, None] == np.unique(groups)).astype(float)
    theta = sm.OLS(sample.outcome, np.hstack([dummies, sample.before])).fit().params[-2:]
    assert [found.details["theta_1"], found.details["theta_2"]] == pytest.approx(theta, rel=1e-9)
    rest = difference(replace(sample, outcome=sample.outcome - sample.before @ theta))
    assert (found.value, found.error, found.dof) == pytest.approx(
        (rest.value, rest.error, rest.dof), rel=1e-9
    )


def test_theta_over_both_arms_takes_a_little_of_the_effect() -> None:
    # An effect of 1 on outcomes that hardly vary otherwise: theta over both arms sees slope in it. What is
    # lost is R^2 of the arm on a normal covariate, on average 1 / (n - 1). Theta within arms loses nothing.
    rng = np.random.default_rng(12)
    arm = np.arange(20) % 2
    noise = 1e-6 * rng.normal(size=20)
    samples = [plain(arm + noise, arm, before=rng.normal(size=(20, 1))) for _ in range(4000)]
    lost = 1.0 - np.array([cuped(sample, together=True).value for sample in samples])
    assert abs(lost.mean() - 1 / 19) < 3.5 * lost.std() / np.sqrt(4000)
    assert np.abs([cuped(sample).value - 1.0 for sample in samples]).max() < 1e-5


def test_theta_of_lin_says_by_how_much_the_difference_was_moved() -> None:
    sample = customers(np.random.default_rng(5), 301)
    found = adjusted(sample)
    gap = sample.before[sample.arm == 1].mean(axis=0) - sample.before[sample.arm == 0].mean(axis=0)
    theta = np.array([found.details["theta_1"], found.details["theta_2"]])
    assert found.value == pytest.approx(difference(sample).value - theta @ gap, rel=1e-10)


def test_cuped_and_means_agree_with_tea_tasting() -> None:
    tt = pytest.importorskip(
        "tea_tasting", reason="an independent package of A/B tests, in the extra oracles"
    )
    pa = pytest.importorskip("pyarrow")
    sample = customers(np.random.default_rng(6), 501)
    table = pa.table({"variant": sample.arm, "y": sample.outcome, "x": sample.before[:, 0]})
    oracle = tt.Experiment(plain=tt.Mean("y"), cuped=tt.Mean("y", "x")).analyze(table)
    one = replace(sample, before=sample.before[:, :1])
    for found, theirs in ((difference(one), oracle["plain"]), (cuped(one, together=True), oracle["cuped"])):
        assert found.value == pytest.approx(theirs.effect_size, rel=1e-9)
        assert found.low == pytest.approx(theirs.effect_size_ci_lower, rel=1e-9)
        assert found.high == pytest.approx(theirs.effect_size_ci_upper, rel=1e-9)
        assert found.p == pytest.approx(theirs.pvalue, rel=1e-7)
        assert found.base == pytest.approx(theirs.control, rel=1e-9)
        assert found.value / found.error == pytest.approx(theirs.statistic, rel=1e-9)


@pytest.mark.parametrize("call", [cuped, adjusted])
def test_ballast_is_dropped(call) -> None:  # type: ignore[no-untyped-def]
    sample = customers(np.random.default_rng(7), 300, 3)
    lone = np.zeros(300)
    lone[np.flatnonzero(sample.arm == 1)[0]] = 1.0
    gap = sample.before[:, 0].copy()
    gap[np.flatnonzero(sample.arm == 0)[0]] = np.nan
    ballast = {
        "constant": np.full(300, 0.1),
        "never known": np.full(300, np.nan),
        "a stratum": 2.0 * sample.stratum,
        "one customer": lone,
        "varies in one arm": np.where(sample.arm == 1, lone + np.arange(300.0), 4.0),
        "twice the same": 3.0 * sample.before[:, 0] - 1.0,
        "a sum": sample.before.sum(axis=1),
    }
    expected = call(sample)
    for name, column in ballast.items():
        found = call(replace(sample, before=np.column_stack([sample.before, column])))
        assert (found.value, found.error) == pytest.approx((expected.value, expected.error), rel=1e-9), name
        assert found.details["covariates"] == 2.0 and found.details["dropped"] >= 1.0, name
    # One value unknown: it is filled, and its indicator, which one customer carries, goes.
    found = call(replace(sample, before=np.column_stack([gap, sample.before[:, 1]])))
    assert found.details["covariates"] == 2.0 and found.details["dropped"] == 1.0


def test_silent_customers_count_for_the_mean_of_covariates() -> None:
    # Customers with a high past stay silent, more of them in the arm, and it is they who gain most: only the
    # past of all who were assigned tells what the effect on them is.
    rng = np.random.default_rng(8)
    n = 4000
    arm, x = np.arange(n) % 2, rng.normal(size=n)
    gain = 0.5 + x
    y = x + 0.1 * rng.normal(size=n) + gain * arm
    silent = (x > 0.5) & (rng.random(n) < np.where(arm == 1, 0.9, 0.6))
    sample = plain(np.where(silent, np.nan, y), arm, before=x[:, None])
    assert difference(sample).high < 0.2
    found = adjusted(sample)
    assert abs(found.value - gain.mean()) < 4 * found.error < 0.1
    # Without the silent ones it is the effect on those who answered.
    alone = adjusted(sample.take(~silent))
    assert abs(alone.value - gain[~silent].mean()) < 4 * alone.error
    assert alone.high < 0.4


@pytest.mark.parametrize("call", [cuped, adjusted])
def test_what_cannot_be_adjusted_says_why(call) -> None:  # type: ignore[no-untyped-def]
    sample = customers(np.random.default_rng(9), 60)
    with pytest.raises(NotEstimable, match="no covariate from before varies freely"):
        call(replace(sample, before=np.full((60, 2), 3.0)))
    with pytest.raises(NotEstimable, match="no covariate from before varies freely"):
        call(replace(sample, before=np.full((60, 2), np.nan)))
    with pytest.raises(NotEstimable, match="a covariate from before is infinite"):
        call(replace(sample, before=np.where(np.arange(60)[:, None] == 3, np.inf, sample.before)))
    with pytest.raises(NotEstimable, match="nothing is left of it by the covariates"):
        call(replace(sample, outcome=sample.before @ [1.0, 0.1]))
    with pytest.raises(NotEstimable, match="arm 1 has 1 of at least 2 answers"):
        call(sample.take(np.flatnonzero((sample.arm == 0) | (np.cumsum(sample.arm) == 1))[:-1]))
    wide = plain(
        np.arange(8.0) ** 2, np.repeat([0, 1], [5, 3]), before=np.random.default_rng(1).normal(size=(8, 2))
    )
    with pytest.raises(NotEstimable, match="arm 1 has no more customers than strata and covariates"):
        call(wide)


def test_one_customer_who_decides_a_slope_is_named() -> None:
    # Each column has two carriers in the arm, but given the first the second is the matter of one alone.
    sample = customers(np.random.default_rng(10), 60)
    first, second, third = np.flatnonzero(sample.arm == 1)[:3]
    columns = np.random.default_rng(11).normal(size=(60, 2))
    columns[sample.arm == 1] = 0.0
    columns[[first, second], 0] = 1.0
    columns[[second, third], 1] = 1.0
    columns[first, 1] = 1.0
    with pytest.raises(NotEstimable, match="one customer alone decides a slope in arm 1"):
        adjusted(replace(sample, before=columns))


def test_unknown_errors_are_refused() -> None:
    with pytest.raises(ValueError, match="there are HC2, HC3"):
        adjusted(fit_for("adjusted", np.random.default_rng(1)), robust="HC1")
