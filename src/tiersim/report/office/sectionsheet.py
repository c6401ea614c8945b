"""One section of a report as a sheet: its text in reading order, its tables as numbers, its charts."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from tiersim.report.document import Frame
from tiersim.report.office.excelchart import HEIGHT, WIDTH, Drawn
from tiersim.report.office.grid import Grid
from tiersim.report.office.lines import Item, Line, Tile, Titled, inline
from tiersim.report.office.looks import Looks
from tiersim.report.office.numbercells import number_cell
from tiersim.report.rating.sheets import Book, put
from tiersim.report.text import Text
from tiersim.report.tree import Child, Figure, Table, text_of
from tiersim.tables.celltext import clean

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

PIXELS = 20
"""Height of an untouched row."""
HIGHEST = 12
"""Rows that may stay in sight above a table: more would leave no room for it on a small screen."""
FILTERED = 8
"""Rows from which a single table gets a filter."""
PICTURE = 700
"""Width of a drawing in pixels, where a chart has no data."""
PAPER = (770.0, 500.0)
"""Width and height in points of what a page of A4 across holds between its margins."""
_ALIGNED: dict[str, dict[str, Any]] = {
    "number": {"align": "right"},
    "name": {"align": "left"},
    "text": {"align": "left", "indent": 1},
}


class SectionSheet:
    """Writes the items of a section below each other."""

    def __init__(self, book: Book, looks: Looks, text: Text, name: str, items: list[Item]) -> None:
        self._book, self._looks, self._text = book, looks, text
        self.sheet: Worksheet = book.sheet(name)
        self._items = items
        self._tables = [item.table for item in items if isinstance(item, Titled)]
        self._grid = Grid(self._tables)
        self._row = 0
        self._tall = 0.0
        self._heads: list[int] = []
        self._breaks: list[int] = []

    def write(self) -> None:
        """All items, then widths and filter."""
        for place, width in enumerate(self._grid.widths):
            self.sheet.set_column(place, place, width)
        for item in self._items:
            if isinstance(item, Line):
                sign = f"{item.number}. " if item.number else "• " if item.look == "item" else ""
                self._line(sign + item.text, item.look)
            elif isinstance(item, Tile):
                self._tile(item)
            elif isinstance(item, Titled):
                self._table(item.table)
            else:
                self._figure(item)
        self._single_table()
        self.sheet.hide_gridlines(2)

    def _across(self, text: str, look: str, first: int, end: int) -> float:
        """Text over the columns `first` up to, not with, `end`; the height it needs."""
        form = self._looks(look)
        if end - first > 1:
            self.sheet.merge_range(self._row, first, self._row, end - 1, "", form)
        put(self.sheet, self._row, first, text, form)
        return self._looks.height(look, text, self._grid.span(first, end))

    def _line(self, text: str, look: str) -> None:
        self._next_row(self._across(text, look, 0, self._grid.text))

    def _tile(self, tile: Tile) -> None:
        """Name, figure and note in one row where the columns allow it."""
        first, second, end = self._grid.upto(30), self._grid.upto(56), self._grid.text
        parts = ((tile.name, "tile_name"), (tile.value, "tile_value"), (tile.note, "tile_note"))
        if not 0 < first < second < end:
            for text, look in parts:
                self._line(text, look)
            return
        places = ((0, first), (first, second), (second, end))
        heights = [
            self._across(text, look, *place) for (text, look), place in zip(parts, places, strict=True)
        ]
        self._next_row(max(heights))

    def _next_row(self, height: float) -> None:
        """The row has its content; go on below it."""
        self.sheet.set_row(self._row, height)
        self._row += 1
        self._tall += height

    def _leave(self, rows: int) -> None:
        """Untouched rows."""
        self._row += rows
        self._tall += 0.75 * PIXELS * rows

    def _table(self, table: Table) -> None:
        self._heads.append(self._row)
        cells: list[Child] = [column.head for column in table.columns]
        for place, column in enumerate(table.columns):
            put(self.sheet, self._row, place, column.head, self._looks("head", **_ALIGNED[column.kind]))
        self._heighten("head", cells)
        for n, row in enumerate(table.rows):
            bold = {"bold": True} if table.row_class(n) == "total" else {}
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                number = number_cell(cell)
                align = _ALIGNED[column.kind]
                if number is None:
                    put(self.sheet, self._row, place, inline(cell), self._looks("cell", **bold, **align))
                else:
                    look = self._looks("cell", num_format=number[1], **bold, **align)
                    put(self.sheet, self._row, place, number[0], look)
            self._heighten("cell", list(row))
        self._leave(1)

    def _heighten(self, look: str, cells: list[Child]) -> None:
        heights = [
            self._looks.height(look, inline(cell), width)
            for cell, width in zip(cells, self._grid.widths, strict=False)
        ]
        self._next_row(max(heights))

    def _figure(self, figure: Figure) -> None:
        """Finding, chart, what it shows in words, note; on one page of paper."""
        page = PAPER[1] * 100 / self._scale
        drawn = figure.chart is not None or figure.raster is not None
        if drawn and self._tall and self._tall + 0.75 * (HEIGHT + 5 * PIXELS) > page:
            self._breaks.append(self._row)
            self._tall = 0.0
        self._line(text_of(figure.title), "subheading")
        rows = 0
        if figure.chart is not None and figure.chart.series:
            beside = self._beside()
            at = Drawn(self._book, self.sheet, self._looks, self._text, self._row, beside)
            rows = max(at.insert(figure.chart, text_of(figure.title)), HEIGHT // PIXELS + 2)
        elif figure.raster:
            rows = self._picture(figure)
        self._leave(rows)
        self._line(figure.alt, "note")
        if figure.note is not None:
            self._line(text_of(figure.note), "note")
        self._leave(1)

    def _beside(self) -> int:
        """The first column to the right of tables, text and charts."""
        place, wide = 0, 0
        while wide < WIDTH + 40 or place < len(self._grid.widths):
            wide += 7 * self._grid.widths[place] + 5 if place < len(self._grid.widths) else 64
            place += 1
        return place + 1

    def _picture(self, figure: Figure) -> int:
        data = base64.b64decode(figure.raster or "")
        width, height = (int.from_bytes(data[n : n + 4], "big") for n in (16, 20))  # of a PNG's header
        scale = PICTURE / width
        options = {
            "image_data": io.BytesIO(data), "x_scale": scale, "y_scale": scale, "x_offset": 4, "y_offset": 4,
            "object_position": 2, "description": clean(figure.alt),
        }  # fmt: skip
        # Resolution is read from the file: an own one would scale a second time.
        self.sheet.insert_image(self._row, 0, "drawing.png", options)
        return int(height * scale) // PIXELS + 2

    def _single_table(self) -> None:
        """A sheet's only table keeps its head in sight and on every printed page, and can be filtered."""
        if len(self._tables) != 1:
            return
        (head,), (table,) = self._heads, self._tables
        self.sheet.repeat_rows(head)
        if head <= HIGHEST:
            self.sheet.freeze_panes(head + 1, 0)
        if len(table.rows) >= FILTERED and "total" not in table.row_classes:
            self.sheet.autofilter(head, 0, head + len(table.rows), len(table.columns) - 1)

    @property
    def _scale(self) -> int:
        """Percent at which all columns fit on a page's width, in letters a third wider than Excel's too."""
        width = sum(0.75 * (7 * one + 5) for one in self._grid.widths)
        return max(10, min(100, int(72 * PAPER[0] / width)))

    def paper(self, frame: Frame) -> None:
        """A4 across, as wide as a page; the data beside charts are left out."""
        on_paper(self.sheet, frame)
        if self._breaks:  # which Excel heeds only where a scale is given instead of a number of pages
            self.sheet.set_print_scale(self._scale)
            self.sheet.set_h_pagebreaks(self._breaks)
        if self._row:
            self.sheet.print_area(0, 0, self._row, len(self._grid.widths) - 1)


def on_paper(sheet: Worksheet, frame: Frame) -> None:
    """A4 across with brand and marks above, and run record and page numbers below."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    marks = " · ".join(mark for mark in (frame.draft, frame.mark) if mark)
    parts = (("L", frame.confidential), ("C", frame.brand_name), ("R", marks))
    if header := "".join(f"&{place}&8 {_margin(text, 75)}" for place, text in parts if text):
        sheet.set_header(header)
    counter = _margin(frame.counter).replace("{page}", "&P").replace("{pages}", "&N")
    sheet.set_footer(f"&L&8 {_margin(frame.run)}&R&8 {counter}")


def _margin(text: str, most: int = 100) -> str:
    """Text for the paper's margin, where & begins a command and no more than 255 letters fit in all.

    The wide form stands for an & that the writer would take for a picture's place.
    """
    plain = clean(text).replace("\n", " ")
    for command in ("&G", "&["):
        plain = plain.replace(command, "＆" + command[1:])
    while len(plain) + plain.count("&") > most:
        plain = plain[:-1]
    return plain.replace("&", "&&")
