"""The pages after the first: every key figure, tier by tier with suggestions, the score, the run record."""

from __future__ import annotations

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.score import Score, phases
from tiersim.evaluation.suggestions import suggested
from tiersim.report import phrases
from tiersim.report.effect.answer import simulated_note
from tiersim.report.effect.view import EffectView, Told
from tiersim.report.evidence import record_table
from tiersim.report.fragments import Column, Section, el, section, table
from tiersim.report.numbers import known
from tiersim.report.tree import Child, Node

TRACKED = ("repurchase", "churn", "nps", "arpu", "profit", "renewal", "csat")
"""Key figures of the tracking table, as many as the export has."""
MOST = 4


def figures(told: Told, lang: str = "en") -> Section:
    """Every key figure of all tiers: before, actual, without the plan, effect, naive difference."""
    v = told.view(lang)
    heads = "metric before actual without effect range naive state in_plan"
    columns = [
        Column(v.t(f"effects.columns.{key}"), "name" if key == "metric" else "number")
        for key in heads.split()
    ]
    body = [
        [
            v.metric(row.metric),
            v.figure(row, row.before),
            v.figure(row, row.actual),
            v.figure(row, row.without.mean),
            v.figure(row, row.effect.mean, signed=True),
            v.range(row),
            v.figure(row, row.naive, signed=True),
            v.t(f"states.{row.state}") if row.direction else "–",
            v.t("effects.yes" if row.in_plan else "effects.no"),
        ]
        for row in v.f.effects
    ]
    left = v.t("effects.left_out", columns=v.t("numbers.list").join(v.f.left_out)) if v.f.left_out else None
    return section(
        "figures",
        v.t("effects.table_title"),
        table(columns, body, cls="tight") if body else el("p", v.t("effects.no_whole")),
        el("p", note, cls="note") if (note := simulated_note(v)) else None,
        el("p", v.t("effects.whom"), cls="note") if body else None,
        None
        if any(known(row.before) for row in v.f.effects) or not body
        else el("p", v.t("effects.before_untold", missing=v.n.missing), cls="note"),
        el("p", left, cls="note") if left else None,
        phrases.constant(v, [v.metric(name) for name in v.f.constant]),
        mark=phrases.illustrative(v),
    )


def by_tier(told: Told, lang: str = "en") -> Section:
    """The tracking table: last quarter by tier, with what the rules suggest; empty for regions alone."""
    v = told.view(lang)
    tiers = list(dict.fromkeys(row.tier for row in v.f.by_tier)) or list(
        dict.fromkeys(row.tier for row in v.f.effects)
    )
    if not tiers:
        return Section(Node(""))
    rows = {(row.tier, row.metric): row for row in (*v.f.by_tier, *v.f.effects)}
    shown = [m for m in TRACKED if any((tier, m) in rows for tier in tiers)][:MOST]
    columns = [Column(v.t("effects.columns.tier"), "name"), Column(v.t("effects.columns.period"), "text")]
    columns += [Column(v.metric(m)) for m in shown]
    columns.append(Column(v.t("effects.columns.suggestion"), "text"))
    body = []
    for tier in tiers:
        own = [row for row in v.f.judged_rows if row.tier == tier]
        own = own or [row for (t, _), row in rows.items() if t == tier]
        first = next(iter(suggested(own)), None)
        body.append(
            [
                v.tier(tier),
                v.n.quarter(v.f.quarters[-1]),
                *(_last(v, tier, metric) for metric in shown),
                v.t(f"suggestions.{first.key}.text") if first else "–",
            ]
        )
    return section(
        "tiers",
        v.t("effects.by_tier_title"),
        table(columns, body),
        el("p", v.t("effects.by_tier_note"), cls="note"),
        mark=phrases.illustrative(v),
    )


def _last(v: EffectView, tier: str, metric: str) -> str:
    row = next((r for r in (*v.f.by_tier, *v.f.effects) if (r.tier, r.metric) == (tier, metric)), None)
    if row is None:
        return v.n.missing
    point = row.points[-1]
    change = v.figure(row, point.actual - point.without[0], signed=True)
    return v.t("numbers.beside", name=v.figure(row, point.actual), value=change)


