"""What each tier gets, as promised and as it came out: people, bot, service, contacts, money, plan."""

from __future__ import annotations

import math

from tiersim.evaluation.review.findings import Given
from tiersim.report import phrases
from tiersim.report.fragments import Column, Section, el, section, table
from tiersim.report.numbers import known
from tiersim.report.review.view import ReviewView, Told
from tiersim.report.tree import Child


def packages(told: Told, lang: str = "en") -> Section:
    """Packages by tier, money by group, the execution plan."""
    v = told.view(lang)
    return section(
        "packages",
        v.t("tier_review.packages_title"),
        _given(v),
        _purses(v),
        _execution(v),
        mark=phrases.illustrative(v),
    )


def _given(v: ReviewView) -> Child:
    heads = "tier people_planned people_came people load promise kept contacts_planned contacts_came"
    heads += " bot_planned bot_came"
    columns = [
        Column(v.t(f"tier_review.columns.{key}"), "name" if key == "tier" else "number")
        for key in heads.split()
    ]
    body = [
        [
            v.tier(row.tier),
            _ratio(v, row.ratio),
            _ratio(v, row.cover),
            v.n.plain(row.people, 1),
            v.share(row.utilisation),
            _promise(v, row),
            v.share(row.in_time),
            _contacts(v, row),
            v.n.number(row.contacts, 2),
            v.share(row.bot),
            v.share(row.by_bot),
        ]
        for row in v.f.given
    ]
    return el(
        "div",
        el("h3", v.t("tier_review.given_title")),
        table(columns, body, cls="tight"),
        el("p", v.t("tier_review.given_note"), cls="note"),
        *v.nobody(),
    )


def _ratio(v: ReviewView, x: float) -> str:
    return v.t("tier_review.ratio", n=v.n.number(x, 2)) if known(x) else v.n.missing


def _promise(v: ReviewView, row: Given) -> str:
    hours = v.t("units.hours", number=v.n.number(row.answer_hours, 2))
    return v.t("tier_review.round_the_clock", hours=hours) if row.round_the_clock else hours


def _contacts(v: ReviewView, row: Given) -> str:
    """Contacts a year that the package plans."""
    a_year = 52.0 / row.contact_weeks if math.isfinite(row.contact_weeks) and row.contact_weeks > 0 else 0.0
    count = v.n.number(a_year, 2)
    return v.t("tier_review.automatic", count=count) if row.automatic else count


def _purses(v: ReviewView) -> Child:
    if not v.f.purses:
        return el("p", v.t("tier_review.purses_none"), cls="note")
    rows = v.f.purses
    scale = v.n.scale([row.cap for row in rows])
    heads = "group share_planned share_came cap staff reserved strategies unspent funded"
    columns = [
        Column(v.t(f"tier_review.columns.{key}", unit=scale.unit), "name" if key == "group" else "number")
        for key in heads.split()
    ]
    amounts = ("cap", "staff", "reserved", "strategies", "unspent")
    body = [
        [
            "+".join(v.tier(tier) for tier in row.group.split("+")),
            v.share(row.planned_share), v.share(row.spent_share),
            *(v.n.cell(getattr(row, key), scale) for key in amounts),
            v.share(row.funded) if row.strategies > 0 else "–",
        ]
        for row in rows
    ]  # fmt: skip
    total = [
        v.t("columns.total"), v.share(1.0), v.share(1.0),
        *(v.n.cell(sum(getattr(row, key) for row in rows), scale) for key in amounts), "",
    ]  # fmt: skip
    spent = sum(row.spent for row in rows)
    heading = v.t(
        "tier_review.purses_title",
        planned=v.t("tier_review.per").join(v.n.plain(100 * row.planned_share) for row in rows),
        came=v.t("tier_review.per").join(v.n.plain(100 * row.spent_share) for row in rows),
        spent=v.n.money(spent),
    )
    return el(
        "div",
        el("h3", heading),
        table(columns, [*body, total], cls="tight", row_classes=[""] * len(body) + ["total"]),
        el("p", v.t("tier_review.purses_note"), cls="note"),
        cls="keep",
    )


def _execution(v: ReviewView) -> Child:
    if not v.f.execution:
        return el("p", v.t("tier_review.execution_none"), cls="note")
    columns = [
        Column(v.t(f"appendix.plan_{key}"), "name" if key == "what" else "text")
        for key in ("what", "who", "when", "resources", "expects")
    ]
    body = [
        [
            row.what, row.who or v.n.missing,
            v.t("appendix.plan_days", first=v.n.day(row.first), last=v.n.day(row.last)),
            row.resources or v.n.missing, row.expects or v.n.missing,
        ]
        for row in v.f.execution
    ]  # fmt: skip
    return el("div", el("h3", v.t("appendix.plan_title")), table(columns, body), cls="keep")
