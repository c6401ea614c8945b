"""Office hours against a clock that counts second by second, and against a wall calendar."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.desk.calendar import add_hours, always, finish, office_of, office_seconds, opened_before
from tiersim.desk.rules import Office
from tiersim.scenario.opening import DAY, read_opening

HOUR = 3600
MONDAY = date(2026, 1, 5)
OFFICE_WEEK = read_opening(["Mon-Fri 9:00-17:00"])


def at(day, hour=0.0):
    """Second of an hour of a day, day 0 being the first Monday."""
    return round(day * DAY + hour * HOUR)


def ends(office, start, hours):
    return int(finish(start, round(hours * HOUR), office.opens, office.closes, opened_before(office)))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(0, 9), 8, at(0, 17)),  # ends exactly at closing, not next morning
        (at(0, 9), 8 + 1 / HOUR, at(1, 9) + 1),
        (at(0, 16), 2, at(1, 10)),
        (at(4, 16.5), 1, at(7, 9.5)),  # over the weekend
        (at(5, 12), 1, at(7, 10)),  # begins on it
        (at(0, 3), 1, at(0, 10)),  # before the office opens
        (at(0, 17), 1, at(1, 10)),  # at closing
        (at(0, 9), 40, at(4, 17)),  # a week's hours
        (at(0, 9), 41, at(7, 10)),
        (at(11, 16), 3, at(11, 19)),  # beyond the last span the clock counts
        (at(20), 3, at(20, 3)),
    ],
)
def test_work_goes_on_in_office_hours(start, hours, end):
    assert ends(office_of(OFFICE_WEEK, 2, (), MONDAY), start, hours) == end


def test_spans_know_their_dates_over_the_end_of_a_year():
    start = date(2026, 12, 28)  # a Monday; New Year's Day is its Friday
    office = office_of(OFFICE_WEEK, 2, [date(2027, 1, 1)], start)
    assert office.day.tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 4]
    assert ends(office, at(3, 16), 2) == at(7, 10)
    assert ends(office, at(4, 12), 1) == at(7, 10)


def test_the_clock_begins_on_the_monday_of_the_week_of_the_start():
    there, later = (office_of(OFFICE_WEEK, 1, [MONDAY], day) for day in (MONDAY, date(2026, 1, 8)))
    assert there.opens.tolist() == later.opens.tolist() == [at(day, 9) for day in range(1, 5)]


def test_closed_days_outside_of_the_weeks_and_on_weekends_change_nothing():
    plain = office_of(OFFICE_WEEK, 1, (), MONDAY)
    closed = office_of(OFFICE_WEEK, 1, [date(2025, 12, 31), date(2026, 1, 10), date(2026, 2, 2)], MONDAY)
    assert plain.opens.tolist() == closed.opens.tolist()


def test_round_the_clock_office_hours_are_clock_hours():
    office = always(2)
    assert office.opens.tolist() == [at(day) for day in range(14)]
    assert np.array_equal(office.closes[:-1], office.opens[1:])
    assert ends(office, at(6, 20), 30) == at(8, 2)
    assert office_seconds(at(9, 5), office.opens, office.closes, opened_before(office)) == at(9, 5)


def test_an_office_that_never_opens_counts_by_the_clock():
    office = office_of((None,) * 7, 3, (), MONDAY)
    assert office.opens.size == 0
    assert ends(office, 100, 1) == 100 + HOUR
    assert office_seconds(10**6, office.opens, office.closes, opened_before(office)) == 0


def test_hours_from_a_second_on():
    office = office_of(OFFICE_WEEK, 2, (), MONDAY)
    assert add_hours(at(4, 15), 4, office) == at(7, 11)
    assert add_hours(at(4, 15), 4, None) == at(4, 19)
    assert add_hours(at(5), 0, office) == add_hours(at(5), 0, None) == at(5)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 9)), max_size=6),
    st.integers(0, 120),
    st.integers(1, 60),
)
def test_finish_is_the_first_second_at_which_the_work_is_done(gaps, start, work):
    """Spans of a few seconds, some touching, and a counter that looks at each second."""
    opens, closes, second = [], [], 0
    for gap, length in gaps:
        opens.append(second + gap)
        closes.append(second + gap + length)
        second = closes[-1]
    office = Office(np.array(opens, np.int64), np.array(closes, np.int64), np.zeros(len(gaps), np.int64))
    spans = list(zip(opens, closes, strict=True))
    before = opened_before(office)

    done, t = 0, start
    while done < work:
        # Beyond the last span every second counts.
        done += t >= second or any(low <= t < high for low, high in spans)
        t += 1
    assert finish(start, work, office.opens, office.closes, before) == t
    counted = sum(any(low <= s < high for low, high in spans) for s in range(start))
    assert office_seconds(start, office.opens, office.closes, before) == counted
