"""The table by tier on the first page: tiers at the start, rows that add up to the headline (R6)."""

from __future__ import annotations

from tiersim.report.fragments import Column, el, table
from tiersim.report.numbers import known
from tiersim.report.tree import Child
from tiersim.report.view import View


def tier_table(v: View) -> Child:
    """Table with a row for each tier, one for what belongs to none, and the headline's as the sum."""
    rows = v.f.tiers
    scale = v.n.scale([x for r in rows for x in (r.revenue_today, r.profit_today, r.profit_plan)])

    def money(x: float, signed: bool = False) -> str:
        return v.n.cell(x, scale, signed)

    def percent(before: float, after: float, decimals: int) -> str:
        first, second = (v.n.plain(100 * x, decimals) for x in (before, after))
        return v.t("numbers.percent", number=v.n.change(first, second))

    def summed(key: str) -> Column:
        told = f"columns.{key}"
        exact = v.t(told, unit=v.n.word)
        return Column(v.t(told, unit=scale.unit), key=key, sums=True, exact=exact)

    columns = [
        Column(v.t("columns.tier"), "name"),
        Column(v.t("columns.customers"), key="customers", sums=True),
        summed("revenue_year"),
        Column(v.t("columns.profit", unit=scale.unit)),
        summed("gain"),
        Column(v.t("columns.gain_range")),
        summed("gain_uniform"),
        Column(v.t("columns.churn")),
        Column(v.t("columns.satisfaction")),
        Column(v.t("columns.late")),
    ]
    body = [
        [
            v.tier(r.tier),
            v.n.count(r.customers),
            money(r.revenue_today),
            v.n.change(money(r.profit_today), money(r.profit_plan)),
            money(r.gain.mean, signed=True),
            v.t("numbers.range", low=money(r.gain.low), high=money(r.gain.high)),
            money(r.gain_against_uniform.mean, signed=True),
            percent(r.churn_today, r.churn_plan, 1),
            v.n.change(v.n.plain(r.satisfaction_today, 1), v.n.plain(r.satisfaction_plan, 1)),
            percent(r.late_today, r.late_plan, 0),
        ]
        for r in rows
    ]
    classes = [""] * len(body)
    rest = v.f.gain.mean - sum(r.gain.mean for r in rows)
    rest_uniform = v.f.better_aimed.mean - sum(r.gain_against_uniform.mean for r in rows)
    unshown: list[list[str]] = []
    if known(rest):
        last = [v.t("columns.rest"), *[""] * 3, money(rest, True), "", money(rest_uniform, True), *[""] * 3]
        small = abs(rest) <= 0.005 * max(abs(v.f.gain.mean), 1.0)
        (unshown if small else body).append(last)
        classes += [] if small else [""]
    body.append(
        [
            v.t("columns.total"),
            v.n.count(sum(r.customers for r in rows)),
            money(sum(r.revenue_today for r in rows)),
            "",
            money(v.f.gain.mean, signed=True),
            v.t("numbers.range", low=money(v.f.gain.low), high=money(v.f.gain.high)),
            money(v.f.better_aimed.mean, signed=True),
            *[""] * 3,
        ]
    )
    best = v.best_tier
    lead = (
        v.t("first.tiers_lead", tier=v.tier(best.tier), gain=v.money(best.gain.mean, signed=True))
        if best is not None
        else v.t("first.tiers_lead_none")
    )
    return el(
        "div",
        el("h3", v.t("first.tiers_title")),
        el("p", lead, cls="note"),
        table(columns, body, cls="tight", row_classes=[*classes, "total"], unshown=unshown),
    )
