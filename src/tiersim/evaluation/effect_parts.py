"""Parts of what is found on effects: figures by quarter, effects, checks, goals, and all of it together.

Amounts are those of a year; missing figures are nan here and n/a on a page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tiersim.evaluation.findings import AssumptionRow, Estimate
from tiersim.evaluation.goals import GoalResult

Outcome = Literal["worked", "partly", "not_shown", "harmed"]
State = Literal["better", "not_shown", "worse"]
SUMS = ("revenue", "gross_margin", "profit")
"""Figures that an export tells as the amount of a quarter, and the registry as that of a year."""


@dataclass(frozen=True)
class Point:
    """One quarter of one figure: what happened, and both simulated bands (mean, low, high)."""

    quarter: str
    actual: float
    plan: tuple[float, float, float]
    without: tuple[float, float, float]


@dataclass(frozen=True)
class Effect:
    """One figure over the quarters that the export tells of; ``tier`` is ``all`` or a tier at the start.

    Attributes
    ----------
    before : mean of the quarters before the start in the export; nan where it has none.
    actual : mean of the quarters after the start; of customers lost, the share of the last of them.
    without : the same mean without the policy, over the simulated outcomes.
    effect : actual less without, with the range of the outcomes without the policy.
    naive : actual less before, which is what a before-after report would show.
    state : better or worse where the actual figure lies outside the band that 95 % of the outcomes without
        the policy do not leave with any figure (`tiersim.evaluation.joint`); else not shown.
    in_plan : whether the actual figure lies inside the plan's own band.
    """

    metric: str
    tier: str
    unit: str
    direction: int
    before: float
    actual: float
    without: Estimate
    plan: Estimate
    effect: Estimate
    naive: float
    state: State
    in_plan: bool
    points: list[Point]


@dataclass(frozen=True)
class Check:
    """Something that must hold before stronger words may be used."""

    name: str
    passed: bool | None  # None: it could not be made
    count: int = 0
    of: int = 0


@dataclass(frozen=True)
class GoalActual:
    """A goal beside what happened so far, and the chance to reach it by its deadline.

    ``actual`` and ``without`` (the mean under today's care) are of the same quarters, those told of;
    ``effect`` is their difference. All three are nan where the export has no such figure.
    """

    goal: GoalResult
    actual: float
    reached: bool | None  # None: the time meant is not yet told whole, or there is no figure
    p_by_deadline: float
    without: float = math.nan
    effect: float = math.nan


@dataclass(frozen=True)
class EffectFindings:
    """Everything that the report on effects says."""

    name: str
    currency: str
    start: str
    first_quarter: str
    quarters: list[str]
    source: str
    left_out: tuple[str, ...]
    customers: int
    plan: str
    today: str
    outcome: Outcome
    effects: list[Effect]
    by_tier: list[Effect]
    goals: list[GoalActual]
    checks: list[Check]
    phase: str
    replications: int
    draws: int
    seed: int
    version: str
    scenario_sha256: str
    baseline_gate: bool
    assumptions: list[AssumptionRow]
    warnings: list[str] = field(default_factory=list)
    command: str = ""
    constant: tuple[str, ...] = ()  # figures of the export that are the same in every simulated outcome

    @property
    def agrees(self) -> bool:
        """Whether every check passed, so that the figures speak for an effect; they do not show its cause."""
        return all(check.passed for check in self.checks)


class Judgeable(Protocol):
    """A key figure that a verdict counts."""

    @property
    def state(self) -> State:
        """How it fared."""
        ...

    @property
    def direction(self) -> int:
        """+1 where more is better, -1 where less is, 0 where neither is."""
        ...
