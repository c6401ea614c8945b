"""The pages on what else could be decided, and on risks with the measurements that would settle them."""

from __future__ import annotations

from collections.abc import Iterator

from tiersim.evaluation.findings import Estimate, RoiFindings
from tiersim.evaluation.measurements import measured_by, most_moving
from tiersim.report import phrases
from tiersim.report.firstpage import worse_lines
from tiersim.report.fragments import Column, Section, el, section, table
from tiersim.report.numbers import Scale, known
from tiersim.report.view import View, view

MEASURED = 6


def options(findings: RoiFindings, lang: str = "en") -> Section:
    """Decisions on one scale: do nothing, the plan, the money spread evenly, less of it, a pilot first."""
    v = view(findings, lang)
    f = v.f
    less = next((row for row in f.marginal if row.group is None and row.change < 0), None)
    figures = [f.gain.low, f.gain.high, f.gain.mean, f.more_money.mean, f.money_needed]
    scale = v.n.scale([x for x in figures if known(x)])
    columns = [
        Column(v.t("options.columns.option"), "name"),
        Column(v.t("options.columns.money", unit=scale.unit)),
        Column(v.t("options.columns.gain", unit=scale.unit)),
        Column(v.t("options.columns.range")),
        Column(v.t("options.columns.chance")),
        Column(v.t("options.columns.beside", unit=scale.unit)),
    ]
    rows: list[list[object]] = [
        [v.t("options.nothing", today=v.policy("today")), *[v.n.cell(0.0, scale)] * 2, "–", "–",
         v.n.cell(-f.gain.mean, scale, True)],
        [v.t("options.plan", plan=v.policy("plan")), v.n.cell(f.money_needed, scale, True),
         *_gain(v, f.gain, f.p_hurdle, scale), "–"],
    ]  # fmt: skip
    if v.has_uniform:
        rows.append(
            [v.t("options.uniform"), v.n.cell(v.by_role(f.extra_yearly, "uniform"), scale, True),
             *_gain(v, f.more_money, f.p_hurdle_uniform, scale), v.n.cell(-f.better_aimed.mean, scale, True)]
        )  # fmt: skip
    if less is not None:
        both = v.t("numbers.range", low=v.n.cell(less.gain.low, scale), high=v.n.cell(less.gain.high, scale))
        rows.append(
            [v.t("options.less", change=v.n.percent(-less.change)),
             v.n.cell(f.money_needed + less.spent_yearly, scale, True),
             v.n.cell(f.gain.mean + less.gain.mean, scale, True), v.n.missing, v.n.missing,
             v.t("numbers.beside", name=v.n.cell(less.gain.mean, scale, True), value=both)]
        )  # fmt: skip
    rows.append([v.t("options.pilot"), *[v.n.missing] * 5])
    notes = [
        v.t("options.note", hurdle=v.money(f.hurdle)),
        v.t("options.less_note", replications=v.n.count(f.twin_replications), missing=v.n.missing)
        if less is not None
        else v.t("options.less_none"),
        v.t("options.pilot_note", missing=v.n.missing),
    ]
    return section(
        "options",
        v.t("options.title"),
        el("h3", _finding(v)),
        table(columns, rows),
        *(el("p", note, cls="note") for note in notes),
        mark=phrases.illustrative(v),
    )


def _gain(v: View, gain: Estimate, beats: float, scale: Scale) -> list[object]:
    both = v.t("numbers.range", low=v.n.cell(gain.low, scale), high=v.n.cell(gain.high, scale))
    return [v.n.cell(gain.mean, scale, True), both, v.chance(beats)]


def _finding(v: View) -> str:
    """Which of the fully simulated options has the highest mean; told as a mean, since ranges overlap."""
    means = {"nothing": 0.0, "plan": v.f.gain.mean}
    if v.has_uniform:
        means["uniform"] = v.f.more_money.mean
    best = max(means, key=lambda name: means[name])
    return v.t(f"options.best_{best}", gain=v.money(means[best], signed=True))


def risks(findings: RoiFindings, lang: str = "en") -> Section:
    """What can go wrong, and which measurement would settle what the answer hangs on."""
    v = view(findings, lang)
    rows = most_moving(v.f.flips, MEASURED) if v.flips_known else []
    columns = [
        Column(v.t("risks.columns.assumption"), "name"),
        Column(v.t("risks.columns.grade"), "text"),
        Column(v.t("risks.columns.moves")),
        Column(v.t("risks.columns.turns")),
        Column(v.t("risks.columns.measure"), "text"),
    ]
    body = [
        [
            phrases.capital(v.t.label(flip.path, flip.label)),
            phrases.grade(v, flip.grade),
            v.n.money_range(min(flip.gain_low, flip.gain_high), max(flip.gain_low, flip.gain_high)),
            v.t("flips.outside")
            if flip.break_even is None
            else phrases.measured(v, flip.break_even, flip.unit),
            v.t(f"measurements.{measured_by(flip.path)}"),
        ]
        for flip in rows
    ]
    nothing = v.t("first.no_flips" if v.flips_known else "first.flips_unknown")
    pilot = any(measured_by(flip.path) == "pilot" for flip in rows)
    return section(
        "risks",
        v.t("risks.title"),
        el("h3", v.t("risks.wrong")),
        el("ul", *(el("li", line) for line in _wrong(v))),
        el("h3", v.t("risks.next")),
        table(columns, body) if body else el("p", nothing),
        el("p", v.t("risks.note"), cls="note") if body else None,
        el("p", v.t("risks.pilot"), cls="note") if pilot else None,
        mark=phrases.illustrative(v),
    )


def _wrong(v: View) -> Iterator[str]:
    """Risks as sentences: to lose, the money that is out at the deepest, who is worse off, weak evidence."""
    f = v.f
    yield v.t("risks.loses", odds=v.odds(v.p_loses), range=v.range(f.gain))
    if known(f.deepest_cash.mean) and f.deepest_cash.mean < 0:
        yield v.t(
            "risks.cash", dip=v.money(-f.deepest_cash.mean), quarter=v.n.quarter(f.deepest_quarter),
            never=v.odds(f.payback_never),
        )  # fmt: skip
    yield from worse_lines(v, f.worse_off)
    yield v.t("risks.weak", weak=v.n.percent(f.range_from_weak, 2))
