"""Cleaned orders or customers to the export: observed record, table of texts, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.tables.customers import Customers, lapsed, read_customers
from tiersim.tables.dates import NO_DAY, date_of, iso
from tiersim.tables.kinds import Kind
from tiersim.tables.observed import BY_QUARTER, COLUMNS, QUARTERS, Observed
from tiersim.tables.orders import Orders, last_texts, read_orders
from tiersim.tables.problems import TableError, refuse
from tiersim.tables.quality import Quality
from tiersim.tables.reading import Reading
from tiersim.tables.text import encoded
from tiersim.tables.windows import LAPSE, SLACK, YEAR, windows

_TEXTS = ("name", "owner", "contact", "region", "industry", "tier_now")


@dataclass(frozen=True, eq=False)
class Export:
    """A client's customers as their own systems show them.

    Parameters
    ----------
    observed : one entry a customer, ``birth`` counts them, ``week`` is 0; everything not known is nan.
    words : ids as written in the file, sorted as text; `ids` has them as Python strings.
    table : one row a customer: id, and name, owner, contact, region, industry, tier_now, last_order,
        last_contact (ISO dates as text) where the file has them; "" where not known.
    known : columns of `observed`, and signals, that the file really tells.
    quality : what was found on the way.
    refused : rows that are not used: line, customer, reason, got, key.
    as_of : the last day of the record.
    currency : of all money; ``None`` if neither file nor caller says it.
    kind : what one row of the file is.
    rows_read : rows below the header.
    mapping : header in the file to canonical column.
    labels : texts of the codes of ``observed.region`` and ``observed.industry``; -1 is not known.
    orders : order logs only: cleaned lines in the file's order: customer (position in `ids`), day (days
        since 1970-01-01), amount, order (counts as an order), order_id (code, -1 without), line; cost and
        days_to_pay where the file tells them.
    """

    observed: Observed
    words: pa.Array
    table: pd.DataFrame
    known: frozenset[str]
    quality: Quality
    refused: pd.DataFrame
    as_of: date
    currency: str | None
    kind: Kind
    rows_read: int
    mapping: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    orders: pd.DataFrame | None = None

    @cached_property
    def ids(self) -> npt.NDArray[np.object_]:
        """Ids as written in the file, sorted as text, shape (n,); made when first asked for."""
        return np.asarray(self.words.to_numpy(zero_copy_only=False), object)


def _fail(*readings: Reading | None) -> None:
    """Raise the problems of all files; or say that no row is left, and why."""
    problems = [problem for reading in readings if reading is not None for problem in reading.problems]
    if problems:
        raise TableError(problems)


def _nothing_left(reading: Reading) -> TableError:
    quality = Quality()
    reading.refusals.report(quality)
    why = "; ".join(f"{text} ({count} rows, {example})" for _, text, count, example in quality.rows())
    return refuse(reading.raw.name, "no row can be used", got=why or None)


def from_orders(reading: Reading, second: Reading | None) -> Export:
    orders = read_orders(reading)
    _fail(reading)
    if orders is None:
        raise _nothing_left(reading)
    more = None
    if second is not None:
        more = read_customers(second, orders.as_of)
        _fail(second)
        _merge_findings(reading, second)
    ids, place = orders.ids, None
    if more is not None:
        ids, place = _joined(ids, more.ids)
        extra = len(ids) - len(orders.ids)
        reading.quality.add("warning", "without_orders", extra, ids[len(orders.ids)] if extra else "")
        lacking = np.setdiff1d(np.arange(len(orders.ids)), place)
        example = ids[int(lacking[0])] if lacking.size else ""
        reading.quality.add("warning", "not_listed", lacking.size, example)
    n = len(ids)
    since = None
    if more is not None and more.since is not None:
        since = _spread(more.since, place, n)
    found, known = windows(orders.lines, n, orders.as_of, since)
    signals: dict[str, Any] = {}
    if more is not None:
        for name, column in more.columns.items():
            wide = _spread(column, place, n)
            found[name] = np.where(np.isnan(found[name]), wide, found[name]) if name in known else wide
            known.add(name)
        signals = {name: _spread(column, place, n) for name, column in more.signals.items()}
    picks = pa.array(np.arange(n), mask=np.arange(n) >= len(orders.ids))
    texts = {name: last_texts(reading, name, orders).take(picks) for name in _TEXTS if reading.has(name)}
    if second is not None and more is not None:
        back = np.full(n, -1, np.int64)
        back[place] = np.arange(len(more.ids))
        for name, words in _texts_of(second, more).items():
            spread = words.take(pa.array(back, mask=back < 0))
            texts[name] = pc.coalesce(spread, texts[name]) if name in texts else spread
    last = orders.as_of - found["recency_weeks"] * 7
    texts["last_order"] = iso(np.where(np.isnan(last), NO_DAY, np.rint(np.nan_to_num(last))).astype(np.int32))
    _describe_orders(reading, orders, since, found)
    lines = orders.lines
    frame = {
        "customer": lines.customer,
        "day": lines.day,
        "amount": lines.amount,
        "order": lines.order,
        "order_id": orders.order_id,
        "line": reading.raw.lines[orders.rows],
    }
    frame |= {"cost": lines.cost} if lines.cost is not None else {}
    frame |= {"days_to_pay": lines.days_to_pay} if lines.days_to_pay is not None else {}
    return _export(
        reading,
        ids,
        found,
        known,
        signals,
        texts,
        orders.as_of,
        orders.currency,
        "orders",
        pd.DataFrame(frame, copy=False),
    )


def _joined(ids: pa.Array, others: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Ids with the others that are not among them behind, and the place of each of the others there."""
    ids, others = ids.cast(pa.large_string()), others.cast(pa.large_string())
    place = np.asarray(pc.index_in(others, value_set=ids).fill_null(-1)).astype(np.int64)
    new = np.flatnonzero(place < 0)
    place[new] = len(ids) + np.arange(len(new))
    return pa.concat_arrays([ids, others.take(pa.array(new))]), place


