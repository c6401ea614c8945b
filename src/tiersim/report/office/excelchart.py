"""Charts that Excel draws itself, from data that stand on the sheet beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_rowcol_to_cell

from tiersim.report.office.looks import Looks
from tiersim.report.rating.sheets import Book, put, width_of
from tiersim.report.text import Text
from tiersim.report.tree import Chart, Series

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDTH, HEIGHT = 760, 330
"""Size of a chart in pixels."""
COLOURS = ("#1F5A96", "#C4661F", "#3B7F5C", "#7A5195", "#8C8C8C", "#B03A48")
UP, DOWN, GROUND = "#3B7F5C", "#B03A48", "#1F5A96"
FORMAT = "#,##0.00"
_TYPES = {"line": "line", "column": "column", "bar": "bar", "dots": "bar", "scatter": "scatter"}


@dataclass
class Drawn:
    """A chart on its way to a sheet: where its data stand."""

    book: Book
    sheet: Worksheet
    looks: Looks
    text: Text
    row: int
    column: int

    def insert(self, chart: Chart, title: str) -> int:
        """Write the data to `row`, `column` and the chart to the same row on the left; rows of the data."""
        look = self.looks("data", num_format=FORMAT)
        unit = chart.unit
        told = self.text("workbook.chart_unit", unit=unit) if unit else self.text("workbook.chart_data")
        put(self.sheet, self.row, self.column, told, self.looks("data", bold=True))
        put(self.sheet, self.row + 1, self.column, chart.x_title or self.text("workbook.category"), look)
        for n, category in enumerate(chart.categories):
            put(self.sheet, self.row + 2 + n, self.column, category, look)
        if chart.kind == "waterfall":
            drawn, rows = self._waterfall(chart), len(chart.categories)
        else:
            drawn, rows = self._plain(chart)
        drawn.set_title({"name": title, "overlay": False, "name_font": {"size": 11, "bold": True}})
        value = {"name": unit, "num_format": "General", "major_gridlines": _GREY}
        label = {"name": chart.x_title, "label_position": "low", "num_font": {"size": 9}}
        lying = _TYPES.get(chart.kind) == "bar"
        drawn.set_y_axis({**label, "reverse": True} if lying else value)
        drawn.set_x_axis(value if lying else label)
        several = len(chart.series) > 1 or (chart.kind == "line" and any(one.low for one in chart.series))
        drawn.set_legend({"position": "bottom"} if several else {"none": True})
        drawn.set_size({"width": WIDTH, "height": HEIGHT})
        drawn.show_blanks_as("gap")
        self.sheet.insert_chart(
            self.row, 0, drawn, {"x_offset": 4, "y_offset": 4, "object_position": 2, "description": title}
        )
        longest = max((width_of(one) for one in chart.categories), default=8)
        self.sheet.set_column(self.column, self.column, max(10, min(longest, 40)))
        return rows + 2

    def _plain(self, chart: Chart) -> tuple[Any, int]:
        """Lines, bars or points, one series each; intervals as error bars, of lines as thin lines."""
        kind = _TYPES[chart.kind]
        options = {"type": kind} | ({"subtype": "straight_with_markers"} if kind == "scatter" else {})
        drawn = self.book.file.add_chart(options)
        last = self.row + 1 + max((len(series.values) for series in chart.series), default=0)
        place = self.column + 1
        for n, series in enumerate(chart.series):
            colour = COLOURS[n % len(COLOURS)]
            categories = self._block(self.column, last)
            if series.x:
                self._write(place, chart.x_title or self.text("workbook.category"), series.x)
                categories, place = self._block(place, last), place + 1
            told = {"categories": categories, "values": self._write(place, series.name, series.values)}
            told |= {"name": [self.sheet.get_name(), self.row + 1, place], "gap": 60}
            place += 1
            ends = self._ends(series, place)
            place += len(ends)
            if kind == "line" or kind == "scatter":
                told["line"] = {"color": colour, "width": 2}
                told["marker"] = {"type": "none"} if kind == "line" else _marker(colour)
            else:
                told["fill"] = {"color": colour}
            if ends and kind != "line":
                told["y_error_bars"] = _error_bars(series, ends)
            drawn.add_series(told)
            if kind == "line":
                for name, values in ends:
                    thin = {"color": colour, "width": 0.75, "dash_type": "dash"}
                    drawn.add_series(
                        {"name": name, "categories": categories, "values": values, "line": thin}
                    )
        return drawn, last - self.row - 1

    def _ends(self, series: Series, place: int) -> list[tuple[Any, Any]]:
        """The low and the high end of a series, written beside it."""
        found = []
        for n, (key, values) in enumerate((("low", series.low), ("high", series.high))):
            if values:
                name = self.text(f"workbook.{key}", name=series.name)
                block = self._write(place + n, name, values)
                found.append(([self.sheet.get_name(), self.row + 1, place + n], block))
        return found

    def _write(self, place: int, name: str, values: tuple[float | None, ...]) -> list[Any]:
        look = self.looks("data", num_format=FORMAT)
        put(self.sheet, self.row + 1, place, name, look)
        for n, value in enumerate(values):
            put(self.sheet, self.row + 2 + n, place, value, look)
        return self._block(place, self.row + 1 + len(values))

    def _block(self, place: int, last: int) -> list[Any]:
        return [self.sheet.get_name(), self.row + 2, place, last, place]

    def _waterfall(self, chart: Chart) -> Any:
        """Steps as stacked columns on an invisible one; formulas follow the steps."""
        (series,) = chart.series
        self._write(self.column + 1, series.name, series.values)
        look = self.looks("data", num_format=FORMAT)
        # A step across zero has a part above and one below, so each colour has two columns.
        for n, key in enumerate(("start", "end", "gap", "up", "up", "down", "down", "ground", "ground")):
            put(self.sheet, self.row + 1, self.column + 2 + n, self.text(f"workbook.{key}"), look)
        level = 0.0
        last = self.row + 1 + len(chart.categories)
        for n, (category, value) in enumerate(zip(chart.categories, series.values, strict=True)):
            row, size = self.row + 2 + n, value or 0.0
            ground = category in chart.totals
            start, end = (0.0, size) if ground else (level, level + size)
            v, a, b = (xl_rowcol_to_cell(row, self.column + k) for k in (1, 2, 3))
            before = xl_rowcol_to_cell(row - 1, self.column + 3)
            over = max(0.0, max(start, end)) - max(0.0, min(start, end))
            under = min(0.0, min(start, end)) - min(0.0, max(start, end))
            above, below = f"MAX(0,MAX({a},{b}))-MAX(0,MIN({a},{b}))", f"MIN(0,MIN({a},{b}))-MIN(0,MAX({a},{b}))"
            gap = max(0.0, min(start, end)) + min(0.0, max(start, end))
            cells: list[tuple[str, float]] = [
                ("=0" if ground or n == 0 else f"={before}", start),
                (f"={a}+{v}", end),
                (f"=MAX(0,MIN({a},{b}))+MIN(0,MAX({a},{b}))", gap),
            ]
            for sign, test in ((not ground and size >= 0, f"{v}>=0"), (not ground and size < 0, f"{v}<0")):
                told = "0" if ground else "IF({},{{}},0)".format(test)
                cells += [("=" + told.format(above), over * sign), ("=" + told.format(below), under * sign)]
            cells += [(f"={above if ground else 0}", over * ground), (f"={below if ground else 0}", under * ground)]
            for k, (formula, found) in enumerate(cells):
                self.sheet.write_formula(row, self.column + 2 + k, formula, look, found)
            level = end
        drawn = self.book.file.add_chart({"type": "column", "subtype": "stacked"})
        fills: list[dict[str, Any]] = [{"none": True}]
        fills += [{"color": colour} for colour in (UP, UP, DOWN, DOWN, GROUND, GROUND)]
        categories = self._block(self.column, last)
        for k, fill in enumerate(fills):
            values = self._block(self.column + 4 + k, last)
            drawn.add_series({"categories": categories, "values": values, "fill": fill, "gap": 40})
        return drawn


_GREY = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}


def _marker(colour: str) -> dict[str, Any]:
    return {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}


def _error_bars(series: Series, ends: list[tuple[Any, Any]]) -> dict[str, Any]:
    """Whiskers from the value to its ends; nothing where an end is missing."""
    minus, plus = (
        [abs(v - e) if v is not None and e is not None else 0.0 for v, e in zip(series.values, side, strict=True)]
        if side
        else [0.0] * len(series.values)
        for side in (series.low, series.high)
    )
    return {"type": "custom", "plus_values": plus, "minus_values": minus, "line": {"color": "#333333"}}
