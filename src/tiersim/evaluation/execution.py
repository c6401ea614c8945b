"""The execution plan as a table: who, when, with which resources, to which expected effect (P11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tiersim.scenario.plan import runs_in

if TYPE_CHECKING:
    from tiersim.scenario.plan import PlanRow
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
    policies: str  # names of those under which it runs, what of it where not all; nothing for a payment
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
                policies=_policies(scenario, row),
                moved=moved,
            )
        )
    return entries


def _policies(scenario: Scenario, row: PlanRow) -> str:
    """Policies under which a row runs: those that it names, else all that have its strategies."""
    dosed = [name for name in row.what if name in scenario.strategies]
    having = {name: runs_in(scenario, name) for name in dosed}
    told = []
    for policy in row.policies or scenario.policies:
        run = [name for name in dosed if policy in having[name]]
        if run:
            told.append(policy if run == dosed else f"{policy} (only {', '.join(run)})")
    return ", ".join(told)


def undated(scenario: Scenario) -> list[str]:
    """Strategies without a row, which run all the time."""
    named = {name for row in scenario.plan for name in row.what}
    return [name for name in scenario.strategies if name not in named]
