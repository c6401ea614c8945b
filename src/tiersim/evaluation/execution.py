"""The execution plan as a table: who, when, with which resources, to which expected effect (P11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


@dataclass(frozen=True)
class PlanEntry:
    """One row, its dates on Mondays; `last` is the first day on which it runs no more."""

    what: str
    who: str
    first: str  # ISO dates
    last: str
    weeks: int
    resources: str
    expects: str
    policies: str  # names, or nothing where it is for all
    moved: bool  # its dates were no Mondays


def execution_plan(scenario: Scenario) -> list[PlanEntry]:
    """The rows of a scenario's plan in their order; none where it is switched off."""
    if not scenario.mechanisms.plan:
        return []
    entries = []
    for row in scenario.plan:
        first, last = (scenario.start + timedelta(weeks=week) for week in row.weeks(scenario.start))
        moved = (first, last) != (row.first_day, row.to)
        entries.append(
            PlanEntry(
                what=", ".join(row.what),
                who=row.who,
                first=first.isoformat(),
                last=last.isoformat(),
                weeks=(last - first).days // 7,
                resources=row.resources,
                expects=row.expects,
                policies=", ".join(row.policies),
                moved=moved,
            )
        )
    return entries


def undated(scenario: Scenario) -> list[str]:
    """Strategies without a row, which run all the time."""
    named = {name for row in scenario.plan for name in row.what}
    return [name for name in scenario.strategies if name not in named]
