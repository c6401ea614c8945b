"""How wide the columns of a table on paper are, how large its letters, and whether it needs the long side."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tiersim.report.office.lines import inline
from tiersim.report.rating.sheets import width_of
from tiersim.report.tree import Column, Table

SIZES = (8.5, 8.0, 7.5, 7.0)
"""Letters of a table in points, the first that fits; a table on the long side begins anew."""
PADDING = 7.0
"""Left and right of a cell's text together, in points."""
LETTER = 0.56
"""Width of a letter in parts of its size: a digit of Arial; a Chinese character counts as two letters."""
WORD = {"text": 13, "name": 15}
"""Letters up to which a word must fit on one line; longer ones (paths, links) may break. Numbers never do."""
MOST = {"number": 30, "name": 40, "text": 60}
"""Letters of a line beyond which a column is not made wider."""
_GAP = re.compile(r"[ \n\t]+")


@dataclass(frozen=True)
class Layout:
    """Widths of the columns in points, size of the letters in points, and which side of the paper is up."""

    widths: tuple[float, ...]
    size: float
    landscape: bool


def layout(table: Table, upright: float, lying: float) -> Layout:
    """The layout of a table on paper that is `upright` points wide, or `lying` when turned.

    Letters get smaller until all numbers and words fit; then the paper is turned.
    """
    for landscape, room in ((False, upright), (True, lying)):
        for size in SIZES:
            least = [_points(one, size) for one in map(_least, *_columns(table))]
            if sum(least) <= room:
                wanted = [_points(one, size) for one in map(_wanted, *_columns(table))]
                return Layout(_shared(least, wanted, room), size, landscape)
    # Wider than any paper: what may break does, in equal parts of what each would need.
    least = [_points(one, SIZES[-1]) for one in map(_least, *_columns(table))]
    return Layout(tuple(lying * one / sum(least) for one in least), SIZES[-1], True)


def _columns(table: Table) -> tuple[tuple[Column, ...], list[list[str]]]:
    cells = [[inline(row[place]) for row in table.rows] for place in range(len(table.columns))]
    return table.columns, cells


def _points(letters: float, size: float) -> float:
    return letters * LETTER * size + PADDING


def _least(column: Column, cells: list[str]) -> float:
    """Letters without which a number, or a word of usual length, would be cut."""
    head = min(_longest_word(column.head), 15)
    if column.kind == "number":
        return max([head, *(width_of(line) if width_of(line) <= 12 else _longest_word(line)
                            for cell in cells for line in cell.split("\n"))])  # fmt: skip
    return max([4, head, *(min(_longest_word(cell), WORD[column.kind]) for cell in cells)])


def _wanted(column: Column, cells: list[str]) -> float:
    """Letters with which every cell stands on one line, and the head on two."""
    longest = max((width_of(line) for cell in cells for line in cell.split("\n")), default=0)
    return max(_least(column, cells), min(longest, MOST[column.kind]), min(width_of(column.head) / 2, 15))


def _longest_word(text: str) -> int:
    """Letters of the longest part that no line break may divide; between Chinese characters one may."""
    parts = (re.sub(r"([\u2e80-\uffef])", r" \1 ", word) for word in _GAP.split(text))
    return max((width_of(piece) for part in parts for piece in part.split(" ")), default=0)


def _shared(least: list[float], wanted: list[float], room: float) -> tuple[float, ...]:
    """`room` among columns: what each needs, then towards what it wants, then in proportion."""
    if sum(wanted) <= room:
        return tuple(room * one / sum(wanted) for one in wanted)
    part = (room - sum(least)) / (sum(wanted) - sum(least))
    return tuple(low + part * (high - low) for low, high in zip(least, wanted, strict=True))
