"""All answers side by side, and the effects by tier."""

from __future__ import annotations

from tiersim.experiment.answers.menus import ALL
from tiersim.experiment.reading import Row
from tiersim.experiment.tiers import TierEffects, by_tier
from tiersim.experiment.truth import as_run
from tiersim.report import phrases
from tiersim.report.experiments import chartdata
from tiersim.report.experiments.told import Told
from tiersim.report.experiments.view import View, view
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.pictures import experiments as pictures
from tiersim.report.tree import Child


def answers(told: Told, lang: str = "en") -> Section:
    """Naive and sound answers about the primary outcome at the end, and the truth as a line."""
    v = view(told, lang)
    parts: list[object] = []
    for arm in v.arms:
        rows = asked(v, arm)
        truth = as_run(v.run.seen, v.run.worlds.run, v.run.worlds.none, v.design.primary, arm)
        if len(v.arms) > 1:
            parts.append(el("h3", v.t("looks.arm", arm=v.arm(arm), policy=v.policy(arm))))
        parts += [_forest(v, rows, truth), _table(v, rows)]
    return section(
        "answers",
        v.t("answers.title"),
        el("p", v.t("answers.lead", outcome=v.outcome(v.design.primary), unit=v.unit(v.design.primary)),
           cls="lead"),
        *parts,
        mark=phrases.illustrative(v),
    )  # fmt: skip


def asked(v: View, arm: int) -> list[Row]:
    """Answers about the primary outcome at the end, in the order of the menus."""
    last = len(v.design.looks)
    rows = [row for row in v.run.reading.estimates if (row.look, row.outcome, row.arm) == (last, 0, arm)]
    return sorted(rows, key=lambda row: list(ALL).index(row.answer))


def _forest(v: View, rows: list[Row], truth: float) -> Child | None:
    shown = [row for row in rows if row.estimate.ok]
    if not shown:
        return None
    outcome = v.design.primary
    alt = v.t("numbers.parts").join(
        v.t("answers.alt", answer=v.answer(row.answer), value=v.effect(outcome, row.estimate.value),
            range=v.interval(outcome, row.estimate.low, row.estimate.high))
        for row in shown
    )  # fmt: skip
    alt += v.t("numbers.parts") + v.t("answers.alt_truth", value=v.effect(outcome, truth))
    return figure(v.t("answers.figure"), alt, pictures.forest(v, shown, truth),
                  pictures.forest(v, shown, truth, narrow=True), note=v.t("answers.figure_note"),
                  chart=chartdata.forest(v, shown, truth))  # fmt: skip


def _table(v: View, rows: list[Row]) -> Child:
    outcome = v.design.primary
    columns = [
        Column(v.t("answers.answer"), "name"),
        Column(v.t("answers.menu"), "text"),
        Column(v.t("guards.effect")),
        Column(v.t("answers.interval")),
        Column(v.t("answers.p")),
        Column(v.t("answers.how"), "text"),
    ]
    body = []
    for row in rows:
        found = row.estimate
        menu = v.t("menus.leads" if row.leads else f"menus.{ALL[row.answer].menu}")
        how = v.t(f"answer_texts.{row.answer}")
        if not found.ok:
            body.append([v.answer(row.answer), menu, v.n.missing, "", "", v.because(found.failed)])
            continue
        body.append([
            v.answer(row.answer), menu, v.effect(outcome, found.value),
            v.interval(outcome, found.low, found.high), v.p(found.p), how,
        ])  # fmt: skip
    return table(columns, body, cls="tight")


def tiers(told: Told, lang: str = "en") -> Section:
    """Effects by tier, as they were seen and after shrinkage."""
    v = view(told, lang)
    found = [by_tier(v.run.seen, arm) for arm in v.arms]
    parts: list[object] = []
    for arm, one in zip(v.arms, found, strict=True):
        if len(v.arms) > 1:
            parts.append(el("h3", v.t("looks.arm", arm=v.arm(arm), policy=v.policy(arm))))
        parts += _tiers(v, one)
    lead = "by_tier.lead" if any(one.shrunken is not None for one in found) else "by_tier.lead_plain"
    return section(
        "tiers",
        v.t("by_tier.title"),
        el("p", v.t(lead), cls="lead"),
        *parts,
        mark=phrases.illustrative(v),
    )


def _tiers(v: View, found: TierEffects) -> list[object]:
    outcome = v.design.primary
    columns = [
        Column(v.t("columns.tier"), "name"),
        Column(v.t("columns.customers")),
        Column(v.t("by_tier.seen", unit=v.unit(outcome))),
        Column(v.t("answers.interval")),
    ]
    if found.shrunken is not None:
        columns += [
            Column(v.t("by_tier.shrunken")),
            Column(v.t("answers.interval")),
            Column(v.t("by_tier.pulled")),
        ]
    place = {at: k for k, at in enumerate(found.told)}
    rows = []
    for k, tier in enumerate(found.tiers):
        one, shrunken = found.estimates[k], found.shrunken
        cells = [v.tier(tier), v.n.count(found.customers[k])]
        if not one.ok:
            cells += [v.because(one.failed), *[""] * (len(columns) - 3)]
        else:
            cells += [v.effect(outcome, one.value), v.interval(outcome, one.low, one.high)]
            if shrunken is None:
                pass
            elif k not in place:
                cells += [v.n.missing, "", ""]
            else:
                at = place[k]
                cells += [
                    v.effect(outcome, float(shrunken.value[at])),
                    v.interval(outcome, float(shrunken.low[at]), float(shrunken.high[at])),
                    v.n.percent(float(shrunken.pulled[at])),
                ]
        rows.append(cells)
    parts: list[object] = []
    if found.shrunken is not None:
        key = "by_tier.differ" if found.shrunken.p < 0.05 else "by_tier.alike"
        heading = v.t(key, p=v.p(found.shrunken.p, said=True), mean=v.effect(outcome, found.shrunken.mean))
        alt = v.t("numbers.parts").join(
            v.t("by_tier.alt", tier=v.tier(found.tiers[at]),
                seen=v.effect(outcome, found.estimates[at].value),
                shrunken=v.effect(outcome, float(found.shrunken.value[k])))
            for k, at in enumerate(found.told)
        )  # fmt: skip
        parts.append(figure(heading, alt, pictures.tiers(v, found), pictures.tiers(v, found, narrow=True),
                            chart=chartdata.tiers(v, found)))  # fmt: skip
    else:
        parts.append(el("p", v.t("by_tier.not_shrunk", why=v.because(found.because)), cls="lead"))
    note = v.t("by_tier.note" if found.shrunken is not None else "by_tier.note_plain")
    return [*parts, table(columns, rows), el("p", note, cls="note")]
