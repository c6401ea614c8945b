"""What the quarters before the start say: by hand, and how often a drift passes for an effect."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tiersim.experiment.answers.welch import welch
from tiersim.experiment.drift import calendar, drift


def made(
    seed: int, past: int, effect: float, slope: float, turned: bool = False, each: int = 6
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Units with noise of 1 a quarter; the treated drift by `slope` a quarter, and may turn at the start."""
    rng = np.random.default_rng(seed)
    mask, when = np.arange(2 * each) < each, np.arange(past + 4)
    way = np.where(turned & (when >= past), 2.0 * past - when, when)
    values = rng.normal(size=(2 * each, 1)) + rng.normal(size=(2 * each, past + 4))
    return values + np.outer(mask, effect * (when >= past) + slope * way), when, mask


def verdict(values: np.ndarray, when: np.ndarray, mask: np.ndarray) -> tuple[bool, str]:
    """Whether an effect is claimed, and what the past means for it."""
    past = len(when) - 4
    effect = welch(values[:, past:].mean(axis=1) - values[:, :past].mean(axis=1), mask, 10.0)
    found = drift(values, when, past, mask, 10.0)
    assert found is not None
    return effect.p <= 0.05, found.verdict(effect.value, effect.p <= 0.05, 0.05)


def test_the_drift_carried_on_is_that_of_lines_through_the_past() -> None:
    values, _, mask = made(3, 4, 2.0, 0.5)
    # Two quarters that nobody told of lie between the past and the rest.
    when = np.array([0, 1, 2, 3, 6, 7, 8, 9])
    lines = np.array([stats.linregress(when[:4], row[:4]).slope for row in values])
    carried = (7.5 - 1.5) * lines
    change = values[:, 4:].mean(axis=1) - values[:, :4].mean(axis=1)
    found = drift(values, when, 4, mask, 10.0)
    assert found is not None and found.quarters == 4
    for estimate, figures in (
        (found.carried, carried),
        (found.on, 0.5 * change - carried),
        (found.back, 0.5 * change + carried),
    ):
        expected = stats.ttest_ind(figures[mask], figures[~mask], equal_var=False)
        assert estimate.p == pytest.approx(expected.pvalue)
        assert (estimate.low, estimate.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("past", "slope"), [(3, 0.5), (4, 0.5), (8, 0.25), (8, -0.5)])
def test_a_drift_alone_is_hardly_ever_cleared(past: int, slope: float, turned: bool) -> None:
    """It is called an effect nearly always, and that the plan caused it in at most 2.5 %."""
    told = [verdict(*made(seed, past, 0.0, slope, turned)) for seed in range(200)]
    # A drift that swings back leaves the levels nearly alike, so there is less to claim.
    assert turned or sum(claimed for claimed, _ in told) > 150
    cleared = sum(claimed and word == "clear" for claimed, word in told)
    assert stats.binomtest(cleared, 200, 0.025, alternative="greater").pvalue > 0.05


@pytest.mark.parametrize(("past", "effect", "least", "most"), [
    (2, 50.0, 0.0, 0.0), (3, 8.0, 0.3, 0.5), (4, 8.0, 0.75, 0.9), (8, 4.0, 0.7, 0.85), (4, 2.0, 0.0, 0.02),
])  # fmt: skip
def test_only_an_effect_that_is_large_beside_what_the_past_shows_is_cleared(
    past: int, effect: float, least: float, most: float
) -> None:
    """Without any drift: what few quarters cannot rule out stays open, however large the effect with two."""
    told = [verdict(*made(seed, past, effect, 0.0)) for seed in range(200)]
    assert np.mean([claimed for claimed, _ in told]) > 0.95
    assert least <= np.mean([word == "clear" for _, word in told]) <= most
    # A chance drift is found in some 5 %; what is left is told as open, not as failed.
    assert np.mean([word == "found" for _, word in told]) < 0.1


def test_a_drift_that_is_known_exactly() -> None:
    values, when, mask = made(5, 4, 6.0, 0.0)
    values[:, :4] = 1.0
    flat = drift(values, when, 4, mask, 10.0)
    assert flat is not None and flat.carried.p == 1.0
    assert flat.verdict(6.0, True, 0.05) == flat.verdict(6.0, False, 0.05) == "clear"
    values[mask, :4] += np.arange(4)
    steep = drift(values, when, 4, mask, 10.0)
    assert steep is not None and (steep.carried.value, steep.carried.p) == (pytest.approx(4.0), 0.0)
    assert steep.verdict(6.0, False, 0.05) == "found"


def test_one_quarter_shows_no_drift() -> None:
    values, when, mask = made(1, 4, 1.0, 0.0)
    assert drift(values, when, 1, mask, 10.0) is None


def test_quarters_are_numbered_over_the_turn_of_the_year() -> None:
    assert np.diff(calendar(["2025 Q3", "2025 Q4", "2026 Q1", "2027 Q1"])).tolist() == [1, 1, 4]
