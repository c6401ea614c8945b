"""What keys on money, exit and incentives must say together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tiersim.scenario.budget import MoneyMoves, MoneyRule
from tiersim.scenario.faults import Fault, unknown
from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.scenario.wording import write_share, write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


def budgets(scenario: Scenario) -> Iterator[Fault]:
    """Faults of the plan's money and of policies' own."""
    yield from _moves(scenario, "budget", scenario.budget, scenario.budget.split)
    for name, policy in scenario.policies.items():
        own, path = policy.budget, f"policies.{name}.budget"
        split = scenario.budget.split if own.split is None else own.split
        yield from _moves(scenario, path, own, split)
        if own.split is not None:
            yield from _inherited(scenario, path, own, split)
        yield from unknown(f"{path}.investments", own.investments, scenario.budget.investments, "investment")
        if policy.care == "uniform":
            for key in ("review", "follow_value", "freed_to"):
                if getattr(own, key):
                    text = "has no effect under uniform care, which has one purse for all"
                    yield f"{path}.{key}", text, None, "a tiered policy", None
        if policy.care == "informal" and (
            own.investments or any(getattr(own, key) is not None for key in MoneyMoves.model_fields)
        ):
            text = "has no effect under informal care, whose money is not planned"
            yield path, text, None, "a tiered or uniform policy", None
    yield from _investments(scenario)


def _moves(scenario: Scenario, path: str, money: MoneyMoves, split: Mapping[str, Any]) -> Iterator[Fault]:
    fund = money.innovation
    if fund is not None:
        yield from unknown(f"{path}.innovation.strategies", fund.strategies, scenario.strategies, "strategy")
        if fund.share >= 1.0:
            text = "leaves nothing for the split, from which it is taken first"
            yield f"{path}.innovation.share", text, write_share(fund.share), "less than 100 %", None
        if fund.share > 0.0 and not fund.strategies:
            allowed = ", ".join(scenario.strategies) or None
            yield f"{path}.innovation", "pays for nothing: names no strategies", None, allowed, None
    names: set[str] = set()
    for k, rule in enumerate(money.review or []):
        yield from _rule(f"{path}.review.{k}", rule, split)
        if rule.name in names:
            yield f"{path}.review.{k}.name", f"has {quoted(str(rule.name))} twice", None, None, None
        names |= {rule.name} if rule.name else set()
    if money.freed_to:
        yield from _group(f"{path}.freed_to", money.freed_to, split)
    if any(_plain(group) == "innovation" for group in split):
        text = "has a tier called innovation, which is the name of the innovation fund in tables"
        if fund is not None:
            yield f"{path}.innovation", text, None, "another name for the tier", None


def _inherited(scenario: Scenario, path: str, own: MoneyMoves, split: Mapping[str, Any]) -> Iterator[Fault]:
    """The plan's rules name groups that a policy's own split does not have."""
    plan = scenario.budget
    faults: list[Fault] = []
    if own.review is None:
        for k, rule in enumerate(plan.review or []):
            faults += _rule(f"budget.review.{k}", rule, split)
    if own.freed_to is None and plan.freed_to:
        faults += _group("budget.freed_to", plan.freed_to, split)
    for at, _, _, allowed, _ in faults:
        text = f"has other groups than {at} names; give the policy rules of its own"
        yield f"{path}.split", text, None, allowed, None


def _rule(path: str, rule: MoneyRule, split: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _group(f"{path}.when.group", rule.when.group, split)
    yield from _group(f"{path}.take_from", rule.take_from, split)
    if rule.give_to is not None:
        yield from _group(f"{path}.give_to", rule.give_to, split)
    if _plain(rule.take_from) == _plain(rule.give_to or rule.when.group):
        text = f"moves money from {rule.take_from} to itself"
        others = [group for group in split if _plain(group) != _plain(rule.take_from)]
        yield f"{path}.take_from", text, None, ", ".join(others) or None, None


def _group(path: str, name: str, split: Mapping[str, Any]) -> Iterator[Fault]:
    groups = list(split)
    if _plain(name) not in map(_plain, groups):
        text = f"names {quoted(name)}, which is no group of the split"
        yield path, text, None, ", ".join(groups), nearest(name, groups)


def _plain(group: str) -> str:
    return "+".join(part.strip() for part in group.split("+"))


def _investments(scenario: Scenario) -> Iterator[Fault]:
    for name, item in scenario.budget.investments.items():
        path, gives = f"budget.investments.{name}", item.gives
        if item.after >= scenario.horizon:
            allowed = f"less than the horizon, {write_weeks(scenario.horizon)}"
            yield f"{path}.after", "lies after the plan's end", write_weeks(item.after), allowed, None
        yield from unknown(f"{path}.gives.bot", gives.bot, scenario.tiers, "tier")
        if not gives.bot and gives.data is None and not gives.knowledge_base:
            yield f"{path}.gives", "gives nothing", None, "bot, data or knowledge_base", None
        if gives.data is not None:
            if gives.data.errors is None and gives.data.found is None:
                yield f"{path}.gives.data", "gives nothing", None, "errors or found", None
            if scenario.data is None:
                text = "has no effect: records are without errors; state them in the section data"
                yield f"{path}.gives.data", text, None, None, None
            elif gives.data.found is not None and scenario.data.cleaning is None:
                text = "has no effect without data.cleaning, which it improves"
                yield f"{path}.gives.data.found", text, None, None, None


def exit_and_pay(scenario: Scenario) -> Iterator[Fault]:
    """Faults of the sections on exit and incentives."""
    tiers = list(scenario.tiers)
    if scenario.exit is not None:
        yield from unknown("exit.spares", scenario.exit.spares, tiers, "tier")
        movable = tiers[:-1] if scenario.exit.then == "self_service" else tiers
        if set(movable) <= set(scenario.exit.spares):
            yield "exit.spares", "spares everybody who could exit", None, None, None
    for name, policy in scenario.policies.items():
        path = f"policies.{name}"
        if policy.incentives is None:
            continue
        if policy.care == "informal":
            text = "has no effect under informal care, which is today's as it is"
            yield f"{path}.incentives", text, None, "a tiered or uniform policy", None
        if scenario.incentive is None:
            text = (
                "needs the section incentive, which says how people answer; 'incentive: {}' for the defaults"
            )
            yield f"{path}.incentives", text, None, None, None
