"""Axes of charts on slides: titles with units, upright names, ends that leave room for whiskers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_TICK_LABEL_POSITION
from pptx.util import Pt

from tiersim.report.tree import Chart
from tiersim.tables.celltext import clean

GREY, DARK = RGBColor(0xD9, 0xD9, 0xD9), RGBColor(0x55, 0x60, 0x6B)
FEW = 10
"""Categories up to which each is named."""
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def dress(drawn: Any, chart: Chart, across: bool) -> None:
    """Titles, sizes, lines, and ends where a program would cut something off."""
    lying = chart.kind in ("bar", "dots")
    value, label = drawn.value_axis, drawn.category_axis
    for axis, said in ((value, chart.unit), (label, chart.x_title)):
        axis.tick_labels.font.size = Pt(11)
        axis.format.line.color.rgb = DARK
        axis.has_title = bool(said)
        if said:
            frame = axis.axis_title.text_frame
            frame.text = " ".join(clean(said).split())
            look = frame.paragraphs[0].runs[0].font
            look.size, look.bold, look.color.rgb = Pt(11), False, DARK
    value.has_major_gridlines, label.has_major_gridlines = True, False
    value.major_gridlines.format.line.color.rgb = GREY
    shown = [x for one in chart.series for x in (*one.values, *one.low, *one.high)]
    _format(value, shown)
    label.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if across:
        _format(label, [x for one in chart.series for x in one.x])
        value.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if lying:
        label.reverse_order = True
        value._element.find(f"{{{_C}}}crosses").set("val", "max")
    if (many := len(chart.categories)) > FEW and not across:
        _skip(label._element, -(-many // FEW))
    if across or (chart.kind in ("bar", "dots") and any(one.low or one.high for one in chart.series)):
        _scale(
            value, bounds([x for one in chart.series for x in (*one.values, *one.low, *one.high)], not across)
        )
    if across:
        _scale(label, bounds([x for one in chart.series for x in one.x], False))


def _format(axis: Any, values: list[float | None]) -> None:
    """Decimals that the steps of an axis need: some programs write a nought as 1.1E-16 without a format."""
    known = [x for x in values if x is not None]
    wide = max(known, default=0.0) - min(known, default=0.0)
    body = "#,##0"
    if 0 < wide < 8:
        body += "." + "0" * min(6, math.ceil(-math.log10(wide / 8)))
    labels = axis.tick_labels
    labels.number_format, labels.number_format_is_linked = f"{body};−{body};{body}", False


def _skip(axis: Any, every: int) -> None:
    """Name only some of many categories, so that their names stay upright."""
    after = axis.find(f"{{{_C}}}noMultiLvlLbl")
    for tag in ("tickLblSkip", "tickMarkSkip"):
        after.addprevious(etree.Element(f"{{{_C}}}{tag}", val=str(every)))


def _scale(axis: Any, ends: tuple[float, float, float] | None) -> None:
    if ends is not None:
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = ends


def bounds(values: Iterable[float | None], ground: bool) -> tuple[float, float, float] | None:
    """Ends and step of an axis that shows all values, whiskers included; `ground` takes 0 in as well.

    Programs make room for values only, and cut whiskers off.
    """
    known = [x for x in values if x is not None]
    if ground:
        known.append(0.0)
    if not known:
        return None
    low, high = min(known), max(known)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        return None
    step = 10.0 ** math.floor(math.log10((high - low) / 4))
    step *= max(factor for factor in (1.0, 2.0, 5.0) if step * factor <= (high - low) / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return float(f"{first * step:.12g}"), float(f"{last * step:.12g}"), float(f"{step:.12g}")
