"""Small pieces of HTML. Everything that is not already `Markup` is escaped, whoever wrote it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

VOID = {"img", "source", "br"}


class Section:
    """A finished piece of a page, which a notebook shows."""

    def __init__(self, html: Markup) -> None:
        self.html = html

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return f"<Section of {len(self.html)} characters>"


def el(tag: str, *children: object, **attributes: object) -> Markup:
    """``<tag ...>children</tag>``, all text escaped; ``cls`` is ``class``, ``data_x`` is ``data-x``."""
    named = {("class" if k == "cls" else k.replace("_", "-")): v for k, v in attributes.items()}
    shown = "".join(f' {k}="{escape(v)}"' for k, v in named.items() if v is not None and v != "")
    if tag in VOID:
        return Markup(f"<{tag}{shown}>")
    return Markup(f"<{tag}{shown}>") + join(children) + Markup(f"</{tag}>")


def join(children: Iterable[object]) -> Markup:
    """Children one after another; ``None`` is left out."""
    return Markup("").join(escape(child) for child in children if child is not None)


@dataclass(frozen=True)
class Column:
    """One column of a table: heading, and whether it holds numbers or text that may wrap."""

    head: str
    kind: str = "number"  # number, text or name (the row's own name)


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    cls: str = "",
    row_classes: Sequence[str] = (),
    caption: object = None,
) -> Markup:
    """A table whose cells know their heading, so that a phone can show each row as a card."""
    head = el("tr", *(el("th", c.head, scope="col", cls=c.kind) for c in columns))
    body = []
    for i, row in enumerate(rows):
        cells = [
            el("th", cell, scope="row", cls=c.kind)
            if c.kind == "name"
            else el("td", el("span", cell), cls=c.kind, data_label=c.head)
            for c, cell in zip(columns, row, strict=True)
        ]
        body.append(el("tr", *cells, cls=row_classes[i] if i < len(row_classes) else ""))
    return el(
        "table",
        el("caption", caption) if caption is not None else None,
        el("thead", head),
        el("tbody", *body),
        cls=cls,
    )


def _data(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def figure(title: object, alt: str, wide: str, narrow: str | None = None, note: object = None) -> Markup:
    """A chart with its finding above it; a phone takes the narrow drawing, paper the wide one."""
    picture = el(
        "picture",
        el("source", media="(max-width: 600px)", srcset=_data(narrow)) if narrow else None,
        el("img", src=_data(wide), alt=alt),
    )
    return el(
        "figure",
        el("figcaption", title),
        picture,
        el("p", note, cls="note") if note is not None else None,
    )


def section(name: str, title: str | None, *children: object, mark: str = "", cls: str = "page") -> Section:
    """A page of the report: heading, the ILLUSTRATIVE mark where it is due, content."""
    head = el("h2", title) if title is not None else None
    return Section(
        el(
            "section",
            el("p", mark, cls="mark") if mark else None,
            head,
            *children,
            id=name,
            cls=f"ts {cls}",
        )
    )
