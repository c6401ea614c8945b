"""Text from data in cells that other programs open: never a formula, never what breaks the file."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

CELL_LIMIT = 32_767
"""Characters that a cell of a spreadsheet holds."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# A program that opens a CSV takes these for a formula's begin; the wide forms too, in Chinese.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SHEET = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def clean(text: Any) -> str:
    """`text` without what XML forbids, cut to what a cell holds; empty where there is none."""
    if text is None or text is pd.NA or text is pd.NaT or (isinstance(text, float) and np.isnan(text)):
        return ""
    return _ILLEGAL.sub("", str(text))[:CELL_LIMIT]


def harmless(text: Any) -> str:
    """`text` for a CSV: an apostrophe before what a spreadsheet would take for a formula (as OWASP advises).

    Only text passes here; numbers are written as numbers, so that a negative amount stays one.
    """
    shown = clean(text)
    return "'" + shown if shown.lstrip(" ").startswith(_FORMULA) else shown


def sheet_name(text: str, taken: tuple[str, ...] = ()) -> str:
    """`text` as the name of a sheet: at most 31 characters, none that a spreadsheet forbids, not taken."""
    base = _SHEET.sub(" ", clean(text)).strip().strip("'")[:31] or "Sheet"
    name, number = base, 2
    while name.lower() in {other.lower() for other in taken}:
        tail = f" {number}"
        name, number = base[: 31 - len(tail)] + tail, number + 1
    return name


def to_csv(frame: pd.DataFrame) -> bytes:
    """A table as CSV that Excel opens with the right characters: UTF-8 with its mark."""
    shown = frame.copy()
    shown.columns = pd.Index([harmless(name) for name in frame.columns])
    for place in range(shown.shape[1]):
        column = frame.iloc[:, place]
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):
            # Sentences repeat: each is looked at once.
            code, texts = pd.factorize(column, use_na_sentinel=False)
            shown.isetitem(place, np.array([harmless(text) for text in texts], object)[code])
    text = shown.to_csv(index=False, lineterminator="\r\n", date_format="%Y-%m-%d")
    return text.encode("utf-8-sig")
