"""Value matrix: what customers are worth today against what they could become."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiersim.rating import Rating
from tiersim.report.drawing import INK, QUIET
from tiersim.report.pictures.behaviour import percentiles
from tiersim.report.pictures.canvas import MARKS, SHADES, Picture, canvas, percent
from tiersim.tables.observed import Observed

MANY = 3000
"""More customers than this are shown as counts by cell, with a mark for each tier's middle."""
QUADRANTS = (
    (1, 1, "deepen: worth much, can grow"),
    (1, 0, "protect: worth much, full-grown"),
    (0, 1, "develop: small, can grow"),
    (0, 0, "serve at low cost"),
)
Floats = npt.NDArray[np.float64]


def axes_of(observed: Observed, rating: Rating) -> tuple[Floats, Floats, str]:
    """Value and potential of each customer, 0 to 1, and what they are.

    The rating's own scores of these dimensions; where it has none (RFM), percentiles of a year's spend and
    of its growth. Customers without growth stand in the middle.
    """
    scores = np.asarray(rating.dimension_scores, np.float64)
    if scores.shape == (3, len(observed)) and all(_tells_apart(row) for row in scores[:2]):
        return scores[0], scores[1], "score of the rating, 0 to 100"
    growth = np.where(np.isfinite(observed.growth_3y), observed.growth_3y, observed.growth_1y)
    value, potential = percentiles(observed.spend_12m), percentiles(growth)
    return np.nan_to_num(value, nan=0.5), np.nan_to_num(potential, nan=0.5), "percentile of spend and growth"


def _tells_apart(row: Floats) -> bool:
    return bool(np.isfinite(row).all()) and float(row.max()) > float(row.min())


def value_matrix(observed: Observed, rating: Rating, tiers: Sequence[str]) -> Picture:
    """Customers by value today and potential; the lines are the medians of all customers."""
    names = list(tiers)
    value, potential, what = axes_of(observed, rating)
    x, y = 100 * value, 100 * potential
    middle = np.median(x), np.median(y)
    right, up = x >= middle[0], y >= middle[1]
    title = "Value today against potential"
    with canvas(6.2, 4.6, title, "".join(names)) as (figure, axes):
        if x.size > MANY:
            shades = axes.hexbin(x, y, gridsize=28, cmap="Greys", mincnt=1, bins="log", linewidths=0)
            figure.colorbar(shades, ax=axes, shrink=0.7, label="customers in a cell")
        for code in reversed(range(len(names))):
            mine = rating.tier == code
            if not mine.any():
                continue
            mark, shade = MARKS[code % len(MARKS)], SHADES[code % len(SHADES)]
            label = f"{names[code]} ({int(mine.sum()):,})"
            if x.size <= MANY:
                size = 9.0 if x.size > 400 else 18.0
                axes.scatter(x[mine], y[mine], s=size, marker=mark, facecolor=shade, edgecolor=INK,
                             linewidth=0.25, alpha=0.8)  # fmt: skip
            centre = float(np.median(x[mine])), float(np.median(y[mine]))
            axes.scatter(*centre, s=95, marker=mark, facecolor=shade, edgecolor="white", linewidth=2.2,
                         zorder=4)  # fmt: skip
            axes.scatter(*centre, s=95, marker=mark, facecolor=shade, edgecolor=INK, linewidth=1.0,
                         zorder=5, label=label)  # fmt: skip
            axes.annotate(names[code], centre, xytext=(7, 5), textcoords="offset points", fontweight="bold",
                          zorder=6, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6,
                                          "alpha": 0.8})  # fmt: skip
        axes.axvline(middle[0], color=QUIET, linewidth=0.9, linestyle=(0, (4, 2)))
        axes.axhline(middle[1], color=QUIET, linewidth=0.9, linestyle=(0, (4, 2)))
        shares = {}
        for is_right, is_up, name in QUADRANTS:
            share = float(np.mean((right == bool(is_right)) & (up == bool(is_up))))
            shares[name] = share
            place = 0.995 if is_right else 0.005, 1.01 if is_up else -0.13
            axes.annotate(f"{name}: {percent(share)}", place,
                          xycoords="axes fraction", ha="right" if is_right else "left", va="bottom",
                          fontsize=7.5, color=INK)  # fmt: skip
        axes.set_xlim(-1, 101)
        axes.set_ylim(-1, 101)
        figure.supxlabel(f"value today ({what})", fontsize=8, color=QUIET)
        axes.set_ylabel(f"potential ({what})")
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], title="tier (customers):\nlarge mark at its median",
                      loc="outside right upper")  # fmt: skip
    figure.alt = (
        "Value matrix: " + "; ".join(f"{percent(s)} of customers, {n}" for n, s in shares.items()) + "."
    )
    return figure
