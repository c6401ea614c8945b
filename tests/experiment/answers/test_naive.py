"""What reports print: the figures of textbooks, and how far from the truth they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.experiment.answers.made import customers, plain
from tiersim.experiment.answers.naive import before_after, top_tier_only, treated_untreated, year_on_year
from tiersim.experiment.estimate import Estimate, NotEstimable


def test_before_and_after_is_the_paired_t_of_the_treated() -> None:
    sample = customers(np.random.default_rng(1))
    assert sample.same_before is not None and sample.year_ago is not None and sample.tier is not None
    treated = sample.arm == 1
    top = treated & (sample.tier == 0)
    for found, past, rows in (
        (before_after(sample), sample.same_before, treated),
        (year_on_year(sample), sample.year_ago, treated),
        (top_tier_only(sample), sample.same_before, top),
    ):
        oracle = stats.ttest_rel(sample.outcome[rows], past[rows])
        interval = oracle.confidence_interval(0.95)
        assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
        assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)
        assert found.base == pytest.approx(past[rows].mean(), rel=1e-12)
        assert found.dof == rows.sum() - 1


def test_students_sleep_data() -> None:
    # Extra hours of sleep under two drugs, ten patients (Student 1908): mean difference 1.58, t = 4.0621.
    first = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    found = before_after(plain(second, np.ones(10, int), same_before=first))
    assert found.value == pytest.approx(1.58)
    assert found.value / found.error == pytest.approx(4.0621, abs=5e-5)
    assert found.p == pytest.approx(0.002833, abs=5e-7)
    # As two groups, pooled and Welch: t = 1.8608 both, p = .07919 and .07939.
    both = plain(np.concatenate([first, second]), np.repeat([0, 1], 10))
    pooled, welch = treated_untreated(both, pooled=True), treated_untreated(both)
    assert pooled.value / pooled.error == pytest.approx(1.8608, abs=5e-5)
    assert pooled.p == pytest.approx(0.07919, abs=5e-6) and pooled.dof == 18
    assert welch.p == pytest.approx(0.07939, abs=5e-6) and welch.dof == pytest.approx(17.776, abs=5e-4)


def test_treated_and_untreated_knows_nothing_of_strata() -> None:
    sample = customers(np.random.default_rng(2), 401, strata=4)
    y, treated = sample.outcome, sample.arm == 1
    for pooled in (False, True):
        oracle = stats.ttest_ind(y[treated], y[~treated], equal_var=pooled)
        found = treated_untreated(sample, pooled=pooled)
        assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
        assert found.dof == pytest.approx(oracle.df, rel=1e-9)
        assert found.value / found.error == pytest.approx(oracle.statistic, rel=1e-9)


def test_missing_pasts_are_left_out() -> None:
    sample = plain([5, 7, 9, np.nan, 3], [1, 1, 1, 1, 0], same_before=np.array([4, np.nan, 6, 1, 0.0]))
    found = before_after(sample)
    assert found.value == 2.0 and found.details == {"chosen": 4.0, "answered": 2.0}


def test_the_best_customers_fall_back_without_any_effect() -> None:
    # Chosen as the top tenth on one noisy look of reliability r, the mean falls by (1 - r) phi(z) / q.
    rng = np.random.default_rng(3)
    n, r = 400_000, 0.7
    level = rng.normal(scale=np.sqrt(r), size=n)
    before, now = (level + rng.normal(scale=np.sqrt(1.0 - r), size=n) for _ in range(2))
    z = stats.norm.ppf(0.9)
    top = (before < z).astype(np.int64)
    sample = plain(now, np.ones(n, np.int64), same_before=before, tier=top)
    found = top_tier_only(sample)
    expected = -(1.0 - r) * stats.norm.pdf(z) / 0.1
    assert expected == pytest.approx(-0.526, abs=5e-4)
    assert abs(found.value - expected) < 3.5 * found.error
    assert found.high < -0.5
    # Everybody together does not move.
    assert abs(before_after(sample).value) < 3.5 * before_after(sample).error


def test_without_inference_there_is_only_a_figure() -> None:
    sample = customers(np.random.default_rng(4))
    for call in (before_after, year_on_year, top_tier_only, treated_untreated):
        bare: Estimate = call(sample, inference="none")
        assert bare.value == call(sample).value and bare.ok
        assert np.isnan([bare.error, bare.low, bare.high, bare.p]).all()


def test_too_few_treated_are_no_answer() -> None:
    one = plain([1.0, 2, 3], [1, 0, 0], same_before=np.ones(3), year_ago=np.ones(3), tier=np.zeros(3, int))
    for call, past in (
        (before_after, "the time before"),
        (year_on_year, "the year before"),
        (top_tier_only, "the time before"),
    ):
        with pytest.raises(NotEstimable, match=f"1 of at least 2 treated customers .* in {past}"):
            call(one)
    with pytest.raises(NotEstimable, match="0 of at least 2 treated"):
        top_tier_only(replace(one, arm=np.ones(3, int), tier=np.ones(3, int)))
    with pytest.raises(NotEstimable, match="nothing is recorded of the year before"):
        year_on_year(replace(one, year_ago=np.full(3, np.nan)))
    with pytest.raises(NotEstimable, match="arm 1 has 1 of at least 2 answers"):
        treated_untreated(one)
    with pytest.raises(NotEstimable, match="the control has 1 of at least 2 answers"):
        treated_untreated(replace(one, arm=np.array([1, 1, 0])))
