"""Workbooks (.xlsx) to rows of text, and a clear word for files that only bear the name of one."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pyarrow as pa

from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.tables.cells import object_text
from tiersim.tables.problems import refuse
from tiersim.tables.raw import LOOK, Raw, Score, filled, header_row, trimmed


def check_workbook(data: bytes, name: str) -> None:
    """Raise `TableError` for what is no workbook: pages and plain text under .xlsx open in Excel too."""
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


def read_workbook(data: bytes, name: str, score: Score, sheet: str | int | None) -> Raw:
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
    first = header_row(cells[:LOOK], score)
    if first is None:
        raise refuse(name, f"sheet {quoted(chosen)} is empty",
                     allowed=f"sheets {', '.join(sheets)}" if len(sheets) > 1 else None)  # fmt: skip
    headers = trimmed(cells[first])
    body = [(i + 1, row) for i, row in enumerate(cells) if i > first and any(row)]
    odd = [(line, len(trimmed(row))) for line, row in body if any(row[len(headers) :])]
    wide = {line for line, _ in odd}
    body = [(line, row) for line, row in body if line not in wide]
    columns = [
        pa.chunked_array([pa.array([row[j] if j < len(row) else "" for _, row in body], pa.large_string())])
        for j in range(len(headers))
    ]
    lines = np.array([line for line, _ in body], np.int64)
    return Raw(name, headers, columns, lines, filled(cells[:first]), odd, "how_workbook", {"sheet": chosen})


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
