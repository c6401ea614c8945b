"""Builders of the pieces of a page (`tiersim.report.tree`), and the section that a notebook's cell shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tiersim.report.drawing import raster
from tiersim.report.tree import Chart, Child, Column, Figure, Node, Table, packed, unpacked

MIME = "application/vnd.tiersim.section+json"
"""Under which a section travels inside an executed notebook."""

__all__ = ["MIME", "Column", "Node", "Section", "box", "el", "figure", "join", "section", "table", "tile"]


class Section:
    """A finished part of a report, which a notebook shows.

    ``frame`` is not empty for the one that brings style sheet, title and footer instead of content.
    """

    def __init__(self, tree: Node, frame: dict[str, Any] | None = None) -> None:
        self.tree = tree
        self.frame = frame or {}

    @property
    def name(self) -> str:
        """Name of the section, which is its anchor on the page."""
        return self.tree.attributes.get("id", "")

    def _repr_html_(self) -> str:
        if self.frame:
            return f"<style>{self.frame['css']}</style>"
        return str(self.tree.__html__())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self), MIME: self.packed()}

    def packed(self) -> dict[str, Any]:
        """The section as JSON data."""
        return {"tree": packed(self.tree), "frame": self.frame}

    @classmethod
    def unpacked(cls, data: dict[str, Any]) -> Section:
        """What `packed` made data of."""
        return cls(unpacked(data["tree"]), data["frame"])

    def __repr__(self) -> str:
        return f"<Section {self.name or 'style'}>"


def el(tag: str, *children: object, **attributes: object) -> Node:
    """``<tag ...>children</tag>``; ``cls`` is ``class``, ``data_x`` is ``data-x``; None is left out."""
    named = {("class" if k == "cls" else k.replace("_", "-")): v for k, v in attributes.items()}
    shown = {k: str(v) for k, v in named.items() if v is not None and v != ""}
    return Node(tag, shown, tuple(_child(child) for child in children if child is not None))


def _child(value: object) -> Child:
    return value if isinstance(value, str | Node | Table | Figure) else str(value)


def join(children: Iterable[object]) -> Node:
    """Children one after another; ``None`` is left out."""
    return el("", *children)


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    cls: str = "",
    row_classes: Sequence[str] = (),
    caption: object = None,
    unshown: Iterable[Sequence[object]] = (),
) -> Table:
    """A table; every row has a cell for each column."""
    cells, small = (
        tuple(tuple(_child("" if cell is None else cell) for cell in row) for row in part)
        for part in (rows, unshown)
    )
    for row in (*cells, *small):
        if len(row) != len(columns):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(columns)} columns")
    told = None if caption is None else _child(caption)
    return Table(tuple(columns), cells, cls, tuple(row_classes), told, small)


def figure(
    title: object,
    alt: str,
    wide: str,
    narrow: str | None = None,
    note: object = None,
    chart: Chart | None = None,
) -> Figure:
    """A chart with its finding above it; a phone takes the narrow drawing, paper the wide one."""
    told = None if note is None else _child(note)
    return Figure(_child(title), alt, wide, narrow, told, chart, raster(wide))


def tile(name: str, value: str, note: str) -> Node:
    """One main figure: its name, the figure, and what to know of it."""
    parts = (("name", name), ("value", value), ("note", note))
    return el("div", *(el("p", text, cls=cls) for cls, text in parts), cls="tile")


def box(title: str, lines: Iterable[object], note: str | None = None) -> Node:
    """A heading with one line, or a list of them, and what to know of it."""
    shown = list(lines)
    body = el("p", shown[0]) if len(shown) == 1 else el("ul", *(el("li", line) for line in shown))
    told = None if note is None else el("p", note, cls="note")
    return el("div", el("h3", title), body, told, cls="box")


def section(name: str, title: str | None, *children: object, mark: str = "", cls: str = "page") -> Section:
    """A page of the report: heading, the ILLUSTRATIVE mark where it is due, content."""
    head = el("h2", title) if title is not None else None
    mark_at = el("p", mark, cls="mark") if mark else None
    return Section(el("section", mark_at, head, *children, id=name, cls=f"ts {cls}"))
