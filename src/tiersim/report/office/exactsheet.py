"""The sheet of exact amounts: tables with live formulas, sums, and a check against the report's totals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_rowcol_to_cell

from tiersim.report.office import formulas
from tiersim.report.office.lines import Titled, inline
from tiersim.report.office.looks import Looks
from tiersim.report.office.numbercells import number_format, only
from tiersim.report.rating.sheets import Book, put, width_of
from tiersim.report.text import Text
from tiersim.report.tree import Child, Column, Shown, Table

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

CENT = 0.005
"""Half a cent: how far a formula may be from the report's own figure."""
NUMBER_WIDTH = 20
EXACT, WHOLE = number_format(2), number_format(0)
"""Formats of exact amounts with cents, and of things that are counted."""


def has_formulas(table: Table) -> bool:
    """Whether a table has columns that a workbook computes."""
    return any(column.formula or column.sums for column in table.columns)


class ExactSheet:
    """Writes tables below each other; all of them share the columns' widths."""

    def __init__(self, book: Book, looks: Looks, text: Text) -> None:
        self._looks, self._text = looks, text
        self.sheet: Worksheet = book.sheet(text("workbook.figures"))
        put(self.sheet, 0, 0, text("workbook.figures_title"), looks("title", text_wrap=False))
        self.sheet.set_row(0, looks.height("title", text("workbook.figures_title"), 100))
        note = text("workbook.figures_note")
        self.sheet.merge_range(1, 0, 1, 5, "", looks("note"))
        put(self.sheet, 1, 0, note, looks("note"))
        self.sheet.set_row(1, looks.height("note", note, 5 * NUMBER_WIDTH))
        self._row = 3
        words = ("total", "headline", "difference")
        self._first = max(width_of(text(f"workbook.{word}")) for word in words)
        self._formats: list[str] = []

    def write(self, titled: Titled) -> None:
        """A table: heading, rows, sums, the report's own sums, the difference."""
        table = titled.table
        chosen = [
            place
            for place, column in enumerate(table.columns)
            if column.kind == "name" or column.key or column.formula or column.sums
        ]
        columns = [table.columns[place] for place in chosen]
        put(self.sheet, self._row, 0, titled.title, self._looks("subheading", text_wrap=False))
        head = self._row + 1
        heads = [column.exact or column.head for column in columns]
        for at, told in enumerate(heads):
            put(self.sheet, head, at, told, self._looks("head", align="right" if at else "left"))
        height = max(self._looks.height("head", told, NUMBER_WIDTH) for told in heads)
        self.sheet.set_row(head, height)
        last = len(table.rows) - 1
        totals = last >= 0 and table.row_class(last) == "total"
        parts = [*(table.rows[:-1] if totals else table.rows), *table.unshown]
        self._row = head + 1
        self._formats = [_format([row[place] for row in table.rows]) for place in chosen]
        above: dict[str, float] = {}
        values = []
        for row in parts:
            above = self._cells(columns, [row[place] for place in chosen], above)
            values.append(above)
        own = [table.rows[-1][place] for place in chosen] if totals else None
        if any(column.sums for column in columns) and parts:
            self._sums(columns, values, head + 1, own)
        self._row += 1

    def _cells(self, columns: list[Column], row: list[Child], above: dict[str, float]) -> dict[str, float]:
        """One row; its values by place, and by key for formulas."""
        known = {
            column.key or str(at): cell.value
            for at, (column, cell) in enumerate(zip(columns, map(only, row), strict=True))
            if isinstance(cell, Shown) and math.isfinite(cell.value)
        }
        for at, (column, cell) in enumerate(zip(columns, map(only, row), strict=True)):
            own, number = column.key or str(at), self._looks("cell", num_format=self._formats[at])
            if own not in known:
                align = "right" if at else "left"
                put(self.sheet, self._row, at, inline(cell), self._looks("cell", align=align))
                self._first = max(self._first, width_of(inline(cell))) if at == 0 else self._first
            elif column.formula and formulas.names(column.formula) <= known.keys():
                places = {c.key: xl_rowcol_to_cell(self._row, n) for n, c in enumerate(columns) if c.key}
                places[formulas.ABOVE] = xl_rowcol_to_cell(self._row - 1, at) if own in above else "0"
                found = formulas.result(column.formula, {**known, formulas.ABOVE: above.get(own, 0.0)})
                if abs(found - known[own]) > CENT:
                    raise ValueError(f"{column.head}: {column.formula} gives {found}, the page {known[own]}")
                known[own] = found
                told = formulas.written(column.formula, places)
                self.sheet.write_formula(self._row, at, told, number, found)
            else:
                put(self.sheet, self._row, at, known[own], number)
        self._row += 1
        return known

    def _sums(
        self, columns: list[Column], values: list[dict[str, float]], first: int, own: list[Child] | None
    ) -> None:
        """Sums of the rows and, where the report has a total row, that row and the difference."""
        word = self._looks("cell")
        put(self.sheet, self._row, 0, self._text("workbook.total"), self._looks("cell", bold=True, top=1))
        if own is not None:
            put(self.sheet, self._row + 1, 0, self._text("workbook.headline"), word)
            put(self.sheet, self._row + 2, 0, self._text("workbook.difference"), word)
        for at, column in enumerate(columns):
            if not column.sums:
                continue
            number = self._looks("cell", num_format=self._formats[at])
            bold = self._looks("cell", num_format=self._formats[at], bold=True, top=1)
            found = sum(row[key] for row in values if (key := column.key or str(at)) in row)
            span = f"{xl_rowcol_to_cell(first, at)}:{xl_rowcol_to_cell(self._row - 1, at)}"
            self.sheet.write_formula(self._row, at, f"=SUM({span})", bold, found)
            told = None if own is None else only(own[at])
            if not isinstance(told, Shown):
                continue
            put(self.sheet, self._row + 1, at, told.value, number)
            ends = (xl_rowcol_to_cell(self._row + n, at) for n in (0, 1))
            difference = round(found - told.value, 2) + 0.0
            self.sheet.write_formula(self._row + 2, at, "=ROUND({}-{},2)".format(*ends), number, difference)
        self._row += 1 if own is None else 3

    def close(self) -> None:
        """Widths and the look on paper."""
        self.sheet.set_column(0, 0, min(self._first, 48) + 2)
        self.sheet.set_column(1, 12, NUMBER_WIDTH)


def _format(cells: list[Child]) -> str:
    """Format of a column: with cents where it is money, with parts where it has them."""
    numbers = [cell for cell in map(only, cells) if isinstance(cell, Shown)]
    whole = all(cell.kind == "number" and cell.value == round(cell.value) for cell in numbers)
    return WHOLE if whole else EXACT
