"""Charts that PowerPoint draws itself and lets a reader edit, with the data in a workbook inside."""

from __future__ import annotations

from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.chart import XL_MARKER_STYLE as MARKS
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.util import Inches, Pt

from tiersim.report.office import slideaxes, waterfall
from tiersim.report.office.chartbook import Lengths, book_of
from tiersim.report.office.excelchart import COLOURS
from tiersim.report.text import Text
from tiersim.report.tree import Chart, Series
from tiersim.tables.celltext import clean

_TYPES = {
    "line": XL_CHART_TYPE.LINE, "column": XL_CHART_TYPE.COLUMN_CLUSTERED, "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "dots": XL_CHART_TYPE.BAR_CLUSTERED, "scatter": XL_CHART_TYPE.XY_SCATTER_LINES,
    "points": XL_CHART_TYPE.XY_SCATTER, "waterfall": XL_CHART_TYPE.COLUMN_STACKED,
}  # fmt: skip
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
INK_RGB = RGBColor(0x1F, 0x29, 0x33)
_DASHES = (MSO_LINE.SOLID, MSO_LINE.DASH, MSO_LINE.DASH_DOT, MSO_LINE.LONG_DASH, MSO_LINE.SQUARE_DOT,
           MSO_LINE.LONG_DASH_DOT)  # fmt: skip
"""Of lines in their order, as in Excel."""
LABELLED = 8
"""Bars up to which each is labelled with its value."""


def insert(slide: Any, chart: Chart, box: tuple[float, ...], colour: str, text: Text) -> Any:
    """Draw `chart` into a box in inches; the shape."""
    across = chart.kind in ("scatter", "points")
    series = _steps(chart, text) if chart.kind == "waterfall" else _with_ends(chart, text)
    places = tuple(Inches(one) for one in box)
    data = _points(series) if across else _categories(chart, series)
    shape = slide.shapes.add_chart(_TYPES[chart.kind], *places, data)
    drawn = shape.chart
    lengths = [None if chart.kind in ("line", "waterfall") else _lengths(one) for one in series]
    drawn.part.chart_workbook.update_from_xlsx_blob(book_of(chart, series, lengths, across))
    drawn.has_title = False
    drawn.font.size = Pt(11)
    slideaxes.dress(drawn, chart, across)
    several = len(series) > 1 and chart.kind != "waterfall"
    drawn.has_legend = several
    if several:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    colours = [colour, *(one.lstrip("#") for one in COLOURS[1:])]
    for n, (plot, one) in enumerate(zip(drawn.plots[0].series, series, strict=True)):
        if chart.kind == "waterfall":
            _step(plot, n)
        else:
            _look(plot, chart, one, colours[_number(chart, n) % len(colours)], _number(chart, n))
            if (ends := lengths[n]) is not None:
                _error_bars(plot._element, ends, across)
    if chart.kind not in ("line", "scatter", "points"):
        _bars(drawn.plots[0], chart, any(lengths))
    return shape


def _number(chart: Chart, n: int) -> int:
    """Which series of the chart the `n`-th drawn one belongs to: of a line, its ends follow it."""
    if chart.kind != "line":
        return n
    owners = [k for k, one in enumerate(chart.series) for _ in range(1 + bool(one.low) + bool(one.high))]
    return owners[n]


def _with_ends(chart: Chart, text: Text) -> list[Series]:
    """Series as they are drawn: the interval of a line is two more lines."""
    found: list[Series] = []
    for one in chart.series:
        found.append(one)
        if chart.kind == "line":
            for key, values in (("low", one.low), ("high", one.high)):
                if values:
                    found.append(Series(text(f"workbook.{key}", name=one.name), values))
    return found


def _steps(chart: Chart, text: Text) -> list[Series]:
    """A waterfall's columns, the first of which is not seen."""
    rows = [[value for _, value in row[2:]] for row in waterfall.steps(chart, 0, 0)]
    names = [text(f"workbook.{key}") for key in waterfall.COLUMNS[2:]]
    return [Series(name, tuple(row[n] for row in rows)) for n, name in enumerate(names)]


def _categories(chart: Chart, series: list[Series]) -> Any:
    data = CategoryChartData(number_format="General")
    data.categories = [clean(one) for one in chart.categories]
    for one in series:
        data.add_series(clean(one.name), one.values)
    return data


def _points(series: list[Series]) -> Any:
    data = XyChartData(number_format="General")
    for one in series:
        made = data.add_series(clean(one.name))
        for x, y in zip(one.x, one.values, strict=True):
            if y is not None:
                made.add_data_point(x, y)
    return data


def _lengths(one: Series) -> Lengths | None:
    """From each value down to its low and up to its high end."""
    if not one.low and not one.high:
        return None
    kept = [n for n, value in enumerate(one.values) if value is not None or not one.x]
    sides = []
    for ends in (one.low, one.high):
        pairs = [(one.values[n], ends[n] if ends else None) for n in kept]
        sides.append(tuple(0.0 if v is None or e is None else abs(v - e) for v, e in pairs))
    return sides[0], sides[1]


