"""A policy's people and money: what ratios need, what the split pays, what is left (R16, R17)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from tiersim.policy.budget_rules import terms_of
from tiersim.policy.campaigns import Offers, even_offers, promotion_cost, tier_offers
from tiersim.policy.care import (
    Care,
    Census,
    Values,
    newcomer_tier,
    salary_of,
    tier_care,
    today_care,
    uniform_care,
)
from tiersim.policy.incentives import effort_factor, incentives_of, pay_factor
from tiersim.policy.points import promised
from tiersim.policy.requests import bot_share
from tiersim.policy.segments import segments_of
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario

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
class Fund:
    """Innovation fund: yearly cap, and the strategies that it pays in all tiers."""

    cap: float
    strategies: frozenset[str]


@dataclass(frozen=True)
class Layout:
    """A policy fixed at the start: packages, who serves whom, which money pays for whom.

    `care` by tier (newcomers last); `pools`: (name, tiers, care); `groups`: (name, tiers, yearly cap, numbers
    of the pools it pays, in order); ``wishes[tier][strategy]``: money a head and year at the wanted dose;
    ``offers[tier]``: campaigns, none under informal care; ``reach[strategy]``: whether it is for each
    segment (all, where it does not stand there); `promised`: money a head and year by tier that points and
    benefits of levels are expected to take; `fund`: money kept aside from the groups.
    """

    care: list[Care]
    pools: list[tuple[str, tuple[int, ...], Care]]
    groups: list[tuple[str, tuple[int, ...], float, tuple[int, ...]]]
    wishes: list[dict[str, float]]
    offers: Offers = field(default_factory=list)
    reach: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    promised: tuple[float, ...] = ()
    fund: Fund | None = None

    @property
    def aside(self) -> frozenset[str]:
        """Strategies that the innovation fund pays, in all tiers."""
        return self.fund.strategies if self.fund else frozenset()

    def pool_of(self, tier: int) -> int:
        """Number of the pool that serves a tier (or newcomers)."""
        return next(i for i, (_, tiers, _) in enumerate(self.pools) if tier in tiers)

    def group_of(self, tier: int) -> int | None:
        """Number of the budget group of a tier; None under informal care."""
        return next((i for i, (_, tiers, _, _) in enumerate(self.groups) if tier in tiers), None)

    def without(self, resting: frozenset[str]) -> Layout:
        """The same while some strategies do not run."""
        if not resting:
            return self
        wishes = [{k: money for k, money in tier.items() if k not in resting} for tier in self.wishes]
        return replace(self, wishes=wishes)

    def wishes_in(self, tier: int, segment: int) -> dict[str, float]:
        """Money a head and year for the strategies that reach a segment of a tier."""
        wishes = self.wishes[tier]
        return {k: money for k, money in wishes.items() if k not in self.reach or self.reach[k][segment]}

    def wanted(self, census: Census, tier: int, of_fund: bool = False) -> float:
        """Yearly money that strategies of a tier want, those of its group or those of the innovation fund.

        Every strategy is for all of the tier where nobody counted parts of it.
        """

        def sum_of(wishes: dict[str, float]) -> float:
            return sum(money for name, money in wishes.items() if (name in self.aside) == of_fund)

        if census.by_segment is None:
            return float(census.customers[tier]) * sum_of(self.wishes[tier])
        counted = enumerate(census.by_segment[tier])
        return sum(float(n) * sum_of(self.wishes_in(tier, segment)) for segment, n in counted)


@dataclass(frozen=True)
class Plan:
    """A layout counted for some customers: people and money."""

    pools: list[PoolPlan]
    groups: list[GroupPlan]


def reference_plan(scenario: Scenario) -> str:
    """Name of the tiered policy whose money the uniform one spreads: the first that is compared."""
    names = [*scenario.compare, *scenario.policies]
    return next(name for name in names if scenario.policies[name].care == "tiered")


def layout_of(scenario: Scenario, name: str, values: Values, census: Census) -> Layout:
    """Fix a policy for the customers of the start."""
    policy = scenario.policies[name]
    if policy.care == "informal":
        care = today_care(scenario, values, census)
        tiers = tuple(range(len(scenario.tiers) + 1))
        return Layout([care] * len(tiers), [("today", tiers, care)], [], [{} for _ in tiers])
    if policy.care == "uniform":
        return incited(scenario, policy, _uniform(scenario, name, values, census), values)
    layout = incited(scenario, policy, _tiered(scenario, policy, values, census), values)
    return replace(layout, promised=promised(scenario, name, values, census))


def count(scenario: Scenario, layout: Layout, values: Values, census: Census, cap_share: float = 1.0) -> Plan:
    """People and money of a layout for a census; `cap_share`: the part of the yearly caps that is theirs.

    People are min(ceil(n / ratio), what the share pays after volume), from the group's first tier on.
    """
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
        left, staff = cap * cap_share - reserved, 0.0
        for number in members:
            pool = pools[number] = pool_plan(number, left)
            cost = pool.paid * (pool.salary + pool.on_call)
            left -= cost
            staff += cost
        wanted = sum(layout.wanted(census, t) for t in tiers)
        groups.append(GroupPlan(name, tiers, cap * cap_share, reserved, staff, wanted))
    if layout.fund is not None:
        groups.append(_fund_plan(layout, layout.fund, census, cap_share))
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


def strategies_of(scenario: Scenario, policy: Policy) -> list[str]:
    """Strategies that a policy runs."""
    return [name for name in scenario.strategies if policy.strategies.get(name, True)]


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


def _tiered(scenario: Scenario, policy: Policy, values: Values, census: Census) -> Layout:
    names = list(scenario.tiers)
    newcomers = newcomer_tier(scenario)
    cares = [tier_care(scenario, policy, k, values, census) for k in range(len(names))]
    offers = tier_offers(scenario, policy, values)
    costs = promotion_cost(scenario, offers, census)
    cares = [replace(care, promotions=cost) for care, cost in zip(cares, costs, strict=False)]
    served = {k: (k, len(names)) if k == newcomers else (k,) for k in range(len(names))}
    wishes: list[dict[str, float]] = [{} for _ in names]
    reach = segments_of(scenario).reach
    for strategy in strategies_of(scenario, policy):
        if not reach[strategy].any():
            continue  # for a part of customers that nobody tells apart
        spec = scenario.strategies[strategy]
        price = values[f"strategies.{strategy}.price"] * spec.dose
        for k, tier in enumerate(names):
            if tier in spec.tiers:
                wishes[k][strategy] = price * census.mean("needs", k)
    yearly, split = budget_of(scenario, policy)
    fund, yearly = _fund(scenario, policy, yearly)
    groups = []
    for group, share in split.items():
        members = tuple(names.index(part.strip()) for part in group.split("+"))
        groups.append((group, tuple(t for k in members for t in served[k]), yearly * share, members))
    return Layout(
        [*cares, cares[newcomers]],
        [(names[k], served[k], cares[k]) for k in range(len(names))],
        groups,
        [*wishes, wishes[newcomers]],
        offers,
        reach,
        fund=fund,
    )


def _uniform(scenario: Scenario, name: str, values: Values, census: Census) -> Layout:
    policy = scenario.policies[name]
    layout = layout_of(scenario, reference_plan(scenario), values, census)
    plan = count(scenario, layout, values, census)
    tiers = tuple(range(len(scenario.tiers) + 1))
    n = max(float(census.customers.sum()), 1.0)
    # The plan's wage bill buys managers, or agents if the policy wants them.
    salary = scenario.staff.agent_salary if policy.package.agents else scenario.staff.salary
    salary *= pay_factor(scenario, policy, values)
    people = sum(pool.paid * (pool.salary + pool.on_call) for pool in plan.pools) / salary
    care = uniform_care(scenario, policy, layout.care[:-1], people, values, census)
    offers = even_offers(scenario, policy, layout.offers, census)
    cost = sum(promotion_cost(scenario, offers, census) * census.customers) / n
    care = replace(care, promotions=float(cost))
    wishes: dict[str, float] = {}
    for k in tiers:
        for strategy, money in layout.wishes[k].items():
            if policy.strategies.get(strategy, True):
                wishes[strategy] = wishes.get(strategy, 0.0) + money * float(census.customers[k]) / n
    even = 0.0
    if promised(scenario, name, values, census):
        even = sum(a_head * float(census.customers[k]) / n for k, a_head in enumerate(layout.promised))
    fund, yearly = _fund(scenario, policy, budget_of(scenario, policy)[0])
    groups: list[tuple[str, tuple[int, ...], float, tuple[int, ...]]] = [("all", tiers, yearly, (0,))]
    return Layout(
        [care] * len(tiers), [("all", tiers, care)], groups, [wishes] * len(tiers), offers,
        promised=(even,) * len(tiers), fund=fund,
    )  # fmt: skip


def _fund(scenario: Scenario, policy: Policy, yearly: float) -> tuple[Fund | None, float]:
    """The innovation fund of a policy, and what it leaves of the yearly money."""
    terms = terms_of(scenario, policy)
    if terms.innovation <= 0.0:
        return None, yearly
    return Fund(terms.innovation * yearly, terms.aside), (1.0 - terms.innovation) * yearly


def incited(scenario: Scenario, policy: Policy, layout: Layout, values: Values) -> Layout:
    """The layout with the pay and the effort of people whose pay is tied to results (P9)."""
    if incentives_of(scenario, policy) is None:
        return layout
    pay, effort = pay_factor(scenario, policy, values), effort_factor(scenario, policy, values)
    changed = {id(care): replace(care, pay=pay, effort=effort) for care in layout.care}
    return replace(
        layout,
        care=[changed[id(care)] for care in layout.care],
        pools=[(name, tiers, changed[id(care)]) for name, tiers, care in layout.pools],
    )


def census_from_shares(scenario: Scenario, values: Values, shares: list[float]) -> Census:
    """Census expected from the scenario alone: the traits' means, no simulation; for ``tiersim check``."""
    n = scenario.customers * np.array([*shares, 0.0])
    tickets = values["population.ticket_rate"]
    # Levels are not known without a past: all spend the mean, at the ordinary rate, without benefits.
    rules = scenario.loyalty
    worth = rules.points * rules.joins * scenario.baseline.revenue / scenario.customers if rules else 0.0
    return Census(n, n * tickets, n.copy(), n.copy(), earned=n * worth, benefits=np.zeros_like(n))
