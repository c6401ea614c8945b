"""From a file or frame to columns of text: which format it is, by its ending and its first bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.tables.cells import column_text
from tiersim.tables.delimited import read_text
from tiersim.tables.problems import refuse
from tiersim.tables.raw import Raw, Score
from tiersim.tables.workbooks import check_workbook, read_workbook

_FORMATS = "CSV or TSV text (.csv, .tsv, .txt), a workbook (.xlsx), Parquet (.parquet, .pq)"


def read_raw(
    source: Any, score: Score, *, encoding: str | None = None, sheet: str | int | None = None
) -> Raw:
    """Read a path or a DataFrame; `score` finds the header row. Raises `TableError`."""
    if isinstance(source, pd.DataFrame):
        return _frame(source, "table")
    if not isinstance(source, (str, os.PathLike)):
        raise refuse("table", "must be a file or a DataFrame", got=quoted(source))
    try:
        path = Path(source)
        data = _bytes(path)
    except ValueError:  # a name with a zero byte
        raise refuse(quoted(str(source)), "is not a usable file name") from None
    name, ending = str(source), path.suffix.lower()
    if not (data[:1000].strip() or data.strip()):
        raise refuse(name, "is empty", allowed="a header line and at least one row")
    if ending in (".xlsx", ".xlsm"):
        check_workbook(data, name)
        return read_workbook(data, name, score, sheet)
    if ending in (".parquet", ".pq"):
        return _parquet(data, name)
    _check_text(data, name)
    return read_text(data, name, score, encoding)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise refuse(str(path), "is a folder, not a file", allowed=_FORMATS)
        return path.read_bytes()
    except FileNotFoundError:
        folder = path.parent
        there = sorted(p.name for p in folder.glob("*")) if folder.is_dir() else []
        near = nearest(path.name, there)
        raise refuse(str(path), "no such file", nearest=str(folder / near) if near else None) from None
    except OSError as error:
        raise refuse(str(path), f"cannot be read: {error.strerror or 'unknown fault'}") from None


def _check_text(data: bytes, name: str) -> None:
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data.startswith(b"PK\x03\x04"):
        raise refuse(
            name, "is a workbook or zip archive, not text; rename a workbook to .xlsx", allowed=_FORMATS
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(name, "is an old .xls workbook, not text", allowed="save it as .xlsx, or as CSV UTF-8")
    if data.startswith(b"PAR1"):
        raise refuse(name, "is Parquet, not text; rename it to .parquet", allowed=_FORMATS)
    if head.startswith((b"<html", b"<!doctype", b"<table")):
        raise refuse(name, "is a web page, not a table", allowed="save it as CSV UTF-8 or .xlsx")


def _frame(frame: pd.DataFrame, name: str) -> Raw:
    if frame.shape[1] == 0:
        raise refuse(name, "has no columns")
    headers = [str(h) for h in frame.columns]
    columns = [column_text(frame.iloc[:, j]) for j in range(frame.shape[1])]
    return Raw(name, headers, columns, np.arange(1, len(frame) + 1), how="how_frame")


def _parquet(data: bytes, name: str) -> Raw:
    try:
        table = parquet.read_table(pa.BufferReader(data))
        headers = [str(h) for h in table.column_names]
        columns = [column_text(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, TypeError, NotImplementedError):
        raise refuse(name, "is not a readable Parquet file", allowed=_FORMATS) from None
    if not headers:
        raise refuse(name, "has no columns")
    return Raw(name, headers, columns, np.arange(1, table.num_rows + 1), how="how_parquet")
