"""How quantities may be spelled: text to number, one function for each kind.

A reader takes a number, which is already in the unit of its kind, or text, and the scenario's currency,
and returns a float in that unit; it looks at the spelling only, bounds are the caller's. Its exact inverse
stands in `tiersim.scenario.wording`. A number that a person wrote without the unit it needs goes through
`as_written` first.
"""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction
from typing import Any

TEXT_PATTERN = r"\S"

_NUMBER = r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,40})?(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?)"
_PER = r"(?:\s*(?:/|\bper\b|\ba\b|\ban\b|每)\s*(?P<per>[^\W\d]+))"
_PLAIN = re.compile(rf"^{_NUMBER}$")
_PERCENT = re.compile(rf"^{_NUMBER}\s*(?:%|percent|per cent)$")
_AMOUNT = re.compile(
    rf"^(?P<sign>[+-]?)(?P<before>[A-Za-z]{{3}}(?![A-Za-z])|[¥$€£])?\s*{_NUMBER}\s*(?P<words>[^\d/]*?){_PER}?$"
)
_TIMED = re.compile(rf"^{_NUMBER}\s*(?P<word>[^\W\d]+){_PER}?$")
_RATE = re.compile(rf"^{_NUMBER}\s*(?:times\s*|次\s*)?{_PER}$")

