"""How the answer is known: the design, the lot, the calendar of looks and the checks; then every look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from tiersim.experiment.gates import bounds_of
from tiersim.experiment.looks.peeking import false_alarm
from tiersim.report import phrases
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.answer import gain_range, gain_text
from tiersim.report.experiments.gains import Gain, Guard, gain_of
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.pictures.guardrails import guardrails as drawn_guards
from tiersim.report.tree import Child


def design(told: Told, lang: str = "en") -> Section:
    """The design; of a run also who was in which arm, and whether checks let the reading go on."""
    v = view(told, lang)
    of_run = v.f.run is not None
    return section(
        "design",
        v.t("design.title" if of_run else "design.title_plan"),
        _facts(v),
        el("h3", v.t("design.arms_title")) if of_run else None,
        _arms(v) if of_run else None,
        el("p", v.t("design.arms_note"), cls="note") if of_run else None,
        el("h3", v.t("design.outcomes_title")),
        _outcomes(v),
        _checks(v) if of_run else None,
        mark=phrases.illustrative(v),
    )


def _facts(v: View) -> Child:
    d = v.design
    first = d.scenario.start + timedelta(weeks=d.begins)
    calendar = v.t("numbers.list").join(v.n.count(week - d.begins) for week in d.looks)
    looked = v.t("design.looks_one", weeks=calendar)
    if len(d.looks) > 1:
        spending = v.t(f"spendings.{d.test.looks.spending}")
        looked = v.t("design.looks_value", weeks=calendar, spending=spending)
    rows = [
        (v.t("design.unit"), v.t(f"lot_units.{d.test.unit}")),
        (v.t("design.lot"), v.t(f"lots.{d.how}")),
        (v.t("design.time"), v.t("design.time_value", first=v.n.day(first.isoformat()),
                                 weeks=v.weeks(d.stop - d.begins), before=v.weeks(d.before))),
        (v.t("design.looks"), looked),
        (v.t("design.needed"), v.n.money(d.least_gain)),
    ]  # fmt: skip
    columns = [Column(v.t("columns.measure"), "name"), Column(v.t("columns.value"), "text")]
    return table(columns, rows)


def _arms(v: View) -> Child:
    seen, d = v.run.seen, v.design
    mine = seen.lot.arm[seen.cohort]
    columns = [
        Column(v.t("design.arm"), "name"),
        Column(v.t("design.policy"), "text"),
        Column(v.t("design.customers")),
    ]
    if d.by_region:
        columns.append(Column(v.t("design.places"), "text"))
    rows = []
    for number in range(len(d.arms)):
        cells = [v.arm(number), v.policy(number), v.n.count(float((mine == number).sum()))]
        if d.by_region:
            cells.append(_places(v, number))
        rows.append(cells)
    return table(columns, rows)


def _places(v: View, arm: int) -> str:
    """Regions of an arm; of waves each with the day from which its regions are told to change."""
    seen, d = v.run.seen, v.design

    def listed(names: np.ndarray) -> str:
        return v.t("numbers.list").join(v.t.said(str(name)) for name in names)

    regions = np.array(list(d.scenario.population.regions))
    mine = seen.start_panel.region[seen.lot.arm[seen.cohort] == arm]
    if d.kind != "rollout" or arm == 0 or any(wave.industries for wave in d.test.waves):
        return listed(regions[np.unique(mine)]) or v.n.missing
    week = seen.lot.wave[:, 0]
    waves = [
        v.t(
            "design.waves_value",
            regions=listed(regions[week == at]),
            first=v.n.day((d.scenario.start + timedelta(weeks=int(at))).isoformat()),
        )
        for at in np.unique(week[np.unique(mine)])
    ]
    return v.t("numbers.parts").join(waves) or v.n.missing


def _outcomes(v: View) -> Child:
    columns = [
        Column(v.t("answers.outcome"), "name"),
        Column(v.t("design.role"), "text"),
        Column(v.t("design.good"), "text"),
        Column(v.t("design.counted"), "text"),
        Column(v.t("design.limit"), "text"),
    ]
    rows = []
    for one in v.design.outcomes:
        limit = ""
        if one.worst_points is not None:
            key = "effect_units.limit_share" if one.is_share else "effect_units.limit_points"
            limit = v.t(key, number=v.n.number(one.sign * one.worst_points, 2, True))
        elif one.worst is not None:
            limit = v.n.percent(one.sign * one.worst, signed=True)
        good = v.t("design.up" if one.sign > 0 else "design.down")
        rows.append([v.outcome(one), v.t(f"roles.{one.role}"), good, v.unit(one), limit])
    return table(columns, rows)


def _checks(v: View) -> Child | None:
    found = v.run.reading.checks
    if not found:
        return None
    columns = [
        Column(v.t("checks.check"), "name"),
        Column(v.t("checks.state"), "text"),
        Column(v.t("checks.p")),
        Column(v.t("checks.found"), "text"),
    ]
    rows = [
        [
            v.t.name("check_names", one.name),
            v.t("checks.passed" if one.passed else "checks.failed"),
            v.p(one.p),
            v.t.said(one.message),
        ]
        for one in found
    ]
    return el("div", el("h3", v.t("checks.title")), table(columns, rows),
              el("p", v.t("checks.note", level=v.n.percent(v.design.test.gate.fit)), cls="note"),
              cls="keep")  # fmt: skip


def looks(told: Told, lang: str = "en") -> Section:
    """Every look with the interval that holds over all of them; guardrails against their limits."""
    v = view(told, lang)
    parts: list[object] = []
    for arm in v.arms:
        gain = gain_of(v.run, arm)
        if len(v.arms) > 1:
            parts.append(el("h3", v.t("looks.arm", arm=v.arm(arm), policy=v.policy(arm))))
        parts += [_looks(v, gain), _guardrails(v, gain)]
    return section(
        "looks",
        v.t("looks.title"),
        el("p", _peeking(v), cls="lead"),
        *parts,
        mark=phrases.illustrative(v),
    )


def _peeking(v: View) -> str:
    d, count = v.design, len(v.design.looks)
    if count == 1:
        return v.t("looks.one")
    fractions = bounds_of(d).fractions
    error = float(d.test.looks.error)
    return v.t(
        "looks.unguarded" if d.test.looks.spending == "none" else "looks.guarded",
        count=count,
        naive=v.n.percent(false_alarm(count, error, 2, fractions), 3),
        error=v.n.percent(error),
    )


def _looks(v: View, gain: Gain) -> Child:
    columns = [
        Column(v.t("looks.week"), "name"),
        Column(v.t("answers.answer"), "text"),
        Column(v.t("looks.effect", unit=v.unit(v.design.primary))),
        Column(v.t("looks.interval")),
        Column(v.t("looks.gain" if gain.money else "looks.gain_effect")),
        Column(v.t("looks.gain_interval")),
    ]
    rows, classes = [], []
    for number, look in enumerate(gain.looks, 1):
        found, outcome = look.effect, v.design.primary
        if found.ok:
            cells = [
                v.effect(outcome, found.value),
                v.interval(outcome, found.low, found.high),
                gain_text(v, gain, look.gain),
                gain_range(v, gain, look.low, look.high),
            ]
        else:
            cells = [v.because(found.failed), "", "", ""]
        rows.append([v.n.count(look.week), v.answer(look.answer), *cells])
        classes.append("total" if number == gain.verdict.look else "")
    changing = len({look.answer for look in gain.looks}) > 1
    return el("div", table(columns, rows, cls="tight", row_classes=classes),
              el("p", v.t("looks.note"), cls="note"),
              el("p", v.t("looks.answers_differ"), cls="note") if changing else None)  # fmt: skip


def _guardrails(v: View, gain: Gain) -> Child | None:
    if not gain.guards:
        return None
    columns = [
        Column(v.t("answers.outcome"), "name"),
        Column(v.t("guards.state"), "text"),
        Column(v.t("guards.effect")),
        Column(v.t("looks.interval")),
        Column(v.t("guards.limit")),
        Column(v.t("design.counted"), "text"),
    ]
    rows = []
    for guard in gain.guards:
        state = v.t(f"guards.{guard.state}")
        if not guard.effect.ok:
            rows.append([v.outcome(guard.outcome), state, v.n.missing, "", v.n.missing,
                         v.because(guard.effect.failed)])  # fmt: skip
            continue
        rows.append([
            v.outcome(guard.outcome), state, v.effect(guard.outcome, guard.effect.value),
            v.interval(guard.outcome, guard.effect.low, guard.effect.high),
            v.effect(guard.outcome, guard.limit), v.unit(guard.outcome),
        ])  # fmt: skip
    drawn = [guard for guard in gain.guards if guard.effect.ok]
    units = list(dict.fromkeys(v.unit(guard.outcome) for guard in drawn))
    drawings = [_guard_figure(v, [one for one in drawn if v.unit(one.outcome) == unit]) for unit in units]
    return el("div", el("h3", v.t("guards.title")), *drawings, table(columns, rows),
              el("p", v.t("guards.note"), cls="note"), cls="keep")  # fmt: skip


def _guard_figure(v: View, guards: Sequence[Guard]) -> Child:
    """Guardrails that are counted in the same unit, in that unit."""
    alt = v.t("numbers.parts").join(
        v.t("guards.alt", outcome=v.outcome(guard.outcome), state=v.t(f"guards.{guard.state}"),
            effect=v.effect(guard.outcome, guard.effect.value),
            limit=v.effect(guard.outcome, guard.limit))
        for guard in guards
    )  # fmt: skip
    return figure(v.t("guards.figure"), alt, drawn_guards(v, guards), drawn_guards(v, guards, narrow=True),
                  chart=chartdata.guardrails(v, guards))  # fmt: skip
