"""Whatever bytes a file holds: an export or a `TableError`, never another exception."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tables.exports import HEAD, read

from tiersim.tables import TableError

GOOD = {
    "orders.csv": (HEAD + 'A,2025-01-01,5,1\nB,03/04/2025,¥1.5万,2\n"C,d",2025年3月1日,(7),3\n').encode(),
    "customers.csv": "客户编号,年采购额(万元),最近一次购买\nK1,15,2025-01-01\nK2,2,15天前\n".encode(
        "gb18030"
    ),
    "tabs.tsv": "customer\tdate\tamount\r\nA\t2025-01-01\t5\r\n".encode("utf-16"),
}


@cache
def workbook(kind: str) -> bytes:
    out = io.BytesIO()
    frame = pd.DataFrame({"customer": ["A", "B"], "date": ["2025-01-01", "2025-02-01"], "amount": [1.5, 2]})
    if kind == "xlsx":
        frame.to_excel(out, index=False, engine="xlsxwriter")
    else:
        frame.to_parquet(out)
    return out.getvalue()


def survives(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        export = read(path)
    except TableError as error:
        assert str(error) and "Traceback" not in str(error)
    else:
        assert len(export.ids) == len(export.observed) == len(export.table) > 0
        assert export.quality.rows() and export.quality.rows("zh")


quiet = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@quiet
@given(data=st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        survives(tmp_path / name, data)


@quiet
@given(
    cells=st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=5), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
)
def test_any_cells_under_a_good_header(tmp_path: Path, cells: list[list[str]], delimiter: str) -> None:
    rows = [HEAD.strip().replace(",", delimiter), *(delimiter.join(row) for row in cells)]
    survives(tmp_path / "a.csv", "\n".join(rows).encode("utf-8", "replace"))


@quiet
@given(
    name=st.sampled_from([*GOOD, "a.xlsx", "a.parquet"]),
    at=st.floats(0, 1),
    cut=st.integers(0, 6),
    put=st.binary(max_size=6),
)
def test_good_files_with_a_piece_replaced(tmp_path: Path, name: str, at: float, cut: int, put: bytes) -> None:
    data = GOOD[name] if name in GOOD else workbook(name.removeprefix("a."))
    place = int(at * len(data))
    survives(tmp_path / name, data[:place] + put + data[place + cut :])


@pytest.mark.parametrize(
    "columns",
    [
        {"customer": [], "date": [], "amount": []},
        {"customer": [None], "date": [None], "amount": [None]},
        {},
        {"customer": [["x"]], "date": [{}], "amount": [object()]},
        {"customer": [True], "date": [pd.NaT], "amount": [complex(1, 2)]},
    ],
)
def test_odd_frames(columns: dict[str, list[object]]) -> None:
    with pytest.raises(TableError):
        read(pd.DataFrame(columns))


def test_one_customer_and_one_row() -> None:
    export = read(pd.DataFrame({"customer": ["A"], "date": ["2025-01-01"], "amount": [1]}))
    assert len(export.ids) == 1 and export.observed.recency_weeks.tolist() == [0]
