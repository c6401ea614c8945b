"""Tier by tier, today against the plan, and for whom the plan is worse (R6: tiers are those at the start)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation import kpis
from tiersim.evaluation.findings import TierRow, Worse
from tiersim.evaluation.npv import npv_by_tier
from tiersim.evaluation.statistics import Values, estimate, half_width
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run


@dataclass(frozen=True)
class _Side:
    """Figures of one world, each of shape (replications, tiers)."""

    profit: Values
    churn: Values
    satisfaction: Values
    late: Values


def _side(run: Run) -> _Side:
    return _Side(npv_by_tier(run), kpis.first_year_churn(run), kpis.satisfaction(run), kpis.late_share(run))


def tier_rows(comparison: Comparison) -> list[TierRow]:
    """One row a tier, customers of the start only; what newcomers and the company bring is not in it."""
    roles = comparison.roles
    today, uniform, plan = (comparison.run(roles[role]) for role in ("today", "uniform", "plan"))
    a, b = _side(today), _side(plan)
    spread = npv_by_tier(uniform)
    customers = kpis.customers_at_start(today).mean(axis=0)
    revenue = _start_sum(today, "revenue_year").mean(axis=0)
    return [
        TierRow(
            tier=tier,
            customers=round(float(customers[code])),
            revenue_today=float(revenue[code]),
            profit_today=float(a.profit[:, code].mean()),
            profit_plan=float(b.profit[:, code].mean()),
            gain=estimate(b.profit[:, code] - a.profit[:, code]),
            gain_against_uniform=estimate(b.profit[:, code] - spread[:, code]),
            churn_today=mean(a.churn[:, code]),
            churn_plan=mean(b.churn[:, code]),
            satisfaction_today=mean(a.satisfaction[:, code]),
            satisfaction_plan=mean(b.satisfaction[:, code]),
            late_today=mean(a.late[:, code]),
            late_plan=mean(b.late[:, code]),
        )
        for code, tier in enumerate(today.scenario.tiers)
    ]


def worse_off(comparison: Comparison) -> list[Worse]:
    """Tiers for which a figure gets worse by more than its simulation error, profit first, then by tier."""
    roles = comparison.roles
    return worse_between(comparison.run(roles["today"]), comparison.run(roles["plan"]))


def worse_between(today: Run, plan: Run) -> list[Worse]:
    """`worse_off` of any two worlds on the same customers."""
    a, b = _side(today), _side(plan)
    customers = kpis.customers_at_start(today).mean(axis=0)
    found = []
    for what, sign in (("profit", 1.0), ("satisfaction", 1.0), ("churn", -1.0), ("late", -1.0)):
        before, after = getattr(a, what), getattr(b, what)
        for code, tier in enumerate(today.scenario.tiers):
            if is_worse(sign * (after[:, code] - before[:, code])):
                found.append(
                    Worse(
                        tier, round(float(customers[code])), what,
                        mean(before[:, code]), mean(after[:, code]),
                    )
                )  # fmt: skip
    return found


def is_worse(change: Values) -> bool:
    """Whether the mean change (positive is good) is below zero by more than its simulation error.

    Replications without the figure (no request, no customer) are left out with their pair partner, since
    the error counts pairs.
    """
    whole = change[: change.size // 2 * 2].reshape(-1, 2)
    known = whole[np.isfinite(whole).all(axis=1)].ravel()
    return known.size >= 4 and float(known.mean()) < -half_width(known)


def mean(values: Values) -> float:
    """Mean of the replications that have the figure; nan if none has."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _start_sum(run: Run, column: str) -> Values:
    start = run.data["start"]
    width = len(run.scenario.tiers)
    inside = start["tier"] < width
    flat = start["replication"][inside] * width + start["tier"][inside].astype(np.int64)
    summed = sums(flat, start[column][inside], run.replications * width)
    return summed.reshape(run.replications, width)
