"""The sheet of ranks, by which a raw value finds its place among the customers of the first rating."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tiersim.rating.normalise import Ranks
from tiersim.report.rating.sheets import Book, column, put, span

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from tiersim.report.rating.sentences import Sentences


class GridSheet:
    """The sheet of ranks: for each indicator values that occurred, their ranks, and the way to the next."""

    def __init__(self, book: Book, words: Sentences) -> None:
        self.book, self.words = book, words
        self.sheet: Worksheet | None = None
        self.place = 0

    def add(self, name: str, measure: Ranks) -> dict[str, str]:
        """Columns of one indicator; addresses of their blocks, none where nothing was known of anybody."""
        if measure.values.size == 0:
            return {}
        if self.sheet is None:
            self.sheet = self.book.sheet(self.words.text("sheets.grid"))
            self.sheet.freeze_panes(2, 0)
        sheet, formats, m = self.sheet, self.book.formats, measure.values.size
        put(sheet, 0, self.place, name, formats["head"])
        parts: Sequence[tuple[str, np.ndarray]] = (
            ("values", measure.values),
            ("ranks", measure.ranks),
            ("steps", np.append(np.diff(measure.values), 0.0)),
            ("rises", np.append(np.diff(measure.ranks), 0.0)),
        )
        cells = {}
        for offset, (part, numbers) in enumerate(parts):
            place = self.place + offset
            put(sheet, 1, place, self.words.text(f"rules.{part}"), formats["head"])
            letter = column(place - 2) if offset >= 2 else ""
            wide = max((len(f"{number:,.10g}") for number in numbers.tolist()), default=0)
            sheet.set_column(place, place, max(9, min(wide, 16) + 2))
            for k, number in enumerate(numbers):
                if offset < 2:
                    put(sheet, 2 + k, place, float(number), formats["input"])
                    continue
                # The way to the next grid point follows from the points, also when they are changed.
                formula = f"={letter}{k + 4}-{letter}{k + 3}" if k < m - 1 else "=0"
                sheet.write_formula(2 + k, place, formula, formats["computed_any"], float(number))
            cells[part] = span(sheet, 2, place, 1 + m)
        self.place += len(parts) + 1
        return cells
