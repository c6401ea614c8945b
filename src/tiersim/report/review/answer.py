"""The first page: which tier needs a change, who is where, what could make it wrong, and what to do next."""

from __future__ import annotations

from tiersim.evaluation.review.findings import KEEP, TierHeld
from tiersim.report import phrases
from tiersim.report.actions import actions
from tiersim.report.evidence import weakly_known
from tiersim.report.fragments import Column, Section, box, el, figure, section, table, tile
from tiersim.report.numbers import known
from tiersim.report.review import charts
from tiersim.report.review.view import ReviewView, Told, mean_of
from tiersim.report.tree import Child

ACTIONS = 3
WORSE_SHOWN = 4
TOP = 2
"""Tiers that count as the top."""


def first_page(told: Told, lang: str = "en") -> Section:
    """Title, tiles, a table by tier, both main charts, who is worse off, doubts, next actions."""
    v = told.view(lang)
    return section(
        "answer",
        None,
        el("p", v.t("tier_review.kind"), v.t("numbers.dot"), v.name, cls="kind"),
        el("header", el("h1", title(v))),
        el("p", _lead(v), cls="lead"),
        _tiles(v),
        _tiers(v),
        el("div", _bars(v), _sizes(v), cls="pair"),
        el("div", _worse(v), _doubts(v), cls="three"),
        actions(v, _steps(v), v.f.quarters[-1]),
        el("p", phrases.conventions_of(v), cls="conventions"),
        el("p", v.t("mark.why"), cls="conventions") if not v.f.baseline_gate else None,
        mark=phrases.illustrative(v),
        cls="page first",
    )


def title(v: ReviewView) -> str:
    """The finding in one line."""
    moved, first = v.n.count(v.f.moving.both.mean), v.f.first
    if first is None:
        return v.t("tier_review.title_none", moved=moved, range=v.moved_range)
    return v.t("tier_review.title", tier=v.in_words(first.tier), finding=v.finding(first), moved=moved,
               range=v.moved_range)  # fmt: skip


def _lead(v: ReviewView) -> str:
    return v.t(
        "tier_review.lead", customers=v.n.count(v.f.customers), revenue=v.n.money(v.f.revenue),
        plan=v.policy(v.f.plan), first=v.n.quarter(v.f.last_year[0]), last=v.n.quarter(v.f.last_year[-1]),
        outcomes=v.n.count(v.f.held_replications),
    )  # fmt: skip


def _tiles(v: ReviewView) -> Child:
    moving, rows = v.f.moving, v.f.rated
    top = rows[:TOP]
    both = v.t("tier_review.and").join(v.in_words(row.tier) for row in top)
    return el(
        "div",
        tile(
            v.t("tier_review.tile_moved"),
            v.n.count(moving.both.mean),
            v.t("tier_review.tile_moved_note", range=v.moved_range, up=v.n.count(moving.up.mean),
                down=v.n.count(moving.down.mean), share=v.share(moving.moved_share.mean)),
        ),
        tile(
            v.t("tier_review.tile_top", tiers=both),
            v.share(sum(row.share_revenue for row in top)),
            v.t("tier_review.tile_top_note", profit=v.share(sum(row.share_profit for row in top)),
                customers=v.share(sum(row.share_customers for row in top))),
        ),
        _extreme(v, "in_time", least=True),
        _extreme(v, "negative", least=False),
        tile(
            v.t("tier_review.tile_undone"),
            v.share(moving.undone),
            v.t("tier_review.tile_undone_note", count=v.n.count(moving.of_undone))
            if known(moving.undone)
            else v.t("tier_review.tile_undone_none"),
        ),
        cls="tiles",
    )  # fmt: skip


def _extreme(v: ReviewView, key: str, least: bool) -> Child:
    """The tier that does worst in a figure, with its range."""
    rows = [(row.tier, found) for row in v.f.rated if (found := getattr(row, key)) is not None]
    if not rows:
        return tile(v.t(f"tier_review.tile_{key}"), v.n.missing, v.t(f"tier_review.tile_{key}_none"))
    tier, found = (min if least else max)(rows, key=lambda row: row[1].mean)
    note = v.t(f"tier_review.tile_{key}_note", tier=v.in_words(tier), range=v.ends("share", found))
    return tile(v.t(f"tier_review.tile_{key}"), v.share(found.mean), note)


