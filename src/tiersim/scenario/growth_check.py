"""What keys of campaigns, product lines and feedback must say together (L4, P2, R9, R15)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from tiersim.scenario.campaigns import Campaign, first_week
from tiersim.scenario.faults import Fault, unknown, unknown_places
from tiersim.scenario.wording import write_every, write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


def growth(scenario: Scenario) -> Iterator[Fault]:
    """Faults of campaigns, cross-sell and feedback."""
    for name, campaign in scenario.campaigns.items():
        path = f"campaigns.{name}"
        yield from unknown(f"{path}.tiers", campaign.tiers, scenario.tiers, "tier")
        yield from unknown_places(scenario, path, campaign)
        yield from _calendar(scenario, path, campaign)
    for name, policy in scenario.policies.items():
        path = f"policies.{name}.campaigns"
        yield from unknown(path, policy.campaigns, scenario.campaigns, "campaign")
        if policy.campaigns and policy.care == "informal":
            text = "has no effect under informal care, which has no campaigns"
            yield path, text, None, "a tiered or uniform policy", None
    yield from _cross_sell(scenario)
    yield from _feedback(scenario)


def _calendar(scenario: Scenario, path: str, campaign: Campaign) -> Iterator[Fault]:
    """Campaigns begin within the plan, and each ends before the next begins."""
    first, begins = first_week(campaign, scenario.start), campaign.begins
    got = begins.isoformat() if isinstance(begins, date) else write_weeks(begins)
    if first < 0:
        allowed = f"{scenario.start.isoformat()} or later"
        yield f"{path}.begins", "lies before the plan's start", got, allowed, None
    elif first >= scenario.horizon:
        allowed = f"less than the horizon, {write_weeks(scenario.horizon)}"
        yield f"{path}.begins", "lies after the plan's end", got, allowed, None
    if campaign.lasts != round(campaign.lasts):
        text = "must be whole weeks, in which customers buy"
        yield f"{path}.lasts", text, write_weeks(campaign.lasts), None, None
    elif math.isfinite(campaign.every) and campaign.lasts > math.floor(campaign.every):
        text = f"is longer than the time to the next one ({write_every(campaign.every)}): it overlaps itself"
        allowed = f"at most {write_weeks(max(math.floor(campaign.every), 1))}, or a longer every"
        yield f"{path}.lasts", text, write_weeks(campaign.lasts), allowed, None


def _cross_sell(scenario: Scenario) -> Iterator[Fault]:
    """Cross-sell needs lines to sell, and is the same sale as a higher order rate or share of wallet."""
    for name, strategy in scenario.strategies.items():
        if "cross_sell" not in strategy.effects:
            continue
        path = f"strategies.{name}.effects"
        if scenario.products is None:
            text = "has no effect without product lines"
            yield f"{path}.cross_sell", text, None, "a section products with lines", None
        for other in ("order_rate", "wallet_share"):
            if other in strategy.effects:
                text = f"raises {other} and cross_sell, which counts the same sale twice; keep one"
                yield path, text, None, None, None


def _feedback(scenario: Scenario) -> Iterator[Fault]:
    """Without surveys nobody answers poorly."""
    surveyed = scenario.satisfaction.survey_share > 0.0
    packages = [(f"tiers.{name}", tier.feedback_within) for name, tier in scenario.tiers.items()]
    for name, policy in scenario.policies.items():
        wishes = {**{f"tiers.{k}": w for k, w in policy.tiers.items()}, "package": policy.package}
        packages += [(f"policies.{name}.{key}", wish.feedback_within) for key, wish in wishes.items()]
    for path, within in packages:
        if within is not None and not surveyed and scenario.mechanisms.feedback:
            text = "has no effect: nobody is surveyed"
            yield f"{path}.feedback_within", text, None, "satisfaction.survey_share above 0 %", None
