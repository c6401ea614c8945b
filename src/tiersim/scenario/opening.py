"""Office hours as a person writes them: ``Mon-Fri 9:00-17:00``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tiersim.scenario.fields import nearest
from tiersim.scenario.quantities import refusal
from tiersim.scenario.spelling import quoted

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 86_400
_SPAN = re.compile(r"^\s*(\w+)(?:\s*-\s*(\w+))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$")
_ALLOWED = "days and hours such as 'Mon-Fri 9:00-17:00' or 'Sat 10:00-14:00', 24:00 for midnight"

Hours = tuple[tuple[int, int] | None, ...]
"""Open and close of Monday to Sunday in seconds of the day; None where the office is closed."""


def read_opening(lines: Sequence[str]) -> Hours:
    """Seconds of the day at which each day of the week opens and closes.

    Raises the error that a field shows where a line cannot be read, ends before it begins, or names a day
    that another line has.
    """
    week: list[tuple[int, int] | None] = [None] * 7
    for line in lines:
        match = _SPAN.match(line)
        if not match:
            raise refusal("is no office hours", quoted(line), _ALLOWED)
        first = _day(match[1])
        last = first if match[2] is None else _day(match[2])
        begins, ends = _second(line, match[3], match[4]), _second(line, match[5], match[6])
        if ends <= begins:
            raise refusal("closes before it opens", quoted(line), _ALLOWED)
        for step in range((last - first) % 7 + 1):
            day = (first + step) % 7
            if week[day] is not None:
                raise refusal(f"has {DAYS[day]} twice", quoted(line), "one span a day")
            week[day] = (begins, ends)
    return tuple(week)


def hours_a_week(week: Hours) -> float:
    """Open hours of a week without closed days."""
    return sum(span[1] - span[0] for span in week if span is not None) / 3600


def _day(word: str) -> int:
    short = word[:3].title()
    if short not in DAYS or not ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday").count(
        word.title()
    ):
        near = nearest(word.title(), DAYS)
        allowed = ", ".join(DAYS) + (f" (did you mean {near}?)" if near else "")
        raise refusal(f"has {quoted(word)}, which is no day", None, allowed)
    return DAYS.index(short)


def _second(line: str, hour: str, minute: str) -> int:
    second = int(hour) * 3600 + int(minute) * 60
    if int(minute) > 59 or second > DAY:
        raise refusal("has a time that no clock shows", quoted(line), _ALLOWED)
    return second
