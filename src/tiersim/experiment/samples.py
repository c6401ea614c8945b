"""From the panel to what answers take: a sample by customer, or a panel by region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.lots.draw import NO_PART, Lot
from tiersim.experiment.outcomes import YEAR, by_customer, measured, window
from tiersim.experiment.sample import NEVER, RegionPanel, Sample
from tiersim.scenario.experiment_check import PAST_QUARTERS, SURVEYED
from tiersim.tables.panel import Panel

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

KNOWN_BEFORE = ("revenue", "orders")
"""Covariates that every system has, of the year before the experiment."""

KEPT_SINCE_START = ("churn", "retention", "upgrade")
"""Shares that are known from the start on only: nobody was lost, and nobody rated, on record before."""


@dataclass(frozen=True, eq=False)
class Seen:
    """An observed panel with its lot: all that answers may look at."""

    design: Design
    panel: Panel
    lot: Lot

    @cached_property
    def members(self) -> Array:
        """Places in the panel of the customers of the start, in the lot's order."""
        return np.searchsorted(self.panel.birth, self.lot.birth)

    @cached_property
    def cohort(self) -> npt.NDArray[np.bool_]:
        """Who takes part, of the lot's customers: in an arm, and a customer when the experiment begins."""
        began = int(np.searchsorted(self.panel.ends, self.design.begins, side="right")) - 1
        return (self.lot.arm != NO_PART) & self.panel.known[began][self.members]

    @cached_property
    def start_panel(self) -> Panel:
        """The panel of who takes part."""
        return self.panel.take(self.members[self.cohort])

    @cached_property
    def covariates(self) -> Floats:
        """What is known of the year before the experiment, shape (n, k)."""
        first = self.design.begins - YEAR
        return np.column_stack(
            [measured(self.start_panel, name, first, self.design.begins) for name in KNOWN_BEFORE]
        )

    def sample(self, outcome: Outcome, look: int) -> Sample:
        """The sample of an outcome at a look, of who takes part (and of the outcome's tiers)."""
        design, part, lot = self.design, self.start_panel, self.lot
        first, stop = window(design, outcome, look)
        value, denominator = by_customer(part, outcome, first, stop)
        # Whatever the lag leaves out, what was known before ends where the experiment begins.
        before = measured(part, outcome.measure, design.begins - (stop - first), design.begins)
        columns = [self.covariates]
        if outcome.measure not in KNOWN_BEFORE and np.isfinite(before).mean() > 0.5:
            columns.insert(0, before[:, None])
        pair = lot.pair[self.cohort]
        cluster = lot.cluster[self.cohort]
        found = Sample(
            value,
            lot.arm[self.cohort],
            lot.stratum[self.cohort],
            np.column_stack(columns),
            denominator,
            cluster if (cluster >= 0).all() and cluster.size else None,
            pair if (pair >= 0).any() else None,
            part.tier,
            before,
            measured(part, outcome.measure, first - YEAR, stop - YEAR),
            outcome.unit,
        )
        if outcome.tiers:
            return found.take(np.isin(part.tier, outcome.tiers))
        return found

    # -- by region ---------------------------------------------------------------------------------------

    @cached_property
    def places(self) -> tuple[Array, Array, Array]:
        """Unit of each customer of the panel, -1 outside; codes of units; whether industries split."""
        design, panel = self.design, self.panel
        population, who = design.scenario.population, design.test.who
        industries = len(population.industries)
        split = any(wave.industries for wave in design.test.waves)
        code = panel.region.astype(np.int64)
        code = code * industries + panel.industry if split else code
        inside = np.ones(len(panel), bool)
        if who.regions:
            inside &= np.isin(panel.region, [list(population.regions).index(name) for name in who.regions])
        if who.industries:
            inside &= np.isin(
                panel.industry, [list(population.industries).index(name) for name in who.industries]
            )
        if who.tiers:
            inside &= np.isin(panel.tier, [list(design.scenario.tiers).index(name) for name in who.tiers])
        units = np.unique(code[self.members][self.lot.arm != NO_PART])
        place = np.searchsorted(units, code)
        place = np.where(inside & (place < units.size), place, 0)
        place = np.where(inside & (units[place] == code), place, -1)
        return place, units, np.asarray(split)

    def regions(self, outcome: Outcome, look: int) -> RegionPanel:
        """The panel by region of an outcome up to a look; regions of newcomers' figures are counted in."""
        design, panel = self.design, self.panel
        if outcome.tiers:
            raise NotEstimable("outcomes of some tiers are not told by region")
        place, units, _ = self.places
        first, stop = window(design, outcome, look)
        lagged = (panel.begins >= design.begins) & (panel.begins < first)
        used = (panel.begins >= design.begins - design.before) & (panel.ends <= stop) & ~lagged
        inside = place >= 0
        size = np.bincount(place[self.members][self.cohort & inside[self.members]], minlength=units.size)
        if (size < 1).any():
            raise NotEstimable("a region has no customers")
        if outcome.measure in SURVEYED or outcome.is_share or outcome.per != "customer":
            if design.kind == "rollout":
                raise NotEstimable("it is told as before and after only, and waves begin at different times")
            rows, begins, ends = self._coarse(outcome, place, units.size, first, stop)
        else:
            rows, begins, ends = self._sums(outcome, place, size, np.flatnonzero(used))
        known = np.isfinite(rows).all(axis=0)
        if not known.any() or not (ends[known] <= design.begins).any():
            raise NotEstimable(f"{outcome.measure} is not known of the time before the experiment")
        rows, begins, ends = rows[:, known], begins[known], ends[known]
        number = int((ends <= design.begins).sum())
        start, drawn = self.first_period(units, begins), self.lot.drawn
        if drawn and design.kind == "rollout":
            drawn = int((start < NEVER).sum())  # waves that have not begun by this look are controls so far
        return RegionPanel(
            rows, size.astype(float), start, number, (ends - begins).astype(float),
            self._names(units), drawn, np.zeros(units.size, np.int64),
        )  # fmt: skip

    def _sums(self, outcome: Outcome, place: Array, size: Array, used: Array) -> tuple[Floats, Array, Array]:
        panel = self.panel
        parts = {"profit": {"revenue": 1, "goods": -1, "cost": -1}, "margin": {"revenue": 1, "goods": -1}}
        terms = parts.get(outcome.measure, {outcome.measure: 1})
        inside = place >= 0
        rows = np.empty((size.size, used.size))
        for k, period in enumerate(used.tolist()):
            value = sum(sign * np.asarray(panel.sums[name][period], float) for name, sign in terms.items())
            weeks = panel.ends[period] - panel.begins[period]
            total = np.bincount(place[inside], np.asarray(value)[inside], size.size)
            rows[:, k] = total / size * (YEAR / weeks)
        return rows, panel.begins[used], panel.ends[used]

    def _coarse(
        self, outcome: Outcome, place: Array, units: int, first: float, stop: float
    ) -> tuple[Floats, Array, Array]:
        """Before and during as two periods, for outcomes that are no sums.

        What happens to customers in a window happens to more of them in a longer one. So shares look back as
        far as they look ahead; where the time before is shorter, its share is put on the other's length as
        if it went on at the same pace.
        """
        panel, design = self.panel, self.design
        rows = np.full((units, 2), np.nan)
        back, pace = design.before, 1.0
        if outcome.is_share and outcome.measure != "renewal":
            back = stop - first
            if outcome.measure in KEPT_SINCE_START and back > design.begins > 0:
                back, pace = float(design.begins), back / design.begins
        elif outcome.measure not in PAST_QUARTERS and back > design.begins > 0:
            back = float(design.begins)  # nothing is on record before the start; a mean needs no pace
        spans = [(design.begins - back, float(design.begins)), (first, stop)]
        for k, (low, high) in enumerate(spans):
            value, denominator = by_customer(panel, outcome, low, high)
            for unit in range(units):
                mine = (place == unit) & np.isfinite(value)
                if denominator is not None:
                    mine &= np.isfinite(denominator)
                    total = denominator[mine].sum()
                    rows[unit, k] = value[mine].sum() / total if total > 0 else np.nan
                elif mine.any():
                    rows[unit, k] = value[mine].mean()
        if pace != 1.0:
            stays = rows[:, 0] if outcome.measure == "retention" else 1.0 - rows[:, 0]
            rows[:, 0] = stays**pace if outcome.measure == "retention" else 1.0 - stays**pace
        ends = np.array(spans)
        return rows, ends[:, 0], ends[:, 1]

    def first_period(self, units: Array, begins: Array) -> Array:
        """Period in which each unit's treatment begins."""
        design, lot = self.design, self.lot
        if design.kind == "rollout":
            industries = len(design.scenario.population.industries)
            _, _, split = self.places
            week = lot.wave[units // industries, units % industries] if split else lot.wave[units, 0]
        else:
            week = np.where(np.isin(units, lot.treated), design.begins, NEVER)
        at = np.searchsorted(begins, week)
        return np.where(at >= begins.size, NEVER, at)

    def _names(self, units: Array) -> tuple[str, ...]:
        population = self.design.scenario.population
        names, industries = list(population.regions), list(population.industries)
        _, _, split = self.places
        if split:
            return tuple(f"{names[u // len(industries)]}, {industries[u % len(industries)]}" for u in units)
        return tuple(names[u] for u in units)
