"""Charts that Excel draws itself, from data that stand on the sheet beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiersim.report.office import waterfall
from tiersim.report.office.looks import Looks
from tiersim.report.rating.sheets import Book, put, span, width_of
from tiersim.report.text import Text
from tiersim.report.tree import Chart, Series
from tiersim.tables.celltext import clean

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDTH, HEIGHT = 760, 330
"""Size of a chart in pixels."""
COLOURS = ("#0B5C8A", "#D9822B", "#1F2933", "#A9B7C2", "#7A5195", "#5B8C5A")
"""Of series, as far apart in grey as six can be; `DASHES` tell lines apart as well."""
DASHES = ("solid", "dash", "dash_dot", "long_dash", "square_dot", "long_dash_dot")
ENDS = "round_dot"
"""Dots of the lines at the ends of an interval."""
FORMAT = "#,##0.00"
_TYPES = {"line": "line", "column": "column", "bar": "bar", "dots": "bar", "scatter": "scatter",
          "points": "scatter"}  # fmt: skip


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
        unit, title, across = _plain(chart.unit), _plain(title), _plain(chart.x_title)
        told = self.text("workbook.chart_unit", unit=unit) if unit else self.text("workbook.chart_data")
        put(self.sheet, self.row, self.column, told, self.looks("data", bold=True))
        put(self.sheet, self.row + 1, self.column, chart.x_title or self.text("workbook.category"), look)
        for n, category in enumerate(chart.categories):
            put(self.sheet, self.row + 2 + n, self.column, category, look)
        if chart.kind == "waterfall":
            drawn, rows = self._waterfall(chart), len(chart.categories)
        else:
            drawn, rows = self._series(chart)
        drawn.set_title({"name": title, "overlay": False, "name_font": {"size": 11, "bold": True}})
        value = {"name": unit, "num_format": "General", "major_gridlines": _GREY}
        label = {"name": across, "label_position": "low", "num_font": {"size": 9}}
        lying = _TYPES.get(chart.kind) == "bar"
        drawn.set_y_axis({**label, "reverse": True, "crossing": "max"} if lying else value)
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

    def _series(self, chart: Chart) -> tuple[Any, int]:
        """Lines, bars or points, one series each; intervals as error bars, of lines as thin lines."""
        kind = _TYPES[chart.kind]
        joined = {"subtype": "straight_with_markers"} if chart.kind == "scatter" else {}
        options = {"type": kind} | joined
        drawn = self.book.file.add_chart(options)
        last = self.row + 1 + max((len(series.values) for series in chart.series), default=0)
        place = self.column + 1
        for n, series in enumerate(chart.series):
            colour = COLOURS[n % len(COLOURS)]
            categories = self._block(self.column, last)
            if series.x:
                self._write(place, chart.x_title or self.text("workbook.category"), series.x)
                categories, place = self._block(place, last), place + 1
            told: dict[str, Any] = {"categories": categories, "gap": 60}
            told["values"] = self._write(place, series.name, series.values)
            told["name"] = [self.sheet.get_name(), self.row + 1, place]
            place += 1
            ends = self._ends(series, place)
            place += len(ends)
            if kind == "line" or kind == "scatter":
                dash = DASHES[n % len(DASHES)]
                plain = {"color": colour, "width": 2, "dash_type": dash}
                told["line"] = {"none": True} if chart.kind == "points" else plain
                told["marker"] = {"type": "none"} if kind == "line" else _marker(colour)
            else:
                told["fill"] = {"color": colour, "transparency": 45 if ends else 0}
            if ends and kind != "line":
                told["y_error_bars"] = self._error_bars(series, place)
                place += 2
            drawn.add_series(told)
            if kind == "line":
                for name, values in ends:
                    thin = {"color": colour, "width": 0.75, "dash_type": ENDS}
                    drawn.add_series({"name": name, "categories": categories, "values": values, "line": thin})
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

    def _error_bars(self, series: Series, place: int) -> dict[str, Any]:
        """Whiskers from the value to its ends, of no length where an end is missing."""
        sides: dict[str, str] = {}
        for n, (key, values) in enumerate((("minus", series.low), ("plus", series.high))):
            lengths = tuple(
                0.0 if v is None or e is None else abs(v - e)
                for v, e in zip(series.values, values or (None,) * len(series.values), strict=True)
            )
            block = self._write(place + n, self.text(f"workbook.{key}", name=series.name), lengths)
            sides[f"{key}_values"] = "=" + span(self.sheet, block[1], block[2], block[3])
        return {"type": "custom", "line": {"color": "#333333"}, **sides}

    def _write(self, place: int, name: str, values: tuple[float | None, ...]) -> list[Any]:
        look = self.looks("data", num_format=FORMAT)
        put(self.sheet, self.row + 1, place, name, look)
        for n, value in enumerate(values):
            put(self.sheet, self.row + 2 + n, place, value, look)
        return self._block(place, self.row + 1 + len(values))

    def _block(self, place: int, last: int) -> list[Any]:
        return [self.sheet.get_name(), self.row + 2, place, last, place]

    def _waterfall(self, chart: Chart) -> Any:
        """Steps as stacked columns on an invisible one."""
        (series,) = chart.series
        self._write(self.column + 1, series.name, series.values)
        look = self.looks("data", num_format=FORMAT)
        for n, key in enumerate(waterfall.COLUMNS):
            put(self.sheet, self.row + 1, self.column + 2 + n, self.text(f"workbook.{key}"), look)
        for n, cells in enumerate(waterfall.steps(chart, self.row + 2, self.column + 1)):
            for k, (formula, found) in enumerate(cells):
                self.sheet.write_formula(self.row + 2 + n, self.column + 2 + k, formula, look, found)
        drawn = self.book.file.add_chart({"type": "column", "subtype": "stacked"})
        last = self.row + 1 + len(chart.categories)
        for k, fill in enumerate(waterfall.FILLS):
            values = self._block(self.column + 4 + k, last)
            told = {"categories": self._block(self.column, last), "values": values, "gap": 40}
            if not fill:
                told["fill"] = {"none": True}
            else:
                striped = {"pattern": "wide_upward_diagonal", "fg_color": waterfall.EDGE, "bg_color": fill}
                told |= {"pattern": striped} if fill == waterfall.DOWN else {"fill": {"color": fill}}
                told["border"] = {"color": waterfall.EDGE, "width": 0.75}
            drawn.add_series(told)
        return drawn


def _plain(text: str) -> str:
    """Text for a chart; a space keeps the writer from taking ``!A1`` in it for the address of a cell."""
    return re.sub(r"!(?=\$?[A-Z]+\$?\d)", "! ", clean(text))


_GREY = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}


def _marker(colour: str) -> dict[str, Any]:
    return {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
