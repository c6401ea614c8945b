"""The first page: which policy earns most, how sure that is, and who is worse off."""

from __future__ import annotations

from tiersim.evaluation.policies import PolicyFindings
from tiersim.report import phrases
from tiersim.report.firstpage import worse_lines
from tiersim.report.fragments import Section, box, el, figure, section, tile
from tiersim.report.policies import charts
from tiersim.report.policies.view import PolicyView, view
from tiersim.report.tree import Child

CLEAR = 0.8
"""From this share of outcomes on in which it earns most, the best policy is called so in the title."""
WORSE_SHOWN = 5


def first_page(findings: PolicyFindings, lang: str = "en") -> Section:
    """Title, tiles, all policies on one axis, who is worse off, conventions."""
    v = view(findings, lang)
    return section(
        "answer",
        None,
        el("p", v.t("side_by_side.kind"), v.t("numbers.dot"), v.name, cls="kind"),
        el("header", el("h1", title(v))),
        el("p", _lead(v), cls="lead"),
        _tiles(v),
        _axis(v),
        *_same(v),
        _worse(v),
        el("p", v.t("side_by_side.flips"), cls="note"),
        el("p", phrases.conventions_of(v), cls="conventions"),
        el("p", v.t("mark.why"), cls="conventions") if not v.f.baseline_gate else None,
        mark=phrases.illustrative(v),
        cls="page first",
    )


def title(v: PolicyView) -> str:
    """The finding in one line."""
    best, second = v.f.best, v.f.runner_up
    span = phrases.span(v)
    if best is v.f.policies[0]:
        return v.t("side_by_side.title_none", first=v.first, span=span)
    said = {"best": phrases.capital(v.policy(best.label)), "first": v.first, "span": span}
    gain = v.money(best.gain.mean, signed=True)
    if best.p_best >= CLEAR or second is best:
        return v.t("side_by_side.title_clear", gain=gain, chance=v.chance(best.p_best), **said)
    other = v.money(second.gain.mean, signed=True)
    return v.t("side_by_side.title_close", gain=gain, other=other, second=v.policy(second.label), **said)


def _lead(v: PolicyView) -> str:
    return v.t(
        "side_by_side.lead",
        count=v.n.count(len(v.f.policies)),
        customers=v.n.count(v.f.customers),
        revenue=v.money(v.f.revenue),
        start=v.n.quarter(v.f.first_quarter),
    )


def _tiles(v: PolicyView) -> Child:
    best, second = v.f.best, v.f.runner_up
    name = v.policy(second.label)
    chance = v.t("side_by_side.tile_chance_note", second=name, other=v.chance(second.p_best))
    missed = v.t("side_by_side.tile_missed_note", second=name, other=v.money(second.missed))
    return el(
        "div",
        tile(v.t("side_by_side.tile_best"), v.policy(best.label), v.t.said(best.text)),
        tile(
            v.t("side_by_side.tile_gain", first=v.first),
            v.money(best.gain.mean, signed=True),
            v.t("numbers.parts").join(
                [
                    v.t("side_by_side.tile_gain_note", range=v.range(best.gain)),
                    *phrases.plan_alone(v, best.gain_horizon.mean),
                ]
            ),
        ),
        tile(v.t("side_by_side.tile_chance"), v.chance(best.p_best), chance),
        tile(v.t("side_by_side.tile_missed"), v.money(best.missed), missed),
        cls="tiles",
    )


def _axis(v: PolicyView) -> Child:
    rows = [
        v.t(
            "side_by_side.axis_row",
            policy=v.policy(row.label),
            gain=v.money(row.gain.mean, signed=True),
            range=v.range(row.gain),
        )
        for row in v.f.policies
    ]
    return figure(
        v.t("side_by_side.axis_title"),
        v.t("side_by_side.axis_alt", rows=v.t("numbers.parts").join(rows)), charts.axis(v),
        charts.axis(v, narrow=True), chart=charts.axis_chart(v),
    )  # fmt: skip


def _same(v: PolicyView) -> list[Child]:
    return [
        el("p", v.t("side_by_side.same", policy=v.policy(row.label), other=v.policy(row.same_as)), cls="note")
        for row in v.f.policies
        if row.same_as is not None
    ]


def _worse(v: PolicyView) -> Child:
    lines = [
        v.t("side_by_side.worse_line", policy=v.policy(row.label), line=line)
        for row in v.others
        for line in worse_lines(v, row.worse)
    ]
    heading = v.t("side_by_side.worse_title", first=v.first)
    return box(heading, lines or [v.t("side_by_side.nobody")], v.t("worse.rule"))
