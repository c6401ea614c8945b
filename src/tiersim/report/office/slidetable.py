"""Tables on slides: how wide their columns are, how high their rows, and on how many slides they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tiersim.report.office.lines import inline
from tiersim.report.office.slidetext import SPACING, rows, shortened, width
from tiersim.report.tree import Table
from tiersim.tables.celltext import clean

SIZES = (12.0, 11.0, 10.0)
"""Sizes of letters; the last one where a table needs several slides."""
PAD, ABOVE = 5.0, 2.5
"""Room left and right, and above and below, of a cell's text in points."""
MOST = 4
"""Slides of one table; of a larger one the first rows and columns are shown, the rest in other files."""
WORD = 130.0
"""A column is at most so wide in points for the sake of one long word."""
RANGE = 18
"""Letters of a number with its unit, or of a range of two, which stay on one line."""
LONGEST = 600
"""Letters of a cell."""


@dataclass(frozen=True)
class Part:
    """What stands on one slide: cells as text, head first; widths and heights in points.

    `kinds` are those of the columns, `classes` those of the rows without the head.
    """

    cells: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    classes: tuple[str, ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    size: float


def parts(table: Table, room: tuple[float, float]) -> tuple[list[Part], int, int]:
    """The table cut for slides of `room` points of width and height; rows and columns that were left out."""
    cells = [tuple(_said(column.head) for column in table.columns)]
    cells += [tuple(_said(inline(cell)) for cell in row) for row in table.rows]
    made: list[list[Part]] = []
    for size in SIZES:
        made = _cut(table, cells, room, size)
        if sum(len(pages) for pages in made) == 1:
            break
    hidden = sum(len(pages[0].kinds) - 1 for pages in made[MOST:])
    made = made[:MOST]
    most = MOST // len(made)
    if all(len(pages) <= most for pages in made):
        return _flat(made), 0, hidden
    shown = min(sum(len(one.cells) - 1 for one in pages[:most]) for pages in made)
    first = replace(table, rows=table.rows[:shown])
    cut = _cut(first, cells[: shown + 1], room, SIZES[-1])[:MOST]
    return _flat(cut), len(table.rows) - shown, hidden


def _flat(groups: list[list[Part]]) -> list[Part]:
    return [one for pages in groups for one in pages]


def _said(text: str) -> str:
    told = clean(text).strip()
    return told if len(told) <= LONGEST else told[: LONGEST - 1].rstrip() + "…"


def _cut(
    table: Table, cells: list[tuple[str, ...]], room: tuple[float, float], size: float
) -> list[list[Part]]:
    """Slides of each group of columns."""
    made = []
    classes = [table.row_class(n) for n in range(len(table.rows))]
    for places in _across(table, cells, room[0], size):
        kinds = tuple(table.columns[place].kind for place in places)
        chosen = [tuple(row[place] for place in places) for row in cells]
        widths = _widths(chosen, kinds, room[0], size)
        chosen[0] = _short(chosen[0], widths, size, 0.4 * room[1])
        left = room[1] - _height(chosen[0], widths, size, True)
        chosen[1:] = [_short(row, widths, size, left) for row in chosen[1:]]
        bold = [look == "total" for look in classes]
        heights = [_height(row, widths, size, one) for row, one in zip(chosen[1:], bold, strict=True)]
        made.append([_part(chosen, kinds, classes, widths, page, size) for page in _pages(heights, left)])
    return made


def _pages(heights: list[float], room: float) -> list[list[int]]:
    """Rows of each slide: as few slides as there must be, about equally full."""
    found = _filled(heights, room)
    for share in (0.6, 0.7, 0.8, 0.9):
        even = _filled(heights, share * room)
        if len(found) > 1 and len(even) == len(found) and max(heights) <= share * room:
            return even
    return found


def _filled(heights: list[float], room: float) -> list[list[int]]:
    pages: list[list[int]] = [[]]
    used = 0.0
    for n, high in enumerate(heights):
        if pages[-1] and used + high > room:
            pages.append([])
            used = 0.0
        pages[-1].append(n)
        used += high
    return pages


def _part(
    cells: list[tuple[str, ...]],
    kinds: tuple[str, ...],
    classes: list[str],
    widths: tuple[float, ...],
    page: list[int],
    size: float,
) -> Part:
    shown = (cells[0], *(cells[n + 1] for n in page))
    looks = tuple(classes[n] for n in page)
    bold = (True, *(look == "total" for look in looks))
    heights = tuple(_height(row, widths, size, one) for row, one in zip(shown, bold, strict=True))
    return Part(shown, kinds, looks, widths, heights, size)


def _height(row: tuple[str, ...], widths: tuple[float, ...], size: float, bold: bool) -> float:
    lines = max(rows(cell, size, wide - 2 * PAD, bold) for cell, wide in zip(row, widths, strict=True))
    return lines * size * SPACING + 2 * ABOVE


def _short(row: tuple[str, ...], widths: tuple[float, ...], size: float, high: float) -> tuple[str, ...]:
    """A row whose cells are cut where they are higher than the room there is."""
    room = high - 2 * ABOVE
    return tuple(
        cell
        if rows(cell, size, wide - 2 * PAD, True) * size * SPACING <= room
        else shortened(cell, (wide - 2 * PAD, room), size, True)
        for cell, wide in zip(row, widths, strict=True)
    )


def _needs(cells: list[tuple[str, ...]], kinds: tuple[str, ...], size: float) -> list[tuple[float, float]]:
    """Least and natural width of each column: its longest word or short number, and its longest line."""
    found = []
    for column, kind in zip(zip(*cells, strict=True), kinds, strict=True):
        lines = [line for cell in column for line in cell.split("\n")]
        body = [line for cell in column[1:] for line in cell.split("\n")]
        whole = [line for line in body if kind == "number" and len(line) <= RANGE]
        words = [word for line in lines for word in line.split(" ")]
        least = min(max((_word(word, size) for word in words), default=0.0), WORD)
        natural = max((width(line, size, True) for line in lines), default=0.0)
        least = max(least, *(width(line, size, True) for line in whole), 2.5 * size) + 2 * PAD + 1
        found.append((least, max(natural + 2 * PAD + 1, least)))
    return found


def _word(word: str, size: float) -> float:
    """Width that a word may not be broken below; Chinese ones break everywhere, numbers and units nowhere."""
    chinese = sum(ord(letter) > 0x2E7F for letter in word)
    return 4 * size * 1.1 if chinese > 4 else width(word, size, True)


def _across(table: Table, cells: list[tuple[str, ...]], room: float, size: float) -> list[list[int]]:
    """Columns on each slide: all of them, or the first with as many others as fit beside it."""
    kinds = tuple(column.kind for column in table.columns)
    least = [one for one, _ in _needs(cells, kinds, size)]
    groups: list[list[int]] = [[0]]
    for place in range(1, len(least)):
        if sum(least[n] for n in groups[-1]) + least[place] > room and len(groups[-1]) > 1:
            groups.append([0])
        groups[-1].append(place)
    return groups


def _widths(
    cells: list[tuple[str, ...]], kinds: tuple[str, ...], room: float, size: float
) -> tuple[float, ...]:
    """Natural widths where they fit, a little widened; else the room is shared out by what is lacking."""
    needs = _needs(cells, kinds, size)
    natural = sum(one for _, one in needs)
    if natural <= room:
        stretch = min(room / natural, 1.6)
        return tuple(one * stretch for _, one in needs)
    left = room - sum(least for least, _ in needs)
    if left <= 0:
        return tuple(room * least / sum(one for one, _ in needs) for least, _ in needs)
    # The root keeps one long text from taking all the room.
    wants = [(whole - least) ** 0.6 for least, whole in needs]
    shares = [least + left * want / sum(wants) for (least, _), want in zip(needs, wants, strict=True)]
    # What a column gets beyond its longest line goes to those that wrap.
    spare = sum(max(0.0, got - whole) for got, (_, whole) in zip(shares, needs, strict=True))
    short = [max(0.0, whole - got) for got, (_, whole) in zip(shares, needs, strict=True)]
    return tuple(
        min(got, whole) + (spare * lack / sum(short) if sum(short) else 0.0)
        for got, (_, whole), lack in zip(shares, needs, short, strict=True)
    )
