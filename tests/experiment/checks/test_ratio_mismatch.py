"""Sample-ratio mismatch against scipy, by enumeration and by simulated lots."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from tiersim.experiment.checks.ratio_mismatch import ratio_mismatch
from tiersim.experiment.estimate import NotEstimable


def people(counts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Arm and stratum of customers with these counts by stratum and arm."""
    table = np.array(counts)
    stratum, arm = np.indices(table.shape)
    return np.repeat(arm.ravel(), table.ravel()), np.repeat(stratum.ravel(), table.ravel())


@pytest.mark.parametrize("counts", [[520, 480], [5210, 4790], [300, 250, 260]])
def test_large_counts_are_pearsons(counts: list[int]) -> None:
    shares = np.full(len(counts), 1.0 / len(counts))
    found = ratio_mismatch(*people([counts]), shares)
    assert found.p == pytest.approx(stats.chisquare(counts).pvalue, rel=1e-9)


@pytest.mark.parametrize(("counts", "share"), [([0, 7], 0.5), ([9, 3], 0.2), ([1, 60], 0.05), ([3, 2], 0.5)])
def test_small_counts_of_two_arms_are_binomial(counts: list[int], share: float) -> None:
    found = ratio_mismatch(*people([counts]), [share, 1.0 - share])
    assert found.p == pytest.approx(stats.binomtest(counts[0], sum(counts), share).pvalue, rel=1e-9)


def test_small_counts_of_three_arms_are_multinomial() -> None:
    shares, counts = [0.6, 0.3, 0.1], [4, 5, 3]
    law = stats.multinomial(12, shares)
    own = law.pmf(counts)
    outcomes = [[i, j, 12 - i - j] for i in range(13) for j in range(13 - i)]
    expected = sum(p for p in law.pmf(outcomes) if p <= own * (1 + 1e-9))
    assert ratio_mismatch(*people([counts]), shares).p == pytest.approx(expected, rel=1e-9)


def test_a_rare_arm_among_many_customers_is_bounded_by_single_arms() -> None:
    shares, counts = [0.5, 0.499, 0.001], [1000, 990, 10]
    single = [stats.binomtest(c, 2000, s).pvalue for c, s in zip(counts, shares, strict=True)]
    found = ratio_mismatch(*people([counts]), shares)
    assert found.p == pytest.approx(3 * min(single), rel=1e-9) and not found.passed


def test_strata_are_corrected_by_holm_and_named() -> None:
    found = ratio_mismatch(*people([[500, 500], [600, 400], [100, 100]]), [0.5, 0.5])
    each = stats.chisquare([600, 400]).pvalue
    assert found.p == pytest.approx(4 * each, rel=1e-9)
    assert not found.passed and "in stratum 1 (600 : 400" in found.message
    assert found.details["stratum"] == 1.0 and found.details["least"] == pytest.approx(each)


def test_the_same_small_loss_everywhere_shows_over_all() -> None:
    found = ratio_mismatch(*people([[1060, 960]] * 10), [0.5, 0.5])
    assert not found.passed and "over all strata" in found.message
    assert 11 * found.details["least"] > 0.05 > found.p
    assert found.details["overall"] == pytest.approx(stats.chisquare([10_600, 9_600]).pvalue, rel=1e-9)


def test_shares_by_stratum() -> None:
    assert ratio_mismatch(*people([[500, 500], [100, 900]]), [[0.5, 0.5], [0.1, 0.9]]).passed
    assert not ratio_mismatch(*people([[500, 500], [100, 900]]), [[0.5, 0.5], [0.5, 0.5]]).passed
    # An arm that a stratum should not have.
    found = ratio_mismatch(*people([[500, 500, 0], [300, 300, 1]]), [0.5, 0.5, 0.0])
    assert found.p == 0.0 and not found.passed
    assert ratio_mismatch(*people([[500, 500, 0]]), [0.5, 0.5, 0.0]).details["share"] == 0.5


@pytest.mark.parametrize("sizes", [[3, 6, 8], [40, 200, 900]])
def test_fair_lots_fail_as_rarely_as_they_should(sizes: list[int]) -> None:
    rng = np.random.default_rng(1)
    stratum = np.repeat(np.arange(3), sizes)
    failed = [
        not ratio_mismatch((rng.random(stratum.size) < 0.3).astype(int), stratum, [0.7, 0.3], 0.1).passed
        for _ in range(1000)
    ]
    # Holm over four p-values stays below its level, and is not empty either.
    assert np.mean(failed) < 0.1 + 3 * np.sqrt(0.09 / 1000)
    assert np.mean(failed) > 0.005


def test_quick_and_clear_about_mistakes() -> None:
    rng = np.random.default_rng(2)
    arm, stratum = rng.integers(0, 2, 4000), rng.integers(0, 12, 4000)
    # The quickest of some calls: others share the machine.
    taken = []
    for _ in range(20):
        begun = time.perf_counter()
        ratio_mismatch(arm, stratum, [0.5, 0.5])
        taken.append(time.perf_counter() - begun)
    assert min(taken) < 0.01
    with pytest.raises(NotEstimable, match="nobody"):
        ratio_mismatch(arm[:0], stratum[:0], [0.5, 0.5])
    for shares in ([0.5, 0.6], [-0.1, 1.1]):
        with pytest.raises(ValueError, match="add up to 1"):
            ratio_mismatch(arm, stratum, shares)
    with pytest.raises(ValueError, match="arms 0 to 0"):
        ratio_mismatch(arm, stratum, [1.0])
    with pytest.raises(ValueError, match="has no planned shares"):
        ratio_mismatch(arm, stratum, [[0.5, 0.5]])
    with pytest.raises(ValueError, match="by arm"):
        ratio_mismatch(arm, stratum, 0.5)
