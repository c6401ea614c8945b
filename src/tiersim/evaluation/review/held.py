"""Figures by the tier that customers hold, from a run with every row: a comparison adds them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.kpis import rate
from tiersim.evaluation.npv import CARE, INCOME
from tiersim.evaluation.review.findings import TierHeld
from tiersim.evaluation.statistics import Values, estimate
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

MOST = 40
"""Replications of the run with every row, at most: it takes ten times the room of its sums."""

LEAST = 8
CUSTOMER_WEEKS = 1.2e8
"""Work that the further run allows itself (see `tiersim.runs.comparison.QUICK_CUSTOMER_WEEKS`)."""

YEAR = 4
"""Quarters of the last year."""


def held_replications(comparison: Comparison) -> int:
    """How many of the comparison's replications are simulated again with every row; even where it can be."""
    scenario = comparison.scenario
    weeks = scenario.burn_in + scenario.horizon + scenario.run_out
    fit = int(CUSTOMER_WEEKS / (scenario.customers * weeks)) // 2 * 2
    return min(comparison.replications, MOST, max(LEAST, fit))


def held_run(comparison: Comparison, plan: str, **simulation: Any) -> Run:
    """The plan's world with every row: the same replications as the comparison's first ones."""
    from tiersim.runs.pieces import WorldPlan
    from tiersim.runs.simulation import run_worlds

    run = comparison.run(plan)
    return run_worlds(
        run.scenario, [WorldPlan(plan, run.policy)], held_replications(comparison), comparison.seed, "full",
        **simulation,
    )[0]  # fmt: skip


def last_year(run: Run) -> tuple[int, int]:
    """First quarter of the plan's last year and the one after its last; a shorter plan is taken whole."""
    return max(0, run.horizon_quarters - YEAR), run.horizon_quarters


def money(run: Run, accounts: tuple[str, ...] = (), sign: float = 1.0) -> Values:
    """Money of the last year by the tier held when it was ordered, a year, shape (replications, names)."""
    first, stop = last_year(run)
    ledger = run.data["ledger"]
    keep = (ledger["order_quarter"] >= first) & (ledger["order_quarter"] < stop)
    if accounts:
        names = run.names["accounts"]
        keep &= np.isin(ledger["account"], [names.index(name) for name in accounts if name in names])
    cents = _grid(run, "ledger", keep, "tier_now", ledger["cents"])
    return sign * cents / 100.0 / ((stop - first) / 4.0)


def counted(run: Run, *columns: str, last: bool = False) -> Values:
    """Sum of columns of the key figures in the last year (or its last quarter), by tier held."""
    first, stop = last_year(run)
    table = run.data["kpis"]
    keep = (table["quarter"] >= (stop - 1 if last else first)) & (table["quarter"] < stop)
    weights = sum((table[name].astype(np.float64) for name in columns), np.zeros(keep.size))
    return _grid(run, "kpis", keep, "tier_now", weights)


def _grid(run: Run, table: str, keep: Any, by: str, weights: Any) -> Values:
    columns, width = run.data[table], len(run.names["tiers"])
    flat = columns["replication"][keep].astype(np.int64) * width + columns[by][keep]
    summed = sums(flat, weights[keep].astype(np.float64), run.replications * width)
    return summed.reshape(run.replications, width)


def desk(run: Run, *columns: str) -> Values:
    """Sum of columns of the service desk in the last year, by tier when the request was filed."""
    first, stop = last_year(run)
    table = run.data["desk"]
    keep = (table["quarter"] >= first) & (table["quarter"] < stop)
    weights = sum((table[name].astype(np.float64) for name in columns), np.zeros(keep.size))
    return _grid(run, "desk", keep, "tier", weights)


def sizes(run: Run) -> Values:
    """Customers in the company's eyes at the end of each quarter, shape (replications, quarters, names)."""
    table, width, quarters = run.data["kpis"], len(run.names["tiers"]), run.horizon_quarters
    keep = (table["quarter"] >= 0) & (table["quarter"] < quarters)
    flat = table["replication"][keep].astype(np.int64) * quarters + table["quarter"][keep]
    flat = flat * width + table["tier_now"][keep]
    there = table["active"][keep].astype(np.float64) - table["lapsed"][keep]
    return sums(flat, there, run.replications * quarters * width).reshape(run.replications, quarters, width)


def known(values: Values) -> Estimate | None:
    """`estimate` of the outcomes that have the figure; None if none has."""
    there = values[np.isfinite(values)]
    return estimate(there) if there.size else None


def share_of(values: Values) -> Values:
    """Share of the means in their sum, shape (names,); nan where there is nothing to share."""
    means = values.mean(axis=0)
    return np.asarray(means / means.sum()) if means.sum() > 0 else np.full(means.size, np.nan)


def _broken(in_time: Values) -> float:
    there = in_time[np.isfinite(in_time)]
    return float((there < 0.5).mean()) if there.size else float("nan")


def tiers_held(run: Run) -> list[TierHeld]:
    """One row for each tier, and for ``new`` and ``company``; together they are the whole base and ledger."""
    start = run.data["start"]
    names = run.names["tiers"]
    began = sums(start["tier"].astype(np.int64), start["customers"], len(names)) / run.replications
    there = sizes(run)[:, -1]
    gross = (*INCOME, "discounts", "goods")
    paid, profit = money(run, (*INCOME, "discounts")), money(run)
    margin, care = money(run, gross).mean(axis=0), money(run, CARE, -1.0).mean(axis=0)
    filed = desk(run, "filed")
    in_time = 1.0 - rate(desk(run, "late"), filed)
    solved = 1.0 - rate(desk(run, "solved_late"), filed)
    negative = rate(counted(run, "detractors"), counted(run, "answered"))
    active = counted(run, "active")
    buying = rate(active - counted(run, "lapsed"), active)
    shares = [share_of(values) for values in (there, paid, profit)]
    return [
        TierHeld(
            tier, float(began[k]), estimate(there[:, k]), float(shares[0][k]),
            estimate(paid[:, k]), float(shares[1][k]), float(margin[k]), float(care[k]),
            estimate(profit[:, k]), float(shares[2][k]),
            known(in_time[:, k]), _broken(in_time[:, k]), known(solved[:, k]),
            known(negative[:, k]), known(buying[:, k]),
        )
        for k, tier in enumerate(names)
    ]  # fmt: skip
