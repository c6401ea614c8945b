"""Goals (E3): will each be reached by its deadline, and how much of that would come without any policy?

A goal is before-after, as the documents mean it: the key figure in the time up to the deadline against the
figure before the start. Beside it stands the effect, the difference to the same customers under today's care.

Only like times are compared. The time meant is the year up to the deadline, or all quarters up to one that is
less than a year off; the figure before is that of a whole year in the first case, and of the same quarters of
a year in the second, so that no season passes for a change. Each outcome is held against the figure before
under its own assumptions, so that not knowing a level passes for no change of it either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.kpis import rate
from tiersim.evaluation.lever import nearest_lever
from tiersim.evaluation.registry import KPIS, Kpi, everybody, ratio
from tiersim.evaluation.statistics import Values, estimate
from tiersim.evaluation.tiers import mean
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.goals import Goal

Basis = Literal["record", "first_year"]
YEAR = 4
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
    before : the figure before the start (`before_of`); ``basis`` says from what: the ``record`` of the year
        before, or, where none is kept, the ``first_year`` under today's care.
    wanted : the level that the goal asks for; a mean over the outcomes, each by its own figure before.
    plan, without : the figure in the year up to the deadline, or all the time up to an earlier one, under
        the plan and under today's care.
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
    before, basis = before_of(kpi, today, tiers, goal.quarters)
    plan, without = (figure(kpi, run, tiers, goal.quarters) for run in (after, today))
    if goal.change is None:
        needed = np.full(before.shape, float(goal.to or 0.0))
    else:
        needed = before + goal.change * np.abs(before)  # +10 % of -20 points is -18: a figure may be negative
    known = np.isfinite(plan) & np.isfinite(without) & np.isfinite(needed)
    was, wanted = mean(before), mean(needed)
    said = (goal.name, kpi.name, kpi.unit, tiers, goal.change, goal.quarters, was, basis, wanted)
    if not known.any():
        return GoalResult(*said, None, None, None, np.nan, np.nan, None, kpi.missing)
    sign = 1.0 if is_up(goal.change, wanted, was, kpi.direction) else -1.0

    def chance(values: Values) -> float:
        there = sign * (values - needed)[known] >= 0.0
        if goal.change is not None:  # a share of nothing is nothing: something must have changed
            there &= sign * (values - before)[known] > 0.0
        return float(np.mean(there))

    return GoalResult(
        *said, estimate(plan[known]), estimate(without[known]), estimate((plan - without)[known]),
        chance(plan), chance(without), nearest_lever(after, plan),
    )  # fmt: skip


def is_up(change: float | None, wanted: float, before: float, direction: int) -> bool:
    """Whether a goal asks for at least `wanted`, rather than for at most that.

    A change says so by its sign, a level by what is good of the figure; where neither is good by itself
    (`direction` 0), a level above the figure before is to be reached from below.
    """
    if change is not None:
        return change > 0
    return direction > 0 if direction else wanted >= before


def window(quarters: int) -> tuple[int, int]:
    """First quarter of the time meant by a deadline after `quarters`, and the one after its last."""
    return max(0, quarters - YEAR), quarters


def figure(kpi: Kpi, run: Run, tiers: tuple[str, ...], quarters: int) -> Values:
    """A key figure of some tiers together in the `window` of a deadline, shape (replications,); of a year.

    Of all tiers it is the company's, customers won since included (`tiersim.evaluation.registry.whole`).
    """
    company = tiers == tuple(run.scenario.tiers) and not kpi.level
    return _of_start(kpi, everybody(run) if company else run, tiers, quarters)


def _of_start(kpi: Kpi, run: Run, tiers: tuple[str, ...], quarters: int) -> Values:
    codes = [list(run.scenario.tiers).index(tier) for tier in tiers]
    first, stop = window(quarters)
    above, below = (part(run) for part in (kpi.above, kpi.below))
    below = below if below.shape[-1] == 1 else below[..., codes]
    above = above[..., codes]
    if not kpi.level:
        found: Values = ratio(kpi, above[:, first:stop].sum(axis=1), below[:, first:stop].sum(axis=1))[:, -1]
        return found
    path = ratio(kpi, above, below)[..., -1]
    return lost_a_year(
        path[:, first - 1] if first else np.zeros(path.shape[0]), path[:, stop - 1], stop - first
    )


def lost_a_year(begun: Values, ended: Values, quarters: int) -> Values:
    """Loss of a year of those left at first, from the shares of the start lost by then and by the end.

    Formula: 1 - ((1 - ended) / (1 - begun)) ** (4 / quarters), a steady loss; nan where nobody was left.
    """
    left = rate(1.0 - np.asarray(ended, dtype=np.float64), 1.0 - np.asarray(begun, dtype=np.float64))
    lost: Values = 1.0 - np.maximum(left, 0.0) ** (YEAR / quarters)
    return lost


def before_of(kpi: Kpi, today: Run, tiers: tuple[str, ...], quarters: int) -> tuple[Values, Basis]:
    """The figure before the start of the time like that of a deadline, by replication, and what it rests on.

    With a record of the year before, it is that of the replication's own customers. For a deadline within
    the year it is multiplied by the season: these quarters' figure over that of the first year, means under
    today's care. Without a record (or where the plan is no whole year, so that its season is not known) it is
    the figure of the first year under today's care, of the same quarters for a deadline within the year; the
    mean of the two outcomes that share their assumptions (R2), as a figure before has its own luck.
    """
    like = min(quarters, YEAR)
    found = figure(kpi, today, tiers, like)
    if kpi.name not in RECORDS or today.horizon_quarters < YEAR:
        return _expected(found), "first_year"
    start, codes = today.data["start"], [list(today.scenario.tiers).index(tier) for tier in tiers]
    keep = np.isin(start["tier"], codes)
    at, heads = start["replication"][keep], start["customers"][keep].astype(np.float64)
    weights = np.ones_like(heads) if kpi.unit == "money" else heads
    values = start[RECORDS[kpi.name]][keep].astype(np.float64) * weights
    record, many = (sums(at, column, today.replications) for column in (values, heads))
    if kpi.unit != "money":
        record = rate(record, many)
    if kpi.name == "true_churn":
        record = -np.log1p(-record)  # lost ÷ customer-years, from the share lost in a year
    if like < YEAR:
        # Of the customers of the start: those won within the year are growth and no season.
        record = record * (
            mean(_of_start(kpi, today, tiers, like)) / mean(_of_start(kpi, today, tiers, YEAR))
        )
    return record, "record"


def _expected(values: Values) -> Values:
    """Mean of the two outcomes of a draw of the assumptions, for each; a last one stands for itself."""
    found = values.copy()
    for twin in range(0, values.size // 2 * 2, 2):
        found[twin : twin + 2] = mean(values[twin : twin + 2])
    return found
