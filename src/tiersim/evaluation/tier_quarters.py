"""ROI by tier, quarter by quarter: what care of a tier costs against what the tier brings (E4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.npv import INCOME
from tiersim.evaluation.roi_parts import TierQuarter
from tiersim.evaluation.statistics import Values
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

GOODS = ("goods",)


def tier_quarters(comparison: Comparison) -> list[TierQuarter]:
    """One row a tier and quarter of orders, tiers in their order with newcomers and the company behind.

    Together they are the whole ledger of both worlds. Rows in which nothing ever happens are left out.
    """
    roles = comparison.roles
    today, plan = comparison.run(roles["today"]), comparison.run(roles["plan"])
    width = max(_quarters(today), _quarters(plan))
    a, b = (_sums(run, width) for run in (today, plan))
    labels = max((today.quarters, plan.quarters), key=len)
    rows = []
    for code, tier in enumerate(plan.names["tiers"]):
        for quarter in range(width):
            was, now = ({name: float(grid[code, quarter]) for name, grid in side.items()} for side in (a, b))
            if not any(was.values()) and not any(now.values()):
                continue
            rows.append(
                TierQuarter(
                    tier=tier,
                    quarter=labels[quarter],
                    in_horizon=quarter < plan.horizon_quarters,
                    cost_today=-was["cost"],
                    cost_plan=-now["cost"],
                    revenue_today=was["revenue"],
                    revenue_plan=now["revenue"],
                    margin_today=was["margin"],
                    margin_plan=now["margin"],
                    gain=now["margin"] + now["cost"] - was["margin"] - was["cost"],
                    orders_today=was["orders"],
                    orders_plan=now["orders"],
                    referrals_today=was["referrals"],
                    referrals_plan=now["referrals"],
                )
            )
    return rows


def _quarters(run: Run) -> int:
    ledger = run.data["ledger"]
    return int(ledger["order_quarter"].max()) + 1 if ledger["order_quarter"].size else 0


def _sums(run: Run, width: int) -> dict[str, Values]:
    """Means over the replications by tier at the start and quarter, shape (tiers, quarters) each."""
    ledger, names = run.data["ledger"], run.names["accounts"]
    account = ledger["account"]
    income, goods = (
        np.isin(account, [names.index(name) for name in wanted if name in names])
        for wanted in (INCOME, GOODS)
    )
    tiers = len(run.names["tiers"])

    def grid(table: str, time: str, keep: NDArray[np.bool_], weights: NDArray[np.generic]) -> Values:
        columns = run.data[table]
        flat = columns["tier0"][keep].astype(np.int64) * width + columns[time][keep]
        # Whole cents: their sum is exact in float64 up to 2^53.
        summed = sums(flat, weights[keep].astype(np.float64), tiers * width)
        return summed.reshape(tiers, width) / run.replications

    def money(keep: NDArray[np.bool_]) -> Values:
        return grid("ledger", "order_quarter", keep, ledger["cents"]) / 100.0

    kpis = run.data["kpis"]
    inside = kpis["quarter"] < width
    return {
        "revenue": money(income),
        "margin": money(income | goods),
        "cost": money(~(income | goods)),
        "orders": grid("kpis", "quarter", inside, kpis["orders"]),
        "referrals": grid("kpis", "quarter", inside, kpis["referrals"]),
    }
