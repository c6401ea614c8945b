"""Signals: uniform, correlated as stated, known as often as stated, and drawn by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tiersim.population import draw, draw_signals, tabulate, tabulate_signals
from tiersim.population.signals import SignalTables
from tiersim.population.traits import BASKET, FRAILTY, ORDER_RATE, RESPONSE, ROOM, SATISFACTION, WALLET
from tiersim.random import founder_ids
from tiersim.scenario.load import load

MANY = 40_000
OF = {"wallet_share": WALLET, "wallet_room": ROOM, "satisfaction": SATISFACTION, "frailty": FRAILTY,
      "responsiveness": RESPONSE}  # fmt: skip


def signal(of: str, correlation: float, known: float = 1.0) -> dict[str, object]:
    return {
        "of": of,
        "correlation": {"value": correlation, "source": "test", "grade": "assumed"},
        "known": known,
    }


def tables(**signals: dict[str, object]) -> tuple[object, SignalTables]:
    s = load("retail", {"population.signals": {"market_share": None, "category_breadth": None, **signals}})
    values = {f"population.signals.{name}.correlation": one.correlation.central
              for name, one in s.population.signals.items()}  # fmt: skip
    return tabulate(s, {}), tabulate_signals(s, values)


def rank_correlation(rho: float) -> float:
    """Correlation of ranks where normal scores have the correlation rho: 6 / pi asin(rho / 2)."""
    return 6 / np.pi * np.arcsin(rho / 2)


def z_of_ranks(a: np.ndarray, b: np.ndarray, expected: float) -> float:
    """z-score of a rank correlation, its standard error by batches."""
    parts = [stats.spearmanr(x, y).statistic for x, y in zip(np.split(a, 40), np.split(b, 40), strict=True)]
    return float((np.mean(parts) - expected) / (np.std(parts, ddof=1) / np.sqrt(40)))


@pytest.mark.parametrize("of", OF)
@pytest.mark.parametrize("rho", [-0.6, 0.3, 0.9])
def test_rank_correlation_with_what_it_tells_of(of: str, rho: float) -> None:
    traits, signals = tables(clue=signal(of, rho))
    birth = founder_ids(MANY)
    clue = draw_signals(signals, traits, birth, 3, 0)[0]
    value = draw(traits, birth, 3, 0).traits[OF[of]]
    assert abs(z_of_ranks(clue, value, rank_correlation(rho))) < 4
    assert stats.kstest(clue, stats.uniform(0, 100).cdf).pvalue > 1e-4


@pytest.mark.parametrize("rho", [0.0, 0.7])
def test_a_signal_of_value_goes_with_the_score_of_value(rho: float) -> None:
    """Revenue is orders times basket; where only baskets differ its score is the score of value."""
    traits, signals = tables(clue=signal("value", rho))
    only = replace(traits, s0=1e-9)
    birth = founder_ids(MANY)
    clue = draw_signals(signals, only, birth, 3, 0)[0]
    drawn = draw(only, birth, 3, 0).traits
    assert abs(z_of_ranks(clue, drawn[BASKET], rank_correlation(rho))) < 4
    assert abs(z_of_ranks(clue, drawn[ORDER_RATE], 0.0)) < 4
    both = draw_signals(signals, traits, birth, 3, 0)[0]
    weight = traits.s0 / np.hypot(traits.s0, traits.s1)
    assert abs(z_of_ranks(both, drawn[ORDER_RATE], rank_correlation(rho * weight))) < 4


def test_a_perfect_signal_is_the_rank_itself() -> None:
    traits, signals = tables(clue=signal("frailty", 1.0))
    birth = founder_ids(2000)
    clue = draw_signals(signals, traits, birth, 3, 0)[0]
    frailty = draw(traits, birth, 3, 0).traits[FRAILTY]
    assert (np.argsort(clue) == np.argsort(frailty)).all()


def test_it_is_known_of_its_share_and_independent_of_what_it_says() -> None:
    traits, everybody = tables(clue=signal("frailty", 0.5))
    _, some = tables(clue=signal("frailty", 0.5, known=0.3))
    birth = founder_ids(MANY)
    whole, part = (draw_signals(t, traits, birth, 3, 0)[0] for t in (everybody, some))
    known = ~np.isnan(part)
    assert abs((known.sum() - 0.3 * MANY) / np.sqrt(MANY * 0.21)) < 4
    assert (part[known] == whole[known]).all()
    assert stats.kstest(whole[known], stats.uniform(0, 100).cdf).pvalue > 1e-4
    _, none = tables(clue=signal("frailty", 0.5, known=0.0))
    assert np.isnan(draw_signals(none, traits, birth, 3, 0)).all()


def test_one_more_signal_and_another_order_change_no_other() -> None:
    a, b = signal("value", 0.5), signal("frailty", -0.2)
    birth = founder_ids(500)
    traits, alone = tables(a=a)
    _, two = tables(b=b, a=a)
    assert two.names == ("b", "a")
    assert (draw_signals(two, traits, birth, 3, 0)[1] == draw_signals(alone, traits, birth, 3, 0)[0]).all()
    shuffled = np.random.default_rng(1).permutation(500)
    drawn = draw_signals(two, traits, birth, 3, 0)
    assert (draw_signals(two, traits, birth[shuffled], 3, 0) == drawn[:, shuffled]).all()
    _, nothing = tables()
    assert draw_signals(nothing, traits, birth, 3, 0).shape == (0, 500)
