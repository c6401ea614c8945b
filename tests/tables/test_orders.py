"""An order log to the observed record: rules for bad rows, windows against a slow reference."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.exports import HEAD, TODAY, findings, ordered, read, spent, text_file

from tiersim.tables import TableError

START = date(2022, 1, 1)


def test_rules_for_bad_rows(tmp_path: Path) -> None:
    text = HEAD + (
        "A,2025-01-01,100,1\n,2025-01-01,5,2\nA,,5,3\nA,someday,5,4\nA,2025-01-02,,5\nA,2025-01-02,five,6\n"
        "A,2026-01-01,5,7\nA,2025-02-01,(30),8\nA,2025-02-02,0,9\nA,2025-03-01,50,10\nA,2025-03-01,50,10\n"
    )
    export = read(text_file(tmp_path, text))
    assert export.refused["key"].tolist() == [
        "no_customer",
        "no_date",
        "bad_date",
        "no_amount",
        "bad_amount",
        "future_date",
    ]
    assert export.refused["line"].tolist() == [3, 4, 5, 6, 7, 8]
    found = findings(export)
    assert (found["returns"], found["zero_amounts"], found["duplicates"]) == (1, 1, 1)
    assert spent(export) == [120] and ordered(export) == [2]
    assert export.rows_read == 11 == len(export.orders) + len(export.refused) + found["duplicates"]
    assert export.as_of == date(2025, 3, 1)


def test_equal_rows_without_order_id_are_kept_and_reported(tmp_path: Path) -> None:
    export = read(
        text_file(tmp_path, "customer,date,amount\nA,2025-01-01,5\nA,2025-01-01,5\nA,2025-01-02,5\n")
    )
    assert findings(export)["suspicious"] == 1 and len(export.orders) == 3


def test_lines_of_one_order_are_one_order(tmp_path: Path) -> None:
    text = HEAD + "A,2025-01-01,5,1\nA,2025-01-01,7,1\nA,2025-01-03,7,2\nB,2025-01-03,7,2\n"
    export = read(text_file(tmp_path, text))
    assert ordered(export) == [2, 1]
    assert findings(export)["order_shared"] == 1


def test_ids_that_look_alike_are_reported_and_merged_only_when_cleaning(tmp_path: Path) -> None:
    path = text_file(
        tmp_path, HEAD + "ab 1,2025-01-01,5,1\nAB1,2025-01-02,7,2\nＡＢ1,2025-01-03,9,3\nC,2025-01-03,1,4\n"
    )
    export = read(path)
    assert len(export.ids) == 4 and findings(export)["alike_ids"] == 2
    cleaned = read(path, clean=True)
    assert len(cleaned.ids) == 2 and findings(cleaned)["merged_ids"] == 2
    assert sorted(spent(cleaned)) == [1, 21]


def test_currencies(tmp_path: Path) -> None:
    path = text_file(
        tmp_path, "customer,date,amount,currency\nA,2025-01-01,10,USD\nA,2025-01-01,10,CNY\nB,2025-01-01,1,\n"
    )
    with pytest.raises(
        TableError, match=r"currency: amounts are in several currencies; got USD in 1 rows, CNY in 1 rows"
    ):
        read(path)
    export = read(path, currency="CNY", rates={"USD": 7.1})
    assert export.currency == "CNY" and spent(export) == [81.0, 1.0]
    assert findings(export)["converted"] == 1 and findings(export)["currency_assumed"] == 1
    dollars = text_file(tmp_path, "customer,date,Amount (k USD)\nA,2025-01-01,2\n", "d.csv")
    assert read(dollars).currency == "USD" and read(dollars).orders["amount"].tolist() == [2000.0]
    with pytest.raises(TableError, match="amounts are in USD, but CNY is wanted"):
        read(dollars, currency="CNY")
    with pytest.raises(TableError, match="rates: must give a currency its value"):
        read(dollars, currency="CNY", rates={"USD": -1})


def test_pay_margin_and_texts(tmp_path: Path) -> None:
    text = (
        "客户编号,下单日期,订单金额,成本,回款日期,区域\nA,2025-01-01,100,60,2025-01-29,华东\n"
        "A,2025-06-01,100,90,2025-06-15,华南\n"
    )
    export = read(text_file(tmp_path, text))
    assert export.observed.weeks_to_pay[0] == pytest.approx(3.0) and export.observed.margin_rate[
        0
    ] == pytest.approx(0.25)
    assert export.table["region"].tolist() == ["华南"] and export.labels["region"] == ("华南",)
    assert {"margin_rate", "weeks_to_pay", "region"} <= export.known
    assert "industry" not in export.known and "nps_last" not in export.known


def test_as_of_cuts_the_file_and_is_refused_if_no_date(tmp_path: Path) -> None:
    path = text_file(tmp_path, HEAD + "A,2025-01-01,5,1\nA,2025-06-01,7,2\n")
    assert read(path, as_of="2025-03-01").refused["key"].tolist() == ["future_date"]
    assert read(path, as_of="2025-03-01").observed.recency_weeks[0] == pytest.approx(59 / 7)
    with pytest.raises(TableError, match="as_of: is not a date"):
        read(path, as_of="soon")
    with pytest.raises(TableError, match="no row can be used; got the date lies after"):
        read(path, as_of="2020-01-01")


def test_a_second_table_of_customers(tmp_path: Path) -> None:
    orders = text_file(tmp_path, HEAD + "A,2025-01-01,5,1\nB,2025-06-01,7,2\n")
    more = text_file(
        tmp_path,
        "customer,owner,satisfaction,customer since\nB,Li,80,2015-01-01\nZ,Wu,60,2024-01-01\n",
        "c.csv",
    )
    export = read(orders, customers=more)
    assert export.ids.tolist() == ["A", "B", "Z"] and export.table["owner"].tolist() == ["", "Li", "Wu"]
    assert findings(export)["without_orders"] == 1 and findings(export)["not_listed"] == 1
    assert np.array_equal(export.observed.satisfaction_last, [np.nan, 80, 60], equal_nan=True)
    assert export.observed.tenure_weeks[1] == pytest.approx((date(2025, 6, 1) - date(2015, 1, 1)).days / 7)
    assert export.observed.spend_by_quarter[0, 1] == 7 and np.isnan(export.observed.recency_weeks[2])


def slow(frame: pd.DataFrame, as_of: date) -> dict[str, dict[str, float]]:
    """Recency, gaps and sums of each customer by plain loops."""
    out: dict[str, dict[str, float]] = {}
    for who, part in frame.groupby("customer"):
        bought = part[part["amount"] > 0]
        ages = [(as_of - day).days for day in part["date"]]
        last = max(bought["date"]) if len(bought) else None
        days = sorted(set(bought["date"]))
        gaps = [(b - a).days for a, b in pairwise(days)]
        quiet = (as_of - (last or min(part["date"]))).days
        out[str(who)] = {
            "recency_weeks": np.nan if last is None else (as_of - last).days / 7,
            "tenure_weeks": max(ages) / 7,
            "lapsed": quiet > max(182, 3 * float(np.median(gaps)) if gaps else 182),
            "spend_12m": sum(a for a, age in zip(part["amount"], ages, strict=True) if age < 364),
            "orders_12m": sum((as_of - d).days < 364 for d in bought["date"]),
        }
    return out


lines_of_orders = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.integers(0, 1400), st.integers(-50, 200)), min_size=1, max_size=60
)


@given(lines_of_orders)
def test_windows_agree_with_plain_loops(lines: list[tuple[str, int, int]]) -> None:
    rows = [("E", START, 7), *((who, START + timedelta(days=day), amount) for who, day, amount in lines)]
    frame = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    export = read(frame)
    expected = slow(frame, export.as_of)
    assert export.ids.tolist() == sorted(expected)
    covered = (export.as_of - START).days + 1 >= 364 - 14
    for i, who in enumerate(export.ids):
        for name, value in expected[who].items():
            got = float(getattr(export.observed, name)[i])
            if name in ("spend_12m", "orders_12m") and not covered:
                assert np.isnan(got)
            else:
                assert got == value or (np.isnan(got) and np.isnan(value)), (who, name)


@given(lines_of_orders)
def test_the_quarters_hold_all_the_money(lines: list[tuple[str, int, int]]) -> None:
    """A file of at most nine quarters that begins with one: no unit of money is lost or doubled."""
    end = START + timedelta(days=9 * 91 - 1)
    rows = [("E", START, 1), ("E", end, 2)]
    rows += [(who, START + timedelta(days=day % (9 * 91)), amount) for who, day, amount in lines]
    export = read(pd.DataFrame(rows, columns=["customer", "date", "amount"]))
    assert export.as_of == end
    assert np.nansum(export.observed.spend_by_quarter) == sum(amount for _, _, amount in rows)
    assert np.nansum(export.observed.orders_by_quarter) == sum(amount > 0 for _, _, amount in rows)


def test_years_back_are_known_only_of_customers_who_were_there() -> None:
    end = date(2025, 12, 30)
    rows = [
        (who, end - timedelta(days=age), 10.0)
        for who, ages in {
            "old": range(0, 1500, 30),
            "new": range(0, 200, 30),
            "mid": range(0, 600, 30),
        }.items()
        for age in ages
    ]
    o = read(pd.DataFrame(rows, columns=["customer", "date", "amount"])).observed  # ids sorted: mid, new, old
    assert (
        np.isfinite(o.spend_12m).all()
        and np.isnan(o.spend_prior_12m[:2]).all()
        and o.spend_prior_12m[2] == 120
    )
    assert np.isnan(o.spend_3y_ago_12m[:2]).all() and o.spend_3y_ago_12m[2] == 120
    assert np.isnan(o.spend_by_quarter[2:, 1]).all() and np.isfinite(o.spend_by_quarter[:2, 1]).all()


def test_a_short_file_knows_no_year() -> None:
    rows = [("A", TODAY - timedelta(days=d), 10.0) for d in range(0, 120, 10)]
    export = read(pd.DataFrame(rows, columns=["customer", "date", "amount"]))
    assert np.isnan(export.observed.spend_12m).all() and "spend_12m" not in export.known
    assert findings(export)["short_file"] == 1 and export.observed.spend_by_quarter[0, 0] == 100


def test_row_order_is_nothing() -> None:
    rows = [(f"C{i % 7}", START + timedelta(days=i * 37 % 900), float(i % 11)) for i in range(80)]
    frame = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    a, b = read(frame), read(frame.iloc[::-1])
    assert a.table.equals(b.table) and np.array_equal(
        a.observed.spend_by_quarter, b.observed.spend_by_quarter, equal_nan=True
    )


def test_an_old_file_is_told() -> None:
    frame = pd.DataFrame({"customer": ["A", "B"], "date": ["2022-01-01", "2025-01-01"], "amount": [1, 2]})
    export = read(frame, as_of="2025-12-31")
    found = next(f for f in export.quality.findings if f.key == "stale_file")
    assert found.values == {"days": 364} and found.severity == "warning"
    assert findings(export)["stale_customers"] == 1
    assert "stale_file" not in findings(read(frame, as_of="2025-04-02"))  # 91 days


@pytest.mark.parametrize(
    "ids", [["1", "2", "2"], ["1", "02", "2"], ["1", "+2", "2"], ["1", "", "2"], ["1", str(10**30), "2"]]
)
def test_order_ids_that_are_numbers_or_only_look_so(ids: list[str]) -> None:
    frame = pd.DataFrame({"customer": "A", "date": "2025-01-01", "amount": [1, 2, 3], "order id": ids})
    assert ordered(read(frame)) == [2 if len(set(ids)) == 2 else 3]
