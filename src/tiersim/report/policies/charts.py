"""Charts of several policies: all gains on one axis, and cash policy by policy."""

from __future__ import annotations

import math

from tiersim.report.drawing import (
    GRID,
    INK,
    PLAN,
    QUIET,
    drawing,
    mark_horizon,
    money_axis,
    name_unit,
    quarter_ticks,
    whisker,
    wrapped,
)
from tiersim.report.policies.view import PolicyView
from tiersim.report.tree import Chart, Series

LINES = ((PLAN, "-"), (INK, "--"), (PLAN, ":"), (QUIET, "-."), (INK, ":"), (QUIET, "-"))
"""Colour and dash of each line, so that a grey print tells them apart."""


def axis(v: PolicyView, narrow: bool = False) -> str:
    """Gain of each policy above the first, with its range; the best one filled."""
    rows = v.f.policies
    scale = v.n.scale([x for row in rows for x in (row.gain.low, row.gain.high)])
    names = [wrapped(v.policy(row.label), 18 if narrow else 34) for row in rows]
    with drawing(3.5 if narrow else 7.0, 0.65 + 0.36 * len(rows), "".join(names)) as d:
        axes = d.axes
        for i, row in enumerate(rows):
            if row.gain.low != row.gain.high:
                whisker(axes, -i, row.gain.low / scale.factor, row.gain.high / scale.factor)
            axes.plot(
                [row.gain.mean / scale.factor], [-i], marker="o", markersize=5.5, color=PLAN,
                markerfacecolor=PLAN if row is v.f.best else "white",
            )  # fmt: skip
            axes.annotate(
                v.money(row.gain.mean, signed=True), (row.gain.mean / scale.factor, -i), xytext=(0, 6),
                textcoords="offset points", ha="center", va="bottom", fontsize=6.5,
            )  # fmt: skip
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.set_yticks([-i for i in range(len(rows))], names)
        axes.set_ylim(-len(rows) + 0.5, 0.75)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("side_by_side.axis", first=v.first, unit=scale.unit))
        axes.grid(axis="x", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
    return d.svg


def axis_chart(v: PolicyView) -> Chart:
    """The same as data."""
    rows = v.f.policies
    scale = v.n.scale([x for row in rows for x in (row.gain.low, row.gain.high)])
    mean, low, high = (
        tuple(getattr(row.gain, key) / scale.factor for row in rows) for key in ("mean", "low", "high")
    )
    name = v.t("side_by_side.columns.gain", unit=scale.unit)
    names = tuple(v.policy(row.label) for row in rows)
    return Chart("dots", names, (Series(name, mean, low, high),), scale.unit)


def cash(v: PolicyView, narrow: bool = False) -> str:
    """Cumulative cash above the first policy, a line for each other one, named at its end."""
    rows = v.others
    scale = v.n.scale([x for row in rows for x in row.cash])
    with drawing(3.5 if narrow else 7.0, 2.6) as d:
        axes = d.axes
        last = max((len(row.cash) for row in rows), default=1) - 1
        for row, (colour, dash) in zip(rows, LINES, strict=False):
            y = [x / scale.factor for x in row.cash]
            axes.plot(
                range(len(y)), y, color=colour, linestyle=dash, linewidth=1.4, label=v.policy(row.label)
            )
        axes.axhline(0, color=INK, linewidth=0.7)
        axes.set_xlim(0, max(last, 1))
        quarter_ticks(axes, v.n.quarters(v.f.quarters), narrow)
        money_axis(v, axes.yaxis)
        name_unit(axes, scale.unit)
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        if 0 < v.f.horizon_quarters <= last:
            mark_horizon(v, axes, v.f.horizon_quarters - 1)
        d.figure.legend(loc="outside lower center", ncols=1 if narrow else 3, frameon=False, fontsize=6.5)
    return d.svg


def cash_chart(v: PolicyView) -> Chart:
    """The same as data."""
    scale = v.n.scale([x for row in v.others for x in row.cash])
    series = tuple(
        Series(v.policy(row.label), tuple(x / scale.factor if math.isfinite(x) else None for x in row.cash))
        for row in v.others
    )
    return Chart("line", tuple(v.n.quarters(v.f.quarters)), series, scale.unit)
