"""The page on the control group: every key figure of both groups, and what the time before the start says."""

from __future__ import annotations

from tiersim.experiment.answers.welch import LEAST
from tiersim.experiment.controlled import Controlled, ControlledEffect
from tiersim.experiment.drift import LEAST_PAST, SHARE
from tiersim.report import phrases
from tiersim.report.effect.answer import check_line
from tiersim.report.effect.view import EffectView, Told
from tiersim.report.fragments import Column, Section, box, el, section, table
from tiersim.report.tree import Child
from tiersim.tables.actuals import ALL


def control(told: Told, lang: str = "en") -> Section:
    """Every key figure of the treated and of the control group; or why there is none to compare with."""
    v = told.view(lang)
    found = v.f.control
    if found is None:
        return section(
            "control",
            v.t("effects.control_title"),
            el("p", v.t("effects.control_none")),
            box(v.t("effects.control_how_title"), [v.t("effects.control_how")]),
            mark=phrases.illustrative(v),
        )
    heads = "metric treated_before treated_after control_before control_after difference range naive state"
    columns = [
        Column(v.t(f"effects.columns.{key}"), "name" if key == "metric" else "number")
        for key in heads.split()
    ]
    body = [
        [
            v.controlled(row) if row.tier == ALL else f"{v.controlled(row)} ({v.tier(row.tier)})",
            *(v.in_unit(row.unit, x, around=row.estimate) for x in (*row.treated, *row.control)),
            v.in_unit(row.unit, row.estimate.value, True, row.estimate),
            v.interval(row),
            v.in_unit(row.unit, row.naive, True, row.estimate),
            v.t(f"states.{row.state}") if row.direction else "–",
        ]
        for row in (*found.effects, *found.by_tier)
    ]
    units = v.t(
        "effects.control_units", treated=v.t("numbers.list").join(found.treated),
        control=v.t("numbers.list").join(found.control),
    )  # fmt: skip
    few = any(min(row.units) == LEAST for row in (*found.estimated, *found.by_tier) if not row.missing)
    flagged = v.t("numbers.list").join(found.flagged)
    return section(
        "control",
        v.t("effects.control_title"),
        el("p", v.t("effects.control_lead"), cls="lead"),
        table(columns, body, cls="tight"),
        el("p", v.t("effects.control_note", alpha=v.n.percent(found.alpha)), cls="note"),
        el("p", v.t("drift.few_note", least=v.n.count(LEAST)), cls="note") if few else None,
        el("p", units, cls="note"),
        el("p", v.t("effects.control_flagged", units=flagged), cls="note") if flagged else None,
        *_past(v, found),
        box(v.t("effects.control_checks"), [check_line(v, check) for check in found.checks]),
        box(v.t("effects.simulated_checks"), [check_line(v, check) for check in v.f.checks]),
        mark=phrases.illustrative(v),
    )


def _past(v: EffectView, found: Controlled) -> list[Child]:
    """The rule on the quarters before the start, and what they say of every key figure over all customers."""
    rows = [row for row in found.effects if not row.missing]
    if not rows:
        return []
    heads = ("metric", "quarters", "effect", "carried", "range", "verdict")
    columns = [Column(v.t(f"drift.columns.{key}"), "name" if key == "metric" else "number") for key in heads]
    share = v.n.percent(SHARE)
    told: list[Child] = [
        el("h3", v.t("drift.title")),
        el("p", v.t("drift.rule", share=share)),
        table(columns, [_drift(v, row) for row in rows], cls="tight"),
        el("p", v.t("drift.note"), cls="note"),
    ]
    if any(row.past == "open" for row in rows):
        told.append(el("p", v.t("drift.open_note", least=v.n.count(LEAST_PAST), share=share), cls="note"))
    return told


def _drift(v: EffectView, row: ControlledEffect) -> list[object]:
    effect = v.in_unit(row.unit, row.estimate.value, True, row.estimate)
    if row.drift is None:
        before = sum(quarter < v.f.first_quarter for quarter, *_ in row.path)
        why = v.t("words.because", missing=v.n.missing, why=v.t("drift.untold"))
        return [v.controlled(row), v.n.count(before), effect, v.n.missing, why, v.t("drift.verdicts.open")]
    word: str = row.past
    if word == "clear":
        word = "none" if row.state == "not_shown" else "small"
    carried = row.drift.carried
    return [
        v.controlled(row),
        v.n.count(row.drift.quarters),
        effect,
        v.in_unit(row.unit, carried.value, True, carried),
        v.ends(row.unit, carried, signed=True),
        v.t(f"drift.verdicts.{word}"),
    ]
