"""A section as what a sheet holds below each other: lines of text, main figures, tables, charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tiersim.report.tree import Child, Figure, Node, Table, text_of

_BY_TAG = {"h1": "title", "h2": "heading", "h3": "subheading", "li": "item", "p": "text", "caption": "note"}
_BY_CLASS = {
    "verdict": "verdict", "lead": "lead", "mark": "mark", "kind": "note", "note": "note",
    "conventions": "note", "record": "note",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One paragraph, heading or item; `look` says how it is set.

    `number` counts the items of a numbered list, and is 0 elsewhere; `source` is where the text stands, for
    formats that show its emphasis too.
    """

    text: str
    look: str
    number: int = 0
    source: Child = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Tile:
    """One main figure: its name, the figure, and what to know of it."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Titled:
    """A table with the last heading above it."""

    title: str
    table: Table


Item = Line | Tile | Titled | Figure


def lines(tree: Child) -> list[Item]:
    """The pieces of a section in the order of reading."""
    found: list[Item] = []
    title = ""
    for item in _items(tree):
        if isinstance(item, Line) and item.look in ("heading", "subheading"):
            title = item.text
        found.append(Titled(title, item.table) if isinstance(item, Titled) else item)
    return found


def inline(child: Child) -> str:
    """The text of a cell; code stands on a line of its own in it, as it does on the page."""
    if isinstance(child, Node) and child.tag != "code":
        parts: list[str] = []
        for inner in child.children:
            gap = "\n" if parts and isinstance(inner, Node) and inner.tag in ("code", "br") else ""
            parts.append(gap + inline(inner))
        return "".join(parts)
    return text_of(child)


def _items(child: Child) -> Iterator[Item]:
    if isinstance(child, str):
        if child.strip():
            yield Line(child, "text", source=child)
    elif isinstance(child, Table):
        if child.caption is not None:
            yield Line(text_of(child.caption), "note", source=child.caption)
        yield Titled("", child)
    elif isinstance(child, Figure):
        yield child
    elif "tile" in child.classes and len(child.children) == 3:
        yield Tile(*(text_of(part) for part in child.children))
    elif child.tag in _BY_TAG and not _holds_blocks(child):
        look = next((_BY_CLASS[name] for name in sorted(child.classes) if name in _BY_CLASS), "")
        if text := text_of(child):
            yield Line(text, look or _BY_TAG[child.tag], source=child)
    elif child.tag == "ol":
        for number, inner in enumerate(child.children, start=1):
            for place, item in enumerate(_items(inner)):
                if place == 0 and isinstance(item, Line):
                    item = replace(item, look="item", number=number)
                yield item
    else:
        for inner in child.children:
            yield from _items(inner)


def _holds_blocks(child: Node) -> bool:
    """Whether a paragraph or item holds more than running text."""
    return any(
        isinstance(inner, Table | Figure)
        or (isinstance(inner, Node) and (inner.tag in (*_BY_TAG, "ul", "div") or _holds_blocks(inner)))
        for inner in child.children
    )
