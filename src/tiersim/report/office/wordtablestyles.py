"""Styles of a Word file's tables: of figures, of the main ones side by side, and of columns without lines."""

from __future__ import annotations

from typing import Any

from tiersim.report.office.wordxml import INK, PALE, w

LINE = "CFD5DA"


def table_styles(accent: str) -> tuple[Any, ...]:
    """Tables, main figures with a line in `accent` above, columns."""
    return _table_style(), _grid_style("ReportTiles", accent), _grid_style("ReportColumns", "")


def _table_style() -> Any:
    """Fine lines between rows, a strong one below the head."""
    return _table(
        "ReportTable", "Report Table", {"left": 70, "right": 70},
        w(
            "tblBorders",
            w("bottom", val="single", sz=4, space=0, color=LINE),
            w("insideH", val="single", sz=4, space=0, color=LINE),
        ),
        w(
            "tblStylePr",
            w("tcPr", w("tcBorders", w("bottom", val="single", sz=8, space=0, color=INK)),
              w("vAlign", val="bottom")),
            type="firstRow",
        ),
    )  # fmt: skip


def _grid_style(name: str, accent: str) -> Any:
    """Columns side by side: of main figures with a coloured line above, else without any line."""
    borders, shade = None, None
    if accent:
        borders = w(
            "tblBorders",
            w("top", val="single", sz=24, space=0, color=accent),
            w("insideV", val="single", sz=48, space=0, color="FFFFFF"),
        )
        shade = w("tcPr", w("shd", val="clear", color="auto", fill=PALE))
    margins = {"left": 110, "right": 110} if accent else {"left": 0, "right": 170}
    return _table(name, "Report Tiles" if accent else "Report Columns", margins, borders, shade)


def _table(name: str, shown: str, margins: dict[str, int], borders: Any, *more: Any) -> Any:
    return w(
        "style",
        w("name", val=shown),
        w("basedOn", val="TableNormal"),
        w("uiPriority", val=59),
        w("qFormat"),
        w(
            "tblPr",
            w("tblInd", w=0, type="dxa"),
            borders,
            w("tblCellMar", *(w(side, w=size, type="dxa") for side, size in margins.items())),
        ),
        *more,
        type="table",
        customStyle=1,
        styleId=name,
    )
