"""Entry times and survival against a simulation of the same history, customer by customer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from tiersim.errors import ScenarioError
from tiersim.population import (
    age_at_burn_in,
    entry_weeks,
    expected_loss,
    expected_survivors_share,
    initial_hazard,
    surviving_frailty,
)
from tiersim.population.history import survival, survival_integral

HISTORY, BURN_IN = 520.0, 208.0
CASES = [
    (0.25, 1.0, None),
    (0.4, 0.5, None),
    (0.15, 3.0, None),
    (1.5, 0.8, None),
    (0.3, 1.0, 52),
    (0.5, 1.5, 91),
]


def lived(h: float, k: float, term: float | None, n: int, seed: int = 5) -> tuple[Any, Any, Any]:
    """Entry, frailty and end (weeks) of candidates, from n customers who entered at a constant rate."""
    rng = np.random.default_rng(seed)
    entry = rng.uniform(-BURN_IN - HISTORY, 0, n)
    frailty = rng.gamma(k, 1 / k, n)
    life = 52 * rng.exponential(1, n) / (h * frailty)
    end = entry + (life if term is None else term * np.ceil(life / term))
    candidate = (entry > -BURN_IN) | (end > -BURN_IN)
    return entry[candidate], frailty[candidate], end[candidate]


@pytest.mark.parametrize(("h", "k", "term"), CASES)
def test_entry_times_are_those_of_a_lived_history(h: float, k: float, term: float | None) -> None:
    entry, _, _ = lived(h, k, term, 300_000)
    drawn = entry_weeks((np.arange(100_000) + 0.5) / 100_000, h, k, HISTORY, BURN_IN, term)
    # Even quantiles have no noise of their own: the distance is that of one sample.
    distance = stats.ks_2samp(entry, drawn).statistic
    assert distance < 1.95 / np.sqrt(entry.size) + 1e-5


@pytest.mark.parametrize(("h", "k", "term"), CASES)
def test_entry_times_invert_their_distribution(h: float, k: float, term: float | None) -> None:
    u = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 2001), [2.0**-33, 1 - 2.0**-33]])
    t = entry_weeks(u, h, k, HISTORY, BURN_IN, term)
    order = np.argsort(u)
    assert (np.diff(t[order]) > 0).all() and t.min() >= -BURN_IN - HISTORY and t.max() < 0
    total = 52 * survival_integral(HISTORY / 52, h, k, term) + BURN_IN
    before = 52 * (
        survival_integral(HISTORY / 52, h, k, term)
        - survival_integral(age_at_burn_in(t, BURN_IN), h, k, term)
    )
    back = np.where(t < -BURN_IN, before, total + t) / total
    assert np.abs(back - u).max() < 1e-12


@pytest.mark.parametrize(("h", "k", "term"), CASES)
def test_frailty_of_those_who_stayed(h: float, k: float, term: float | None) -> None:
    entry, frailty, _ = lived(h, k, term, 400_000)
    age = age_at_burn_in(entry, BURN_IN)
    fresh = np.random.default_rng(6).gamma(k, 1 / k, age.size)
    selected = surviving_frailty(fresh, age, h, k, term)
    for old in (age == 0, (age > 0) & (age < 3), age >= 3):
        z = selected[old].mean() - frailty[old].mean()
        se = np.hypot(selected[old].std(), frailty[old].std()) / np.sqrt(old.sum())
        assert abs(z / se) < 4
        assert stats.ks_2samp(selected[old], frailty[old]).pvalue > 1e-4
    # Nothing is known yet of those who have met no renewal.
    young = age == 0 if term is None else age < term / 52
    assert np.array_equal(selected[young], fresh[young])


@pytest.mark.parametrize(("h", "k", "term"), CASES)
def test_survivors_and_loss_are_those_of_a_lived_history(h: float, k: float, term: float | None) -> None:
    _, _, end = lived(h, k, term, 400_000)
    share = expected_survivors_share(h, k, HISTORY, BURN_IN, term)
    n = end.size
    assert abs((end > 0).sum() - n * share) / np.sqrt(n * share * (1 - share)) < 4
    there = (end > 0).sum()
    loss = expected_loss(h, k, HISTORY, BURN_IN, term)
    leavers = ((end > 0) & (end <= 52)).sum()
    assert abs(leavers - there * loss) / np.sqrt(there * loss * (1 - loss)) < 4


@pytest.mark.parametrize("k", [0.4, 1 - 1e-9, 1.0, 1 + 1e-9, 2.5, 400.0])
def test_the_integral_of_survival(k: float) -> None:
    for age in (0.0, 0.3, 5.0, 14.0):
        exact = integrate.quad(lambda a: float(survival(a, 0.6, k)), 0, age, epsabs=1e-13)[0]
        assert float(survival_integral(age, 0.6, k)) == pytest.approx(exact, rel=1e-10, abs=1e-12)


def test_without_hazard_everybody_stays() -> None:
    t = entry_weeks(np.array([0.25, 0.5, 0.75]), 0.0, 1.0, HISTORY, BURN_IN)
    assert np.allclose(t, -np.array([0.75, 0.5, 0.25]) * (HISTORY + BURN_IN))
    assert expected_survivors_share(0.0, 1.0, HISTORY, BURN_IN) == 1
    assert expected_loss(0.0, 1.0, HISTORY, BURN_IN) == pytest.approx(0, abs=1e-15)


def test_without_history_everybody_enters_during_the_burn_in() -> None:
    t = entry_weeks(np.array([1e-9, 0.5]), 0.3, 1.0, 0.0, BURN_IN)
    assert np.allclose(t, [-BURN_IN, -BURN_IN / 2])


@pytest.mark.parametrize("term", [None, 26, 52])
@pytest.mark.parametrize("k", [0.6, 1.0, 2.0, 50.0])
@pytest.mark.parametrize("target", [0.01, 0.12, 0.25])
def test_hazard_gives_the_stated_churn(k: float, target: float, term: float | None) -> None:
    h = initial_hazard(target, k, HISTORY, BURN_IN, term)
    assert expected_loss(h, k, HISTORY, BURN_IN, term) == pytest.approx(target, abs=1e-10)
    # Those at the start are the loyal part, so that the hazard at birth is above theirs; with contracts too.
    assert h > -np.log1p(-target)


def test_churn_that_cannot_be_is_refused() -> None:
    assert initial_hazard(0.0, 1.0, HISTORY, BURN_IN) == 0
    with pytest.raises(
        ScenarioError, match=r"baseline\.churn.*frailty_shape 0\.5.*got 60 %.*Allowed"
    ) as error:
        initial_hazard(0.6, 0.5, HISTORY, BURN_IN)
    assert error.value.exit_code == 2
