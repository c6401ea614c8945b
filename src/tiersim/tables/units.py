"""Units that a header states: factor, currency, time, percent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_CURRENCIES = {
    "元": "CNY",
    "rmb": "CNY",
    "人民币": "CNY",
    "¥": "CNY",
    "yuan": "CNY",
    "美元": "USD",
    "$": "USD",
    "us$": "USD",
    "欧元": "EUR",
    "€": "EUR",
    "英镑": "GBP",
    "£": "GBP",
    "日元": "JPY",
    "港元": "HKD",
    "港币": "HKD",
    "hk$": "HKD",
}
_CODES = (
    "CNY",
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "HKD",
    "TWD",
    "SGD",
    "KRW",
    "AUD",
    "CAD",
    "CHF",
    "INR",
    "THB",
    "VND",
)
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "thousands": 1e3,
    "千": 1e3,
    "'000": 1e3,
    "000": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "百万": 1e6,
    "万": 1e4,
    "亿": 1e8,
    "bn": 1e9,
    "billion": 1e9,
}
_SPANS = {
    "day": 1.0,
    "days": 1.0,
    "d": 1.0,
    "天": 1.0,
    "日": 1.0,
    "week": 7.0,
    "weeks": 7.0,
    "w": 7.0,
    "周": 7.0,
    "month": 365.25 / 12,
    "months": 365.25 / 12,
    "月": 365.25 / 12,
    "个月": 365.25 / 12,
    "year": 365.25,
    "years": 365.25,
    "y": 365.25,
    "yr": 365.25,
    "年": 365.25,
}
_IDLE = {
    "次",
    "单",
    "笔",
    "个",
    "家",
    "分",
    "times",
    "次/年",
    "orders",
    "points",
    "score",
    "0-100",
    "0-10",
    "1-5",
    "in",
    "of",
}


@dataclass(frozen=True)
class Unit:
    """Unit that a header states: factor on the numbers, currency, days a unit of time, percent."""

    factor: float = 1.0
    currency: str | None = None
    days: float | None = None
    percent: bool = False


def unit_of(words: str) -> Unit | None:
    """The unit that `words` (inside brackets, after a slash) state; ``None`` if they are no unit."""
    factor, currency, days, percent = 1.0, None, None, False
    rest = unicodedata.normalize("NFKC", words).strip().casefold()
    pattern = (
        r"us\$|hk\$|[¥$€£%]|'?000|百万|人民币|美元|欧元|英镑|日元|港[元币]|个月|[千万亿元天日周月年次单笔个家分]"
        r"|0-100|0-10|1-5|[a-z]+"
    )
    tokens = re.findall(pattern, rest)
    if not tokens or re.sub(pattern, "", rest).strip(" ./,'"):
        return None
    for token in tokens:
        if token in _SCALES:
            factor *= _SCALES[token]
        elif token in _CURRENCIES:
            currency = _CURRENCIES[token]
        elif token.upper() in _CODES:
            currency = token.upper()
        elif token in _SPANS:
            days = _SPANS[token]
        elif token in ("%", "percent", "pct"):
            percent = True
        elif token not in _IDLE:
            return None
    return Unit(factor, currency, days, percent)
