"""The pages after the first: what each policy brings and needs, pairs, tiers, cash, run record."""

from __future__ import annotations

from collections.abc import Callable

from tiersim.evaluation.policies import SERVICE, PolicyFindings, PolicyRow
from tiersim.report import phrases
from tiersim.report.evidence import record_table
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.numbers import Scale
from tiersim.report.policies import charts
from tiersim.report.policies.view import PolicyView, view
from tiersim.report.tree import Child


def table_page(findings: PolicyFindings, lang: str = "en") -> Section:
    """Money, people and service of each policy."""
    v = view(findings, lang)
    rows = v.f.policies
    scale = v.n.scale([x for row in rows for x in (row.gain.low, row.gain.high, row.spent_yearly)])
    served = [key for key in SERVICE if key not in v.f.constant]

    def head(key: str) -> Column:
        said = {"unit": scale.unit, "first": v.first}
        return Column(v.t(f"side_by_side.columns.{key}", **said), "name" if key == "policy" else "number")

    def listed(keys: str, cells: Callable[[PolicyRow], list[object]]) -> Child:
        columns = [head(key) for key in keys.split()]
        return table(columns, [[v.policy(row.label), *cells(row)] for row in rows], cls="tight")

    def money(row: PolicyRow) -> list[object]:
        payback = "–" if row is rows[0] else v.n.quarter(row.payback_quarter)
        return [
            v.n.cell(row.gain.mean, scale, True),
            v.t("numbers.range", low=v.n.cell(row.gain.low, scale), high=v.n.cell(row.gain.high, scale)),
            v.n.cell(row.gain_horizon.mean, scale, True),
            "–" if row is rows[0] else v.chance(row.p_hurdle),
            v.chance(row.p_best),
            v.n.cell(row.missed, scale),
            payback,
            v.n.cell(row.deepest_cash, scale),
            "–" if row is rows[0] else v.t(f"verdicts.{row.verdict}"),
        ]

    def care(row: PolicyRow) -> list[object]:
        return [
            v.n.cell(row.spent_yearly, scale),
            v.n.cell(row.extra_yearly, scale, True),
            v.n.count(row.peak_staff),
            *(_service(v, row, key) for key in served),
        ]

    return section(
        "policies",
        v.t("side_by_side.table_title"),
        el("h3", v.t("side_by_side.money_title")),
        listed("policy gain range horizon chance best missed payback dip verdict", money),
        el("h3", v.t("side_by_side.care_title")),
        listed(" ".join(("policy spent extra staff", *served)), care),
        phrases.constant(v, [v.t(f"side_by_side.columns.{key}") for key in v.f.constant]),
        *(
            el("p", el("b", v.policy(row.label)), v.t("numbers.colon"), v.t.said(row.text))
            for row in rows
            if row.text
        ),
        mark=phrases.illustrative(v),
    )  # fmt: skip


def _service(v: PolicyView, row: PolicyRow, key: str) -> str:
    if key in ("churn", "late"):
        shown = v.n.plain(100 * getattr(row, key), 1 if key == "churn" else 0)
        return v.t("numbers.percent", number=shown)
    return v.n.plain(getattr(row, key), 1 if key == "satisfaction" else 0)


def pairs(findings: PolicyFindings, lang: str = "en") -> Section:
    """How often each policy earns more than each other, and gains by tier."""
    v = view(findings, lang)
    names = [row.label for row in v.f.policies]
    found = {(pair.a, pair.b): pair for pair in v.f.pairs}
    columns = [Column(v.t("side_by_side.columns.policy"), "name"), *(Column(v.policy(b)) for b in names)]
    body = [[v.policy(a), *("" if a == b else v.chance(found[a, b].p_above) for b in names)] for a in names]
    return section(
        "pairs",
        v.t("side_by_side.pairs_title"),
        table(columns, body),
        el("p", v.t("side_by_side.pairs_note"), cls="note"),
        _tiers(v),
        mark=phrases.illustrative(v),
    )


def _tiers(v: PolicyView) -> Child:
    scale = v.n.scale([e.mean for row in v.others for e in row.by_tier.values()])
    columns = [Column(v.t("side_by_side.columns.policy"), "name"), *(Column(v.tier(t)) for t in v.f.tiers)]
    columns.append(Column(v.t("columns.rest")))
    columns.append(Column(v.t("columns.total")))
    body = [[v.policy(row.label), *_gains(v, row, scale)] for row in v.others]
    note = v.t("side_by_side.tiers_note", first=v.first, unit=scale.unit)
    return el(
        "div", el("h3", v.t("side_by_side.tiers_title")), table(columns, body), el("p", note, cls="note"),
        cls="keep",
    )  # fmt: skip


def _gains(v: PolicyView, row: PolicyRow, scale: Scale) -> list[str]:
    parts = [row.by_tier[tier].mean for tier in v.f.tiers]
    rest = row.gain.mean - sum(parts)
    return [v.n.cell(x, scale, True) for x in (*parts, rest, row.gain.mean)]


def cash(findings: PolicyFindings, lang: str = "en") -> Section:
    """Cumulative cash of each policy above the first."""
    v = view(findings, lang)
    ends = {row.label: row.cash[-1] if row.cash else 0.0 for row in v.others}
    best = max(ends, key=ends.__getitem__)
    rows = [
        v.t(
            "side_by_side.cash_row", policy=v.policy(row.label),
            end=v.money(ends[row.label], signed=True), low=v.money(row.deepest_cash, signed=True),
        )
        for row in v.others
    ]  # fmt: skip
    heading = v.t(
        "side_by_side.cash_heading",
        policy=v.policy(best),
        end=v.money(ends[best], signed=True),
        first=v.first,
    )
    return section(
        "cash",
        v.t("side_by_side.cash_title", first=v.first),
        figure(
            heading,
            v.t("side_by_side.cash_alt", first=v.first, rows=v.t("numbers.parts").join(rows)), charts.cash(v),
            charts.cash(v, narrow=True), chart=charts.cash_chart(v),
        ),
        mark=phrases.illustrative(v),
    )  # fmt: skip


def record(findings: PolicyFindings, lang: str = "en") -> Section:
    """The run record."""
    v = view(findings, lang)
    error = max(row.gain.simulation_error for row in v.f.policies)
    return section(
        "record",
        v.t("side_by_side.record_title"),
        el("p", v.t("appendix.error_note"), cls="note"),
        record_table(v, error, v.f.replications, v.f.draws),
        el("p", v.t("frame.record", footer=phrases.footer(v)), cls="record"),
        mark=phrases.illustrative(v),
    )
