"""Writing a workbook: formats, sheets with a title and heads, and cells of plain values."""

from __future__ import annotations

import io
import math
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from tiersim.tables.celltext import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EDF2"},
    "text": {"text_wrap": True, "valign": "top"},
    "grey": {"text_wrap": True, "valign": "top", "font_color": "#666666", "bg_color": "#F2F2F2"},
    "own": {"bg_color": "#FFF4C2", "border": 1, "border_color": "#BFBFBF", "valign": "top"},
    "own_share": {
        "bg_color": "#FFF4C2", "border": 1, "border_color": "#BFBFBF", "valign": "top", "num_format": "0.0 %",
    },
    "share": {"num_format": "0.0 %", "valign": "top"},
    "number": {"num_format": "#,##0.0###", "valign": "top"},
    "whole": {"num_format": "#,##0", "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"},
}  # fmt: skip
"""Looks of cells by name."""


class Book:
    """A workbook that is being written, with its formats."""

    def __init__(self, file: Workbook, buffer: io.BytesIO) -> None:
        self.file, self._buffer = file, buffer
        self.looks: dict[str, Format] = {name: file.add_format(look) for name, look in LOOKS.items()}

    @classmethod
    def new(cls, created: date) -> Book:
        """An empty workbook; text never turns into formulas, links or numbers in it."""
        import xlsxwriter

        kinds = ("formulas", "urls", "numbers")
        options = {"in_memory": True} | {f"strings_to_{kind}": False for kind in kinds}
        buffer = io.BytesIO()
        file = xlsxwriter.Workbook(buffer, options)
        file.set_properties({"created": datetime.combine(created, time()), "comments": ""})
        return cls(file, buffer)

    def bytes(self) -> bytes:
        """The finished file."""
        self.file.close()
        return self._buffer.getvalue()

    def sheet(
        self, name: str, title: str, lines: list[str], heads: tuple[str, ...], widths: tuple[int, ...]
    ) -> Worksheet:
        """A sheet with a title, some lines and heads that stay in sight."""
        sheet = self.file.add_worksheet(name)
        self.put(sheet, 0, 0, title, "title")
        for row, line in enumerate(lines, 1):
            self.put(sheet, row, 0, line)
        top = len(lines) + 2
        for place, (head, width) in enumerate(zip(heads, widths, strict=True)):
            self.put(sheet, top, place, head, "head")
            sheet.set_column(place, place, width)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        return sheet

    def put(self, sheet: Worksheet, row: int, place: int, value: Any, look: str = "") -> None:
        """A plain value: text stays text whatever it begins with; nan and nothing are an empty cell."""
        form = self.looks.get(look)
        if isinstance(value, date):
            sheet.write_datetime(row, place, datetime.combine(value, time()), form)
        elif isinstance(value, str) and clean(value):
            sheet.write_string(row, place, clean(value), form)
        elif isinstance(value, str) or value is None or not math.isfinite(value):
            sheet.write_blank(row, place, None, form)
        else:
            sheet.write_number(row, place, float(value), form)
