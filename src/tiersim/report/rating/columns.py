"""Columns of a sheet of customers: what is typed in, and what formulas compute row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.report.rating.places import Places
from tiersim.report.rating.sheets import Book, column, is_whole, put, width_of

if TYPE_CHECKING:
    from tiersim.rating.rated import Rated
    from tiersim.report.rating.sentences import Sentences
    from tiersim.report.rating.tables import Shown

SPARE = 200
"""Empty rows whose formulas wait for new customers."""

ROW = "§"
"""Stands for the number of the row in the template of a formula."""

ABOVE = 3
"""Rows of the title, the groups and the weights; below them points of reference, then the heads."""

Values = Sequence[Any] | np.ndarray


@dataclass(frozen=True, eq=False)
class Column:
    """One column: typed values, or a formula with the values it gives.

    Parameters
    ----------
    head, group : headings.
    look : format by name.
    values : one a customer.
    formula : template with ROW; None for typed values.
    above : formulas of the rows over the head: (row, formula, value).
    """

    head: str
    group: str
    look: str
    values: Values
    formula: str | None = None
    above: tuple[tuple[int, str, float], ...] = ()

    @property
    def width(self) -> int:
        """Letters that its numbers need; too few, and a sheet shows ### in their place."""
        if self.look not in ("raw", "computed"):
            return 12
        numbers = np.asarray(self.values, object)
        known = [abs(x) for x in numbers.tolist() if isinstance(x, (int, float)) and np.isfinite(x)]
        return max(12, len(f"{max(known, default=0.0):,.0f}") + 6)


class ColumnSheet:
    """Takes columns from left to right, then writes them."""

    def __init__(
        self, book: Book, rated: Rated, words: Sentences, shown: Shown, places: Places, name: str
    ) -> None:
        self.book, self.rated, self.words, self.shown, self.places = book, rated, words, shown, places
        self.sheet = book.sheet(name)
        self.columns: list[Column] = []
        self.order = rated.table["position"].to_numpy()
        self.letters: dict[str, str] = {}
        method = rated.rating.method
        references = {"topsis": 2, "kmeans": len(rated.tiers)}.get(method, 0)
        self.header = ABOVE + references

    def lay_out(self) -> None:
        """Write all columns, with their heads and what stands above them."""
        text = self.words.text
        formats = self.book.formats
        put(self.sheet, 0, 0, text("customers.title"), formats["title"])
        group, ids = "", [str(one) for one in self.columns[0].values]
        for place, one in enumerate(self.columns):
            if one.group != group:
                put(self.sheet, 1, place, one.group, formats["group"])
                group = one.group
            put(self.sheet, self.header, place, one.head, formats["head"])
            for row, formula, value in one.above:
                self.sheet.write_formula(row, place, formula, formats["small"], value)
            # Steps of the computation can be folded away by the sign over them.
            steps = one.group in (text("customers.indicator_scores"), text("customers.dimension_scores"))
            width = max(12, min(30, max(map(width_of, ids), default=0) + 2)) if place == 0 else one.width
            self.sheet.set_column(place, place, width, None, {"level": 1} if steps else {})
            self._fill(place, one)
        if any(row == 2 for one in self.columns for row, _, _ in one.above):
            put(self.sheet, 2, 0, text("customers.weight_row"), formats["small"])
        references = {
            "topsis": [text("customers.ideal_row"), text("customers.anti_row")],
            "kmeans": [text("customers.centre_row", tier=tier) for tier in self.rated.tiers],
        }
        for row, label in enumerate(references.get(self.rated.rating.method, []), start=ABOVE):
            put(self.sheet, row, 0, label, formats["small"])
        last = self.header + len(self.order) + SPARE
        self.sheet.autofilter(self.header, 0, last, len(self.columns) - 1)
        self.sheet.freeze_panes(self.header + 1, 1)
        self.sheet.set_row(self.header, 62)
        self.sheet.set_landscape()
        # Some forty columns on one page could not be read; the first stands on each.
        self.sheet.fit_to_pages(3, 0)
        self.sheet.repeat_columns(0)
        self.sheet.repeat_rows(self.header)
        self.sheet.print_area(0, 0, self.header + len(self.order), len(self.columns) - 1)

    def _fill(self, place: int, one: Column) -> None:
        """The cells of a column, spare rows included."""
        part = one.look == "raw" and not is_whole(one.values)
        look = self.book.formats["raw_part" if part else one.look]
        n = len(self.order)
        values = list(one.values)
        if one.formula is None:
            for k, value in enumerate(values):
                put(self.sheet, self.header + 1 + k, place, value, look)
            for k in range(n, n + SPARE):
                self.sheet.write_blank(self.header + 1 + k, place, None, look)
            return
        write = self.sheet.write_formula
        for k in range(n + SPARE):
            row = self.header + 1 + k
            stored: Any = values[k] if k < n else ""
            if not isinstance(stored, str):
                stored = float(stored) if np.isfinite(stored) else ""
            write(row, place, one.formula.replace(ROW, str(row + 1)), look, stored)

    def typed(self, key: str, head: str, values: Values, look: str = "raw") -> None:
        """A column to type in."""
        self.letters[key] = column(len(self.columns))
        self.columns.append(Column(head, self.words.text("customers.raw"), look, values))

    def computed(
        self, key: str, head: str, group: str, body: str, values: Values, look: str = "computed", **more: Any
    ) -> None:
        """A column of formulas; empty where the row has no customer."""
        self.letters[key] = column(len(self.columns))
        formula = f'=IF($A{ROW}="","",{body})'
        self.columns.append(
            Column(head, self.words.text(f"customers.{group}"), look, values, formula, **more)
        )

    def cell(self, key: str) -> str:
        """Address of a column in the row of now."""
        return f"${self.letters[key]}{ROW}"

    def block(self, keys: Sequence[str], row: int | str = ROW) -> str:
        """Address of neighbouring columns, in the row of now or in a row over the heads (counted from 0)."""
        here = row if row == ROW else f"${int(row) + 1}"
        first, last = self.letters[keys[0]], self.letters[keys[-1]]
        return f"${first}{here}:${last}{here}"

    def take(self, values: Any) -> np.ndarray:
        """Values in the order of the sheet."""
        return np.asarray(values)[self.order]
