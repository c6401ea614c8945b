"""What keys of a scenario must say together: names that exist, shares that fit, rates that do not explode.

Each rule yields every fault it finds, so that a person mends a file in one go. Values by themselves are
judged by the schema before this is asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tiersim.errors import Problem
from tiersim.scenario.acquisition_check import acquisition
from tiersim.scenario.assumption import ends
from tiersim.scenario.budget_check import budgets, exit_and_pay
from tiersim.scenario.desk_check import crises, desk
from tiersim.scenario.experiment_check import experiment
from tiersim.scenario.faults import Fault, unknown
from tiersim.scenario.goals import goals
from tiersim.scenario.growth_check import growth
from tiersim.scenario.judgements_check import judgements
from tiersim.scenario.loyalty_check import loyalty
from tiersim.scenario.override import SOURCE
from tiersim.scenario.plan import plan
from tiersim.scenario.problems import where
from tiersim.scenario.rating_check import moves, rating
from tiersim.scenario.shares import resolve_rest
from tiersim.scenario.shocks_check import shocks
from tiersim.scenario.targets import targets
from tiersim.scenario.warning_check import warning, win_back
from tiersim.scenario.wording import write_share, write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.files import Lines
    from tiersim.scenario.schema import Scenario

CONTRACT = (4.0, 260.0)
"""Shortest and longest term of a contract, weeks."""

LONGEST_TO_PAY = 26.0
"""Longest median collection period, weeks: the ledger keeps receivables of half a year."""


def cross_check(scenario: Scenario, lines: Lines) -> list[Problem]:
    """Every fault between keys, in the order of the rules, with the line of the key to change."""
    found: list[Problem] = []
    for rule in RULES:
        for path, message, got, allowed, near in rule(scenario):
            found.append(Problem(*_where(path, lines), path, message, got, allowed, near))
    return found


def _where(path: str, lines: Lines) -> tuple[str | None, int | None]:
    """Where to mend `path`: in a section what the user wrote there, rather than the preset that opened it."""
    inside = [at for key, at in lines.items() if key == path or key.startswith(path + ".")]
    if not inside:
        return where(path, lines)
    file, line = max(inside, key=lambda at: (at[0] == SOURCE, not at[0].startswith("preset ")))
    return file, line or None


def _shares(path: str, shares: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        resolve_rest(shares)
    except ValueError as error:
        yield path, str(error), None, None, None


def _tiers(scenario: Scenario) -> Iterator[Fault]:
    yield from _shares("tiers", {name: tier.share for name, tier in scenario.tiers.items()})
    if scenario.rating.newcomers is not None:
        yield from unknown("rating.newcomers", scenario.rating.newcomers, scenario.tiers, "tier")


def _splits(scenario: Scenario) -> Iterator[Fault]:
    yield from _split("budget.split", scenario.budget.split, list(scenario.tiers))
    for name, policy in scenario.policies.items():
        if policy.budget.split is not None:
            yield from _split(f"policies.{name}.budget.split", policy.budget.split, list(scenario.tiers))


def _split(path: str, split: Mapping[str, Any], tiers: list[str]) -> Iterator[Fault]:
    """Each tier stands in exactly one group of a split."""
    seen: dict[str, str] = {}
    for group in split:
        for tier in (part.strip() for part in group.split("+")):
            if tier not in tiers:
                yield from unknown(f"{path}.{group}", tier, tiers, "tier")
            elif tier in seen:
                both = "twice" if seen[tier] == group else f"in {seen[tier]} and in {group}"
                yield f"{path}.{group}", f"has {tier} {both}; a tier has one share", None, None, None
            else:
                seen[tier] = group
    missing = [tier for tier in tiers if tier not in seen]
    if missing:
        allowed = f"each tier once, alone or joined by +: {', '.join(tiers)}"
        yield path, f"has no share for {' and '.join(missing)}", None, allowed, None


def _strategies(scenario: Scenario) -> Iterator[Fault]:
    for name, strategy in scenario.strategies.items():
        yield from unknown(f"strategies.{name}.tiers", strategy.tiers, scenario.tiers, "tier")
        if {"order_rate", "wallet_share"} <= set(strategy.effects):
            text = "raises order_rate and wallet_share, which counts the same sale twice; keep one"
            yield f"strategies.{name}.effects", text, None, None, None
        causes = [target for target in strategy.effects if target.startswith("churn_")]
        if strategy.declared == "total" and "churn" in strategy.effects and causes:
            text = f"has a total effect on churn, which holds {' and '.join(causes)} already; keep one"
            yield f"strategies.{name}.effects", text, None, None, None


def _policies(scenario: Scenario) -> Iterator[Fault]:
    for name, policy in scenario.policies.items():
        path = f"policies.{name}"
        for tier in policy.tiers:
            yield from unknown(f"{path}.tiers.{tier}", tier, scenario.tiers, "tier")
        for strategy in policy.strategies:
            yield from unknown(f"{path}.strategies.{strategy}", strategy, scenario.strategies, "strategy")
        if policy.tiers and policy.care != "tiered":
            text = f"has no effect under {policy.care} care; packages by tier belong to tiered care"
            yield f"{path}.tiers", text, None, None, None
        if policy.care != "uniform" and any(value is not None for _, value in policy.package):
            text = f"has no effect under {policy.care} care; one package for all belongs to uniform care"
            yield f"{path}.package", text, None, None, None
    informal = [name for name, policy in scenario.policies.items() if policy.care == "informal"]
    tiered = [name for name, policy in scenario.policies.items() if policy.care == "tiered"]
    uniform = [name for name, policy in scenario.policies.items() if policy.care == "uniform"]
    if len(informal) != 1:
        got = ", ".join(informal) or "none"
        text = "must hold exactly one policy with informal care: today's, under which the past is simulated"
        yield "policies", text, got, None, None
    if uniform and not tiered:
        text = f"has uniform care ({uniform[0]}) but no tiered policy whose money it could spread"
        yield "policies", text, None, None, None


def _compare(scenario: Scenario) -> Iterator[Fault]:
    yield from unknown("compare", scenario.compare, scenario.policies, "policy")
    first = scenario.compare[0]
    if first in scenario.policies and scenario.policies[first].care != "informal":
        informal = next((n for n, policy in scenario.policies.items() if policy.care == "informal"), None)
        text = f"must begin with today's care (informal); {first} is {scenario.policies[first].care}"
        yield "compare.0", text, None, None, informal


def _arms(scenario: Scenario) -> Iterator[Fault]:
    regions: dict[str, str] = {}
    for name, arm in scenario.arms.items():
        weeks: set[float] = set()
        for i, step in enumerate(arm.steps):
            path = f"arms.{name}.steps.{i}"
            yield from unknown(f"{path}.policy", step.policy, scenario.policies, "policy")
            if step.after >= scenario.horizon:
                allowed = f"less than the horizon, {write_weeks(scenario.horizon)}"
                yield f"{path}.after", "lies after the plan's end", write_weeks(step.after), allowed, None
            if round(step.after) in weeks:
                yield f"{path}.after", "is a week that another step already has", None, None, None
            weeks.add(round(step.after))
        for i, region in enumerate(arm.regions):
            path = f"arms.{name}.regions.{i}"
            yield from unknown(path, region, scenario.population.regions, "region")
            if region in regions:
                yield path, f"{region} already belongs to {regions[region]}", None, None, None
            regions.setdefault(region, name)
    if not scenario.arms:
        return
    drawn = {name: arm.share for name, arm in scenario.arms.items() if not arm.regions}
    if drawn:
        yield from _shares("arms", drawn)
    else:
        left = [region for region in scenario.population.regions if region not in regions]
        if left:
            yield "arms", f"leave customers of {', '.join(left)} without an arm", None, None, None


def _market(scenario: Scenario) -> Iterator[Fault]:
    size, customers = scenario.market.size, scenario.customers
    if size <= customers:
        allowed = f"more than the {customers:,} customers"
        yield "market.size", "is too small: our customers are part of the market", f"{size:,}", allowed, None


def _terms(scenario: Scenario) -> Iterator[Fault]:
    contract = scenario.population.contract
    low, high = CONTRACT
    if contract is not None and not low <= contract.term <= high:
        allowed = f"{write_weeks(low)} to {write_weeks(high)}; without contracts leave the section out"
        got = write_weeks(contract.term)
        yield "population.contract.term", "is no usual contract", got, allowed, None
    slow = ends(scenario.population.days_to_pay)[1]
    if slow > LONGEST_TO_PAY:
        allowed = f"at most {write_weeks(LONGEST_TO_PAY)}"
        got = f"up to {slow:.3g} weeks"
        yield "population.days_to_pay", "is longer than receivables are followed", got, allowed, None


def _losses(scenario: Scenario) -> Iterator[Fault]:
    """Churn that can be met: above what bankruptcies take alone, below everybody."""
    least, most = ends(scenario.baseline.churn)
    if least <= 0.0 and scenario.baseline.churn.low <= 0.0:
        text = "must be more than 0 %: levels are solved so that the start loses as many customers as stated"
        yield "baseline.churn", text, write_share(0.0), None, None
        return
    if most >= 1.0:
        yield "baseline.churn", "must be less than 100 %: nobody would be left", None, None, None
        return
    # A distribution may touch 0 without ever giving it; its 5 % point is then the honest end.
    least = least if least > 0.0 else scenario.baseline.churn.low
    bankrupt = ends(scenario.churn.bankruptcy)[1]
    if bankrupt >= -math.log1p(-least):
        allowed = f"less than {-math.log1p(-least):.3g} a year, or a higher baseline.churn"
        text = f"alone may lose as many customers as baseline.churn allows ({write_share(round(least, 4))})"
        yield "churn.bankruptcy", text, f"up to {bankrupt:.3g} a year", allowed, None


def _referral(scenario: Scenario) -> Iterator[Fault]:
    """Newcomers brought in a customer's lifetime stay below one (R19), at the high end of the assumptions.

    rate exp(slope (S - 75) / 10) (1 - N / M) / churn, with S the stated mean satisfaction. Above one each
    customer brings more than itself, and the base grows by referral alone until the market is full.
    """
    rule, churn, satisfied = scenario.referral, scenario.baseline.churn, scenario.baseline.satisfaction
    if not scenario.mechanisms.referral or ends(churn)[1] <= 0.0:
        return
    room = max(0.0, 1.0 - scenario.customers / max(scenario.market.size, 1))

    def brought_by(rate: float, slope: float, satisfaction: float, lost: float) -> float:
        return rate * math.exp(slope * max(0.0, satisfaction - 75.0) / 10.0) * room / max(lost, 1e-9)

    # The ends of the ranges are known at once and settle the usual case; quantiles take longer to load.
    if brought_by(ends(rule.rate)[1], ends(rule.slope)[1], ends(satisfied)[1], ends(churn)[0]) < 1.0:
        return
    brought = brought_by(rule.rate.high, rule.slope.high, satisfied.high, churn.low)
    if brought >= 1.0:
        text = (
            f"explodes: at the high end of the assumptions a customer brings {brought:.2g} others in its "
            "lifetime (1 / churn), so that the base grows by referral alone"
        )
        allowed = f"less than {rule.rate.high / brought:.2g} a year at its high end, or a higher churn"
        yield "referral.rate", text, f"{rule.rate.high:.2g} a year", allowed, None


RULES: tuple[Callable[[Scenario], Iterator[Fault]], ...] = (
    _tiers, _splits, _strategies, _policies, _compare, _arms, _market, _terms, _losses, _referral,
    judgements, rating, moves, desk, crises, growth, shocks, warning, win_back,
    targets, plan, loyalty, acquisition, budgets, exit_and_pay,
    experiment, goals,
)  # fmt: skip
"""In the order in which their faults are told."""
