"""Pictures of a diagnosis, as SVG text for its report: errors, scatter, stops, power, regret, parts.

Marks, hatches and printed values say what colour says, so that a grey print says the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.experiment.answers.menus import ALL
from tiersim.report.drawing import (
    BAND,
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
from tiersim.report.numbers import Scale

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.experiment.attributed import Attribution
    from tiersim.report.experiments.decided import Class
    from tiersim.report.experiments.diagnosed import Found
    from tiersim.report.experiments.view import View

HATCHES = {"go": None, "hold": "", "stop": "////"}
WIDEST = 6.0
"""A naive answer may spread so many times as far as the widest sound one; what lies beyond is cut."""


def errors(v: View, names: Sequence[str], arm: int, narrow: bool = False) -> str:
    """Estimate less truth by answer: middle half (bar), central 95 % (line) and mean (mark)."""
    gaps = {}
    for name in names:
        reply = v.found.replies(name, None, arm)
        gaps[name] = (reply.value - reply.truth)[reply.ok]
    spreads = [np.quantile(gap, [0.025, 0.975]) for name, gap in gaps.items() if ALL[name].menu == "sound"]
    far = max((float(np.abs(one).max()) for one in spreads), default=math.inf)
    most = max(float(np.abs(np.quantile(gap, [0.025, 0.975])).max()) for gap in gaps.values())
    far = min(most, WIDEST * far) * 1.05 or 1.0
    labels = [wrapped(v.answer(name), 17 if narrow else 30) for name in names]
    scale = v.scale(v.design.primary, [far])
    with drawing(3.5 if narrow else 7.0, 0.8 + 0.29 * len(names), "".join(labels)) as d:
        axes, factor = d.axes, scale.factor
        for i, (name, gap) in enumerate(gaps.items()):
            naive = ALL[name].menu == "naive"
            a, b, c, e = (float(x) / factor for x in np.quantile(gap, [0.025, 0.25, 0.75, 0.975]))
            whisker(axes, -i, a, e)
            axes.barh(-i, c - b, left=b, height=0.34, facecolor="white" if naive else BAND, edgecolor=PLAN,
                      linewidth=0.7)  # fmt: skip
            axes.plot([float(gap.mean()) / factor], [-i], marker="s" if naive else "o", markersize=5,
                      color=PLAN, markerfacecolor="white" if naive else PLAN)  # fmt: skip
        axes.axvline(0, color=PLAN, linewidth=1.2, linestyle=(0, (5, 2)))
        above(axes, v.t("replies.truth"), 0)
        axes.set_xlim(-far / factor, far / factor)
        axes.set_yticks([-i for i in range(len(names))], labels)
        axes.set_ylim(-len(names) + 0.4, 0.6)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("replies.axis", unit=scale.unit))
        _grid(axes, "x")
    return d.svg


def scatter(v: View, names: Sequence[str], arm: int, narrow: bool = False) -> str:
    """What was said by what was true, one mark a replication; on the dashed line both are the same."""
    outcome = v.design.primary
    replies = [v.found.replies(name, None, arm) for name in names]
    xs = [reply.truth[reply.ok] for reply in replies]
    ys = [reply.value[reply.ok] for reply in replies]
    everything = [float(x) for x in np.concatenate([*xs, *ys, [0.0]])]
    scale = v.scale(outcome, everything)
    with drawing(3.5 if narrow else 7.0, 2.6) as d:
        axes = d.axes
        for name, x, y in zip(names, xs, ys, strict=True):
            naive = ALL[name].menu == "naive"
            axes.plot(x / scale.factor, y / scale.factor, linestyle="none", marker="s" if naive else "o",
                      markersize=3.2, color=QUIET if naive else PLAN, alpha=0.8,
                      markerfacecolor="white" if naive else PLAN, markeredgewidth=0.7,
                      label=v.answer(name))  # fmt: skip
        low, high = min(float(x.min()) for x in xs), max(float(x.max()) for x in xs)
        ends = np.array([min(low, 0.0), max(high, 0.0)]) / scale.factor
        axes.plot(ends, ends, color=INK, linewidth=0.9, linestyle=(0, (5, 2)), label=v.t("replies.equal"))
        axes.axhline(0, color=INK, linewidth=0.6)
        money_axis(v, axes.xaxis)
        money_axis(v, axes.yaxis)
        axes.set_xlabel(v.t("replies.true_axis", unit=scale.unit))
        axes.set_ylabel(
            v.t("replies.said_axis", unit=scale.unit) if not narrow else v.t("replies.said_short")
        )
        d.figure.legend(loc="outside upper left", ncols=1 if narrow else 3, frameon=False, fontsize=6.5)
        _grid(axes, "both")
    return d.svg


def regret(v: View, one: Found, narrow: bool = False) -> str:
    """Money lost against a team that knows the truth: by gate, naive report, never and always."""
    both = one.sound
    bars = [
        (v.t("diagnosed.menu_sound"), one.sound["regret"], one.sound["regret_error"], PLAN, None),
        (v.t("diagnosed.menu_naive"), one.naive["regret"], one.naive["regret_error"], BAND, "\\\\\\\\"),
        (v.t("diagnosed.never"), both["regret_never"], both["regret_never_error"], "white", "////"),
        (v.t("diagnosed.always"), both["regret_always"], both["regret_always_error"], "white", "...."),
    ]  # fmt: skip
    scale = v.n.scale([float(value) + 2 * _zero(error) for _, value, error, _, _ in bars])
    with drawing(3.5 if narrow else 7.0, 1.75, "") as d:
        axes = d.axes
        for i, (_, value, error, colour, hatch) in enumerate(bars):
            x, wide = float(value) / scale.factor, _zero(error) / scale.factor
            axes.barh(-i, x, height=0.5, facecolor=colour, edgecolor=PLAN, linewidth=0.7, hatch=hatch)
            whisker(axes, -i, max(x - 2 * wide, 0.0), x + 2 * wide)
            axes.annotate(v.n.money(float(value)), (x + 2 * wide, -i), xytext=(4, 0), va="center",
                          textcoords="offset points", fontsize=6.5)  # fmt: skip
        axes.set_yticks(
            [-i for i in range(len(bars))], [wrapped(bar[0], 18 if narrow else 32) for bar in bars]
        )
        axes.margins(x=0.16)
        axes.set_xlim(left=0)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("diagnosed.regret_axis", unit=scale.unit))
        _grid(axes, "x")
    return d.svg


def _zero(x: Any) -> float:
    return float(x) if math.isfinite(float(x)) else 0.0


def stops(v: View, frame: pd.DataFrame, narrow: bool = False) -> str:
    """Share of tests that end at each look, by verdict."""
    looks = np.arange(len(frame))
    with drawing(3.5 if narrow else 7.0, 2.0) as d:
        axes, bottom = d.axes, np.zeros(len(frame))
        for name, colour in (("go", PLAN), ("stop", "white"), ("hold", BAND)):
            part = 100 * frame[name].to_numpy(float)
            axes.bar(looks, part, 0.66, bottom=bottom, facecolor=colour, edgecolor=PLAN, linewidth=0.7,
                     hatch=HATCHES[name] or None, label=v.t(f"run_verdicts.{name}"))  # fmt: skip
            bottom += part
        for x, top in zip(looks, bottom, strict=True):
            if top > 0:
                axes.annotate(v.n.percent(top / 100), (x, top), xytext=(0, 2), textcoords="offset points",
                              ha="center", fontsize=6.5)  # fmt: skip
        axes.set_xticks(looks, [v.n.count(week) for week in frame["week"]])
        axes.set_ylim(0, max(108.0 if bottom.max() > 80 else 1.25 * bottom.max(), 10.0))
        axes.set_xlabel(v.t("decisions.stops_axis"))
        name_unit(axes, v.t("decisions.stops_unit"))
        d.figure.legend(loc="outside upper right", ncols=3, frameon=False, fontsize=6.5)
        _grid(axes, "y")
    return d.svg


def power(v: View, made: Sequence[Class], narrow: bool = False) -> str:
    """How often the effect is found, by the size of the true effect, with its simulation error."""
    scale = v.scale(v.design.primary, [one.middle for one in made])
    with drawing(3.5 if narrow else 7.0, 2.1) as d:
        axes = d.axes
        x = [one.middle / scale.factor for one in made]
        axes.plot(x, [100 * one.power for one in made], color=PLAN, linewidth=1.3)
        for at, one in zip(x, made, strict=True):
            wide = 200 * _zero(one.error)
            axes.plot([at, at], [max(100 * one.power - wide, 0), min(100 * one.power + wide, 100)], color=INK,
                      linewidth=0.9)  # fmt: skip
            axes.plot([at], [100 * one.power], marker="o", markersize=5, color=PLAN)
        axes.axhline(80, color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set_ylim(-2, 104)
        axes.margins(x=0.08)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("decisions.power_axis", unit=scale.unit))
        name_unit(axes, v.t("decisions.power_unit"))
        _grid(axes, "y")
    return d.svg


def waterfall(v: View, split: Attribution, narrow: bool = False) -> str:
    """From nothing to the whole error of the naive answer, hazard by hazard."""
    bars = [(v.t(f"hazards.{part.hazard.name}"), part.figure.value, _zero(part.figure.error))
            for part in split.parts]  # fmt: skip
    bars.append((v.t("split.rest"), split.rest.value, _zero(split.rest.error)))
    whole = split.whole.value
    ends = np.concatenate([[0.0], np.cumsum([part for _, part, _ in bars])])
    scale = v.scale(v.design.primary, [*ends.tolist(), whole])
    labels = [wrapped(name, 18 if narrow else 34) for name, _, _ in bars] + [v.t("split.whole")]
    with drawing(3.5 if narrow else 7.0, 0.7 + 0.3 * len(labels), "".join(labels)) as d:
        axes = d.axes
        for i, (_, part, error) in enumerate(bars):
            _step(axes, v, scale, -i, ends[i], part, error, "white" if part < 0 else BAND)
            axes.plot([ends[i + 1] / scale.factor] * 2, [-i - 1.25, -i + 0.25], color=QUIET, linewidth=0.5)
        _step(axes, v, scale, -len(bars), 0.0, whole, _zero(split.whole.error), PLAN)
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.set_yticks([-i for i in range(len(labels))], labels)
        axes.set_ylim(-len(labels) + 0.4, 0.6)
        axes.margins(x=0.14)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(v.t("split.axis", unit=scale.unit))
        _grid(axes, "x")
    return d.svg


def _step(
    axes: Any, v: View, scale: Scale, y: float, start: float, part: float, error: float, colour: str
) -> None:
    """One bar from where the last one ended, with its error and its size in words."""
    end = (start + part) / scale.factor
    axes.barh(y, part / scale.factor, left=start / scale.factor, height=0.5, facecolor=colour, edgecolor=PLAN,
              linewidth=0.7, hatch="////" if part < 0 else None)  # fmt: skip
    if error > 0:
        wide = 2 * error / scale.factor
        whisker(axes, y, end - wide, end + wide)
    right = part >= 0
    axes.annotate(v.effect(v.design.primary, part), (end, y), xytext=(4 if right else -4, 6), va="center",
                  textcoords="offset points", ha="left" if right else "right", fontsize=6.5)  # fmt: skip


def _grid(axes: Any, axis: str) -> None:
    axes.grid(axis=axis, color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
