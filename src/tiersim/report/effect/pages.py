"""The pages after the first: every key figure, tier by tier with suggestions, the score, the run record."""

from __future__ import annotations

from tiersim.evaluation.suggestions import suggested
from tiersim.report import phrases
from tiersim.report.effect.view import EffectView, Told
from tiersim.report.evidence import record_table
from tiersim.report.fragments import Column, Section, box, el, section, table
from tiersim.report.tree import Child

TRACKED = ("repurchase", "churn", "renewal", "nps", "csat", "arpu", "profit")
"""Key figures of the tracking table, as many as the export has."""
MOST = 5


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
        table(columns, body, cls="tight"),
        el("p", v.t("effects.note", count=len(body)), cls="note"),
        el("p", left, cls="note") if left else None,
        box(v.t("effects.evidence_title"), [v.t("effects.evidence")]),
        mark=phrases.illustrative(v),
    )


def by_tier(told: Told, lang: str = "en") -> Section:
    """The tracking table: last quarter by tier, with what the rules suggest."""
    v = told.view(lang)
    tiers = list(dict.fromkeys(row.tier for row in v.f.by_tier)) or list(
        dict.fromkeys(row.tier for row in v.f.effects)
    )
    rows = {(row.tier, row.metric): row for row in (*v.f.by_tier, *v.f.effects)}
    shown = [m for m in TRACKED if any((tier, m) in rows for tier in tiers)][:MOST]
    columns = [Column(v.t("effects.columns.tier"), "name"), *(Column(v.metric(m)) for m in shown)]
    columns.append(Column(v.t("effects.columns.suggestion"), "text"))
    body = []
    for tier in tiers:
        own = [row for (t, _), row in rows.items() if t == tier]
        first = next(iter(suggested(own)), None)
        body.append(
            [
                v.tier(tier),
                *(_last(v, tier, metric) for metric in shown),
                v.t(f"suggestions.{first}.text") if first else "–",
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
    """The effect score that the plan itself expects, with its parts."""
    v = told.view(lang)
    found = v.f.score
    parts: list[Child | None] = []
    if found is not None:
        columns = [
            Column(v.t(f"effects.columns.{key}"), "name" if key == "metric" else "number")
            for key in ("metric", "dimension", "weight", "points", "range")
        ]
        body = [
            [
                v.metric(part.metric),
                v.t(f"dimensions.{part.dimension}"),
                v.n.percent(part.weight),
                v.n.plain(part.points.mean, 1, signed=True),
                v.ends("number", part.points, signed=True),
            ]
            for part in found.parts
        ]
        body.append(
            [v.t("columns.total"), "", v.n.percent(1.0), v.n.plain(found.total.mean, 1, signed=True),
             v.ends("number", found.total, signed=True)]
        )  # fmt: skip
        lead = v.t(
            "effects.score_lead",
            total=v.n.plain(found.total.mean, 1, signed=True),
            range=v.ends("number", found.total, signed=True),
        )
        parts = [el("p", lead), table(columns, body, row_classes=[""] * (len(body) - 1) + ["total"])]
    heading = v.t("effects.score_title", phase=v.t(f"phases.{v.f.phase}"))
    return section("score", heading, *parts, mark=phrases.illustrative(v))


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
