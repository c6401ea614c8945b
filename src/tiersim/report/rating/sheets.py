"""Cells of a workbook: formats, addresses, and tables of plain values."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tiersim.report.rating.cells import sheet_name
from tiersim.tables.celltext import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

YELLOW, GREY, RULE, INK = "#FFF4C2", "#F2F2F2", "#BFBFBF", "#333333"
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "text": {"text_wrap": True, "valign": "top"},
    "bold": {"bold": True},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EDF2"},
    "group": {"bold": True, "italic": True, "font_color": INK, "bottom": 1, "bottom_color": RULE},
    "input": {"bg_color": YELLOW, "border": 1, "border_color": RULE},
    "input_text": {"bg_color": YELLOW, "border": 1, "border_color": RULE, "num_format": "@"},
    "input_whole": {"bg_color": YELLOW, "border": 1, "border_color": RULE, "num_format": "#,##0"},
    "input_part": {"bg_color": YELLOW, "border": 1, "border_color": RULE, "num_format": "#,##0.0000"},
    "raw": {"num_format": "#,##0"},
    "raw_part": {"num_format": "#,##0.00"},
    "raw_text": {"num_format": "@"},
    "computed": {"bg_color": GREY, "num_format": "0.000"},
    "computed_any": {"bg_color": GREY},
    "computed_text": {"bg_color": GREY},
    "small": {"font_color": "#666666", "num_format": "0.000", "italic": True},
    "plain": {},
    "share": {"num_format": "0.0 %", "bg_color": GREY},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "number": {"num_format": "#,##0"},
    "number_part": {"num_format": "#,##0.00##"},
}


@dataclass(frozen=True, eq=False)
class Book:
    """A workbook that is being written, with its formats by name."""

    file: Workbook
    formats: Mapping[str, Format]
    buffer: io.BytesIO

    @classmethod
    def new(cls, created: datetime) -> Book:
        """An empty workbook; text never turns into formulas, links or numbers in it."""
        import xlsxwriter

        buffer = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        file = xlsxwriter.Workbook(buffer, options)
        # The day of the rating and not of the writing, so that equal ratings give equal files.
        file.set_properties({"created": created, "comments": ""})
        file.set_calc_mode("auto")
        return cls(file, {name: file.add_format(dict(look)) for name, look in FORMATS.items()}, buffer)

    def sheet(self, name: str) -> Worksheet:
        """A new sheet whose name every program accepts."""
        from xlsxwriter.worksheet import Worksheet

        class PlainFormulas(Worksheet):  # type: ignore[misc]
            """A sheet whose formulas use no function newer than Excel 2016.

            XlsxWriter looks for each newer one in every formula, which takes four fifths of the time; where a
            later version no longer asks this method, files stay the same and only take longer.
            """

            def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
                return formula.removeprefix("=")

        taken = tuple(sheet.get_name() for sheet in self.file.worksheets())
        return self.file.add_worksheet(sheet_name(name, taken), worksheet_class=PlainFormulas)

    def bytes(self) -> bytes:
        """The finished file."""
        self.file.close()
        return self.buffer.getvalue()


def column(place: int) -> str:
    """Letters of a column counted from 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))


def at(sheet: Worksheet, row: int, place: int) -> str:
    """Absolute address of a cell with its sheet, rows and columns counted from 0."""
    return f"{_quoted(sheet)}!${column(place)}${row + 1}"


def span(sheet: Worksheet, row: int, place: int, last_row: int, last: int | None = None) -> str:
    """Absolute address of a block with its sheet; by default one column wide."""
    end = place if last is None else last
    return f"{_quoted(sheet)}!${column(place)}${row + 1}:${column(end)}${last_row + 1}"


def _quoted(sheet: Worksheet) -> str:
    """A sheet's name in a formula, where its apostrophes are doubled."""
    name = str(sheet.get_name()).replace("'", "''")
    return f"'{name}'"


def put(sheet: Worksheet, row: int, place: int, value: Any, look: Format | None = None) -> None:
    """A plain value: text stays text whatever it begins with, nan and nothing are an empty cell."""
    if isinstance(value, (datetime, pd.Timestamp)):
        sheet.write_datetime(row, place, value, look)
    elif isinstance(value, (bool, str)):
        text = clean(value)
        if text:
            sheet.write_string(row, place, text, look)
        else:
            sheet.write_blank(row, place, None, look)
    elif value is None or value is pd.NaT or value is pd.NA or not math.isfinite(value):
        sheet.write_blank(row, place, None, look)
    else:
        sheet.write_number(row, place, float(value), look)


def table_sheet(book: Book, name: str, frame: pd.DataFrame, wide: int = 60) -> Worksheet:
    """A sheet that holds a table: heads that stay in sight, a filter, widths by content."""
    sheet = book.sheet(name)
    rows = len(frame)
    for place, head in enumerate(frame.columns):
        put(sheet, 0, place, str(head), book.formats["head"])
        values = frame.iloc[:, place]
        dates = pd.api.types.is_datetime64_any_dtype(values)
        numbers = pd.api.types.is_numeric_dtype(values)
        whole = "number" if not numbers or is_whole(values) else "number_part"
        look = book.formats["date" if dates else whole if numbers else "plain"]
        listed = values.astype(object).where(values.notna(), None).tolist()
        for row, value in enumerate(listed, start=1):
            put(sheet, row, place, value, look)
        shown = 10 if dates else max((width_of(value) for value in listed[:500]), default=0)
        sheet.set_column(place, place, min(wide, max(shown, min(width_of(head), 16), 6) + 2))
    if rows and len(frame.columns):
        sheet.autofilter(0, 0, rows, len(frame.columns) - 1)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 30)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return sheet


def is_whole(values: Any) -> bool:
    """Whether all known numbers of a column are whole (days come as weeks times 7, with an error)."""
    known = np.asarray(pd.Series(values).dropna(), float)
    return bool(np.isfinite(known).all() and (np.abs(known - np.round(known)) < 1e-6).all())


def width_of(value: Any) -> int:
    """Width of a value in Latin letters; Chinese ones are twice as wide."""
    text = f"{value:.4g}" if isinstance(value, (float, np.floating)) else clean(value)
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
