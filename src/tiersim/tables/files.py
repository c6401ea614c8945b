"""From a file or frame to columns of text: formats, delimiters, the line of each row."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.tables.cells import column_text, object_text
from tiersim.tables.encodings import to_utf8
from tiersim.tables.problems import refuse

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LOOK = 20
"""Lines among which the header is looked for: exports like to begin with a title."""
MAX_COLUMNS = 2000
_FORMATS = "CSV or TSV text (.csv, .tsv, .txt), a workbook (.xlsx), Parquet (.parquet, .pq)"
_BLOCK = 1 << 24

Score = Callable[[list[str]], float]
"""How well a row's cells serve as a header."""


@dataclass(frozen=True, eq=False)
class Raw:
    """A table as it stands in the file, every cell as text.

    Parameters
    ----------
    name : what messages call it.
    headers : one a column.
    columns : text of each column, ``pyarrow`` strings of equal length, an empty cell is ""; ``None`` once
        the reader has released it.
    lines : line (row of the sheet) of each row, int64, shape (rows,).
    above : rows above the header that were passed over.
    odd : rows that have more or fewer cells than the header: (line, cells).
    how : format, encoding, delimiter or sheet, in words.
    """

    name: str
    headers: list[str]
    columns: list[Any]
    lines: npt.NDArray[np.int64]
    above: int = 0
    odd: list[tuple[int, int]] = field(default_factory=list)
    how: str = ""


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
    if not data.strip():
        raise refuse(name, "is empty", allowed="a header line and at least one row")
    if ending in (".xlsx", ".xlsm"):
        _check_workbook(data, name)
        return _workbook(data, name, score, sheet)
    if ending in (".parquet", ".pq"):
        return _parquet(data, name)
    _check_text(data, name)
    return _text(data, name, score, encoding)


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


def _check_workbook(data: bytes, name: str) -> None:
    """Endings lie: a page or plain text under .xlsx opens in Excel, but is no workbook."""
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if not any(item.startswith("xl/") for item in archive.namelist()):
                    raise refuse(
                        name, "is a zip archive, but no workbook", allowed="an .xlsx saved by Excel or WPS"
                    )
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise refuse(name, "is a damaged workbook (or one cut short while it was copied)") from None
        return
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        what = "is an old .xls workbook, or one with a password"
    elif head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head")):
        what = "is a web page under the name of a workbook (many systems export so)"
    elif b"\0" not in data[:2000] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        what = "is plain text under the name of a workbook; rename it to .csv"
    else:
        what = "is no workbook"
    raise refuse(name, what, allowed="open it in Excel or WPS and save it as .xlsx, or as CSV UTF-8")


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
    return Raw(name, headers, columns, np.arange(1, len(frame) + 1), how="DataFrame")


def _parquet(data: bytes, name: str) -> Raw:
    try:
        table = parquet.read_table(pa.BufferReader(data))
        headers = [str(h) for h in table.column_names]
        columns = [column_text(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, TypeError, NotImplementedError):
        raise refuse(name, "is not a readable Parquet file", allowed=_FORMATS) from None
    if not headers:
        raise refuse(name, "has no columns")
    return Raw(name, headers, columns, np.arange(1, table.num_rows + 1), how="Parquet")


def _workbook(data: bytes, name: str, score: Score, sheet: str | int | None) -> Raw:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = list(book.sheet_names)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        locked = "password" in str(error).lower()
        why = "is protected by a password" if locked else "is a damaged workbook"
        raise refuse(name, why, allowed="open it in Excel or WPS and save it again as .xlsx") from None
    chosen = _sheet(sheets, sheet, name)
    try:
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError):
        raise refuse(
            name, f"sheet {quoted(chosen)} cannot be read", allowed="save the workbook again"
        ) from None
    cells = [[object_text(cell) for cell in row] for row in rows]
    del rows
    first = _header_row(cells[:LOOK], score)
    if first is None:
        raise refuse(name, f"sheet {quoted(chosen)} is empty",
                     allowed=f"sheets {', '.join(sheets)}" if len(sheets) > 1 else None)  # fmt: skip
    headers = _trimmed(cells[first])
    body = [(i + 1, row) for i, row in enumerate(cells) if i > first and any(row)]
    odd = [(line, len(_trimmed(row))) for line, row in body if any(row[len(headers) :])]
    wide = {line for line, _ in odd}
    body = [(line, row) for line, row in body if line not in wide]
    columns = [
        pa.chunked_array([pa.array([row[j] if j < len(row) else "" for _, row in body], pa.large_string())])
        for j in range(len(headers))
    ]
    lines = np.array([line for line, _ in body], np.int64)
    return Raw(name, headers, columns, lines, _filled(cells[:first]), odd, f"workbook, sheet {chosen}")


def _sheet(sheets: list[str], wanted: str | int | None, name: str) -> str:
    if not sheets:
        raise refuse(name, "is a workbook without sheets")
    if wanted is None:
        return sheets[0]
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 1 <= wanted <= len(sheets):
        return sheets[wanted - 1]
    if str(wanted) in sheets:
        return str(wanted)
    raise refuse(name, "no such sheet", got=quoted(wanted), nearest=nearest(str(wanted), sheets),
                 allowed=f"{', '.join(sheets)}, or a number from 1 to {len(sheets)}")  # fmt: skip


