"""How much room text takes on a slide, reckoned beforehand: no program tells it while a file is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tiersim.report.office.letters import ems
from tiersim.tables.celltext import clean

SAFETY = 1.02
"""Programs round the width of each letter."""
SPACING = 1.25
"""Distance of lines, of the letters' size; written into the file, so that it holds for every font."""


def width(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text in points at a size in points."""
    return SAFETY * size * ems(text, bold)


def _pieces(text: str) -> Iterator[str]:
    """What a line may end after: words with their space, single Chinese letters; no-break spaces hold."""
    yield from re.findall(r"[^ \t\u2e80-\U0010ffff]+[ \t]*|[\u2e80-\U0010ffff]|[ \t]", text)


def rows(text: str, size: float, room: float, bold: bool = False) -> int:
    """Lines that text needs in a box `room` points wide; a word too long for a line is broken."""
    count = 0
    for line in text.split("\n"):
        count, used = count + 1, 0.0
        for piece in _pieces(line):
            own = width(piece, size, bold)
            seen = width(piece.rstrip(" "), size, bold)
            if used + seen > room and used > 0:
                count, used = count + 1, 0.0
            if seen > room:
                more = int(seen // (room - size)) if room > size else len(piece)
                count, used = count + more, 0.0
            used += own
    return count


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its text in a size, bold or not; a bullet hangs before it; `after` points of room."""

    text: str
    size: float
    bold: bool = False
    bullet: bool = False
    after: float = 0.0
    colour: str = ""

    @property
    def indent(self) -> float:
        """Points that a bullet takes from the width."""
        return 1.1 * self.size if self.bullet else 0.0

    def height(self, room: float) -> float:
        """Points that it takes in a box `room` points wide."""
        return rows(self.text, self.size, room - self.indent, self.bold) * self.size * SPACING + self.after


def height(paragraphs: list[Paragraph], room: float) -> float:
    """Points that paragraphs take below each other."""
    return sum(one.height(room) for one in paragraphs)


def fitted(text: str, room: tuple[float, float], sizes: tuple[float, ...], bold: bool = False) -> Paragraph:
    """Text in the largest size in which it fits a box of width and height; if in none, its beginning."""
    told = " ".join(clean(text).split("\n"))
    for size in sizes:
        if rows(told, size, room[0], bold) * size * SPACING <= room[1]:
            return Paragraph(told, size, bold)
    return Paragraph(shortened(told, room, sizes[-1], bold), sizes[-1], bold)


def shortened(text: str, room: tuple[float, float], size: float, bold: bool = False) -> str:
    """The longest beginning that fits, of whole sentences if there is one, else with an ellipsis."""
    whole = ""
    for sentence in sentences(text):
        if rows(whole + sentence, size, room[0], bold) * size * SPACING > room[1]:
            break
        whole += sentence
    if whole:
        return whole.strip()
    short, long = 0, len(text)
    while short < long:
        middle = (short + long + 1) // 2
        fits = rows(text[:middle] + "…", size, room[0], bold) * size * SPACING <= room[1]
        short, long = (middle, long) if fits else (short, middle - 1)
    return text[:short].rstrip() + "…"


def sentences(text: str) -> list[str]:
    """Sentences with the gap behind them; together they are the text."""
    return re.findall(r".+?(?:[.!?](?=\s)\s+|[。！？]|$)", text, re.DOTALL)


def beginning(text: str, letters: int) -> str:
    """First sentences of a text up to about so many letters, at least one."""
    found = ""
    for sentence in sentences(text):
        if found and len(found) + len(sentence) > letters:
            break
        found += sentence
    return found.strip()
