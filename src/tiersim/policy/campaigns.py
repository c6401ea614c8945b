"""What campaigns offer each tier under a policy, and what that costs a customer and year (L4, R15, R16)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tiersim.policy.care import Census, Values, newcomer_tier
from tiersim.scenario.campaigns import Campaign, beginnings
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest


@dataclass(frozen=True)
class Offer:
    """One campaign for one tier.

    `gain`: log lift of orders at mean response; `discount`: share off the price; `cost`: money a head and
    campaign; `messages`: a week of it.
    """

    gain: float
    discount: float
    cost: float
    messages: float


Offers = list[dict[str, Offer]]
"""Offers by tier (newcomers last) and name of the campaign."""


def campaigns_of(scenario: Scenario, policy: Policy) -> list[str]:
    """Campaigns that a policy runs; informal care has none."""
    if policy.care == "informal" or not scenario.mechanisms.campaigns:
        return []
    return [name for name in scenario.campaigns if policy.campaigns.get(name, True)]


def tier_offers(scenario: Scenario, policy: Policy, values: Values) -> Offers:
    """Offers under tiered care; newcomers get those of their package's tier."""
    tiers = list(scenario.tiers)
    out: Offers = [{} for _ in tiers]
    for name in campaigns_of(scenario, policy):
        campaign = scenario.campaigns[name]
        gain = math.log1p(values[f"campaigns.{name}.response"])
        for k, tier in enumerate(tiers):
            if tier in campaign.tiers:
                out[k][name] = Offer(gain, campaign.discount, campaign.cost, campaign.messages)
    return [*out, out[newcomer_tier(scenario)]]


def even_offers(scenario: Scenario, policy: Policy, plan: Offers, census: Census) -> Offers:
    """Uniform care: everybody gets the plan's campaigns, scaled to the same money a head (R1).

    The discount is scaled by the share of purchases that the plan's tiers make up, cost and messages by
    their share of heads. The log lift goes with the money: with the discount, or with the cost where there
    is no discount.
    """
    own = campaigns_of(scenario, policy)
    heads = max(float(census.customers.sum()), 1e-12)
    bought = purchases(scenario, census)
    evenly: dict[str, Offer] = {}
    for name in own:
        offered = [(k, offers[name]) for k, offers in enumerate(plan) if name in offers]
        if not offered:
            continue
        offer = offered[0][1]
        by_heads = sum(float(census.customers[k]) for k, _ in offered) / heads
        by_money = sum(bought[k] for k, _ in offered) / max(sum(bought), 1e-12)
        part = by_money if offer.discount > 0.0 else by_heads
        evenly[name] = Offer(
            offer.gain * part, offer.discount * by_money, offer.cost * by_heads, offer.messages * by_heads
        )
    return [evenly] * len(plan)


def purchases(scenario: Scenario, census: Census) -> list[float]:
    """Expected purchases a year by tier; the same a head where the census does not know them."""
    if census.purchases is not None:
        return [float(money) for money in census.purchases]
    return [float(n) * scenario.baseline.revenue / scenario.customers for n in census.customers]


def promotion_cost(scenario: Scenario, offers: Offers, census: Census) -> list[float]:
    """Expected cost of campaigns and their discounts, money a head and year by tier, mean of the horizon.

    At mean response; discounts of campaigns that run at once are added up. Whom regions and industries
    leave out is left out.
    """
    weeks = round(scenario.horizon)
    bought, total = purchases(scenario, census), max(float(census.customers.sum()), 1e-12)
    out = []
    for k, tier in enumerate(offers):
        n = float(census.customers[k])
        a_head = bought[k] / n if n > 0.0 else sum(bought) / total
        cost = 0.0
        for name, offer in tier.items():
            campaign = scenario.campaigns[name]
            times = len(beginnings(campaign, scenario.start, weeks)) * 52.0 / weeks
            off = offer.discount * a_head / 52.0 * round(campaign.lasts) * math.exp(offer.gain)
            cost += times * reach(scenario, campaign) * (offer.cost + off)
        out.append(cost)
    return out


def reach(scenario: Scenario, campaign: Campaign) -> float:
    """Share of customers in the regions and industries of a campaign."""
    share = 1.0
    for named, shares in (
        (campaign.regions, scenario.population.regions),
        (campaign.industries, scenario.population.industries),
    ):
        known = resolve_rest(dict(shares))
        share *= sum(known[name] for name in named) if named else 1.0
    return share
