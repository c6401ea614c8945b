"""One world, many replications: a scenario's outcome as typed tables."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from tiersim.runs import tables as columns_of
from tiersim.runs.errors import RunError
from tiersim.runs.quarters import WEEKS, quarter_labels
from tiersim.runs.reduce import Reduction, sums
from tiersim.runs.tables import Columns

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from tiersim.scenario.schema import Scenario

By = Literal["tier0", "cohort", "account", "order_quarter", "cash_quarter"]


@dataclass(frozen=True, eq=False)
class Run:
    """What a scenario gave in one world.

    Tables are frames with readable labels: `kpis`, `ledger`, `moves`, `reviews`, `triggers`, `staff`,
    `desk`, `funds`, `start`, `lorenz`, `concentration`, `shocks`, `draws`; `describe` explains their
    columns. `data` holds the same as plain arrays of codes.
    `desk`, `funds`, `lifecycle` (if the scenario has it), `start`, `lorenz`, `draws`; `describe` explains
    their columns. `data` holds the same as plain arrays of codes.
    """

    scenario: Scenario
    label: str
    policy: str | None
    seed: int
    replications: int
    reduction: Reduction
    data: dict[str, Columns]
    names: dict[str, list[str]]

    @property
    def worlds(self) -> tuple[str, ...]:
        """Labels of the worlds simulated: one."""
        return (self.label,)

    @property
    def quarters(self) -> list[str]:
        """Labels of all quarters of the tables, receivables after the end included."""
        return quarter_labels(self.scenario.start, range(self.last_quarter + 1))

    @property
    def horizon_quarters(self) -> int:
        """Quarters of the plan; those after it are run-out."""
        return round(self.scenario.horizon / WEEKS)

    @cached_property
    def last_quarter(self) -> int:
        """Number of the last quarter in the tables."""
        whole = round((self.scenario.horizon + self.scenario.run_out) / WEEKS) - 1
        return max(whole, columns_of.last_quarter(self.data))

    def frame(self, table: str) -> pd.DataFrame:
        """Readable frame of a table.

        Raises
        ------
        RunError
            The run has no such table, as its scenario lacks the section that fills it.
        """
        if table not in self.data:
            there = ", ".join(sorted(self.data))
            raise RunError(f"this run has no table {table}: its scenario lacks the section for it ({there})")
        return columns_of.to_frame(
            table, self.data[table], self.names, self.scenario.start, self.last_quarter
        )

    @cached_property
    def kpis(self) -> pd.DataFrame:
        """Customers, orders, service and surveys by quarter, cohort and tier."""
        return self.frame("kpis")

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Every amount of money by quarter, cohort, tier and account."""
        return self.frame("ledger")

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Customers that moved between tiers."""
        return self.frame("moves")

    @cached_property
    def reviews(self) -> pd.DataFrame:
        """Tiers after each periodic review: customers, how many are rightly there, what they bring."""
        return self.frame("reviews")

    @cached_property
    def triggers(self) -> pd.DataFrame:
        """How often each trigger was looked at, fired, moved somebody, and fired on noise, by quarter."""
        return self.frame("triggers")

    @cached_property
    def staff(self) -> pd.DataFrame:
        """Teams by quarter."""
        return self.frame("staff")

    @cached_property
    def desk(self) -> pd.DataFrame:
        """Service levels by quarter, policy, tier and class of request; hours are those of the promise."""
        return self.frame("desk")

    @cached_property
    def warnings(self) -> pd.DataFrame:
        """How right warnings were, by quarter, policy, tier and detector; needs the section `warning`."""
        return self.frame("warnings")

    @cached_property
    def calibration(self) -> pd.DataFrame:
        """Who left by tenth of the score or chance a quarter before; needs the section `warning`."""
        return self.frame("calibration")

    @cached_property
    def watch_list(self) -> pd.DataFrame:
        """The warning list of the horizon's last week, gravest first; needs the section `warning`."""
        return self.frame("watch_list")

    @cached_property
    def funds(self) -> pd.DataFrame:
        """What became of the budget by quarter and group."""
        return self.frame("funds")

    @cached_property
    def lifecycle(self) -> pd.DataFrame:
        """Customers by quarter, stage of life before and after, and true stage (section lifecycle)."""
        return self.frame("lifecycle")

    @cached_property
    def memo(self) -> pd.DataFrame:
        """What is owed and by how much it changed; only with a loyalty programme."""
        return self.frame("memo")

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Customers, money and points by loyalty level; only with a loyalty programme."""
        return self.frame("levels")

    @cached_property
    def leads(self) -> pd.DataFrame:
        """Leads by quarter, arm and channel: what they cost, how many were won, what these should bring.

        Only where the scenario wins customers from leads (``acquisition``).
        """
        return self.frame("leads")

    @cached_property
    def start(self) -> pd.DataFrame:
        """Customers at the start by tier."""
        return self.frame("start")

    @cached_property
    def lorenz(self) -> pd.DataFrame:
        """Share of the gross margin by share of customers at the start."""
        return self.frame("lorenz")

    @cached_property
    def concentration(self) -> pd.DataFrame:
        """What hangs on the 1, 5 and 10 largest customers, at the start and at the end of the horizon."""
        return self.frame("concentration")

    @cached_property
    def shocks(self) -> pd.DataFrame:
        """When each shock began and whom it met; only where the scenario has shocks."""
        return self.frame("shocks")

    @cached_property
    def draws(self) -> pd.DataFrame:
        """Values of the assumptions in every replication."""
        return self.frame("draws")

    def describe(self) -> pd.DataFrame:
        """Data dictionary: table, column, unit, meaning."""
        return columns_of.describe(self.data)

    def npv(self, horizon_only: bool = False, by: By | None = None) -> NDArray[np.float64]:
        """Net present value of each replication in currency units (R5).

        Parameters
        ----------
        horizon_only : only what was ordered within the horizon, receivables included; else with run-out.
        by : also by the codes of a column of the ledger; shape (replications, codes).
        """
        ledger = self.data["ledger"]
        keep: NDArray[np.bool_] | slice = slice(None)
        if horizon_only:
            keep = ledger["order_quarter"] < self.horizon_quarters
        pv, row = ledger["pv"][keep], ledger["replication"][keep]
        if by is None:
            return sums(row, pv, self.replications)
        codes = ledger[by][keep].astype(np.int64)
        width = self.width(by)
        flat = sums(row * width + codes, pv, self.replications * width)
        return flat.reshape(self.replications, width)

    def width(self, by: By) -> int:
        """Number of codes of a column of the ledger."""
        if by in ("order_quarter", "cash_quarter"):
            return self.last_quarter + 1
        return 2 if by == "cohort" else len(self.names[{"tier0": "tiers", "account": "accounts"}[by]])

    def labels(self, by: By) -> list[str]:
        """Labels of these codes."""
        if by in ("order_quarter", "cash_quarter"):
            return self.quarters
        if by == "cohort":
            return list(columns_of.COHORTS)
        return list(self.names[{"tier0": "tiers", "account": "accounts"}[by]])

    def save(self, folder: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Write the run as Parquet tables and ``run.json``, whole or not at all."""
        from tiersim.runs.folder import save

        return save([self], folder, overwrite)

    def _repr_html_(self) -> str:
        from html import escape

        npv = self.npv()
        low, high = np.quantile(npv, [0.025, 0.975])
        sizes = ", ".join(f"{name} ({next(iter(t.values())).size:,})" for name, t in self.data.items())
        return (
            f"<p><b>{escape(self.scenario.name)}</b>: {escape(self.label)}, {self.replications} "
            f"replications, seed {self.seed}</p><p>Net present value {escape(self.scenario.currency)} "
            f"{npv.mean():,.0f} (95 % of the outcomes: {low:,.0f} to {high:,.0f})</p>"
            f"<p>Tables (rows): {escape(sizes)}; <code>describe()</code> explains the columns.</p>"
        )

    def __repr__(self) -> str:
        return (
            f"<Run {self.label!r} of {self.scenario.name!r}: {self.replications} replications, "
            f"seed {self.seed}>"
        )
