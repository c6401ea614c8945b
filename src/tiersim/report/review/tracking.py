"""The tracking table of the documents: key figures by tier, with a suggestion and the rule that gave it."""

from __future__ import annotations

from tiersim.evaluation.goals import GoalResult
from tiersim.evaluation.review.findings import Tracked
from tiersim.report import phrases
from tiersim.report.fragments import Column, Section, box, el, section, table
from tiersim.report.numbers import known
from tiersim.report.review.view import ReviewView, Told, mean_of
from tiersim.report.tree import Child

SHOWN = ("repurchase", "churn", "renewal", "nps", "negative_share", "arpu")


def tracking(told: Told, lang: str = "en") -> Section:
    """Last year by tier, suggestions with their rules, goals, and the last four quarters."""
    v = told.view(lang)
    return section(
        "tracking",
        v.t("tier_review.tracking_title"),
        _template(v),
        el("h3", v.t("tier_review.rules_title")),
        _rules(v),
        _goals(v),
        el("h3", v.t("tier_review.quarters_title")),
        by_quarter(v, len(v.f.quarters) - len(v.f.last_year)),
        el("p", v.t("tier_review.quarters_note"), cls="note"),
        mark=phrases.illustrative(v),
    )


def metrics(v: ReviewView) -> list[str]:
    """Key figures that some tier has."""
    return [name for name in SHOWN if any(row.plan for row in v.f.tracked if row.metric == name)]


def _template(v: ReviewView) -> Child:
    shown = metrics(v)
    columns = [
        Column(v.t("tier_review.columns.tier"), "name"),
        Column(v.t("tier_review.columns.period"), "text"),
        *(Column(v.metric(name)) for name in shown),
        Column(v.t("tier_review.columns.ltv")),
        Column(v.t("tier_review.columns.suggestion"), "text"),
    ]
    body: list[list[object]] = []
    for tier in v.f.tiers:
        rows = [v.tracked(tier, name) for name in shown]
        plan, without = v.f.ltv[tier]
        first = next((one.to for one in v.f.suggested if one.tier == tier), None)
        today = phrases.capital(v.t("tier_review.without", today=v.policy(v.f.today)))
        periods = (("before", v.t("tier_review.before")), ("without", today),
                   ("plan", v.t("tier_review.under_plan")))  # fmt: skip
        ends = {
            "before": ["–", ""],
            "without": [v.in_unit("money", mean_of(without)), ""],
            "plan": [
                v.in_unit("money", mean_of(plan)),
                v.suggestion(first) if first else "–" if plan is None else v.t("tier_review.nothing"),
            ],
        }
        body += [
            [v.tier(tier), said, *(_figure(v, row, key) for row in rows), *ends[key]] for key, said in periods
        ]
    begins, ends_at = (v.n.quarter(v.f.last_year[k]) for k in (0, -1))
    gone = [name for name in SHOWN if name not in shown]
    return el(
        "div",
        el("h3", v.t("tier_review.template_title", first=begins, last=ends_at)),
        table(columns, body, cls="tight", row_classes=["", "", "run-out"] * len(v.f.tiers)),
        el("p", v.t("tier_review.tracking_note"), cls="note"),
        *v.nobody(),
        *(el("p", v.metric(n), v.t("numbers.colon"), v.because(_why(v, n)), cls="note") for n in gone),
    )


def _why(v: ReviewView, metric: str) -> str:
    return next((row.missing for row in v.f.tracked if row.metric == metric), "")


def _figure(v: ReviewView, row: Tracked | None, key: str) -> str:
    if row is None:
        return v.n.missing
    found = getattr(row, key)
    return v.in_unit(row.unit, found if key == "before" else mean_of(found))


def _rules(v: ReviewView) -> Child:
    if not v.f.suggested:
        return box(v.t("tier_review.rules_none_title"), [v.t("tier_review.rules_none")])
    columns = [
        Column(v.t(f"tier_review.columns.{key}"), "name" if key == "tier" else "text")
        for key in ("tier", "suggestion", "rule", "owner")
    ]
    body = [
        [v.tier(one.tier), v.suggestion(one.to), v.rule(one), v.t(f"owners.{v.owner(one.to)}")]
        for one in v.f.suggested
    ]
    return el("div", table(columns, body), el("p", v.t("tier_review.rules_note"), cls="note"))


def _goals(v: ReviewView) -> Child | None:
    if not v.f.goals:
        return el("p", v.t("tier_review.goals_none"), cls="note")
    heads = "goal before wanted by plan without chance"
    columns = [
        Column(v.t(f"tier_review.columns.{key}"), "name" if key == "goal" else "number")
        for key in heads.split()
    ]
    return el(
        "div",
        el("h3", v.t("effects.goals_title")),
        table(columns, [_goal(v, goal) for goal in v.f.goals]),
        el("p", v.t("effects.goals_before"), cls="note"),
        cls="keep",
    )


def _goal(v: ReviewView, goal: GoalResult) -> list[object]:
    tiers = "" if goal.name or len(goal.tiers) == len(v.f.tiers) else v.t("numbers.list").join(
        v.tier(tier) for tier in goal.tiers
    )  # fmt: skip
    name = goal.name or v.t(f"kpi_names.{goal.metric}")
    return [
        v.t("numbers.beside", name=name, value=tiers) if tiers else name,
        v.in_unit(goal.unit, goal.before),
        v.in_unit(goal.unit, goal.wanted),
        v.t("effects.months", n=v.n.count(3 * goal.quarters)),
        v.because(goal.missing) if goal.plan is None else v.in_unit(goal.unit, goal.plan.mean),
        v.in_unit(goal.unit, mean_of(goal.without)),
        v.n.chance(goal.p_plan, v.f.replications) if goal.plan is not None else v.n.missing,
    ]


def by_quarter(v: ReviewView, first: int) -> Child:
    """Key figures of each tier at the start, quarter by quarter from number `first` on."""
    shown = metrics(v)
    columns = [
        Column(v.t("columns.quarter"), "name"),
        Column(v.t("tier_review.columns.tier"), "text"),
        *(Column(v.metric(name) if name != "churn" else v.t("tier_review.lost_quarter")) for name in shown),
    ]
    body = [
        [v.n.quarter(quarter), v.tier(tier), *(_at(v, tier, name, q) for name in shown)]
        for q, quarter in enumerate(v.f.quarters)
        if q >= first
        for tier in v.f.tiers
    ]
    return table(columns, body, cls="tight")


def _at(v: ReviewView, tier: str, metric: str, q: int) -> str:
    row = v.tracked(tier, metric)
    x = row.quarters[q] if row is not None else None
    return v.in_unit(row.unit, x) if row is not None and known(x) else v.n.missing
