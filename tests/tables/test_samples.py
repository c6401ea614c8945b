"""The sample exports: made again they are the same, and the reader takes them as they are."""

from __future__ import annotations

import numpy as np
from tests.tables.exports import findings, read
from tests.tables.make_exports import CUSTOMERS, FOLDER, customers_csv, orders_csv


def test_made_again_they_are_the_same() -> None:
    assert (FOLDER / "orders.csv").read_bytes() == orders_csv().encode("utf-8")
    assert (FOLDER / "customers_gb18030.csv").read_bytes() == customers_csv().encode("gb18030")


def test_the_order_log() -> None:
    export = read(FOLDER / "orders.csv")
    found = findings(export)
    assert export.kind == "orders" and export.currency == "CNY" and set(export.refused["key"]) == {"bad_date"}
    assert found["duplicates"] > 0 and found["returns"] > 0
    assert export.rows_read == len(export.orders) + len(export.refused) + found["duplicates"]
    assert {"spend_12m", "spend_prior_12m", "margin_rate", "weeks_to_pay", "region"} <= export.known


def test_the_table_of_customers() -> None:
    export = read(FOLDER / "customers_gb18030.csv")
    assert export.kind == "customers" and len(export.ids) == CUSTOMERS and export.refused.empty
    assert export.table["name"].iloc[0] == "客户0001" and export.table["tier_now"].isin(list("SABC")).all()
    o = export.observed
    assert (
        np.isfinite(o.spend_12m).all()
        and 0 < np.nanmean(o.margin_rate) < 0.5
        and o.signals["market_share"].max() <= 30
    )
