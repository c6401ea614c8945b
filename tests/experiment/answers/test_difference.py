"""Welch within strata: textbook figures, weights by stratum, and what is not estimable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.experiment.answers.made import customers, plain
from tiersim.experiment.answers.arms import coded
from tiersim.experiment.answers.difference import difference
from tiersim.experiment.estimate import NotEstimable


def test_without_strata_it_is_welch() -> None:
    sample = customers(np.random.default_rng(1), 301)
    y, treated = sample.outcome, sample.arm == 1
    oracle = stats.ttest_ind(y[treated], y[~treated], equal_var=False)
    interval = oracle.confidence_interval(0.9)
    found = difference(sample, level=0.9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-10)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found.dof == pytest.approx(oracle.df, rel=1e-10)
    assert found.base == pytest.approx(y[~treated].mean(), rel=1e-12)


def test_normal_is_the_same_error_with_the_normal_law() -> None:
    sample = customers(np.random.default_rng(2), 50)
    student, normal = difference(sample), difference(sample, inference="normal")
    assert normal.error == student.error and normal.dof == np.inf
    assert normal.high - normal.value == pytest.approx(1.959963984540054 * normal.error, rel=1e-12)
    assert normal.p == pytest.approx(2 * stats.norm.sf(normal.value / normal.error), rel=1e-10)


def test_two_strata_by_hand() -> None:
    # Stratum 4: control 1, 3, treated 2, 6; stratum 9: control 10, 12, 14, treated 13, 15, 17.
    # Differences 2 and 3 with weights .4 and .6: 2.6. Variances of means: (2 + 8) / 2 = 5, (4 + 4) / 3 = 8/3.
    sample = plain(
        [1, 3, 2, 6, 10, 12, 14, 13, 15, 17],
        [0, 0, 1, 1, 0, 0, 0, 1, 1, 1],
        stratum=np.repeat([4, 9], [4, 6]),
    )
    found = difference(sample)
    assert found.value == pytest.approx(2.6, rel=1e-12)
    variance = 0.16 * 5 + 0.36 * 8 / 3
    assert found.error**2 == pytest.approx(variance, rel=1e-12)
    below = (0.16 * 1) ** 2 + (0.16 * 4) ** 2 + 2 * (0.36 * 4 / 3) ** 2 / 2
    assert found.dof == pytest.approx(variance**2 / below, rel=1e-12)
    assert found.base == pytest.approx(0.4 * 2 + 0.6 * 12, rel=1e-12)


def test_strata_with_different_shares_do_not_mislead() -> None:
    # Nine in ten of the big customers are treated, one in ten of the small: the plain difference is theirs.
    rng = np.random.default_rng(3)
    stratum = np.repeat([0, 1], 500)
    arm = (rng.random(1000) < np.where(stratum == 1, 0.9, 0.1)).astype(np.int64)
    sample = plain(10.0 * stratum + rng.normal(size=1000) + 0.5 * arm, arm, stratum=stratum)
    found = difference(sample)
    assert found.low < 0.5 < found.high and found.error < 0.2
    assert difference(replace(sample, stratum=0 * stratum)).value > 5.0


def test_strata_weigh_by_who_was_assigned_not_by_who_answered() -> None:
    rng = np.random.default_rng(4)
    stratum, arm = np.repeat([0, 1], 400), np.tile([0, 1], 400)
    outcome = np.where(stratum == 1, 3.0, 1.0) * arm + 1e-3 * rng.normal(size=800)
    silent = (stratum == 1) & (np.arange(800) % 8 < 6)
    found = difference(plain(np.where(silent, np.nan, outcome), arm, stratum=stratum))
    assert found.value == pytest.approx(2.0, abs=6 * found.error)


@pytest.mark.parametrize(
    ("outcome", "arm", "stratum", "said"),
    [
        ([1, 2, 3, 4], [0, 0, 0, 1], None, "arm 1 has 1 of at least 2 answers$"),
        ([1, 2, np.nan, 4], [1, 1, 0, 0], None, "the control has 1 of at least 2 answers$"),
        (
            [1, 2, 3, 4, 5, 6],
            [0, 0, 1, 1, 0, 0],
            [2, 2, 2, 2, 7, 7],
            "a stratum of arm 1 has 0 of at least 2",
        ),
        (
            [1, 2, 3, 4, 5, 6, 7, 8],
            [0, 0, 1, 1, 0, 1, 0, 1],
            ["a", "a", "a", "a", "b", "b", "c", "c"],
            r"a stratum of the control has 1 of at least 2 answers \(and so 3 more\)",
        ),
    ],
)
def test_thin_cells_are_named(outcome: list, arm: list, stratum: list | None, said: str) -> None:
    codes = np.zeros(len(arm), int) if stratum is None else np.array(stratum)
    with pytest.raises(NotEstimable, match=said):
        difference(plain(outcome, arm, stratum=codes))


def test_far_from_zero_keeps_its_digits() -> None:
    sample = customers(np.random.default_rng(5), 200, strata=3)
    far = difference(replace(sample, outcome=sample.outcome + 1e9))
    assert far.error == pytest.approx(difference(sample).error, rel=1e-6)


@given(
    st.lists(st.integers(-5, 400), min_size=1, max_size=60), st.sampled_from(["i8", "u2", "i4", "f8", "U4"])
)
def test_codes_are_those_of_unique(codes: list[int], kind: str) -> None:
    array = np.abs(codes).astype(kind) if kind == "u2" else np.array(codes).astype(kind)
    labels, place = coded(array)
    expected, inverse = np.unique(array, return_inverse=True)
    np.testing.assert_array_equal(labels, expected)
    np.testing.assert_array_equal(place, inverse)
