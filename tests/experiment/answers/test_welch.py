"""The t test of Welch: that of scipy on the same figures, and how often its intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tiersim.experiment.answers.welch import welch
from tiersim.experiment.estimate import NotEstimable


def lot(ones: int, others: int) -> np.ndarray:
    return np.arange(ones + others) < ones


@pytest.mark.parametrize(("ones", "others", "ratio"), [(3, 12, 3.0), (2, 2, 1.0), (2, 9, 0.2), (8, 5, 7.0)])
def test_it_is_that_of_scipy(ones: int, others: int, ratio: float) -> None:
    mask = lot(ones, others)
    figures = np.random.default_rng(ones).normal(2.0, np.where(mask, ratio, 1.0))
    found = welch(figures, mask, 10.0, level=0.9)
    expected = stats.ttest_ind(figures[mask], figures[~mask], equal_var=False)
    assert found.value == pytest.approx(figures[mask].mean() - figures[~mask].mean())
    assert (found.p, found.dof) == pytest.approx((expected.pvalue, expected.df))
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.9)))


@pytest.mark.parametrize(
    ("ones", "others", "ratio", "least"), [(3, 12, 3.0, 0.92), (3, 12, 1 / 3, 0.94), (6, 6, 3.0, 0.94)]
)
def test_its_intervals_hold_the_truth(ones: int, others: int, ratio: float, least: float) -> None:
    """The pooled test holds 0.72 with three units that spread three times as much as the twelve others."""
    mask, draws = lot(ones, others), 2000
    figures = np.random.default_rng(17).normal(0.0, np.where(mask, ratio, 1.0), (draws, mask.size))
    rows = [welch(row + 5.0 * mask, mask, 10.0) for row in figures]
    assert least <= np.mean([row.low <= 5.0 <= row.high for row in rows]) <= 0.97


def test_one_side_without_spread_leaves_the_degrees_of_the_other() -> None:
    mask = lot(3, 2)
    found = welch(np.array([4.0, 4.0, 4.0, 1.0, 2.0]), mask, 4.0)
    assert (found.value, found.error, found.dof) == pytest.approx((2.5, 0.5, 1.0))


@pytest.mark.parametrize(
    ("figures", "ones", "why"),
    [
        ([1.0, 2.0, 3.0, 4.0], 1, "one region shows no spread"),
        ([1.0, 2.0, 3.0, 4.0], 3, "one region shows no spread"),
        ([1.0, 2.0, 3.0], 0, "no region is treated"),
        ([1.0, 2.0, 3.0], 3, "no control region"),
        ([2.0, 2.0, 1.0, 1.0], 2, "never varies"),
    ],
)
def test_what_leaves_no_interval_says_why(figures: list[float], ones: int, why: str) -> None:
    with pytest.raises(NotEstimable, match=why):
        welch(np.array(figures), lot(ones, len(figures) - ones), 4.0)
