"""Order lines to trailing windows: sums by customer and quarter, gaps, recency; all customers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.tables.observed import QUARTERS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[Any]

QUARTER = 91
YEAR = 364
"""Days: windows are of 13 and 52 weeks, as everywhere."""
SLACK = 14
"""Days by which a file may miss a window's start and still cover it: nobody orders on each New Year's Day."""
REACH = 91
"""Days into a window within which an old customer orders, where the file holds nothing older."""
LAPSE = 182
"""Days without an order before which nobody counts as lapsed (R12)."""


@dataclass(frozen=True, eq=False)
class OrderLines:
    """Lines that count, each of shape (lines,).

    Parameters
    ----------
    customer : code of the customer, 0 to n - 1.
    day : days since 1970-01-01, none after `as_of`.
    amount : net money, negative for returns.
    order : the line counts as an order (of the lines of one order, one does), bool.
    cost : cost of goods; nan where not known.
    days_to_pay : days from order to payment; nan where not known.
    """

    customer: Ints
    day: Ints
    amount: Floats
    order: npt.NDArray[np.bool_]
    cost: Floats | None = None
    days_to_pay: Floats | None = None


def windows(
    lines: OrderLines, n: int, as_of: int, since: Floats | None = None
) -> tuple[dict[str, Any], set[str]]:
    """Columns of the observed record, and which of them the lines tell.

    The last quarter is the 91 days that end with `as_of`, the last year 364 days. A year's sum is known if
    the file begins no later than `SLACK` days after the window does. A year further back is known only of
    customers who were there at its start: by `since` (days since 1970, nan where not known), or by a first
    order no later than `REACH` days after it (less by as much as the file reaches back before it, since there
    one would have seen older orders).
    """
    age = (as_of - np.asarray(lines.day)).astype(np.int32)
    code = np.asarray(lines.customer)
    file_first = as_of - int(age.max(initial=0))
    bits = max(1, (as_of - file_first).bit_length())
    keys = _keys(code, lines.day, n, file_first, bits)
    first, _ = _ends(keys, n, file_first, bits)
    if since is not None:
        first = np.fmin(first, since)
    if not lines.order.all():
        keys = _keys(code[lines.order], np.asarray(lines.day)[lines.order], n, file_first, bits)
    _, last = _ends(keys, n, file_first, bits)
    quarter = (age // QUARTER).astype(np.int16)
    spend, orders = _by_quarter(code, quarter, lines, n)
    out: dict[str, Any] = {}
    known = {"tenure_weeks", "recency_weeks", "lapsed"}
    for name, table in (("spend", spend), ("orders", orders)):
        now, prior = table[0:4].sum(axis=0), table[4:8].sum(axis=0)
        out[f"{name}_12m"] = now if _covers(file_first, as_of, 0) else np.full(n, np.nan)
        out[f"{name}_prior_12m"] = _if_there(prior, file_first, as_of, 1, first, since)
    recent = (age >= 3 * YEAR) & (age < 4 * YEAR)
    old = np.bincount(code[recent], lines.amount[recent], n).astype(np.float64)
    out["spend_3y_ago_12m"] = _if_there(old, file_first, as_of, 3, first, since)
    known |= {name for name, column in out.items() if not np.isnan(column).all()}
    for k in range(QUARTERS):
        unknown = np.isnan(first) | (first > as_of - QUARTER * k)
        if file_first > as_of - QUARTER * (k + 1) + 1 + SLACK:
            unknown[:] = True
        spend[k, unknown] = np.nan
        orders[k, unknown] = np.nan
    out["spend_by_quarter"], out["orders_by_quarter"] = spend, orders
    known |= {name for name in ("spend_by_quarter", "orders_by_quarter") if not np.isnan(out[name]).all()}
    out["tenure_weeks"] = (as_of - first) / 7.0
    out["recency_weeks"] = (as_of - last) / 7.0
    quiet = np.where(np.isnan(last), np.where(np.isnan(first), np.inf, as_of - first), as_of - last)
    gaps = median_gaps(keys, n, bits)
    del keys
    out["lapsed"] = quiet > np.fmax(LAPSE, 3.0 * gaps)
    out["margin_rate"] = _margin(lines, code, age, n)
    out["weeks_to_pay"] = _to_pay(lines, code, age, n)
    known |= {name for name in ("margin_rate", "weeks_to_pay") if not np.isnan(out[name]).all()}
    return out, known


def _keys(customer: Ints, day: Ints, n: int, first: int, bits: int) -> Ints:
    """Customer and day in one number each, sorted; so many `bits` hold the days since the `first`."""
    kind = np.uint32 if n << bits <= 1 << 32 else np.int64  # half the room, and quicker to sort
    key: Ints = np.asarray(customer).astype(kind)
    key <<= bits
    key |= (np.asarray(day) - first).astype(kind)
    key.sort()
    return key


def _ends(key: Ints, n: int, day: int, bits: int) -> tuple[Floats, Floats]:
    """First and last day of each customer in sorted `key`; nan without one; shape (n,)."""
    first, last = np.full(n, np.nan), np.full(n, np.nan)
    if not key.size:
        return first, last
    whose = key >> bits
    new = np.append(0, np.flatnonzero(whose[1:] != whose[:-1]) + 1)
    end = np.append(new[1:], len(key)) - 1
    last_bits = (1 << bits) - 1
    first[whose[new]] = (key[new] & last_bits) + float(day)
    last[whose[end]] = (key[end] & last_bits) + float(day)
    return first, last


def median_gaps(key: Ints, n: int, bits: int) -> Floats:
    """Median of the gaps between days with an order, days; nan with fewer than two such days; shape (n,).

    `key` holds customer and day (in `bits`) of each order, as `_keys` sorts them.
    """
    out = np.full(n, np.nan)
    step = np.diff(key)
    whose = key >> bits
    inside = (step > 0) & (whose[1:] == whose[:-1])
    whose = whose[1:][inside]
    gaps = (whose << bits) | step[inside]
    gaps.sort()
    gaps &= (1 << bits) - 1
    counts = np.bincount(whose, minlength=n)
    begin = np.cumsum(counts) - counts
    some = np.flatnonzero(counts)
    low, high = begin[some] + (counts[some] - 1) // 2, begin[some] + counts[some] // 2
    out[some] = (gaps[low] / 2.0) + (gaps[high] / 2.0)
    return out


def _by_quarter(code: Ints, quarter: Ints, lines: OrderLines, n: int) -> tuple[Floats, Floats]:
    inside = quarter < QUARTERS
    cell = quarter[inside].astype(np.int64) * n + code[inside]
    spend = np.asarray(np.bincount(cell, lines.amount[inside], QUARTERS * n), np.float64)
    orders = np.bincount(cell[lines.order[inside]], minlength=QUARTERS * n).astype(np.float64)
    return spend.reshape(QUARTERS, n), orders.reshape(QUARTERS, n)


def _covers(file_first: int, as_of: int, years_ago: int) -> bool:
    return file_first <= as_of - YEAR * (years_ago + 1) + 1 + SLACK


def _if_there(
    sums: Floats, file_first: int, as_of: int, years_ago: int, first: Floats, since: Floats | None
) -> Floats:
    """Sums of a year that lies back, nan for customers who were not there at its start."""
    if not _covers(file_first, as_of, years_ago):
        return np.full(len(sums), np.nan)
    start = as_of - YEAR * (years_ago + 1) + 1
    reach = np.full(len(sums), float(max(0, REACH - max(0, start - file_first))))
    if since is not None:
        reach = np.where(np.isnan(since), reach, 0.0)
    return np.where(first <= start + reach, sums, np.nan)


def _margin(lines: OrderLines, code: Ints, age: Ints, n: int) -> Floats:
    out = np.full(n, np.nan)
    if lines.cost is None:
        return out
    use = (age < YEAR) & ~np.isnan(lines.cost)
    revenue = np.bincount(code[use], lines.amount[use], n)
    cost = np.bincount(code[use], lines.cost[use], n)
    some = revenue > 0
    out[some] = 1.0 - cost[some] / revenue[some]
    return out


def _to_pay(lines: OrderLines, code: Ints, age: Ints, n: int) -> Floats:
    out = np.full(n, np.nan)
    if lines.days_to_pay is None:
        return out
    use = (age < YEAR) & ~np.isnan(lines.days_to_pay) & lines.order
    count = np.bincount(code[use], minlength=n)
    some = count > 0
    out[some] = np.bincount(code[use], lines.days_to_pay[use], n)[some] / count[some] / 7.0
    return out
