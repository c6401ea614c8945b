"""What a policy does to win customers, and how leads answer to money (L2, R14)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tiersim.scenario.schema import Scenario


@dataclass(frozen=True)
class Effort:
    """Money for each channel a year, people who work leads, whether the best score goes first, discount."""

    spend: tuple[float, ...]
    people: float
    by_score: bool
    discount: float


def wins_customers(scenario: Scenario) -> bool:
    """Whether customers are won from leads: the section is there, and not switched off."""
    return (
        scenario.acquisition is not None and scenario.mechanisms.acquisition and scenario.mechanisms.arrivals
    )


def effort_of(scenario: Scenario, policy: str) -> Effort:
    """A policy's own effort: today's, with what the policy changes."""
    section, own = scenario.acquisition, scenario.policies[policy].acquisition
    assert section is not None
    spend = tuple(
        own.channels[name].spend if name in own.channels else channel.spend
        for name, channel in section.channels.items()
    )
    people = section.sales.people if own.sales.people is None else own.sales.people
    return Effort(spend, people, own.sales.order == "score", own.first_order_discount)


def leads_for(money: float, curvature: float, organic: float) -> float:
    """Leads against today's for `money` against today's: o + (1 - o) (1 - e^(-x/c)) / (1 - e^(-1/c))."""
    return organic + (1.0 - organic) * math.expm1(-money / curvature) / math.expm1(-1.0 / curvature)


def leads_slope(money: float, curvature: float, organic: float) -> float:
    """Derivative of `leads_for` by `money`."""
    gain = -1.0 / (curvature * math.expm1(-1.0 / curvature))
    return (1.0 - organic) * gain * math.exp(-money / curvature)
