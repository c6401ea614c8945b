"""Widths of a sheet's columns: by content, and wide enough together for lines of text."""

from __future__ import annotations

from collections.abc import Iterable

from tiersim.report.office.lines import inline
from tiersim.report.rating.sheets import width_of
from tiersim.report.tree import Column, Table

TEXT = 112
"""Letters in a line of text."""
_FILL = 16
_MOST = {"number": 30, "name": 44, "text": 46}


class Grid:
    """Columns of one sheet. Tables begin in the first; text spans `text` columns."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.widths: list[int] = []
        for table in tables:
            for place, column in enumerate(table.columns):
                cells = [inline(row[place]) for row in table.rows]
                if place == len(self.widths):
                    self.widths.append(9)
                self.widths[place] = max(self.widths[place], _width(column, cells))
        self.used = len(self.widths)
        while sum(self.widths) < TEXT or len(self.widths) < 6:
            self.widths.append(max(8, min(_FILL, TEXT - sum(self.widths))))
        self.text = next(n for n in range(1, len(self.widths) + 1) if self.span(0, n) >= TEXT)

    def span(self, first: int, end: int) -> int:
        """Letters in columns `first` up to, not with, `end`."""
        return sum(self.widths[first:end])

    def upto(self, width: int) -> int:
        """The first column that begins at `width` letters or later."""
        return next((n for n in range(len(self.widths)) if self.span(0, n) >= width), len(self.widths))


def _width(column: Column, cells: list[str]) -> int:
    longest = max((width_of(line) for cell in cells for line in cell.split("\n")), default=0)
    head = max((width_of(word) for word in column.head.split()), default=0)
    return min(max(longest, min(head, 24), min(width_of(column.head), 14)), _MOST.get(column.kind, 30)) + 2
