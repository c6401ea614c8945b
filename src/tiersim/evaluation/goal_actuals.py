"""Goals beside what really happened: the same quarters of the export, of the plan and of today's care."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.effect_parts import SUMS, GoalActual
from tiersim.evaluation.goals import GoalResult, is_up, lost_a_year, window
from tiersim.evaluation.registry import KPIS, Kpi
from tiersim.evaluation.statistics import Values
from tiersim.evaluation.tiers import mean
from tiersim.evaluation.tracking import company_tells
from tiersim.tables.actuals import ALL, Actuals

if TYPE_CHECKING:
    from tiersim.runs.run import Run


def goal_actual(goal: GoalResult, actuals: Actuals, after: Run, today: Run) -> GoalActual:
    """A goal and what happened: of one tier or of all, since an export has no sums of some tiers.

    What happened, what would have without the plan, and the outcomes still ahead are made of quarters in the
    same way (`so_far`), over the same quarters; the goal is judged once all quarters that it means are told.
    """
    known = after.quarters[: after.horizon_quarters]
    whole = goal.tiers == tuple(after.scenario.tiers)
    if not (whole or len(goal.tiers) == 1) or goal.plan is None:
        return GoalActual(goal, math.nan, None, goal.p_plan)
    tier = ALL if whole else goal.tiers[0]
    kpi, factor = KPIS[goal.metric], 4.0 if goal.metric in SUMS else 1.0
    seen = np.array(
        [factor * actuals.figure(goal.metric, quarter, tier) for quarter in known[: goal.quarters]]
    )
    path, none = (company_tells(run, goal.metric, tier)[:, : goal.quarters] for run in (after, today))
    there = np.isfinite(seen) & np.isfinite(path).any(axis=0) & np.isfinite(none).any(axis=0)
    if not there.any():
        return GoalActual(goal, math.nan, None, goal.p_plan)
    actual = float(so_far(kpi, seen[None, :], there)[0])
    without = mean(so_far(kpi, none, there))
    up = is_up(goal.change, goal.wanted, goal.before, kpi.direction)
    first, stop = window(goal.quarters)
    if there[stop - 1] if kpi.level else there[first:stop].all():
        reached = actual >= goal.wanted if up else actual <= goal.wanted
        return GoalActual(goal, actual, reached, float(reached), without, actual - without)
    # What is still ahead is taken from the plan's outcomes, moved by how far reality is from them so far.
    told = np.flatnonzero(there)[-1:] if kpi.level else np.flatnonzero(there)
    ahead = path + (seen[told] - path[:, told]).mean(axis=1)[:, None]
    final = so_far(kpi, np.where(there, seen, ahead), np.ones(there.size, dtype=bool))
    final = final[np.isfinite(final)]
    chance = float(np.mean(final >= goal.wanted if up else final <= goal.wanted)) if final.size else math.nan
    return GoalActual(goal, actual, None, chance, without, actual - without)


def so_far(kpi: Kpi, path: Values, there: NDArray[np.bool_]) -> Values:
    """A figure in the time that a goal means, of those quarters that are told of, shape (replications,).

    Parameters
    ----------
    path : the figure quarter by quarter up to the deadline, shape (replications, quarters).
    there : which quarters are told of, shape (quarters,). Those before the time meant count only while none
        in it is told of.

    Notes
    -----
    The mean of the quarters, as an export has no sums; of a share lost since the start the loss of a year
    (`tiersim.evaluation.goals.lost_a_year`), from the last quarter before the time meant, if it is told of.
    """
    first, _ = window(there.size)
    at = np.flatnonzero(there)
    at = at[at >= first] if (at >= first).any() else at
    if not kpi.level:
        return np.asarray(path[:, at].mean(axis=1))
    begun = first if first and at[-1] >= first and there[first - 1] else 0
    before = path[:, begun - 1] if begun else np.zeros(path.shape[0])
    return lost_a_year(before, path[:, at[-1]], int(at[-1]) + 1 - begun)
