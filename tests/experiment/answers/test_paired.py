"""Pairs and blocks: the paired t, blocks of several, and pairs that broke."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.experiment.answers.made import fit_for, plain, z_of
from tiersim.experiment.answers.paired import paired
from tiersim.experiment.estimate import NotEstimable

# Heights of maize, crossed and self-fertilised, in eighths of an inch, 15 pairs (Darwin 1876, in Fisher
# 1935): differences of mean 20.933 and t = 2.148.
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], np.float64)


def test_darwins_maize() -> None:
    sample = plain(
        np.concatenate([DARWIN, np.zeros(15)]), np.repeat([1, 0], 15), pair=np.tile(np.arange(15), 2)
    )
    found = paired(sample)
    assert found.value == pytest.approx(20.933, abs=5e-4)
    assert found.value / found.error == pytest.approx(2.148, abs=5e-4)
    assert found.dof == 14 and found.p == pytest.approx(stats.ttest_1samp(DARWIN, 0.0).pvalue, rel=1e-10)


def test_pairs_are_the_paired_t() -> None:
    sample = fit_for("paired", np.random.default_rng(1), 120)
    one, zero = (sample.outcome[np.flatnonzero(sample.arm == arm)] for arm in (1, 0))
    oracle = stats.ttest_rel(one, zero)
    interval = oracle.confidence_interval(0.95)
    found = paired(sample)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-10)
    assert found.base == pytest.approx(zero.mean(), rel=1e-12)
    assert found.details["pairs"] == 60.0 and found.details["left_out"] == 0.0


def test_a_pair_with_one_answer_is_left_out() -> None:
    sample = fit_for("paired", np.random.default_rng(2), 40)
    outcome = sample.outcome.copy()
    outcome[[0, 6, 7]] = np.nan
    found = paired(replace(sample, outcome=outcome))
    whole = paired(sample.take(~np.isin(sample.pair, [0, 3])))
    assert (found.value, found.error) == pytest.approx((whole.value, whole.error), rel=1e-12)
    assert found.details["pairs"] == 18.0 and found.details["left_out"] == 2.0


def test_blocks_weigh_by_their_customers() -> None:
    # Block 0: 1 against 0, 0, 0 has difference 1 of weight 4/10; block 1: 3 and 5 against 1, of weight 3/10;
    # block 2: 2 against 4 and 6, of weight 3/10.
    sample = plain(
        [1, 0, 0, 0, 3, 5, 1, 2, 4, 6], [1, 0, 0, 0, 1, 1, 0, 1, 0, 0], pair=np.repeat([7, 8, 9], [4, 3, 3])
    )
    found = paired(sample)
    assert found.value == pytest.approx(0.4 * 1 + 0.3 * 3 - 0.3 * 3, rel=1e-12)
    away = np.array([1, 3, -3]) - 0.4
    weight = np.array([0.4, 0.3, 0.3])
    assert found.error**2 == pytest.approx(((weight * away) ** 2 / (1 - weight)).sum(), rel=1e-12)


def test_variance_of_unequal_blocks_is_without_bias() -> None:
    # Customers vary independently: a block of m pairs has a difference of variance 2 / m.
    rng = np.random.default_rng(3)
    size = np.array([1, 1, 2, 3, 5])
    pair = np.repeat(np.arange(5), 2 * size)
    arm = np.concatenate([np.arange(2 * m) % 2 for m in size])
    found = [paired(plain(rng.normal(size=24), arm, pair=pair)).error ** 2 for _ in range(4000)]
    truth = 2.0 / size.sum()
    assert abs(np.mean(found) - truth) < 3.5 * np.std(found) / np.sqrt(4000)


def test_null_and_coverage_are_exact_with_few_pairs() -> None:
    rng = np.random.default_rng(4)
    arm, pair, trials = np.arange(12) % 2, np.arange(12) // 2, 2000
    found = [
        paired(
            plain(5.0 * np.repeat(rng.normal(size=6), 2) + rng.normal(size=12) + 0.7 * arm, arm, pair=pair)
        )
        for _ in range(trials)
    ]
    assert abs(z_of(sum(f.low < 0.7 < f.high for f in found), trials, 0.95)) < 3.5


def test_without_whole_pairs_there_is_no_answer() -> None:
    sample = fit_for("paired", np.random.default_rng(5), 40)
    with pytest.raises(NotEstimable, match="1 of at least 2 pairs have answers in both arms"):
        paired(sample.take(np.array([0, 1, 2, 4])))
    with pytest.raises(NotEstimable, match="0 of at least 2 pairs"):
        paired(replace(sample, pair=np.arange(40)))
    with pytest.raises(NotEstimable, match="differences within pairs never vary"):
        paired(replace(sample, outcome=0.1 * np.arange(40) // 2 + 0.3 * sample.arm))
