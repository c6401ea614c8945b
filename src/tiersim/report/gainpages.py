"""Where the gain comes from: steps from revenue to net, levers left out one by one, the last money."""

from __future__ import annotations

from tiersim.evaluation.findings import RoiFindings
from tiersim.evaluation.roi_parts import EffectBreakEven, MarginalRow, StrategyWorth
from tiersim.report import phrases, steps
from tiersim.report.fragments import Column, Section, el, figure, section, table
from tiersim.report.numbers import known
from tiersim.report.tree import Child
from tiersim.report.view import View, view


def worth(findings: RoiFindings, lang: str = "en") -> Section:
    """Waterfall, levers, marginal return and break-even effect."""
    v = view(findings, lang)
    simulated = v.f.twin_replications > 0
    return section(
        "worth",
        v.t("worth.title"),
        _waterfall(v),
        _levers(v) if v.f.strategies else None,
        _marginal(v) if v.f.marginal else None,
        _break_even(v),
        None if simulated else el("p", v.t("worth.not_simulated"), cls="note"),
        mark=phrases.illustrative(v),
    )


def _waterfall(v: View) -> Child | None:
    if not v.f.waterfall:
        return None
    largest = max(v.f.waterfall, key=lambda step: abs(step.amount.mean))
    rows = [
        v.t("numbers.pair", name=v.t(f"steps.{s.key}"), value=v.money(s.amount.mean, signed=True))
        for s in v.f.waterfall
    ]
    net = v.money(v.f.gain.mean, signed=True)
    rows.append(v.t("numbers.pair", name=v.t("worth.net"), value=net))
    said = v.t(
        "worth.waterfall_title",
        step=v.t(f"steps.{largest.key}"),
        amount=v.money(largest.amount.mean, signed=True),
    )
    alt = v.t("worth.waterfall_alt", rows=v.t("numbers.parts").join(rows))
    return figure(
        said, alt, steps.waterfall(v), steps.waterfall(v, narrow=True), chart=steps.waterfall_chart(v)
    )


def lever(v: View, row: StrategyWorth) -> str:
    """Words for a lever; a client's own name stays as it is."""
    return v.t(f"lever_kinds.{row.kind}", name=v.t.said(row.name))


def _levers(v: View) -> Child:
    rows = sorted(v.f.strategies, key=lambda row: -row.gain.mean)
    scale = v.n.scale([x for r in rows for x in (r.gain.low, r.gain.high, r.spent_yearly)])
    best = rows[0]
    heading = v.t("worth.levers_title_none")
    if best.gain.mean > 0:
        gain = v.money(best.gain.mean, signed=True)
        heading = v.t("worth.levers_title", lever=phrases.capital(lever(v, best)), gain=gain)
    columns = [
        Column(v.t("worth_columns.lever"), "name"),
        Column(v.t("worth_columns.tiers"), "text"),
        Column(v.t("worth_columns.spent", unit=scale.unit)),
        Column(v.t("worth_columns.gain", unit=scale.unit)),
        Column(v.t("worth_columns.range")),
        Column(v.t("worth_columns.pays_from")),
    ]
    body = [
        [
            phrases.capital(lever(v, row)),
            v.t("numbers.list").join(v.tier(tier) for tier in row.tiers) or v.t("columns.total"),
            v.n.cell(row.spent_yearly, scale),
            v.n.cell(row.gain.mean, scale, True),
            v.t("numbers.range", low=v.n.cell(row.gain.low, scale), high=v.n.cell(row.gain.high, scale)),
            v.n.missing if row.break_even is None else _pays_from(v, row),
        ]
        for row in rows
    ]
    note = v.t("worth.levers_note", replications=v.n.count(v.f.twin_replications))
    return el("div", el("h3", heading), table(columns, body), el("p", note, cls="note"))


def _pays_from(v: View, row: StrategyWorth) -> str:
    """Share of a lever's effect at which it just pays, with what the simulation error makes of it."""
    value, error = v.n.percent(row.break_even), row.gain.simulation_error
    if not known(error):
        return v.t("worth.about", value=value)
    low = row.cost / (row.cost + row.gain.mean + error)
    below = row.cost + row.gain.mean - error
    if below <= 0:
        return v.t("worth.about_from", value=value, low=v.n.percent(low))
    return v.t("worth.about_range", value=value, low=v.n.percent(low), high=v.n.percent(row.cost / below))


def _factor(v: View, found: EffectBreakEven) -> str:
    """The break-even of all effects, with what the simulation error of the gain there makes of it."""
    assert found.factor is not None
    value, at = v.n.percent(found.factor), found.at_factor
    rise = v.f.gain.mean - found.at_none.mean
    if at is None or not known(at.simulation_error) or rise <= 0:
        return v.t("worth.about", value=value)
    half = at.simulation_error / rise
    low, high = (v.n.percent(max(0.0, found.factor + sign * half)) for sign in (-1, 1))
    return v.t("worth.about_range", value=value, low=low, high=high)


def _marginal(v: View) -> Child:
    rows = v.f.marginal
    scale = v.n.scale([x for r in rows for x in (r.offered_yearly, r.gain.low, r.gain.high)])
    more = next((r for r in rows if r.group is None and r.change > 0 and r.per_unit is not None), None)
    heading = v.t("worth.marginal_title_none")
    if more is not None:
        heading = v.t("worth.marginal_title", per_unit=v.n.number(more.per_unit, 2))
    columns = [
        Column(v.t("worth_columns.money"), "name"),
        Column(v.t("worth_columns.offered", unit=scale.unit)),
        Column(v.t("worth_columns.taken", unit=scale.unit)),
        Column(v.t("worth_columns.gain", unit=scale.unit)),
        Column(v.t("worth_columns.range")),
        Column(v.t("worth_columns.per_unit")),
    ]
    body = [
        [
            v.t("worth.whole") if row.group is None else "+".join(v.tier(x) for x in row.group.split("+")),
            v.n.cell(row.offered_yearly, scale, True),
            v.n.cell(row.spent_yearly, scale, True),
            v.n.cell(row.gain.mean, scale, True),
            v.t("numbers.range", low=v.n.cell(row.gain.low, scale), high=v.n.cell(row.gain.high, scale)),
            _per_unit(v, row),
        ]
        for row in rows
    ]
    note = v.t("worth.marginal_note", change=v.n.percent(max(abs(row.change) for row in rows)))
    return el("div", el("h3", heading), table(columns, body), el("p", note, cls="note"), cls="keep")


def _per_unit(v: View, row: MarginalRow) -> str:
    if row.per_unit is None:
        return v.t("worth.not_spent")
    ends = v.t("numbers.range", low=v.n.number(row.low, 2), high=v.n.number(row.high, 2))
    return v.t("numbers.beside", name=v.n.number(row.per_unit, 2), value=ends)


def _break_even(v: View) -> Child | None:
    found = v.f.breakeven_effect
    if found is None:
        return None
    if found.factor is None:
        return el("p", v.t(f"worth.break_even_{found.why}"), cls="lead")
    state = v.t("worth.confirmed" if found.confirmed else "worth.estimated")
    return el("p", v.t("worth.break_even", factor=_factor(v, found), state=state), cls="lead")
