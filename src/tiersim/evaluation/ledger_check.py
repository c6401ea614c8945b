"""Totals as a report tells them beside the same totals summed from the rows of the ledger."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.evaluation.npv import INCOME
from tiersim.evaluation.roi_parts import LedgerTotal

if TYPE_CHECKING:
    from tiersim.evaluation.findings import RoiFindings
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run


def ledger_check(comparison: Comparison, found: RoiFindings) -> list[LedgerTotal]:
    """What the findings say against the ledgers of both worlds, row by row, means over the replications.

    Present values are added exactly (`math.fsum`), money as whole cents, in another order than in the
    findings: what agrees was neither lost nor counted twice on the way.
    """
    roles = comparison.roles
    today, plan = comparison.run(roles["today"]), comparison.run(roles["plan"])
    years = plan.scenario.horizon / 52.0
    accounts = {row.account: row.by_policy[roles["plan"]] for row in found.accounts}
    inside = [row for row in found.tier_quarters if row.in_horizon]
    of_start = found.tiers
    return [
        LedgerTotal("gain", found.gain.mean, _present(plan) - _present(today)),
        LedgerTotal("gain_by_step", math.fsum(step.amount.mean for step in found.waterfall),
                    _present(plan) - _present(today)),
        LedgerTotal("gain_of_start", math.fsum(row.gain.mean for row in of_start),
                    _present(plan, cohort=1) - _present(today, cohort=1)),
        LedgerTotal("cash", found.cash[-1].mean, _cents(plan) - _cents(today)),
        LedgerTotal("revenue", years * math.fsum(accounts.get(name, 0.0) for name in INCOME),
                    _cents(plan, INCOME, horizon=True)),
        LedgerTotal("profit", years * math.fsum(accounts.values()), _cents(plan, horizon=True)),
        LedgerTotal("revenue_by_tier", math.fsum(row.revenue_plan for row in inside),
                    _cents(plan, INCOME, horizon=True)),
        LedgerTotal("profit_by_tier", math.fsum(row.margin_plan - row.cost_plan for row in inside),
                    _cents(plan, horizon=True)),
        LedgerTotal("gain_by_tier", math.fsum(row.gain for row in found.tier_quarters),
                    _cents(plan) - _cents(today)),
    ]  # fmt: skip


def _present(run: Run, cohort: int | None = None) -> float:
    ledger = run.data["ledger"]
    rows = ledger["pv"] if cohort is None else ledger["pv"][ledger["cohort"] == cohort]
    return math.fsum(rows.tolist()) / run.replications


def _cents(run: Run, accounts: tuple[str, ...] | None = None, horizon: bool = False) -> float:
    """Money in currency units, not discounted, summed as whole cents."""
    ledger, names = run.data["ledger"], run.names["accounts"]
    keep = ledger["cents"] != 0
    if accounts is not None:
        wanted = [code for code, name in enumerate(names) if name in accounts]
        keep &= sum((ledger["account"] == code for code in wanted), keep & False).astype(bool)
    if horizon:
        keep &= ledger["order_quarter"] < run.horizon_quarters
    return int(ledger["cents"][keep].sum()) / run.replications / 100.0
