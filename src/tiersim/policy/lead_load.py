"""Leads that come against those that sales people have time for, before anything is simulated."""

from __future__ import annotations

from dataclasses import dataclass

from tiersim.policy.acquisition import effort_of, leads_for, wins_customers
from tiersim.policy.care import Values
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario

WEEKS_A_YEAR = 365.25 / 7.0


@dataclass(frozen=True)
class LeadLoad:
    """A policy's leads and people, per year, at given values of the assumptions."""

    policy: str
    leads: float
    people: float
    capacity: float  # leads that the people have time for
    money: float  # channels and pay

    @property
    def worked(self) -> float:
        """Share of the leads that is worked on, without luck: leads waiting come to nothing in the end."""
        return min(1.0, self.capacity / self.leads) if self.leads > 0.0 else 1.0


def lead_loads(scenario: Scenario, values: Values) -> list[LeadLoad]:
    """Load of every compared policy that wins customers in its own way, today's first; none without leads."""
    if not wins_customers(scenario):
        return []
    policies = scenario.policies
    today = next(name for name, policy in policies.items() if policy.care == "informal")
    own = [name for name in scenario.compare if name != today and _differs(policies[name])]
    return [_load(scenario, name, values) for name in (today, *own)]


def _differs(policy: Policy) -> bool:
    return not policy.acquisition.is_empty


def _load(scenario: Scenario, policy: str, values: Values) -> LeadLoad:
    section = scenario.acquisition
    assert section is not None
    effort = effort_of(scenario, policy)
    leads = 0.0
    for (name, channel), spend in zip(section.channels.items(), effort.spend, strict=True):
        path = f"acquisition.channels.{name}"
        money = spend / channel.spend if channel.spend > 0.0 else 1.0
        leads += channel.leads * leads_for(money, values[f"{path}.saturation"], values[f"{path}.organic"])
    hours = scenario.staff.hours * scenario.staff.load * WEEKS_A_YEAR
    capacity = effort.people * hours / values["acquisition.sales.hours_per_lead"]
    pay = scenario.staff.salary if section.sales.salary is None else section.sales.salary
    return LeadLoad(policy, leads, effort.people, capacity, sum(effort.spend) + effort.people * pay)
