"""Goals (E3): will each be reached by its deadline, and how much of that would come without any policy?

A goal is before-after, as the documents mean it: the key figure in the time up to the deadline against the
figure before the start. Beside it stands the effect, the difference to the same customers under today's care.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.lever import nearest_lever
from tiersim.evaluation.registry import KPIS, Kpi, ratio
from tiersim.evaluation.statistics import Values, estimate
from tiersim.evaluation.tiers import mean

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.goals import Goal

Basis = Literal["record", "first_quarter"]
RECORDS = {
    "revenue": "revenue_year",
    "gross_margin": "margin_year",
    "true_churn": "expected_churn",
    "churn": "expected_churn",
    "true_satisfaction": "true_satisfaction",
}
"""Figures of the year before that the table of the start holds."""


@dataclass(frozen=True)
class GoalResult:
    """One goal, its figure before, under the plan and without it; shares from 0 to 1, money in currency.

    Attributes
    ----------
    before : the figure before the start; ``basis`` says from what: the ``record`` of the year before, or,
        where none is kept, the ``first_quarter`` under today's care.
    wanted : the level that the goal asks for.
    plan, without : the figure in the time up to the deadline under the plan and under today's care.
    effect : plan less without, on the same customers with the same luck.
    p_plan, p_without : chance that the goal is reached, under the plan and without any policy.
    lever : path of the assumption that moves the figure most under the plan; None where it cannot be told.
    """

    name: str
    metric: str
    unit: str
    tiers: tuple[str, ...]
    change: float | None
    quarters: int
    before: float
    basis: Basis
    wanted: float
    plan: Estimate | None
    without: Estimate | None
    effect: Estimate | None
    p_plan: float
    p_without: float
    lever: str | None
    missing: str = ""

    @property
    def reached(self) -> bool:
        """Whether it is more likely reached than not."""
        return self.p_plan >= 0.5


def goals_found(comparison: Comparison, plan: str | None = None) -> list[GoalResult]:
    """The goals of a comparison's scenario, under `plan` (default: the policy in that role)."""
    label = plan or comparison.roles.get("plan", comparison.worlds[-1])
    after, today = comparison.run(label), comparison.run(comparison.worlds[0])
    return [_goal(goal, after, today) for goal in comparison.scenario.goals]


def _goal(goal: Goal, after: Run, today: Run) -> GoalResult:
    kpi = KPIS[goal.metric]
    tiers = tuple(goal.tiers) or tuple(today.scenario.tiers)
    before, basis = before_of(kpi, today, tiers)
    wanted = before * (1 + goal.change) if goal.change is not None else float(goal.to or 0.0)
    plan, without = (figure(kpi, run, tiers, goal.quarters) for run in (after, today))
    known = np.isfinite(plan) & np.isfinite(without)
    said = (goal.name, kpi.name, kpi.unit, tiers, goal.change, goal.quarters, before, basis, wanted)
    if not known.any() or not np.isfinite(wanted):
        return GoalResult(*said, None, None, None, np.nan, np.nan, None, kpi.missing)
    up = wanted >= before if goal.change is None and kpi.direction == 0 else kpi.direction > 0
    if goal.change is not None:
        up = goal.change > 0

    def chance(values: Values) -> float:
        return float(np.mean(values >= wanted if up else values <= wanted))

    return GoalResult(
        *said, estimate(plan[known]), estimate(without[known]), estimate((plan - without)[known]),
        chance(plan[known]), chance(without[known]), nearest_lever(after, plan),
    )  # fmt: skip


def figure(kpi: Kpi, run: Run, tiers: tuple[str, ...], quarters: int) -> Values:
    """A key figure of some tiers together in the `quarters` from the start, shape (replications,)."""
    codes = [list(run.scenario.tiers).index(tier) for tier in tiers]
    window = slice(quarters - 1, quarters) if kpi.level else slice(0, quarters)
    above, below = (part(run)[:, window].sum(axis=1) for part in (kpi.above, kpi.below))
    below = below if below.shape[-1] == 1 else below[:, codes]
    found: Values = ratio(kpi, above[:, codes], below)[:, -1]
    if kpi.level and kpi.name == "churn":
        found = 1.0 - (1.0 - found) ** (4.0 / quarters)  # of a year, as the figure before is
    return found


def before_of(kpi: Kpi, today: Run, tiers: tuple[str, ...]) -> tuple[float, Basis]:
    """The figure before the start, and what it rests on."""
    if kpi.name not in RECORDS:
        return mean(figure(kpi, today, tiers, 1)), "first_quarter"
    start, column = today.data["start"], RECORDS[kpi.name]
    codes = [list(today.scenario.tiers).index(tier) for tier in tiers]
    keep = np.isin(start["tier"], codes)
    values, heads = start[column][keep].astype(np.float64), start["customers"][keep].astype(np.float64)
    if kpi.unit == "money":
        return float(values.sum() / today.replications), "record"
    return float((values * heads).sum() / heads.sum()) if heads.sum() else float("nan"), "record"
