"""Migration between tiers: the matrix with what it leads to, and the flows of customers behind it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.rating.migration import Flows, MigrationError, flows, long_run_shares, transition_matrix
from tiersim.report.drawing import INK, PLAN, QUIET
from tiersim.report.pictures.canvas import HATCHES, SHADES, Picture, canvas, percent, short

if TYPE_CHECKING:
    from tiersim.runs.run import Run

ASSUMED = (
    "if moves, losses and the tiers that newcomers enter stay as they are, and a customer's next move "
    "depends on its tier alone"
)
Floats = npt.NDArray[np.float64]
LEFT, JOINED, WAITING = "left", "joined", "not rated yet"


def flows_of(source: Run | Flows, quarters: int = 4) -> Flows:
    """Flows of a run (with all rows, from ``ts.simulate``) from the start over some quarters."""
    if isinstance(source, Flows):
        return source
    return flows(source.kpis, source.moves, source.start, tuple(source.scenario.tiers), quarters)


def _after(found: Flows) -> str:
    """Length of the span in words."""
    if not np.isfinite(found.years):
        return "now, since the last rating"
    if abs(found.years - 1) < 1e-9:
        return "after a year"
    return f"after {found.years:g} years" if found.years > 1 else f"after {round(found.years * 12)} months"


def migration(source: Run | Flows, quarters: int = 4) -> Picture:
    """Share of each tier's customers by where they are a span later, and the shares this leads to.

    With several replications the central 95 % of them stands below each share. The last row holds the
    long-run shares; the note says what they assume.
    """
    found = flows_of(source, quarters)
    names, began = list(found.tiers), found.start
    chain = transition_matrix(found)
    try:
        settled, why = long_run_shares(chain), ""
    except MigrationError as error:
        settled, why = np.full(len(names), np.nan), str(error)
    table = np.column_stack([chain.matrix, chain.leave])
    shown = np.vstack([
        table,
        np.r_[chain.enter, np.nan],
        np.r_[began.sum(axis=0) / began.sum(), np.nan],
        np.r_[settled, np.nan],
    ])  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.concatenate([found.counts, found.left[:, :, None]], axis=2) / began[:, :, None]
    customers = began.mean(axis=0)
    rows = [f"{n}  ({short(c, 3)})" for n, c in zip(names, customers, strict=True)]
    rows += ["newcomers enter", "all at the start", "all in the long run"]
    columns = [*names, LEFT]
    title = f"Where each tier's customers are {_after(found)}"
    with canvas(2.6 + 0.85 * len(columns), 1.7 + 0.47 * len(rows), title, "".join(names)) as (figure, axes):
        for (row, column), share in np.ndenumerate(shown):
            if not np.isfinite(share):
                continue
            y = row + (0.25 if row >= len(names) else 0.0)
            dark = share > 0.55
            axes.add_patch(_field(column, y, share, column == len(names)))
            text = percent(share)
            if row < len(names) and len(each) > 1:
                seen = each[:, row, column]
                seen = seen[np.isfinite(seen)]
                low, high = 100 * np.quantile(seen, [0.025, 0.975])
                text += f"\n{low:.0f}–{high:.0f}"
            axes.text(column, y, text, ha="center", va="center", fontsize=7.5,
                      color="white" if dark else INK, fontweight="bold" if row == column else None,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                      if column == len(names) else None)  # fmt: skip
        places = [row + (0.25 if row >= len(names) else 0.0) for row in range(len(rows))]
        axes.set_yticks(places, rows)
        axes.set_xticks(range(len(columns)), columns)
        axes.xaxis.tick_top()
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(places[-1] + 0.5, -0.5)
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        note = "Small figures: central 95 % of replications. " if len(each) > 1 else ""
        figure.supxlabel(
            textwrap.fill(f"{note}Long run: {why or ASSUMED}.", 28 + 14 * len(columns)),
            fontsize=7, color=QUIET, x=0.01, ha="left",
        )  # fmt: skip
    stay = ", ".join(f"{n} {percent(chain.matrix[i, i])}" for i, n in enumerate(names))
    leave = ", ".join(f"{n} {percent(x)}" for n, x in zip(names, chain.leave, strict=True))
    run = ", ".join(f"{n} {percent(x)}" for n, x in zip(names, settled, strict=True))
    figure.alt = f"Migration: tiers {_after(found)}. Stay: {stay}. Left: {leave}. Long-run shares: {run}."
    return figure


def _field(x: float, y: float, share: float, is_left: bool) -> Any:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    shade: Any = "white" if is_left else colormaps["Blues"](0.05 + 0.85 * min(share, 1.0))
    hatch = "////" if is_left and share > 0 else None
    return Rectangle((x - 0.49, y - 0.49), 0.98, 0.98, facecolor=shade, edgecolor="#9aa6b1", linewidth=0.3,
                     hatch=hatch)  # fmt: skip


def flow(source: Run | Flows, quarters: int = 4) -> Picture:
    """Customers by tier at the start and after a span, with bands between as wide as there are customers.

    Mean of the replications. Bands carry the hatch of the tier they come from.
    """
    found = flows_of(source, quarters)
    names, k = list(found.tiers), len(found.tiers)
    # Rows: tiers of the start, then newcomers. Columns: tiers at the end, then left, then not rated yet.
    table = np.zeros((k + 1, k + 2))
    table[:k, :k] = found.counts.mean(axis=0)
    table[:k, k] = found.left.mean(axis=0)
    table[k, :k] = found.joined.mean(axis=0)
    table[k, k + 1] = found.unrated.mean()
    before, after = [*names, JOINED], [*names, LEFT, WAITING]
    total = table.sum()
    gap = 0.035 * total
    changed = float(table[:k, :k].sum() - np.trace(table[:k, :k]))
    left_at, right_at = _stack(table.sum(axis=1), gap), _stack(table.sum(axis=0), gap)
    title = f"Customers by tier before, and {_after(found)}"
    with canvas(6.6, 4.6, title, "".join(names)) as (figure, axes):
        taken = right_at.copy()
        for row in range(k + 1):
            y = left_at[row]
            for column in range(k + 2):
                size = table[row, column]
                if size <= 0:
                    continue
                axes.add_patch(_band(y, taken[column], size, row))
                y, taken[column] = y + size, taken[column] + size
        for labels, sizes, places, x, side in (
            (before, table.sum(axis=1), left_at, 0.0, "right"),
            (after, table.sum(axis=0), right_at, 1.0, "left"),
        ):
            for label, size, place in zip(labels, sizes, places, strict=True):
                if size <= 0:
                    continue
                axes.plot([x, x], [place, place + size], color=INK, linewidth=4, solid_capstyle="butt")
                axes.annotate(f"{label}  {short(size, 3)}", (x, place + size / 2), ha=side, va="center",
                              xytext=(-7 if side == "right" else 7, 0), textcoords="offset points",
                              )  # fmt: skip
        axes.set_xlim(-0.2, 1.28)
        axes.set_ylim(max(left_at[-1] + table[-1].sum(), right_at[-1] + table[:, -1].sum()), -gap)
        axes.set_axis_off()
        figure.supxlabel(
            f"number of customers{', mean of replications' if len(found.counts) > 1 else ''}; "
            f"{short(changed, 3)} of them in another tier than at the start",
            fontsize=7.5, color=QUIET,
        )  # fmt: skip
    moved = [
        f"{before[i]} to {after[j]} {short(table[i, j], 3)}"
        for i in range(k + 1)
        for j in range(k + 2)
        if i != j and table[i, j] > 0
    ]
    figure.alt = f"Flow of customers, {_after(found)}: {'; '.join(moved)}."
    return figure


def _stack(sizes: Floats, gap: float) -> Floats:
    """Where each part begins, with gaps between."""
    return np.concatenate([[0.0], np.cumsum(sizes[:-1] + np.where(sizes[:-1] > 0, gap, 0.0))])


def _band(left: float, right: float, size: float, code: int) -> Any:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    bend = 0.45
    points = [
        (0, left), (bend, left), (1 - bend, right), (1, right), (1, right + size), (1 - bend, right + size),
        (bend, left + size), (0, left + size), (0, left),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(
        Path(points, codes), facecolor=SHADES[code % len(SHADES)], alpha=0.55, edgecolor=PLAN, linewidth=0.4,
        hatch=HATCHES[code % len(HATCHES)] or None,
    )  # fmt: skip
