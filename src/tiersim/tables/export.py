"""Read a client's export of orders or customers: any usual format and header, to the observed record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.errors import Problem
from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.tables.currency import check_rates
from tiersim.tables.customers import EVIDENCE, Customers, iso, lapsed, read_customers
from tiersim.tables.dates import NO_DAY, Order, date_of
from tiersim.tables.files import Raw, read_raw
from tiersim.tables.headers import header_score, listed, map_headers, words_of
from tiersim.tables.observed import BY_QUARTER, COLUMNS, QUARTERS, Observed
from tiersim.tables.orders import REQUIRED, Orders, last_texts, read_orders
from tiersim.tables.problems import TableError, refuse
from tiersim.tables.quality import Quality
from tiersim.tables.reading import Options, Reading
from tiersim.tables.values import encoded
from tiersim.tables.windows import LAPSE, SLACK, YEAR, windows

Kind = Literal["orders", "customers"]
_TEXTS = ("name", "owner", "contact", "region", "industry", "tier_now")


@dataclass(frozen=True, eq=False)
class Export:
    """A client's customers as their own systems show them.

    Parameters
    ----------
    observed : one entry a customer, ``birth`` counts them, ``week`` is 0; everything not known is nan.
    ids : ids as written in the file, sorted as text, shape (n,).
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
    ids: npt.NDArray[np.object_]
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


def read_export(
    source: Any,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    as_of: date | str | None = None,
    currency: str | None = None,
    rates: Mapping[str, float] | None = None,
    kind: Kind | None = None,
    dates: Order | None = None,
    clean: bool = False,
    customers: Any = None,
    today: date | None = None,
) -> Export:
    """Read an order log, or a table with one row a customer.

    Parameters
    ----------
    source : path of CSV or TSV text (comma, semicolon, tab, bar), .xlsx, Parquet; or a DataFrame.
    columns : header in the file to canonical column, for headers that are not known; another word in small
        letters makes a numeric column a signal of that name.
    encoding : of text; found without help: UTF-8, UTF-16 with its mark, GB18030.
    sheet : name of a workbook's sheet, or its number from 1; default the first.
    as_of : last day of the record, date or ISO text; default the last valid date in the file that is not in
        the future, else today. Later rows are refused.
    currency : currency that amounts must have or are converted to.
    rates : value of one unit of other currencies in `currency`.
    kind : ``orders`` or ``customers``; default by the columns.
    dates : ``dmy`` or ``mdy`` for dates such as 03/04/2025; default by the column's own evidence.
    clean : merge ids that differ only by case, blanks or full-width signs; set impossible values to missing.
    customers : a second file or frame with one row a customer, joined to an order log by id. What the log
        tells is taken from the log.
    today : stands for today, so that a rerun is the same.

    Raises
    ------
    TableError : with all problems found: no such file, wrong format or encoding, missing or doubled columns,
        mixed currencies without rates, dates that contradict each other, no usable row.

    Notes
    -----
    Which rows are refused and which only reported: see `read_orders` and `read_customers`. Nothing is dropped
    without a count in `Export.quality`.
    """
    options = _options(as_of, today, currency, rates, dates, clean, kind)
    raw = read_raw(source, _scorer(columns), encoding=encoding, sheet=sheet)
    reading, chosen = _map(raw, columns, kind, options)
    if chosen == "customers":
        if customers is not None:
            raise refuse(
                raw.name, "has one row a customer; a second table of customers joins an order log only"
            )
        return _from_customers(reading)
    second = None
    if customers is not None:
        raw_second = read_raw(customers, _scorer(columns), encoding=encoding, sheet=None)
        own = {h: c for h, c in (columns or {}).items() if h in raw_second.headers}
        second, _ = _map(raw_second, own, "customers", options, joined=True)
    return _from_orders(reading, second)


def _options(
    as_of: date | str | None,
    today: date | None,
    currency: str | None,
    rates: Mapping[str, float] | None,
    dates: Order | None,
    clean: bool,
    kind: Kind | None,
) -> Options:
    problems = check_rates(rates, currency, "")
    day: date | None = None
    if isinstance(as_of, str):
        try:
            day = date.fromisoformat(as_of)
        except ValueError:
            problems.append(
                Problem(None, None, "as_of", "is not a date", quoted(as_of), "an ISO date, as in 2025-12-31")
            )
    elif as_of is not None:
        day = date(as_of.year, as_of.month, as_of.day)
    if dates not in (None, "dmy", "mdy"):
        problems.append(
            Problem(None, None, "dates", "is not an order of day and month", quoted(dates), "dmy, mdy")
        )
    if kind not in (None, "orders", "customers"):
        problems.append(
            Problem(None, None, "kind", "is not a kind of export", quoted(kind), "orders, customers")
        )
    if problems:
        raise TableError(problems)
    return Options(day, today or date.today(), currency, rates, dates, clean)


def _scorer(columns: Mapping[str, str] | None) -> Any:
    named = {str(header) for header in columns or {}}
    return lambda row: header_score(row) + sum(2.0 for cell in row if cell in named)


