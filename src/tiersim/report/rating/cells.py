"""Text from data in cells that other programs open: never a formula, never what breaks the file."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from tiersim.tables.celltext import clean

# A program that opens a CSV takes these for a formula's begin; the wide forms too, in Chinese.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN = re.compile("[0-9A-Za-z\u4e00-\u9fff][ !#-+\\--~\u4e00-\u9fff]{0,999}")
_SPECIAL = re.compile('[",\r\n]')
_SHEET = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def harmless(text: Any) -> str:
    """`text` for a CSV: an apostrophe before what a spreadsheet would take for a formula (as OWASP advises).

    Only text passes here; numbers are written as numbers, so that a negative amount stays one.
    """
    shown = clean(text)
    return "'" + shown if shown.lstrip(" ").startswith(_FORMULA) else shown


def sheet_name(text: str, taken: tuple[str, ...] = ()) -> str:
    """`text` as the name of a sheet: at most 31 characters, none that a spreadsheet forbids, not taken."""
    base = _SHEET.sub(" ", clean(text)).strip(" '")[:31].strip(" '") or "Sheet"
    name, number = base, 2
    while name.lower() in {other.lower() for other in taken}:
        tail = f" {number}"
        name, number = base[: 31 - len(tail)] + tail, number + 1
    return name


def to_csv(frame: pd.DataFrame) -> bytes:
    """A table as CSV that Excel opens with the right characters: UTF-8 with its mark.

    Joined by hand, a column at a time: a writer that looks at each cell takes five times as long.
    """
    heads = [_quoted(harmless(name)) for name in frame.columns]
    columns = [_csv_cells(frame.iloc[:, place]) for place in range(frame.shape[1])]
    lines = [",".join(heads), *map(",".join, zip(*columns, strict=True)), ""]
    return "\r\n".join(lines).encode("utf-8-sig")


def _csv_cells(column: pd.Series) -> list[str]:
    """Cells of a column; numbers with all their digits, dates as ISO text, nothing where there is none."""
    if pd.api.types.is_datetime64_any_dtype(column):
        texts = np.datetime_as_string(column.to_numpy().astype("datetime64[D]"))
        return np.where(column.isna(), "", texts).tolist()
    if pd.api.types.is_numeric_dtype(column):
        gaps = column.isna().to_numpy()
        numbers = column.array[~gaps].to_numpy().tolist()
        cells = np.full(len(column), "", object)
        cells[~gaps] = np.array(list(map(str, numbers)), object)
        return cells.tolist()
    # Sentences repeat: each is looked at once.
    code, texts = pd.factorize(column.to_numpy(object), use_na_sentinel=False)
    told = [text if _simple(text) else _quoted(harmless(text)) for text in texts.tolist()]
    return np.array(told, object)[code].tolist()


def _simple(text: Any) -> bool:
    """Whether a cell may stand as it is: most do, and one look tells."""
    return isinstance(text, str) and _PLAIN.fullmatch(text) is not None


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text
