"""How quantities may be spelled: text to number, one function for each kind.

Plain numbers and shares stand here, money in `tiersim.scenario.spelling_money`, times and rates in
`tiersim.scenario.spelling_time`. A reader takes a number, which is already in the unit of its kind, or text,
and the scenario's currency, and returns a float in that unit; it looks at the spelling only, bounds are the
caller's. Its exact inverse stands in `tiersim.scenario.wording`. A number that a person wrote without the
unit it needs goes through `as_written` first.
"""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction
from typing import Any

TEXT_PATTERN = r"\S"

NUMBER_PATTERN = r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,40})?(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?)"
PER_PATTERN = r"(?:\s*(?:/|\bper\b|\ba\b|\ban\b|每)\s*(?P<per>[^\W\d]+))"
PLAIN_NUMBER = re.compile(rf"^{NUMBER_PATTERN}$")
PERCENT = re.compile(rf"^{NUMBER_PATTERN}\s*(?:%|percent|per cent)$")
_RATIO = re.compile(rf"^{NUMBER_PATTERN}\s*[/:]\s*(?P<over>\d+(?:\.\d+)?)$")


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


def text_of(raw: Any) -> str | None:
    """Text with full-width signs and the typographic minus made ordinary; ``None`` for a number."""
    if isinstance(raw, str):
        plain = unicodedata.normalize("NFKC", raw).replace("\u2212", "-").replace("\u2013", "-").strip()
        return re.sub(r"\s+", " ", plain) if len(plain) <= 80 else "?"
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise SpellingError("must be a number")
    return None


def finite(raw: float | int) -> float:
    """A number as a float; refused if it is too large for one, infinite or none."""
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise SpellingError("must be a finite number")
    return value


def exact(number: str) -> Fraction:
    """What the group ``number`` of `NUMBER_PATTERN` found, without rounding."""
    digits = number.replace(",", "")
    try:
        return Fraction(digits)
    except ValueError:
        raise SpellingError("is not a number") from None


def as_float(value: Fraction) -> float:
    """The nearest float; refused if there is none."""
    try:
        return float(value)
    except OverflowError:
        raise SpellingError("must be a finite number") from None


def unreadable(what: str) -> SpellingError:
    """The error of text that spells no `what`."""
    return SpellingError(f"cannot be read as {what}")


def read_number(raw: Any, currency: str | None = None) -> float:
    """A plain number; text is accepted if it is one (thousands may be set off by commas)."""
    text = text_of(raw)
    if text is None:
        return finite(raw)
    match = PLAIN_NUMBER.match(text)
    if not match:
        raise SpellingError("must be a number")
    return as_float(exact(match["number"]))


def read_share(raw: Any, currency: str | None = None) -> float:
    """A fraction of one: ``0.05``, ``"5 %"``, ``"-12%"``."""
    text = text_of(raw)
    if text is None:
        return finite(raw)
    if match := PERCENT.match(text):
        return as_float(exact(match["number"]) / 100)
    if match := PLAIN_NUMBER.match(text):
        return as_float(exact(match["number"]))
    raise unreadable("a percentage")


def read_ratio(raw: Any, currency: str | None = None) -> float:
    """A plain number or a fraction: ``3``, ``"1/5"``."""
    text = text_of(raw)
    if text is None:
        return finite(raw)
    if match := _RATIO.match(text):
        under = exact(match["over"])
        if under == 0:
            raise unreadable("a fraction")
        return as_float(exact(match["number"]) / under)
    if match := PLAIN_NUMBER.match(text):
        return as_float(exact(match["number"]))
    raise unreadable("a number or a fraction")
