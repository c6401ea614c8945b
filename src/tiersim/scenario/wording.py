"""How quantities are written: number to text, the exact inverse of `tiersim.scenario.spelling`."""

from __future__ import annotations

import math
from fractions import Fraction

from tiersim.scenario.spelling_time import CADENCES, TIMES_A_YEAR


def _digits(value: Fraction) -> str | None:
    """A short exact decimal of `value`, or ``None`` if it takes more than 15 digits after the point."""
    scaled = value * 10**15
    if scaled.denominator != 1 or abs(value) >= 10**18:
        return None
    text = f"{abs(scaled.numerator):016d}"
    whole, part = text[:-15], text[-15:].rstrip("0")
    return ("-" if value < 0 else "") + whole + (f".{part}" if part else "")


def _decimal(value: float) -> Fraction:
    """The decimal a person means by this float: the shortest one that reads back as the same float."""
    return Fraction(repr(float(value)))


def write_number(value: float, currency: str | None = None) -> str:
    """Shortest decimal that reads back as `value`."""
    if not math.isfinite(value):
        return repr(value)
    return _digits(_decimal(value)) or repr(float(value))


def write_share(value: float, currency: str | None = None) -> str:
    """``0.05`` as ``5 %``."""
    text = _digits(_decimal(value) * 100) if math.isfinite(value) else None
    return f"{text} %" if text is not None else write_number(value)


def write_ratio(value: float, currency: str | None = None) -> str:
    """``0.2`` as ``1/5``, ``3.0`` as ``3``."""
    under = round(1 / value) if value > 0 else 0
    return f"1/{under}" if under > 1 and 1 / under == value else write_number(value)


def write_money(value: float, currency: str | None = None) -> str:
    """``1200000`` as ``CNY 1.2 m``: the largest scale that leaves at most three decimals."""
    front = f"{currency} " if currency else ""
    if not math.isfinite(value):
        return front + write_number(value)
    exact = _decimal(value)
    for sign, scale in (("bn", 10**9), ("m", 10**6), ("k", 10**3)):
        scaled = exact / scale
        if abs(scaled) >= 1 and (scaled * 1000).denominator == 1:
            return f"{front}{_digits(scaled)} {sign}"
    return front + write_number(value)


def write_money_per_year(value: float, currency: str | None = None) -> str:
    """``480000000`` as ``CNY 480 m / year``."""
    return write_money(value, currency) + " / year"


def _write_timed(value: float, sizes: tuple[tuple[str, str, Fraction], ...], tail: str = "") -> str:
    """The first unit of `sizes` (one, many, size) in which `value` is a short number; else the last one."""
    for one, many, size in sizes if math.isfinite(value) else ():
        # The nearest thousandth is tried, and taken only if it reads back as the very same float.
        number = Fraction(round(Fraction(value) / size * 1000), 1000)
        if number >= 1 and float(number * size) == value:
            return f"{_digits(number)} {one if number == 1 else many}{tail}"
    one, many, _ = sizes[-1]
    return f"{write_number(value)} {one if value == 1 else many}{tail}"


_YEARS = ("year", "years", Fraction(52))
_MONTHS = ("month", "months", Fraction(13, 3))
_WEEKS = ("week", "weeks", Fraction(1))
_DAYS = ("day", "days", Fraction(1, 7))
_HOURS = ("h", "h", Fraction(1))
_MINUTES = ("min", "min", Fraction(1, 60))
_SECONDS = ("s", "s", Fraction(1, 3600))


def write_weeks(value: float, currency: str | None = None) -> str:
    """``13`` as ``3 months``, ``52`` as ``1 year``, ``2`` as ``2 weeks``."""
    if not math.isfinite(value) or value <= 0 or (value % 1 == 0 and value % 13 != 0):
        return _write_timed(value, (_WEEKS,))
    if value % 13 == 0:
        return _write_timed(value, (_YEARS if value % 52 == 0 else _MONTHS, _WEEKS))
    return _write_timed(value, (_MONTHS, _DAYS, _WEEKS))


def write_hours(value: float, currency: str | None = None) -> str:
    """``1.5`` as ``1.5 h``, ``0.5`` as ``30 min``."""
    return _write_timed(value, (_HOURS, _MINUTES, _SECONDS, _HOURS))


def write_hours_per_week(value: float, currency: str | None = None) -> str:
    """``6`` as ``6 h / week``."""
    return write_hours(value) + " / week"


def write_per_year(value: float, currency: str | None = None) -> str:
    """``12`` as ``12 / year``; the weekly and monthly rates keep their name."""
    if value == float(TIMES_A_YEAR["week"]):
        return "1 / week"
    return write_number(value) + " / year"


def write_every(value: float, currency: str | None = None) -> str:
    """``2`` as ``fortnightly``, infinity as ``never``."""
    if value == math.inf:
        return "never"
    for word, weeks in CADENCES.items():
        if value == float(weeks):
            return word
    return "every " + write_weeks(value)
