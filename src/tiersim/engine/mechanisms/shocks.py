"""Shocks of a world: when each comes, whom it reaches, and how strong it is by week (L8)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.layout import SPEND_QUARTERS, N
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.stages.shocks import (
    BUFFER,
    DEMAND,
    NEUTRAL,
    POINTS,
    SHOCK_PARAMETERS,
    beginnings,
    shock_demand,
    shock_felt,
    shock_losses,
    shock_strain,
)
from tiersim.engine.wiring import Stage
from tiersim.random import text_id
from tiersim.scenario.customers import CAUSES
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shocks import Shock

Array = npt.NDArray[Any]

FADED = 1.0 / 64.0
"""Below this level a shock that fades is over: after six half-lives."""

LOSSES: tuple[str, ...] = (*CAUSES, "bankruptcy")
"""Causes of losses in the order of their accounts."""


def weeks_of(
    scenario: Scenario, name: str, values: dict[str, float], address: tuple[int, int], horizon: int
) -> list[int]:
    """Weeks in which a shock begins, within the horizon; the same in all worlds.

    One that is at full strength does not begin anew; one that fades does.
    """
    shock = scenario.shocks[name]
    if isinstance(shock.begins, date):
        return [(shock.begins - scenario.start).days // 7]
    if shock.begins is not None:
        return [round(shock.begins)]
    flags = np.zeros(horizon, np.int8)
    rate = np.float32(values[f"shocks.{name}.rate"] * WEEK_OF_YEAR)
    # Its name, not its place: another shock in the file before it moves none of its dates.
    beginnings(*address, text_id(name) & 0xFFFFFFFF, rate, flags)
    found: list[int] = []
    for week in np.flatnonzero(flags).tolist():
        if not found or week >= found[-1] + full_weeks(shock):
            found.append(week)
    return found


def full_weeks(shock: Shock) -> int:
    """Whole weeks at full strength, at least one."""
    return max(1, round(shock.lasts))


def levels(shock: Shock, begins: Sequence[int], end: int) -> npt.NDArray[np.float32]:
    """Level by week, 0 to 1, shape (end,): in the j-th week after its end 2 ** (-j / half-life)."""
    out = np.zeros(end)
    for week in begins:
        over = week + full_weeks(shock)
        out[week:over] = 1.0
        tail = np.arange(1, max(end - over, 0) + 1)
        left = 0.5 ** (tail / shock.fades) if shock.fades > 0 else np.zeros(tail.size)
        left[left < FADED] = 0.0
        out[over:] = left  # never less than what is left of an earlier one
    return out.astype(np.float32)


class Shocks(Mechanism):
    """Dated or by chance, the same in every world; weeks without one cost a look at a few numbers."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        scenario, values = parts.scenario, parts.values
        self.shocks = scenario.shocks
        end = parts.horizon + round(scenario.run_out)
        self.begins = [weeks_of(scenario, name, values, parts.address, parts.horizon) for name in self.shocks]
        by_shock = zip(self.shocks.values(), self.begins, strict=True)
        self.levels = np.array([levels(shock, begins, end) for shock, begins in by_shock], np.float32)
        self.par = np.zeros((SHOCK_PARAMETERS, len(self.shocks)), np.float32)
        self.row = np.full(len(self.shocks), -1, np.int8)
        for k, (name, shock) in enumerate(self.shocks.items()):
            self._lower(k, name, shock, values)
        self._order = self._by_size()
        self._rows: list[tuple[int, int, int, int]] = []
        self._memory: dict[str, Array] = {
            "shock_now": np.zeros(len(self.shocks), np.float32),
            "shock_first": np.zeros(len(self.shocks), np.int8),
            "shock_taken": np.zeros(1, np.int8),
            "shock_par": self.par,
            "shock_row": self.row,
            "strain_on": np.zeros(len(CAUSES), np.int8),
        }
        # What this world's shocks need, and no more.
        self.fields = {  # type: ignore[misc]
            "shock_hits": (np.uint32, ()),
            "shock_shield": (np.float32, (int((self.row >= 0).sum()),)),
            "shock_takes": (np.int8, ()),
            **({"strain": (np.float32, (len(CAUSES),))} if self._strains else {}),
        }

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """A scenario with shocks, and the mechanism not switched off."""
        return bool(scenario.shocks) and scenario.mechanisms.shocks

    def _lower(self, k: int, name: str, shock: Shock, values: dict[str, float]) -> None:
        """Parameters of the k-th shock under this draw."""
        path, par = f"shocks.{name}", self.par[:, k]
        if shock.demand is not None:
            par[DEMAND] = math.log1p(values[f"{path}.demand"])
        for cause in shock.churn:
            par[CAUSES.index(cause)] = math.log1p(values[f"{path}.churn.{cause}"])
        if shock.satisfaction is not None:
            par[POINTS] = values[f"{path}.satisfaction"]
        par[BUFFER] = values[f"{path}.buffer"] / 10.0
        par[NEUTRAL] = values["baseline.satisfaction"]
        bad = par[POINTS] < 0.0 or (par[1 : len(CAUSES)] > 0.0).any()
        if bad and par[BUFFER] > 0.0:
            self.row[k] = self.row.max() + 1

    @property
    def _strains(self) -> bool:
        return bool(self.par[1 : len(CAUSES)].any())

    def _by_size(self) -> list[npt.NDArray[np.int64]]:
        """Of each shock the places at the start of whom it reaches, the largest buyers first."""
        start = self.parts.start
        last_year = [(start.ring - ago) % SPEND_QUARTERS for ago in range(4)]
        spend = start.state["spend_ring"][last_year].astype(float).sum(axis=0)
        order = np.argsort(-spend, kind="stable")
        region, industry = start.state["region"], start.state["industry"]
        found = []
        for shock in self.shocks.values():
            reached = order[self._within(shock, region[order], industry[order])]
            found.append(reached[: shock.largest])
        return found

    def _within(self, shock: Shock, region: Array, industry: Array) -> npt.NDArray[np.bool_]:
        """Who is in its regions and industries."""
        population = self.parts.scenario.population
        within = np.ones(region.size, bool)
        for wanted, names, codes in (
            (shock.regions, list(population.regions), region),
            (shock.industries, list(population.industries), industry),
        ):
            if wanted:
                within &= np.isin(codes, [names.index(one) for one in wanted])
        return within

    def memory(self) -> dict[str, Array]:
        """Parameters, this week's levels, and which causes are strained."""
        return dict(self._memory)

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        """Demand before orders, points before satisfaction, reasons before who leaves is drawn."""
        if place is Place.DEMAND:
            takes = any(shock.leaves for shock in self.shocks.values())
            return [*([shock_losses] if takes else []), shock_demand]
        if place is Place.FELT and self.par[POINTS].any() and self.parts.scenario.mechanisms.satisfaction:
            return [shock_felt]
        return [shock_strain] if place is Place.LEAVING and self._strains else []

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """Whom each shock will reach; who comes later is among the largest of none."""
        hits = np.zeros(last - first, np.uint32)
        region, industry = memory["region"][first:last], memory["industry"][first:last]
        for k, shock in enumerate(self.shocks.values()):
            if shock.largest is None:
                hits |= self._within(shock, region, industry).astype(np.uint32) << np.uint32(k)
            elif week == 0 and first == 0:
                hits[self._order[k]] |= np.uint32(1 << k)
        memory["shock_hits"][first:last] = hits
        memory["shock_shield"][:, first:last] = 1.0

    def begin_week(self, memory: dict[str, Array], week: int, run_out: bool) -> bool:
        """This week's levels, and who is taken."""
        now, first = self.levels[:, week], [week in begins for begins in self.begins]
        memory["shock_now"][:] = now
        memory["shock_first"][:] = first
        active = ((self.par[1 : len(CAUSES)] != 0.0) & (now > 0.0)).any(axis=1)
        memory["strain_on"][1:] = memory["strain_base"][1:] | active
        memory["shock_taken"][0] = 0
        for k in np.flatnonzero(first).tolist():
            self._begins(memory, k, week)
        return False

    def _begins(self, memory: dict[str, Array], k: int, week: int) -> None:
        """Mark whom the k-th shock takes as it begins, and note how many it meets."""
        n, shock = int(memory["clock"][N]), list(self.shocks.values())[k]
        alive = memory["alive"][:n] == 1
        hit = alive & ((memory["shock_hits"][:n] >> np.uint32(k)) & np.uint32(1) == 1)
        taken = np.zeros(n, bool)
        if shock.leaves is not None:
            # The next in size at each return: the same accounts in every world, whoever has left before.
            place = self.begins[k].index(week) * shock.leaves
            births = self.parts.start.state["birth"][self._order[k][place : place + shock.leaves]]
            taken = alive & np.isin(memory["birth"][:n], births)
            memory["shock_takes"][:n][taken] = 1 + LOSSES.index(shock.cause)
            memory["shock_taken"][0] = 1
        self._rows.append((k, week, int(hit.sum()), int(taken.sum())))

    def tables(self) -> dict[str, dict[str, Array]]:
        """When each shock began, how many customers it met, and how many it took."""
        rows = np.array(self._rows, np.int64).reshape(-1, 4)
        names, kinds = ("shock", "week", "customers", "taken"), (np.int8, np.int16, np.int32, np.int32)
        return {
            "shocks": {
                name: rows[:, j].astype(kind) for j, (name, kind) in enumerate(zip(names, kinds, strict=True))
            }
        }
