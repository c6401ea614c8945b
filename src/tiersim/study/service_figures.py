"""What service costs and how fast it answers, from the tables of a run; one value a replication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.engine.accounts import BOT, CONTACT, ON_CALL, SERVICE, STAFF
from tiersim.runs.quarters import WEEKS
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.run import Run

Values = NDArray[np.float64]
SERVICE_COST = (STAFF, ON_CALL, SERVICE, BOT, CONTACT)
"""Accounts that the cost of service is made of: pay and duty, requests, bot, contacts."""
HIGH_VALUE = 2
"""The highest tiers of the start whose customers count as of high value."""
WEEKS_A_YEAR = 52


def years(run: Run) -> float:
    """Length of the plan."""
    return run.horizon_quarters * WEEKS / WEEKS_A_YEAR


def service_cost(run: Run) -> Values:
    """Cost of service a year of the plan, currency units, shape (replications,)."""
    ledger = run.data["ledger"]
    keep = (ledger["cash_quarter"] < run.horizon_quarters) & np.isin(ledger["account"], SERVICE_COST)
    return -sums(ledger["replication"][keep], ledger["cents"][keep], run.replications) / 100 / years(run)


def kpi(run: Run, column: str, tiers: int | None = None) -> Values:
    """Sum of a KPI over the plan; `tiers`: only customers of the highest tiers of the start."""
    kpis = run.data["kpis"]
    keep = kpis["quarter"] < run.horizon_quarters
    if tiers is not None:
        keep &= kpis["tier0"] < tiers
    return sums(kpis["replication"][keep], kpis[column][keep], run.replications)


def asked_of_people(run: Run, tiers: int | None = None) -> Values:
    """Requests that neither the bot nor the knowledge base solved."""
    return (
        kpi(run, "tickets", tiers) - kpi(run, "by_bot", tiers) - kpi(run, "self_served", tiers)
    )  # fmt: skip


def in_time(run: Run, tiers: int | None = None) -> Values:
    """Share of the requests to people that were answered within what was promised."""
    return np.asarray(1.0 - kpi(run, "late", tiers) / np.maximum(asked_of_people(run, tiers), 1.0))


def answer_hours(run: Run, tiers: int | None = None) -> Values:
    """Mean hours to the answer of people; clock hours where a tier is served round the clock."""
    return kpi(run, "answer_hours", tiers) / np.maximum(asked_of_people(run, tiers), 1.0)


def heads_by_pool(run: Run) -> dict[str, float]:
    """Mean people of each pool over the plan's quarters and the replications."""
    table = run.data["staff"]
    keep = table["quarter"] < run.horizon_quarters
    names = run.names["pools"]
    heads = sums(table["pool"][keep], table["heads"][keep], len(names))
    return {
        name: float(mean)
        for name, mean in zip(names, heads / run.horizon_quarters / run.replications, strict=True)
        if mean > 0
    }


def staff(run: Run, column: str) -> Values:
    """Mean over the quarters of the plan of a column of the staff table, summed over pools."""
    table = run.data["staff"]
    keep = table["quarter"] < run.horizon_quarters
    return sums(table["replication"][keep], table[column][keep], run.replications) / run.horizon_quarters
