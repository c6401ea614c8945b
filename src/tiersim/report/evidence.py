"""The pages behind the answer: every assumption with its source, and how the figures were computed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tiersim.evaluation.execution import PlanEntry
from tiersim.evaluation.findings import AssumptionRow, RoiFindings
from tiersim.evaluation.notes import read_note
from tiersim.report import again, phrases, written
from tiersim.report.benefitpages import differences
from tiersim.report.fragments import Column, Section, el, section, table
from tiersim.report.tree import Child
from tiersim.report.view import Frame, View, shown, view

WEAK = ("claimed", "assumed")
STATED = "stated"


def assumptions(findings: Any, lang: str = "en") -> Section:
    """Every assumption with value, source, grade and where it was set; warnings before them."""
    v = shown(findings, lang)
    rows = v.f.assumptions
    stated = sum(row.stated for row in rows)
    weak = weakly_known(rows)
    good = len(rows) - weak - stated
    columns = [
        Column(v.t("columns.assumption"), "name"),
        Column(v.t("columns.value"), "text"),
        Column(v.t("columns.grade"), "text"),
        Column(v.t("columns.source"), "text"),
        Column(v.t("columns.where"), "text"),
    ]
    body = [
        [
            el("span", phrases.capital(v.t.label(row.path, row.label)), el("code", row.path)),
            written.told(v, row.shown),
            el("span", phrases.grade(v, graded(row)), cls=f"grade {graded(row)}"),
            v.t.said(row.source),
            written.place(v, row.where),
        ]
        for row in rows
    ]
    told = "finding_stated" if stated else "finding"
    return section(
        "assumptions",
        v.t("assumptions.title"),
        _warnings(v),
        el("h3", v.t(f"assumptions.{told}", weak=weak, all=len(rows), good=good, stated=stated)),
        el("p", v.t("assumptions.note"), cls="note"),
        table(columns, body, cls="tight long"),
        mark=phrases.illustrative(v),
        cls="page lookup",
    )


def graded(row: AssumptionRow) -> str:
    """The grade that a reader is told: a value that the client stated is not one that nobody knows."""
    return STATED if row.stated else row.grade


def weakly_known(rows: Iterable[AssumptionRow]) -> int:
    """How many are claimed or assumed, those aside that the client stated."""
    return sum(graded(row) in WEAK for row in rows)


def _warnings(v: Frame[Any]) -> Child | None:
    lines = [_note(v, text) for text in v.f.warnings]
    if not lines:
        return None
    items = (el("li", line) for line in lines)
    return el("div", el("h3", v.t("assumptions.warnings")), el("ul", *items), cls="box keep")


def _note(v: Frame[Any], text: str) -> str:
    """A warning in words; one that no language knows is shown as it came."""
    try:
        key, arguments = read_note(text)
    except ValueError:
        return text
    if v.t.get(f"notes.{key}") is None:
        return text
    shown = {
        name: _shown_name(v, name, x)
        if isinstance(x, str)
        else v.n.percent(x)
        if name == "share"
        else v.n.money(x)
        if name == "lost"
        else v.n.number(x)
        for name, x in arguments.items()
    }
    return v.t(f"notes.{key}", **shown)


def _shown_name(v: Frame[Any], kind: str, name: str) -> str:
    if kind == "target":
        return v.t("numbers.list").join(v.t.name("targets", target) for target in name.split("+"))
    if kind in ("strategies", "tier", "team"):
        return v.t("numbers.list").join(v.t.said(one) for one in name.split(", "))
    return v.t.name("policies", name) if kind == "policy" else v.t.said(name)


def appendix(findings: RoiFindings, lang: str = "en") -> Section:
    """Policies, simulation error and run record."""
    v = view(findings, lang)
    f = v.f
    texts = [
        el("p", el("b", v.t.name("policies", name)), v.t("numbers.colon"), v.t.said(text))
        for name, text in f.policy_texts.items()
        if text
    ]
    return section(
        "appendix",
        v.t("appendix.title"),
        el("h3", v.t("appendix.policies_title")) if texts else None,
        *texts,
        _execution(v),
        el("h3", v.t("appendix.error_title", error=v.money(f.gain.simulation_error))),
        el("p", v.t("appendix.error_note"), cls="note"),
        record_table(
            v, f.gain.simulation_error, f.replications, f.draws, f.variance_ratio, f.range_from_assumptions
        ),
        _replications_for(v),
        *differences(v),
        el("p", v.t("appendix.dates_note", start=v.n.day(f.start)), cls="note"),
        el("p", v.t("frame.record", footer=phrases.footer(v)), cls="record"),
        mark=phrases.illustrative(v),
    )


def record_table(
    v: Frame[Any],
    error: float | None,
    replications: int,
    draws: int,
    ratio: float | None = None,
    from_assumptions: float | None = None,
) -> Child:
    """Simulation error, seed, version, scenario and command: what it takes to compute a report again."""
    f = v.f
    counts = {"replications": v.n.count(replications), "draws": v.n.count(draws)}
    record: list[tuple[object, object]] = []
    if error is not None:
        record.append((v.t("appendix.measure_error"), v.t("numbers.error", value=v.n.money(error))))
    told = v.t("appendix.replications_value", **counts)
    record.append((v.t("appendix.measure_replications"), told))
    if ratio is not None:
        told = v.t("appendix.ratio_value", ratio=v.n.number(ratio, 2))
        record.append((v.t("appendix.measure_ratio"), told))
    if from_assumptions is not None:
        record.append((v.t("appendix.measure_assumptions"), v.n.percent(from_assumptions)))
    record += [
        (v.t("appendix.measure_seed"), str(f.seed)),
        (v.t("appendix.measure_version"), f.version or v.n.missing),
        (v.t("appendix.measure_hash"), el("code", f.scenario_sha256 or v.n.missing)),
    ]
    if f.command:
        record.append((v.t("appendix.measure_command"), again.command(v)))
    columns = [Column(v.t("columns.measure"), "name"), Column(v.t("columns.value"), "text")]
    return table(columns, record)


def _execution(v: View) -> Child | None:
    """The execution plan: who, when, resources, expected effect."""
    if not v.f.execution:
        return None
    columns = [
        Column(v.t("appendix.plan_what"), "name"),
        Column(v.t("appendix.plan_who"), "text"),
        Column(v.t("appendix.plan_when"), "text"),
        Column(v.t("appendix.plan_resources"), "text"),
        Column(v.t("appendix.plan_expects"), "text"),
    ]
    body = [
        [
            _step(v, row),
            row.who or v.n.missing,
            v.t("appendix.plan_days", first=v.n.day(row.first), last=v.n.day(row.last)),
            row.resources or v.n.missing,
            row.expects or v.n.missing,
        ]
        for row in v.f.execution
    ]
    return el(
        "div",
        el("h3", v.t("appendix.plan_title")),
        table(columns, body),
        el("p", v.t("appendix.plan_note"), cls="note"),
        cls="keep",
    )


def _step(v: View, row: PlanEntry) -> str:
    """What a step of the plan does, and in which policies where it is not in all."""
    listed = v.t("numbers.list")
    what = listed.join(v.t.said(one) for one in row.what.split(", "))
    if not row.policies:
        return what
    policies = listed.join(v.t.name("policies", one) for one in row.policies.split(", "))
    return v.t("appendix.plan_policies", what=what, policies=policies)


def _replications_for(v: View) -> Child | None:
    if not v.f.replications_for:
        return None
    columns = [Column(v.t("columns.half_width"), "name"), Column(v.t("columns.replications"))]
    body = [[v.money(width), v.n.count(n)] for width, n in sorted(v.f.replications_for.items(), reverse=True)]
    return el("div", el("h3", v.t("appendix.for_title")), table(columns, body), cls="keep")
