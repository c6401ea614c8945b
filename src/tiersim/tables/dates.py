"""Text to days: ISO, Chinese, serial numbers of Excel; day and month by the column's evidence."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.tables.text import Mask, cleaned, encoded

Order = Literal["dmy", "mdy"]
EPOCH = date(1970, 1, 1)
NO_DAY = np.iinfo(np.int32).min
"""Stands where there is no date."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(T|\s+\S{0,4}?)\d{1,2}[:：时点]\d{1,2}.*$"
_YEARS = (1950, 2200)


@dataclass(frozen=True, eq=False)
class Days:
    """Dates of a column as days since 1970-01-01.

    Parameters
    ----------
    days : int32, shape (rows,); `NO_DAY` where missing or bad.
    missing, bad : the cell is empty; the cell is no date.
    order : order of day and month where the column holds such dates.
    assumed : nothing in the column decides `order`.
    conflict : texts that can only be day first and only be month first, if both occur.
    """

    days: npt.NDArray[np.int32]
    missing: Mask
    bad: Mask
    order: Order | None = None
    assumed: bool = False
    conflict: tuple[str, str] | None = None


def iso_days(column: pa.ChunkedArray) -> Days | None:
    """Dates of a column that holds nothing but ISO dates and empty cells, as most do; else ``None``."""
    if not len(column) or pc.max(pc.binary_length(column)).as_py() != 10:
        return None
    try:
        try:
            found = pc.cast(column, pa.date32())
        except pa.ArrowInvalid:
            empty = pc.equal(column, "")
            found = pc.cast(pc.if_else(empty, pa.scalar(None, column.type), column), pa.date32())
    except pa.ArrowInvalid:
        return None
    days = np.asarray(pc.fill_null(pc.cast(found, pa.int32()), NO_DAY))
    missing = days == NO_DAY
    given = days[~missing] if missing.any() else days
    low, high = (date(year, 1, 1) for year in (_YEARS[0], _YEARS[1] + 1))
    if given.size and not day_of(low) <= given.min() <= given.max() < day_of(high):
        return None
    return Days(days, missing, np.zeros(len(days), bool))


def read_days(column: pa.ChunkedArray, order: Order | None = None) -> Days:
    """Dates of text; times of day are left out. `order` decides dates such as 03/04/2025."""
    coded = encoded(column)
    cells = cleaned(coded.dictionary)
    words: list[str] = cells.to_pylist()
    if len(cells) and pc.any(pc.match_substring_regex(cells, r"[:：时点]")).as_py():
        cells = pc.replace_substring_regex(cells, _TIME, "")
    read = [None if word is None else _read(word) for word in cells.to_pylist()]
    pairs = [i for i, found in enumerate(read) if isinstance(found, tuple)]
    chosen, assumed, conflict = order, False, None
    if pairs and order is None:
        day_first = [i for i in pairs if read[i][0] > 12]  # type: ignore[index]
        month_first = [i for i in pairs if read[i][1] > 12]  # type: ignore[index]
        if day_first and month_first:
            conflict = (words[day_first[0]], words[month_first[0]])
        assumed = not day_first and not month_first and any(read[i][0] != read[i][1] for i in pairs)  # type: ignore[index]
        chosen = "mdy" if month_first and not day_first else "dmy"
    table = np.full(len(words) + 1, NO_DAY, np.int32)
    empty = np.array([*(word is None for word in words), True])
    for i, found in enumerate(read):
        if isinstance(found, tuple):
            a, b, year = found
            found = _date(year, b, a) if chosen == "dmy" else _date(year, a, b)
        if found is not None:
            table[i] = (found - EPOCH).days
    places = np.asarray(pc.fill_null(coded.indices, len(words)))
    days, missing = table[places], empty[places]
    return Days(days, missing, (days == NO_DAY) & ~missing, chosen if pairs else None, assumed, conflict)


def day_of(moment: date) -> int:
    """Days since 1970-01-01."""
    return (moment - EPOCH).days


def date_of(day: int) -> date:
    """The date of a number of days since 1970-01-01."""
    return EPOCH + timedelta(days=int(day))


def _date(year: int, month: int, day: int) -> date | None:
    if not _YEARS[0] <= year <= _YEARS[1]:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read(word: str) -> date | tuple[int, int, int] | None:
    """A date; or (first, second, year) where day and month may stand either way; or ``None``."""
    if len(word) > 40:
        return None
    plain = unicodedata.normalize("NFKC", word).strip().casefold()
    if not plain.isascii():
        plain = re.sub(r"\s*(年|月)\s*", "-", plain).replace("日", "").replace("号", "").strip()
    if match := re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", plain):
        return _date(int(match[1]), int(match[3]), int(match[4]))
    if match := re.fullmatch(r"(\d{4})(\d\d)(\d\d)", plain):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{5})(\.\d+)?", plain):  # Excel counts from the last day but one of 1899
        found = date(1899, 12, 30) + timedelta(days=int(match[1]))
        return found if _YEARS[0] <= found.year < 2100 else None
    if match := re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", plain):
        return _pair(int(match[1]), int(match[3]), int(match[4]))
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d\d)", plain):
        return _pair(int(match[1]), int(match[2]), _century(int(match[3])))
    if match := re.fullmatch(r"(\d{1,2})[-\s./]?([a-z]{3})[a-z]*\.?[-\s,./]*(\d{4}|\d\d)", plain):
        day, word, year = int(match[1]), match[2], int(match[3])
    elif match := re.fullmatch(r"([a-z]{3})[a-z]*\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", plain):
        day, word, year = int(match[2]), match[1], int(match[3])
    else:
        return None
    return (
        _date(year if year > 99 else _century(year), _MONTHS.index(word) + 1, day)
        if word in _MONTHS
        else None
    )


def _pair(a: int, b: int, year: int) -> tuple[int, int, int] | None:
    possible = _date(year, b, a) or _date(year, a, b)
    return (a, b, year) if possible else None


def _century(year: int) -> int:
    return 2000 + year if year < 70 else 1900 + year


def iso(days: npt.NDArray[np.int32]) -> pa.Array:
    """ISO dates of days since 1970-01-01 as text, null where there is none."""
    given = days != NO_DAY
    if not given.any():
        return pa.nulls(len(days), pa.large_string())
    # Each day of the period is written once, since many rows share it.
    low, high = int(days[given].min()), int(days[given].max())
    words = pa.array(np.arange(low, high + 1, dtype=np.int32)).cast(pa.date32()).cast(pa.large_string())
    return words.take(pa.array(np.where(given, days, low) - low, mask=~given))
