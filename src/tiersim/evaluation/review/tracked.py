"""Key figures by tier and quarter, plan beside today's care: the tracking table of the documents (E6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.clv import ltv
from tiersim.evaluation.effects import state_of
from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.goals import before_of
from tiersim.evaluation.kpis import rate
from tiersim.evaluation.registry import KPIS, constant, series, value
from tiersim.evaluation.review.findings import Tracked
from tiersim.evaluation.review.held import YEAR, known, last_year
from tiersim.evaluation.statistics import Values
from tiersim.evaluation.tiers import is_worse, mean

if TYPE_CHECKING:
    from tiersim.runs.run import Run

METRICS = (
    "repurchase", "churn", "renewal", "nps", "csat", "negative_share", "arpu", "order_frequency", "profit",
)  # fmt: skip
"""Observed key figures that a review tracks; none counts against a promise, since policies promise unlike."""


def tracked(plan: Run, today: Run) -> list[Tracked]:
    """One row for each figure and tier at the start; one that never differs has no figure, and says so."""
    first, stop = last_year(plan)
    rows = []
    for name in METRICS:
        kpi = KPIS[name]
        after, without = (in_year(run, name, first, stop) for run in (plan, today))
        paths = [by_quarter(run, name) for run in (plan, today)]
        fixed = constant(name, plan, today)
        if fixed:
            after, without = (np.full_like(values, np.nan) for values in (after, without))
            paths = [np.full_like(path, np.nan) for path in paths]
        for code, tier in enumerate(plan.scenario.tiers):
            # A whole year, as the last year beside it is: a quarter would show its season.
            before, _ = before_of(kpi, today, (tier,), min(YEAR, today.horizon_quarters))
            a, b = after[:, code], without[:, code]
            both = np.isfinite(a) & np.isfinite(b)
            change = a[both] - b[both]
            rows.append(
                Tracked(
                    metric=name, tier=tier, unit=kpi.unit, direction=kpi.direction,
                    before=mean(before),
                    plan=known(a), without=known(b), effect=known(change),
                    state=state_of(change, kpi.direction) if change.size else "not_shown",
                    is_worse=is_worse(kpi.direction * np.where(both, a - b, np.nan)),
                    quarters=_path(paths[0][:, :, code]), quarters_without=_path(paths[1][:, :, code]),
                    missing="" if known(a) is not None else "constant" if fixed else kpi.missing,
                )
            )  # fmt: skip
    return rows


def in_year(run: Run, name: str, first: int, stop: int) -> Values:
    """A figure of the last year; of customers lost, those of this year, as a share of who was left."""
    if not KPIS[name].level:
        return value(run, name, first, stop)
    left = 1.0 - series(run, name)
    before = left[:, first - 1] if first > 0 else np.ones_like(left[:, 0])
    return 1.0 - rate(left[:, stop - 1], before)


def by_quarter(run: Run, name: str) -> Values:
    """A figure quarter by quarter; of customers lost, those of the quarter, as a share of who was left."""
    path = series(run, name)
    if not KPIS[name].level:
        return path
    left = np.concatenate([np.ones_like(path[:, :1]), 1.0 - path], axis=1)
    return 1.0 - rate(left[:, 1:], left[:, :-1])


def _path(values: Values) -> list[float]:
    """Mean by quarter over the outcomes that have the figure, from shape (replications, quarters)."""
    return [mean(values[:, q]) for q in range(values.shape[1])]


def worth(plan: Run, today: Run) -> dict[str, tuple[Estimate | None, Estimate | None]]:
    """Present value of a customer of each tier at the start, under the plan and without it."""
    after, without = ltv(plan), ltv(today)
    return {
        tier: (known(after[:, code]), known(without[:, code]))
        for code, tier in enumerate(plan.scenario.tiers)
    }
