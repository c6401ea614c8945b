"""A policy's people and money: what ratios need, what the split pays, what is left (R16, R17)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tiersim.policy.care import Care, Census, Values, salary_of
from tiersim.policy.layout import Fund, Layout
from tiersim.policy.requests import bot_share
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Binds = Literal["ratio", "money"]

INNOVATION = "innovation"
"""Name of the innovation fund among the groups of the budget."""


@dataclass(frozen=True)
class PoolPlan:
    """People who serve some tiers. `wanted` by the ratio, `paid` by the money; `tiers` are codes.

    `needed` and `affordable` are the same before rounding to whole people, for pools that arms share.
    """

    name: str
    tiers: tuple[int, ...]
    care: Care
    wanted: float
    paid: float
    salary: float
    on_call: float
    needed: float = 0.0
    affordable: float = math.inf

    @property
    def binds(self) -> Binds:
        """What limits the number of people."""
        return "money" if self.paid < self.wanted else "ratio"


@dataclass(frozen=True)
class GroupPlan:
    """A share of the budget: yearly cap, what volume and people take, what strategies want of the rest."""

    name: str
    tiers: tuple[int, ...]
    cap: float
    reserved: float
    staff: float
    wanted: float
    carried: float = 0.0  # left over from the quarter before, as money a year; beside the cap

    @property
    def funded(self) -> float:
        """Share of the strategies' wish that the money left can pay."""
        left = max(self.cap + self.carried - self.reserved - self.staff, 0.0)
        return min(1.0, left / self.wanted) if self.wanted > 0 else 0.0

    @property
    def unspent(self) -> float:
        """Money that returns to profit; below 0 where staff and volume exceed the cap."""
        return self.cap + self.carried - self.reserved - self.staff - self.funded * self.wanted


@dataclass(frozen=True)
class Plan:
    """A layout counted for some customers: people and money."""

    pools: list[PoolPlan]
    groups: list[GroupPlan]


def reference_plan(scenario: Scenario) -> str:
    """Name of the tiered policy whose money the uniform one spreads: the first that is compared."""
    names = [*scenario.compare, *scenario.policies]
    return next(name for name in names if scenario.policies[name].care == "tiered")


def count(
    scenario: Scenario, layout: Layout, values: Values, census: Census, everybody: Floats | None = None
) -> Plan:
    """People and money of a layout for a census.

    People are min(ceil(n / ratio), what the share pays after volume), from the group's first tier on.

    Parameters
    ----------
    everybody : customers by tier under all policies of the world; of a yearly cap the census has the part
        that its customers are of all in the tiers of the group. None: the census is of everybody.
    """
    everybody = census.customers if everybody is None else everybody

    def part(tiers: tuple[int, ...]) -> float:
        all_of_them = float(sum(everybody[t] for t in tiers))
        return float(sum(census.customers[t] for t in tiers)) / all_of_them if all_of_them > 0.0 else 1.0

    pools: list[PoolPlan | None] = [None] * len(layout.pools)
    groups: list[GroupPlan] = []

    def pool_plan(number: int, left: float) -> PoolPlan:
        name, tiers, care = layout.pools[number]
        salary, on_call = salary_of(scenario, care, values)
        n = float(sum(census.customers[t] for t in tiers))
        needed, affordable = n / care.ratio, max(left, 0.0) / (salary + on_call)
        wanted = whole_people(needed, math.inf)
        paid = whole_people(needed, affordable)
        return PoolPlan(name, tiers, care, wanted, paid, salary, on_call, needed, affordable)

    for name, tiers, cap, members in layout.groups:
        reserved = sum(
            float(census.customers[t])
            * (
                volume_cost(scenario, layout.care[t], values, census.mean("tickets", t))
                + (layout.promised[t] if layout.promised else 0.0)
            )
            for t in tiers
        )
        cap *= part(tiers)
        left, staff = cap - reserved, 0.0
        for number in members:
            pool = pools[number] = pool_plan(number, left)
            cost = pool.paid * (pool.salary + pool.on_call)
            left -= cost
            staff += cost
        wanted = sum(layout.wanted(census, t) for t in tiers)
        groups.append(GroupPlan(name, tiers, cap, reserved, staff, wanted))
    if layout.fund is not None:
        groups.append(_fund_plan(layout, layout.fund, census, part(tuple(range(len(everybody))))))
    done = [pool_plan(i, math.inf) if pool is None else pool for i, pool in enumerate(pools)]
    return Plan(done, groups)


def _fund_plan(layout: Layout, fund: Fund, census: Census, cap_share: float) -> GroupPlan:
    """The innovation fund as one more group, which has no people and no volume."""
    tiers = tuple(range(len(layout.wishes)))
    wanted = sum(layout.wanted(census, t, of_fund=True) for t in tiers)
    return GroupPlan(INNOVATION, tiers, fund.cap * cap_share, 0.0, 0.0, wanted)


def whole_people(needed: float, affordable: float) -> int:
    """min(ceil(needed), floor(affordable)), with room for rounding errors of either."""
    wanted = math.ceil(needed - 1e-9)
    return wanted if affordable == math.inf else min(wanted, math.floor(affordable + 1e-9))


def budget_of(scenario: Scenario, policy: Policy) -> tuple[float, dict[str, float]]:
    """A policy's yearly cap and split."""
    own = policy.budget
    yearly = scenario.budget.yearly if own.yearly is None else own.yearly
    split = scenario.budget.split if own.split is None else own.split
    return yearly, {group: float(share) for group, share in split.items()}


def volume_cost(scenario: Scenario, care: Care, values: Values, tickets_year: float) -> float:
    """Yearly cost of requests, contacts and campaigns of one customer, beside wages."""
    bot = bot_share(scenario, values, care.bot)
    requests = tickets_year * ((1.0 - bot) * values["service.cost"] + bot * values["service.bot_cost"])
    contacts = 52.0 * (
        care.personal_rate * values["service.contact_cost"]
        + care.automatic_rate * values["service.automatic_cost"]
    )
    return requests + contacts + care.promotions


def census_from_shares(scenario: Scenario, values: Values, shares: list[float]) -> Census:
    """Census expected from the scenario alone: the traits' means, no simulation; for ``tiersim check``."""
    n = scenario.customers * np.array([*shares, 0.0])
    tickets = values["population.ticket_rate"]
    # Levels are not known without a past: all spend the mean, at the ordinary rate, without benefits.
    rules = scenario.loyalty
    worth = rules.points * rules.joins * scenario.baseline.revenue / scenario.customers if rules else 0.0
    return Census(n, n * tickets, n.copy(), n.copy(), earned=n * worth, benefits=np.zeros_like(n))
