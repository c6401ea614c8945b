"""The page on what would change the answer: the tornado and the break-evens."""

from __future__ import annotations

import math

from tiersim.evaluation.findings import Flip, RoiFindings
from tiersim.evaluation.flips import ALWAYS
from tiersim.report import chartdata, charts, phrases
from tiersim.report.fragments import Column, Section, el, figure, join, section, table
from tiersim.report.tree import Child, Node
from tiersim.report.view import View, view

FLIPS_LISTED = 14


def flips(findings: RoiFindings, lang: str = "en") -> Section:
    """The tornado and the break-even of the assumptions that matter most."""
    v = view(findings, lang)
    rows = v.f.flips
    turning = sum(flip.break_even is not None for flip in rows)
    heading = v.t("flips.finding_none")
    if turning:
        heading = v.t("flips.finding_some", count=turning, all=len(rows))
    if not rows:
        body: Node = el("p", v.t("flips.nothing"))
    elif not v.flips_known:
        body = el("h3", v.t("flips.finding_unknown"))
    else:
        widest = max(rows, key=_width)
        alt = v.t(
            "flips.alt",
            label=v.t.label(widest.path, widest.label),
            low=v.money(widest.gain_low, signed=True),
            high=v.money(widest.gain_high, signed=True),
        )
        body = join(
            [
                figure(
                    heading,
                    alt,
                    charts.tornado(v),
                    charts.tornado(v, narrow=True),
                    note=v.t("flips.note"),
                    chart=chartdata.tornado(v),
                ),
                _flip_table(v),
            ]
        )
    return section("flips", v.t("flips.title"), body, mark=phrases.illustrative(v))


def _width(flip: Flip) -> float:
    width = abs(flip.gain_high - flip.gain_low)
    return width if math.isfinite(width) else -1.0


def _flip_table(v: View) -> Child:
    """Those that turn the answer first, then the widest; what is left out is counted."""
    turning = [flip for flip in v.f.flips if flip.break_even is not None]
    others = sorted((flip for flip in v.f.flips if flip.break_even is None), key=_width, reverse=True)
    asked = [flip for flip in others if flip.path in ALWAYS]  # R1 and R7: told however little they move
    rest = [flip for flip in others if flip.path not in ALWAYS]
    room = max(FLIPS_LISTED - len(turning) - len(asked), 0)
    shown = [*turning, *sorted([*asked, *rest[:room]], key=_width, reverse=True)]
    columns = [
        Column(v.t("columns.assumption"), "name"),
        Column(v.t("columns.value")),
        Column(v.t("columns.low_high")),
        Column(v.t("columns.gain_low")),
        Column(v.t("columns.gain_high")),
        Column(v.t("columns.break_even")),
        Column(v.t("columns.grade"), "text"),
    ]
    body = []
    for flip in shown:
        at = v.t("flips.outside")
        if flip.break_even is not None:
            at = phrases.measured(v, flip.break_even, flip.unit)
            at = at if flip.confirmed else v.t("flips.estimated", value=at)
        body.append(
            [
                phrases.capital(v.t.label(flip.path, flip.label)),
                phrases.measured(v, flip.value, flip.unit),
                phrases.measured_range(v, flip.low, flip.high, flip.unit),
                v.money(flip.gain_low, signed=True),
                v.money(flip.gain_high, signed=True),
                at,
                phrases.grade(v, flip.grade),
            ]
        )
    left = len(v.f.flips) - len(shown)
    more = el("p", v.t("flips.more", count=left), cls="note") if left else None
    return join([table(columns, body, cls="tight"), more])
