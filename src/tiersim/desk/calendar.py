"""Office hours on the desk's clock: spans of seconds, and how far work of some office seconds reaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from tiersim.desk.rules import Ints, Office
from tiersim.kernel import inline_kernel, kernel
from tiersim.scenario.opening import DAY, Hours

WEEK = 7 * DAY


def office_of(hours: Hours, weeks: int, closed: Iterable[date], start: date) -> Office:
    """Spans of `weeks` weeks from the Monday of the week of `start`: one a day that is open, not `closed`."""
    monday = start - timedelta(days=start.weekday())
    shut = {(day - monday).days for day in closed}
    days = [day for day in range(7 * weeks) if hours[day % 7] is not None and day not in shut]
    spans = [(hours[day % 7] or (0, 0)) for day in days]
    begin = np.array(days, np.int64) * DAY
    return Office(
        opens=begin + np.array([span[0] for span in spans], np.int64),
        closes=begin + np.array([span[1] for span in spans], np.int64),
        day=np.array(days, np.int64) % 7,
    )


def always(weeks: int) -> Office:
    """Open round the clock: one span a day, each touching the next."""
    return office_of(((0, DAY),) * 7, weeks, (), date(2024, 1, 1))


def opened_before(office: Office) -> Ints:
    """Office seconds before each span begins, and last of all spans; shape (spans + 1,)."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(office.closes - office.opens)])


@inline_kernel
def _last_begun(t, opens):  # type: ignore[no-untyped-def]
    """The last span that opens at or before second `t`; -1: none."""
    low, high = 0, opens.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if opens[middle] <= t:
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel
def office_seconds(t, opens, closes, before):  # type: ignore[no-untyped-def]
    """Seconds of office hours before second `t`; `before` from `opened_before`."""
    k = _last_begun(t, opens)
    return 0 if k < 0 else before[k] + min(t, closes[k]) - opens[k]


@kernel
def finish(start, work, opens, closes, before):  # type: ignore[no-untyped-def]
    """First second at which `work` office seconds (at least 1) have passed since `start`.

    What ends exactly at closing ends then, not next morning. Beyond the last span the clock's seconds count.
    """
    spans = opens.shape[0]
    if spans == 0 or start >= closes[spans - 1]:
        return start + work
    target = office_seconds(start, opens, closes, before) + work
    if target > before[spans]:
        return closes[spans - 1] + target - before[spans]
    low, high = 0, spans - 1
    while low < high:
        middle = (low + high) >> 1
        if before[middle + 1] < target:
            low = middle + 1
        else:
            high = middle
    return opens[low] + target - before[low]


def add_hours(t: int, hours: float, office: Office | None) -> int:
    """Second at which `hours` office hours have passed since `t`; of the clock where `office` is None.

    Whole seconds, rounded; no time at all ends where it begins.
    """
    seconds = round(3600.0 * hours)
    if office is None or seconds <= 0:
        return t + max(seconds, 0)
    return int(finish(t, seconds, office.opens, office.closes, opened_before(office)))
