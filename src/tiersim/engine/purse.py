"""The purse of a world: what rules, downgrades and carry-over make of the caps of its budget groups (R16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.policy.budget_rules import Floats, Seen, Terms, freed_shares, named, terms_of, within
from tiersim.policy.care import Census
from tiersim.policy.layout import Layout
from tiersim.policy.plan import GroupPlan, Plan
from tiersim.scenario.schema import Scenario

if TYPE_CHECKING:
    from tiersim.engine.mover import Moves

Array = npt.NDArray[Any]

YEAR, QUARTER = 52, 13


@dataclass
class Split:
    """The split of one policy while it moves.

    `written`: shares as the scenario has them, of what the innovation fund leaves; `ruled`: as rules and
    value have moved them; `freed`: what downgrades add to that; `shares`: in force, within the limits.
    `head`: planned money a head and year at
    the start; `net`: customers that went down from group to group, less those who came up.
    """

    names: list[str]
    group_of: npt.NDArray[np.int64]  # by tier; -1: no group
    yearly: float
    written: Floats
    head: Floats
    terms: Terms
    ruled: Floats = field(init=False)
    shares: Floats = field(init=False)
    net: Floats = field(init=False)
    freed: Floats = field(init=False)
    start: Seen | None = None
    held: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ruled = self.written.copy()
        self.shares = self.written.copy()
        self.net = np.zeros((self.written.size, self.written.size))
        self.freed = np.zeros(self.written.size)
        self.held = [0] * len(self.terms.review)

    def settle(self, part: float) -> Floats:
        """Put freed money on what rules left, within the limits: the shares in force from now on.

        `part`: share of the plan's money that is this policy's.
        """
        if self.terms.freed_to is not None:
            to = named(self.names, self.terms.freed_to)
            self.freed = freed_shares(self.net, self.head, to, self.yearly * part)
        self.shares = within(self.ruled + self.freed, self.written, self.terms.most)
        return self.shares


class Purse:
    """Shares, carried money and spending by slot; only for scenarios with rules on money."""

    def __init__(self, splits: list[Split | None], carry: list[float], tiers: int) -> None:
        self.splits, self._carry, self._tiers = splits, carry, tiers
        self._week = 0
        self._rates: list[list[tuple[float, float]]] = []
        self._cap: list[list[float]] = []
        self._spent: list[list[float]] = []
        self._carried: list[list[float]] = []

    def layouts(self, layouts: Sequence[Layout]) -> list[Layout]:
        """Layouts with the caps of the shares in force."""
        return [self._with(layout, split) for layout, split in zip(layouts, self.splits, strict=True)]

    def _with(self, layout: Layout, split: Split | None) -> Layout:
        if split is None or (split.shares == split.written).all():
            return layout
        groups = [
            (name, tiers, split.yearly * float(share), members)
            for (name, tiers, _, members), share in zip(layout.groups, split.shares, strict=True)
        ]
        return replace(layout, groups=groups)

    # -- carry-over ---------------------------------------------------------------------------------

    def fill(self, plans: list[Plan], week: int) -> list[Plan]:
        """Plans with the money that groups have left from the quarter before, in the same budget year.

        It pays for strategies: people are not hired for money of one quarter.
        """
        if not any(self._carry):
            return plans
        self._accrue(week)
        if week % QUARTER == 0:
            zeros = [[0.0] * len(plan.groups) for plan in plans]
            self._carried = [list(row) for row in zeros]
            if week % YEAR and self._cap:
                self._carried = [
                    [part * max(cap - spent, 0.0) for cap, spent in zip(caps, spents, strict=True)]
                    for part, caps, spents in zip(self._carry, self._cap, self._spent, strict=True)
                ]
            # What was carried is there to be spent, and if it is not, to be carried on.
            self._cap, self._spent = [list(row) for row in self._carried], zeros
        return [
            replace(plan, groups=[_carrying(g, c) for g, c in zip(plan.groups, carried, strict=True)])
            for plan, carried in zip(plans, self._carried, strict=True)
        ]

    def spend(self, plans: list[Plan], funded: list[list[float]]) -> None:
        """What groups are allotted and plan to spend a year, from the week of the last `fill` on."""
        self._rates = [
            [
                (group.cap, group.staff + group.reserved + share * group.wanted)
                for group, share in zip(plan.groups, shares, strict=True)
            ]
            for plan, shares in zip(plans, funded, strict=True)
        ]

    def _accrue(self, week: int) -> None:
        part = (week - self._week) / YEAR
        self._week = week
        if part <= 0.0:
            return
        for caps, spents, rates in zip(self._cap, self._spent, self._rates, strict=True):
            for number, (cap, cost) in enumerate(rates):
                caps[number] += part * cap
                spents[number] += part * cost

    # -- downgrades ---------------------------------------------------------------------------------

    def moved(self, memory: dict[str, Array], moves: Moves) -> None:
        """Count who went down from group to group, and who came up."""
        slot = memory["cell"][moves.who] // self._tiers
        for number, split in enumerate(self.splits):
            if split is None or split.terms.freed_to is None:
                continue
            mine = (slot == number) & (moves.old < self._tiers - 1)
            old, new = moves.old[mine].astype(int), moves.new[mine].astype(int)
            upper, lower = split.group_of[np.minimum(old, new)], split.group_of[np.maximum(old, new)]
            np.add.at(split.net, (upper, lower), np.where(new > old, 1.0, -1.0))


def _carrying(group: GroupPlan, carried: float) -> GroupPlan:
    return replace(group, carried=carried * YEAR / QUARTER) if carried else group


def purse_of(
    scenario: Scenario, pairs: Sequence[tuple[str, int]], layouts: Sequence[Layout], census: Census
) -> Purse | None:
    """The purse of a world; None where no policy of it has rules that change caps in mid-run."""
    terms = [terms_of(scenario, scenario.policies[policy]) for policy, _ in pairs]
    if not any(one.moves or one.carry_over > 0.0 for one in terms):
        return None
    tiers = len(scenario.tiers) + 1
    splits: list[Split | None] = []
    for one, layout in zip(terms, layouts, strict=True):
        moves = one.moves and len(layout.groups) > 1
        splits.append(_split_of(one, layout, census, tiers) if moves else None)
    return Purse(splits, [one.carry_over for one in terms], tiers)


def _split_of(terms: Terms, layout: Layout, census: Census, tiers: int) -> Split:
    caps = np.array([cap for _, _, cap, _ in layout.groups])
    yearly = float(caps.sum())
    heads = np.array([census.customers[list(members)].sum() for _, members, _, _ in layout.groups])
    group_of = np.array([-1 if layout.group_of(t) is None else layout.group_of(t) for t in range(tiers)])
    written = caps / yearly if yearly > 0.0 else np.full(caps.size, 1.0 / caps.size)
    head = caps / np.maximum(heads, 1.0)
    return Split([name for name, *_ in layout.groups], group_of, yearly, written, head, terms)