def _text(data: bytes, name: str, score: Score, encoding: str | None) -> Raw:
    data, codec = to_utf8(data, name, encoding)
    data = _newlines(data)
    head = data[: 1 << 16].decode("utf-8", "ignore")
    delimiter = _delimiter(head, score)
    head_rows = _head_rows(head, delimiter)
    first = _header_row([row for _, row in head_rows], score)
    if first is None:
        raise refuse(name, "is empty", allowed="a header line and at least one row")
    headers = _trimmed(head_rows[first][1])
    if len(headers) > MAX_COLUMNS:
        raise refuse(name, "has too many columns", got=str(len(headers)), allowed=f"at most {MAX_COLUMNS}")
    above = head_rows[first][0]  # physical lines up to and with the header
    width = len(head_rows[first][1])
    start = _after_lines(data, above)
    body = memoryview(data)[start:]
    columns, rows, odd = _parse(body, width, delimiter, name)
    lines = _lines(body, delimiter, rows, [number for number, _ in odd]) + above
    left_out = np.array([number - 1 for number, _ in odd], np.int64)
    places = [(int(lines[at]), cells) for at, (_, cells) in zip(left_out.tolist(), odd, strict=True)]
    full = f"{DELIMITERS[delimiter]}-separated text, {codec.upper()}"
    passed = _filled([row for _, row in head_rows[:first]])
    lines = np.delete(lines, left_out)
    return Raw(name, headers, columns[: len(headers)], lines, passed, places, full)


def _newlines(data: bytes) -> bytes:
    """Old Macintosh line ends, and separators Excel writes as a first line, are brought to the usual form."""
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    return data


def _after_lines(data: bytes, count: int) -> int:
    at = 0
    for _ in range(count):
        found = data.find(b"\n", at)
        if found < 0:
            return len(data)
        at = found + 1
    return at


def _delimiter(head: str, score: Score) -> str:
    """The delimiter under which the best line serves best as a header; then the one that parts most."""

    def worth(delimiter: str) -> tuple[float, int]:
        rows = [row for _, row in _head_rows(head, delimiter)]
        return max((score(row) for row in rows), default=0.0), max((len(row) for row in rows), default=0)

    return max(DELIMITERS, key=worth)


def _head_rows(head: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Last physical line and cells of the first rows that are not blank."""
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, [cell.strip() for cell in row]))
            if len(rows) == LOOK or reader.line_num > 10 * LOOK:
                break
    except csv.Error:
        pass  # what came before the fault may hold the header; the parser reports the fault
    return rows


def _header_row(rows: list[list[str]], score: Score) -> int | None:
    filled = [i for i, row in enumerate(rows) if any(row)]
    if not filled:
        return None
    return max(filled, key=lambda i: (score(rows[i]), -i))


def _trimmed(row: list[str]) -> list[str]:
    last = max((j for j, cell in enumerate(row) if cell), default=-1)
    return [str(cell) for cell in row[: last + 1]]


def _filled(rows: list[list[str]]) -> int:
    return sum(any(row) for row in rows)


def _parse(
    body: memoryview, width: int, delimiter: str, name: str
) -> tuple[list[pa.ChunkedArray], int, list[tuple[int, int]]]:
    if not bytes(body[:_BLOCK]).strip():
        return [pa.chunked_array([pa.array([], pa.string())])] * width, 0, []
    try:
        table, odd = _arrow(body, width, delimiter, threads=True)
        if odd:  # only one thread numbers them
            table, odd = _arrow(body, width, delimiter, threads=False)
    except pa.ArrowInvalid as error:
        text = str(error)
        why = "a cell is longer than 16 MB, or a quotation mark is opened and never closed" if (
            "straddling" in text or "out of sync" in text or "chunker" in text
        ) else "cannot be read as rows and cells"  # fmt: skip
        raise refuse(name, why, allowed="text with one row a line; save it again as CSV UTF-8") from None
    return list(table.columns), table.num_rows, odd


def _arrow(
    body: memoryview, width: int, delimiter: str, threads: bool
) -> tuple[pa.Table, list[tuple[int, int]]]:
    odd: list[tuple[int, int]] = []

    def keep(row: Any) -> str:
        odd.append((int(row.number or 0), int(row.actual_columns)))
        return "skip"

    names = [str(j) for j in range(width)]
    table = arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(body)),
        read_options=arrow_csv.ReadOptions(use_threads=threads, block_size=_BLOCK, column_names=names),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=b'"' in bytes(body) if len(body) < _BLOCK else _quoted(body),
            invalid_row_handler=keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    return table, odd


def _quoted(body: memoryview) -> bool:
    return any(b'"' in bytes(body[low : low + _BLOCK]) for low in range(0, len(body), _BLOCK))


def _lines(body: memoryview, delimiter: str, rows: int, odd: list[int]) -> npt.NDArray[np.int64]:
    """Line of each record, counted from 1 at the first line of `body`; `odd` are records that were left out.

    A file without blank lines and line breaks inside cells needs no second look.
    """
    records = rows + len(odd)
    ends = sum(bytes(body[low : low + _BLOCK]).count(b"\n") for low in range(0, len(body), _BLOCK))
    if records == ends + (len(body) > 0 and body[-1] != 10):
        return np.arange(1, records + 1)
    starts: list[int] = []
    stream = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", errors="replace", newline="")
    reader = csv.reader(stream, delimiter=delimiter)
    before = 0
    try:
        for row in reader:
            if row:
                starts.append(before + 1)
            before = reader.line_num
    except csv.Error:
        pass
    # Where the two parsers disagree (stray quotation marks) lines count records.
    return np.array(starts, np.int64) if len(starts) == records else np.arange(1, records + 1)
