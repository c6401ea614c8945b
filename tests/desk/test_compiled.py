"""The compiled desk by itself: small cases worked by hand, its table, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from tests.desk.desks import HOUR, WEEK, jobs, lines, office, rules, seats, told

from tiersim.desk.compiled import CompiledDesk, NotSupported
from tiersim.desk.jobs import ACCOUNT, CLOSED, CONTACT, FILED, REQUEST
from tiersim.errors import TiersimError


def desk(filed, people, until=WEEK, **rule):
    out = CompiledDesk(rules(**rule))
    out.seat(people)
    out.file(filed)
    out.words = lines(out.run(until, log=True))
    return out


def began(d):
    return [(t, job, seat) for t, event, job, seat in d.words if event == "began"]


def test_a_request_from_sorting_to_the_follow_up_call():
    d = desk(jobs(100, 60, sorting=10), seats(0), follow=np.array([30, 0]))
    assert began(d) == [(100, 0, 0), (110, 0, 0), (170, 0, 0)]
    assert told(d, "sorted_at", "answered_at", "solved_at", "followed_at", "stage") == [
        [110], [110], [170], [200], [CLOSED]
    ]  # fmt: skip
    assert d.busy.tolist() == [[10, 60, 30, 0, 0]]


def test_bands_then_ranks_then_seconds_then_numbers():
    kinds = [REQUEST, ACCOUNT, CONTACT, REQUEST, REQUEST, REQUEST]
    d = desk(jobs([1, 2, 2, 3, 3, 4], 10, kind=kinds, rank=[0, 0, 0, 5, 5, 1]), seats(0))
    assert [job for _, job, _ in began(d)] == [0, 5, 3, 4, 2, 1]


def test_teams_far_apart_that_are_touched_in_one_second_begin_in_their_order():
    d = desk(jobs([7, 7, 7], 10, team=[40, 3, 21]), seats(*range(50)), teams=50)
    assert began(d) == [(7, 1, 3), (7, 2, 21), (7, 0, 40)]


def test_duty_at_night_serves_the_pools_that_were_called_and_no_other():
    hours = office(9 * HOUR, 17 * HOUR)
    people = seats(0, 1, 2, 3, duty=np.array([1, 0, 1, 1]))
    d = desk(jobs([5, 5, 6, 7], 10, team=[3, 1, 2, 0]), people, 100,
             teams=4, pools=[0, 0, 1, 2], duty=[1, 0, 1], hours=hours)  # fmt: skip
    # Seat 0 answers for team 1 too and is busy until 15; pool 1 has nobody on duty, whatever its seats say.
    assert began(d) == [(5, 1, 0), (5, 0, 3), (15, 3, 0)]
    assert d.waiting.tolist() == [0, 0, 1, 0]


def test_littles_law_holds_to_the_second():
    rng = np.random.default_rng(5)
    filed = jobs(
        np.sort(rng.integers(0, WEEK, 400)), rng.integers(1, 9000, 400), team=rng.integers(0, 3, 400)
    )
    d = desk(filed, seats(0, 0, 1, 2), teams=3)
    open_now = d.table["answered_at"][:400] == -1
    assert open_now.any()
    still = (d.now - d.table["since"][:400][open_now]).sum()
    waits = (d.table["answered_at"][:400] - d.table["ready"][:400])[~open_now].sum()
    assert d.waited.sum() == waits
    assert d.area.sum() == waits + still


def test_nobody_does_two_pieces_at_once():
    rng = np.random.default_rng(6)
    d = desk(jobs(np.sort(rng.integers(0, 5000, 200)), rng.integers(1, 400, 200)), seats(0, 0, 0))
    busy, ended = {}, []
    for _, event, job, seat in d.words:
        if event == "began":
            assert seat not in busy
            busy[seat] = job
        elif event == "ended":
            assert busy.pop(seat) == job
            ended.append(job)
    assert sorted(ended) == list(range(200))


def test_running_day_by_day_with_a_table_that_grows_is_running_once():
    rng = np.random.default_rng(7)
    ready, work = np.sort(rng.integers(0, WEEK, 900)), rng.integers(1, 3000, 900)
    whole = desk(jobs(ready, work), seats(0, 0))
    parts = CompiledDesk(rules(), 1)
    parts.seat(seats(0, 0))
    words = []
    for day in range(7):
        now = (ready >= day * WEEK // 7) & (ready < (day + 1) * WEEK // 7)
        parts.file(jobs(ready[now], work[now]))
        words += lines(parts.run((day + 1) * WEEK // 7, log=True))
    assert words == whole.words
    assert told(parts, "answered_at", "solved_at") == told(whole, "answered_at", "solved_at")


def test_jobs_may_be_filed_as_rows_of_one_array():
    filed = jobs([5, 6], 60)
    filed["birth"] = np.array([2**64 - 1, 3], np.uint64)
    rows = np.array([np.asarray(filed[name]).astype(np.int64) for name in FILED])
    a, b = CompiledDesk(rules(), 1), CompiledDesk(rules(), 1)
    a.file(filed)
    b.file_rows(np.hstack([rows, rows]), 2)
    for d in (a, b):
        d.seat(seats(0))
        d.run(WEEK)
        assert told(d, "answered_at", "solved_at") == [[5, 65], [65, 125]]
        assert d.table["birth"][:2].tolist() == [2**64 - 1, 3]
        assert d.sweep().size == 0 == d.count


def test_a_sweep_renumbers_lines_people_and_happenings():
    d = desk(jobs([1, 2, 3, 4], [10, 10**4, 10, 10], drop_at=[-1, -1, -1, 3000]), seats(0), until=1000)
    assert d.sweep().tolist() == [1, 2, 3]
    assert lines(d.run(WEEK, log=True)) == [
        (3000, "dropped", 2, -1),
        (10011, "ended", 0, 0),
        (10011, "solved", 0, 0),
        (10011, "began", 1, 0),
        (10021, "ended", 1, 0),
        (10021, "solved", 1, 0),
    ]


@pytest.mark.parametrize("option", [{"preempt_grave": True}, {"choose": min}])
def test_what_only_simpy_does_is_named(option):
    with pytest.raises(NotSupported, match=next(iter(option))) as caught:
        CompiledDesk(rules(), **option)
    assert isinstance(caught.value, TiersimError)


def test_a_job_cannot_come_in_the_past_and_a_seat_stays_a_seat():
    d = CompiledDesk(rules())
    d.seat(seats(0, 0))
    d.run(100)
    with pytest.raises(ValueError, match="before second 100"):
        d.file(jobs(99))
    with pytest.raises(ValueError, match="1 seats"):
        d.seat(seats(0))
