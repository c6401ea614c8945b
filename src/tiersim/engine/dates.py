"""The execution plan in a world: strategies that run in a week, and what a quarter with dates in it costs."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.sharing import funded_shares
from tiersim.engine.slots import Slots
from tiersim.policy.care import Census
from tiersim.policy.layout import Layout
from tiersim.policy.plan import INNOVATION, Plan
from tiersim.policy.schedule import payment_week, schedule_of
from tiersim.scenario.schema import Scenario

Shares = list[list[float]]


class Dates:
    """Dates of a world's policies; without an execution plan nothing ever changes."""

    def __init__(self, scenario: Scenario, slots: Slots) -> None:
        self._scenario, self._slots = scenario, slots
        self._schedule = schedule_of(scenario)
        policies = [policy for policy, _ in slots.pairs[1:]]
        # Weeks in which a strategy starts or stops.
        self.turns = self._schedule.turns(policies) if self._schedule else set[int]()
        self._due = {name: payment_week(scenario, name) for name in scenario.one_off}

    def layouts(self, week: int) -> list[Layout]:
        """Layouts of the slots with the strategies that run in a week."""
        layouts = self._slots.layouts_now
        if self._schedule is None:
            return layouts
        pairs = zip(self._slots.pairs, layouts, strict=True)
        return [layout.without(self._schedule.resting(policy, week)) for (policy, _), layout in pairs]

    def due(self, payment: str, otherwise: int) -> int:
        """Week of a single payment."""
        week = self._due[payment]
        return otherwise if week is None else week

    def over_quarter(
        self, week: int, counted: list[Census], plans: list[Plan], funded: Shares
    ) -> tuple[list[Plan], Shares]:
        """Plans and funded shares of the whole quarter that begins in `week`, with the dates inside it.

        The customers are those of its first week: an approximation, as everywhere in the table of funds.
        """
        end = week + WEEKS_PER_QUARTER
        inside = [turn for turn in sorted(self.turns) if week < turn < end]
        if not inside:
            return plans, funded
        wanted = [np.zeros(len(plan.groups)) for plan in plans]
        spent = [np.zeros(len(plan.groups)) for plan in plans]
        for first, last in itertools.pairwise([week, *inside, end]):
            part = [
                _wanting(plan, layout, census)
                for plan, layout, census in zip(plans, self.layouts(first), counted, strict=True)
            ]
            frozen = self._scenario.freeze.budget or not self._scenario.mechanisms.budget
            share = funded if frozen else funded_shares(self._scenario, part)
            for slot, plan in enumerate(part):
                wish = np.array([group.wanted for group in plan.groups]) * (last - first) / WEEKS_PER_QUARTER
                wanted[slot] += wish
                spent[slot] += wish * np.array(share[slot])
        shares = [
            np.divide(cost, wish, out=np.zeros_like(cost), where=wish > 0).tolist()
            for cost, wish in zip(spent, wanted, strict=True)
        ]
        return [_with_wishes(plan, wish.tolist()) for plan, wish in zip(plans, wanted, strict=True)], shares


def _wanting(plan: Plan, layout: Layout, census: Census) -> Plan:
    """The plan with the wishes of another layout of the same groups; people and volume do not change."""
    wanted = [
        sum(layout.wanted(census, t, of_fund=group.name == INNOVATION) for t in group.tiers)
        for group in plan.groups
    ]
    return _with_wishes(plan, wanted)


def _with_wishes(plan: Plan, wanted: list[float]) -> Plan:
    return replace(
        plan, groups=[replace(group, wanted=wish) for group, wish in zip(plan.groups, wanted, strict=True)]
    )
