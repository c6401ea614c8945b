"""Formats and encodings: the same table whatever the file; a clear word where a file is not what it says."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.exports import HEAD, findings, read, text_file

from tiersim.errors import TiersimError
from tiersim.tables import TableError
from tiersim.tables.encodings import _is_utf8

ROWS = [
    ("甲公司", "2025-01-05", "100.5", "1"),
    ("乙公司", "2025-12-30", "-20", "2"),
    ("甲公司", "2025-06-01", "40", "3"),
]
HEADERS = ["客户编号", "下单日期", "订单金额", "订单号"]


def lines(delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\n" for row in [HEADERS, *ROWS])


def check(source: object, **given: object) -> None:
    export = read(source, **given)
    assert export.kind == "orders" and export.ids.tolist() == ["乙公司", "甲公司"]
    assert export.observed.spend_12m.tolist() == [-20.0, 140.5]
    assert export.observed.orders_12m.tolist() == [0.0, 2.0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_in_any_usual_form(tmp_path: Path, encoding: str, delimiter: str) -> None:
    check(text_file(tmp_path, lines(delimiter), encoding=encoding))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    check(text_file(tmp_path, lines().replace("\n", end)))


def test_stated_encodings(tmp_path: Path) -> None:
    check(text_file(tmp_path, lines(), encoding="utf-16-le"), encoding="utf-16-le")
    check(text_file(tmp_path, lines(), encoding="gb18030"), encoding="gb18030")


def test_workbook_parquet_and_frame(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS, columns=HEADERS)
    check(frame)
    typed = frame.assign(下单日期=pd.to_datetime(frame["下单日期"]), 订单金额=frame["订单金额"].astype(float))
    check(typed)
    typed.to_parquet(tmp_path / "a.parquet")
    check(tmp_path / "a.parquet")
    with pd.ExcelWriter(tmp_path / "a.xlsx", engine="xlsxwriter") as book:
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="notes", index=False)
        typed.to_excel(book, sheet_name="订单", index=False, startrow=2)
    check(tmp_path / "a.xlsx", sheet="订单")
    check(tmp_path / "a.xlsx", sheet=2)
    with pytest.raises(TableError, match="no such sheet; got '订单表'; did you mean 订单"):
        read(tmp_path / "a.xlsx", sheet="订单表")


def test_a_title_above_the_header_is_passed_over_and_counted(tmp_path: Path) -> None:
    export = read(text_file(tmp_path, "销售明细\n\n" + HEAD + "A,2025-01-01,5,1\nB,bad,5,2\n"))
    assert findings(export)["title_rows"] == 1
    assert export.refused["line"].tolist() == [5]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = (
        HEAD
        + '"A\nx",2025-01-01,5,1\n\nB,2025-01-01,what,2\nC,2025-01-01,5\n'
        + "D,2025-01-01,5,4,9\nE,2025-02-02,?,5\n"
    )
    refused = read(text_file(tmp_path, text)).refused
    assert dict(zip(refused["line"], refused["key"], strict=True)) == {
        5: "bad_amount",
        6: "odd_cells",
        7: "odd_cells",
        8: "bad_amount",
    }


def page(kind: str) -> bytes:
    if kind == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("word/document.xml", "x")
        return out.getvalue()
    return {
        "csv": b"a,b\n1,2\n",
        "html": b"<html><table></table></html>",
        "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "cut": b"PK\x03\x04" + b"\x01" * 300,
        "noise": bytes(range(256)) * 9,
    }[kind]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("csv", "plain text under the name of a workbook"),
        ("html", "a web page under the name"),
        ("xls", "old .xls workbook"),
        ("zip", "zip archive, but no workbook"),
        ("cut", "damaged workbook"),
        ("noise", "is no workbook"),
    ],
)
def test_a_workbook_that_is_none(tmp_path: Path, kind: str, words: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(page(kind))
    with pytest.raises(TableError, match=words) as caught:
        read(tmp_path / "a.xlsx")
    assert caught.value.exit_code == 2 and isinstance(caught.value, TiersimError)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("zip", "not text"), ("html", "a web page"), ("xls", "old .xls"), ("noise", "holds zero bytes")],
)
def test_text_that_is_none(tmp_path: Path, kind: str, words: str) -> None:
    (tmp_path / "a.csv").write_bytes(page(kind))
    with pytest.raises(TableError, match=words):
        read(tmp_path / "a.csv")


def test_files_that_are_not_there_or_hold_nothing(tmp_path: Path) -> None:
    text_file(tmp_path, lines())
    with pytest.raises(TableError, match=r"no such file; did you mean .*orders\.csv"):
        read(tmp_path / "order.csv")
    with pytest.raises(TableError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(TableError, match="is empty"):
        read(text_file(tmp_path, " \n\n", "e.csv"))
    with pytest.raises(TableError, match="a header but no rows"):
        read(text_file(tmp_path, HEAD, "h.csv"))
    with pytest.raises(TableError, match="must be a file or a DataFrame"):
        read(12)


def test_wrong_encodings_name_what_was_tried(tmp_path: Path) -> None:
    # German in cp1252 decodes as GB18030, into characters nobody writes.
    path = text_file(
        tmp_path, "customer,date,amount\nMüller,2025-01-01,5\nGrün & Söhne,2025-01-01,5\n", encoding="cp1252"
    )
    with pytest.raises(
        TableError, match=r"orders.csv:2: the encoding is not known.*UTF-8, UTF-16.*GB18030.*encoding="
    ):
        read(path)
    assert read(path, encoding="cp1252").ids.tolist() == ["Grün & Söhne", "Müller"]
    with pytest.raises(TableError, match=r"orders.csv:2: is not utf-8"):
        read(path, encoding="utf-8")
    with pytest.raises(TableError, match="no such encoding"):
        read(path, encoding="utf-99")
    broken = lines().encode() + "丙公司".encode()[:-1] + b",2025-01-01,1,9\n"
    (tmp_path / "b.csv").write_bytes(broken)
    with pytest.raises(TableError, match=r"b\.csv:5"):
        read(tmp_path / "b.csv")
    with pytest.raises(TableError, match=r"encoding=utf-16-le"):
        read(text_file(tmp_path, lines(), "u.csv", "utf-16-le"))


@pytest.mark.parametrize(
    ("delimiter", "sentence"),
    [
        (",", "按逗号分隔文本读取（GB18030）"),
        (";", "按分号分隔文本读取（GB18030）"),
        ("\t", "按制表符分隔文本读取（GB18030）"),
        ("|", "按竖线分隔文本读取（GB18030）"),
    ],
)
def test_how_a_file_was_read_is_told_in_both_languages(tmp_path: Path, delimiter: str, sentence: str) -> None:
    quality = read(text_file(tmp_path, lines(delimiter), encoding="gb18030")).quality
    assert sentence in [text for _, text, _, _ in quality.rows("zh")]
    english = [text for _, text, _, _ in quality.rows()]
    assert any(text.endswith("-separated text, GB18030") for text in english)


def test_no_right_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = text_file(tmp_path, lines())

    def refused(self: Path) -> bytes:  # who runs the tests may be allowed to read everything
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(TableError, match=r"orders\.csv: cannot be read: Permission denied") as caught:
        read(path)
    assert caught.value.exit_code == 2


@given(st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_utf8_is_told_from_what_is_none_as_python_does(data: bytes) -> None:
    try:
        data.decode("utf-8")
        right = True
    except UnicodeDecodeError:
        right = False
    assert _is_utf8(data) == right


@pytest.mark.parametrize("data", [b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe4\xb8", b"\x80"])
def test_forms_that_utf8_forbids(data: bytes) -> None:
    assert not _is_utf8(data) and _is_utf8("甲".encode())


def test_an_example_names_its_line_in_the_readers_language(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("customer,date,amount\nA,2025-01-05,5\nB,soon,6\nA,2025-03-05,7\n", encoding="utf-8")
    quality = read(path).quality
    examples = {lang: [example for *_, example in quality.rows(lang)] for lang in ("en", "zh")}
    assert any("line 3" in example for example in examples["en"])
    assert any("第3行" in example for example in examples["zh"])
    assert not any("line" in example for example in examples["zh"])
