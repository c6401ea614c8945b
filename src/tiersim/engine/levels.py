"""Levels of the loyalty programme by what customers spent, and who is a member (P3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.layout import SPEND_QUARTERS
from tiersim.kernel import kernel
from tiersim.policy.care import Census, Values
from tiersim.policy.points import level_table, programme, thresholds
from tiersim.random import ndtri32, u01, words
from tiersim.random.streams import LOYALTY
from tiersim.scenario.loyalty import Loyalty
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
YEAR_QUARTERS = 4


@kernel
def joining(seed, rep, birth, out):  # type: ignore[no-untyped-def]
    """A standard normal number of each customer, drawn once: its inclination to join."""
    for i in range(out.shape[0]):
        out[i] = ndtri32(u01(words(seed, rep, birth[i], 0, LOYALTY, 0)[0]))


@dataclass(frozen=True)
class Joining:
    """Who joins: the inclined, of whom more are big buyers where joining goes with expected spend.

    `mean`, `spread`: of the log of expected spend among the customers of the start; they stay.
    """

    share: float
    correlation: float
    mean: float
    spread: float

    def members(self, state: dict[str, Array], at: slice, address: tuple[int, int]) -> npt.NDArray[np.bool_]:
        """Whether customers are members; the same in all worlds."""
        birth = state["birth"][at]
        if self.share >= 1.0:
            return np.ones(birth.size, bool)
        own = np.empty(birth.size, np.float32)
        joining(*address, birth, own)
        size = (_log_spend(state, at) - self.mean) / max(self.spread, 1e-12)
        rho = self.correlation
        inclined = rho * size + np.sqrt(1.0 - rho * rho) * own.astype(np.float64)
        return np.asarray(inclined > NormalDist().inv_cdf(1.0 - self.share))


def _log_spend(state: dict[str, Array], at: slice) -> Floats:
    """Log of expected spend a week at the starting share of wallet."""
    return np.asarray(
        np.log(np.maximum(state["order_rate"][at].astype(float), 1e-12))
        + state["log_basket"][at].astype(float)
    )


def joining_of(rules: Loyalty, values: Values, state: dict[str, Array], n: int) -> Joining:
    """The rule of who joins, frozen on the `n` customers of the start."""
    size = _log_spend(state, slice(0, n))
    spread = float(size.std()) if n else 1.0
    return Joining(rules.joins, values["loyalty.joins_value"], float(size.mean()) if n else 0.0, spread)


def trailing_spend(spend_ring: Array, ring: int, n: int) -> Floats:
    """Cents spent in the four quarters that ended with quarter `ring`, shape (n,)."""
    rows = [(ring - ago) % SPEND_QUARTERS for ago in range(YEAR_QUARTERS)]
    return np.asarray(spend_ring[rows, :n].astype(np.float64).sum(axis=0))


def level_of(spend: Floats, cuts: Floats) -> npt.NDArray[np.int8]:
    """Codes of the levels that so many cents reach."""
    return np.searchsorted(cuts, spend, side="right").astype(np.int8)


@dataclass(frozen=True, eq=False)
class Standing:
    """The start: who joins, levels by code (outside: no member), spend of the year before in cents."""

    joining: Joining
    level: npt.NDArray[np.int8]
    spend: Floats

    def by_level(self, levels: int) -> tuple[Floats, Floats]:
        """Members and what they spent, by level, shape (levels + 1,)."""
        inside = self.level <= levels
        code = self.level[inside]
        count = np.bincount(code, minlength=levels + 1).astype(float)
        return count, np.bincount(code, self.spend[inside], levels + 1).astype(float)


def standing(
    scenario: Scenario, values: Values, state: dict[str, Array], ring: int, address: tuple[int, int]
) -> Standing | None:
    """Levels that the customers of the start have or would have; None without a programme."""
    rules = programme(scenario)
    if rules is None:
        return None
    n = scenario.customers
    spend = trailing_spend(state["spend_ring"], ring, n)
    level = level_of(spend, thresholds(rules))
    joining = joining_of(rules, values, state, n)
    level[~joining.members(state, slice(0, n), address)] = len(rules.levels) + 1
    return Standing(joining, level, spend)


def with_promises(
    scenario: Scenario, census: Census, start: Standing | None, tier: Array, values: Values
) -> Census:
    """The census of the start with what points and benefits would come to; as it is without a programme."""
    rules = programme(scenario)
    if rules is None or start is None:
        return census
    table, size = level_table(rules, values), census.customers.size
    return replace(
        census,
        earned=np.bincount(tier, table.rate[start.level] * start.spend / 100.0, size).astype(float),
        benefits=np.bincount(tier, table.price[start.level], size).astype(float),
    )
