"""What the keys of the service desk must say together: people, promises, requests and crises (P4, P6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tiersim.scenario.desk import CLASSES, RequestClass, Target, Topsis
from tiersim.scenario.faults import Fault, nobody, unknown
from tiersim.scenario.fields import nearest
from tiersim.scenario.opening import hours_a_week, read_opening
from tiersim.scenario.service import Package, PackageChange
from tiersim.scenario.spelling import quoted
from tiersim.scenario.wording import write_hours, write_hours_per_week, write_weeks

if TYPE_CHECKING:
    from tiersim.scenario.assumption import Assumption
    from tiersim.scenario.schema import Scenario

Wishes = Package | PackageChange


def desk(scenario: Scenario) -> Iterator[Fault]:
    """Faults of office hours, order of service, packages and classes of requests."""
    yield from _hours(scenario)
    yield from _order(scenario)
    yield from _classes(scenario)
    for path, wishes in _packages(scenario):
        yield from _overflow(path, wishes, list(scenario.tiers))
        yield from _targets(path, wishes.targets or {}, list(scenario.service.classes))
    yield from _promises(scenario)
    yield from _uniform(scenario)
    yield from _informal(scenario)


def crises(scenario: Scenario) -> Iterator[Fault]:
    """Faults of waves of failures: they begin in time, and reach somebody."""
    for name, crisis in scenario.crises.items():
        path = f"crises.{name}"
        if crisis.begins >= scenario.horizon:
            allowed = f"less than the horizon, {write_weeks(scenario.horizon)}"
            yield f"{path}.begins", "lies after the plan's end", write_weeks(crisis.begins), allowed, None
        kinds = (("technical", crisis.grave < 1.0), ("complaint", crisis.grave > 0.0))
        lacking = [kind for kind, asked in kinds if asked and kind not in scenario.service.classes]
        if lacking:
            text = f"needs {' and '.join(lacking)} among service.classes: failures are technical requests, "
            yield path, text + "grave ones complaints", None, None, None
        allowed = "a larger share, more regions or industries"
        yield from nobody(scenario, path, crisis, crisis.customers, allowed)


def _hours(scenario: Scenario) -> Iterator[Fault]:
    """People work no longer than the office is open; only round-the-clock duty has work outside."""
    around = any(wishes.round_the_clock for _, wishes in _packages(scenario))
    week = hours_a_week(read_opening(scenario.desk.opening))
    if scenario.staff.hours > week + 1e-9 and not around:
        text = "is more than the office is open (desk.opening), and nobody answers round the clock"
        allowed = f"at most {write_hours_per_week(week)}, or longer opening"
        yield "staff.hours", text, write_hours_per_week(scenario.staff.hours), allowed, None
    ahead, lag = scenario.staff.hire_ahead, scenario.staff.hiring_lag
    if ahead is not None and ahead > lag:
        text = "is longer than hiring takes (staff.hiring_lag): people would be paid before the policy begins"
        yield "staff.hire_ahead", text, write_weeks(ahead), f"at most {write_weeks(lag)}", None
    if scenario.desk.on_duty > 1 and not around:
        text = "has no effect: no tier is served round the clock"
        yield "desk.on_duty", text, str(scenario.desk.on_duty), "round_the_clock: true for a tier", None


def _order(scenario: Scenario) -> Iterator[Fault]:
    """Order of service: keys of the grid and of TOPSIS belong to these two."""
    desk, tiers = scenario.desk, scenario.tiers
    yield from unknown("desk.important", desk.important, tiers, "tier")
    if desk.important and desk.priority != "grid":
        text = f"has no effect under priority: {desk.priority}"
        yield "desk.important", text, None, "desk.priority: grid, or none", None
    if desk.priority == "topsis":
        yield from unknown(
            "desk.topsis.industries", desk.topsis.industries, scenario.population.industries, "industry"
        )
        if desk.topsis.value + desk.topsis.fit + desk.topsis.feasibility <= 0.0:
            text = "has only weights of 0, by which no request goes before another"
            yield "desk.topsis", text, None, "a weight for value, fit or feasibility", None
    elif desk.topsis != Topsis.model_validate({}):
        text = f"has no effect under priority: {desk.priority}"
        yield "desk.topsis", text, None, "desk.priority: topsis, or no such section", None


def _classes(scenario: Scenario) -> Iterator[Fault]:
    classes = scenario.service.classes
    if all(_most(one.frequency) <= 0.0 for one in classes.values()):
        text = "are all asked with frequency 0, so that no request would have a class"
        allowed = "a frequency above 0 for one of them; population.ticket_rate: 0 leaves requests out"
        yield "service.classes", text, ", ".join(classes), allowed, None


def _most(assumption: Assumption[float]) -> float:
    """Highest value of the range."""
    return assumption.distribution.high if assumption.distribution is not None else assumption.central


def _overflow(path: str, wishes: Wishes, tiers: list[str]) -> Iterator[Fault]:
    if wishes.overflow is None:
        return
    own, to = path.rpartition(".")[2], wishes.overflow.to
    others = [tier for tier in tiers if tier != own]
    if to == own:
        text = f"names {quoted(to)} itself; requests overflow to other people"
        yield f"{path}.overflow.to", text, None, ", ".join(others), None
    else:
        yield from unknown(f"{path}.overflow.to", to, others, "tier")


def _targets(path: str, targets: Mapping[RequestClass, Target], classes: list[str]) -> Iterator[Fault]:
    for kind, target in targets.items():
        at = f"{path}.targets.{kind}"
        if kind not in classes:
            text = "is for a class of requests that service.classes does not have"
            yield at, text, None, ", ".join(classes), nearest(kind, classes)
        if target.answer_within is None and target.solve_within is None:
            yield at, "is empty", None, "answer_within or solve_within", None


def _promises(scenario: Scenario) -> Iterator[Fault]:
    """Nothing is solved before it is answered: in packages, under each policy, and today."""
    for name, tier in scenario.tiers.items():
        yield from _in_order(f"tiers.{name}", tier, tier)
    for name, policy in scenario.policies.items():
        for own, wish in policy.tiers.items():
            if own in scenario.tiers:
                changes = {key: value for key, value in wish if value is not None}
                whole = scenario.tiers[own].model_copy(update=changes)
                yield from _in_order(f"policies.{name}.tiers.{own}", whole, wish)
        package = policy.package
        if package.answer_within is not None and package.solve_within is not None:
            path = f"policies.{name}.package"
            yield from _later(f"{path}.answer_within", package.answer_within, package.solve_within)
    yield from _later("today.answer_within", scenario.today.answer_within, scenario.today.solve_within)


def _in_order(path: str, package: Package, wish: Wishes) -> Iterator[Fault]:
    """Promises of `package`, told at the keys that `wish` sets."""
    if wish.answer_within is not None or wish.solve_within is not None:
        key = "solve_within" if wish.answer_within is None else "answer_within"
        yield from _later(f"{path}.{key}", package.answer_within, package.solve_within)
    for kind in CLASSES:
        target = (wish.targets or {}).get(kind)
        if target is None:
            continue
        answer = target.answer_within or package.answer_within
        solve = target.solve_within or package.solve_within
        key = "solve_within" if target.answer_within is None else "answer_within"
        yield from _later(f"{path}.targets.{kind}.{key}", answer, solve)


def _later(path: str, answer: float, solve: float) -> Iterator[Fault]:
    if answer > solve:
        promised = write_hours(answer)
        text = f"promises an answer within {promised}, later than the solution ({write_hours(solve)})"
        yield path, text, None, "answer_within at most solve_within", None


def _uniform(scenario: Scenario) -> Iterator[Fault]:
    """One package for all has one pool and one promise."""
    for name, policy in scenario.policies.items():
        if policy.care != "uniform":
            continue
        for key, why in (
            ("overflow", "everybody is in one pool already"),
            ("targets", "promises by class belong to tiers"),
        ):
            if getattr(policy.package, key) is not None:
                text = f"has no effect in one package for all: {why}"
                yield f"policies.{name}.package.{key}", text, None, None, None


def _informal(scenario: Scenario) -> Iterator[Fault]:
    """Today's care is what it is; what a desk may have beside it belongs to other policies."""
    for name, policy in scenario.policies.items():
        if policy.care == "informal":
            for key in ("procedures", "weekly_meeting", "knowledge_base"):
                if getattr(policy, key):
                    text = "has no effect under informal care, which is today's as it is"
                    yield f"policies.{name}.{key}", text, None, "a tiered or uniform policy", None


def _packages(scenario: Scenario) -> Iterator[tuple[str, Wishes]]:
    """Packages of tiers, and policies' own wishes, with their paths."""
    for name, tier in scenario.tiers.items():
        yield f"tiers.{name}", tier
    for policy, rules in scenario.policies.items():
        for name, wish in rules.tiers.items():
            yield f"policies.{policy}.tiers.{name}", wish
        if rules.care == "uniform" and rules.package.round_the_clock:
            yield f"policies.{policy}.package", PackageChange(round_the_clock=True)
