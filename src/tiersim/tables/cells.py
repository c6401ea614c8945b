"""Cells of any kind to text: one form in, so that values are read in one way whatever the file was."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def object_text(cell: Any) -> str:
    """Text of one cell: whole numbers without a point, dates as ISO, nothing as ""."""
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is no text
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return object_text(str(cell))


def column_text(column: Any) -> pa.ChunkedArray:
    """Text of a column: a pandas Series or a ``pyarrow`` array of any type."""
    if isinstance(column, pd.Series):
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            column = column.dt.tz_localize(None)
        try:
            column = pa.chunked_array([pa.array(column, from_pandas=True)])
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            return _each(column.tolist())
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            column = pc.local_timestamp(column)
        return _filled(pc.cast(pc.cast(column, pa.date32(), safe=False), pa.large_string()))
    if pa.types.is_large_string(kind) or pa.types.is_integer(kind) or pa.types.is_date(kind):
        return _filled(pc.cast(column, pa.large_string()))
    if pa.types.is_string(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind):
        return _filled(pc.cast(column, pa.large_string()))
    return _each(column.to_pylist())


def _floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers lose their point, so that ids which a missing value made floats stay themselves."""
    column = pc.cast(column, pa.float64())
    column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 1e15))
    if pc.all(whole, min_count=0).as_py():
        return _filled(pc.cast(pc.cast(column, pa.int64()), pa.large_string()))
    text = pc.cast(column, pa.large_string())
    return _filled(pc.replace_substring_regex(text, r"\.0$", ""))


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    column = pc.fill_null(column, "")
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _each(cells: list[Any]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([object_text(cell) for cell in cells], pa.large_string())])
