"""Delimited text (CSV, TSV and their kin) to columns of text: delimiter, header row, the line of each row."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tiersim.tables.encodings import to_utf8
from tiersim.tables.problems import refuse
from tiersim.tables.raw import LOOK, Raw, Score, filled, header_row, trimmed

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MAX_COLUMNS = 2000
_BLOCK = 1 << 24
_PIECE = 1 << 18  # bytes that stay in the cache while they are looked at


def read_text(data: bytes, name: str, score: Score, encoding: str | None) -> Raw:
    data, codec = to_utf8(data, name, encoding)
    data = _newlines(data)
    head = data[: 1 << 16].decode("utf-8", "ignore")
    delimiter = _delimiter(head, score)
    head_rows = _head_rows(head, delimiter)
    first = header_row([row for _, row in head_rows], score)
    if first is None:
        raise refuse(name, "is empty", allowed="a header line and at least one row")
    headers = trimmed(head_rows[first][1])
    if len(headers) > MAX_COLUMNS:
        raise refuse(name, "has too many columns", got=str(len(headers)), allowed=f"at most {MAX_COLUMNS}")
    above = head_rows[first][0]  # physical lines up to and with the header
    width = len(head_rows[first][1])
    start = _after_lines(data, above)
    body = memoryview(data)[start:]
    columns, rows, odd = _parse(body, width, delimiter, name, data.find(b'"', start) >= 0)
    letters = np.frombuffer(body, np.uint8)
    pieces = (letters[low : low + _PIECE] for low in range(0, len(letters), _PIECE))
    ends = sum(int(np.count_nonzero(piece == 10)) for piece in pieces)
    lines = _lines(body, ends, delimiter, rows, len(odd)) + above
    left_out = np.array([number - 1 for number, _ in odd], np.int64)
    places = [(int(lines[at]), cells) for at, (_, cells) in zip(left_out.tolist(), odd, strict=True)]
    passed = filled([row for _, row in head_rows[:first]])
    lines = np.delete(lines, left_out) if odd else lines
    return Raw(
        name,
        headers,
        columns[: len(headers)],
        lines,
        passed,
        places,
        f"how_{DELIMITERS[delimiter]}",
        {"codec": codec.upper()},
    )


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


def _parse(
    body: memoryview, width: int, delimiter: str, name: str, quotes: bool
) -> tuple[list[pa.ChunkedArray], int, list[tuple[int, int]]]:
    if not bytes(body[:_BLOCK]).strip():
        return [pa.chunked_array([pa.array([], pa.string())])] * width, 0, []
    try:
        table, odd = _arrow(body, width, delimiter, quotes, threads=True)
        if odd:  # only one thread numbers them
            table, odd = _arrow(body, width, delimiter, quotes, threads=False)
    except pa.ArrowInvalid as error:
        text = str(error)
        why = "a cell is longer than 16 MB, or a quotation mark is opened and never closed" if (
            "straddling" in text or "out of sync" in text or "chunker" in text
        ) else "cannot be read as rows and cells"  # fmt: skip
        raise refuse(name, why, allowed="text with one row a line; save it again as CSV UTF-8") from None
    return list(table.columns), table.num_rows, odd


def _arrow(
    body: memoryview, width: int, delimiter: str, quotes: bool, threads: bool
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
            newlines_in_values=quotes,
            invalid_row_handler=keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    return table, odd


def _lines(body: memoryview, ends: int, delimiter: str, rows: int, left_out: int) -> npt.NDArray[np.int64]:
    """Line of each record, counted from 1 at the first line of `body`, which holds so many line `ends`.

    A file without blank lines and line breaks inside cells needs no second look.
    """
    records = rows + left_out
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
