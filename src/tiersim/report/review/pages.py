"""Moves between tiers, what only a simulation can know, every quarter, and the run record."""

from __future__ import annotations

from tiersim.report import phrases
from tiersim.report.evidence import record_table
from tiersim.report.fragments import Column, Section, el, section, table
from tiersim.report.numbers import known
from tiersim.report.review.tracking import by_quarter
from tiersim.report.review.view import ReviewView, Told
from tiersim.report.tree import Child


def moves(told: Told, lang: str = "en") -> Section:
    """From which tier to which, why, and how steady each tier is."""
    v = told.view(lang)
    moving = v.f.moving
    heading = v.t(
        "tier_review.moves_title", up=v.n.count(moving.up.mean), down=v.n.count(moving.down.mean),
        up_range=_counts(v, moving.up.low, moving.up.high),
        down_range=_counts(v, moving.down.low, moving.down.high),
    )  # fmt: skip
    return section(
        "moves_of_tiers",
        v.t("moves.title"),
        el(
            "div",
            el("h3", heading),
            _matrix(v),
            el("p", v.t("tier_review.matrix_note"), cls="note"),
            cls="keep",
        ),
        el("div", el("h3", v.t("tier_review.reasons_title")), _reasons(v), cls="keep"),
        _stability(v),
        mark=phrases.illustrative(v),
    )


def _counts(v: ReviewView, low: float, high: float) -> str:
    return v.t("numbers.range", low=v.n.count(low), high=v.n.count(high))


def _matrix(v: ReviewView) -> Child:
    found = {(row.from_tier, row.to_tier): row.customers for row in v.f.moving.moves}
    sources = [*v.f.tiers, *(["new"] if any(a == "new" for a, _ in found) else [])]
    columns = [Column(v.t("columns.from_to"), "name"), *(Column(v.tier(tier)) for tier in v.f.tiers)]
    columns.append(Column(v.t("columns.total")))
    body = [
        [
            v.tier(a),
            *("" if a == b else v.n.plain(found.get((a, b), 0.0), 1) for b in v.f.tiers),
            v.n.plain(sum(found.get((a, b), 0.0) for b in v.f.tiers), 1),
        ]
        for a in sources
    ]
    return table(columns, body)


def _reasons(v: ReviewView) -> Child:
    if not v.f.moving.reasons:
        return el("p", v.t("tier_review.no_moves"), cls="note")
    columns = [
        Column(v.t(f"tier_review.columns.{key}"), "name" if key == "reason" else "number")
        for key in ("reason", "up_year", "down_year")
    ]
    body = [
        [v.t.name("tier_review.reasons", row.rule), v.n.plain(row.up, 1), v.n.plain(row.down, 1)]
        for row in v.f.moving.reasons
    ]
    return table(columns, body)


def _stability(v: ReviewView) -> Child:
    heads = "tier years up_rate down_rate undone"
    columns = [
        Column(v.t(f"tier_review.columns.{key}"), "name" if key == "tier" else "number")
        for key in heads.split()
    ]
    body = [
        [v.tier(row.tier), v.n.count(row.years), v.share(row.up), v.share(row.down), v.share(row.undone)]
        for row in v.f.moving.stability
    ]
    undone = v.f.moving.undone
    heading = (
        v.t("tier_review.steady_title", undone=v.share(undone))
        if known(undone)
        else v.t("tier_review.steady_title_none")
    )
    note = v.t("tier_review.steady_note", weeks=v.n.number(v.f.review_every, 2))
    return el("div", el("h3", heading), table(columns, body), el("p", note, cls="note"), cls="keep")


def truth(told: Told, lang: str = "en") -> Section:
    """How right the rating is, clearly marked as what no company could know."""
    v = told.view(lang)
    found = v.f.truth
    lines = [el("p", v.t("tier_review.truth_lead"), cls="lead")]
    if found.misplaced is None:
        lines.append(el("p", v.t("tier_review.truth_none", missing=v.n.missing), cls="note"))
    else:
        heading = v.t("tier_review.truth_finding", share=v.share(found.misplaced.mean),
                      range=v.ends("share", found.misplaced))  # fmt: skip
        lines.append(el("h3", heading))
    if found.cost is not None:
        lines.append(
            el("p", v.t("tier_review.cost", cost=v.n.money(found.cost.mean, True),
                        range=v.n.money_range(found.cost.low, found.cost.high),
                        error=v.n.money(found.cost.simulation_error),
                        outcomes=v.n.count(found.cost_replications)))
        )  # fmt: skip
    else:
        lines.append(el("p", v.t("tier_review.cost_none"), cls="note"))
    if known(found.noise):
        lines.append(el("p", v.t("tier_review.noise", share=v.share(found.noise))))
    if found.gone:
        lines.append(el("p", v.t("tier_review.gone", count=v.n.number(found.gone))))
    return section(
        "truth",
        v.t("tier_review.truth_title"),
        *lines,
        _placed(v),
        mark=phrases.illustrative(v),
        cls="page lookup",
    )


def _placed(v: ReviewView) -> Child | None:
    rows = v.f.truth.placed
    if not rows:
        return None
    heads = "tier rated too_high too_low of_margin right_record"
    columns = [
        Column(v.t(f"tier_review.columns.{key}"), "name" if key == "tier" else "number")
        for key in heads.split()
    ]
    body = [
        [
            v.tier(row.tier), v.n.count(row.customers), v.n.count(row.too_high), v.n.count(row.too_low),
            v.share(row.share_true_margin), v.share(row.right_record),
        ]
        for row in rows
    ]  # fmt: skip
    total = [
        v.t("columns.total"), *(v.n.count(sum(getattr(row, key) for row in rows))
                                for key in ("customers", "too_high", "too_low")), v.share(1.0), "",
    ]  # fmt: skip
    return el(
        "div",
        table(columns, [*body, total], row_classes=[""] * len(body) + ["total"]),
        el("p", v.t("tier_review.truth_note"), cls="note"),
        cls="keep",
    )


def quarters(told: Told, lang: str = "en") -> Section:
    """Every quarter and tier."""
    v = told.view(lang)
    return section(
        "quarters",
        v.t("tier_review.all_quarters_title"),
        by_quarter(v, 0),
        el("p", v.t("tier_review.quarters_note"), cls="note"),
        mark=phrases.illustrative(v),
        cls="page lookup",
    )


def record(told: Told, lang: str = "en") -> Section:
    """How the figures were computed, and the run record."""
    v = told.view(lang)
    outcomes, all_ = v.n.count(v.f.held_replications), v.n.count(v.f.replications)
    return section(
        "record",
        v.t("side_by_side.record_title"),
        el("p", v.t("tier_review.record_held", outcomes=outcomes, all=all_), cls="note"),
        el("p", v.t("tier_review.record_start", today=v.policy(v.f.today)), cls="note"),
        record_table(v, None, v.f.replications, v.f.draws),
        el("p", v.t("appendix.dates_note", start=v.n.day(v.f.start)), cls="note"),
        el("p", v.t("frame.record", footer=phrases.footer(v)), cls="record"),
        mark=phrases.illustrative(v),
    )
