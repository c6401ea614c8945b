"""What stays together on a page of a Word file: words with what they lead to, notes with their table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiersim.report.office.wordxml import w

if TYPE_CHECKING:
    from docx.document import Document as Word

_HEADS, _LEADING = {"Heading1", "Heading2", "Heading3"}, {"Lead", "Note", "Normal"}
MOST = 3
"""Paragraphs that lead from a heading to a table; more of them are text of their own."""
ROWS = 2
"""Rows of a table that stay with the note below it."""


def leading_words(word: Word) -> None:
    """Keep the words between the last heading and the table or drawing that comes next with it."""
    led: list[Any] = []
    for block in reversed(word.element.body[:-1]):
        style = _style_of(block)
        if style in _HEADS:
            for one in led:
                _keep_next(one)
        if style not in _LEADING or len(led) == MOST:
            return
        led.append(block)


def table_with_note(word: Word) -> None:
    """Keep the last rows of a table that ends the file so far, and the gap below it, with what comes next."""
    blocks = word.element.body[:-1]
    if len(blocks) < 2 or not blocks[-2].tag.endswith("}tbl"):
        return
    _keep_next(blocks[-1])
    for row in blocks[-2].tr_lst[-ROWS:]:
        for paragraph in row.iter(blocks[-1].tag):
            _keep_next(paragraph)


def _style_of(block: Any) -> str:
    """Style of a paragraph; of anything else none."""
    look = block.pPr if block.tag.endswith("}p") else None
    return "" if look is None or look.pStyle is None else str(look.pStyle.val)


def _keep_next(block: Any) -> None:
    """Keep a paragraph on the page of what follows it."""
    look = block.pPr
    if look is not None and not look.xpath("./w:keepNext"):
        look.pStyle.addnext(w("keepNext"))
