"""Pages on the four kinds of benefit, on the return by tier and quarter, and on what differs."""

from __future__ import annotations

from tiersim.evaluation.findings import RoiFindings
from tiersim.evaluation.roi_parts import Benefit
from tiersim.report import phrases, steps, written
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.tree import Child
from tiersim.report.view import View, view


def benefits(findings: RoiFindings, lang: str = "en") -> Section:
    """Economic, managerial, strategic and social benefit, and the margin over time (E5)."""
    v = view(findings, lang)
    columns = [
        Column(v.t("worth_columns.indicator"), "name"),
        Column(v.t("worth_columns.kind"), "text"),
        Column(v.t("columns.today")),
        Column(v.t("columns.plan")),
        Column(v.t("columns.difference")),
        Column(v.t("worth_columns.range")),
        Column(v.t("worth_columns.better"), "text"),
        Column(v.t("worth_columns.grade"), "text"),
    ]
    body = [_benefit(v, row) for row in v.f.benefits]
    return section(
        "benefits",
        v.t("benefit_pages.title"),
        table(columns, body, cls="tight") if body else None,
        el("p", v.t("benefit_pages.note"), cls="note"),
        phrases.constant(v, [v.t.name("benefit_names", key) for key in v.f.benefits_constant]),
        _margin(v),
        mark=phrases.illustrative(v),
    )


def _benefit(v: View, row: Benefit) -> list[object]:
    change, spread = v.n.missing, v.n.missing
    if row.change is not None:
        change = v.in_unit(row.unit, row.change.mean, True, row.change)
        spread = v.ends(row.unit, row.change, True)
    levels = [v.in_unit(row.unit, x, around=row.change) for x in (row.today, row.plan)]
    grade = "" if row.grade == "stated" else phrases.grade(v, row.grade)
    return [
        v.t.name("benefit_names", row.key), v.t(f"benefit_kinds.{row.kind}"), *levels, change, spread,
        v.t(f"better.{row.direction}"), grade,
    ]  # fmt: skip


def _margin(v: View) -> Child | None:
    path = v.f.margin_path
    if not path.quarters or path.lowest is None:
        return None
    said = {"change": v.n.number(path.lowest, 2, signed=True), "quarter": v.n.quarter(path.lowest_quarter)}
    key = "benefit_pages.margin_title" if path.first_ahead else "benefit_pages.margin_title_never"
    heading = v.t(key, ahead=v.n.quarter(path.first_ahead), **said) if path.first_ahead else v.t(key, **said)
    alt = v.t("benefit_pages.margin_alt", **said)
    return figure(heading, alt, steps.margin(v), steps.margin(v, narrow=True), chart=steps.margin_chart(v))


def tier_quarters(findings: RoiFindings, lang: str = "en") -> Section:
    """Inputs against outputs by tier, and the gain by tier and quarter (E4)."""
    v = view(findings, lang)
    rows = v.f.tier_quarters
    tiers = list(dict.fromkeys(row.tier for row in rows))
    quarters = list(dict.fromkeys(row.quarter for row in rows))
    gains = {(row.tier, row.quarter): row.gain for row in rows}
    inside = {row.quarter: row.in_horizon for row in rows}
    scale = v.n.scale(list(gains.values()))
    columns = [Column(v.t("columns.quarter"), "name")]
    names = [v.tier(tier) for tier in tiers]
    columns += [
        Column(name, key=f"t{i}", sums=True, exact=v.t("columns.in_unit", name=name, unit=v.n.word))
        for i, name in enumerate(names)
    ]
    together = " + ".join(f"{{t{i}}}" for i in range(len(tiers)))
    columns.append(Column(v.t("columns.total"), key="all", formula=together, sums=True))
    body: list[list[object]] = [
        [v.n.quarter(q), *(v.n.cell(gains.get((t, q)), scale, True) for t in tiers),
         v.n.cell(sum(gains.get((t, q), 0.0) for t in tiers), scale, True)]
        for q in quarters
    ]  # fmt: skip
    classes = ["" if inside[q] else "run-out" for q in quarters]
    sums = {t: sum(row.gain for row in rows if row.tier == t) for t in tiers}
    if rows:
        last = [v.n.cell(sums[t], scale, True) for t in tiers]
        body.append([v.t("columns.total"), *last, v.n.cell(sum(sums.values()), scale, True)])
        classes.append("total")
    return section(
        "tier-quarters",
        v.t("tier_quarters.title"),
        _sums(v, tiers),
        el("p", v.t("tier_quarters.note", unit=scale.unit), cls="note"),
        table(columns, body, cls="tight", row_classes=classes) if rows else None,
        mark=phrases.illustrative(v),
    )


def _sums(v: View, tiers: list[str]) -> Child | None:
    if not tiers:
        return None
    keys = ("cost_today", "cost_plan", "margin_today", "margin_plan", "gain")
    found = {
        (tier, key): sum(getattr(row, key) for row in v.f.tier_quarters if row.tier == tier)
        for tier in tiers
        for key in keys
    }
    scale = v.n.scale(list(found.values()))
    columns = [Column(v.t("columns.tier"), "name")]
    for key in keys:
        head, exact = (v.t(f"worth_columns.{key}", unit=unit) for unit in (scale.unit, v.n.word))
        columns.append(Column(head, sums=True, exact=exact))
    body: list[list[object]] = [
        [v.tier(tier), *(v.n.cell(found[tier, key], scale, key == "gain") for key in keys)] for tier in tiers
    ]
    total = [v.n.cell(sum(found[tier, key] for tier in tiers), scale, key == "gain") for key in keys]
    body.append([v.t("columns.total"), *total])
    classes = [""] * len(tiers) + ["total"]
    heading = el("h3", v.t("tier_quarters.sums_title"))
    return el("div", heading, table(columns, body, row_classes=classes), cls="keep")


def differences(v: View) -> list[Child]:
    """What differs between the plan and today, and between the scenario and its preset; the ledger check."""
    parts: list[Child] = []
    for of in ("policy", "scenario"):
        rows = [row for row in v.f.difference_to_baseline if row.of == of]
        if rows:
            heads = ("path", "was", "now")
            columns = [
                Column(v.t(f"baseline_difference.{key}"), "name" if key == "path" else "text")
                for key in heads
            ]
            body = [
                [el("code", row.path), *(written.setting(v, x) if x else "–" for x in (row.was, row.now))]
                for row in rows
            ]
            parts += [el("h3", v.t(f"baseline_difference.{of}")), table(columns, body, cls="tight")]
    if v.f.ledger_check:
        wrong = [total.key for total in v.f.ledger_check if not total.agrees]
        said = v.t("baseline_difference.ledger", count=v.n.count(len(v.f.ledger_check)))
        if wrong:
            said = v.t("baseline_difference.ledger_fails", names=v.t("numbers.list").join(wrong))
        parts.append(el("p", said))
    return parts