def _map(
    raw: Raw, columns: Mapping[str, str] | None, kind: Kind | None, options: Options, joined: bool = False
) -> tuple[Reading, Kind]:
    """Which column is what and what kind of table it is; one error lists all that is missing or doubled."""
    mapped = map_headers(raw.headers, columns, raw.name)
    taken = dict(mapped.columns)
    claimed = {name for name, _ in mapped.doubled}
    by_name = "customer" not in taken and "customer" not in claimed and "name" in taken
    if by_name:
        taken["customer"] = taken.pop("name")
        mapped = type(mapped)(taken, mapped.unused, mapped.doubled)
    chosen: Kind = kind or _kind(set(taken) | claimed)
    needed = list(REQUIRED) if chosen == "orders" else ["customer"]
    problems = []
    for name, headers in mapped.doubled:
        if name in needed:
            example = f'columns={{"{headers[0]}": "{name}"}}'
            problems.append(
                Problem(
                    raw.name,
                    None,
                    name,
                    f"several columns could be the {name}",
                    listed(headers),
                    f"say which, as in {example}",
                )
            )
    lacking = [name for name in needed if name not in taken and name not in claimed]
    figures = [name for name in taken if name not in ("customer", "name")]
    if chosen == "customers" and not joined and not lacking and not _figures(figures):
        lacking = ["spend_12m"]
    problems += [_missing(raw, name, chosen, needed, mapped.unused) for name in lacking]
    if problems:
        raise TableError(problems)
    reading = Reading(raw, mapped, options)
    quality = reading.quality
    quality.add("info", "how_read", len(raw.lines) + len(raw.odd), how=raw.how)
    quality.add("info", "title_rows", raw.above)
    if by_name:
        quality.add("warning", "name_as_id", 1, header=taken["customer"].header)
    quality.add("info", "unused", len(mapped.unused), listed(mapped.unused, 8))
    for name, headers in mapped.doubled:
        quality.add("warning", "doubled", len(headers), listed(headers, 8), column=name)
    if not reading.quality.rows_read:
        raise refuse(raw.name, "holds a header but no rows")
    return reading, chosen


def _kind(names: set[str]) -> Kind:
    if names & set(EVIDENCE):
        return "orders" if {"date", "amount", "order_id"} <= names else "customers"
    return (
        "orders"
        if names & {"date", "order_id"} or ("amount" in names and not _figures(names - {"amount"}))
        else "customers"
    )


def _figures(names: Any) -> bool:
    """Whether some column can be scored."""
    unscored = {
        "customer",
        "name",
        "order_id",
        "currency",
        "region",
        "industry",
        "owner",
        "contact",
        "tier_now",
        "last_contact",
        "updated",
        "date",
        "paid_date",
        "cost",
    }
    return any(name not in unscored for name in names)


def _missing(raw: Raw, name: str, kind: Kind, needed: list[str], unused: tuple[str, ...]) -> Problem:
    words = words_of(name)
    near = next((header for header in unused if nearest(header.casefold(), words)), None)
    what, table = f"the {name}", "an order log" if kind == "orders" else "a table of customers"
    if name == "spend_12m":
        what = "a figure of each customer, such as spend_12m, orders_12m, last_order"
    usual = (*words[:3], *[word for word in words if not word.isascii()][:3])
    allowed = (
        f"{table} needs {', '.join(needed)} ({name} is also known as {listed(usual)}); "
        f'or say columns={{"{near or raw.headers[0]}": "{name}"}}'
    )
    return Problem(
        raw.name, None, "", f"no column is known as {what}", f"columns {listed(raw.headers)}", allowed, near
    )


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


def _from_orders(reading: Reading, second: Reading | None) -> Export:
    orders = read_orders(reading)
    _fail(reading)
    if orders is None:
        raise _nothing_left(reading)
    more = None
    if second is not None:
        more = read_customers(second, orders.as_of)
        _fail(second)
        _merge_findings(reading, second)
    ids, place, extra = orders.ids, None, 0
    if more is not None:
        have = {str(customer): i for i, customer in enumerate(ids)}
        new = [customer for customer in more.ids if customer not in have]
        ids, extra = np.concatenate([ids, np.array(new, object)]), len(new)
        have |= {customer: len(have) + i for i, customer in enumerate(new)}
        place = np.array([have[customer] for customer in more.ids], np.int64)
        reading.quality.add("warning", "without_orders", extra, new[0] if new else "")
        lacking = np.setdiff1d(np.arange(len(orders.ids)), place)
        reading.quality.add("warning", "not_listed", lacking.size, ids[lacking[0]] if lacking.size else "")
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
        pd.DataFrame(frame),
    )


def _merge_findings(reading: Reading, second: Reading) -> None:
    second.refusals.report(second.quality)
    reading.quality.findings += second.quality.findings
    for name, part in second.quality.missing.items():
        reading.quality.missing.setdefault(name, part)


def _spread(column: Any, place: Any, n: int) -> npt.NDArray[np.float64]:
    wide = np.full(n, np.nan)
    wide[place] = column
    return wide


def _from_customers(reading: Reading) -> Export:
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
        quality.add("warning", "stale_customers", old.size, orders.ids[old[0]])


def _export(
    reading: Reading,
    ids: npt.NDArray[np.object_],
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
    table = pd.DataFrame({"id": pd.Series(ids, dtype="str")} | strings)
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
