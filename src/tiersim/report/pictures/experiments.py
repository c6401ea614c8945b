"""Pictures of one run of an experiment, as SVG text for its report: looks, answers, tiers, past.

Marks and line styles say what colour says, so that a grey print says the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tiersim.experiment.answers.menus import ALL
from tiersim.report.drawing import (
    GRID,
    INK,
    PLAN,
    QUIET,
    above,
    drawing,
    money_axis,
    name_unit,
    whisker,
    wrapped,
)

if TYPE_CHECKING:
    from tiersim.experiment.reading import Row
    from tiersim.experiment.tiers import TierEffects
    from tiersim.report.experiments.doubts import Moment
    from tiersim.report.experiments.gains import Gain
    from tiersim.report.experiments.view import View

CUT = 3.0
"""Intervals may reach so many times the width of the last one beyond it; longer ones end in an arrow."""


def by_look(v: View, gain: Gain, narrow: bool = False) -> str:
    """Net gain a year at each look, with the interval that holds over all, and what is needed."""
    shown = [look for look in gain.looks if math.isfinite(look.gain)]
    values = [x for look in shown for x in (look.gain, look.low, look.high)] + [gain.least]
    finite = [x for x in values if math.isfinite(x)]
    bottom, top = _window(gain, finite)
    outcome = v.design.primary
    scale = v.n.scale([bottom, top]) if gain.money else v.scale(outcome, [bottom, top])
    with drawing(3.5 if narrow else 7.0, 2.2) as d:
        axes = d.axes
        for look in shown:
            x, factor = look.week, scale.factor
            _interval(axes, x, look.low / factor, look.high / factor, bottom / factor, top / factor)
            decided = look is gain.decided
            axes.plot([x], [look.gain / factor], marker="o", markersize=6 if decided else 4.5, color=PLAN,
                      markerfacecolor=PLAN if decided else "white")  # fmt: skip
        axes.axhline(gain.least / scale.factor, color=PLAN, linewidth=1.0, linestyle=(0, (5, 2)))
        axes.axhline(0, color=INK, linewidth=0.7)
        last = v.design.stop - v.design.begins
        axes.set_xlim(0, last * 1.06)
        axes.set_ylim(bottom / scale.factor, top / scale.factor)
        label = v.t("looks.needed", gain=v.n.money(gain.least)) if gain.money else v.t("looks.no_effect")
        axes.annotate(
            label, (last * 0.01, gain.least / scale.factor), xytext=(0, 2), textcoords="offset points",
            fontsize=6.5, color=PLAN, va="bottom",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        )  # fmt: skip
        money_axis(v, axes.yaxis)
        name_unit(axes, scale.unit)
        axes.set_xlabel(v.t("looks.axis"))
        axes.set_xticks([look.week for look in gain.looks])
        _grid(axes, "y")
    return d.svg


def _window(gain: Gain, finite: list[float]) -> tuple[float, float]:
    """Ends of the vertical axis: all intervals, but early ones not more than `CUT` times the last."""
    last = gain.looks[-1]
    low, high = min([*finite, 0.0]), max([*finite, 0.0])
    if math.isfinite(last.low) and math.isfinite(last.high):
        width = max(last.high - last.low, 1e-12)
        points = [look.gain for look in gain.looks if math.isfinite(look.gain)] + [0.0, gain.least]
        low = max(low, min(last.low - CUT / 2 * width, *points))
        high = min(high, max(last.high + CUT / 2 * width, *points))
    pad = 0.06 * max(high - low, 1e-12)
    return low - pad, high + pad


def _interval(axes: Any, x: float, low: float, high: float, bottom: float, top: float) -> None:
    """An upright interval with caps; an arrow where it goes on beyond the drawing."""
    if math.isnan(low) or math.isnan(high):
        return
    axes.plot([x, x], [max(low, bottom), min(high, top)], color=INK, linewidth=0.9)
    room = 0.015 * (top - bottom)
    for end, cut, edge, mark in (
        (low, low < bottom, bottom + room, "v"),
        (high, high > top, top - room, "^"),
    ):
        axes.plot([x], [edge if cut else end], marker=mark if cut else "_", markersize=4 if cut else 5,
                  color=INK, linestyle="none")  # fmt: skip


def forest(v: View, rows: Sequence[Row], truth: float, narrow: bool = False) -> str:
    """All answers with their intervals; open squares for naive ones, the truth as a dashed line."""
    outcome = v.design.primary
    width = 17 if narrow else 30
    names = [wrapped(v.answer(row.answer), width) for row in rows]
    points = [row.estimate.value for row in rows] + [truth, 0.0]
    low, high = min(points), max(points)
    # What leads sets the scale, so that one wild answer does not squeeze the others.
    ends = [x for row in rows if ALL[row.answer].menu == "sound" or row.leads
            for x in (row.estimate.low, row.estimate.high) if math.isfinite(x)]  # fmt: skip
    low, high = min([low, *ends]), max([high, *ends])
    pad = 0.08 * max(high - low, 1e-12)
    low, high = low - pad, high + pad
    scale = v.scale(outcome, [low, high])
    with drawing(3.5 if narrow else 7.0, 0.8 + 0.29 * len(rows), "".join(names)) as d:
        axes, factor = d.axes, scale.factor
        for i, row in enumerate(rows):
            one, naive = row.estimate, ALL[row.answer].menu == "naive"
            lying(axes, -i, one.low / factor, one.high / factor, low / factor, high / factor)
            mark, fill = ("s", "white") if naive else ("o", PLAN)
            size = 6.5 if row.leads else 5
            axes.plot(
                [one.value / factor], [-i], marker=mark, color=PLAN, markersize=size, markerfacecolor=fill
            )
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.axvline(truth / factor, color=PLAN, linewidth=1.2, linestyle=(0, (5, 2)))
        above(axes, v.t("answers.truth_line"), truth / factor, _side(truth, low, high))
        axes.set_xlim(low / factor, high / factor)
        axes.set_yticks([-i for i in range(len(rows))], names)
        axes.set_ylim(-len(rows) + 0.4, 0.6)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("answers.axis", outcome=v.outcome(outcome), unit=scale.unit))
        _grid(axes, "x")
    return d.svg


def _side(x: float, low: float, high: float) -> str:
    """Alignment of a label above a line, so that it stays inside the drawing."""
    place = (x - low) / max(high - low, 1e-12)
    return "left" if place < 0.25 else "right" if place > 0.75 else "center"


def lying(axes: Any, y: float, low: float, high: float, left: float, right: float) -> None:
    """A lying interval; an arrow where it goes on beyond the drawing, nothing where there is none."""
    if math.isnan(low) or math.isnan(high):
        return
    axes.plot([max(low, left), min(high, right)], [y, y], color=INK, linewidth=0.9)
    room = 0.008 * (right - left)
    for end, cut, edge, mark in (
        (low, low < left, left + room, "<"),
        (high, high > right, right - room, ">"),
    ):
        if cut:
            axes.plot([edge], [y], marker=mark, markersize=4, color=INK)
        else:
            axes.plot([end, end], [y - 0.11, y + 0.11], color=INK, linewidth=0.9)


def tiers(v: View, found: TierEffects, narrow: bool = False) -> str:
    """Effects by tier: as seen (open) and after shrinkage (filled), the mean of all as a line."""
    outcome, shrunken = v.design.primary, found.shrunken
    assert shrunken is not None
    names = [v.tier(found.tiers[at]) for at in found.told]
    told = [found.estimates[at] for at in found.told]
    ends = [*shrunken.low.tolist(), *shrunken.high.tolist()]
    ends += [x for one in told for x in (one.low, one.high) if math.isfinite(x)]
    scale = v.scale(outcome, ends)
    with drawing(3.5 if narrow else 7.0, 0.8 + 0.42 * len(names), "".join(names)) as d:
        axes, factor = d.axes, scale.factor
        for k, seen in enumerate(told):
            whisker(axes, -k + 0.16, seen.low / factor, seen.high / factor)
            axes.plot([seen.value / factor], [-k + 0.16], marker="s", markersize=4.5, color=PLAN,
                      markerfacecolor="white", linestyle="none",
                      label=v.t("by_tier.mark_seen") if k == 0 else None)  # fmt: skip
            whisker(axes, -k - 0.16, float(shrunken.low[k]) / factor, float(shrunken.high[k]) / factor)
            axes.plot([float(shrunken.value[k]) / factor], [-k - 0.16], marker="o", markersize=5, color=PLAN,
                      linestyle="none", label=v.t("by_tier.mark_shrunken") if k == 0 else None)  # fmt: skip
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.axvline(shrunken.mean / factor, color=QUIET, linewidth=0.9, linestyle=(0, (1, 1.5)))
        axes.set_yticks([-k for k in range(len(names))], names)
        axes.set_ylim(-len(names) + 0.4, 0.6)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("answers.axis", outcome=v.outcome(outcome), unit=scale.unit))
        d.figure.legend(loc="outside upper right", ncols=2, frameon=False, fontsize=6.5)
        _grid(axes, "x")
    return d.svg


def event_study(v: View, moments: Sequence[Moment], narrow: bool = False) -> str:
    """Treated against control regions by period, before and after the start."""
    outcome = v.design.primary
    values = [x for one in moments for x in (one.estimate.value, one.estimate.low, one.estimate.high)]
    scale = v.scale(outcome, [x for x in values if math.isfinite(x)])
    with drawing(3.5 if narrow else 7.0, 2.3) as d:
        axes, factor = d.axes, scale.factor
        for one in moments:
            found, before = one.estimate, one.week < 0
            if math.isfinite(found.low) and math.isfinite(found.high):
                axes.plot([one.week, one.week], [found.low / factor, found.high / factor], color=INK,
                          linewidth=0.8)  # fmt: skip
            axes.plot([one.week], [found.value / factor], marker="s" if before else "o", markersize=3.8,
                      color=PLAN, markerfacecolor="white" if before else PLAN)  # fmt: skip
        axes.axhline(0, color=INK, linewidth=0.7)
        axes.axvline(0, color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
        earlier = any(one.week < 0 for one in moments)
        money_axis(v, axes.yaxis)
        if earlier:
            above(axes, v.t("past.begins"), 0)
            axes.set_ylabel(scale.unit)
        else:
            name_unit(axes, scale.unit)
        axes.set_xlabel(v.t("past.axis" if earlier else "past.axis_after"))
        _grid(axes, "y")
    return d.svg


def _grid(axes: Any, axis: str) -> None:
    axes.grid(axis=axis, color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
