"""An order log: one row an order, or a line of one, to lines that count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.tables.currency import factors, row_codes
from tiersim.tables.dates import NO_DAY, day_of
from tiersim.tables.figures import log_outliers, note_unreadable, read_shares, read_spans
from tiersim.tables.ids import code_ids, equal_rows
from tiersim.tables.reading import Reading
from tiersim.tables.text import Mask, encoded
from tiersim.tables.values import Floats, money
from tiersim.tables.windows import OrderLines

REQUIRED = ("customer", "date", "amount")


@dataclass(frozen=True, eq=False)
class Orders:
    """Cleaned order lines.

    Parameters
    ----------
    ids : customers, sorted strings, length n.
    lines : what counts, shape (lines,).
    rows : row of the file of each line, shape (lines,).
    order_id : code of the order id of each line, -1 without one; int64, shape (lines,).
    as_of : day of the record, since 1970-01-01.
    currency : of the amounts; ``None`` if nothing says it.
    """

    ids: pa.Array
    lines: OrderLines
    rows: npt.NDArray[np.int64]
    order_id: npt.NDArray[np.int64]
    as_of: int
    currency: str | None


def read_orders(reading: Reading) -> Orders | None:
    """Lines of an order log; ``None`` where `reading.problems` says why there are none.

    Refused: rows without id, date or amount, with a date or amount that cannot be read, or with a date after
    ``as_of`` (after today where none is given). Negative amounts are returns: they net the money and are no
    order. Amounts of 0 are no order either. Rows equal in every cell count once if they have an order id, and
    are kept if not. The lines of one order id (of one customer) are one order, on the day of the first one.
    """
    rows = len(reading.raw.lines)
    reading.refuse("no_customer", np.asarray(reading.text("customer").is_null()).astype(bool))
    reading.encode_ahead("customer")
    when = reading.days("date")
    amounts = reading.numbers("amount", money)
    reading.refuse("no_date", when.missing)
    reading.refuse("bad_date", when.bad, "date")
    limit = day_of(reading.options.as_of or reading.options.today)
    reading.refuse("future_date", (when.days > limit) & (when.days != NO_DAY), "date")
    reading.refuse("no_amount", amounts.missing)
    reading.refuse("bad_amount", amounts.bad, "amount")
    stated = reading.text("currency") if reading.has("currency") else None
    found = reading.mapped.columns["amount"]
    codes = row_codes(stated, reading.marks("amount"), found, rows)
    if codes.bad.any():
        reading.refuse("bad_currency", codes.bad, "currency")
    factor, currency, problems = factors(
        codes,
        reading.used,
        reading.options.currency,
        reading.options.rates,
        reading.quality,
        reading.raw.name,
        reading.header("currency") if stated is not None else found.header,
    )
    reading.problems += problems
    del codes
    if reading.problems or not reading.used.any():
        return None
    value = amounts.values * (found.unit.factor * factor)
    oid, ids_missing = _order_ids(reading, rows)
    _drop_repeats(reading, oid, when.days, value)
    customer, ids = code_ids(reading)
    reading.release_unused()
    reading.release("customer", "date", "currency")
    at = np.flatnonzero(reading.used)
    day = when.days if when.days.flags.writeable else when.days.copy()
    if at.size < rows:  # else the columns are right as they are, and need no copy
        customer, day, value, oid = customer[at], day[at], value[at], oid[at]
    order = _counts(customer, oid, day, value)
    lines = OrderLines(
        customer, day, value, order, _cost(reading, at, value, factor), _days_to_pay(reading, at, day)
    )
    as_of = limit if reading.options.as_of is not None else int(day.max())
    _describe(reading, at, lines, oid, ids_missing)
    reading.release("amount", "order_id", "cost", "margin", "margin_rate", "paid_date", "days_to_pay")
    return Orders(ids, lines, at, oid, as_of, currency)


def _order_ids(reading: Reading, rows: int) -> tuple[npt.NDArray[np.int64], bool]:
    if not reading.has("order_id"):
        return np.full(rows, -1, np.int64), True
    text = reading.text("order_id")
    number = _whole(text)
    if number is not None:
        return number, False
    return np.asarray(encoded(text).indices.fill_null(-1)).astype(np.int64), False


def _whole(text: pa.ChunkedArray) -> npt.NDArray[np.int64] | None:
    """Ids that are whole numbers without sign and leading zeros: codes of their own, without a table of them.

    -1 where missing; ``None`` if some id is no such number.
    """
    try:
        number = np.asarray(pc.fill_null(pc.cast(text, pa.int64()), -1))
    except pa.ArrowInvalid:
        return None
    digits = np.where(number >= 0, 1, 0).sum() if text.null_count else len(number)
    if number.size and (number.max() >= 10**18 or (number < 0).sum() != text.null_count):
        return None
    for k in range(1, len(str(number.max(initial=0)))):
        digits += np.count_nonzero(number >= 10**k)
    # A sign or a zero before it makes a text longer than its number.
    return number if digits == (pc.sum(pc.binary_length(text)).as_py() or 0) else None


def _alone(oid: npt.NDArray[np.int64]) -> bool:
    """Whether no order id (0 and above) stands there twice."""
    if not oid.size:
        return True
    low, reach = int(oid.min()), int(oid.max()) - int(oid.min()) + 1
    if reach < oid.size:
        return False
    if reach < 16 * oid.size + 1000:
        seen = np.zeros(reach, bool)
        seen[oid - low] = True
        return int(np.count_nonzero(seen)) == oid.size
    return not (np.diff(np.sort(oid)) == 0).any()


def _drop_repeats(
    reading: Reading, oid: npt.NDArray[np.int64], day: npt.NDArray[np.int32], value: Floats
) -> None:
    """Rows equal in every cell of the file: counted once with an order id, only reported without."""
    used = np.flatnonzero(reading.used)
    there = oid if used.size == oid.size else oid[used]
    if (there >= 0).all() and _alone(there):
        return
    coded = reading.coded("customer").indices.fill_null(-1)
    customer = np.asarray(coded)[used].astype(np.uint64)
    # A mix of what must be equal: rows alone with theirs need no closer look.
    mix = customer * np.uint64(0x9E3779B97F4A7C15)
    for part in (oid[used], day[used].astype(np.int64), value[used].view(np.int64)):
        mix = (mix ^ part.view(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        mix ^= mix >> np.uint64(31)
    order = np.argsort(mix, kind="stable")
    same = np.diff(mix[order]) == 0
    doubtful = np.zeros(len(used), bool)
    doubtful[order[1:][same]] = True
    doubtful[order[:-1][same]] = True
    among = used[doubtful]
    if not among.size:
        return
    repeats = among[equal_rows(reading.raw.columns, among)]
    certain = repeats[oid[repeats] >= 0]
    suspicious = repeats[oid[repeats] < 0]
    if certain.size:
        reading.used[certain] = False
        reading.quality.add("warning", "duplicates", certain.size, reading.example(int(certain[0])))
    if suspicious.size:
        reading.quality.add("warning", "suspicious", suspicious.size, reading.example(int(suspicious[0])))


def _counts(
    customer: npt.NDArray[np.int32], oid: npt.NDArray[np.int64], day: npt.NDArray[np.int32], value: Floats
) -> Mask:
    """Which lines count as an order: positive ones; of the lines of one order id, the first positive one."""
    positive = value > 0
    at = np.flatnonzero(positive & (oid >= 0))
    if _alone(oid[at]):
        return positive
    by = np.lexsort((day[at], oid[at], customer[at]))
    ordered = at[by]
    again = (np.diff(oid[ordered]) == 0) & (np.diff(customer[ordered]) == 0)
    positive[ordered[1:][again]] = False
    return positive


def _cost(
    reading: Reading, at: npt.NDArray[np.int64], value: Floats, factor: Floats | float
) -> Floats | None:
    """Cost of goods of each line, from cost, margin or margin rate, in that order."""
    part = factor if isinstance(factor, float) else factor[at]
    for name in ("cost", "margin"):
        if reading.has(name):
            read = reading.numbers(name, money)
            if name == "margin" and reading.percents(name).any():
                continue
            note_unreadable(reading, name, read.bad)
            amount = read.values[at] * (reading.mapped.columns[name].unit.factor * part)
            # A return's cost is often written without its sign.
            if name == "cost":
                return np.where((value < 0) & (amount > 0), -amount, amount)
            return value - np.where((value < 0) & (amount > 0), -amount, amount)
    name = next((n for n in ("margin_rate", "margin") if reading.has(n)), "")
    if not name:
        return None
    return value * (1.0 - read_shares(reading, name)[at])


def _days_to_pay(reading: Reading, at: npt.NDArray[np.int64], day: npt.NDArray[np.int32]) -> Floats | None:
    if reading.has("paid_date"):
        paid = reading.days("paid_date").days[at]
        lag = np.where(paid == NO_DAY, np.nan, paid.astype(np.float64) - day)
        wrong = lag < 0
        if wrong.any():
            example = reading.example(int(at[np.flatnonzero(wrong)[0]]), "paid_date")
            key = "impossible_cleaned"  # paid before the order: prepaid at best, no collection period
            reading.quality.add("warning", key, int(wrong.sum()), example, column=reading.header("paid_date"))
        return np.where(wrong, np.nan, lag)
    if reading.has("days_to_pay"):
        return read_spans(reading, "days_to_pay")[at]
    return None


def _describe(
    reading: Reading, at: npt.NDArray[np.int64], lines: OrderLines, oid: npt.NDArray[np.int64], without: bool
) -> None:
    """Findings on the lines that count."""
    quality, value = reading.quality, lines.amount
    negative, zero = np.flatnonzero(value < 0), np.flatnonzero(value == 0)
    bought = float(value[value > 0].sum())
    if negative.size:
        part = -float(value[negative].sum()) / bought if bought > 0 else 1.0
        quality.add(
            "info", "returns", negative.size, reading.example(int(at[negative[0]]), "amount"), share=part
        )
    if zero.size:
        quality.add("warning", "zero_amounts", zero.size, reading.example(int(at[zero[0]])))
    odd = np.flatnonzero(log_outliers(value))
    if odd.size:
        column = reading.header("amount")
        quality.add(
            "warning", "outliers", odd.size, reading.example(int(at[odd[0]]), "amount"), column=column
        )
    if not without:
        some = np.flatnonzero(oid >= 0)
        by = some[:0] if _alone(oid[some]) else some[np.argsort(oid[some], kind="stable")]
        shared = by[1:][(np.diff(oid[by]) == 0) & (np.diff(lines.customer[by]) != 0)]
        if shared.size:
            quality.add(
                "warning", "order_shared", shared.size, reading.example(int(at[shared[0]]), "order_id")
            )


def last_texts(reading: Reading, name: str, orders: Orders) -> pa.ChunkedArray:
    """The latest text of a column that each customer's lines give, null where none does; length n."""
    text = reading.text(name).take(pa.array(orders.rows))
    there = np.flatnonzero(np.asarray(text.is_valid()))
    by = there[np.argsort(orders.lines.day[there], kind="stable")]
    last = np.full(len(orders.ids), -1, np.int64)
    last[orders.lines.customer[by]] = by
    picks = pa.array(last, mask=last < 0)
    return text.take(picks)
