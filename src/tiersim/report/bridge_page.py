"""The page of a bridge between two runs: finding, chart, steps, and every change behind them."""

from __future__ import annotations

from tiersim.evaluation.bridge import Bridge
from tiersim.evaluation.changes import Change
from tiersim.report import again, phrases, written
from tiersim.report.bridge_words import (
    ABOUT,
    CAUSES,
    Row,
    View,
    headline,
    notes,
    rows,
    scale,
    short,
    title,
    unchanged,
    verdicts,
    view,
)
from tiersim.report.drawing import BAND, GRID, INK, PLAN, QUIET, drawing, money_axis, whisker, wrapped
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.tree import Chart, Figure, Series, Table

KINDS = {
    "data": CAUSES["data"],
    "assumption": CAUSES["assumption"],
    "policy": CAUSES["policy"],
    "words": "diff.kind_words",
}
LONGEST = 160
"""Letters of a value in the list of changes; what is longer ends with an ellipsis."""


def answer(bridge: Bridge, lang: str = "en") -> Section:
    """The first page: finding, verdicts, chart, steps, and what the split rests on."""
    v = view(bridge, lang)
    told = rows(v)
    noted = any(row.error == v.n.missing for row in told)
    return section(
        "answer",
        None,
        el("p", v.t("diff.kind"), v.t("numbers.dot"), v.name, cls="kind"),
        el("header", el("h1", title(v))),
        el("p", v.t("diff.lead"), cls="lead"),
        *(el("p", sentence) for sentence in verdicts(v)),
        None if bridge.same else _figure(v, told),
        _steps(v, told),
        el("p", v.t("diff.table_note"), cls="note"),
        el("p", v.t("diff.table_note_missing"), cls="note") if noted else None,
        el("ul", *(el("li", sentence) for sentence in notes(v))),
        mark=phrases.illustrative(v),
        cls="page first",
    )


def differences(bridge: Bridge, lang: str = "en") -> Section:
    """Everything that the two scenarios say differently, key by key."""
    v = view(bridge, lang)
    return section(
        "changes",
        v.t("diff.changes_title"),
        _changes(v) if bridge.changes else el("p", v.t("diff.changes_none")),
        mark=phrases.illustrative(v),
    )


def record(bridge: Bridge, lang: str = "en") -> Section:
    """The run records of both, side by side, and the command that gives the same page."""
    v = view(bridge, lang)
    return section("record", v.t("diff.record_title"), _record(v), mark=phrases.illustrative(v))


def _figure(v: View, told: list[Row]) -> Figure:
    f, unit = v.f, scale(v)
    old, new, _ = headline(v)
    steps = v.t("numbers.sentences").join(
        v.t("diff.step_told", cause=row.label, money=v.t("numbers.figure", number=row.moved, unit=unit.unit))
        for row in told
        if row.step is not None and not unchanged(row.step)
    )
    names = tuple(row.label for row in told)
    money = (f.old.gain.mean, *(step.money for step in f.steps), f.new.gain.mean)
    series = Series(v.t("diff.chart_axis", unit=unit.unit), tuple(x / unit.factor for x in money))
    return figure(
        v.t("diff.chart_title", old=old, new=new),
        v.t("diff.chart_alt", steps=steps),
        waterfall(v, told),
        waterfall(v, told, narrow=True),
        note=v.t("diff.chart_note"),
        chart=Chart("waterfall", names, (series,), unit.unit, totals=(names[0], names[-1])),
    )


