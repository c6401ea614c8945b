"""Lorenz curve of profit: how much of it how few customers bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiersim.report.drawing import BAND, INK, PLAN, QUIET
from tiersim.report.pictures.canvas import Picture, canvas, grid, percent

if TYPE_CHECKING:
    from tiersim.runs.run import Run

TOP = 0.2
POINTS = 201
Floats = npt.NDArray[np.float64]


def lorenz(values: npt.ArrayLike, what: str = "profit") -> Picture:
    """Cumulative share of profit over customers, the most profitable first.

    The point of the top fifth and the Gini coefficient are marked: twice the area between the curve and the
    line of equal shares. Customers that lose money make the curve rise above 100 % before it falls back.

    Parameters
    ----------
    values : profit of each customer, shape (n,); or of several replications, shape (replications, n), which
        gives a band of the central 95 % of them.
    what : what the values are, for the labels.

    Raises
    ------
    ValueError : no customers, or a total that is not above 0.
    """
    amounts = np.atleast_2d(np.asarray(values, np.float64))
    amounts = np.where(np.isfinite(amounts), amounts, 0.0)
    if amounts.shape[1] == 0:
        raise ValueError(f"a curve of {what} needs at least one customer")
    totals = amounts.sum(axis=1)
    if np.any(totals <= 0):
        raise ValueError(f"the total {what} is not above 0, so its shares have no meaning")
    ordered = -np.sort(-amounts, axis=1)
    curves = np.concatenate([np.zeros((len(ordered), 1)), np.cumsum(ordered, axis=1)], axis=1)
    curves /= totals[:, None]
    n = amounts.shape[1]
    x = np.unique(np.concatenate([np.linspace(0, 1, POINTS), np.arange(min(n, POINTS) + 1) / n, [TOP]]))
    return _draw(x, np.array([np.interp(x * n, np.arange(n + 1), c) for c in curves]), n, what)


def lorenz_of_run(run: Run) -> Picture:
    """The curve of gross margin at the start of a run, with the range of its replications."""
    table = run.data["lorenz"]
    replications = int(table["replication"].max()) + 1
    x = table["share_customers"].reshape(replications, -1)[0]
    y = table["share_profit"].reshape(replications, -1)
    # The table goes from the smallest customer up, the picture from the biggest down.
    return _draw(1.0 - x[::-1], 1.0 - y[:, ::-1], run.scenario.customers, "gross margin")


def _draw(x: Floats, curves: Floats, customers: int, what: str) -> Picture:
    mean = curves.mean(axis=0)
    ginis = 2.0 * np.trapezoid(curves, x, axis=1) - 1.0
    tops = np.array([np.interp(TOP, x, curve) for curve in curves])
    top, gini = float(tops.mean()), round(float(ginis.mean()), 9) + 0.0
    several = len(curves) > 1
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    title = f"The top {percent(TOP)} of customers bring {percent(top)} of {what}"
    with canvas(4.6, 4.0, title) as (figure, axes):
        axes.plot([0, 100], [0, 100], color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.annotate("if all brought the same", (34, 31), rotation=39, fontsize=7, color=QUIET, ha="center",
                      va="top")  # fmt: skip
        if several:
            axes.fill_between(100 * x, 100 * low, 100 * high, color=BAND, linewidth=0)
        axes.plot(100 * x, 100 * mean, color=PLAN, linewidth=1.8)
        axes.plot([100 * TOP] * 2 + [0], [0, 100 * top, 100 * top], color=INK, linewidth=0.7,
                  linestyle=(0, (1, 1.5)))  # fmt: skip
        axes.plot([100 * TOP], [100 * top], marker="o", markersize=5, color="white", markeredgecolor=PLAN)
        spread = f"\n({_range(tops)})" if several else ""
        axes.annotate(f"{percent(TOP)} of customers: {percent(top)} of {what}{spread}",
                      (100 * TOP, 100 * top), xytext=(9, -4), textcoords="offset points",
                      va="top", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip
        axes.plot([100 * TOP], [80], marker="x", markersize=5, color=INK)
        axes.annotate("80/20", (100 * TOP, 80), xytext=(-5, 4), textcoords="offset points", ha="right",
                      fontsize=7)  # fmt: skip
        note = f"Gini {gini:.2f}" + (f" ({ginis.min():.2f} to {ginis.max():.2f})" if several else "")
        axes.annotate(f"{note}\n{customers:,} customers", (0.98, 0.04), xycoords="axes fraction", ha="right",
                      va="bottom")  # fmt: skip
        axes.set_xlim(0, 100)
        axes.set_ylim(0, max(102.0, 102 * float(mean.max())))
        axes.set_xlabel("customers, the most profitable first (%)")
        axes.set_ylabel(f"share of {what} (%)")
        grid(axes)
    band = f" The band holds 95 % of {len(curves)} replications." if several else ""
    figure.alt = f"Lorenz curve. {title}; Gini {gini:.2f}, {customers:,} customers.{band}"
    return figure


def _range(values: Floats) -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    return f"95 % of replications: {percent(float(low))} to {percent(float(high))}"