def _tiers(v: ReviewView) -> Child:
    scale = v.n.scale([row.revenue.mean for row in v.f.held])
    care = sum(row.care for row in v.f.held)
    heads = "tier customers of_customers revenue of_revenue of_profit of_care in_time solved negative lost"
    columns = [
        Column(v.t(f"tier_review.columns.{key}", unit=scale.unit), "name" if key == "tier" else "number")
        for key in heads.split()
    ]

    def row(one: TierHeld) -> list[object]:
        lost = v.tracked(one.tier, "churn")
        return [
            v.tier(one.tier),
            _change(v, one),
            "" if one.tier == "company" else v.share(one.share_customers),
            v.n.cell(one.revenue.mean, scale),
            v.share(one.share_revenue),
            v.share(one.share_profit),
            v.share(one.care / care if care > 0 else None),
            *(_cell(v, one, mean_of(x)) for x in (one.in_time, one.solved_in_time, one.negative)),
            "" if lost is None else v.share(mean_of(lost.plan)),
        ]

    # The company's own money belongs to nobody; where it is nothing the row is left out.
    shown = [one for one in v.f.held if one.tier in v.f.tiers or one.customers.mean or one.profit.mean]
    total = [
        v.t("columns.total"),
        v.n.change(*(v.n.count(x) for x in (
            sum(one.customers_start for one in v.f.held), sum(one.customers.mean for one in v.f.held)))),
        v.share(1.0), v.n.cell(sum(one.revenue.mean for one in v.f.held), scale),
        *[v.share(1.0)] * 3, *[""] * 4,
    ]  # fmt: skip
    body = [row(one) for one in shown]
    return el(
        "div",
        el("h3", v.t("tier_review.tiers_title")),
        table(columns, [*body, total], cls="tight", row_classes=[""] * len(body) + ["total"]),
        el("p", v.t("tier_review.tiers_note"), cls="note"),
        *v.nobody(),
    )


def _change(v: ReviewView, one: TierHeld) -> str:
    """Customers at the start and at the end; the company itself has none."""
    if one.tier == "company":
        return ""
    return v.n.change(v.n.count(one.customers_start), v.n.count(one.customers.mean))


def _cell(v: ReviewView, one: TierHeld, x: float | None) -> str:
    """A figure of service; the company itself asks for none."""
    return "" if one.tier == "company" else v.share(x)


def _bars(v: ReviewView) -> Child:
    rows = [row for row in v.f.rated if known(row.share_profit)]
    heading = v.t("tier_review.bars_none")
    if rows:
        best = max(rows, key=lambda row: row.share_profit)
        heading = v.t("tier_review.bars_title", tier=v.in_words(best.tier), profit=v.share(best.share_profit),
                      customers=v.share(best.share_customers))  # fmt: skip
    said = [
        v.t("tier_review.bars_row", tier=v.in_words(row.tier), customers=v.share(row.share_customers),
            revenue=v.share(row.share_revenue), profit=v.share(row.share_profit))
        for row in v.f.rated
    ]  # fmt: skip
    alt = v.t("tier_review.bars_alt", rows=v.t("numbers.parts").join(said))
    return figure(heading, alt, charts.bars(v), charts.bars(v, narrow=True), chart=charts.bars_chart(v))


def _sizes(v: ReviewView) -> Child:
    rows = v.f.rated
    most = max(rows, key=lambda row: abs(row.customers.mean - row.customers_start))
    said = {"tier": v.in_words(most.tier), "before": v.n.count(most.customers_start),
            "after": v.n.count(most.customers.mean)}  # fmt: skip
    ends = [
        v.t("tier_review.sizes_row", tier=v.in_words(row.tier), before=v.n.count(row.customers_start),
            after=v.n.count(row.customers.mean))
        for row in rows
    ]  # fmt: skip
    alt = v.t("tier_review.sizes_alt", rows=v.t("numbers.parts").join(ends))
    return figure(
        v.t("tier_review.sizes_title", **said), alt, charts.sizes(v), charts.sizes(v, narrow=True),
        chart=charts.sizes_chart(v),
    )  # fmt: skip


def _worse(v: ReviewView) -> Child:
    lines = []
    for row in v.f.tracked:
        without, plan = (v.in_unit(row.unit, mean_of(x)) for x in (row.without, row.plan))
        if row.is_worse and phrases.noticed(without, plan):
            said = {"tier": v.in_words(row.tier), "metric": v.metric(row.metric)}
            lines.append(v.t("tier_review.worse_line", **said, without=without, plan=plan))
    heading = v.t("tier_review.worse_title", today=v.policy(v.f.today))
    return box(heading, lines[:WORSE_SHOWN] or [v.t("tier_review.nobody_worse")], v.t("worse.rule"))


def _doubts(v: ReviewView) -> Child:
    weak = weakly_known(v.f.assumptions)
    lines = [
        v.t("tier_review.doubt_weak", weak=weak, all=len(v.f.assumptions)),
        v.t("tier_review.doubt_limits"),
    ]
    unrated = next((row for row in v.f.held if row.tier == "new"), None)
    if unrated is not None and unrated.customers.mean >= 0.5:
        lines.append(v.t("tier_review.doubt_new", count=v.n.count(unrated.customers.mean),
                         revenue=v.share(unrated.share_revenue)))  # fmt: skip
    if v.f.truth.misplaced is not None:
        lines.append(v.t("tier_review.doubt_place"))
    return box(v.t("tier_review.doubts_title"), lines)


def _steps(v: ReviewView) -> list[tuple[str, str, int]]:
    """What to do: first the changes, then what to go on with, each once with the tiers that it is for."""
    asked: dict[str, list[str]] = {}
    for one in v.f.suggested:
        asked.setdefault(one.to, []).append(v.in_words(one.tier))
    order = sorted(asked, key=lambda key: key in KEEP)
    return [
        (
            v.t("tier_review.step", tiers=v.t("numbers.list").join(asked[key]), text=v.suggestion(key)),
            v.owner(key),
            1,
        )
        for key in order[:ACTIONS]
    ]