def waterfall(v: View, told: list[Row], narrow: bool = False) -> str:
    """Lying bars from the old headline to the new; ends are filled, rises plain, falls hatched."""
    f, unit = v.f, scale(v)
    shown = [row for row in told if row.step is None or not unchanged(row.step)]
    labels = [wrapped(row.label, 16 if narrow else 30) for row in shown]
    axis = v.t("diff.chart_axis", unit=unit.unit)
    with drawing(3.5 if narrow else 7.0, 0.65 + 0.34 * len(shown), "".join([*labels, axis])) as d:
        axes, at = d.axes, f.old.gain.mean
        for i, row in enumerate(shown):
            if row.step is None:
                start, end = 0.0, (f.old if i == 0 else f.new).gain.mean
            else:
                start, end = at, row.step.after
            left, right = start / unit.factor, end / unit.factor
            fall = row.step is not None and end < start
            axes.barh(
                -i, right - left, left=left, height=0.52, edgecolor=PLAN, linewidth=0.8,
                facecolor=PLAN if row.step is None else "white" if fall else BAND,
                hatch="////" if fall else None,
            )  # fmt: skip
            reach = max(left, right)
            if row.step is not None and row.step.error:
                error = row.step.error / unit.factor
                whisker(axes, -i, right - error, right + error)
                reach = max(reach, right + error)
            axes.annotate(
                row.moved if row.moved is not None else row.after, (reach, -i), xytext=(4, 0),
                textcoords="offset points", va="center", fontsize=7,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
            if i + 1 < len(shown):
                axes.plot([right, right], [-i, -i - 1], color=QUIET, linewidth=0.6, zorder=0)
            at = end
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.set_yticks([-i for i in range(len(shown))], labels)
        axes.set_ylim(-len(shown) + 0.5, 0.5)
        axes.margins(x=0.16 if narrow else 0.1)
        axes.spines["left"].set_visible(False)
        money_axis(v, axes.xaxis)
        axes.set_xlabel(axis)
        axes.grid(axis="x", color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
    return d.svg


def _steps(v: View, told: list[Row]) -> Table:
    unit = scale(v).unit
    columns = [
        Column(v.t("diff.column_step"), "name"),
        Column(v.t("diff.column_about"), "text"),
        Column(v.t("diff.column_what"), "text"),
        Column(v.t("diff.column_moved", unit=unit)),
        Column(v.t("diff.column_error")),
        Column(v.t("diff.column_after", unit=unit)),
    ]
    cells = []
    for row in told:
        about = v.t("numbers.parts").join(v.t(ABOUT[cause]) for cause in row.step.causes) if row.step else ""
        cells.append([row.label, about, row.what, row.moved or "", row.error or "", row.after])
    return table(columns, cells, row_classes=["total", *("" for _ in v.f.steps), "total"])


def _changes(v: View) -> Table:
    columns = [
        Column(v.t("diff.column_path"), "name"),
        Column(v.t("diff.column_kind"), "text"),
        Column(v.t("diff.column_was"), "text"),
        Column(v.t("diff.column_now"), "text"),
        Column(v.t("diff.column_source"), "text"),
    ]
    cells = [
        [el("code", change.path), v.t(KINDS[change.kind]), _value(v, change.was), _value(v, change.now),
         _source(v, change)]
        for change in v.f.changes
    ]  # fmt: skip
    return table(columns, cells, cls="tight")


def _value(v: View, text: str | None) -> str:
    if text is None:
        return v.t("diff.added")
    told = written.setting(v, text)
    return told if len(told) <= LONGEST else told[: LONGEST - 2] + " …"


def _source(v: View, change: Change) -> str:
    if change.now_source is None:
        return ""
    return v.t(
        "diff.grade", source=v.t.said(change.now_source), grade=phrases.grade(v, change.now_grade or "")
    )


def _simulated(v: View) -> str:
    return v.t("diff.record_simulated", n=v.n.count(v.f.simulated), version=short(v.f.present))


def _record(v: View) -> Table:
    old, new = v.f.old, v.f.new
    columns = [
        Column(v.t("columns.measure"), "name"),
        Column(v.t("diff.old"), "text"),
        Column(v.t("diff.new"), "text"),
    ]
    cells: list[list[object]] = [
        [v.t("diff.record_scenario"), v.t.said(old.name), v.t.said(new.name)],
        [v.t("diff.record_range"), *(v.n.money_range(end.gain.low, end.gain.high) for end in (old, new))],
        [v.t("diff.record_seed"), str(old.seed), str(new.seed)],
        [v.t("diff.record_futures"), v.n.count(old.replications), v.n.count(new.replications)],
        [v.t("diff.record_version"), short(old.version), short(new.version)],
        [v.t("diff.record_hash"), el("code", old.scenario_sha256[:12]), el("code", new.scenario_sha256[:12])],
        [v.t("diff.record_steps"), "", _simulated(v)],
    ]
    if v.f.command:
        cells.append([v.t("appendix.measure_command"), "", again.command(v)])
    return table(columns, cells)
