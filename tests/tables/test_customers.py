"""A table with one row a customer: headers, units, rules for rows, signals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.tables.exports import TODAY, findings, read, text_file

from tiersim.tables import TableError
from tiersim.tables.columns import CANONICAL
from tiersim.tables.headers import map_headers, recognise, words_of

nan = np.nan


def test_chinese_headers_and_units(tmp_path: Path) -> None:
    text = (
        "客户编号,客户名称,最近一次购买,购买次数,年采购额（万元）,毛利率(%),账期（天）,合作年限,负责人,区域,市场份额,战略匹配度,满意度\n"
        "K1,客户0001,2025-12-16,12次,15,24,28,3,张,华东,12%,80,4.5\nK2,客户0002,2025/10/2,3,2,18.5,56,1.5,李,华南,,60,3\n"
    )
    export = read(text_file(tmp_path, text, encoding="gb18030"))
    o = export.observed
    assert export.kind == "customers" and export.as_of == date(2025, 12, 16) and export.currency == "CNY"
    assert o.spend_12m.tolist() == [150_000, 20_000] and o.orders_12m.tolist() == [12, 3]
    assert o.recency_weeks.tolist() == [0, 75 / 7] and o.weeks_to_pay.tolist() == [4, 8]
    assert o.margin_rate.tolist() == pytest.approx([0.24, 0.185]) and o.tenure_weeks[0] == pytest.approx(
        3 * 365.25 / 7
    )
    assert o.satisfaction_last.tolist() == [90, 60] and findings(export)["scaled"] == 2
    assert np.array_equal(o.signals["market_share"], [12, nan], equal_nan=True) and o.signals[
        "strategic_fit"
    ].tolist() == [80, 60]
    assert export.table.columns.tolist() == ["id", "name", "owner", "region", "last_order"]
    assert {"market_share", "spend_12m", "lapsed"} <= export.known and "nps_last" not in export.known
    assert export.labels["region"] == ("华东", "华南") and o.region.tolist() == [0, 1]


def test_days_ago_in_place_of_dates() -> None:
    frame = pd.DataFrame(
        {"客户": ["a", "b", "c"], "最近一次购买": ["15", "90天前", "45天"], "年采购额": [15e4, 2e4, 6e4]}
    )
    export = read(frame)
    assert (export.observed.recency_weeks * 7).tolist() == pytest.approx([15, 90, 45])
    assert export.as_of == TODAY and findings(export)["as_of_today"] == 1


def test_doubled_ids(tmp_path: Path) -> None:
    text = "customer,spend_12m\nA,1\nB,2\nB,2\nC,3\nC,4\n,9\nD,what\n"
    export = read(text_file(tmp_path, text))
    assert export.ids.tolist() == ["A", "B"] and findings(export)["same_rows"] == 1
    assert dict(zip(export.refused["line"], export.refused["key"], strict=True)) == {
        5: "contradictory",
        6: "contradictory",
        7: "no_customer",
        8: "nothing_known",
    }
    assert export.quality.rows()[0][0] == "refused" and len(export.quality.rows("zh")) == len(
        export.quality.rows()
    )


def test_a_cell_that_cannot_be_read_is_missing_and_counted() -> None:
    frame = pd.DataFrame({"customer": ["A", "B"], "spend_12m": ["what", "2"], "orders_12m": [3, 4]})
    export = read(frame)
    assert np.isnan(export.observed.spend_12m[0]) and findings(export)["unreadable_cells"] == 1


def test_impossible_values_stay_unless_cleaned() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["A", "B", "C"],
            "spend_12m": [1, 2, 3],
            "margin rate": ["140%", "20%", "30%"],
            "tenure": [-1, 2, 3],
            "satisfaction": [50, 120, 80],
        }
    )
    kept, clean = read(frame), read(frame, clean=True)
    assert findings(kept)["impossible"] == 1 and kept.observed.margin_rate[0] == pytest.approx(1.4)
    assert "impossible" not in findings(clean)
    for name, at in (("margin_rate", 0), ("tenure_weeks", 0), ("satisfaction_last", 1)):
        column = getattr(clean.observed, name)
        assert np.isnan(column[at]) and np.isfinite(column).sum() == 2


def test_outliers_and_stale_records_are_reported_not_removed() -> None:
    n = 40
    frame = pd.DataFrame(
        {
            "customer": [f"C{i:02d}" for i in range(n)],
            "spend": [100.0 + i for i in range(n - 1)] + [1e7],
            "last order": ["2025-12-01"] * (n - 1) + ["2021-01-01"],
        }
    )
    export = read(frame)
    assert (
        findings(export)["outliers"] == 1
        and findings(export)["stale_customers"] == 1
        and len(export.ids) == n
    )


def test_columns_named_by_the_caller() -> None:
    frame = pd.DataFrame({"谁": ["A", "B"], "买了(万元)": [1, 2], "工艺": [3, 4]})
    export = read(frame, columns={"谁": "customer", "买了(万元)": "spend_12m", "工艺": "craft_score"})
    assert export.observed.spend_12m.tolist() == [1e4, 2e4] and export.observed.signals[
        "craft_score"
    ].tolist() == [3, 4]
    with pytest.raises(TableError) as caught:
        read(frame, columns={"谁呀": "customer", "工艺": "custmer"})
    text = str(caught.value)
    assert len(caught.value.problems) == 2 and "no such column" in text and "did you mean customer?" in text


def test_missing_and_doubled_columns_in_one_error() -> None:
    frame = pd.DataFrame(
        {"Client": ["A"], "order date": ["2025-01-01"], "sales amount": [1], "net amount": [2]}
    )
    with pytest.raises(
        TableError, match=r"amount: several columns could be the amount; got sales amount, net amount"
    ):
        read(frame)
    with pytest.raises(TableError) as caught:
        read(pd.DataFrame({"custmer": ["A"], "order date": ["2025-01-01"], "foo": [1]}))
    assert [p.nearest for p in caught.value.problems] == ["custmer", None]
    assert "columns custmer, order date, foo" in str(caught.value) and "客户编号" in str(caught.value)


def test_no_word_stands_for_two_columns() -> None:
    for canonical in CANONICAL:
        for word in words_of(canonical):
            assert recognise(word)[0] == canonical, word


@pytest.mark.parametrize(
    "header",
    ["Customer ID", "customer_id", "CUSTOMER-ID", " customerId ", "Ｃｕｓｔｏｍｅｒ　ID", "客户 编号"],
)
def test_headers_are_read_with_tolerance(header: str) -> None:
    assert map_headers([header], None, "f").columns["customer"].header == header


def test_name_stands_in_for_the_id() -> None:
    export = read(pd.DataFrame({"客户名称": ["客户0002", "客户0001"], "年采购额": [1, 2]}))
    assert export.ids.tolist() == ["客户0001", "客户0002"] and findings(export)["name_as_id"] == 1


@pytest.mark.parametrize(
    "header", ["上年购买金额", "上年采购额", "去年金额(万元)", "Prior Year Sales", "Net Sales PY"]
)
def test_the_year_before_in_everyday_words(header: str) -> None:
    frame = pd.DataFrame({"客户代码": ["A"], "年采购额": [2], header: [1]})
    export = read(frame)
    assert export.mapping[header] == "spend_prior_12m" and "spend_prior_12m" in export.known


def test_words_of_the_last_resort() -> None:
    orders = {"Acct No": ["A"], "Ship Date": ["2025-01-01"], "Net": [5], "Doc No": ["7"], "Seller": ["Li"]}
    export = read(pd.DataFrame(orders))
    assert export.kind == "orders" and set(export.mapping.values()) == {
        "customer", "date", "amount", "order_id", "owner",
    }  # fmt: skip
    # They never contend with a word that says it, exactly or not.
    more = {"Ship-to": ["X"], "Customer": ["A"], "Order date": ["2025-01-01"], "Ship date": ["2025-02-02"],
            "Gross amount": [6], "Amount": [5]}  # fmt: skip
    export = read(pd.DataFrame(more))
    assert export.ids.tolist() == ["A"] and export.as_of == date(2025, 1, 1)
    assert export.orders is not None and export.orders["amount"].tolist() == [5]


def test_a_day_of_signing_alone_makes_no_order_log() -> None:
    frame = pd.DataFrame({"客户": ["A", "B"], "签约日期": ["2020-01-01"] * 2, "满意度": [80, 90]})
    assert read(frame).kind == "customers"
    log = pd.DataFrame({"客户": ["A"], "签约日期": ["2025-01-01"], "签约金额": [3]})
    assert read(log).kind == "orders"


@pytest.mark.parametrize("clean", [False, True])
def test_many_ids_alike(clean: bool) -> None:
    ids = [f"K{i:04d}" for i in range(1500)]
    rows = {"customer": [*reversed(ids), "k0003", "k 0004"], "spend": np.arange(1502)}
    export = read(pd.DataFrame(rows), clean=clean)
    key = "merged_ids" if clean else "alike_ids"
    assert findings(export)[key] == 2
    if clean:  # then two rows of one customer contradict each other
        assert export.ids.tolist() == [i for i in ids if i not in ("K0003", "K0004")]
    else:
        assert export.ids.tolist() == sorted(rows["customer"])
        spend = dict(zip(rows["customer"], rows["spend"], strict=True))
        assert export.observed.spend_12m.tolist() == [spend[customer] for customer in export.ids]
