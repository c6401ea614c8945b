"""Charts as SVG text: findings in, drawing out, the same bytes for the same findings.

Titles stand in the page, above the drawing; each function has a narrow form for a phone. Policies and signs
differ by pattern and label as well as by colour, so that a grey print says the same.
"""

from __future__ import annotations

import math

from tiersim.report.drawing import (
    BAND,
    GRID,
    INK,
    PLAN,
    QUIET,
    above,
    drawing,
    mark_horizon,
    money_axis,
    name_unit,
    quarter_ticks,
    whisker,
    wrapped,
)
from tiersim.report.phrases import capital, measured, split_names
from tiersim.report.view import View

TORNADO_ROWS = 10


def cumulative(v: View, narrow: bool = False, height: float = 2.3) -> str:
    """Cumulative net cash, plan against today, with the range of outcomes."""
    points = v.f.cash
    scale = v.n.scale([x for p in points for x in (p.low, p.high)])
    with drawing(3.5 if narrow else 4.3, 2.5 if narrow else height) as d:
        axes = d.axes
        x = list(range(len(points)))
        low, mean, high = ([getattr(p, k) / scale.factor for p in points] for k in ("low", "mean", "high"))
        axes.fill_between(x, low, high, color=BAND, linewidth=0)
        for edge in (low, high):
            axes.plot(x, edge, color=PLAN, linewidth=0.5, linestyle=(0, (1, 1.5)))
        axes.plot(x, mean, color=PLAN, linewidth=1.6)
        axes.axhline(0, color=INK, linewidth=0.7)
        axes.set_xlim(0, max(len(x) - 1, 1))
        quarter_ticks(axes, v.n.quarters(p.quarter for p in points), narrow)
        money_axis(v, axes.yaxis)
        name_unit(axes, scale.unit)
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        inside = sum(p.in_horizon for p in points)
        if 0 < inside < len(points):
            mark_horizon(v, axes, inside - 1)
        quarters = [p.quarter for p in points]
        if v.f.payback_quarter in quarters:
            at = quarters.index(v.f.payback_quarter)
            axes.plot([at], [mean[at]], marker="o", markersize=4, color="white", markeredgecolor=PLAN)
            axes.annotate(
                v.t("cash.payback", quarter=v.n.quarter(v.f.payback_quarter)), (at, mean[at]), xytext=(5, -9),
                textcoords="offset points", fontsize=6.5,
            )  # fmt: skip
        if x:
            axes.annotate(
                v.t("cash.band"), (x[-1], high[-1]), xytext=(-4, -3), textcoords="offset points",
                ha="right", va="top", fontsize=6.5, color=QUIET,
            )  # fmt: skip
    return d.svg


def quarterly(v: View, narrow: bool = False) -> str:
    """Net cash of each quarter, plan minus today; the run-out is hatched."""
    rows = v.f.quarters
    values = [row.plan - row.today for row in rows]
    scale = v.n.scale(values)
    with drawing(3.5 if narrow else 7.0, 2.4 if narrow else 2.3) as d:
        axes = d.axes
        for i, (row, value) in enumerate(zip(rows, values, strict=True)):
            axes.bar(
                i, value / scale.factor, width=0.78, facecolor=PLAN if row.in_horizon else "white",
                edgecolor=PLAN, linewidth=0.7, hatch=None if row.in_horizon else "////",
            )  # fmt: skip
        axes.axhline(0, color=INK, linewidth=0.7)
        axes.set_xlim(-0.6, len(rows) - 0.4)
        quarter_ticks(axes, v.n.quarters(row.quarter for row in rows), narrow)
        money_axis(v, axes.yaxis)
        name_unit(axes, scale.unit)
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        inside = sum(row.in_horizon for row in rows)
        if 0 < inside < len(rows):
            mark_horizon(v, axes, inside - 0.5)
    return d.svg


