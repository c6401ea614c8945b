"""Figures of service and loyalty of the customers of the start (R6): churn, satisfaction, lateness, NPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.npv import INCOME, table
from tiersim.evaluation.statistics import Values
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run

LOST = tuple(
    f"true_lost_{cause}" for cause in ("service", "price", "product", "budget", "other", "bankruptcy")
)
GONE, BACK = (*LOST, "let_go"), "true_won_back"
"""Columns of customers who go, for whatever reason, and of those who come back."""

FIRST_YEAR = 4
"""Quarters of the first year."""


def customers_at_start(run: Run) -> Values:
    """Customers at the start, shape (replications, tiers)."""
    start = run.data["start"]
    width = len(run.names["tiers"])
    flat = start["replication"] * width + start["tier"].astype(np.int64)
    summed = sums(flat, start["customers"], run.replications * width)
    return summed.reshape(run.replications, width)[:, : len(run.scenario.tiers)]


def kpi_sum(run: Run, column: str, quarters: int | None = None, cohort: int | None = 1) -> Values:
    """Sum of a KPI over the first `quarters` (default: the horizon), shape (replications, tiers).

    ``cohort`` 1 takes the customers of the start, None everybody; tiers are those at the start (with
    ``new`` and ``company`` behind them).
    """
    kpis = run.data["kpis"]
    keep = kpis["quarter"] < (run.horizon_quarters if quarters is None else quarters)
    if cohort is not None:
        keep &= kpis["cohort"] == cohort
    return table(run, "kpis", "tier0", keep, kpis[column])


def rate(above: Values, below: Values) -> Values:
    """Ratio where there is something to divide by, else nan; any shape."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)


def losses(run: Run, quarters: int | None = None, cohort: int | None = 1) -> Values:
    """Customers gone for good, shape (replications, tiers): lost or let go, less those who were won back."""
    gone = sum((kpi_sum(run, column, quarters, cohort) for column in GONE), np.zeros(()))
    return np.asarray(gone - kpi_sum(run, BACK, quarters, cohort))


def first_year_churn(run: Run) -> Values:
    """Share of the customers of the start lost in the first year, shape (replications, tiers)."""
    quarters = min(FIRST_YEAR, run.horizon_quarters)
    tiers = len(run.scenario.tiers)
    return rate(losses(run, quarters)[:, :tiers], customers_at_start(run))


def satisfaction(run: Run) -> Values:
    """Mean true satisfaction over the horizon, shape (replications, tiers)."""
    return _per(run, "true_satisfaction", "customer_weeks")


def late_share(run: Run) -> Values:
    """Share of service requests answered late in the horizon, shape (replications, tiers)."""
    return _per(run, "late", "tickets")


def renewal_rate(run: Run) -> Values:
    """Share of the contracts due in the horizon that were renewed, shape (replications, tiers)."""
    return _per(run, "renewed", "renewals_due")


def nps(run: Run) -> Values:
    """Net promoter score from the surveys that came back, -100 to 100, shape (replications, tiers)."""
    promoters, detractors, answered = (
        kpi_sum(run, column)[:, : len(run.scenario.tiers)]
        for column in ("promoters", "detractors", "answered")
    )
    return 100 * rate(promoters - detractors, answered)


def arpu(run: Run) -> Values:
    """Yearly revenue of an active customer of the start in the horizon, shape (replications, tiers).

    Revenue less discounts, and fees, ÷ customer-weeks × 52, in currency units, not discounted.
    """
    ledger = run.data["ledger"]
    keep = (ledger["cohort"] == 1) & (ledger["order_quarter"] < run.horizon_quarters)
    names = run.names["accounts"]
    keep &= np.isin(
        ledger["account"], [names.index(name) for name in (*INCOME, "discounts") if name in names]
    )
    revenue = table(run, "ledger", "tier0", keep, ledger["cents"] / 100.0)
    weeks = kpi_sum(run, "customer_weeks")
    return (rate(revenue, weeks) * 52)[:, : len(run.scenario.tiers)]


def capped_share(run: Run) -> float:
    """Share of all customer-weeks of the horizon in which the combined lift met its cap (R7)."""
    weeks = kpi_sum(run, "customer_weeks", cohort=None).sum()
    return float(kpi_sum(run, "capped", cohort=None).sum() / weeks) if weeks else 0.0


def peak_staff(run: Run) -> Values:
    """Highest staff of the horizon, teams added up quarter by quarter, shape (replications,)."""
    staff = run.data["staff"]
    inside: NDArray[np.bool_] = (staff["quarter"] >= 0) & (staff["quarter"] < run.horizon_quarters)
    width = run.horizon_quarters
    flat = staff["replication"][inside] * width + staff["quarter"][inside].astype(np.int64)
    heads = sums(flat, staff["peak"][inside], run.replications * width)
    return heads.reshape(run.replications, width).max(axis=1)


def _per(run: Run, above: str, below: str) -> Values:
    tiers = len(run.scenario.tiers)
    return rate(kpi_sum(run, above)[:, :tiers], kpi_sum(run, below)[:, :tiers])
