"""Formats of a report's workbook, each made once, and the grid that its texts and tables share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tiersim.report.rating.sheets import Book, width_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format

_TOP = {"text_wrap": True, "valign": "top"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {**_TOP, "bold": True, "font_size": 16, "font_color": "#1F2933"},
    "heading": {**_TOP, "bold": True, "font_size": 14, "font_color": "#1F2933"},
    "subheading": {**_TOP, "bold": True, "font_size": 12, "font_color": "#1F2933"},
    "verdict": {**_TOP, "bold": True, "font_size": 12, "bg_color": "#E8EDF2", "indent": 1},
    "lead": {**_TOP, "font_size": 12},
    "mark": {**_TOP, "bold": True, "font_color": "#8A4B08"},
    "note": {**_TOP, "font_color": "#55606B", "italic": True},
    "text": _TOP,
    "item": {**_TOP, "indent": 1},
    "tile_name": {**_TOP, "bottom": 1, "bottom_color": "#BFBFBF"},
    "tile_value": {**_TOP, "bold": True, "font_size": 14, "bottom": 1, "bottom_color": "#BFBFBF"},
    "tile_note": {**_TOP, "font_color": "#55606B", "bottom": 1, "bottom_color": "#BFBFBF"},
    "head": {**_TOP, "bold": True, "bottom": 1, "bg_color": "#E8EDF2"},
    "cell": {**_TOP, "bottom": 1, "bottom_color": "#E0E0E0"},
    "data": {"font_color": "#55606B", "font_size": 9},
}
ROW = 15.5
"""Height of a row of text at 11 points, in points."""


class Looks:
    """Formats of a book by name and changes, each added to the file once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Format] = {}

    def __call__(self, name: str, **changes: Any) -> Format:
        """The format `name` with `changes`, such as a number format."""
        key = (name, *sorted(changes.items()))
        if key not in self._made:
            self._made[key] = self._book.file.add_format({**_LOOKS[name], **changes})
        return self._made[key]

    @staticmethod
    def height(name: str, text: str, width: float) -> float:
        """Height in points of text that wraps at `width` letters; not every program finds it by itself."""
        size = _LOOKS[name].get("font_size", 11) / 11 * (1.08 if _LOOKS[name].get("bold") else 1.0)
        rows = sum(max(1, math.ceil(1.05 * size * width_of(line) / width)) for line in text.split("\n"))
        return min(409.0, ROW * max(1.0, size) * rows)
