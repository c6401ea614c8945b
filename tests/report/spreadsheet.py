"""What stands in an Excel file, read from its XML, and what LibreOffice computes for its formulas."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Cell = tuple[str | float | None, str | None]
"""Stored value and formula."""

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
"""Settings by which LibreOffice computes every formula anew and does not trust what is stored."""


def sheets(data: bytes) -> dict[str, dict[str, Cell]]:
    """Cells of each sheet by address, read from the XML itself."""
    book = zipfile.ZipFile(io.BytesIO(data))
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        root = ET.fromstring(book.read("xl/sharedStrings.xml"))
        shared = ["".join(t.text or "" for t in one.iter(f"{{{NS['s']}}}t")) for one in root]
    links = {
        one.get("Id"): one.get("Target") for one in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    }
    out = {}
    for one in ET.fromstring(book.read("xl/workbook.xml")).iterfind("s:sheets/s:sheet", NS):
        path = "xl/" + str(links[one.get(R)]).removeprefix("/xl/")
        cells: dict[str, Cell] = {}
        for cell in ET.fromstring(book.read(path)).iterfind(".//s:c", NS):
            formula = cell.find("s:f", NS)
            value = cell.findtext("s:v", None, NS)
            kind = cell.get("t")
            if kind == "inlineStr":
                shown: str | float | None = "".join(t.text or "" for t in cell.iter(f"{{{NS['s']}}}t"))
            elif not value:
                shown = "" if formula is not None else None
            elif kind == "s":
                shown = shared[int(value)]
            else:
                shown = value if kind in ("str", "e") else float(value)
            cells[str(cell.get("r"))] = (shown, formula.text if formula is not None else None)
        out[str(one.get("name"))] = cells
    return out


def recalculated(file: Path, folder: Path) -> dict[str, dict[str, Cell]]:
    """The workbook after LibreOffice computed all its formulas."""
    assert SOFFICE is not None
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS)
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "xlsx", "--outdir",
         str(folder / "out"), str(file)],
        check=True, capture_output=True, timeout=240, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    return sheets((folder / "out" / file.name).read_bytes())


def scrambled(data: bytes) -> bytes:
    """The workbook without the stored values of formulas, so that what appears was really computed."""
    source = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>0</v>", content)
            target.writestr(name, content)
    return buffer.getvalue()


def formats(data: bytes) -> dict[str, dict[str, str]]:
    """Number format of each cell, by sheet and address; empty where it is the general one."""
    book = zipfile.ZipFile(io.BytesIO(data))
    styles = ET.fromstring(book.read("xl/styles.xml"))
    codes = {
        one.get("numFmtId"): str(one.get("formatCode")) for one in styles.iterfind("s:numFmts/s:numFmt", NS)
    }
    looks = [codes.get(one.get("numFmtId"), "") for one in styles.iterfind("s:cellXfs/s:xf", NS)]
    out = {}
    for number, name in enumerate(sheets(data), start=1):
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        cells = root.iterfind(".//s:c", NS)
        out[name] = {str(one.get("r")): looks[int(one.get("s", "0"))] for one in cells}
    return out


def displayed(number: float, code: str) -> str:
    """What Excel shows for a number: of three formats the one by sign, and text in quotes as it is."""
    if not code:
        return f"{number:g}"
    parts = code.split(";")
    part = parts[0 if number > 0 else 1 if number < 0 else 2] if len(parts) == 3 else parts[0]
    scaled = abs(number) * (100 if part.endswith("%") else 1)
    digits = re.search(r"#,##0(\.0+)?", part)
    assert digits is not None, code
    body = f"{scaled:,.{max(0, len(digits[1] or '') - 1)}f}"
    return re.sub(r'"([^"]*)"', r"\1", part.replace(digits[0], body))


def read(data: bytes) -> dict[str, list[list[str]]]:
    """Texts of each sheet as a reader sees them, row by row, empty cells left out."""
    looks = formats(data)
    out: dict[str, list[list[str]]] = {}
    for name, cells in sheets(data).items():
        rows: dict[int, list[str]] = {}
        for address, (value, _) in cells.items():
            if value is not None and value != "":
                row = int(re.sub(r"\D", "", address))
                told = value if isinstance(value, str) else displayed(value, looks[name].get(address, ""))
                rows.setdefault(row, []).append(told)
        out[name] = [rows[row] for row in sorted(rows)]
    return out
