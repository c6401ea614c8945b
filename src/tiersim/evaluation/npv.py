"""Present values by tier, and cash as it falls: cumulative curve, payback, deepest dip (R5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.statistics import Values
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run

INCOME = ("revenue", "fees")
"""Accounts of what customers pay, before discounts: goods and, where a tier is charged for it, service."""

CARE = (
    "service", "bot", "contact", "staff", "on_call", "strategies", "campaigns", "discounts", "points",
    "loyalty", "warning", "win_back",
)  # fmt: skip
"""Accounts of running care: what a budget is spent on."""

WINNING = ("acquisition", "sales")
"""Accounts of winning customers, beside the budget of care."""

ONCE = ("hiring", "training", "severance", "one_off", "compensation", "fixes")
"""Accounts of change and of mishaps: paid once or now and then (R5)."""


def npv_by_tier(run: Run, horizon_only: bool = False) -> Values:
    """Present value of the customers of the start, shape (replications, tiers), by tier at the start.

    Newcomers and the company's own money are left out: a newcomer's tier depends on the policy (R6).
    """
    ledger = run.data["ledger"]
    keep = ledger["cohort"] == 1
    if horizon_only:
        keep &= ledger["order_quarter"] < run.horizon_quarters
    return table(run, "ledger", "tier0", keep, ledger["pv"])[:, : len(run.scenario.tiers)]


def cash_by_quarter(run: Run) -> Values:
    """Net cash in currency units as it falls, shape (replications, quarters); not discounted."""
    ledger = run.data["ledger"]
    keep = np.ones(ledger["cents"].size, dtype=bool)
    return table(run, "ledger", "cash_quarter", keep, ledger["cents"] / 100.0)


def money_by_account(run: Run) -> Values:
    """Money of the horizon in currency units a year, shape (replications, accounts); not discounted."""
    ledger = run.data["ledger"]
    keep = ledger["order_quarter"] < run.horizon_quarters
    return table(run, "ledger", "account", keep, ledger["cents"] / 100.0) / (run.scenario.horizon / 52.0)


def pv_by_account(run: Run) -> Values:
    """Present value with run-out, shape (replications, accounts)."""
    return run.npv(by="account")


def spending(run: Run, by_account: Values, accounts: tuple[str, ...]) -> Values:
    """Cost (positive) on some accounts by replication."""
    names = run.names["accounts"]
    return -by_account[:, [names.index(name) for name in accounts if name in names]].sum(axis=1)


def account_order(names: Sequence[str]) -> list[int]:
    """Codes of the accounts as they are listed: income first, the rest as it stands in the ledger."""
    return sorted(range(len(names)), key=lambda code: names[code] not in INCOME)


def table(run: Run, name: str, by: str, keep: NDArray[np.bool_], weights: NDArray[np.generic]) -> Values:
    """Sums of `weights` by replication and code of the column `by`, shape (replications, codes)."""
    columns = run.data[name]
    codes = columns[by][keep].astype(np.int64)
    if by.endswith("quarter"):
        width = run.last_quarter + 1
    else:
        width = len(run.names["accounts" if by == "account" else "tiers"])
    flat = columns["replication"][keep] * width + codes
    summed = sums(flat, weights[keep].astype(np.float64), run.replications * width)
    return summed.reshape(run.replications, width)


@dataclass(frozen=True)
class Payback:
    """When extra cash has come back; quarters are numbers from the start.

    ``quarter`` is the first after which the cumulative curve never is below zero again (None: it ends
    below). ``dip`` is its lowest point, 0 where it never is below zero.
    """

    quarter: int | None
    dip: float
    dip_quarter: int


def payback(cumulative: Values) -> Payback:
    """Payback and deepest dip of one cumulative curve, shape (quarters,)."""
    below = np.flatnonzero(cumulative < 0)
    lowest = int(cumulative.argmin())
    dip = min(0.0, float(cumulative[lowest]))
    if below.size == 0:
        return Payback(0, 0.0, lowest)
    last = int(below[-1])
    return Payback(last + 1 if last + 1 < cumulative.size else None, dip, lowest)
