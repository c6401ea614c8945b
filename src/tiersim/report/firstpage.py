"""The first page: the answer, how sure it is, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tiersim.evaluation.findings import Flip, RoiFindings, Worse
from tiersim.report import chartdata, charts, phrases
from tiersim.report.fragments import Section, box, el, figure, section, tile
from tiersim.report.numbers import known
from tiersim.report.tiertable import tier_table
from tiersim.report.tree import Child
from tiersim.report.view import Frame, View, view

WORSE_SHOWN = 3
FLIPS_SHOWN = 3


def first_page(findings: RoiFindings, lang: str = "en") -> Section:
    """Title, verdict, tiles, tiers, cash, split, evidence, who is worse off, what flips it, conventions."""
    v = view(findings, lang)
    return section(
        "answer",
        None,
        el("p", v.t("frame.kind"), v.t("numbers.dot"), v.name, cls="kind"),
        el(
            "header",
            el("h1", phrases.title(v)),
            _badge(v),
        ),
        el("p", _compared(v), v.t("numbers.sentences"), phrases.because(v), cls="lead"),
        _tiles(v),
        tier_table(v),
        el("div", _cash(v), _split(v), cls="pair"),
        el("div", _evidence(v), _worse(v), _flips(v), cls="three"),
        el("p", phrases.conventions(v), v.t("numbers.sentences"), v.t("worse.rule"), cls="conventions"),
        el("p", v.t("mark.why"), cls="conventions") if not v.f.baseline_gate else None,
        mark=phrases.illustrative(v),
        cls="page first",
    )


def _badge(v: View) -> Child:
    word = v.t(f"verdicts.{v.f.verdict}")
    return el(
        "p", word, cls=f"verdict {v.f.verdict}", aria_label=phrases.named(v, v.t("verdicts.label"), word)
    )


def _compared(v: View) -> str:
    return v.t(
        "first.compared",
        name=v.name,
        customers=v.n.count(v.f.customers),
        revenue=v.money(v.f.revenue),
        plan=v.policy("plan"),
        today=v.policy("today"),
        start=v.n.quarter(v.f.first_quarter),
        budget=v.money(v.f.budget_yearly),
    )


def _tiles(v: View) -> Child:
    f = v.f
    chance = v.t("first.tile_chance_note", hurdle=v.money(f.hurdle), odds=v.odds(v.p_loses))
    return el(
        "div",
        tile(
            v.t("first.tile_gain"),
            v.money(f.gain.mean, signed=True),
            v.t("numbers.parts").join(
                [
                    v.t("first.tile_gain_note", range=v.range(f.gain)),
                    *phrases.plan_alone(v, f.gain_horizon.mean),
                ]
            ),
        ),
        tile(v.t("first.tile_chance"), v.chance(f.p_hurdle), chance),
        tile(v.t("first.tile_payback"), _payback(v), _dip(v)),
        _needs(v),
        cls="tiles",
    )


def _payback(v: View) -> str:
    if v.f.payback_quarter is None:
        return v.t("first.tile_payback_none", quarter=v.end)
    return v.n.quarter(v.f.payback_quarter)


def _dip(v: View) -> str:
    never = v.odds(v.f.payback_never)
    if not known(v.f.deepest_cash.mean) or v.f.deepest_cash.mean >= 0:
        return v.t("first.tile_payback_no_dip", never=never, end=v.end)
    return v.t(
        "first.tile_payback_note",
        dip=v.money(-v.f.deepest_cash.mean),
        quarter=v.n.quarter(v.f.deepest_quarter),
        never=never,
        end=v.end,
    )


def _needs(v: View) -> Child:
    less = "_less" if known(v.f.money_needed) and v.f.money_needed < 0 else ""
    people = {role: v.n.count(v.by_role(v.f.peak_staff, role)) for role in ("plan", "today")}
    return tile(
        v.t("first.tile_needs"),
        v.money(abs(v.f.money_needed)),
        v.t(f"first.tile_needs_staff{less}", **people),
    )


def _height(v: View) -> float:
    """Height of the charts in inches: many tiers make them lower, so that the page stays one page."""
    return max(1.1, 2.2 - 0.2 * max(0, len(v.f.tiers) - 4))


def _cash(v: View) -> Child:
    last = v.f.cash[-1] if v.f.cash else None
    alt = (
        v.t(
            "first.cash_alt",
            end=v.money(last.mean, signed=True),
            range=v.n.money_range(last.low, last.high),
            low=v.money(v.f.deepest_cash.mean, signed=True),
            low_quarter=v.n.quarter(v.f.deepest_quarter),
        )
        if last
        else ""
    )
    return figure(
        phrases.cash_title(v),
        alt,
        charts.cumulative(v, height=_height(v)),
        charts.cumulative(v, narrow=True),
        chart=chartdata.cumulative(v),
    )


def _split(v: View) -> Child:
    f = v.f
    alt = v.t(
        "first.split_alt",
        first=phrases.split_names(v)[0],
        more=v.money(f.more_money.mean, signed=True),
        aimed=v.money(f.better_aimed.mean, signed=True),
        total=v.money(f.gain.mean, signed=True),
    )
    roi = None
    if f.roi_percent is not None:
        low, high = v.n.percent(f.roi_percent.low / 100), v.n.percent(f.roi_percent.high / 100)
        both = v.t("numbers.range", low=low, high=high)
        roi = v.t("first.roi", roi=v.n.percent(f.roi_percent.mean / 100), range=both)
        roi += v.t("numbers.sentences") + v.t("first.split_rounded")
    return figure(
        phrases.split_lead(v),
        alt,
        charts.split(v, height=_height(v)),
        charts.split(v, narrow=True),
        note=roi,
        chart=chartdata.split(v),
    )


def _evidence(v: View) -> Child:
    weak = v.n.percent(v.f.range_from_weak, 2)
    without = v.f.gain_without_weak
    if without is None:
        return box(v.t("first.evidence_title"), [v.t("first.evidence_only", weak=weak)])
    text = v.t("first.evidence", weak=weak, without=v.money(without.mean, signed=True))
    return box(v.t("first.evidence_title"), [text])


def worse_lines(v: Frame[Any], rows: Iterable[Worse]) -> list[str]:
    """The groups that are worse off, with their figure today and under the plan; a few are enough.

    Where both figures read the same, nobody would notice a difference, and none is told.
    """
    lines = (_worse_line(v, row) for row in rows)
    return [line for line in lines if line][:WORSE_SHOWN]


def _worse_line(v: Frame[Any], row: Worse) -> str:
    key = f"worse.{row.what}"
    if row.what in ("churn", "late"):
        shown = [v.t("numbers.percent", number=v.n.plain(100 * x, 1)) for x in (row.today, row.plan)]
    elif row.what == "profit":
        shown = [v.n.money(x, digits=3) for x in (row.today, row.plan)]
    else:
        shown = [v.n.number(x) for x in (row.today, row.plan)]
    if not phrases.noticed(*shown):
        return ""
    return v.t(
        key if v.t.get(key) else "worse.other",
        tier=v.t.name("tiers", row.tier),
        customers=v.n.count(row.customers),
        what=row.what,
        today=shown[0],
        plan=shown[1],
    )


def _worse(v: View) -> Child:
    lines = worse_lines(v, v.f.worse_off)
    return box(v.t("first.worse_title"), lines or [v.t("first.nobody_worse")])


def flip_line(v: View, flip: Flip) -> str:
    """The break-even of one assumption in words."""
    assert flip.break_even is not None
    text = v.t(
        "first.flip_below" if flip.break_even < flip.value else "first.flip_above",
        label=phrases.capital(v.t.label(flip.path, flip.label)),
        break_even=phrases.measured(v, flip.break_even, flip.unit),
        value=phrases.measured(v, flip.value, flip.unit),
        grade=phrases.grade(v, flip.grade),
    )
    return text if flip.confirmed else v.t("first.flip_unconfirmed", text=text)


def _flips(v: View) -> Child:
    lines = [flip_line(v, flip) for flip in v.f.flips if flip.break_even is not None][:FLIPS_SHOWN]
    none = v.t("first.no_flips" if v.flips_known else "first.flips_unknown")
    return box(v.t("first.flips_title"), lines or [none])
