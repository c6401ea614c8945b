"""What a plan's ratios and money come to before anything is simulated: the table of ``tiersim check`` (R17).

Ratios and the budget's split over-determine each other. The table says by tier which of the two limits the
number of people, and how full their weeks would be. All figures are expected from the scenario's central
values: as many customers as the shares give, requests at their mean rate (in a simulation bigger customers
ask more often), nobody lost or won.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiersim.policy.absent import waits_in_vain
from tiersim.policy.care import BY_REGION, Care, Census, Values, tier_shares
from tiersim.policy.feedback import feedback_hours
from tiersim.policy.investing import late, staged
from tiersim.policy.laying import layout_of
from tiersim.policy.layout import Layout
from tiersim.policy.plan import (
    Binds,
    GroupPlan,
    Plan,
    PoolPlan,
    budget_of,
    census_from_shares,
    count,
    volume_cost,
)
from tiersim.policy.requests import class_shares, request_hours
from tiersim.policy.stacking import sentences
from tiersim.policy.waits import Crew, answered_in_time, crew_of
from tiersim.scenario.assumption import walk_assumptions
from tiersim.scenario.wording import write_hours

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

SEAT = 4.2
"""People who keep one seat staffed round the clock, leave included."""

MANY = 100
"""From so many people of one tier on, its ratio belongs to another kind of business."""

FULL = 0.95
"""Above this share of their hours people have no week left that is busier than the mean one."""

POOR = 0.5
"""Below this share of answers in time a promise is one in name only."""

LITTLE = 0.05
"""Below this share of what they want strategies are as good as absent."""


@dataclass(frozen=True)
class TierCheck:
    """One tier under a plan. People are heads, money is currency units a year, `work` hours a week.

    `volume` is what requests, contacts and campaigns cost beside wages; `work` what the package asks of all
    people of the tier: accounts, contacts and requests. `binds` says what limits the people: the ratio or the
    money. `promise` and `solution` are the package's promises in hours, of the clock if `round_the_clock`;
    `on_time` is the share of people's answers expected to keep theirs (`tiersim.policy.waits`, approximate).
    """

    tier: str
    customers: float
    ratio: float
    needed: int
    paid: int
    binds: Binds
    volume: float
    wages: float
    work: float
    hours: float
    group: int
    promise: float
    solution: float
    round_the_clock: bool
    requests: float
    on_time: float

    @property
    def utilisation(self) -> float:
        """Share of the paid hours with work in them; inf where there is work and nobody."""
        if self.hours <= 0.0:
            return math.inf if self.work > 0.0 else 0.0
        return self.work / self.hours


@dataclass(frozen=True)
class PlanCheck:
    """A tiered policy counted by tier (`tiers`) and by share of the money (`groups`), beside today's care.

    ``groups[tier.group]`` is the money a tier shares with the others of its group. `warnings` are sentences.
    """

    policy: str
    yearly: float
    tiers: tuple[TierCheck, ...]
    groups: tuple[GroupPlan, ...]
    today_people: float
    today_wages: float
    warnings: tuple[str, ...]

    @property
    def people(self) -> int:
        """People that the plan pays."""
        return sum(tier.paid for tier in self.tiers)


def check(scenario: Scenario) -> list[PlanCheck]:
    """The table of every tiered policy that the scenario compares (of all it has, if it compares none)."""
    tiered = [name for name, policy in scenario.policies.items() if policy.care == "tiered"]
    compared = [name for name in scenario.compare if name in tiered]
    values = central_values(scenario)
    return [check_policy(scenario, name, values) for name in compared or tiered]


def central_values(scenario: Scenario) -> dict[str, float]:
    """Every assumption at its value or median, by dotted path."""
    return {path: float(found.central) for path, found, _ in walk_assumptions(scenario)}


def check_policy(scenario: Scenario, name: str, values: Values) -> PlanCheck:
    """The table of one tiered policy for given values of the assumptions."""
    census = census_from_shares(scenario, values, tier_shares(scenario))
    # As it is once everything that is bought works.
    ready = staged(scenario, name, frozenset(scenario.budget.investments))
    layout = layout_of(ready, name, values, census)
    plan = count(scenario, layout, values, census)
    pools = [plan.pools[layout.pool_of(k)] for k in range(len(scenario.tiers))]
    crews = [
        crew_of(
            scenario, pool.care, int(pool.paid), float(census.customers[k]), census.mean("tickets", k), values
        )
        if pool.paid > 0
        else None
        for k, pool in enumerate(pools)
    ]
    tiers = tuple(
        _tier(scenario, tier, k, pools[k], crews, layout.group_of(k) or 0, values, census)
        for k, tier in enumerate(scenario.tiers)
    )
    yearly, _ = budget_of(scenario, scenario.policies[name])
    today = scenario.today.staff
    return PlanCheck(
        name,
        yearly,
        tiers,
        tuple(plan.groups),
        today,
        today * scenario.staff.salary,
        tuple(_warnings(scenario, name, tiers, plan, layout)),
    )


def work_hours(scenario: Scenario, care: Care, values: Values, tickets_year: float) -> float:
    """Hours of work a week that one customer of a package asks of people."""
    requests = tickets_year * 7.0 / 365.25 * request_hours(scenario, values, care.bot, care.follow_up > 0.0)
    feedback = feedback_hours(scenario, values) if care.feedback > 0.0 else 0.0
    return care.account_hours + care.personal_rate * values["service.contact_time"] + requests + feedback


def _tier(
    scenario: Scenario, name: str, code: int, pool: PoolPlan, crews: list[Crew | None], group: int,
    values: Values, census: Census,
) -> TierCheck:  # fmt: skip
    customers, tickets = float(census.customers[code]), census.mean("tickets", code)
    care, crew = pool.care, crews[code]
    spare = crews[care.overflow[1]] if care.overflow is not None else None
    request = request_hours(scenario, values, care.bot, care.follow_up > 0.0)
    return TierCheck(
        tier=name,
        customers=customers,
        ratio=pool.care.ratio,
        needed=int(pool.wanted),
        paid=int(pool.paid),
        binds=pool.binds,
        volume=customers * volume_cost(scenario, pool.care, values, tickets),
        wages=pool.paid * (pool.salary + pool.on_call),
        work=customers * work_hours(scenario, pool.care, values, tickets),
        hours=pool.paid * scenario.staff.hours,
        group=group,
        promise=_usual(scenario, values, care.answer),
        solution=_usual(scenario, values, care.solve),
        round_the_clock=care.on_call,
        requests=customers * tickets * 7.0 / 365.25 * request,
        on_time=answered_in_time(scenario, care, crew, values, spare) if crew is not None else 0.0,
    )


def _usual(scenario: Scenario, values: Values, promises: tuple[float, ...]) -> float:
    """The promise to the class of requests that is asked most."""
    return promises[int(np.argmax(class_shares(scenario, values)))]


def _warnings(
    scenario: Scenario, policy: str, tiers: tuple[TierCheck, ...], plan: Plan, layout: Layout
) -> list[str]:
    found = []
    regions = len(scenario.population.regions)
    for tier, pool in zip(tiers, plan.pools, strict=True):
        name = tier.tier
        if tier.customers < 1.0:
            found.append(
                f"{name}: its share gives {tier.customers:.2g} customers; some worlds will have nobody there."
            )
        if tier.needed >= MANY:
            found.append(
                f"{name}: 1:{tier.ratio:g} needs {tier.needed:,} people. Such ratios belong to business "
                "accounts; consumers are served by pools, stores and bots."
            )
        if tier.paid == 0 and tier.needed > 0:
            found.append(
                f"{name}: the money pays nobody, so requests that no bot solves are answered late or never."
            )
        elif tier.utilisation > FULL:
            found.append(
                f"{name}: people would be busy {100 * tier.utilisation:.0f} % of their hours; with chance on "
                "top, requests pile up. Fewer customers a person, more money, or less care a customer."
            )
        if pool.care.on_call and pool.on_call <= 0.0 and tier.paid < SEAT:
            found.append(
                f"{name}: answers round the clock with {tier.paid} people and no on-call pay; one seat takes "
                f"{SEAT} people. Set staff.on_call_pay, or leave round_the_clock out."
            )
        if pool.care.on_call and 0 < tier.paid < scenario.desk.on_duty:
            found.append(
                f"{name}: desk.on_duty wants {scenario.desk.on_duty} people at night, and it has {tier.paid}."
            )
        if tier.paid > 0 and tier.utilisation <= FULL and tier.on_time < POOR:
            found.append(
                f"{name}: answers are promised within {write_hours(tier.promise)}, but about "
                f"{100 * tier.on_time:.0f} % would come in time: people are at other work, or away. A larger "
                "team, overflow to another tier, or a longer promise."
            )
        if pool.care.team == BY_REGION and 0 < tier.paid < regions:
            found.append(
                f"{name}: {tier.paid} people for {regions} regions; regions without anybody of their own go "
                "to another region's people."
            )
        if pool.care.self_service > 0.0 and not (pool.care.knowledge_base and scenario.mechanisms.knowledge):
            found.append(
                f"{name}: self_service has no effect, as {policy} keeps no knowledge base; set "
                f"policies.{policy}.knowledge_base."
            )
    confined = sorted({k for tier in layout.wishes for k in tier if not layout.reach[k].all()})
    if confined:
        found.append(
            f"{', '.join(confined)}: for a part of the customers of their tiers, and how many that will be "
            "is not known yet; their wish is counted as if it were all."
        )
    for group in plan.groups:
        if group.unspent < -0.5:
            found.append(
                f"{group.name}: requests and contacts alone cost more than its money; they are paid all the "
                "same, and nothing is left for people or strategies."
            )
        elif group.wanted > 0.0 and group.funded < LITTLE:
            found.append(
                f"{group.name}: what is left pays {100 * group.funded:.0f} % of its strategies' wish, so "
                "they will have next to no effect."
            )
    found += waits_in_vain(scenario, policy)
    return found + sentences(scenario, policy) + late(scenario, scenario.policies[policy])
