"""How amounts of money may be spelled, also per time; see `tiersim.scenario.spelling`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from tiersim.scenario.spelling import (
    NUMBER_PATTERN,
    PER_PATTERN,
    SpellingError,
    as_float,
    exact,
    finite,
    quoted,
    text_of,
    unreadable,
)
from tiersim.scenario.spelling_time import TIME_WORDS

_AMOUNT = re.compile(
    rf"^(?P<sign>[+-]?)(?P<before>[A-Za-z]{{3}}(?![A-Za-z])|[¥$€£])?\s*{NUMBER_PATTERN}"
    rf"\s*(?P<words>[^\d/]*?){PER_PATTERN}?$"
)

_SCALES = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "万": 10**4, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
_SYMBOLS = {
    "¥": ("CNY", "JPY"), "元": ("CNY",), "rmb": ("CNY",), "人民币": ("CNY",),
    "$": ("USD",), "€": ("EUR",), "£": ("GBP",),
}  # fmt: skip
_PERIODS = {"week": 52, "month": 12, "quarter": 4, "year": 1}  # money is counted in years of 52 weeks


def _check_currency(word: str, currency: str | None) -> None:
    means = _SYMBOLS.get(word.lower(), (word.upper(),))
    if currency is not None and currency.upper() not in means:
        raise SpellingError(f"is in {word}, but the scenario's currency is {currency}")


def _amount(text: str, currency: str | None, periods: bool) -> Fraction:
    match = _AMOUNT.match(text)
    if not match or not any(c.isdigit() for c in match["number"]):
        raise unreadable("an amount of money")
    if match["sign"] and match["number"][0] in "+-":
        raise unreadable("an amount of money")
    value = exact(match["number"]) * (-1 if match["sign"] == "-" else 1)
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
        period = TIME_WORDS.get(match["per"].lower())
        if not periods:
            raise SpellingError("must be an amount, not an amount per time")
        if period not in _PERIODS:
            raise unreadable("an amount per time")
        value *= _PERIODS[period]
    return value


def _money_words(words: str) -> list[str]:
    """The scale and the currency after a number, in that order, also where they touch (``万元``)."""
    found = re.findall(r"万亿|万|亿|元|[¥$€£]|[^\W\d_万亿元]+|\S", words)
    scales = [word.lower() in _SCALES for word in found]
    if len(found) > 2 or sum(scales) > 1 or (len(found) == 2 and not scales[0]):
        raise unreadable("an amount of money")
    return found


def read_money(raw: Any, currency: str | None = None) -> float:
    """An amount in currency units: ``1200000``, ``"CNY 1.2 m"``, ``"480 万"``, ``"1,200,000"``."""
    text = text_of(raw)
    return finite(raw) if text is None else as_float(_amount(text, currency, periods=False))


def read_money_per_year(raw: Any, currency: str | None = None) -> float:
    """An amount per year: ``"CNY 480 m / year"``, ``"40 m / month"``; without a period it is per year."""
    text = text_of(raw)
    return finite(raw) if text is None else as_float(_amount(text, currency, periods=True))
