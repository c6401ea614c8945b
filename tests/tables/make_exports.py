"""Make the samples in scenarios/exports: `python -m tests.tables.make_exports`. Nobody in them is real.

Every draw has an address, so that the files come out the same again.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tiersim.random import ndtri64, u01d, words
from tiersim.random.streams import DIRTY, ORDER, TRAIT

FOLDER = Path(__file__).parents[2] / "scenarios" / "exports"
CUSTOMERS = 200
SEED = 3
LAST = date(2025, 12, 31)
DAYS = 3 * 364
REGIONS = (("North", "华北"), ("East", "华东"), ("South", "华南"), ("West", "西部"))


def draws(customer: int, week: int, stream: int, k: int) -> list[float]:
    """Four uniform numbers of an address."""
    return [float(u01d(np.uint32(w))) for w in words(SEED, 0, np.uint64(customer), week, stream, k)]


def traits(customer: int) -> tuple[float, float, float, int]:
    """Orders a year, mean basket, margin rate, place in REGIONS."""
    u = draws(customer, 0, TRAIT, 0)
    rate = 6.0 * np.exp(0.8 * float(ndtri64(u[0])))
    return rate, 8000.0 * np.exp(1.0 * float(ndtri64(u[1]))), 0.15 + 0.2 * u[2], int(4 * u[3])


def order_rows(customer: int) -> list[tuple[date, float, float, int]]:
    """Date, amount, cost and days to pay of each order; some customers begin late, some stop early."""
    rate, basket, margin, _ = traits(customer)
    u = draws(customer, 0, TRAIT, 1)
    first = 0.0 if u[0] < 0.7 else u[1] * DAYS
    last = DAYS if u[2] < 0.75 else first + u[3] * (DAYS - first)
    rows, day, k = [], first, 0
    while True:
        v = draws(customer, 0, ORDER, k)
        day += -np.log(v[0]) * 365.25 / rate
        k += 1
        if day >= last:
            return rows
        amount = round(basket * float(np.exp(0.5 * ndtri64(v[1]))), 2)
        rows.append(
            (
                LAST - timedelta(days=DAYS - 1 - int(day)),
                amount,
                round(amount * (1 - margin), 2),
                int(20 + 50 * v[2]),
            )
        )


def orders_csv() -> str:
    """An order log in English, with the flaws of exports: returns, thousands separators, doubles, typos."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(
        ["Order No", "Customer ID", "Order Date", "Order Amount (CNY)", "Cost", "Payment Date", "Region"]
    )
    found = [(row, customer) for customer in range(1, CUSTOMERS + 1) for row in order_rows(customer)]
    for number, ((day, amount, cost, lag), customer) in enumerate(sorted(found), 100001):
        u = draws(customer, 0, DIRTY, number)
        paid = day + timedelta(days=lag)
        line = [number, f"C{customer:04d}", day.isoformat(), f"{amount:,.2f}", f"{cost:.2f}",
                paid.isoformat() if paid <= LAST else "", REGIONS[traits(customer)[3]][0]]  # fmt: skip
        if u[0] < 0.003:
            line[2] = "n.d."
        table.writerow(line)
        if u[1] < 0.004:
            table.writerow(line)
        if u[2] < 0.02:
            back = round(-amount * u[3], 2)
            table.writerow([f"{number}-R", *line[1:3], f"({-back:,.2f})", "", "", line[6]])
    return out.getvalue()


def customers_csv() -> str:
    """One row a customer, in Chinese, as a sales office keeps it: codes for names, units in the headers."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["客户编号", "客户名称", "区域", "负责人", "最近一次购买", "年购买次数",
                    "年采购额（万元）", "上年采购额（万元）", "毛利率",
                    "账期（天）", "合作年限", "满意度", "市场份额", "最近联系日期", "客户等级"])  # fmt: skip
    for customer in range(1, CUSTOMERS + 1):
        rows, (_, _, margin, region) = order_rows(customer), traits(customer)
        ages = [(LAST - row[0]).days for row in rows]
        now = [row[1] for row, age in zip(rows, ages, strict=True) if age < 364]
        before = [row[1] for row, age in zip(rows, ages, strict=True) if 364 <= age < 728]
        u, v = draws(customer, 1, TRAIT, 0), draws(customer, 1, TRAIT, 1)
        lag = np.mean([row[3] for row in rows]) if rows else 0
        table.writerow([
            f"K{customer:04d}", f"客户{customer:04d}", REGIONS[region][1], f"经理{1 + customer % 8:02d}",
            max(row[0] for row in rows).isoformat() if rows else "", len(now), f"{sum(now) / 1e4:.2f}",
            f"{sum(before) / 1e4:.2f}", f"{100 * margin:.1f}%", f"{lag:.0f}" if rows else "",
            f"{0.5 + 12 * u[0]:.1f}",
            f"{55 + 40 * u[1]:.0f}" if u[2] < 0.7 else "", f"{30 * u[3] ** 3:.1f}%",
            (LAST - timedelta(days=int(120 * v[0]))).isoformat(), "SABC"[min(3, int(5 * v[1]))],
        ])  # fmt: skip
    return out.getvalue()


def main() -> None:
    """Write both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "orders.csv").write_bytes(orders_csv().encode("utf-8"))
    (FOLDER / "customers_gb18030.csv").write_bytes(customers_csv().encode("gb18030"))


if __name__ == "__main__":
    main()