def _merge_findings(reading: Reading, second: Reading) -> None:
    second.refusals.report(second.quality)
    reading.quality.findings += second.quality.findings
    for name, part in second.quality.missing.items():
        reading.quality.missing.setdefault(name, part)


def _spread(column: Any, place: Any, n: int) -> npt.NDArray[np.float64]:
    wide = np.full(n, np.nan)
    wide[place] = column
    return wide


def from_customers(reading: Reading) -> Export:
    table = read_customers(reading)
    _fail(reading)
    if table is None:
        raise _nothing_left(reading)
    found: dict[str, Any] = dict(table.columns)
    known = set(found)
    found["lapsed"] = lapsed(found, len(table.ids))
    if "recency_weeks" in known:
        known.add("lapsed")
    used_dates = [name for name in ("last_order", "updated") if name in table.days]
    if reading.options.as_of is None and not used_dates:
        reading.quality.add("info", "as_of_today", 1, day=date_of(table.as_of))
    else:
        _say_as_of(reading, table.as_of)
    return _export(
        reading,
        table.ids,
        found,
        known,
        dict(table.signals),
        _texts_of(reading, table),
        table.as_of,
        table.currency,
        "customers",
        None,
    )


def _texts_of(reading: Reading, table: Customers) -> dict[str, Any]:
    rows = pa.array(table.rows)
    texts: dict[str, Any] = {name: reading.text(name).take(rows) for name in _TEXTS if reading.has(name)}
    texts |= {name: iso(table.days[name]) for name in ("last_order", "last_contact") if name in table.days}
    return texts


def _say_as_of(reading: Reading, as_of: int) -> None:
    key = "as_of_last" if reading.options.as_of is None else "as_of_given"
    reading.quality.add("info", key, 1, day=date_of(as_of))


def _describe_orders(reading: Reading, orders: Orders, since: Any, found: Mapping[str, Any]) -> None:
    quality, day = reading.quality, orders.lines.day
    first, last = int(day.min()), int(day.max())
    quality.first, quality.last = date_of(first), date_of(last)
    quality.add("info", "period", len(day), first=quality.first, last=quality.last)
    _say_as_of(reading, orders.as_of)
    covered = orders.as_of - first + 1
    if covered < YEAR:
        key = "nearly_a_year" if covered >= YEAR - SLACK else "short_file"
        quality.add("info" if covered >= YEAR - SLACK else "warning", key, 1, days=covered)
    if since is None:
        early = int(np.count_nonzero(np.bincount(orders.lines.customer[day <= first + LAPSE])))
        quality.add("info", "tenure_bound", early)
    if orders.as_of - last > 91:
        quality.add("warning", "stale_file", 1, days=orders.as_of - last)
    old = np.flatnonzero(found["recency_weeks"] > 104)
    if old.size:
        quality.add("warning", "stale_customers", old.size, orders.ids[int(old[0])])


def _export(
    reading: Reading,
    ids: pa.Array,
    found: dict[str, Any],
    known: set[str],
    signals: dict[str, Any],
    texts: dict[str, Any],
    as_of: int,
    currency: str | None,
    kind: Kind,
    orders: pd.DataFrame | None,
) -> Export:
    n = len(ids)
    labels: dict[str, tuple[str, ...]] = {}
    for name in ("region", "industry"):
        if name in texts:
            coded = encoded(texts[name])
            words: list[str] = coded.dictionary.to_pylist()
            labels[name] = tuple(sorted(words))
            ranks = {word: i for i, word in enumerate(labels[name])}
            table_of = np.array([*(ranks[word] for word in words), -1], np.int32)
            found[name] = table_of[np.asarray(coded.indices.fill_null(len(words)))]
            known.add(name)
        else:
            found[name] = np.full(n, -1, np.int32)
    found["birth"] = np.arange(n, dtype=np.uint64)
    for name in COLUMNS:
        if name not in found:
            # One nan for all: what is not known takes no room.
            found[name] = np.broadcast_to(np.nan, (QUARTERS, n) if name in BY_QUARTER else (n,))
    observed = Observed(week=0, signals=signals, **{name: found[name] for name in COLUMNS})
    reading.refusals.report(reading.quality)
    quality = reading.quality
    quality.customers, quality.rows_used = n, int(reading.used.sum())
    strings = {
        name: pd.Series(pc.fill_null(words, "").to_pandas(), dtype="str") for name, words in texts.items()
    }
    table = pd.DataFrame({"id": pd.Series(ids.to_pandas(), dtype="str")} | strings)
    mapping = {found_at.header: name for name, found_at in reading.mapped.columns.items()}
    return Export(
        observed,
        ids,
        table,
        frozenset(known | set(signals)),
        quality,
        reading.refusals.frame(),
        date_of(as_of),
        currency,
        kind,
        quality.rows_read,
        mapping,
        labels,
        orders,
    )
