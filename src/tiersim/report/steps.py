"""Charts of steps and of margin: the waterfall from revenue to net gain, and the margin over time."""

from __future__ import annotations

from tiersim.report.drawing import (
    BAND,
    GRID,
    INK,
    PLAN,
    drawing,
    mark_horizon,
    money_axis,
    name_unit,
    quarter_ticks,
)
from tiersim.report.tree import Chart, Series
from tiersim.report.view import View


def _rows(v: View) -> list[tuple[str, float]]:
    return [(v.t(f"steps.{step.key}"), step.amount.mean) for step in v.f.waterfall]


def waterfall(v: View, narrow: bool = False) -> str:
    """Steps of the gain, each from where the one before ended; the last bar is the net gain."""
    rows, net = _rows(v), v.f.gain.mean
    ends, at = [], 0.0
    for _, amount in rows:
        ends += [at, at + amount]
        at += amount
    scale = v.n.scale([*ends, net])
    names = [name for name, _ in rows] + [v.t("worth.net")]
    with drawing(3.5 if narrow else 7.0, 0.7 + 0.3 * len(names), "".join(names)) as d:
        axes, left = d.axes, 0.0
        for i, (_, amount) in enumerate([*rows, ("", net)]):
            begins = 0.0 if i == len(rows) else left
            filled = PLAN if i == len(rows) else BAND if amount >= 0 else "white"
            axes.barh(
                -i, amount / scale.factor, left=begins / scale.factor, height=0.56, facecolor=filled,
                edgecolor=PLAN, linewidth=0.8, hatch=None if amount >= 0 else "////",
            )  # fmt: skip
            end = max(begins, begins + amount) / scale.factor
            axes.annotate(
                v.money(amount, signed=True), (end, -i), xytext=(4, 0), textcoords="offset points",
                va="center", fontsize=6.5,
            )  # fmt: skip
            left = begins + amount
            if i < len(rows) - 1:
                axes.plot([left / scale.factor] * 2, [-i - 0.72, -i - 0.28], color=INK, linewidth=0.5)
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.set_yticks([-i for i in range(len(names))], names)
        axes.set_ylim(-len(names) + 0.4, 0.6)
        axes.margins(x=0.14)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("worth.waterfall_axis", unit=scale.unit))
        axes.grid(axis="x", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
    return d.svg


def waterfall_chart(v: View) -> Chart:
    """The same as data; the net gain stands on the ground."""
    rows = [*_rows(v), (v.t("worth.net"), v.f.gain.mean)]
    scale = v.n.scale([amount for _, amount in rows])
    values = tuple(amount / scale.factor for _, amount in rows)
    names = tuple(name for name, _ in rows)
    return Chart("waterfall", names, (Series(v.t("worth.net"), values),), scale.unit, totals=(names[-1],))


def margin(v: View, narrow: bool = False) -> str:
    """Change of the profit margin by quarter, with its range."""
    points = [p for p in v.f.margin_path.quarters if p.change is not None]
    with drawing(3.5 if narrow else 7.0, 2.1) as d:
        axes, x = d.axes, list(range(len(points)))
        changes = [p.change for p in points if p.change is not None]
        axes.fill_between(x, [c.low for c in changes], [c.high for c in changes], color=BAND, linewidth=0)
        axes.plot(x, [c.mean for c in changes], color=PLAN, linewidth=1.5)
        axes.axhline(0, color=INK, linewidth=0.7)
        axes.set_xlim(0, max(len(x) - 1, 1))
        quarter_ticks(axes, v.n.quarters(p.period for p in points), narrow)
        money_axis(v, axes.yaxis)
        name_unit(axes, v.t("benefit_pages.margin_axis"))
        inside = sum(p.in_horizon for p in points)
        if 0 < inside < len(points):
            mark_horizon(v, axes, inside - 1)
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
    return d.svg


def margin_chart(v: View) -> Chart:
    """The same as data."""
    points = [p for p in v.f.margin_path.quarters if p.change is not None]
    mean, low, high = (
        tuple(getattr(p.change, key) for p in points) for key in ("mean", "low", "high")
    )  # fmt: skip
    name = v.t("benefit_pages.margin_axis")
    return Chart(
        "line", tuple(v.n.quarters(p.period for p in points)), (Series(name, mean, low, high),), name
    )
