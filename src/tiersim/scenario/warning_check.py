"""What the sections on early warning and win-back must say together with the rest (L5, L6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tiersim.scenario.faults import Fault, unknown
from tiersim.scenario.wording import write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


def warning(scenario: Scenario) -> Iterator[Fault]:
    """Faults of indicators and rules: signs that nobody could see here."""
    rules = scenario.warning
    if rules is None:
        for name, policy in scenario.policies.items():
            if isinstance(policy.warning, str):
                text = f"acts on the list of {policy.warning}, and there is no early warning"
                yield f"policies.{name}.warning", text, None, "the section warning", None
        return
    contracts = scenario.population.contract is not None
    used = [(f"indicators.{name}", name) for name in rules.indicators]
    used += [(f"rules.{name}", rule.indicator) for name, rule in rules.rules.items()]
    used += [("trivial", rules.trivial.indicator)] if rules.trivial is not None else []
    for place, sign in used:
        # Among the indicators it is only never known, like an answer of who was not asked.
        if sign == "renewal" and not contracts and not place.startswith("indicators"):
            text = "looks at renewals, and there are no contracts"
            yield f"warning.{place}", text, None, "another indicator, or population.contract", None
        if sign == "survey" and scenario.mechanisms.warning and scenario.satisfaction.survey_share == 0.0:
            text = "looks at survey answers, and nobody is asked"
            yield f"warning.{place}", text, None, "satisfaction.survey_share above 0 %", None
    yield from _read(scenario)


def _read(scenario: Scenario) -> Iterator[Fault]:
    """Faults of the lists that are acted upon: a model without a past to learn from, rules that are none."""
    rules = scenario.warning
    assert rules is not None
    asked: dict[str, object] = {"warning.by": rules.by}
    asked |= {f"policies.{name}.warning": policy.warning for name, policy in scenario.policies.items()}
    for place, by in asked.items():
        if by == "logistic" and scenario.population.history + scenario.burn_in < 104:
            text = "the logistic model has less than two years to learn from"
            yield place, text, None, "population.history of a year or more", None
        if by == "rules" and place != "warning.by" and not rules.rules:
            yield place, "acts on rules, and there are none", None, "warning.rules, or another list", None


def win_back(scenario: Scenario) -> Iterator[Fault]:
    """Faults of attempts: tiers that exist, a list to read, contracts to renew."""
    rules = scenario.win_back
    if rules is None:
        return
    listed = sorted({"red", "amber"} & set(rules.who))
    if listed and scenario.warning is None and scenario.mechanisms.win_back:
        text = f"asks those who are {' or '.join(listed)}, and nobody is listed without early warning"
        allowed = "the section warning, or who: [lost]"
        yield "win_back.who", text, None, allowed, None
    if "renewal" in rules.who and scenario.population.contract is None:
        text = "asks before renewals, and there are no contracts"
        yield "win_back.who", text, None, "population.contract, or who without renewal", None
    if len(set(rules.who)) < len(rules.who):
        yield "win_back.who", "names the same customers twice", ", ".join(rules.who), None, None
    for tier in rules.tiers:
        yield from unknown("win_back.tiers", tier, scenario.tiers, "tier")
    if rules.delay >= rules.again:
        text = "is not shorter than the time between two attempts (again)"
        yield "win_back.delay", text, write_weeks(rules.delay), f"less than {write_weeks(rules.again)}", None
