"""Did the plan work? What really happened, beside the same customers simulated with and without the policy.

The figures of an export (`tiersim.tables.actuals`) are held against two simulated bands, quarter by quarter:
the plan's, and that of today's care, which stands for what would have happened without the policy. An effect
is the actual figure less the simulated one without the policy; its range is that of the outcomes without it.
Such an effect is no proof: it is as good as the simulation of the company. Checks say how far to trust it,
and no check makes it an experiment: causal words need customers who were left without the plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.effect_parts import (
    SUMS,
    Check,
    Effect,
    EffectFindings,
    GoalActual,
    Judgeable,
    Outcome,
    Point,
    State,
)
from tiersim.evaluation.goals import GoalResult, goals_found, is_up, lost_a_year, window
from tiersim.evaluation.registry import KPIS, Kpi, series
from tiersim.evaluation.statistics import OUTCOMES, Values, estimate
from tiersim.evaluation.tiers import mean
from tiersim.runs.errors import RunError
from tiersim.tables.actuals import ALL, Actuals

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run


def effect_findings(comparison: Comparison, actuals: Actuals) -> EffectFindings:
    """What an export says of the plan of a comparison.

    Raises
    ------
    RunError
        The export tells of no quarter of the plan.
    """
    from tiersim.evaluation.roi import assumption_rows
    from tiersim.runs.pieces import package_version
    from tiersim.scenario.write import content_hash

    scenario = comparison.scenario
    plan = comparison.roles.get("plan", comparison.worlds[-1])
    after, today = comparison.run(plan), comparison.run(comparison.worlds[0])
    known = after.quarters[: after.horizon_quarters]
    told = [quarter for quarter in actuals.quarters if quarter in known]
    if not told:
        raise RunError(
            f"{actuals.name}: tells of no quarter of the plan, which runs from {known[0]} to {known[-1]}; "
            f"it has {', '.join(actuals.quarters)}"
        )
    rows = [
        found
        for tier in (ALL, *scenario.tiers)
        for metric in actuals.metrics
        if (found := effect(KPIS[metric], tier, actuals, after, today)) is not None
    ]
    whole = [row for row in rows if row.tier == ALL] or rows
    return EffectFindings(
        name=scenario.name, currency=scenario.currency, start=scenario.start.isoformat(),
        first_quarter=known[0], quarters=told, source=actuals.name, left_out=actuals.left_out,
        customers=scenario.customers, plan=plan, today=comparison.worlds[0],
        outcome=judged(whole), effects=whole, by_tier=[row for row in rows if row.tier != ALL],
        goals=[_goal(goal, actuals, after, today) for goal in goals_found(comparison)],
        checks=checks(whole, actuals, today, known), phase=scenario.evaluation.phase,
        replications=comparison.replications, draws=(comparison.replications + 1) // 2,
        seed=comparison.seed, version=package_version(), scenario_sha256=content_hash(scenario),
        baseline_gate=False, assumptions=assumption_rows(scenario),
    )  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """One figure of one tier over the quarters that the export and the simulation both tell of.

    ``actual`` by quarter, ``plan`` and ``without`` by (replication, quarter), ``before`` of the quarters
    before the start; amounts as those of a year.
    """

    quarters: list[str]
    actual: list[float]
    before: list[float]
    plan: Values
    without: Values


def told_of(metric: str, tier: str, actuals: Actuals, after: Run, today: Run) -> Beside | None:
    """What export and simulation tell of a figure; None where one of them has nothing to say of it."""
    code = -1 if tier == ALL else list(after.scenario.tiers).index(tier)
    known = after.quarters[: after.horizon_quarters]
    factor = 4.0 if metric in SUMS else 1.0
    seen = {quarter: factor * actuals.figure(metric, quarter, tier) for quarter in actuals.quarters}
    at = [q for q, quarter in enumerate(known) if math.isfinite(seen.get(quarter, math.nan))]
    with_it, without = (series(run, metric)[:, :, code] for run in (after, today))
    at = [q for q in at if np.isfinite(with_it[:, q]).all() and np.isfinite(without[:, q]).all()]
    if not at:
        return None
    earlier = [x for quarter, x in seen.items() if quarter < known[0] and math.isfinite(x)]
    return Beside(
        [known[q] for q in at], [seen[known[q]] for q in at], earlier, with_it[:, at], without[:, at]
    )


def effect(kpi: Kpi, tier: str, actuals: Actuals, after: Run, today: Run) -> Effect | None:
    """One figure of one tier; None where the export or the simulation has nothing to say of it."""
    told = told_of(kpi.name, tier, actuals, after, today)
    if told is None:
        return None
    actual = float(np.mean(told.actual))
    before = float(np.mean(told.before)) if told.before else math.nan
    none, band = told.without.mean(axis=1), told.plan.mean(axis=1)
    change = actual - none
    low, high = np.quantile(band, OUTCOMES)
    points = zip(told.quarters, told.actual, told.plan.T, told.without.T, strict=True)
    return Effect(
        kpi.name, tier, kpi.unit, kpi.direction, before, actual, estimate(none), estimate(band),
        estimate(change), actual - before, state_of(change, kpi.direction), bool(low <= actual <= high),
        [Point(quarter, x, _band(plan), _band(without)) for quarter, x, plan, without in points],
    )  # fmt: skip


def _band(values: Values) -> tuple[float, float, float]:
    low, high = np.quantile(values, OUTCOMES)
    return float(values.mean()), float(low), float(high)


def state_of(change: Values, direction: int) -> State:
    """Whether the whole central 95 % of a change lies on one side of no change."""
    low, high = np.quantile(direction * change, OUTCOMES)
    return "better" if low > 0 else "worse" if high < 0 else "not_shown"


def judged(effects: Iterable[Judgeable]) -> Outcome:
    """The verdict in its fixed word, by the figures that have a direction.

    Harmed: more figures are worse than better. Worked: at least half are better and none is worse. Partly:
    some are better. Not shown: none is.
    """
    states = [row.state for row in effects if row.direction]
    better, worse = states.count("better"), states.count("worse")
    if worse > better:
        return "harmed"
    if not better:
        return "not_shown"
    return "worked" if not worse and 2 * better >= len(states) else "partly"


def checks(effects: list[Effect], actuals: Actuals, today: Run, known: list[str]) -> list[Check]:
    """What must hold before the simulation may speak for an effect.

    ``past``: the mean of the quarters before the start lies inside today's simulated band of the first
    quarters, for every figure that has both. ``year``: at least four quarters are told, so that season
    cannot pass for an effect. ``enough``: at least 40 outcomes make the band.
    """
    with_past = [row for row in effects if math.isfinite(row.before)]
    agree = 0
    for row in with_past:
        code = -1 if row.tier == ALL else list(today.scenario.tiers).index(row.tier)
        quarters = min(4, today.horizon_quarters)
        low, high = np.quantile(series(today, row.metric)[:, :quarters, code].mean(axis=1), OUTCOMES)
        agree += bool(low <= row.before <= high)
    told = sum(quarter in known for quarter in actuals.quarters)
    past = None if not with_past else agree == len(with_past)
    return [
        Check("past", past, agree, len(with_past)),
        Check("year", told >= 4, told, 4),
        Check("enough", today.replications >= 40, today.replications, 40),
    ]


def _goal(goal: GoalResult, actuals: Actuals, after: Run, today: Run) -> GoalActual:
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
    code = -1 if tier == ALL else list(after.scenario.tiers).index(tier)
    path, none = (series(run, goal.metric)[:, : goal.quarters, code] for run in (after, today))
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
