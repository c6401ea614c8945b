"""How times may be spelled: durations, hours of work, rates and cadences; see `tiersim.scenario.spelling`."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from tiersim.scenario.spelling import (
    NUMBER_PATTERN,
    PER_PATTERN,
    PERCENT,
    PLAIN_NUMBER,
    SpellingError,
    as_float,
    exact,
    finite,
    read_share,
    text_of,
    unreadable,
)

_TIMED = re.compile(rf"^{NUMBER_PATTERN}\s*(?P<word>[^\W\d]+){PER_PATTERN}?$")
_RATE = re.compile(rf"^{NUMBER_PATTERN}\s*(?:times\s*|次\s*)?{PER_PATTERN}$")

_IN_WEEKS = {
    "day": Fraction(1, 7),
    "week": Fraction(1),
    "month": Fraction(13, 3),
    "quarter": Fraction(13),
    "year": Fraction(52),
}
_IN_HOURS = {"s": Fraction(1, 3600), "min": Fraction(1, 60), "h": Fraction(1), "day": Fraction(24)}
# A calendar year has 365.25 days, so that a rate per week and a rate per year agree with the calendar.
TIMES_A_YEAR = {
    "day": Fraction(1461, 4), "week": Fraction(1461, 28), "month": Fraction(12), "quarter": Fraction(4),
    "year": Fraction(1),
}  # fmt: skip
TIME_WORDS = {
    "d": "day", "day": "day", "days": "day", "天": "day", "日": "day",
    "w": "week", "wk": "week", "week": "week", "weeks": "week", "周": "week",
    "month": "month", "months": "month", "月": "month", "个月": "month",
    "quarter": "quarter", "quarters": "quarter", "季": "quarter", "季度": "quarter", "个季度": "quarter",
    "y": "year", "yr": "year", "year": "year", "years": "year", "年": "year",
    "s": "s", "sec": "s", "second": "s", "seconds": "s", "秒": "s",
    "min": "min", "minute": "min", "minutes": "min", "分钟": "min",
    "h": "h", "hour": "h", "hours": "h", "小时": "h",
}  # fmt: skip
CADENCES = {
    "daily": Fraction(1, 7), "weekly": Fraction(1), "fortnightly": Fraction(2), "monthly": Fraction(13, 3),
    "quarterly": Fraction(13), "twice a quarter": Fraction(13, 2), "half-yearly": Fraction(26),
    "yearly": Fraction(52),
}  # fmt: skip


def _timed(raw: Any, table: dict[str, Fraction], what: str, example: str) -> Fraction:
    """Number times the size of its time unit in `table`; text without a unit is refused."""
    text = text_of(raw)
    if text is None:
        return Fraction(finite(raw))
    if PLAIN_NUMBER.match(text):
        raise SpellingError(f"write a unit, as in {example}")
    match = _TIMED.match(text)
    word = TIME_WORDS.get(match["word"].lower()) if match and not match["per"] else None
    if match is None or word not in table:
        raise unreadable(what)
    return exact(match["number"]) * table[word]


def read_weeks(raw: Any, currency: str | None = None) -> float:
    """A duration in weeks; a month is 13/3 weeks, a quarter 13, a year 52."""
    return as_float(_timed(raw, _IN_WEEKS, "a duration", "'2 weeks'"))


def read_level(raw: Any, currency: str | None = None) -> float:
    """A plain number, a change as a fraction (``"-20 %"``), or a duration in weeks (``"30 days"``)."""
    text = text_of(raw)
    if text is None or PERCENT.match(text) or PLAIN_NUMBER.match(text):
        return read_share(raw)
    return read_weeks(raw)


def read_hours(raw: Any, currency: str | None = None) -> float:
    """A time in clock hours; a day is 24 hours."""
    return as_float(_timed(raw, _IN_HOURS, "a time in hours", "'2 h'"))


def read_hours_per_week(raw: Any, currency: str | None = None) -> float:
    """Working time per week; a month is 13/3 weeks, a year 52."""
    text = text_of(raw)
    if text is None:
        return finite(raw)
    if PLAIN_NUMBER.match(text):
        raise SpellingError("write a unit, as in '6 h / week'")
    match = _TIMED.match(text)
    if not match or not match["per"]:
        raise unreadable("working time per week")
    word, period = (TIME_WORDS.get(match[part].lower()) for part in ("word", "per"))
    if word not in ("s", "min", "h") or period not in _IN_WEEKS:
        raise unreadable("working time per week")
    return as_float(exact(match["number"]) * _IN_HOURS[word] / _IN_WEEKS[period])


def read_per_year(raw: Any, currency: str | None = None) -> float:
    """Events per calendar year: ``"1 / month"`` is 12, ``"1 / week"`` 365.25/7; plain is per year."""
    text = text_of(raw)
    if text is None:
        return finite(raw)
    if match := PLAIN_NUMBER.match(text):
        return as_float(exact(match["number"]))
    match = _RATE.match(text)
    period = TIME_WORDS.get(match["per"].lower()) if match else None
    if match is None or period not in TIMES_A_YEAR:
        raise unreadable("a rate per time")
    return as_float(exact(match["number"]) * TIMES_A_YEAR[period])


def read_every(raw: Any, currency: str | None = None) -> float:
    """Weeks between two events; ``"never"`` is infinity, so that one over it is the rate a week, 0."""
    text = text_of(raw)
    if text is None:
        return math.inf if raw == math.inf else finite(raw)
    if PLAIN_NUMBER.match(text):
        raise SpellingError("write a cadence, as in 'every 2 weeks'")
    text = text.lower()
    if text == "never":
        return math.inf
    if text in CADENCES:
        return as_float(CADENCES[text])
    rest = re.sub(r"^(every |每)", "", text)
    return as_float(
        _timed(rest if rest[:1].isdigit() else f"1 {rest}", _IN_WEEKS, "a cadence", "'every 2 weeks'")
    )
