"""Slots: the (policy, arm) pairs of a world, with their tables, pools and budget groups; slot 0 is today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.assignment import UNTAKEN, Assignment
from tiersim.engine.desk_tables import cell_tables, crisis_tables, topics
from tiersim.engine.exits import exits_of
from tiersim.engine.invest import investments_of_world
from tiersim.engine.purse import purse_of
from tiersim.engine.sharing import shared_pools
from tiersim.engine.steps import Steps
from tiersim.policy.care import Care, Census
from tiersim.policy.cells import lower_cells, relay_tables
from tiersim.policy.incentives import favours, friendlier
from tiersim.policy.investing import staged
from tiersim.policy.laying import layout_of
from tiersim.policy.layout import Layout
from tiersim.policy.plan import count
from tiersim.policy.segments import segments_of
from tiersim.policy.vocabulary import CHANNELS, L_PRICE
from tiersim.scenario.customers import CAUSES
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


def informal_policy(scenario: Scenario) -> str:
    """Name of today's care: the first informal policy."""
    return next(
        name for name in [*scenario.compare, *scenario.policies] if scenario.policies[name].care == "informal"
    )


class Slots:
    """Everything by which a customer's policy is looked up; customers carry their slot inside ``cell``."""

    def __init__(
        self, scenario: Scenario, assignment: Assignment, values: dict[str, float], census: Census
    ) -> None:
        self.scenario, self._values = scenario, values
        self.arms = assignment.arms
        today = informal_policy(scenario)
        # Arms that share people and money are one slot where they are under the same policy.
        self._one_world = scenario.sharing.staff == scenario.sharing.budget == "all"
        self.pairs: list[tuple[str, int]] = [(today, -1)]
        for a, arm in enumerate(self.arms):
            for _, policy in arm.steps:
                if policy != today and self._pair(policy, a) not in self.pairs:
                    self.pairs.append(self._pair(policy, a))
        self.count = len(self.pairs)
        self.tiers = len(scenario.tiers) + 1
        self.segments = segments_of(scenario)
        self._census = census
        self.layouts = self._lay(frozenset())
        self.tables = lower_cells(scenario, self.layouts, values, census)
        self.is_tiered = np.array([scenario.policies[policy].care == "tiered" for policy, _ in self.pairs])
        begins = [week for arm in self.arms for week, policy in arm.steps if policy != today]
        self.plan_start = max(0, min(begins)) if begins else None
        self._today = today
        self.steps = Steps(scenario, self.arms, self._slot_of, assignment.labels)
        self._paid_early = assignment.paid_early
        self.arm_shares = self.steps.shares
        self._begun: tuple[int, frozenset[int]] = (-1, frozenset())
        self.plans = [count(scenario, layout, values, census) for layout in self.layouts]
        self.pools, self.pool_number = shared_pools(scenario, self.arms, self.pairs, self.plans)
        self.group_names: list[str] = []
        for plan in self.plans:
            for group in plan.groups:
                self.group_code(group.name)
        self.purse = purse_of(scenario, self.pairs, self.layouts, census)
        self.investments = investments_of_world(scenario, self.pairs, values, self.plan_start)
        self.exits = exits_of(scenario, self.pairs, lambda: self.layouts, values)

    def _lay(self, ready: frozenset[str]) -> list[Layout]:
        """Layouts of all slots with the investments that are ready."""
        return [
            layout_of(staged(self.scenario, policy, ready), policy, self._values, self._census)
            for policy, _ in self.pairs
        ]

    @property
    def layouts_now(self) -> list[Layout]:
        """Layouts with the money as the budget's rules have moved it."""
        return self.purse.layouts(self.layouts) if self.purse else self.layouts

    def relay(self, memory: dict[str, Array], ready: frozenset[str]) -> None:
        """Bring into the tables what the `ready` investments give; doses and money are to be counted anew."""
        self.layouts[:] = self._lay(ready)
        relay_tables(self.tables, lower_cells(self.scenario, self.layouts, self._values, self._census))
        desk = self._desk_tables()
        memory["cell_par"][:] = desk["cell_par"]
        # A knowledge base opens with the most asked questions; what others have filed since stays.
        np.minimum(memory["topic_since"], desk["topic_since"], out=memory["topic_since"])

    def _pair(self, policy: str, arm: int) -> tuple[str, int]:
        return policy, -1 if self._one_world else arm

    def _slot_of(self, policy: str, arm: int) -> int:
        return 0 if policy == self._today else self.pairs.index(self._pair(policy, arm))

    # -- who is where -------------------------------------------------------------------------------

    def assign(self, memory: dict[str, Array], first: int, last: int, seed: int, rep: int) -> None:
        """Arm, delay and policy of the start for customers first..last-1."""
        self.steps.label(memory, first, last, seed, rep)
        memory["step"][first:last] = 0
        memory["cell"][first:last] = memory["tier_now"][first:last]
        self.advance(memory, 0)

    def arms_of(self, birth: Array, region: Array, seed: int, rep: int) -> npt.NDArray[np.int8]:
        """Arms of customers with these ids and regions, who need not have a place yet."""
        return self.steps.arms_of(birth, region, seed, rep)

    def advance(self, memory: dict[str, Array], week: int) -> bool:
        """Bring into force what is due; True if anybody changed policy, or is paid for under another one."""
        n = int(memory["clock"][1])
        arm = memory["arm"][:n].astype(np.int64)
        passed = self.steps.passed(arm, memory["delay"][:n], week)
        changed = passed != memory["step"][:n]
        if not changed.any():
            return self._paid_early and week in self.steps.later
        memory["step"][:n] = passed
        memory["cell"][:n] = self.steps.slots[arm, passed] * self.tiers + memory["tier_now"][:n]
        begun = np.unique(self.steps.slots[arm[changed], passed[changed]])
        before = self._begun[1] if self._begun[0] == week else frozenset()
        self._begun = week, before.union(*(self.pool_number[slot] for slot in begun.tolist()))
        return True

    def paid_cells(self, memory: dict[str, Array], week: int) -> Array:
        """Cells by which customers are counted for people and money in a week.

        Those under which they are served; where resistance costs, those under which they should be, but not
        of who will never change over.
        """
        if not self._paid_early:
            return memory["cell"]
        arm = memory["arm"].astype(np.int64)
        due = self.steps.slots[arm, self.steps.due(arm, week)]
        early = np.asarray(due * self.tiers + memory["tier_now"], np.int32)
        return np.where(memory["delay"] >= UNTAKEN, memory["cell"], early)

    def beginning(self, week: int) -> frozenset[int]:
        """Numbers of the pools of policies that begin for somebody in this week."""
        return self._begun[1] if self._begun[0] == week else frozenset()

    def enter(
        self, memory: dict[str, Array], first: int, last: int, week: int, seed: int, rep: int, arms: Array
    ) -> None:
        """Newcomers under the policy of `week`: unrated, in an arm drawn or their referrer's (`arms`).

        An arm of -1 is drawn. They become active in their entry week.
        """
        self.steps.label(memory, first, last, seed, rep)
        memory["arm"][first:last] = np.where(arms >= 0, arms, memory["arm"][first:last])
        arm = memory["arm"][first:last].astype(np.int64)
        passed = self.steps.passed(arm, memory["delay"][first:last], week)
        new = self.tiers - 1
        memory["step"][first:last] = passed
        memory["tier_now"][first:last] = new
        memory["tier0"][first:last] = new
        memory["cohort"][first:last] = 0
        memory["cell"][first:last] = self.steps.slots[arm, passed] * self.tiers + new

    # -- people and money ---------------------------------------------------------------------------

    def group_code(self, name: str) -> int:
        """Code of a budget group by its name."""
        if name not in self.group_names:
            self.group_names.append(name)
        return self.group_names.index(name)

    def columns(self, slot: Array) -> dict[str, Array]:
        """Columns of tables for slots, shape (n,): the arm, or -1 if shared, and the policy."""
        policies = list(self.scenario.policies)
        arm = np.array([arm for _, arm in self.pairs], np.int8)
        policy = np.array([policies.index(name) for name, _ in self.pairs], np.int8)
        return {"arm": arm[slot], "policy": policy[slot]}

    def _by_policy(self, figure: Callable[[Scenario, Policy, dict[str, float]], float]) -> Array:
        """A figure of each cell's policy, shape (cells,)."""
        policies = self.scenario.policies
        of_slot = [figure(self.scenario, policies[name], self._values) for name, _ in self.pairs]
        return np.repeat(np.array(of_slot), self.tiers)

    @property
    def favours(self) -> Array:
        """By slot: share of customers a year that managers propose because they are paid for it."""
        return self._by_policy(favours)[:: self.tiers]

    def unfunded(self) -> list[list[float]]:
        """No money for strategies."""
        return [[0.0] * len(plan.groups) for plan in self.plans]

    def _pools_of_tiers(self) -> list[list[int]]:
        """Number of the pool by slot and tier."""
        return [
            [self.pool_number[slot][layout.pool_of(tier)] for tier in range(self.tiers)]
            for slot, layout in enumerate(self.layouts)
        ]

    @property
    def cares(self) -> list[Care]:
        """Care by cell."""
        return [care for layout in self.layouts for care in layout.care]

    def _desk_tables(self) -> dict[str, Array]:
        first = [layout.care[0] for layout in self.layouts]
        tables = cell_tables(
            self.scenario, self.cares, self.tiers, self._pools_of_tiers(), self.is_tiered.tolist()
        )
        names = [policy for policy, _ in self.pairs]
        waves = crisis_tables(self.scenario, self._values, names, self.tiers)
        return {**tables, **topics(self.scenario, first), **waves}

    def memory(self) -> dict[str, Array]:
        """Tables by cell and arrays by pool, by the names that stages ask for."""
        tables, pools = self.tables, len(self.pools)
        f32 = np.float32
        of_cell = np.array(self._pools_of_tiers()).ravel()
        touched = set(tables.pair_target.tolist())
        return {
            "contact_rate": tables.contact_rate,
            "contact_auto": tables.contact_auto,
            "plan_even": tables.plan_even,
            "plan_favour": tables.plan_favour,
            "survey_push": self._by_policy(friendlier).astype(f32),
            "pair_channel": tables.pair_channel,
            "pair_target": tables.pair_target,
            "pool_of_cell": of_cell,
            "pool_hours": np.zeros((7, pools)),
            "pool_skill": np.zeros(pools),
            "pool_load": np.zeros((2, pools)),
            "pool_answers": np.zeros((3, pools)),
            "backlog": np.zeros(pools),
            "account_hours": np.zeros(pools),
            "delivered": np.ones(pools, f32),
            **self._desk_tables(),
            "channel_on": np.ones(len(CHANNELS), np.int8),
            "cause_on": np.array([0] + [L_PRICE + c - 1 in touched for c in range(1, len(CAUSES))], np.int8),
        }