def score(told: Told, lang: str = "en") -> Section:
    """The effect score on three dimensions: of what happened, beside what the plan itself expects."""
    v = told.view(lang)
    done, plan = v.f.scored, v.f.score
    parts: list[Child | None] = []
    for key, found in (("scored_lead", done), ("score_lead", plan)):
        if found is not None:
            parts.append(
                el("p", v.t(f"effects.{key}", total=_points(v, found.total), range=_ends(v, found.total)))
            )
    if done is None:
        parts.append(el("p", v.t("effects.scored_none")))
    if done is not None or plan is not None:
        parts += [_dimensions(v, done, plan), _parts(v, done or plan)]
    heading = v.t("effects.score_title", phase=v.t(f"phases.{v.f.phase}"))
    return section("score", heading, *parts, mark=phrases.illustrative(v))


def _points(v: EffectView, points: Estimate) -> str:
    return v.n.plain(points.mean, 1, signed=True)


def _ends(v: EffectView, points: Estimate) -> str:
    return v.ends("number", points, signed=True)


def _dimensions(v: EffectView, done: Score | None, plan: Score | None) -> Child:
    """One row a dimension: its weight in this phase, points of what happened and of what the plan expects."""
    weights: dict[str, float] = phases()["weights"][v.f.phase]
    columns = [
        Column(v.t("effects.columns.dimension"), "name"),
        *(Column(v.t(f"effects.columns.{key}")) for key in ("weight", "happened", "range", "expected")),
    ]
    body = []
    for name, weight in weights.items():
        mine = done.dimensions.get(name) if done else None
        expected = plan.dimensions.get(name) if plan else None
        body.append(
            [
                v.t(f"dimensions.{name}"),
                v.n.percent(weight),
                _points(v, mine) if mine else v.because("not_told"),
                _ends(v, mine) if mine else "",
                _points(v, expected) if expected else v.n.missing,
            ]
        )
    return table(columns, body)


def _parts(v: EffectView, found: Score | None) -> Child:
    """Every key figure's part of a score; the last row is the score."""
    assert found is not None
    keys = ("metric", "dimension", "weight", "points", "range")
    columns = [Column(v.t(f"effects.columns.{key}"), "name" if key == "metric" else "number") for key in keys]
    body = [
        [
            v.metric(part.metric),
            v.t(f"dimensions.{part.dimension}"),
            v.n.percent(part.weight),
            _points(v, part.points),
            _ends(v, part.points),
        ]
        for part in found.parts
    ]
    total = [v.t("columns.total"), "", v.n.percent(1.0), _points(v, found.total), _ends(v, found.total)]
    return table(columns, [*body, total], row_classes=[""] * len(body) + ["total"])


def evidence(told: Told, lang: str = "en") -> Section:
    """Room for what customers and teams said, with what each grade of such evidence may carry."""
    v = told.view(lang)
    columns = [Column(v.t(f"evidence.columns.{key}"), "text") for key in ("grade", "is", "may")]
    grades = ("one_voice", "several", "survey", "document")
    body = [[v.t(f"evidence.{one}.{key}") for key in ("name", "is", "may")] for one in grades]
    return section(
        "evidence",
        v.t("effects.evidence_title"),
        el("p", v.t("effects.evidence"), cls="lead"),
        table(columns, body),
        el("p", v.t("evidence.ask"), cls="note"),
        el("ul", *(el("li", v.t(f"evidence.questions.{one}")) for one in ("leavers", "teams", "stayers"))),
        mark=phrases.illustrative(v),
    )


def record(told: Told, lang: str = "en") -> Section:
    """The run record."""
    v = told.view(lang)
    return section(
        "record",
        v.t("effects.record_title"),
        el("p", v.t("effects.record_note"), cls="note"),
        record_table(v, None, v.f.replications, v.f.draws),
        el("p", v.t("frame.record", footer=phrases.footer(v)), cls="record"),
        mark=phrases.illustrative(v),
    )
