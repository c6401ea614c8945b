"""How the profit margin goes with time under the plan: the dip at first, the lag until it is ahead (E5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.npv import INCOME, table
from tiersim.evaluation.roi_parts import MarginPath, MarginPoint
from tiersim.evaluation.statistics import Values, estimate

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

YEAR = 4
"""Quarters of a year."""


def margin_path(comparison: Comparison) -> MarginPath:
    """Profit margin of both worlds by quarter of orders and by year from the start, run-out included.

    Margin is all money by income less discounts, so that it falls when care is paid before it works. A last
    year of fewer than four quarters is left out.
    """
    roles = comparison.roles
    today, plan = comparison.run(roles["today"]), comparison.run(roles["plan"])
    scenario = plan.scenario
    count = round((scenario.horizon + scenario.run_out) / 13)
    sides = [_money(run, count) for run in (today, plan)]
    labels = plan.quarters
    quarters = [
        _point(labels[quarter], quarter < plan.horizon_quarters, [side[:, :, [quarter]] for side in sides])
        for quarter in range(count)
    ]
    years = [
        _point(
            str(year + 1),
            (year + 1) * YEAR <= plan.horizon_quarters,
            [side[:, :, year * YEAR : (year + 1) * YEAR] for side in sides],
        )
        for year in range(count // YEAR)
    ]
    known = [(point.change.mean, point.period) for point in quarters if point.change is not None]
    ahead = next((period for change, period in known if change > 0.0), None)
    if not known:
        return MarginPath(quarters, years)
    return MarginPath(quarters, years, ahead, *min(known))


def _money(run: Run, count: int) -> Values:
    """All money, and income less discounts, shape (2, replications, quarters)."""
    ledger, names = run.data["ledger"], run.names["accounts"]
    paid = np.isin(ledger["account"], [names.index(name) for name in (*INCOME, "discounts") if name in names])
    every = np.ones(paid.size, dtype=bool)
    grids = [table(run, "ledger", "order_quarter", keep, ledger["cents"] / 100.0) for keep in (every, paid)]
    return np.stack([grid[:, :count] for grid in grids])


def _point(period: str, inside: bool, sides: list[Values]) -> MarginPoint:
    """Margins of a period: sums over its quarters, before they are divided."""
    sums = [side.sum(axis=2) for side in sides]
    if not all((paid > 0.0).all() for _, paid in sums):
        return MarginPoint(period, inside, None, None, None)
    today, plan = (100.0 * money / paid for money, paid in sums)
    return MarginPoint(period, inside, float(today.mean()), float(plan.mean()), estimate(plan - today))
