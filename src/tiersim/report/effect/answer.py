"""The first page: the verdict in fixed words, goals, how we know, and what to do next."""

from __future__ import annotations

from tiersim.evaluation.effects import GoalActual
from tiersim.evaluation.suggestions import suggested
from tiersim.report import phrases
from tiersim.report.actions import actions
from tiersim.report.effect import charts
from tiersim.report.effect.view import EffectView, Told
from tiersim.report.fragments import Column, Section, box, el, figure, section, table
from tiersim.report.numbers import known
from tiersim.report.tree import Child

ACTIONS = 3
FIGURES_SHOWN = 2
NAIVE_SHOWN = 3
BADGES = {"worked": "go", "partly": "pilot", "not_shown": "pilot", "harmed": "no"}


def first_page(told: Told, lang: str = "en") -> Section:
    """Title, verdict, goals, the figures that speak most, how we know, the naive reading, next actions."""
    v = told.view(lang)
    outcome = v.t(f"outcomes_of_plan.{v.f.outcome}")
    badge = el("p", outcome, cls=f"verdict {BADGES[v.f.outcome]}",
               aria_label=phrases.named(v, v.t("verdicts.label"), outcome))  # fmt: skip
    wording = v.t("effects.lead_causal" if v.f.causal else "effects.lead_plain")
    return section(
        "answer",
        None,
        el("p", v.t("effects.kind"), v.t("numbers.dot"), v.name, cls="kind"),
        el("header", el("h1", title(v)), badge),
        el("p", _lead(v), v.t("numbers.sentences"), wording, cls="lead"),
        _goals(v),
        el("div", *_figures(v), cls="pair even"),
        el("div", _checks(v), _naive(v), cls="three"),
        _actions(v),
        el("p", v.t("effects.note", count=len(v.f.effects)), cls="conventions"),
        el("p", v.t("mark.why"), cls="conventions") if not v.f.baseline_gate else None,
        mark=phrases.illustrative(v),
        cls="page first",
    )


def title(v: EffectView) -> str:
    """The verdict in one line; causal words only where every check passed."""
    states = [row.state for row in v.f.effects if row.direction]
    key = f"effects.title_{v.f.outcome}"
    if not v.f.causal and v.f.outcome != "not_shown":
        key += "_plain"
    return v.t(key, better=states.count("better"), worse=states.count("worse"), all=len(states))


def _lead(v: EffectView) -> str:
    return v.t(
        "effects.lead", name=v.name, first=v.n.quarter(v.f.quarters[0]),
        last=v.n.quarter(v.f.quarters[-1]),
        source=v.f.source.replace("\\", "/").rpartition("/")[2],
        customers=v.n.count(v.f.customers), plan=v.policy(v.f.plan), today=v.policy(v.f.today),
    )  # fmt: skip


def _goals(v: EffectView) -> Child:
    if not v.f.goals:
        return box(v.t("effects.goals_title"), [v.t("effects.goals_none")])
    heads = "goal before wanted by actual without effect reached chance chance_without"
    columns = [
        Column(v.t(f"effects.columns.{key}"), "name" if key == "goal" else "number") for key in heads.split()
    ]
    rows = [_goal(v, row) for row in v.f.goals]
    return el("div", el("h3", v.t("effects.goals_title")), table(columns, rows, cls="tight"), cls="keep")


def _goal(v: EffectView, row: GoalActual) -> list[object]:
    goal = row.goal
    name = v.t.said(goal.name) if goal.name else v.metric(goal.metric)
    if not goal.name and 0 < len(goal.tiers) <= 3:
        tiers = v.t("numbers.list").join(v.tier(t) for t in goal.tiers)
        name = v.t("numbers.beside", name=name, value=tiers)
    shown = [name, v.in_unit(goal.unit, goal.before),
             v.in_unit(goal.unit, goal.wanted),
             v.t("effects.months", n=v.n.count(3 * goal.quarters))]  # fmt: skip
    if goal.plan is None or goal.without is None or goal.effect is None:
        return [*shown, v.because(goal.missing), *[v.n.missing] * 5]
    effect = row.actual - goal.without.mean if known(row.actual) else goal.effect.mean
    reached = {True: "yes", False: "no", None: "ahead"}[row.reached]
    return [
        *shown,
        v.in_unit(goal.unit, row.actual, around=goal.without),
        v.in_unit(goal.unit, goal.without.mean, around=goal.without),
        v.in_unit(goal.unit, effect, signed=True, around=goal.without),
        v.t(f"effects.{reached}"),
        v.n.chance(row.p_by_deadline, v.f.replications),
        v.n.chance(goal.p_without, v.f.replications),
    ]


def _figures(v: EffectView) -> list[Child]:
    """The figures that stand out most from what would be usual without the plan."""
    rows = [row for row in v.f.effects if row.direction]

    def strength(i: int) -> float:
        wide = rows[i].effect.high - rows[i].effect.low
        return -abs(rows[i].effect.mean) / wide if wide > 0 else 0.0

    shown = [rows[i] for i in sorted(range(len(rows)), key=strength)[:FIGURES_SHOWN]]
    return [
        figure(
            v.t("effects.figure_title", metric=v.metric(row.metric), state=v.t(f"states.{row.state}")),
            v.t(
                "effects.figure_alt", metric=v.metric(row.metric), actual=v.figure(row, row.actual),
                without=v.figure(row, row.without.mean), range=v.ends(row.unit, row.without),
                plan=v.figure(row, row.plan.mean),
            ),
            charts.bands(v, row), charts.bands(v, row, narrow=True), chart=charts.bands_chart(v, row),
        )
        for row in shown
    ]  # fmt: skip


def _checks(v: EffectView) -> Child:
    states = {True: "passed", False: "failed", None: "impossible"}
    lines = [
        v.t(
            "effects.checks_state", name=v.t(f"effects.checks.{check.name}"),
            state=v.t(f"effects.{states[check.passed]}"),
            count=v.n.count(check.count), of=v.n.count(check.of),
        )
        for check in v.f.checks
    ]  # fmt: skip
    return box(v.t("effects.checks_title"), lines)


def _naive(v: EffectView) -> Child:
    rows = [row for row in v.f.effects if known(row.naive) and row.direction][:NAIVE_SHOWN]
    lines = [
        v.t(
            "effects.naive_line", metric=v.metric(row.metric), naive=v.figure(row, row.naive, signed=True),
            effect=v.figure(row, row.effect.mean, signed=True), range=v.range(row),
        )
        for row in rows
    ]  # fmt: skip
    return box(v.t("effects.naive_title"), lines or [v.t("effects.naive_none")])


def _actions(v: EffectView) -> Child:
    found = suggested([*v.f.effects, *v.f.by_tier])[:ACTIONS]
    rows = [(v.t(f"suggestions.{key}.text"), v.t(f"suggestions.{key}.owner")) for key in found]
    return actions(v, rows, v.f.quarters[-1])