def _look(plot: Any, chart: Chart, one: Series, colour: str, n: int) -> None:
    """Colour of a series; ends of a line are thin and dashed."""
    rgb = RGBColor.from_string(colour.upper())
    if chart.kind in ("line", "scatter", "points"):
        plot.smooth = False
        main = chart.kind != "line" or one in chart.series
        if chart.kind == "points":
            plot.format.line.fill.background()
        else:
            plot.format.line.color.rgb, plot.format.line.width = rgb, Pt(2.25 if main else 1)
            plot.format.line.dash_style = _DASHES[n % len(_DASHES)] if main else MSO_LINE.ROUND_DOT
        plot.marker.style = MARKS.NONE if chart.kind == "line" else (MARKS.CIRCLE, MARKS.SQUARE)[n % 2]
        if chart.kind != "line":
            plot.marker.size = 6
            plot.marker.format.fill.solid()
            plot.marker.format.fill.fore_color.rgb = rgb
            plot.marker.format.line.color.rgb = rgb
        return
    plot.format.fill.solid()
    plot.format.fill.fore_color.rgb = rgb
    plot.invert_if_negative = False
    if one.low or one.high:
        tone = next(plot._element.iter(f"{{{_A}}}srgbClr"))
        etree.SubElement(tone, f"{{{_A}}}alpha", val="55000")


def _step(plot: Any, n: int) -> None:
    """Colour and labels of one column of a waterfall; its values tell their sign."""
    fill = waterfall.FILLS[n]
    plot.invert_if_negative = False
    if not fill:
        plot.format.fill.background()
        plot.format.line.fill.background()
        return
    edge = RGBColor.from_string(waterfall.EDGE.lstrip("#").upper())
    ground = RGBColor.from_string(fill.lstrip("#").upper())
    if fill == waterfall.DOWN:
        plot.format.fill.patterned()
        plot.format.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        plot.format.fill.fore_color.rgb, plot.format.fill.back_color.rgb = edge, ground
    else:
        plot.format.fill.solid()
        plot.format.fill.fore_color.rgb = ground
    plot.format.line.color.rgb, plot.format.line.width = edge, Pt(0.75)


def _bars(plot: Any, chart: Chart, ends: bool) -> None:
    """Width of bars, and labels where there are few and nothing is in their way."""
    plot.gap_width = 60
    if chart.kind == "waterfall":
        plot.overlap = 100
        _label_steps(plot, chart)
    elif not ends and len(chart.categories) * len(chart.series) <= LABELLED:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.font.size = Pt(10)
        form = _format(chart.series)
        labels.number_format, labels.number_format_is_linked = f"{form};−{form};", False


def _format(series: tuple[Series, ...]) -> str:
    top = max((abs(x) for one in series for x in one.values if x is not None), default=0.0)
    return "#,##0" if top >= 100 else "#,##0.0" if top >= 10 else "#,##0.00"


def _label_steps(plot: Any, chart: Chart) -> None:
    """Each step's own value: inside the column that shows it, or below it where that is too thin."""
    form = {"#,##0": 0, "#,##0.0": 1, "#,##0.00": 2}[_format(chart.series)]
    columns = list(plot.series)
    tall = [sum(abs(one.values[n] or 0.0) for one in columns) for n in range(len(chart.categories))]
    room = 0.09 * max(tall, default=0.0)
    for n, value in enumerate(chart.series[0].values):
        parts = [(abs(one.values[n] or 0.0), k) for k, one in enumerate(columns) if k > 0]
        largest, k = max(parts)
        if value is None or not largest:
            continue
        ground = chart.categories[n] in chart.totals
        said = f"{abs(value):,.{form}f}"
        sign = "−" if value < 0 else "" if ground else "+"
        inside = largest >= room or abs(columns[0].values[n] or 0.0) < room
        label = columns[k if inside else 0].points[n].data_label
        label.text_frame.text = sign + said
        look = label.text_frame.paragraphs[0].runs[0].font
        look.size, look.bold = Pt(11), True
        within = inside and largest >= room
        dark = within and waterfall.FILLS[k] == waterfall.GROUND
        look.color.rgb = RGBColor(0xFF, 0xFF, 0xFF) if dark else INK_RGB
        if within and waterfall.FILLS[k] == waterfall.DOWN:
            _on_white(label)
        label.position = XL_LABEL_POSITION.CENTER if inside else XL_LABEL_POSITION.INSIDE_END


def _on_white(label: Any) -> None:
    """Ground of a label that stands on stripes."""
    made = label._get_or_add_dLbl()
    for old in made.findall(f"{{{_C}}}spPr"):
        made.remove(old)
    ground = (
        f'<c:spPr xmlns:c="{_C}" xmlns:a="{_A}"><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></c:spPr>'
    )
    made.find(f"{{{_C}}}tx").addnext(etree.fromstring(ground))


def _error_bars(series: Any, lengths: Lengths, across: bool) -> None:
    """Whiskers whose lengths stand in the workbook."""
    told = [f'<c:errBars xmlns:c="{_C}" xmlns:a="{_A}">', '<c:errDir val="y"/>' if across else "",
            '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>']  # fmt: skip
    for tag, values in (("plus", lengths[1]), ("minus", lengths[0])):
        points = "".join(f'<c:pt idx="{n}"><c:v>{x!r}</c:v></c:pt>' for n, x in enumerate(values))
        told.append(f"<c:{tag}><c:numLit><c:formatCode>General</c:formatCode>"
                    f'<c:ptCount val="{len(values)}"/>{points}</c:numLit></c:{tag}>')  # fmt: skip
    told.append(
        '<c:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="333333"/></a:solidFill></a:ln></c:spPr>'
    )
    bars = etree.fromstring("".join([*told, "</c:errBars>"]))
    after = series.find(f"{{{_C}}}{'xVal' if across else 'cat'}")
    after.addprevious(bars)
