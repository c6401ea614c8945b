"""Figures that somebody typed into a commentary: they would stay as they are when the run moves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from tiersim.report.tree import Shown

_SCALES = {
    "bn": 1e9, "billion": 1e9, "m": 1e6, "million": 1e6, "k": 1e3, "thousand": 1e3,
    "亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "千": 1e3,
}  # fmt: skip
_SHARES = {"%": 0.01, "％": 0.01, "percent": 0.01, "per cent": 0.01, "‰": 0.001, "成": 0.1}
_MONEY = ("yuan", "元")
_UNIT = "|".join(
    re.escape(unit) + (r"(?![A-Za-z])" if unit.isascii() and unit.isalpha() else "")
    for unit in sorted([*_SCALES, *_SHARES, *_MONEY], key=len, reverse=True)
)
_CURRENCY = r"(?:CNY|RMB|USD|EUR|GBP|JPY|HKD|[¥￥$€£])\s*[-−–+]?\s*"
_NUMBER = re.compile(
    rf"(?P<odds>\d+\s+in\s+\d+|百分之[\d一二三四五六七八九十百两点]+)"
    rf"|(?P<front>{_CURRENCY})?(?P<number>\d+(?:[.,，．]\d+)*)(?:[\s\u00a0-]?(?P<unit>{_UNIT}))?"
    rf"|(?P<words>[一二三四五六七八九两][一二三四五六七八九十百千两点零]*[万亿成](?![一以能全不]))"
    rf"|(?P<spelt>\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|"
    rf"fifty|sixty|seventy|eighty|ninety|hundred|half a)[\s-]+"
    rf"(?:thousand|million|billion|percent|per cent)\b)",
    re.I,
)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?"
)
_QUIET = re.compile(r"\\?\{[^{}]*\}|^\s*\d+[.)](?=\s)")
"""What is no typed figure: references, and the numbers of a list."""


def figures(line: str) -> Iterator[tuple[str, float | None, str]]:
    """Figures in a line that ought to be references: text, number, and kind (money, share or empty).

    Whole numbers of one or two digits without a unit, years, dates and names such as Q1 or A320 are none.
    """
    for pattern in (_QUIET, _DATE):
        line = pattern.sub(lambda found: " " * len(found[0]), line)
    for found in _NUMBER.finditer(line):
        if found["number"] is None:
            yield found[0].strip(), None, ""
            continue
        text, unit = found["number"], (found["unit"] or "").lower()
        if unit or found["front"]:
            kind = "share" if unit in _SHARES else "money"
            factor = _SCALES.get(unit, _SHARES.get(unit, 1.0))
            yield found[0].strip(), _read(text, factor), kind
        elif not _allowed(text, line, found.start(), found.end()):
            yield text, _read(text, 1.0), ""


def _allowed(text: str, line: str, start: int, end: int) -> bool:
    beside = line[start - 1 : start] + line[end : end + 1]
    if any(c.isascii() and c.isalpha() for c in beside):
        return True  # part of a name
    if not text.isdecimal():
        return False
    return len(text) <= 2 or (len(text) == 4 and 1900 <= int(text) <= 2199)


def _read(text: str, factor: float) -> float | None:
    plain = re.sub(r"[,，](?=\d{3}(?!\d))", "", text).replace("．", ".")
    try:
        return float(plain) * factor
    except ValueError:
        return None


def nearest(number: float | None, kind: str, values: Mapping[str, str]) -> str | None:
    """The reference whose figure is within 15 percent of a typed one, the nearest first."""
    if number is None or number <= 0:
        return None
    found = {}
    for name, shown in values.items():
        if isinstance(shown, Shown) and shown.value and (not kind or shown.kind == kind):
            found[name] = abs(math.log(number / abs(shown.value)))
    best = min(found, key=lambda name: found[name], default=None)
    return best if best is not None and found[best] < math.log(1.15) else None
