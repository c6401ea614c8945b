"""Policies as tables, so that the engine looks up and never asks.

Care goes by cell = slot x (tiers + 1) + tier, strategies by package = cell x segments + segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.policy.care import Census, Values
from tiersim.policy.effects import built_in_effects, channel_of, lifts_of, strategy_effects
from tiersim.policy.layout import Layout
from tiersim.policy.segments import segments_of
from tiersim.policy.vocabulary import ATTENTION, CHANNELS, CONTACT_CHANNEL, L_ORDERS, L_SATISFACTION
from tiersim.scenario.schema import Scenario

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CellTables:
    """Parameters by cell, shape (cells,) unless said; doses have shape (channels, packages)."""

    bot: F32
    contact_rate: F32
    contact_auto: npt.NDArray[np.int8]
    plan_even: F32
    account_even: F32  # the part of plan_even that is account work, not contacts
    plan_favour: F32
    dose_flat: F32
    dose_even: F32
    dose_favour: F32
    pair_channel: npt.NDArray[np.int64]
    pair_target: npt.NDArray[np.int64]
    pair_effect: F32  # (pairs, packages)
    spend_rate: npt.NDArray[np.float64]  # money a head and week for strategies, (packages,)
    segments: int = 1


def effect_pairs(scenario: Scenario) -> list[tuple[int, int]]:
    """All (channel, lift) that some lever of the scenario may move, in order; the same in every draw."""
    pairs = {(ATTENTION, L_SATISFACTION), (ATTENTION, L_ORDERS), (CONTACT_CHANNEL, L_SATISFACTION)}
    return sorted(pairs.union(*(_pairs(scenario, name) for name in scenario.strategies)))


def lower_cells(scenario: Scenario, layouts: list[Layout], values: Values, start: Census) -> CellTables:
    """Tables of all slots (one layout each), strategies not yet funded (see `Funding`)."""
    tiers = len(scenario.tiers) + 1
    cells = len(layouts) * tiers
    segments = segments_of(scenario).number
    packages = cells * segments
    built_in = built_in_effects(values)
    pairs = effect_pairs(scenario)
    f32 = np.float32
    tables = CellTables(
        bot=np.zeros(cells, f32),
        contact_rate=np.zeros(cells, f32),
        contact_auto=np.zeros(cells, np.int8),
        plan_even=np.zeros(cells, f32),
        account_even=np.zeros(cells, f32),
        plan_favour=np.zeros(cells, f32),
        dose_flat=np.zeros((len(CHANNELS), packages), f32),
        dose_even=np.zeros((len(CHANNELS), packages), f32),
        dose_favour=np.zeros((len(CHANNELS), packages), f32),
        pair_channel=np.array([channel for channel, _ in pairs], np.int64),
        pair_target=np.array([lift for _, lift in pairs], np.int64),
        pair_effect=np.zeros((len(pairs), packages), f32),
        spend_rate=np.zeros(packages),
        segments=segments,
    )
    standard = values["attention.standard_hours"]
    worth = values["service.automatic_worth"]
    mean_favour = max(start.overall("favour"), 1e-12)
    for slot, layout in enumerate(layouts):
        for tier in range(tiers):
            c = slot * tiers + tier
            every = slice(c * segments, (c + 1) * segments)
            care = layout.care[tier]
            tables.bot[c] = care.bot
            tables.contact_rate[c] = care.personal_rate + care.automatic_rate
            tables.contact_auto[c] = care.automatic_rate > care.personal_rate
            contact_hours = care.personal_rate * values["service.contact_time"]
            tables.account_even[c] = 0.0 if care.favours else care.account_hours
            tables.plan_even[c] = contact_hours + float(tables.account_even[c])
            if care.favours:
                tables.plan_favour[c] = care.account_hours / mean_favour
                tables.dose_favour[ATTENTION, every] = care.account_hours / mean_favour / standard
            else:
                tables.dose_even[ATTENTION, every] = care.account_hours / standard * care.effort
            contacts = care.personal_rate + worth * care.automatic_rate
            tables.dose_flat[CONTACT_CHANNEL, every] = 2.0 * contacts
            for p, pair in enumerate(pairs):
                tables.pair_effect[p, every] = built_in.get(pair, 0.0)
    return tables


def relay_tables(tables: CellTables, fresh: CellTables) -> None:
    """Take over, in place, what care gives; doses and effects of strategies are left to `Funding`."""
    for name in (
        "bot", "contact_rate", "contact_auto", "plan_even", "account_even", "plan_favour", "dose_flat",
        "dose_favour",
    ):  # fmt: skip
        getattr(tables, name)[:] = getattr(fresh, name)
    tables.dose_even[: CONTACT_CHANNEL + 1] = fresh.dose_even[: CONTACT_CHANNEL + 1]


class Funding:
    """Turns the funded share of each budget group into doses, effects and spending, in the tables' place.

    On one channel doses add up and the effect is the mean by dose: two strategies on one medium share its
    saturation.
    """

    def __init__(self, scenario: Scenario, layouts: list[Layout], values: Values, tables: CellTables) -> None:
        self._layouts = layouts
        self._tables = tables
        self._tiers = len(scenario.tiers) + 1
        self._pairs = list(zip(tables.pair_channel.tolist(), tables.pair_target.tolist(), strict=True))
        self._price = {name: values[f"strategies.{name}.price"] for name in scenario.strategies}
        self._effects = {name: strategy_effects(scenario, name, values) for name in scenario.strategies}
        self._channel = {name: channel_of(scenario, name) for name in scenario.strategies}

    def apply(self, funded: list[list[float]], layouts: list[Layout] | None = None) -> None:
        """Write the tables for ``funded[slot][group]``, shares of the strategies' wish that are paid.

        `layouts` are those of this week, if some strategies do not run in it.
        """
        for slot, layout in enumerate(layouts or self._layouts):
            for tier in range(self._tiers):
                group = layout.group_of(tier)
                if group is None:
                    continue
                paid = {
                    name: funded[slot][-1 if name in layout.aside else group] for name in layout.wishes[tier]
                }
                first = (slot * self._tiers + tier) * self._tables.segments
                for segment in range(self._tables.segments):
                    self._package(first + segment, layout.wishes_in(tier, segment), paid)

    def _package(self, c: int, wishes: dict[str, float], paid: dict[str, float]) -> None:
        tables = self._tables
        doses: dict[int, list[tuple[str, float]]] = {}
        spend = 0.0
        for name, money in wishes.items():
            share = paid[name]
            spend += money * share / 52.0
            if money * share > 0.0 and self._price[name] > 0.0:
                doses.setdefault(self._channel[name], []).append((name, money * share / self._price[name]))
        tables.spend_rate[c] = spend
        tables.dose_even[CONTACT_CHANNEL + 1 :, c] = 0.0
        for channel, parts in doses.items():
            total = sum(dose for _, dose in parts)
            tables.dose_even[channel, c] = total
            for p, (ch, lift) in enumerate(self._pairs):
                if ch == channel:
                    mixed = sum(self._effects[name].get(lift, 0.0) * dose for name, dose in parts)
                    tables.pair_effect[p, c] = mixed / total


def _pairs(scenario: Scenario, name: str) -> set[tuple[int, int]]:
    return {(channel_of(scenario, name), lift) for lift in lifts_of(scenario, name)}
