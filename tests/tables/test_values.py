"""Amounts, dates and shares as people write them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.exports import findings, read

from tiersim.tables import COLUMNS, Export, TableError
from tiersim.tables.dates import NO_DAY, date_of, iso_days, read_days
from tiersim.tables.text import cleaned
from tiersim.tables.values import money, numbers

nan = np.nan


def amounts(*texts: str) -> list[float]:
    return numbers(cleaned(pa.chunked_array([pa.array(texts)])), money).values.tolist()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", 1234.5),
        ("¥1,200", 1200),
        ("￥ 1,200元", 1200),
        ("3.5万", 35000),
        ("480 万元", 4.8e6),
        ("(1,200)", -1200),
        ("（30）", -30),
        ("1,200-", -1200),
        ("-¥3.5万", -35000),
        ("CNY 1.2 m", 1.2e6),
        ("US$5", 5),
        ("1 234", 1234),
        ("1e3", 1000),
        ("+7", 7),
        (".5", 0.5),
        ("１２３", 123),
        ('="0012"', 12),
        ("'15", 15),
        ("  8 ", 8),
        ("2亿", 2e8),
        ("12美元", 12),
        ("−4", -4),
    ],
)
def test_amounts(text: str, value: float) -> None:
    assert amounts(text, "1") == [value, 1]


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1,2",
        "12,3456",
        "1.2.3",
        "inf",
        "1e99",
        "--5",
        "(-5)",
        "5/6",
        "#REF!",
        "1,234.5.6",
        "0x10",
        "=1+1",
    ],
)
def test_no_amounts(text: str) -> None:
    assert np.isnan(amounts(text, "1,000.5")[0])


def test_decimal_commas_by_the_column() -> None:
    assert amounts("1.234,50", "12,5", "1.000", "7") == [1234.5, 12.5, 1000, 7]
    # A column that also sets off thousands by commas has no decimal commas.
    assert np.array_equal(amounts("1,234.50", "12,5", "1.000"), [1234.5, nan, 1.0], equal_nan=True)


@pytest.mark.parametrize("text", ["", "-", "N/A", "null", "无", "  ", "nan"])
def test_missing_is_not_bad(text: str) -> None:
    found = numbers(cleaned(pa.chunked_array([pa.array([text])])), money)
    assert found.missing.all() and not found.bad.any()


def days(*texts: str) -> list[date | None]:
    found = read_days(cleaned(pa.chunked_array([pa.array(texts)]))).days
    return [None if day == NO_DAY else date_of(day) for day in found]


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01",
        "2025/3/1",
        "2025.03.01",
        "20250301",
        "2025年3月1日",
        "2025 年 3 月 1 号",
        "45717",
        "45717.75",
        "1 Mar 2025",
        "01-Mar-25",
        "March 1, 2025",
        "2025-03-01 10:22:33",
        "2025-03-01T10:22:33Z",
        "2025/3/1 上午10:22",
        "２０２５-０３-０１",
        "2025年3月1日 10时20分",
    ],
)
def test_dates(text: str) -> None:
    assert days(text) == [date(2025, 3, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-30",
        "2025-13-01",
        "soon",
        "0001-01-01",
        "32/13/2025",
        "2025-03",
        "99999",
        "2025-3/1",
        "1-2-25",
    ],
)
def test_no_dates(text: str) -> None:
    assert days(text) == [None]


def test_day_and_month_by_the_columns_evidence() -> None:
    assert days("03/04/2025", "25/04/2025") == [date(2025, 4, 3), date(2025, 4, 25)]
    assert days("03/04/2025", "04/25/2025") == [date(2025, 3, 4), date(2025, 4, 25)]


def test_undecidable_and_contradicting_dates() -> None:
    frame = pd.DataFrame({"customer": ["A", "B"], "date": ["03/04/2025", "05/06/2025"], "amount": [1, 2]})
    export = read(frame)
    assert findings(export)["order_assumed"] == 2 and export.as_of == date(2025, 6, 5)
    assert read(frame, dates="mdy").as_of == date(2025, 5, 6)
    frame["date"] = ["13/04/2025", "04/13/2025"]
    with pytest.raises(
        TableError, match=r"table:1: date: some dates can only be day first.*\(line 1\) and .*\(line 2\)"
    ):
        read(frame)
    assert read(frame, dates="dmy").refused["key"].tolist() == ["bad_date"]


@pytest.mark.parametrize("texts", [["24%", "30 %"], ["0.24", "0.3"], ["24", "30"], ["24%", "0.3"]])
def test_shares(texts: list[str]) -> None:
    frame = pd.DataFrame({"customer": ["A", "B"], "spend_12m": [1, 2], "毛利率": texts})
    assert read(frame).observed.margin_rate.tolist() == pytest.approx([0.24, 0.3])


def test_excel_types() -> None:
    frame = pd.DataFrame(
        {
            "客户编号": [1001.0, np.nan, 1003.0],
            "下单日期": pd.to_datetime(["2025-01-01"] * 3),
            "金额(万元)": [1.5, 2, 3],
        }
    )
    export = read(frame)
    assert export.ids.tolist() == ["1001", "1003"] and export.refused["key"].tolist() == ["no_customer"]
    assert export.orders["amount"].tolist() == [15000, 30000] and export.currency == "CNY"


INFINITE = ["inf", "-inf", "Infinity", "1e400", "-1e400", "9" * 400]


@pytest.mark.parametrize("text", INFINITE)
@pytest.mark.parametrize("other", ["5", "1,234.50"])
def test_infinite_numbers_are_unreadable(text: str, other: str) -> None:
    for column in ("spend_12m", "orders_12m", "账期", "合作年限", "毛利率", "满意度", "市场份额"):
        frame = pd.DataFrame({"customer": ["A", "B"], "spend_prior_12m": ["1", "2"], column: [text, other]})
        export = read(frame)
        assert findings(export)["unreadable_cells"] == 1
        for values in (*export.observed.signals.values(), *columns_of(export)):
            assert not np.isinf(values).any()
    frame = pd.DataFrame({"customer": ["A", "B"], "date": ["2025-01-01"] * 2, "amount": [text, other]})
    assert read(frame).refused["key"].tolist() == ["bad_amount"]


def columns_of(export: Export) -> list[np.ndarray]:
    # A customer of whom no order is known has waited for ever: `lapsed` alone may use that.
    return [np.asarray(getattr(export.observed, name), float) for name in COLUMNS]


def test_infinite_numbers_of_a_frame_are_unreadable() -> None:
    frame = pd.DataFrame({"customer": ["A", "B", "C"], "spend_12m": [np.inf, 5.0, np.nan], "nps": [1, 2, 3]})
    export = read(frame)
    assert findings(export)["unreadable_cells"] == 1
    assert np.array_equal(export.observed.spend_12m, [nan, 5, nan], equal_nan=True)


@given(st.lists(st.dates(date(1940, 1, 1), date(2210, 1, 1)) | st.none(), min_size=1, max_size=20))
def test_a_column_of_iso_dates_reads_the_same_at_once_and_by_its_words(given: list[date | None]) -> None:
    column = pa.chunked_array([pa.array(["" if day is None else day.isoformat() for day in given])])
    at_once, by_words = iso_days(column), read_days(column)
    if at_once is None:
        assert by_words.bad.any() or by_words.missing.all()
    else:
        assert at_once.days.tolist() == by_words.days.tolist()
        assert at_once.missing.tolist() == by_words.missing.tolist() and not by_words.bad.any()


@given(st.lists(st.text("ab N/A-'=\"\u3000\u00a0无空é1.", max_size=5), max_size=12))
def test_a_column_that_needs_no_cleaning_is_known_by_its_first_and_last_letters(words: list[str]) -> None:
    column = pa.chunked_array([pa.array(words, pa.string())])
    # With an empty cell before it, no column is handed back unseen.
    whole = cleaned(pa.chunked_array([pa.array(["", *words], pa.string())])).to_pylist()[1:]
    assert cleaned(column).to_pylist() == whole
