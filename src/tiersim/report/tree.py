"""What a page holds, as a small tree that every format is written from: text, tables, charts, groups.

A section is built once, in the words of its language. HTML, PDF, Word, PowerPoint and Excel all read this
tree, so that a number cannot read differently in one of them. The tree travels inside the executed notebook
as JSON (`packed`, `unpacked`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

VOID = {"img", "source", "br"}


class Shown(str):
    """A number as a reader sees it, which still knows the number.

    ``value`` is exact, in base units (currency units, shares from 0 to 1); ``number`` is what the text says,
    in the unit of its column (None where the text names its own unit, as ``CNY 4.1 m`` does), with
    ``decimals`` behind the point; ``kind`` is ``number``, ``share`` or ``money``.
    """

    value: float
    number: float | None
    decimals: int
    kind: str
    signed: bool

    def __new__(
        cls,
        text: str,
        value: float,
        number: float | None = None,
        decimals: int = 0,
        kind: str = "number",
        signed: bool = False,
    ) -> Shown:
        """`text` together with what it stands for."""
        self = super().__new__(cls, text)
        self.value, self.number, self.decimals, self.kind, self.signed = value, number, decimals, kind, signed
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Shown, (str(self), self.value, self.number, self.decimals, self.kind, self.signed)


@dataclass(frozen=True)
class Node:
    """``<tag attributes>children</tag>``; without a tag only its children."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: tuple[Child, ...] = ()

    @property
    def classes(self) -> set[str]:
        """Words of its class."""
        return set(self.attributes.get("class", "").split())

    def __html__(self) -> Markup:
        shown = "".join(f' {k}="{escape(v)}"' for k, v in self.attributes.items())
        inside = Markup("").join(escape(child) for child in self.children)
        if not self.tag:
            return inside
        if self.tag in VOID:
            return Markup(f"<{self.tag}{shown}>")
        return Markup(f"<{self.tag}{shown}>") + inside + Markup(f"</{self.tag}>")

    @property
    def text(self) -> str:
        """All text inside, as one line."""
        return text_of(self)


@dataclass(frozen=True)
class Column:
    """One column of a table: heading, and whether it holds numbers or text that may wrap.

    For a workbook, ``key`` names the column, ``formula`` computes it from others of the same row
    (``{plan} - {today}``; ``{above}`` is the cell above), and ``sums`` says that a total row adds it up.
    ``exact`` heads its exact amounts there, in whole currency units; by default the heading itself.
    """

    head: str
    kind: str = "number"  # number, text or name (the row's own name)
    key: str = ""
    formula: str = ""
    sums: bool = False
    exact: str = ""


@dataclass(frozen=True)
class Table:
    """A table whose cells know their heading, so that a phone can show each row as a card.

    ``unshown`` are rows too small for the page, which a workbook needs for its sums to be exact.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Child, ...], ...]
    cls: str = ""
    row_classes: tuple[str, ...] = ()
    caption: Child | None = None
    unshown: tuple[tuple[Child, ...], ...] = ()

    def row_class(self, i: int) -> str:
        """Class of a row; "total" for sums."""
        return self.row_classes[i] if i < len(self.row_classes) else ""

    def __html__(self) -> Markup:
        head = Node(
            "tr", {}, tuple(_cell("th", _head(c.head), scope="col", cls=c.kind) for c in self.columns)
        )
        body = []
        for i, row in enumerate(self.rows):
            cells = [
                _cell("th", cell, scope="row", cls="name short" if len(text_of(cell)) <= SHORT else "name")
                if c.kind == "name"
                else Node("td", {"class": c.kind, "data-label": c.head}, (Node("span", {}, (cell,)),))
                for c, cell in zip(self.columns, row, strict=True)
            ]
            body.append(Node("tr", {"class": self.row_class(i)} if self.row_class(i) else {}, tuple(cells)))
        parts = [] if self.caption is None else [Node("caption", {}, (self.caption,))]
        parts += [Node("thead", {}, (head,)), Node("tbody", {}, tuple(body))]
        return Node("table", {"class": self.cls} if self.cls else {}, tuple(parts)).__html__()


SHORT = 8
"""Letters of a name, such as that of a quarter, which stays on one line."""
_PIECES = re.compile("（[^）]*）|[^（，]+，?|，")


def _head(head: str) -> Child:
    """A Chinese heading that breaks before a bracket or behind a comma, and not within what follows it."""
    first, *others = _PIECES.findall(head) if "（" in head or "，" in head else [head]
    if not others:
        return head
    return Node("", {}, (first, *(Node("span", {"class": "whole"}, (part,)) for part in others)))


def _cell(tag: str, child: Child, scope: str, cls: str) -> Node:
    return Node(tag, {"scope": scope, "class": cls}, (child,))


@dataclass(frozen=True)
class Series:
    """One line or row of bars of a chart; ``low`` and ``high`` are its interval, None where there is none."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    x: tuple[float, ...] = ()  # places of a scatter chart; else the categories are


