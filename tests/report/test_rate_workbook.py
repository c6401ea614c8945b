"""The workbook computes what the code computed: recalculated by LibreOffice, cell by cell."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from spreadsheet import SOFFICE, Cell, recalculated, scrambled, sheets

import tiersim as ts
from tiersim.report.rating.columns import SPARE
from tiersim.scenario.load import load


def frame(n: int = 90, seed: int = 5) -> pd.DataFrame:
    """Customers with ties, gaps, falls and extremes."""
    draw = np.random.default_rng(seed)
    spend = np.round(draw.lognormal(10, 1.2, n), 2)
    spend[:6] = spend[6]
    table = pd.DataFrame(
        {
            "customer id": [f"C{k:03d}" for k in range(n)],
            "spend_12m": spend,
            "spend_prior_12m": np.round(spend * draw.lognormal(0, 0.5, n), 2),
            "orders_12m": draw.poisson(6, n),
            "recency": draw.integers(1, 300, n),
            "margin_rate": np.round(draw.uniform(0.05, 0.5, n), 3),
            "days_to_pay": draw.integers(5, 120, n),
            "satisfaction_last": draw.integers(20, 100, n).astype(float),
            "market_share": np.round(draw.uniform(0, 100, n), 1),
        }
    )
    for name in ("margin_rate", "days_to_pay", "satisfaction_last", "market_share", "spend_prior_12m"):
        table.loc[draw.random(n) < 0.15, name] = np.nan
    return table


METHODS = {
    "weighted by rank": {},
    "weighted, gaps left out": {"rating.missing": "left_out"},
    "weighted by spread, gaps worst": {"rating.normalisation": "robust_z", "rating.missing": "worst"},
    "weighted between bounds": {"rating.normalisation": "minmax"},
    "rfm": {"rating.method": "rfm"},
    "rfm, gaps left out": {"rating.method": "rfm", "rating.missing": "left_out"},
    "topsis": {"rating.method": "topsis", "rating.normalisation": "vector"},
    "topsis, gaps left out": {
        "rating.method": "topsis", "rating.normalisation": "minmax", "rating.missing": "left_out",
    },
    "kmeans": {"rating.method": "kmeans"},
}  # fmt: skip


@pytest.fixture(scope="module")
def base():
    return load("machinery")


def customers_of(cells: dict[str, Cell]) -> tuple[int, dict[str, str]]:
    """Row of the heads, and the letters of each column by its head."""
    row = next(int(a[1:]) for a, (v, _) in cells.items() if a[0] == "A" and v in ("customer", "客户编号"))
    heads = {}
    for address, (value, _) in cells.items():
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]
        if int(number) == row and isinstance(value, str):
            heads[value] = letters
    return row, heads


def alike(got: object, stored: object) -> bool:
    if isinstance(stored, float) and isinstance(got, float):
        return abs(got - stored) <= 1e-12 * max(1.0, abs(stored))
    return got == stored or {got, stored} <= {"", None}


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed, so no formula can be computed")
@pytest.mark.parametrize("name", METHODS)
def test_libreoffice_computes_every_formula_to_the_value_that_is_stored(name, base, tmp_path) -> None:
    scenario = base.override(METHODS[name])
    data = frame()
    first = ts.rate(data.iloc[:80], scenario, as_of="2025-12-31", to=tmp_path / "old", formats="csv")
    changed = data.copy()
    for column in ("spend_12m", "orders_12m"):
        changed[column] *= np.random.default_rng(1).lognormal(0.1, 0.6, len(data))
    rated = ts.rate(
        changed, scenario, as_of="2026-03-31", previous=tmp_path / "old", to=tmp_path / "new", formats="xlsx"
    )
    assert rated.moves["first"] == len(rated) - len(first) > 0
    assert rated.moves["up"] + rated.moves["down"] > 0
    file = tmp_path / "new" / "rating.xlsx"
    stored = sheets(file.read_bytes())
    file.write_bytes(scrambled(file.read_bytes()))
    computed = recalculated(file, tmp_path)
    formulas = 0
    for sheet, cells in stored.items():
        for address, (value, formula) in cells.items():
            if formula is None:
                continue
            formulas += 1
            got = computed[sheet].get(address, (None, None))[0]
            assert alike(got, value), f"{sheet}!{address} ={formula}: {got!r}, stored {value!r}"
    assert formulas > 20 * len(rated)
    row, heads = customers_of(computed["Customers"])
    for k, one in enumerate(rated.table.itertuples(), start=row + 1):
        cells = computed["Customers"]
        assert cells[f"{heads['customer']}{k}"][0] == one.customer
        assert cells[f"{heads['score']}{k}"][0] == pytest.approx(one.score, abs=1e-12)
        assert cells[f"{heads['tier']}{k}"][0] == one.tier
        assert cells[f"{heads['RFM code']}{k}"][0] == one.rfm
        assert cells[f"{heads['segment']}{k}"][0] == one.segment


@pytest.mark.parametrize("name", METHODS)
def test_stored_values_and_formulas_stand_for_every_customer(name, base, tmp_path) -> None:
    """Runs everywhere: functions that Excel 2016 knows, no array formulas, spare rows filled too."""
    scenario = base.override(METHODS[name])
    rated = ts.rate(frame(), scenario, as_of="2025-12-31", to=tmp_path / "r", formats="xlsx")
    cells = sheets((tmp_path / "r" / "rating.xlsx").read_bytes())["Customers"]
    row, heads = customers_of(cells)
    allowed = {
        "IF", "INDEX", "MATCH", "SUMPRODUCT", "ISNUMBER", "ABS", "MAX", "MIN", "SIGN", "ROUND", "OR", "AND",
        "SQRT", "MEDIAN", "N", "ROWS", "SUM",
    }  # fmt: skip
    used = {
        f for _, formula in cells.values() if formula for f in re.findall(r"([A-Z][A-Z0-9.]*)\(", formula)
    }
    assert used <= allowed
    for letter in (heads["score"], heads["tier"], heads["RFM code"], heads["segment"]):
        column = [cells[f"{letter}{k}"] for k in range(row + 1, row + 1 + len(rated) + SPARE)]
        assert all(formula and len(formula) < 8192 for _, formula in column)
        assert all(value not in ("", None) for value, _ in column[: len(rated)])
        assert all(value in ("", None) for value, _ in column[len(rated) :])
    stored = [cells[f"{heads['score']}{k}"][0] for k in range(row + 1, row + 1 + len(rated))]
    assert stored == pytest.approx(rated.table["score"].to_list(), abs=1e-15)
