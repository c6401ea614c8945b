"""The workbook inside a chart of a slide: the data that open when a reader edits it."""

from __future__ import annotations

from tiersim.report.office.package import CREATED
from tiersim.report.rating.sheets import Book, put
from tiersim.report.tree import Chart, Series

Lengths = tuple[tuple[float, ...], tuple[float, ...]]
"""From each value down to its low and up to its high end."""


def book_of(chart: Chart, series: list[Series], lengths: list[Lengths | None], across: bool) -> bytes:
    """The file; cells stand where the chart looks for them.

    Of categories: names in the first column, a column for each series, then the lengths of intervals.
    Of points: the series below each other, with places, values and lengths beside each other.
    """
    book = Book.new(CREATED)
    sheet = book.sheet("Sheet1")
    if not across:
        for row, name in enumerate(chart.categories, start=1):
            put(sheet, row, 0, name)
        place = 1 + len(series)
        for column, (one, ends) in enumerate(zip(series, lengths, strict=True), start=1):
            put(sheet, 0, column, one.name)
            for row, value in enumerate(one.values, start=1):
                put(sheet, row, column, value)
            for side in ends or ():
                for row, length in enumerate(side, start=1):
                    put(sheet, row, place, length)
                place += 1
        return book.bytes()
    top = 0
    for one, ends in zip(series, lengths, strict=True):
        kept = [(x, y) for x, y in zip(one.x, one.values, strict=True) if y is not None]
        put(sheet, top, 1, one.name)
        for row, cells in enumerate(kept, start=top + 1):
            for column, value in enumerate(cells):
                put(sheet, row, column, value)
        for column, side in enumerate(ends or (), start=2):
            for row, length in enumerate(side, start=top + 1):
                put(sheet, row, column, length)
        top += len(kept) + 2
    return book.bytes()
