"""Sums by replication, quarter and tier at the start: what every key figure is made of (R6).

A cube has the shape (replications, quarters of the horizon, tiers): customers of the start only, unless it
says otherwise. Money is in currency units, not discounted, in the quarter of the order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation import kpis
from tiersim.evaluation.statistics import Values
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run

Measure = Callable[["Run"], Values]


def counted(*columns: str, minus: tuple[str, ...] = ()) -> Measure:
    """Sum of columns of the table of key figures, less others."""

    def cube(run: Run) -> Values:
        table = run.data["kpis"]
        keep = (table["cohort"] == 1) & (table["quarter"] < run.horizon_quarters)
        weights = sum((table[name].astype(np.float64) for name in columns), np.zeros(keep.size))
        weights = weights - sum((table[name].astype(np.float64) for name in minus), np.zeros(keep.size))
        return _cube(run, "kpis", "quarter", keep, weights)

    return cube


def money(*accounts: str, sign: float = 1.0) -> Measure:
    """Sum of accounts of the ledger by quarter of the order; without names, all of them."""

    def cube(run: Run) -> Values:
        ledger = run.data["ledger"]
        keep = (ledger["cohort"] == 1) & (ledger["order_quarter"] < run.horizon_quarters)
        if accounts:
            names = run.names["accounts"]
            codes = [names.index(name) for name in accounts if name in names]
            keep &= np.isin(ledger["account"], codes)
        return _cube(run, "ledger", "order_quarter", keep, sign * ledger["cents"] / 100.0)

    return cube


def at_start(run: Run) -> Values:
    """Customers at the start, the same in every quarter."""
    there = kpis.customers_at_start(run)
    return np.broadcast_to(there[:, None, :], (run.replications, run.horizon_quarters, there.shape[1]))


def years(run: Run) -> Values:
    """Length of each quarter in years, the same for every tier; adds up over quarters, not over tiers."""
    return np.full((run.replications, run.horizon_quarters, 1), 0.25)


def _cube(run: Run, table: str, by: str, keep: NDArray[np.bool_], weights: NDArray[np.generic]) -> Values:
    columns, tiers, quarters = run.data[table], len(run.scenario.tiers), run.horizon_quarters
    keep = keep & (columns["tier0"] < tiers) & (columns[by] >= 0)
    flat = columns["replication"][keep].astype(np.int64) * quarters + columns[by][keep]
    flat = flat * tiers + columns["tier0"][keep]
    summed = sums(flat, weights[keep].astype(np.float64), run.replications * quarters * tiers)
    return summed.reshape(run.replications, quarters, tiers)
