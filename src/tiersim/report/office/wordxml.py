"""Pieces of a Word file: elements, runs of text and paragraphs. Text is data and never becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tiersim.report.tree import Child, Node, text_of
from tiersim.tables.celltext import clean

_MARKS = {"b": "b", "strong": "b", "em": "i", "i": "i", "code": "code"}
INK, QUIET, PALE = "1F2933", "55606B", "F3F5F7"


def w(tag: str, *children: Any, **attributes: object) -> Any:
    """An element of WordprocessingML with its children; attributes are of the same namespace."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name.rstrip('_')}"), str(value))
    for child in children:
        if child is not None:
            made.append(child)
    return made


def run(text: str, marks: Iterable[str] = ()) -> Any:
    """A run of text; `marks` are ``b``, ``i`` and ``code`` (quiet)."""
    marks = set(marks)
    bold = w("b", val=0) if "code" in marks else w("b") if "b" in marks else None
    look = w(
        "rPr",
        bold,
        w("i") if "i" in marks else None,
        w("color", val=QUIET) if "code" in marks else None,
    )
    told = w("t")
    told.text = clean(text)
    told.set(qn("xml:space"), "preserve")
    return w("r", look if len(look) else None, told)


def runs(child: Child, marks: Iterable[str] = ()) -> list[Any]:
    """Running text with its emphasis, as runs and line breaks."""
    return [w("r", w("br")) if text is None else run(text, all_) for text, all_ in _pieces(child, set(marks))]


def cell_lines(child: Child, marks: Iterable[str] = ()) -> list[list[Any]]:
    """The same for a cell, where code stands on a line of its own."""
    lines: list[list[Any]] = [[]]
    inside = False
    for text, found in _pieces(child, set(marks)):
        if text is None or (("code" in found) != inside and lines[-1]):
            lines.append([])
        inside = "code" in found
        if text:
            lines[-1].append(run(text, found))
    return [line for line in lines if line] or [[]]


def paragraph(style: str, content: Iterable[Any] = (), *properties: Any) -> Any:
    """A paragraph in a style, with properties of its own in the order that the format asks for."""
    return w("p", w("pPr", w("pStyle", val=style), *properties), *content)


def _pieces(child: Child, marks: set[str]) -> Iterator[tuple[str | None, set[str]]]:
    """Texts with their marks; None for a line break."""
    if isinstance(child, str):
        if child:
            yield str(child), marks
    elif isinstance(child, Node):
        if child.tag == "br":
            yield None, marks
        mark = _MARKS.get(child.tag)
        for number, inner in enumerate(child.children):
            if number and child.tag in ("tr", "ul", "div", "header") and text_of(inner):
                yield " ", marks
            yield from _pieces(inner, marks | {mark} if mark else marks)
