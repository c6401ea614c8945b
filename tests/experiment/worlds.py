"""Slim experiments: machinery without feedback and with one lift of order rates, so that truth has a form."""

from __future__ import annotations

from types import MappingProxyType

from tiersim.scenario.load import load

LIFT = 0.20
OFF = MappingProxyType({
    "customers": 200, "horizon": "6 months", "run_out": "0 weeks", "budget.yearly": "100 m / year",
    "baseline.churn": "0.5 %",
    "churn.bankruptcy": 0, "churn.satisfaction_effect": 0, "population.contract": None,
    "population.demand_swing": 0, "population.responsiveness_spread": 0, "response.needs": 0,
    "response.half_life": "0 weeks", "attention.satisfaction": 0, "attention.order_rate": "0 %",
    "service.contact_effect": 0, "market.growth": "0 %", "market.season": None, "market.holidays": None,
    "strategies.executive visits": None, "strategies.nurturing": None, "strategies.service rules": None,
    "strategies.promotion plan.tiers": ["S", "A", "B", "C"],
    "strategies.promotion plan.effects.order_rate": "+20 %",
    "mechanisms.tickets": False, "mechanisms.contacts": False, "mechanisms.arrivals": False,
    "mechanisms.referral": False, "mechanisms.review": False,
    "experiment.arms": {"control": "today", "treated": "tiered"},
    "experiment.lasts": "26 weeks", "experiment.worth": {"over": "26 weeks"},
    "experiment.metrics": {
        "orders": {"measure": "orders", "role": "primary"}, "revenue": {"measure": "revenue"},
    },
})  # fmt: skip
"""No tickets, no arrivals, no sharing; the plan lifts order rates by `LIFT` at once, for everybody."""


def slim(lift=LIFT, **changes):
    """The slim scenario with another lift and other keys (`__` for dots)."""
    given = {key.replace("__", "."): value for key, value in changes.items()}
    effect = {"strategies.promotion plan.effects.order_rate": f"{100 * lift:g} %"}
    return load("machinery", {**OFF, **effect, **given})


SMALL = MappingProxyType({
    "customers": 100, "horizon": "6 months", "run_out": "0 weeks",
    "experiment.arms": {"control": "today", "treated": "tiered"}, "experiment.lasts": "13 weeks",
    "experiment.worth": {"over": "13 weeks"}, "experiment.looks": {"every": "4 weeks"},
})  # fmt: skip


def small(**changes):
    """A small experiment with all mechanisms of the starter on, for what must be exact."""
    return load("machinery", {**SMALL, **{key.replace("__", "."): value for key, value in changes.items()}})