def split(v: View, narrow: bool = False, height: float = 2.3) -> str:
    """The gain as more money and better aimed, each with its range."""
    more, aimed, total = split_names(v)
    rows = [
        (more, v.f.more_money, "white", "////"),
        (aimed, v.f.better_aimed, BAND, "\\\\\\\\"),
        (total, v.f.gain, PLAN, None),
    ]
    scale = v.n.scale([x for _, e, _, _ in rows for x in (e.low, e.high)])
    with drawing(3.5 if narrow else 2.75, 2.0 if narrow else height) as d:
        axes = d.axes
        for i, (label, e, colour, hatch) in enumerate(rows):
            y = -float(i)
            axes.barh(
                y,
                e.mean / scale.factor,
                height=0.34,
                facecolor=colour,
                edgecolor=PLAN,
                linewidth=0.7,
                hatch=hatch,
            )
            whisker(axes, y - 0.26, e.low / scale.factor, e.high / scale.factor)
            axes.annotate(
                f"{label}  {v.money(e.mean, signed=True)}", (0, y + 0.24), xycoords=("axes fraction", "data"),
                xytext=(2, 0), textcoords="offset points", va="bottom", fontsize=7,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.set_ylim(-2.5, 0.62)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(scale.unit)
    return d.svg


def tiers(v: View, narrow: bool = False) -> str:
    """Gain of each tier at the start, with its range."""
    rows = v.f.tiers
    scale = v.n.scale([x for r in rows for x in (r.gain.low, r.gain.high)])
    names = [v.tier(row.tier) for row in rows]
    with drawing(3.5 if narrow else 7.0, 0.6 + 0.3 * len(rows), "".join(names)) as d:
        axes = d.axes
        for i, row in enumerate(rows):
            whisker(axes, -i, row.gain.low / scale.factor, row.gain.high / scale.factor)
            axes.plot([row.gain.mean / scale.factor], [-i], marker="o", markersize=5, color=PLAN)
            axes.annotate(
                v.money(row.gain.mean, signed=True), (row.gain.mean / scale.factor, -i), xytext=(0, 5),
                textcoords="offset points", ha="center", va="bottom", fontsize=6.5,
            )  # fmt: skip
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.set_yticks([-i for i in range(len(rows))], names)
        axes.set_ylim(-len(rows) + 0.5, 0.7)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("moves.axis_gain", unit=scale.unit))
        axes.grid(axis="x", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
    return d.svg


def tornado(v: View, narrow: bool = False) -> str:
    """Gain at the two ends of each assumption, the widest first."""
    ranked = sorted(v.f.flips, key=lambda flip: -abs(flip.gain_high - flip.gain_low))
    rows = [r for r in ranked if math.isfinite(r.gain_low) and math.isfinite(r.gain_high)][:TORNADO_ROWS]
    centre = v.f.gain.mean
    scale = v.n.scale([centre, *(x for r in rows for x in (r.gain_low, r.gain_high))])
    labels = [wrapped(capital(v.t.label(row.path, row.label)), 24 if narrow else 40) for row in rows]
    with drawing(3.5 if narrow else 7.0, 0.75 + 0.31 * len(rows), "".join(labels)) as d:
        axes = d.axes
        for i, row in enumerate(rows):
            for value, end, filled in ((row.gain_low, row.low, False), (row.gain_high, row.high, True)):
                axes.barh(
                    -i, (value - centre) / scale.factor, left=centre / scale.factor, height=0.55,
                    facecolor=PLAN if filled else "white", edgecolor=PLAN, linewidth=0.8,
                )  # fmt: skip
                if not narrow:
                    right = value >= centre if value != centre else filled
                    axes.annotate(
                        measured(v, end, row.unit), (value / scale.factor, -i), va="center",
                        xytext=(3 if right else -3, 0), textcoords="offset points",
                        ha="left" if right else "right", fontsize=6.5, color=QUIET,
                    )  # fmt: skip
        axes.axvline(centre / scale.factor, color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.axvline(0, color=INK, linewidth=0.8)
        lines = sorted([(0.0, v.t("flips.zero")), (centre / scale.factor, v.t("first.split_total"))])
        for (at, label), side in zip(lines, ("right", "left"), strict=True):
            above(axes, label, at, side)
        axes.set_yticks([-i for i in range(len(rows))], labels)
        axes.set_ylim(-len(rows) + 0.4, 0.6)
        axes.margins(x=0.12)
        axes.spines["left"].set_visible(False)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("flips.axis", unit=scale.unit))
    return d.svg


def lorenz(v: View) -> str:
    """Cumulative share of profit over customers, the most profitable first."""
    with drawing(3.3, 2.6) as d:
        axes = d.axes
        x = [100 * share for share, _ in v.f.lorenz]
        y = [100 * share for _, share in v.f.lorenz]
        axes.plot([0, 100], [0, 100], color=QUIET, linewidth=0.7, linestyle=(0, (4, 2)))
        axes.annotate(
            v.t("moves.lorenz_equal"), (62, 60), fontsize=6.5, color=QUIET, ha="left", va="top",
        )  # fmt: skip
        axes.plot(x, y, color=PLAN, linewidth=1.6)
        top = 100 * v.f.profit_top20
        if math.isfinite(top):
            axes.plot([20, 20, 0], [0, top, top], color=INK, linewidth=0.6, linestyle=(0, (1, 1.5)))
            axes.plot([20], [top], marker="o", markersize=4, color="white", markeredgecolor=PLAN)
            axes.annotate(
                v.n.percent(v.f.profit_top20),
                (20, top),
                xytext=(5, -9),
                textcoords="offset points",
                fontsize=7,
            )
        axes.set_xlim(0, 100)
        axes.set_ylim(0, max(102.0, *y) if y else 102.0)
        axes.set_xlabel(v.t("numbers.beside", name=v.t("moves.lorenz_x"), value="%"))
        axes.set_ylabel(v.t("numbers.beside", name=v.t("moves.lorenz_y"), value="%"))
    return d.svg
