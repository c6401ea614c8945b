"""Tables of a Word file: real ones, with a head that repeats, rows that stay whole and widths that fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tiersim.report.office.widths import HEAD, SIZES, Layout
from tiersim.report.office.wordxml import INK, PALE, cell_lines, paragraph, w
from tiersim.report.tree import Table
from tiersim.tables.celltext import clean

TOGETHER = 12
"""Rows up to which a table is kept on one page."""
_STYLES = {"number": "TableNumber", "text": "TableText", "name": "TableName"}
_HEADS = {"number": "TableHeadNumber", "text": "TableHeadText", "name": "TableHead"}


def twips(points: float) -> int:
    """Twentieths of a point, in which Word measures."""
    return round(20 * points)


def table(data: Table, plan: Layout, title: str = "") -> Any:
    """`data` as a table with the widths of `plan`; `title` is what a screen reader calls it."""
    kinds = [column.kind for column in data.columns]
    widths = [twips(one) for one in plan.widths]
    heads = [
        [paragraph(_HEADS[column.kind], line, w("keepNext")) for line in cell_lines(column.head)]
        for column in data.columns
    ]
    made = frame(widths, "ReportTable", title)
    made.append(row(widths, heads, head=True))
    last = len(data.rows) - 1
    for number, cells in enumerate(data.rows):
        total = data.row_class(number) == "total"
        fill = PALE if data.row_class(number) == "run-out" else ""
        keep = number < last and (number == 0 or len(data.rows) <= TOGETHER)
        told = [
            [
                paragraph(_STYLES[kind], line, w("keepNext") if keep else None)
                for line in cell_lines(cell, {"b"} if total else ())
            ]
            for kind, cell in zip(kinds, cells, strict=True)
        ]
        made.append(row(widths, told, fill=fill, ruled=total))
    if plan.size != SIZES[0]:
        _resize(made, plan.size)
    return made


def frame(widths: Sequence[int], style: str, title: str = "") -> Any:
    """A table of fixed widths (twips) without rows."""
    return w(
        "tbl",
        w(
            "tblPr",
            w("tblStyle", val=style),
            w("tblW", w=sum(widths), type="dxa"),
            w("tblLayout", type="fixed"),
            w(
                "tblLook",
                val="0020",
                firstRow=1,
                lastRow=0,
                firstColumn=0,
                lastColumn=0,
                noHBand=1,
                noVBand=1,
            ),
            w("tblCaption", val=clean(title)) if title else None,
        ),
        w("tblGrid", *(w("gridCol", w=one) for one in widths)),
    )


def row(
    widths: Sequence[int],
    cells: Iterable[Iterable[Any]],
    head: bool = False,
    fill: str = "",
    ruled: bool = False,
) -> Any:
    """A row that is never divided; a `head` stands again on every page, `ruled` has a line above."""
    made = w("tr", w("trPr", w("cantSplit"), w("tblHeader") if head else None))
    for width, blocks in zip(widths, cells, strict=True):
        line = w("tcBorders", w("top", val="single", sz=8, space=0, color=INK)) if ruled else None
        shade = w("shd", val="clear", color="auto", fill=fill) if fill else None
        look = w("tcPr", w("tcW", w=width, type="dxa"), line, shade)
        made.append(w("tc", look, *blocks))
    return made


def _resize(made: Any, size: float) -> None:
    """Smaller letters than the styles have, in every run; those of the head were smaller before."""
    from docx.oxml.ns import qn

    for number, line in enumerate(made.iter(qn("w:tr"))):
        half = round(2 * (min(size, HEAD) if number == 0 else size))
        for one in line.iter(qn("w:r")):
            look = one.find(qn("w:rPr"))
            if look is None:
                look = w("rPr")
                one.insert(0, look)
            look.append(w("sz", val=half))
            look.append(w("szCs", val=half))
