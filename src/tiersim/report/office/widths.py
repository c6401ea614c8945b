"""How wide the columns of a table on paper are, how large its letters, and whether it needs the long side."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tiersim.report.office import letters
from tiersim.report.office.lines import inline
from tiersim.report.tree import Column, Table

SIZES = (8.5, 8.0, 7.5, 7.0, 6.5)
"""Letters of a table in points, the first that fits; a table on the long side begins anew."""
NUMBER, RANGE = 10, 18
"""Letters of a number with its unit, and of a range of two."""
HEAD = 8.0
"""Letters of a head are at most so large, and never larger than those below."""
TEXT = 4.0
"""Indent of a column of text in points, which would else touch the numbers before it."""
PADDING = 7.5
"""Left and right of a cell's text together, in points."""
WORD = {"text": 13, "name": 24}
"""Letters up to which a word must fit on one line; longer ones (paths, links) may break. Numbers never do."""
MOST = {"number": 30, "name": 40, "text": 40}
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

    Letters get smaller until all numbers and words fit; then the paper is turned, where `lying` is wider.
    """
    cells = [[inline(row[place]) for row in table.rows] for place in range(len(table.columns))]
    paired = list(zip(table.columns, cells, strict=True))
    bold = any(table.row_class(n) == "total" for n in range(len(table.rows)))
    # Ranges such as "−2.4 to 5.1" stay on one line where smaller letters or a turned page reach that.
    tries = [(upright, size, RANGE) for size in SIZES if size >= 7.0]
    tries += [(lying, size, RANGE) for size in SIZES if size >= HEAD]
    tries += [(room, size, NUMBER) for room in sorted({upright, lying}) for size in SIZES]
    for room, size, whole in tries:
        if room >= upright:
            least = [_least(column, told, size, whole, bold) for column, told in paired]
            if sum(least) <= room:
                wanted = [
                    max(low, _wanted(column, told, size))
                    for low, (column, told) in zip(least, paired, strict=True)
                ]
                return Layout(_shared(least, wanted, room), size, room > upright)
    # Wider than any paper: words break, in equal parts of what each would need.
    return Layout(tuple(lying * one / sum(least) for one in least), SIZES[-1], lying > upright)


def ems(text: str, bold: bool = False) -> float:
    """Length of a line in parts of its size, in the widest font that stands in for Arial.

    A Chinese character is a square, and programs set it off from figures beside it.
    """
    return letters.ems(text, bold) + 0.1 * sum(letters.wide(c) for c in text) + 0.02


def _least(column: Column, cells: list[str], size: float, whole: int, total: bool) -> float:
    """Points without which a number, or a word of usual length, would be cut.

    Numbers of up to `whole` letters stand on one line, blanks in them or not; those of a `total` are bold.
    """
    head = _longest_word(column.head, 15) * min(HEAD, size)
    if column.kind == "number":
        lines = [line for cell in cells for line in cell.split("\n")]
        body = max(
            (ems(one, total) if len(one) <= whole else _longest_word(one, bold=total) for one in lines),
            default=0,
        )
    else:
        bold = column.kind == "name"
        body = max((_longest_word(cell, WORD[column.kind], bold) for cell in cells), default=0)
    beside = PADDING + (TEXT if column.kind == "text" else 0.0)
    return max(20.0, head + beside, body * size + beside)


def _wanted(column: Column, cells: list[str], size: float) -> float:
    """Points with which every cell stands on one line, and the head on two."""
    longest = max((ems(line[: MOST[column.kind]]) for cell in cells for line in cell.split("\n")), default=0)
    return max(longest * size, min(ems(column.head) / 2, 9.0) * min(HEAD, size)) + PADDING


def _longest_word(text: str, most: int = 1000, bold: bool = False) -> float:
    """Ems of the longest part that no line break should divide; between Chinese characters it may.

    Four of them stay together, as long as most words are.
    """
    parted = re.sub(r"([\u2e80-\uffef]{1,4})", r" \1 ", text)
    return max((ems(word[:most], bold) for word in _GAP.split(parted)), default=0.0)


def _shared(least: list[float], wanted: list[float], room: float) -> tuple[float, ...]:
    """`room` among columns: what each needs, then towards what it wants, then in proportion."""
    if sum(wanted) <= room:
        return tuple(room * one / sum(wanted) for one in wanted)
    part = (room - sum(least)) / (sum(wanted) - sum(least))
    return tuple(low + part * (high - low) for low, high in zip(least, wanted, strict=True))