@dataclass(frozen=True)
class Chart:
    """A chart as data, for formats whose charts can be edited; values in ``unit``.

    ``kind`` is ``line``, ``column`` (upright bars), ``bar`` (lying bars), ``dots`` (lying, with intervals),
    ``scatter`` (marks joined by lines), ``points`` (marks alone), or ``waterfall`` (steps; the categories
    named in ``totals`` stand on the ground).
    """

    kind: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    x_title: str = ""
    totals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A chart with its finding above it: drawn wide and narrow, told in words, and as data."""

    title: Child
    alt: str
    wide: str
    narrow: str | None = None
    note: Child | None = None
    chart: Chart | None = None
    raster: str | None = None  # the wide drawing as PNG in base64, where a format needs one

    def __html__(self) -> Markup:
        sources: tuple[Child, ...] = ()
        if self.narrow:
            sources = (Node("source", {"media": "(max-width: 600px)", "srcset": _data(self.narrow)}),)
        img = Node("img", {"src": _data(self.wide), "alt": self.alt})
        parts: list[Child] = [Node("figcaption", {}, (self.title,)), Node("picture", {}, (*sources, img))]
        if self.note is not None:
            parts.append(Node("p", {"class": "note"}, (self.note,)))
        return Node("figure", {}, tuple(parts)).__html__()


def _data(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


Child = str | Node | Table | Figure


def walk(child: Child) -> Iterator[Child]:
    """The child and everything inside it, in the order of reading; cells of tables included."""
    yield child
    if isinstance(child, Node):
        for inner in child.children:
            yield from walk(inner)
    elif isinstance(child, Table):
        for row in child.rows:
            for cell in row:
                yield from walk(cell)


def text_of(child: Child) -> str:
    """The text of a child; of a table and a chart nothing."""
    if isinstance(child, str):
        return child
    if isinstance(child, Node):
        gap = " " if child.tag in ("tr", "ul", "div", "header") else ""
        return gap.join(part for part in map(text_of, child.children) if part)
    return ""


def packed(child: Any) -> Any:
    """The tree as JSON data."""
    if isinstance(child, Shown):
        return {"shown": [str(child), child.value, child.number, child.decimals, child.kind, child.signed]}
    if child is None or isinstance(child, str | int | float | bool):
        return str(child) if isinstance(child, str) else child
    if isinstance(child, tuple | list):
        return [packed(one) for one in child]
    if isinstance(child, dict):
        return {key: packed(one) for key, one in child.items()}
    names = child.__dataclass_fields__
    return {type(child).__name__: {name: packed(getattr(child, name)) for name in names}}


_TYPES: dict[str, type] = {kind.__name__: kind for kind in (Node, Column, Table, Series, Chart, Figure)}


def unpacked(data: Any) -> Any:
    """What `packed` made JSON of."""
    if isinstance(data, list):
        return tuple(unpacked(one) for one in data)
    if not isinstance(data, dict):
        return data
    if set(data) == {"shown"}:
        return Shown(*data["shown"])
    ((name, fields),) = data.items()
    kind = _TYPES[name]
    plain = {"attributes"}
    return kind(**{key: value if key in plain else unpacked(value) for key, value in fields.items()})
