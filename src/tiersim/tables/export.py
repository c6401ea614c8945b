"""Read a client's export of orders or customers: any usual format and header, to the observed record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tiersim.errors import Problem
from tiersim.scenario.spelling import quoted
from tiersim.tables.clients import Export, from_customers, from_orders
from tiersim.tables.currency import check_rates
from tiersim.tables.dates import Order
from tiersim.tables.files import read_raw
from tiersim.tables.headers import header_score
from tiersim.tables.kinds import Kind, map_columns
from tiersim.tables.problems import TableError, refuse
from tiersim.tables.reading import Options


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
    reading, chosen = map_columns(raw, columns, kind, options)
    if chosen == "customers":
        if customers is not None:
            raise refuse(
                raw.name, "has one row a customer; a second table of customers joins an order log only"
            )
        return from_customers(reading)
    second = None
    if customers is not None:
        raw_second = read_raw(customers, _scorer(columns), encoding=encoding, sheet=None)
        own = {h: c for h, c in (columns or {}).items() if h in raw_second.headers}
        second, _ = map_columns(raw_second, own, "customers", options, joined=True)
    return from_orders(reading, second)


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


__all__ = ["Export", "Kind", "read_export"]
