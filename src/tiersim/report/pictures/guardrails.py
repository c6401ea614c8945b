"""Picture of the guardrails of a test: how far each moved, beside the limit it must not pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tiersim.report.drawing import GRID, INK, PLAN, QUIET, above, drawing, money_axis
from tiersim.report.pictures.experiments import lying

if TYPE_CHECKING:
    from tiersim.report.experiments.gains import Guard
    from tiersim.report.experiments.view import View

FAR = 8.0
"""Intervals are drawn so many times the widest limit, or the largest effect, away from no change."""


def guardrails(v: View, guards: Sequence[Guard], narrow: bool = False) -> str:
    """Guardrails of one unit with their intervals, each beside its own limit; the hatched side is refused."""
    names = [v.outcome(guard.outcome) for guard in guards]
    scale = v.scale(guards[0].outcome, guard_ends(guards))
    with drawing(3.5 if narrow else 7.0, 0.75 + 0.32 * len(guards), "".join(names)) as d:
        axes = d.axes
        left, right = _guard_window(guards, scale.factor)
        for i, guard in enumerate(guards):
            low, middle, high, limit = (
                x / scale.factor
                for x in (guard.effect.low, guard.effect.value, guard.effect.high, guard.limit)
            )
            refused = [left, limit] if guard.outcome.sign > 0 else [limit, right]
            axes.fill_between(refused, -i - 0.4, -i + 0.4, facecolor="white", hatchcolor=GRID, hatch="////",
                              linewidth=0.0)  # fmt: skip
            axes.plot([limit, limit], [-i - 0.4, -i + 0.4], color=PLAN, linewidth=1.2, linestyle=(0, (5, 2)))
            lying(axes, -i, low, high, left, right)
            axes.plot([min(max(middle, left), right)], [-i], marker="o", markersize=5, color=PLAN,
                      markerfacecolor=PLAN if guard.state == "holds" else "white")  # fmt: skip
            at_limit = v.t("guards.at_limit", limit=v.effect(guard.outcome, guard.limit))
            side, gap = ("right", -2) if limit > 0 else ("left", 2)
            axes.annotate(at_limit, (limit, -i + 0.4), xytext=(gap, 1), textcoords="offset points", ha=side,
                          va="top", fontsize=6.5, color=QUIET)  # fmt: skip
        axes.axvline(0, color=INK, linewidth=0.7)
        above(axes, v.t("guards.no_change"), 0)
        axes.set_xlim(left, right)
        axes.set_yticks([-i for i in range(len(guards))], names)
        axes.set_ylim(-len(guards) + 0.5, 0.5)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("guards.axis", unit=scale.unit))
        axes.grid(axis="x", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
    return d.svg


def guard_ends(guards: Sequence[Guard]) -> list[float]:
    """All finite values of some guardrails: effects, their ends, and limits."""
    found = [x for one in guards for x in (one.effect.value, one.effect.low, one.effect.high, one.limit)]
    return [x for x in found if math.isfinite(x)]


def _guard_window(guards: Sequence[Guard], factor: float) -> tuple[float, float]:
    """Ends of the axis: limits, effects and intervals, these at most `FAR` times the widest limit away."""
    limits = [abs(one.limit) for one in guards]
    far = FAR * max(*limits, *(abs(one.effect.value) for one in guards)) if any(limits) else math.inf
    ends = [min(max(x, -far), far) for x in (*guard_ends(guards), 0.0)]
    low, high = min(ends), max(ends)
    pad = 0.08 * max(high - low, 1e-12)
    return (low - pad) / factor, (high + pad) / factor
