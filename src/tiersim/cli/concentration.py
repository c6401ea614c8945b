"""What `run` prints of concentration and shocks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tiersim.cli.printing import Row, say, table
from tiersim.evaluation.concentration import held

if TYPE_CHECKING:
    from tiersim.report.numbers import Numbers
    from tiersim.runs.run import Run


def print_concentration(run: Run, n: Numbers) -> None:
    """One line for the 1, 5 and 10 largest customers, at the start and at the end of the plan."""
    if "concentration" not in run.data:
        return
    rows: list[Row] = []
    for row in held(run):
        who = "the largest customer" if row.top == 1 else f"the {row.top} largest"
        when = "at the start" if row.week == 0 else "at the plan's end"
        years = "–" if math.isnan(row.replace_years) else f"{n.number(row.replace_years, 2)} years"
        cells = [n.percent(row.revenue_share), n.percent(row.margin_share), n.money(row.profit_lost), years]
        rows.append((f"{who}, {when}", cells))
    say()
    table(["of revenue", "of margin", "lost if they left", "of newcomers replace it"], rows)


def print_shocks(run: Run, n: Numbers) -> None:
    """How often each shock came and whom it met."""
    shocks = run.data.get("shocks")
    if shocks is None:
        return
    rows: list[Row] = []
    for code, name in enumerate(run.names["shocks"]):
        these = shocks["shock"] == code
        times = float(these.sum()) / run.replications
        met = float(shocks["customers"][these].mean()) if these.any() else 0.0
        taken = float(np.sum(shocks["taken"][these])) / run.replications
        rows.append((name, [n.number(times, 2), n.count(met), n.number(taken, 2)]))
    say()
    table(["shocks: times it came", "customers it met", "lost at once"], rows)
