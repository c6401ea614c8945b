"""Office hours: what a person may write, and what is said about the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from tiersim.scenario.load import load
from tiersim.scenario.opening import DAYS, hours_a_week, read_opening

HOUR = 3600


def test_days_and_hours():
    week = read_opening(["Mon-Thu 9:00-17:30", "Friday 8:00-12:00", "sat 10:00-24:00"])
    assert week[0] == week[3] == (9 * HOUR, 17 * HOUR + 1800)
    assert week[4:] == ((8 * HOUR, 12 * HOUR), (10 * HOUR, 24 * HOUR), None)
    assert hours_a_week(week) == 4 * 8.5 + 4 + 14


def test_days_may_run_over_the_weekend():
    week = read_opening(["Fri-Mon 9:00-10:00"])
    assert [span is not None for span in week] == [True, False, False, False, True, True, True]


def test_round_the_clock():
    assert hours_a_week(read_opening(["Mon-Sun 0:00-24:00"])) == 168


@pytest.mark.parametrize(
    "line", ["Mon–Fri 9:00–17:00", "Mon-Fri ９：00-17：00", "  MON - FRI  09:00 - 17:00 "]
)
def test_other_signs_for_the_same(line):
    assert read_opening([line]) == read_opening(["Mon-Fri 9:00-17:00"])


@pytest.mark.parametrize(("line", "text", "hint"), [
    ("mon-fri 9-17", "is no office hours", "did you mean 'Mon-Fri 9:00-17:00'"),
    ("Mo-Fr 9.30-17h", "is no office hours", "did you mean 'Mon-Fri 9:30-17:00'"),
    ("9:00-17:00", "is no office hours", "did you mean 'Mon-Fri 9:00-17:00'"),
    ("Mon,Tue 9:00-17:00", "is no office hours", "such as 'Mon-Fri"),
    ("17-9", "is no office hours", "such as 'Mon-Fri"),
    ("", "is no office hours", "such as 'Mon-Fri"),
    ("Mom-Fri 9:00-17:00", "has 'Mom', which is no day", "did you mean Mon"),
    ("Mo-Fri 9:00-17:00", "has 'Mo', which is no day", "did you mean Mon"),
    ("周三 9:00-17:00", "which is no day", "did you mean Wed"),
    ("daily 9:00-17:00", "which is no day", "Mon, Tue"),
    ("Mon 25:00-26:00", "a time that no clock shows", "24:00 for midnight"),
    ("Mon 9:60-10:00", "a time that no clock shows", "24:00 for midnight"),
    ("Mon 9:00-24:01", "a time that no clock shows", "24:00 for midnight"),
    ("Mon 22:00-6:00", "closes before it opens", "24:00 at the latest"),
    ("Mon 9:00-9:00", "closes before it opens", "24:00 at the latest"),
])  # fmt: skip
def test_bad_lines_are_told_with_what_may_have_been_meant(refused, line, text, hint):
    [problem] = refused(load, "machinery", {"desk.opening": [line]})
    assert problem.path == "desk.opening"
    assert text in str(problem) and hint in str(problem)


def test_a_day_has_one_span(refused):
    twice = ["Mon-Wed 9:00-12:00", "Tue-Fri 14:00-17:00"]
    [problem] = refused(load, "machinery", {"desk.opening": twice})
    assert "has Tue and Wed twice" in str(problem) and "'Tue-Fri 14:00-17:00'" in str(problem)


def test_all_bad_lines_are_told_at_once(refused):
    bad = ["Mom 9:00-17:00", "Tue 9:00-17:00", "Wed 26:00-27:00", "Thu 17:00-9:00"]
    [problem] = refused(load, "machinery", {"desk.opening": bad})
    assert all(quoted in str(problem) for quoted in ("'Mom ", "'Wed ", "'Thu "))
    assert "'Tue " not in str(problem)


def test_very_many_bad_lines_are_cut_short(refused):
    [problem] = refused(load, "machinery", {"desk.opening": [f"x{i}" for i in range(40)]})
    assert "35 lines more" in str(problem)


@given(
    first=st.integers(0, 6),
    days=st.integers(1, 7),
    begins=st.integers(0, 1438),
    length=st.integers(1, 1440),
)
def test_what_is_written_is_read(first, days, begins, length):
    ends = min(begins + length, 1440)
    last = (first + days - 1) % 7
    line = f"{DAYS[first]}-{DAYS[last]} {begins // 60}:{begins % 60:02}-{ends // 60}:{ends % 60:02}"
    week = read_opening([line])
    if days == 7 or first != last:
        assert {day for day in range(7) if week[day]} == {(first + k) % 7 for k in range(days)}
    assert all(span == (60 * begins, 60 * ends) for span in week if span)
    assert hours_a_week(week) == pytest.approx(sum(map(bool, week)) * (ends - begins) / 60)


@given(
    lines=st.lists(st.text(max_size=30) | st.sampled_from(["Mon 9:00-10:00", "²³-٣ ٩:٠٠-²:00"]), max_size=4)
)
def test_anything_is_read_or_refused(lines):
    try:
        week = read_opening(lines)
    except PydanticCustomError as fault:
        assert fault.context["allowed"] and fault.context["text"]
    else:
        assert len(week) == 7 and 0 <= hours_a_week(week) <= 168
