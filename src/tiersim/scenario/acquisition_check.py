"""What the keys of acquisition must say together: channels that exist, figures of today that can be met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tiersim.scenario.assumption import ends
from tiersim.scenario.faults import Fault, unknown
from tiersim.scenario.fields import nearest
from tiersim.scenario.shares import resolve_rest
from tiersim.scenario.spelling import quoted
from tiersim.scenario.wording import write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.acquisition import Acquisition
    from tiersim.scenario.schema import Scenario

MOST_WON = 0.9
"""Largest share of the worked leads of a channel that may be won today: above it the figures do not fit."""


def acquisition(scenario: Scenario) -> Iterator[Fault]:
    """Faults of the section and of what policies change in it."""
    section = scenario.acquisition
    for name, policy in scenario.policies.items():
        path = f"policies.{name}.acquisition"
        if policy.acquisition.is_empty:
            continue
        if section is None:
            text = "has no effect: the scenario does not say how customers are won"
            yield path, text, None, "a section acquisition with channels and sales", None
        elif policy.care == "informal":
            text = "has no effect under informal care, which wins customers as the section acquisition says"
            yield path, text, None, "acquisition under a uniform or tiered policy", None
    if section is None:
        return
    yield from _section(scenario, section)
    yield from _changes(scenario, section)


def _section(scenario: Scenario, section: Acquisition) -> Iterator[Fault]:
    channels = scenario.population.channels
    what = "channel of population.channels"
    faults = list(unknown("acquisition.channels", section.channels, channels, what))
    yield from faults
    sales = section.sales
    if sales.people <= 0.0:
        text = "is 0 although leads come: nobody would work on them, and nobody be won"
        yield "acquisition.sales.people", text, "0", "more than 0", None
    latest = sales.decision.distribution.high if sales.decision.distribution else sales.decision.central
    if latest >= scenario.horizon:
        text = "may lie after the plan's end: leads of the plan would never become customers"
        got = f"up to {write_weeks(float(round(latest, 3)))}"
        allowed = f"less than the horizon, {write_weeks(scenario.horizon)}"
        yield "acquisition.sales.decision", text, got, allowed, None
    score = section.score
    if score.interactions.weight + score.company_size.weight + score.decision_maker.weight <= 0.0:
        text = "has only weights of 0, by which no lead goes before another"
        yield "acquisition.score", text, None, "a weight above 0 for one of the indicators", None
    if not faults and sales.people > 0.0:
        yield from _conversions(scenario, section)


def _conversions(scenario: Scenario, section: Acquisition) -> Iterator[Fault]:
    """Today's leads and people must be enough for today's newcomers, at central values."""
    stated = scenario.baseline.arrivals
    churn = ends(scenario.baseline.churn)
    # Without contracts the likeliest leavers go first: more are lost a year than the share of a cohort.
    yearly = churn[1] * scenario.customers if stated == "replace" else float(stated)
    share = resolve_rest(scenario.population.channels)
    staff, sales = scenario.staff, section.sales
    hours = ends(sales.hours_per_lead)[1]
    room = sales.people * staff.hours * staff.load * 365.25 / 7.0 / max(hours, 1e-9)
    leads = sum(channel.leads for channel in section.channels.values())
    worked = min(1.0, room / leads)
    for name, channel in section.channels.items():
        won = share[name] * yearly
        if won > MOST_WON * channel.leads * worked:
            needed = won / (MOST_WON * worked)
            text = (
                f"are too few: {won:.0f} customers a year come through the channel (baseline.arrivals and "
                f"population.channels), of {channel.leads * worked:.0f} leads that today's sales people can "
                "work on at the high end of hours_per_lead"
            )
            allowed = f"at least {needed:.0f} a year, or more people in acquisition.sales"
            yield f"acquisition.channels.{name}.leads", text, f"{channel.leads:g} a year", allowed, None


def _changes(scenario: Scenario, section: Acquisition) -> Iterator[Fault]:
    for name, policy in scenario.policies.items():
        path, own = f"policies.{name}.acquisition", policy.acquisition
        for channel, change in own.channels.items():
            at = f"{path}.channels.{channel}"
            if channel not in section.channels:
                text = f"names {quoted(channel)}, which acquisition.channels does not have"
                near = nearest(channel, list(section.channels))
                yield at, text, None, ", ".join(section.channels), near
            elif change.spend > 0.0 and section.channels[channel].spend <= 0.0:
                text = "spends on a channel that costs nothing today, so that no response to money is known"
                yield f"{at}.spend", text, None, f"a spend above 0 in acquisition.channels.{channel}", None
        if own.sales.people is not None and own.sales.people <= 0.0:
            text = "is 0 although leads come: nobody would work on them, and nobody be won"
            yield f"{path}.sales.people", text, "0", "more than 0", None