_SCALES = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "万": 10**4, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
_SYMBOLS = {
    "¥": ("CNY", "JPY"), "元": ("CNY",), "rmb": ("CNY",), "人民币": ("CNY",),
    "$": ("USD",), "€": ("EUR",), "£": ("GBP",),
}  # fmt: skip

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
_PERIODS = {"week": 52, "month": 12, "quarter": 4, "year": 1}  # money is counted in years of 52 weeks
_WORDS = {
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


class SpellingError(ValueError):
    """Text that cannot be read as the quantity; `allowed` goes before the unit's own list."""

    def __init__(self, message: str, allowed: str | None = None) -> None:
        super().__init__(message)
        self.allowed = allowed


def as_written(raw: Any, bare: bool) -> Any:
    """`raw` as it stood in a file: where a unit must be written (not `bare`), a number becomes its text."""
    if bare or isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return raw
    return quoted(raw)


def quoted(raw: Any) -> str:
    """What was found, ready for a message: text in quotes, long things cut."""
    if isinstance(raw, dict):
        return "a mapping"
    if isinstance(raw, (list, tuple)):
        return "a list"
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        text = f"{raw:g}" if math.isfinite(raw) else str(raw)
    elif isinstance(raw, int):
        text = str(raw) if abs(raw) < 10**30 else "a very large number"
    else:
        text = str(raw)
    text = "".join(c if c.isprintable() else "?" for c in text)
    text = text if len(text) <= 40 else text[:37] + "..."
    return f"'{text}'" if isinstance(raw, str) else text


def _text(raw: Any) -> str | None:
    """Text with full-width signs and the typographic minus made ordinary; ``None`` for a number."""
    if isinstance(raw, str):
        plain = unicodedata.normalize("NFKC", raw).replace("\u2212", "-").replace("\u2013", "-").strip()
        return re.sub(r"\s+", " ", plain) if len(plain) <= 80 else "?"
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise SpellingError("must be a number")
    return None


def _plain(raw: float | int) -> float:
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise SpellingError("must be a finite number")
    return value


def _exact(number: str) -> Fraction:
    digits = number.replace(",", "")
    try:
        return Fraction(digits)
    except ValueError:
        raise SpellingError("is not a number") from None


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        raise SpellingError("must be a finite number") from None


def _unknown(what: str) -> SpellingError:
    return SpellingError(f"cannot be read as {what}")


def read_number(raw: Any, currency: str | None = None) -> float:
    """A plain number; text is accepted if it is one (thousands may be set off by commas)."""
    text = _text(raw)
    if text is None:
        return _plain(raw)
    match = _PLAIN.match(text)
    if not match:
        raise SpellingError("must be a number")
    return _float(_exact(match["number"]))


def read_share(raw: Any, currency: str | None = None) -> float:
    """A fraction of one: ``0.05``, ``"5 %"``, ``"-12%"``."""
    text = _text(raw)
    if text is None:
        return _plain(raw)
    if match := _PERCENT.match(text):
        return _float(_exact(match["number"]) / 100)
    if match := _PLAIN.match(text):
        return _float(_exact(match["number"]))
    raise _unknown("a percentage")


_RATIO = re.compile(rf"^{_NUMBER}\s*[/:]\s*(?P<over>\d+(?:\.\d+)?)$")


def read_ratio(raw: Any, currency: str | None = None) -> float:
    """A plain number or a fraction: ``3``, ``"1/5"``."""
    text = _text(raw)
    if text is None:
        return _plain(raw)
    if match := _RATIO.match(text):
        under = _exact(match["over"])
        if under == 0:
            raise _unknown("a fraction")
        return _float(_exact(match["number"]) / under)
    if match := _PLAIN.match(text):
        return _float(_exact(match["number"]))
    raise _unknown("a number or a fraction")


def _check_currency(word: str, currency: str | None) -> None:
    means = _SYMBOLS.get(word.lower(), (word.upper(),))
    if currency is not None and currency.upper() not in means:
        raise SpellingError(f"is in {word}, but the scenario's currency is {currency}")


def _amount(text: str, currency: str | None, periods: bool) -> Fraction:
    match = _AMOUNT.match(text)
    if not match or not any(c.isdigit() for c in match["number"]):
        raise _unknown("an amount of money")
    if match["sign"] and match["number"][0] in "+-":
        raise _unknown("an amount of money")
    value = _exact(match["number"]) * (-1 if match["sign"] == "-" else 1)
    named = [match["before"]] if match["before"] else []
    for word in _money_words(match["words"]):
        if word.lower() in _SCALES:
            value *= _SCALES[word.lower()]
        else:
            named.append(word)
    if len(named) > 1:
        raise SpellingError("names a currency twice")
    for word in named:
        if word.lower() not in _SYMBOLS and not re.fullmatch(r"[A-Z]{3}", word):
            raise SpellingError(f"has an unknown word {quoted(word)}")
        _check_currency(word, currency)
    if match["per"]:
        period = _WORDS.get(match["per"].lower())
        if not periods:
            raise SpellingError("must be an amount, not an amount per time")
        if period not in _PERIODS:
            raise _unknown("an amount per time")
        value *= _PERIODS[period]
    return value


def _money_words(words: str) -> list[str]:
    """The scale and the currency after a number, in that order, also where they touch (``万元``)."""
    found = re.findall(r"万亿|万|亿|元|[¥$€£]|[^\W\d_万亿元]+|\S", words)
    scales = [word.lower() in _SCALES for word in found]
    if len(found) > 2 or sum(scales) > 1 or (len(found) == 2 and not scales[0]):
        raise _unknown("an amount of money")
    return found


def read_money(raw: Any, currency: str | None = None) -> float:
    """An amount in currency units: ``1200000``, ``"CNY 1.2 m"``, ``"480 万"``, ``"1,200,000"``."""
    text = _text(raw)
    return _plain(raw) if text is None else _float(_amount(text, currency, periods=False))


def read_money_per_year(raw: Any, currency: str | None = None) -> float:
    """An amount per year: ``"CNY 480 m / year"``, ``"40 m / month"``; without a period it is per year."""
    text = _text(raw)
    return _plain(raw) if text is None else _float(_amount(text, currency, periods=True))


def _timed(raw: Any, table: dict[str, Fraction], what: str, example: str) -> Fraction:
    """Number times the size of its time unit in `table`; text without a unit is refused."""
    text = _text(raw)
    if text is None:
        return Fraction(_plain(raw))
    if _PLAIN.match(text):
        raise SpellingError(f"write a unit, as in {example}")
    match = _TIMED.match(text)
    word = _WORDS.get(match["word"].lower()) if match and not match["per"] else None
    if match is None or word not in table:
        raise _unknown(what)
    return _exact(match["number"]) * table[word]


def read_weeks(raw: Any, currency: str | None = None) -> float:
    """A duration in weeks; a month is 13/3 weeks, a quarter 13, a year 52."""
    return _float(_timed(raw, _IN_WEEKS, "a duration", "'2 weeks'"))


def read_level(raw: Any, currency: str | None = None) -> float:
    """A plain number, a change as a fraction (``"-20 %"``), or a duration in weeks (``"30 days"``)."""
    text = _text(raw)
    if text is None or _PERCENT.match(text) or _PLAIN.match(text):
        return read_share(raw)
    return read_weeks(raw)


def read_hours(raw: Any, currency: str | None = None) -> float:
    """A time in clock hours; a day is 24 hours."""
    return _float(_timed(raw, _IN_HOURS, "a time in hours", "'2 h'"))


def read_hours_per_week(raw: Any, currency: str | None = None) -> float:
    """Working time per week; a month is 13/3 weeks, a year 52."""
    text = _text(raw)
    if text is None:
        return _plain(raw)
    if _PLAIN.match(text):
        raise SpellingError("write a unit, as in '6 h / week'")
    match = _TIMED.match(text)
    if not match or not match["per"]:
        raise _unknown("working time per week")
    word, period = (_WORDS.get(match[part].lower()) for part in ("word", "per"))
    if word not in ("s", "min", "h") or period not in _IN_WEEKS:
        raise _unknown("working time per week")
    return _float(_exact(match["number"]) * _IN_HOURS[word] / _IN_WEEKS[period])


def read_per_year(raw: Any, currency: str | None = None) -> float:
    """Events per calendar year: ``"1 / month"`` is 12, ``"1 / week"`` 365.25/7; plain is per year."""
    text = _text(raw)
    if text is None:
        return _plain(raw)
    if match := _PLAIN.match(text):
        return _float(_exact(match["number"]))
    match = _RATE.match(text)
    period = _WORDS.get(match["per"].lower()) if match else None
    if match is None or period not in TIMES_A_YEAR:
        raise _unknown("a rate per time")
    return _float(_exact(match["number"]) * TIMES_A_YEAR[period])


def read_every(raw: Any, currency: str | None = None) -> float:
    """Weeks between two events; ``"never"`` is infinity, so that one over it is the rate a week, 0."""
    text = _text(raw)
    if text is None:
        return math.inf if raw == math.inf else _plain(raw)
    if _PLAIN.match(text):
        raise SpellingError("write a cadence, as in 'every 2 weeks'")
    text = text.lower()
    if text == "never":
        return math.inf
    if text in CADENCES:
        return _float(CADENCES[text])
    rest = re.sub(r"^(every |每)", "", text)
    return _float(
        _timed(rest if rest[:1].isdigit() else f"1 {rest}", _IN_WEEKS, "a cadence", "'every 2 weeks'")
    )
