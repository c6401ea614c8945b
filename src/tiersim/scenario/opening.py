"""Office hours as a person writes them: ``Mon-Fri 9:00-17:00``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pydantic_core import PydanticCustomError

from tiersim.scenario.fields import nearest
from tiersim.scenario.spelling import quoted
from tiersim.scenario.units import refusal

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = 86_400
MANY = 5
"""Bad lines that are told one by one."""

_SPAN = re.compile(r"^\s*(\w+)(?:\s*-\s*(\w+))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$")
# What people write instead; only good enough to say what they may have meant.
_TIME = r"(\d{1,2})(?:[:.h](\d{2})?)?"
_LOOSE = re.compile(rf"^\s*(?:(\w+)(?:\s*-\s*(\w+))?)??\s*{_TIME}\s*-\s*{_TIME}\s*$")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−～~", "-"))
_CHINESE = dict(zip("一二三四五六日天", (*DAYS, "Sun"), strict=True))
_ALLOWED = "days and hours such as 'Mon-Fri 9:00-17:00' or 'Sat 10:00-14:00', 24:00 for midnight"

Hours = tuple[tuple[int, int] | None, ...]
"""Open and close of Monday to Sunday in seconds of the day; None where the office is closed."""


def read_opening(lines: Sequence[str]) -> Hours:
    """Seconds of the day at which each day of the week opens and closes.

    Raises the error that a field shows, all bad lines in it: one that cannot be read, that ends before it
    begins, or names a day that another line has.
    """
    week: list[tuple[int, int] | None] = [None] * 7
    faults: list[PydanticCustomError] = []
    for line in lines:
        try:
            days, span = _read(line)
        except PydanticCustomError as fault:
            faults.append(fault)
            continue
        twice = [DAYS[day] for day in days if week[day] is not None]
        if twice:
            faults.append(refusal(f"has {' and '.join(twice)} twice", quoted(line), "one span a day"))
        for day in days:
            week[day] = span
    if faults:
        raise _together(faults)
    return tuple(week)


def hours_a_week(week: Hours) -> float:
    """Open hours of a week without closed days."""
    return sum(span[1] - span[0] for span in week if span is not None) / 3600


def _read(line: str) -> tuple[list[int], tuple[int, int]]:
    """Days of one line, Monday 0, and the seconds at which they open and close."""
    match = _SPAN.match(_plain(line))
    if not match:
        meant = _meant(line)
        allowed = f"{_ALLOWED} (did you mean {quoted(meant)}?)" if meant else _ALLOWED
        raise refusal("is no office hours", quoted(line), allowed)
    first = _day(match[1], line)
    last = first if match[2] is None else _day(match[2], line)
    begins, ends = _second(line, match[3], match[4]), _second(line, match[5], match[6])
    if ends <= begins:
        allowed = "hours that end on the same day, 24:00 at the latest"
        raise refusal("closes before it opens", quoted(line), allowed)
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)], (begins, ends)


def _plain(line: str) -> str:
    """Full-width digits and colons, and any dash, as the plain ones."""
    return unicodedata.normalize("NFKC", line).translate(_DASHES)


def _day(word: str, line: str) -> int:
    for code, name in enumerate(NAMES):
        if len(word) >= 3 and name.startswith(word.title()):
            return code
    near = _near_day(word)
    allowed = ", ".join(DAYS) + (f" (did you mean {near}?)" if near else "")
    raise refusal(f"has {quoted(word)}, which is no day", quoted(line), allowed)


def _near_day(word: str) -> str | None:
    near = _CHINESE.get(word[-1:]) or nearest(word.title(), (*DAYS, *NAMES))
    return near and near[:3]


def _meant(line: str) -> str | None:
    """The line written rightly, if it can be guessed."""
    match = _LOOSE.match(_plain(line))
    if not match:
        return None
    days = [_near_day(word) for word in match.group(1, 2) if word]
    if None in days:
        return None
    hours = [f"{int(match[hour])}:{match[hour + 1] or '00'}" for hour in (3, 5)]
    meant = f"{'-'.join(str(day) for day in days) or 'Mon-Fri'} {'-'.join(hours)}"
    try:
        _read(meant)
    except PydanticCustomError:
        return None
    return meant


def _second(line: str, hour: str, minute: str) -> int:
    second = int(hour) * 3600 + int(minute) * 60
    if int(minute) > 59 or second > DAY:
        raise refusal("has a time that no clock shows", quoted(line), _ALLOWED)
    return second


def _together(faults: list[PydanticCustomError]) -> PydanticCustomError:
    """One fault as it is; several in one sentence, each with its line."""
    if len(faults) == 1:
        return faults[0]
    told = [fault.context or {} for fault in faults]
    text = "; ".join(f"{one['got']} {one['text']}" for one in told[:MANY])
    text += f"; and {len(told) - MANY} lines more" if len(told) > MANY else ""
    allowed = "; ".join(dict.fromkeys(str(one["allowed"]) for one in told[:2]))
    return refusal(text, None, allowed)
