"""Placebo runs: sound tests pass, wrong errors are found, conservative tests are forgiven."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tiersim.experiment.checks.placebo import placebo
from tiersim.experiment.estimate import NotEstimable


def p_of_z(scale: float, runs: int = 2000, seed: int = 1) -> np.ndarray:
    """Two-sided p-values of z-scores whose error is wrong by a factor."""
    z = np.random.default_rng(seed).standard_normal(runs) * scale
    return 2.0 * stats.norm.sf(np.abs(z))


def test_a_sound_test_passes_and_says_so() -> None:
    found = placebo(p_of_z(1.0))
    assert found.passed and "is chance" in found.message
    assert found.details["low"] < 0.05 < found.details["high"]
    assert found.details["runs"] == 2000.0


def test_errors_that_are_too_small_are_found() -> None:
    for conservative in (False, True):
        found = placebo(p_of_z(1.3), conservative=conservative)
        assert not found.passed and "errors are wrong" in found.message
        assert found.details["rate"] > found.details["high"]


def test_errors_that_are_too_large_are_found_unless_declared() -> None:
    assert not placebo(p_of_z(0.7)).passed
    assert placebo(p_of_z(0.7), conservative=True).passed


def test_bounds_are_where_the_binomial_test_turns() -> None:
    """A rate inside the bounds passes the exact test at the threshold, one beyond the upper does not."""
    runs, threshold = 400, 0.01
    high = round(placebo(np.full(runs, 0.5), threshold=threshold).details["high"] * runs)
    law = stats.binom(runs, 0.05)
    assert law.sf(high) <= threshold / 2 < law.sf(high - 1)
    low = round(placebo(np.full(runs, 0.5), threshold=threshold).details["low"] * runs)
    assert law.cdf(low) >= threshold / 2 > law.cdf(low - 1)


def test_uneven_p_values_with_the_right_rate_are_found() -> None:
    p = np.concatenate([np.full(50, 0.01), np.full(950, 0.5)])
    found = placebo(p)
    assert found.details["p_rate"] == pytest.approx(1.0)
    assert not found.passed and "not spread evenly" in found.message


def test_the_check_itself_rarely_fails_a_sound_test() -> None:
    rng = np.random.default_rng(2)
    failed = np.array([not placebo(rng.random(100), threshold=0.1).passed for _ in range(1000)])
    assert 0.02 < failed.mean() < 0.1 + 3 * np.sqrt(0.09 / 1000)


def test_runs_without_an_answer_are_counted() -> None:
    found = placebo(np.append(p_of_z(1.0), [np.nan] * 7))
    assert found.details["unanswered"] == 7.0 and found.details["runs"] == 2000.0
    with pytest.raises(NotEstimable, match="no placebo run"):
        placebo(np.full(3, np.nan))
    with pytest.raises(ValueError, match="between 0 and 1"):
        placebo(np.array([0.3, 1.2]))
    with pytest.raises(ValueError, match="level"):
        placebo(np.array([0.3]), alpha=0.0)
