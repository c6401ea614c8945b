"""The first page: the verdict in fixed words, goals, how we know, and what to do next."""

from __future__ import annotations

from tiersim.evaluation.effect_parts import Check, GoalActual
from tiersim.evaluation.suggestions import next_actions
from tiersim.experiment.controlled import ControlledEffect
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
    outcome = v.verdict
    badge = el("p", outcome, cls=f"verdict {BADGES[v.f.verdict]}",
               aria_label=phrases.named(v, v.t("verdicts.label"), outcome))  # fmt: skip
    wording = v.t(f"effects.lead_{v.f.wording}")
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
        el("p", note, cls="conventions") if (note := _note(v)) else None,
        el("p", v.t("mark.why"), cls="conventions") if not v.f.baseline_gate else None,
        mark=phrases.illustrative(v),
        cls="page first",
    )


def title(v: EffectView) -> str:
    """The verdict in one line; causal words only beside a control group whose checks all passed."""
    rows = v.f.control.estimated if v.f.control and v.f.led_by_control else v.f.effects
    states = [row.state for row in rows if row.direction]
    key = f"effects.title_{v.f.verdict}"
    if v.f.wording == "nothing":
        return v.t("effects.title_nothing")
    if v.f.led_by_control:
        key += "" if v.f.control and v.f.control.sound else "_control"
    elif v.f.verdict != "not_shown":
        key += "_plain"
    else:
        key += "_simulated"
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
    untold = any(row.goal.plan is not None and not known(row.actual) for row in v.f.goals)
    return el(
        "div",
        el("h3", v.t("effects.goals_title")),
        table(columns, rows, cls="tight"),
        el("p", v.t("effects.goals_before"), cls="note"),
        el("p", v.t("effects.goals_untold", missing=v.n.missing), cls="note") if untold else None,
        cls="keep",
    )


def _goal(v: EffectView, row: GoalActual) -> list[object]:
    goal = row.goal
    name = v.t.said(goal.name) if goal.name else v.metric(goal.metric)
    if not goal.name and 0 < len(goal.tiers) <= 3:
        tiers = v.t("numbers.list").join(v.tier(t) for t in goal.tiers)
        name = v.t("numbers.beside", name=name, value=tiers)
    # One precision in a row: that which the range without the plan supports.
    shown = [name, v.in_unit(goal.unit, goal.before, around=goal.without),
             v.in_unit(goal.unit, goal.wanted, around=goal.without if goal.change is not None else None),
             v.t("effects.months", n=v.n.count(3 * goal.quarters))]  # fmt: skip
    if goal.plan is None or goal.without is None or goal.effect is None:
        return [*shown, v.because(goal.missing), *[v.n.missing] * 5]
    told = known(row.actual)
    reached = {True: "yes", False: "no", None: "ahead"}[row.reached]
    return [
        *shown,
        v.in_unit(goal.unit, row.actual, around=goal.without),
        v.in_unit(goal.unit, row.without if told else goal.without.mean, around=goal.without),
        v.in_unit(goal.unit, row.effect, signed=True, around=goal.without),
        v.t(f"effects.{reached}") if told else v.n.missing,
        "–" if told and row.reached is not None else v.n.chance(row.p_by_deadline, v.f.replications),
        v.n.chance(goal.p_without, v.f.replications),
    ]


def _figures(v: EffectView) -> list[Child]:
    """Figures that stand out most from the control group, or from what is usual without the plan."""
    if v.f.control and v.f.led_by_control:
        order = sorted(v.f.control.estimated, key=lambda row: row.estimate.p)[:FIGURES_SHOWN]
        return [_beside(v, row) for row in order]
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


def _beside(v: EffectView, row: ControlledEffect) -> Child:
    name, effect = v.controlled(row), v.in_unit(row.unit, row.estimate.value, True, row.estimate)
    return figure(
        v.t("effects.figure_title", metric=name, state=v.t(f"states.{row.state}")),
        v.t("effects.groups_alt", metric=name, effect=effect, range=v.interval(row)),
        charts.groups(v, row), charts.groups(v, row, narrow=True), chart=charts.groups_chart(v, row),
    )  # fmt: skip


def _note(v: EffectView) -> str | None:
    if v.f.control and v.f.led_by_control:
        return v.t("effects.control_note", alpha=v.n.percent(v.f.control.alpha))
    return simulated_note(v)


def simulated_note(v: EffectView) -> str | None:
    """How figures are judged against the simulation; None where the export has none for it."""
    if not v.f.effects:
        return None
    return v.t("effects.note", count=v.f.judged_count) if v.f.judged_count else v.t("effects.note_unjudged")


def _checks(v: EffectView) -> Child:
    """How we know: the design, each check, and the strongest wording that they allow."""
    checks = v.f.control.checks if v.f.control and v.f.led_by_control else v.f.checks
    return box(
        v.t("effects.checks_title"),
        [_design(v), *(check_line(v, check) for check in checks), v.t(f"effects.strongest.{v.f.wording}")],
    )


def _design(v: EffectView) -> str:
    control = v.f.control
    if control is None or not v.f.led_by_control:
        return v.t("effects.design_simulated")
    return v.t(
        "effects.design_control", treated=v.n.count(len(control.treated)),
        control=v.n.count(len(control.control)), before=v.n.count(len(control.before)),
        after=v.n.count(len(control.after)),
    )  # fmt: skip


def check_line(v: EffectView, check: Check) -> str:
    """A check and how it came out."""
    states = {True: "effects.passed", False: "effects.failed", None: "effects.impossible"}
    if check.name == "parallel":
        states[None] = "drift.weak"
    return v.t(
        "effects.checks_state", name=v.t(f"effects.checks.{check.name}"),
        state=v.t(states[check.passed]), count=v.n.count(check.count), of=v.n.count(check.of),
    )  # fmt: skip


def _naive(v: EffectView) -> Child:
    """The naive before-and-after figure beside the sound one, for the first key figures."""
    if v.f.control and v.f.led_by_control:
        lines = [
            v.t(
                "effects.naive_control", metric=v.controlled(row), range=v.interval(row),
                naive=v.in_unit(row.unit, row.naive, True, row.estimate),
                effect=v.in_unit(row.unit, row.estimate.value, True, row.estimate),
            )
            for row in v.f.control.estimated[:NAIVE_SHOWN]
        ]  # fmt: skip
        return box(v.t("effects.naive_title"), lines)
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
    found = next_actions(v.f.judged_rows, v.f.led_by_control, ACTIONS)
    rows = [
        (v.t(f"suggestions.{one.key}.text"), v.t(f"suggestions.{one.key}.owner"), one.quarters)
        for one in found
    ]
    return actions(v, rows, v.f.quarters[-1])
