"""What answers would say, held against the truth; and how often they find what is not there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tiersim.experiment.design import Outcome
from tiersim.experiment.diagnosands import share
from tiersim.experiment.gates import bounds_of
from tiersim.experiment.looks.peeking import false_alarm
from tiersim.report import phrases
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.attributed import naive_of
from tiersim.report.experiments.diagnosed import found_of
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.pictures import diagnosis as pictures
from tiersim.report.tree import Child


def replies(told: Told, lang: str = "en") -> Section:
    """Answers against the truth, as pictures and as a table with simulation errors."""
    v = view(told, lang)
    frame = v.found.answers()
    parts: list[object] = []
    for arm in v.arms:
        if len(v.arms) > 1:
            parts.append(el("h3", v.t("looks.arm", arm=v.arm(arm), policy=v.policy(arm))))
        parts += [_errors(v, arm), _scatter(v, arm)]
        mine = frame[frame["arm"] == v.design.arms[arm]]
        parts += [_table(v, mine, outcome) for outcome in v.design.outcomes]
    return section(
        "replies",
        v.t("replies.title"),
        el("p", v.t("replies.lead", outcome=v.outcome(v.design.primary)), cls="lead"),
        *parts,
        el("p", v.t("replies.note"), cls="note"),
        mark=phrases.illustrative(v),
    )


def _errors(v: View, arm: int) -> Child | None:
    names = [name for name in v.found.asked(None, arm) if v.found.replies(name, None, arm).ok.sum() > 1]
    if not names:
        return None
    primary = v.design.primary
    alt = v.t("numbers.parts").join(
        v.t("replies.alt", answer=v.answer(name), bias=v.effect(primary, _bias(v, name, arm)))
        for name in names
    )
    return figure(v.t("replies.figure", plan=v.policy(arm)), alt, pictures.errors(v, names, arm),
                  pictures.errors(v, names, arm, narrow=True), note=v.t("replies.figure_note"),
                  chart=chartdata.errors(v, names, arm))  # fmt: skip


def _bias(v: View, name: str, arm: int) -> float:
    return v.found.replies(name, None, arm).figures()["bias"].value


def _scatter(v: View, arm: int) -> Child | None:
    lead, naive = found_of(v, arm).lead, naive_of(v.found, arm)
    names = [name for name in (lead, naive) if name is not None and v.found.replies(name, None, arm).ok.any()]
    if not names:
        return None
    alt = v.t("replies.scatter_alt", answers=v.t("numbers.list").join(v.answer(name) for name in names),
              count=v.found.replications)  # fmt: skip
    return figure(v.t("replies.scatter"), alt, pictures.scatter(v, names, arm),
                  pictures.scatter(v, names, arm, narrow=True),
                  chart=chartdata.scatter(v, names, arm))  # fmt: skip


def _table(v: View, frame: pd.DataFrame, outcome: Outcome) -> Child | None:
    mine = frame[frame["outcome"] == outcome.name]
    if mine.empty:
        return None
    columns = [
        Column(v.t("answers.answer"), "name"),
        Column(v.t("replies.bias")),
        Column(v.t("replies.rmse")),
        Column(v.t("replies.coverage")),
        Column(v.t("replies.power")),
        Column(v.t("replies.sign")),
        Column(v.t("replies.size")),
        Column(v.t("replies.failed")),
    ]
    rows, classes, count = [], [], v.found.replications
    true, unsure = (float(mine[name].iloc[0]) for name in ("truth", "truth_error"))
    told = [float(x) for name in ("bias", "rmse") for x in mine[name] if x == x]
    scale = v.scale(outcome, [*told, true])
    for row in mine.to_dict("records"):
        cells = [
            v.cell(scale, row["bias"], row["bias_error"]),
            v.cell(scale, row["rmse"], row["rmse_error"], signed=False),
            v.share(row["coverage"], row["coverage_error"], count * (1.0 - row["failed"])),
            v.share(row["power"], row["power_error"], count * (row["failed"] < 1.0)),
            v.share(row["type_s"], row["type_s_error"], count * row["power"]),
            _times(v, row["type_m"]),
            v.share(row["failed"]),
        ]
        name = v.t(
            "replies.leads" if row["leads"] else f"replies.{row['menu']}", answer=v.answer(row["answer"])
        )
        rows.append([name, *cells])
        classes.append("run-out" if row["leads"] else "")
    truth = v.cell(scale, true, unsure)
    heading = v.t("replies.outcome", outcome=v.outcome(outcome), unit=scale.unit, truth=truth)
    return el("div", el("h3", heading), table(columns, rows, cls="tight", row_classes=classes), cls="keep")


def _times(v: View, x: float) -> str:
    return v.t("replies.times", number=v.n.number(x, 2)) if x == x else v.n.missing


def alarms(told: Told, lang: str = "en") -> Section:
    """How often a policy that does nothing would look like one that does something."""
    v = view(told, lang)
    frame = v.found.answers()
    primary = frame[frame["outcome"] == v.design.primary.name]
    nothing = v.found.verdicts(placebo=True)
    parts: list[object] = []
    for arm in v.arms:
        if len(v.arms) > 1:
            parts.append(el("h3", v.t("looks.arm", arm=v.arm(arm), policy=v.policy(arm))))
        parts += [
            _alarms(v, primary[primary["arm"] == v.design.arms[arm]]),
            _nothing(v, nothing[nothing["arm"] == v.design.arms[arm]], arm),
        ]
    return section(
        "alarms",
        v.t("alarms.title"),
        el("p", v.t("alarms.lead"), cls="lead"),
        *parts,
        el("p", v.t("alarms.note"), cls="note"),
        el("p", v.t("alarms.both_sides"), cls="note") if len(v.design.looks) > 1 else None,
        mark=phrases.illustrative(v),
    )


def _alarms(v: View, frame: pd.DataFrame) -> Child:
    primary = v.design.primary
    columns = [
        Column(v.t("answers.answer"), "name"),
        Column(v.t("answers.menu"), "text"),
        Column(v.t("alarms.share")),
        Column(v.t("alarms.shown", unit=v.unit(primary))),
    ]
    rows = [
        [
            v.answer(row["answer"]),
            v.t("menus.leads" if row["leads"] else f"menus.{row['menu']}"),
            v.share(
                row["false_alarm"], row["false_alarm_error"], v.found.replications * (row["failed"] < 1.0)
            ),
            v.with_error(primary, row["placebo"], row["placebo_error"]),
        ]
        for row in frame.to_dict("records")
    ]
    return el("div", table(columns, rows, cls="tight"), cls="keep")


def peeked(v: View, arm: int = 1) -> np.ndarray:
    """Replications in which any look alone would call an effect of a policy that does nothing."""
    table_ = v.found.data["estimates"]
    mine = (
        table_["placebo"] & table_["leads"] & (table_["outcome"] == 0) & (table_["arm"] == arm)
        & (np.nan_to_num(table_["p"], nan=1.0) <= float(v.design.test.looks.error))
    )  # fmt: skip
    found = np.zeros(v.found.replications, bool)
    found[table_["replication"][mine]] = True
    return found


def _nothing(v: View, frame: pd.DataFrame, arm: int) -> Child:
    error, count = float(v.design.test.looks.error), len(v.design.looks)
    rows = []
    for row in frame.to_dict("records"):
        name = v.t(f"alarms.gate_{row['menu']}")
        rows.append([name, v.share(row["go"], row["go_error"])])
    if count > 1:
        seen = share(peeked(v, arm), np.ones(v.found.replications), v.found.pairs)
        theory = false_alarm(count, error, 2, bounds_of(v.design).fractions)
        rows.append([v.t("alarms.peeked", count=count), v.share(seen.value, seen.error)])
        rows.append([v.t("alarms.theory", count=count), v.n.percent(theory, 3)])
    columns = [Column(v.t("columns.measure"), "name"), Column(v.t("alarms.share"))]
    return el("div", el("h3", v.t("alarms.gates_title")), table(columns, rows, cls="tight"), cls="keep")
