"""When the test would end, what it finds by the size of the truth, why naive answers err, what fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.statistics import Values
from tiersim.experiment.diagnosands import share
from tiersim.experiment.gates import VERDICTS
from tiersim.report import phrases
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.attributed import NoSplit
from tiersim.report.experiments.doubts import peeking, shared
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.pictures import diagnosis as pictures
from tiersim.report.tree import Node

if TYPE_CHECKING:
    from tiersim.experiment.attributed import Attribution

LEAST_BIN = 10
"""Replications that a class of true effects needs."""
MOST_BINS = 5
MOST_FAILURES = 12


@dataclass(frozen=True)
class Class:
    """Replications of similar true effects: their mean effect, and how often the effect is found."""

    low: float
    high: float
    middle: float
    count: int
    power: float
    error: float


def decisions(told: Told, lang: str = "en") -> Section:
    """When the test would end and with which verdict; how often effects of a size are found."""
    v = view(told, lang)
    parts: list[object] = []
    for arm in v.arms:
        if len(v.arms) > 1:
            parts.append(el("h3", v.t("looks.arm", arm=v.arm(arm), policy=v.policy(arm))))
        parts += [*_stops(v, arm), *_by_effect(v, arm)]
    return section("decisions", v.t("decisions.title"), *parts, mark=phrases.illustrative(v))


def _stops(v: View, arm: int) -> list[object]:
    frame = v.found.stops("sound", arm)
    weeks = frame["week"].to_numpy(float)
    ends = frame[list(VERDICTS)].to_numpy(float)
    mean = float(ends.sum(axis=1) @ weeks)
    early = float(ends[:-1].sum())
    columns = [Column(v.t("looks.week"), "name"), *(Column(v.t(f"run_verdicts.{name}")) for name in VERDICTS)]
    rows = [
        [v.n.count(week), *(v.share(float(x)) for x in row)] for week, row in zip(weeks, ends, strict=True)
    ]
    parts: list[object] = []
    if len(weeks) > 1:
        alt = v.t("decisions.stops_alt", mean=v.n.number(mean, 2), early=v.share(early))
        heading = v.t("decisions.stops", mean=v.n.number(mean, 2), early=v.share(early))
        parts.append(figure(heading, alt, pictures.stops(v, frame), pictures.stops(v, frame, narrow=True),
                            chart=chartdata.stops(v, frame)))  # fmt: skip
    return [*parts, table(columns, rows, cls="tight"), el("p", v.t("decisions.stops_note"), cls="note")]


def classes(v: View, arm: int = 1) -> list[Class]:
    """Replications in classes of like number by true effect, equal ones together; none where few differ."""
    found, level = v.found, float(v.design.test.looks.error)
    sure, truth = found.significant(level, None, arm), found.truth(None, arm)
    known = np.isfinite(truth)
    order = np.flatnonzero(known)[np.argsort(truth[known], kind="stable")]
    cuts = class_cuts(truth[order])
    if not cuts:
        return []
    made = []
    for part in np.split(order, cuts):
        power = share(sure[part], np.ones(part.size), found.pairs[part])
        made.append(Class(float(truth[part].min()), float(truth[part].max()), float(truth[part].mean()),
                          int(part.size), power.value, power.error))  # fmt: skip
    return made


def class_cuts(ranked: Values) -> list[int]:
    """Where ranked values are cut into classes: as even as may be, never between equal values.

    Every class has `LEAST_BIN` values or more; no cut where there are fewer than two such classes.
    """
    bins = min(MOST_BINS, ranked.size // LEAST_BIN)
    same = 1e-9 * float(np.abs(ranked).max(initial=0.0))  # sums of the same parts in another order
    steps = np.flatnonzero(np.diff(ranked) > same) + 1
    steps = steps[(steps >= LEAST_BIN) & (steps <= ranked.size - LEAST_BIN)]
    cuts: list[int] = []
    for k in range(1, bins if steps.size else 0):
        nearest = int(steps[np.abs(steps - k * ranked.size / bins).argmin()])
        if not cuts or nearest >= cuts[-1] + LEAST_BIN:
            cuts.append(nearest)
    return cuts


def _span(v: View, one: Class) -> str:
    """From the least to the largest true effect of a class; one value where all are the same."""
    primary = v.design.primary
    ends = v.effect(primary, one.low), v.effect(primary, one.high)
    return ends[0] if ends[0] == ends[1] else v.interval(primary, one.low, one.high)


def _by_effect(v: View, arm: int) -> list[object]:
    made, primary = classes(v, arm), v.design.primary
    if not made:
        few = int(np.isfinite(v.found.truth(None, arm)).sum()) < 2 * LEAST_BIN
        why = v.t("decisions.too_few", count=2 * LEAST_BIN) if few else v.t("decisions.too_alike")
        return [el("p", v.t("decisions.no_power", why=v.because(why)))]
    alt = v.t("numbers.parts").join(
        v.t(
            "decisions.power_alt",
            effect=v.effect(primary, one.middle),
            power=v.share(one.power, None, one.count),
        )
        for one in made
    )
    columns = [
        Column(v.t("decisions.class_", unit=v.unit(primary)), "name"),
        Column(v.t("decisions.mean")),
        Column(v.t("decisions.count")),
        Column(v.t("replies.power")),
    ]
    rows = [
        [
            _span(v, one),
            v.effect(primary, one.middle),
            v.n.count(one.count),
            v.share(one.power, one.error, one.count),
        ]
        for one in made
    ]
    return [
        figure(
            v.t("decisions.power"),
            alt,
            pictures.power(v, made),
            pictures.power(v, made, narrow=True),
            chart=chartdata.power(v, made),
        ),
        table(columns, rows, cls="tight"),
    ]


def why_wrong(told: Told, lang: str = "en") -> Section:
    """The error of the naive answer by hazard; empty where nobody asked for it."""
    v = view(told, lang)
    split = v.f.split
    if split is None:
        return Section(Node(""))
    parts: list[object] = []
    if isinstance(split, NoSplit):
        parts.append(el("p", v.t("split.none", why=v.because(split.why))))
    else:
        parts += _split(v, split)
    return section("split", v.t("split.title"), *parts, mark=phrases.illustrative(v))


def _split(v: View, split: Attribution) -> list[object]:
    outcome = split.outcome
    columns = [
        Column(v.t("split.hazard"), "name"),
        Column(v.t("split.part", unit=v.unit(outcome))),
        Column(v.t("split.orders")),
    ]
    rows = [
        [
            v.t(f"hazards.{part.hazard.name}"),
            v.with_error(outcome, part.figure.value, part.figure.error),
            v.interval(outcome, part.low, part.high),
        ]
        for part in split.parts
    ]
    for key, figure_ in (("split.rest", split.rest), ("split.whole", split.whole)):
        rows.append([v.t(key), v.with_error(outcome, figure_.value, figure_.error), ""])
    alt = v.t("numbers.parts").join(v.t("numbers.pair", name=row[0], value=row[1]) for row in rows)
    spread = split.spread
    lot = None
    if spread is not None:
        lot = v.t(
            "split.spread", spread=v.with_error(outcome, spread.value, spread.error), unit=v.unit(outcome)
        )
    return [
        el("p", v.t("split.lead", answer=v.answer(split.answer), outcome=v.outcome(outcome)), cls="lead"),
        figure(v.t("split.figure", whole=v.effect(outcome, split.whole.value)), alt,
               pictures.waterfall(v, split), pictures.waterfall(v, split, narrow=True),
               chart=chartdata.waterfall(v, split)),
        table(columns, rows, row_classes=[*[""] * (len(rows) - 1), "total"]),
        el("p", lot) if lot else None,
        el("p", v.t("split.note", used=v.n.count(split.used)), cls="note"),
    ]  # fmt: skip


def failures(told: Told, lang: str = "en") -> Section:
    """Answers that could not be given, and what could make this diagnosis wrong."""
    v = view(told, lang)
    frame = v.found.failures().head(MOST_FAILURES)
    columns = [
        Column(v.t("answers.outcome"), "name"),
        Column(v.t("answers.answer"), "text"),
        Column(v.t("failures.because"), "text"),
        Column(v.t("failures.count")),
    ]
    outcomes = {one.name: one for one in v.design.outcomes}
    rows = [
        [
            v.outcome(outcomes[row["outcome"]]),
            v.answer(row["answer"]),
            v.t.said(row["because"]),
            v.n.count(row["count"]),
        ]
        for row in frame.to_dict("records")
    ]
    lines = [
        v.t("doubts.model"),
        v.t("doubts.rough", count=v.n.count(v.found.replications)),
        *shared(v),
        *peeking(v),
    ]
    return section(
        "failures",
        v.t("doubts.title"),
        el("ul", *(el("li", line) for line in lines)),
        el("h3", v.t("failures.title")),
        table(columns, rows, cls="tight") if rows else el("p", v.t("failures.none")),
        el("p", v.t("failures.note"), cls="note") if rows else None,
        mark=phrases.illustrative(v),
    )
