"""A table with one row a customer, to columns of the observed record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.tables.columns import COUNTS, MONEY, SHARES, SIGNALS, SPANS
from tiersim.tables.customer_figures import (
    judge_impossible,
    judge_outliers,
    read_amounts,
    read_figures,
    read_signals,
)
from tiersim.tables.dates import NO_DAY, Days, day_of
from tiersim.tables.figures import note_unreadable
from tiersim.tables.ids import code_ids, equal_rows
from tiersim.tables.reading import Reading
from tiersim.tables.text import Mask
from tiersim.tables.values import Floats, count, numbers

EVIDENCE = (
    "spend_12m",
    "spend_prior_12m",
    "spend_3y_ago_12m",
    "orders_12m",
    "orders_prior_12m",
    "last_order",
    "recency",
)
"""Columns that only a table with one row a customer has."""


@dataclass(frozen=True, eq=False)
class Customers:
    """Customers of a table.

    Parameters
    ----------
    ids : sorted strings, length n.
    rows : row of the file of each customer, shape (n,).
    columns : columns of the observed record that the table tells, each shape (n,).
    since : first day as a customer, days since 1970-01-01, nan where not known; ``None`` without a column.
    signals : further numeric columns by name, shape (n,).
    as_of : day of the record, since 1970-01-01.
    currency : of the amounts; ``None`` if nothing says it.
    days : dates by canonical name (last_order, last_contact, ...), `NO_DAY` where not known.
    """

    ids: pa.Array
    rows: npt.NDArray[np.int64]
    columns: dict[str, Floats]
    since: Floats | None
    signals: dict[str, Floats]
    as_of: int
    currency: str | None
    days: dict[str, npt.NDArray[np.int32]]


def read_customers(reading: Reading, as_of: int | None = None) -> Customers | None:
    """Customers of a table; ``None`` where `reading.problems` says why there are none.

    Refused: rows without id; all rows of an id that stands there several times with different content (equal
    rows count once); rows whose last order lies after ``as_of``; rows without any figure. A cell that cannot
    be read counts as missing and is reported. Without ``as_of`` the record is as of the latest last order (or
    update), else of today.
    """
    reading.refuse("no_customer", np.asarray(reading.text("customer").is_null()).astype(bool))
    codes, ids = code_ids(reading)
    _twice(reading, codes, ids)
    reading.release_unused()
    dates = {name: reading.days(name) for name in _DATES if reading.has(name)}
    figures: dict[str, Floats] = {}
    if "last_order" in dates and not reading.has("recency"):
        _days_instead(reading, dates, figures)
    for name, found in dates.items():
        note_unreadable(reading, name, found.bad)
        if name != "last_order":  # that one shows what is refused below
            reading.release(name)
    limit = day_of(reading.options.as_of or reading.options.today) if as_of is None else as_of
    if "last_order" in dates:
        days = dates["last_order"].days
        reading.refuse("future_date", (days > limit) & (days != NO_DAY), "last_order")
    when = as_of if as_of is not None else _as_of(reading, dates, limit)
    reading.prepare(name for name in (*MONEY, *SPANS, *SHARES, *COUNTS, *SIGNALS) if reading.has(name))
    currency = read_amounts(reading, figures)
    read_figures(reading, figures)
    if reading.problems or not reading.used.any():
        return None
    for name in ("customer_since", "last_order", "contract_end"):
        if name in dates:
            days = dates[name].days
            weeks = np.where(days == NO_DAY, np.nan, days.astype(np.float64) - when) / 7.0
            target = {"customer_since": "tenure_weeks", "last_order": "recency_weeks"}.get(
                name, "contract_weeks_left"
            )
            figures[target] = weeks if name == "contract_end" else -weeks
    signals = read_signals(reading)
    judge_impossible(reading, figures)
    table = [*figures.values(), *signals.values()]
    if as_of is None:  # a second table may serve for names only
        unknown = [np.isnan(column) for column in table]
        reading.refuse("nothing_known", np.logical_and.reduce(unknown) if table else reading.used)
    if not reading.used.any():
        return None
    if not reading.used[codes >= 0].all():
        codes, ids = _recode(reading, codes, ids)
    at = np.flatnonzero(reading.used)
    rows = np.empty(len(ids), np.int64)
    rows[codes[at]] = at
    tenure = figures.get("tenure_weeks")
    since = None if tenure is None else when - tenure[rows] * 7.0
    judge_outliers(reading, figures)
    _stale(reading, dates, when)
    return Customers(
        ids,
        rows,
        {name: column[rows] for name, column in figures.items()},
        since,
        {name: column[rows] for name, column in signals.items()},
        when,
        currency,
        {name: found.days[rows] for name, found in dates.items()},
    )


_DATES = ("last_order", "customer_since", "contract_end", "last_contact", "updated")


def _days_instead(reading: Reading, dates: dict[str, Days], figures: dict[str, Floats]) -> None:
    """A column "last purchase" may hold days ago instead of dates: 15, or 15 天前."""
    if not dates["last_order"].bad.any():
        return
    text = reading.text("last_order")
    ago = pc.match_substring_regex(text, r"^\d{1,4}(\s*(天|日|days?|d))?\s*(前|内|ago)?$")
    bad = dates["last_order"].bad
    if (
        np.asarray(pc.fill_null(ago, False)).astype(bool)[bad].mean() > 0.5
        and bad.sum() > (~bad & ~dates["last_order"].missing).sum()
    ):
        digits = numbers(pc.replace_substring_regex(text, r"[^\d].*$", ""), count)
        figures["recency_weeks"] = digits.values / 7.0
        column = reading.header("last_order")
        reading.quality.add("info", "days_as_recency", int(bad.sum()), column=column)
        del dates["last_order"]


def _as_of(reading: Reading, dates: dict[str, Days], limit: int) -> int:
    if reading.options.as_of is not None:
        return limit
    latest = NO_DAY
    for name in ("last_order", "updated"):
        if name in dates:
            days = dates[name].days[reading.used]
            latest = max(latest, int(days[days <= limit].max(initial=NO_DAY)))
    return latest if latest != NO_DAY else limit


def _twice(reading: Reading, codes: npt.NDArray[np.int32], ids: pa.Array) -> None:
    """Of rows with one id, those equal in every cell count once; others contradict each other."""
    counts = np.bincount(codes[reading.used], minlength=len(ids))
    at = np.flatnonzero(reading.used & (counts[codes] > 1))
    if not at.size:
        return
    repeats = at[equal_rows(reading.raw.columns, at)]
    if repeats.size:
        reading.used[repeats] = False
        reading.quality.add(
            "warning", "same_rows", repeats.size, reading.example(int(repeats[0]), "customer")
        )
        counts = np.bincount(codes[reading.used], minlength=len(ids))
    reading.refuse("contradictory", (codes >= 0) & (counts[codes] > 1), "customer")


def _recode(
    reading: Reading, codes: npt.NDArray[np.int32], ids: pa.Array
) -> tuple[npt.NDArray[np.int32], pa.Array]:
    left = np.unique(codes[reading.used])
    place = np.full(len(ids) + 1, -1, np.int32)
    place[left] = np.arange(left.size, dtype=np.int32)
    return place[codes], ids.take(pa.array(left))


def _stale(reading: Reading, dates: dict[str, Days], when: int) -> None:
    for name, age, key in (("updated", 364, "stale_records"), ("last_order", 728, "stale_customers")):
        if name in dates:
            days = dates[name].days
            old = np.flatnonzero((days != NO_DAY) & (days < when - age) & reading.used)
            if old.size:
                reading.quality.add("warning", key, old.size, reading.example(int(old[0]), name))


def lapsed(columns: dict[str, Any], n: int) -> Mask:
    """No order for the longer of 26 weeks and three usual intervals, by recency and orders a year."""
    recency = columns.get("recency_weeks", np.full(n, np.nan))
    orders = columns.get("orders_12m", np.full(n, np.nan))
    gap = 52.0 / np.where(orders > 0, orders, np.nan)
    return np.asarray(recency > np.fmax(26.0, 3.0 * gap))
