"""Ratios of sums: a small example by hand, the delta method, strata, and CUPED on the linearised metric."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.experiment.answers.made import fit_for, plain, z_of
from tiersim.experiment.answers.difference import difference
from tiersim.experiment.answers.ratio import ratio, ratio_adjusted
from tiersim.experiment.estimate import NotEstimable


def test_by_hand() -> None:
    # Control 10/1, 30/3, 20/1: 60/5 = 12, mean orders 5/3; residuals -2, -6, 8; variance 52 / (25/9) = 18.72.
    # Treated 30/1, 30/2: 60/3 = 20, mean orders 1.5; residuals 10, -10; variance 200 / 2.25.
    sample = plain([10, 30, 20, 30, 30], [0, 0, 0, 1, 1], denominator=np.array([1.0, 3, 1, 1, 2]))
    found = ratio(sample)
    assert found.value == pytest.approx(8.0) and found.base == pytest.approx(12.0)
    assert found.error**2 == pytest.approx(18.72 / 3 + 200 / 2.25 / 2, rel=1e-12)
    assert found.details["denominator_control"] == pytest.approx(5 / 3)


def test_agrees_with_tea_tasting() -> None:
    tt = pytest.importorskip(
        "tea_tasting", reason="an independent package of A/B tests, in the extra oracles"
    )
    pa = pytest.importorskip("pyarrow")
    sample = fit_for("ratio", np.random.default_rng(1), 501)
    table = pa.table(
        {"variant": sample.arm, "y": sample.outcome, "d": sample.denominator, "x": sample.before[:, 0]}
    )
    oracle = tt.Experiment(bare=tt.RatioOfMeans("y", "d"), cuped=tt.RatioOfMeans("y", "d", "x")).analyze(
        table
    )
    one = replace(sample, before=sample.before[:, :1])
    for found, theirs in (
        (ratio(one), oracle["bare"]),
        (ratio_adjusted(one, together=True), oracle["cuped"]),
    ):
        assert found.value == pytest.approx(theirs.effect_size, rel=1e-9)
        assert found.low == pytest.approx(theirs.effect_size_ci_lower, rel=1e-9)
        assert found.high == pytest.approx(theirs.effect_size_ci_upper, rel=1e-9)
        assert found.base == pytest.approx(theirs.control, rel=1e-9)


def test_with_denominators_of_one_it_is_the_difference() -> None:
    sample = replace(fit_for("ratio", np.random.default_rng(2), 300), stratum=np.arange(300) % 5)
    a = ratio(replace(sample, denominator=np.ones(300)))
    b = difference(replace(sample, denominator=None))
    assert (a.value, a.error, a.dof, a.base) == pytest.approx((b.value, b.error, b.dof, b.base), rel=1e-9)


def test_strata_are_put_together_before_the_division() -> None:
    sample = replace(fit_for("ratio", np.random.default_rng(3), 400), stratum=np.arange(400) % 3)
    assert sample.denominator is not None
    ratios = []
    for arm in (0, 1):
        above = below = 0.0
        for code in range(3):
            rows = (sample.arm == arm) & (sample.stratum == code)
            weight = (sample.stratum == code).mean()
            above += weight * sample.outcome[rows].mean()
            below += weight * sample.denominator[rows].mean()
        ratios.append(above / below)
    found = ratio(sample)
    assert (found.base, found.value) == pytest.approx((ratios[0], ratios[1] - ratios[0]), rel=1e-12)


def test_error_is_the_spread_of_the_estimate() -> None:
    # 2,000 samples: the standard deviation of estimates has a relative error of 1 / sqrt(4000).
    rng = np.random.default_rng(4)
    found = [ratio(fit_for("ratio", rng, 200)) for _ in range(2000)]
    spread = np.std([f.value for f in found])
    error = np.sqrt(np.mean([f.error**2 for f in found]))
    assert abs(error / spread - 1.0) < 3.5 / np.sqrt(4000)
    assert abs(z_of(sum(f.low < 0.7 < f.high for f in found), 2000, 0.95)) < 3.5


def test_adjusting_narrows() -> None:
    sample = fit_for("ratio_adjusted", np.random.default_rng(5), 2000)
    bare, found = ratio(sample), ratio_adjusted(sample)
    assert found.details["variance_factor"] < 0.3
    assert (found.error / bare.error) ** 2 == pytest.approx(found.details["variance_factor"], rel=1e-12)
    assert found.details["covariates"] == 2.0


@pytest.mark.parametrize("call", [ratio, ratio_adjusted])
def test_what_has_no_ratio_says_why(call) -> None:  # type: ignore[no-untyped-def]
    sample = fit_for("ratio", np.random.default_rng(6), 40)
    assert sample.denominator is not None
    for denominator, said in (
        (np.where(sample.arm == 1, 0.0, 1.0), "denominators of arm 1 do not sum to more than 0"),
        (np.where(sample.arm == 1, 1.0, -1.0), "denominators of the control do not sum to more than 0"),
        (np.where(sample.arm == 1, np.inf, 1.0), "a denominator is infinite"),
        (np.where(sample.arm == 1, np.nan, 1.0), "nobody answered in arm 1"),
    ):
        with pytest.raises(NotEstimable, match=said):
            call(replace(sample, denominator=denominator))
    with pytest.raises(NotEstimable, match="the control has 1 of at least 2 answers"):
        call(
            sample.take(
                np.concatenate([np.flatnonzero(sample.arm == 1), np.flatnonzero(sample.arm == 0)[:1]])
            )
        )
