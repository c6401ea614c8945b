"""Lists of a Word file: real ones, of which each numbered one begins at 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.oxml.ns import qn

from tiersim.report.office.lines import Line
from tiersim.report.office.wordxml import paragraph, runs, w

if TYPE_CHECKING:
    from docx.document import Document as Word

INDENT = 284
"""Twips from a list's sign to its text, 5 millimetres."""
INSIDE = 100
"""Twips by which a paragraph with lines at its sides stands inside the margins."""


class Lists:
    """Items of lists, and the numberings they belong to."""

    def __init__(self, word: Word) -> None:
        self._numbering = word.part.numbering_part.element
        styles = word.styles.element
        self._number = {
            style.get(qn("w:styleId")): int(found.get(qn("w:val")))
            for style in styles.iter(qn("w:style"))
            if (found := next(style.iter(qn("w:numId")), None)) is not None
        }
        self._now = 0

    def item(self, line: Line, style: str, extra: list[Any]) -> Any:
        """A paragraph of a list, in `style`; the item numbered 1 begins a list of its own."""
        if line.number == 1:
            self._now = self._begun(self._number["ListNumber"])
        style = "ListNumber" if line.number and style == "ListBullet" else style
        number = self._now if line.number else self._number["ListBullet"]
        if style == "ListBullet":
            return paragraph(style, runs(line.source or line.text), *extra)
        own = w("numPr", w("ilvl", val=0), w("numId", val=number))
        edge = INSIDE if style == "Comment" else 0
        place = w("ind", left=INDENT + edge, right=edge, hanging=INDENT)
        return paragraph(style, runs(line.source or line.text), *extra, own, place)

    def _begun(self, like: int) -> int:
        """A new list of the same form as `like`, which begins at 1."""
        numbers = self._numbering.findall(qn("w:num"))
        form = next(one for one in numbers if int(one.get(qn("w:numId"))) == like)
        new = max(int(one.get(qn("w:numId"))) for one in numbers) + 1
        kind = form.find(qn("w:abstractNumId")).get(qn("w:val"))
        start = w("lvlOverride", w("startOverride", val=1), ilvl=0)
        numbers[-1].addnext(w("num", w("abstractNumId", val=kind), start, numId=new))
        return new
