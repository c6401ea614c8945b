"""The columns that a waterfall is stacked from: formulas that follow its steps, with their results."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from tiersim.report.drawing import BAND, PLAN
from tiersim.report.tree import Chart

COLUMNS = ("start", "end", "gap", "up", "up", "down", "down", "ground", "ground")
"""Words for the columns. A step across zero has a part above and one below, so each colour has two."""
EDGE = PLAN
UP, DOWN, GROUND = BAND, "#ffffff", PLAN
"""Pale, striped on white, and dark, as on the page: all three differ in grey as well."""
FILLS = ("", UP, UP, DOWN, DOWN, GROUND, GROUND)
"""Colours of the columns from the gap on, which itself is not seen; those of `DOWN` have stripes."""

Cell = tuple[str, float]


def steps(chart: Chart, first: int, column: int) -> list[list[Cell]]:
    """Formula and result of each column for each step.

    The steps stand from row `first` in `column`, counted from 0; the columns stand to the right of them.
    """
    (series,) = chart.series
    rows: list[list[Cell]] = []
    level = 0.0
    for n, (category, value) in enumerate(zip(chart.categories, series.values, strict=True)):
        size, ground = value or 0.0, category in chart.totals
        start = 0.0 if ground else level
        level = start + size
        step, begin, end = (xl_rowcol_to_cell(first + n, column + k) for k in (0, 1, 2))
        before = "0" if ground or n == 0 else xl_rowcol_to_cell(first + n - 1, column + 2)
        low, high = min(start, level), max(start, level)
        parts = (max(0.0, high) - max(0.0, low), min(0.0, low) - min(0.0, high))
        ends = f"MIN({begin},{end})", f"MAX({begin},{end})"
        told = (
            f"MAX(0,{ends[1]})-MAX(0,{ends[0]})",
            f"MIN(0,{ends[0]})-MIN(0,{ends[1]})",
        )
        cells: list[Cell] = [
            (f"={before}", start),
            (f"={begin}+{step}", level),
            (f"=MAX(0,{ends[0]})+MIN(0,{ends[1]})", max(0.0, low) + min(0.0, high)),
        ]
        for seen, test in ((size >= 0, f"{step}>=0"), (size < 0, f"{step}<0")):
            for part, formula in zip(parts, told, strict=True):
                cells.append(("=0", 0.0) if ground else (f"=IF({test},{formula},0)", part * seen))
        for part, formula in zip(parts, told, strict=True):
            cells.append((f"={formula}", part) if ground else ("=0", 0.0))
        rows.append(cells)
    return rows
