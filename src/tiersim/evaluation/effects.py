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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.effect_parts import (
    SUMS,
    Check,
    Effect,
    EffectFindings,
    Judgeable,
    Outcome,
    Point,
    State,
)
from tiersim.evaluation.goal_actuals import goal_actual
from tiersim.evaluation.goals import goals_found
from tiersim.evaluation.joint import joint_states
from tiersim.evaluation.registry import KPIS, Kpi, constant
from tiersim.evaluation.statistics import OUTCOMES, Values, estimate
from tiersim.evaluation.tracking import company_tells
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
    fixed = tuple(metric for metric in actuals.metrics if constant(metric, after, today))
    whole, by_tier = (
        _judged_together(
            found
            for tier in tiers
            for metric in actuals.metrics
            if metric not in fixed
            and (found := effect(KPIS[metric], tier, actuals, after, today)) is not None
        )
        for tiers in ((ALL,), scenario.tiers)
    )
    whole = whole or by_tier
    return EffectFindings(
        name=scenario.name, currency=scenario.currency, start=scenario.start.isoformat(),
        first_quarter=known[0], quarters=told, source=actuals.name, left_out=actuals.left_out,
        customers=scenario.customers, plan=plan, today=comparison.worlds[0],
        outcome=judged(whole), effects=whole, by_tier=by_tier,
        goals=[goal_actual(goal, actuals, after, today) for goal in goals_found(comparison)],
        checks=checks(whole, actuals, today, known), phase=scenario.evaluation.phase,
        replications=comparison.replications, draws=(comparison.replications + 1) // 2,
        seed=comparison.seed, version=package_version(), scenario_sha256=content_hash(scenario),
        baseline_gate=False, assumptions=assumption_rows(scenario), constant=fixed,
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

    def over(self, kpi: Kpi) -> tuple[float, Values, Values]:
        """What happened, the plan's and today's outcomes over these quarters: their mean.

        Of a state, such as the share lost since the start, that of the last quarter: a mean of it would be
        of no time at all.
        """
        if kpi.level:
            return self.actual[-1], self.plan[:, -1], self.without[:, -1]
        return float(np.mean(self.actual)), self.plan.mean(axis=1), self.without.mean(axis=1)


def told_of(metric: str, tier: str, actuals: Actuals, after: Run, today: Run) -> Beside | None:
    """What export and simulation tell of a figure; None where one of them has nothing to say of it."""
    known = after.quarters[: after.horizon_quarters]
    factor = 4.0 if metric in SUMS else 1.0
    seen = {quarter: factor * actuals.figure(metric, quarter, tier) for quarter in actuals.quarters}
    at = [q for q, quarter in enumerate(known) if math.isfinite(seen.get(quarter, math.nan))]
    with_it, without = (company_tells(run, metric, tier) for run in (after, today))
    at = [q for q in at if np.isfinite(with_it[:, q]).all() and np.isfinite(without[:, q]).all()]
    if not at:
        return None
    earlier = [x for quarter, x in seen.items() if quarter < known[0] and math.isfinite(x)]
    return Beside(
        [known[q] for q in at], [seen[known[q]] for q in at], earlier, with_it[:, at], without[:, at]
    )


def _judged_together(found: Iterable[tuple[Effect, Values]]) -> list[Effect]:
    """Figures of one family, each better or worse where it leaves the band of all of them."""
    pairs = list(found)
    if not pairs:
        return []
    rows = [row for row, _ in pairs]
    outcomes = np.column_stack([none for _, none in pairs])
    states = joint_states([row.actual for row in rows], outcomes, [row.direction for row in rows])
    return [replace(row, state=state) for row, state in zip(rows, states, strict=True)]


def effect(kpi: Kpi, tier: str, actuals: Actuals, after: Run, today: Run) -> tuple[Effect, Values] | None:
    """One figure of one tier, not yet judged, and its outcomes without the plan; None without a figure."""
    told = told_of(kpi.name, tier, actuals, after, today)
    if told is None:
        return None
    actual, band, none = told.over(kpi)
    # Nobody of the start is lost before it.
    before = float(np.mean(told.before)) if told.before and not kpi.level else math.nan
    change = actual - none
    low, high = np.quantile(band, OUTCOMES)
    points = zip(told.quarters, told.actual, told.plan.T, told.without.T, strict=True)
    row = Effect(
        kpi.name, tier, kpi.unit, kpi.direction, before, actual, estimate(none), estimate(band),
        estimate(change), actual - before, "not_shown", bool(low <= actual <= high),
        [Point(quarter, x, _band(plan), _band(without)) for quarter, x, plan, without in points],
    )  # fmt: skip
    return row, none


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
        quarters = min(4, today.horizon_quarters)
        low, high = np.quantile(
            company_tells(today, row.metric, row.tier)[:, :quarters].mean(axis=1), OUTCOMES
        )
        agree += bool(low <= row.before <= high)
    told = sum(quarter in known for quarter in actuals.quarters)
    past = None if not with_past else agree == len(with_past)
    return [
        Check("past", past, agree, len(with_past)),
        Check("year", told >= 4, told, 4),
        Check("enough", today.replications >= 40, today.replications, 40),
    ]
