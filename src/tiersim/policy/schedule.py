"""When strategies run: the execution plan as weeks, by policy (P11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tiersim.scenario.plan import PlanRow, runs_in
from tiersim.scenario.schema import Scenario


@dataclass(frozen=True)
class Schedule:
    """Weeks in which strategies of the execution plan run.

    ``windows[policy][strategy]``: pairs of a first week and the first week after; none of them: it never runs
    there. Strategies that do not stand there run always.
    """

    windows: dict[str, dict[str, list[tuple[int, int]]]]

    def resting(self, policy: str, week: int) -> frozenset[str]:
        """Strategies that do not run in a week."""
        return frozenset(
            name
            for name, spans in self.windows.get(policy, {}).items()
            if not any(first <= week < last for first, last in spans)
        )

    def turns(self, policies: Iterable[str]) -> set[int]:
        """Weeks in which some strategy of these policies starts or stops."""
        spans = [span for policy in policies for of in self.windows.get(policy, {}).values() for span in of]
        return {week for span in spans for week in span}


def schedule_of(scenario: Scenario) -> Schedule | None:
    """The scenario's execution plan; None if it has none, or it is switched off."""
    if not scenario.plan or not scenario.mechanisms.plan:
        return None
    windows: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for row in scenario.plan:
        for name in row.what:
            if name not in scenario.strategies:
                continue
            for policy in runs_in(scenario, name):
                spans = windows.setdefault(policy, {}).setdefault(name, [])
                if not row.policies or policy in row.policies:
                    spans.append(row.weeks(scenario.start))
    return Schedule(windows)


def payment_week(scenario: Scenario, name: str) -> int | None:
    """Week of a single payment that the execution plan dates; None: it does not."""
    if not scenario.mechanisms.plan:
        return None
    return next((row.weeks(scenario.start)[0] for row in scenario.plan if name in row.what), None)


def rows_of(scenario: Scenario, strategy: str) -> list[PlanRow]:
    """Rows of the execution plan that a strategy stands in."""
    return [row for row in scenario.plan if strategy in row.what]
