"""Investments in stages: what a policy has of them before and after they are ready (P7, T8)."""

from __future__ import annotations

from collections.abc import Mapping

from tiersim.policy.plan import reference_plan
from tiersim.scenario.budget import Investment
from tiersim.scenario.data import ERRORS
from tiersim.scenario.policies import Policy
from tiersim.scenario.schema import Scenario
from tiersim.scenario.service import PackageChange
from tiersim.scenario.wording import write_weeks


def investments_of(scenario: Scenario, policy: Policy) -> dict[str, Investment]:
    """Investments that a policy makes; none under informal care or with the mechanism switched off."""
    if policy.care == "informal" or not scenario.mechanisms.investments:
        return {}
    off = policy.budget.investments
    return {name: item for name, item in scenario.budget.investments.items() if off.get(name, True)}


def staged(scenario: Scenario, policy: str, ready: frozenset[str]) -> Scenario:
    """The scenario as a policy is laid out while only the investments of `ready` work.

    A tier whose bot is bought has today's bot until then, whatever its package says, and a knowledge base
    that is bought is not there before. Under uniform care that goes for the plan whose packages are averaged.
    """
    made = investments_of(scenario, scenario.policies[policy])
    if not any(item.gives.bot or item.gives.knowledge_base for item in made.values()):
        return scenario
    changed = {policy: _with(scenario, scenario.policies[policy], made, ready)}
    if scenario.policies[policy].care == "uniform":
        plan = reference_plan(scenario)
        changed[plan] = _with(scenario, scenario.policies[plan], made, ready)
    return scenario.model_copy(update={"policies": {**scenario.policies, **changed}})


def _with(
    scenario: Scenario, policy: Policy, made: Mapping[str, Investment], ready: frozenset[str]
) -> Policy:
    bots: dict[str, float] = {}
    for name, item in made.items():
        for tier, share in item.gives.bot.items():
            bots[tier] = max(bots.get(tier, scenario.today.bot), share if name in ready else 0.0)
    update: dict[str, object] = {}
    if policy.care == "tiered":
        wishes = dict(policy.tiers)
        for tier, share in bots.items():
            wishes[tier] = wishes.get(tier, PackageChange()).model_copy(update={"bot": share})
        update["tiers"] = wishes
    libraries = [name for name, item in made.items() if item.gives.knowledge_base]
    if libraries:
        update["knowledge_base"] = any(name in ready for name in libraries)
    return policy.model_copy(update=update)


def data_values(
    scenario: Scenario, values: Mapping[str, float], ready: Mapping[str, Investment]
) -> dict[str, float]:
    """Values by which records are spoilt once these investments are ready.

    Rates become rate x (1 + errors); cleaning finds found' = found + (1 - found) x more.
    """
    out = dict(values)
    for name, item in ready.items():
        gain, path = item.gives.data, f"budget.investments.{name}.gives.data"
        if gain is None or scenario.data is None:
            continue
        for error in ERRORS:
            if gain.errors is not None:
                out[f"data.{error}"] = min(out[f"data.{error}"] * (1.0 + values[f"{path}.errors"]), 1.0)
            if gain.found is not None and scenario.data.cleaning is not None:
                missed = 1.0 - out[f"data.cleaning.{error}"]
                out[f"data.cleaning.{error}"] = 1.0 - missed * (1.0 - values[f"{path}.found"])
    return out


def late(scenario: Scenario, policy: Policy) -> list[str]:
    """Sentences on investments that a policy pays for and never has."""
    return [
        f"{name}: works {write_weeks(item.after + item.takes)} after the plan's start, but the plan ends "
        f"after {write_weeks(scenario.horizon)}; it costs money and gives nothing."
        for name, item in investments_of(scenario, policy).items()
        if item.after + item.takes >= scenario.horizon
    ]
