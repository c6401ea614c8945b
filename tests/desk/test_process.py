"""Each rule of the desk in a case small enough to work by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.desk.desks import DAY, HOUR, WEEK, jobs, lines, office, rules, seats, told

from tiersim.desk.jobs import (
    ACCOUNT,
    CLOSED,
    CONTACT,
    FILL,
    MEETING,
    MOST_ANSWERS,
    MOST_PASSES,
    NEVER,
    REQUEST,
    SERVE,
    SERVED,
    SORT,
    WAITS,
)
from tiersim.desk.process import SimpyDesk
from tiersim.desk.rules import CLOSED_OFFICE, OPENED
from tiersim.random import u01d, words
from tiersim.random.streams import DESK

NINE_TO_FIVE = office(9 * HOUR, 17 * HOUR, range(5))
MORNING = 9 * HOUR
EVENING = 17 * HOUR


def desk(filed, people, until=WEEK, engine=SimpyDesk, options=None, **rule):
    """A desk that has run, with its log in words."""
    out = engine(rules(**rule), **(options or {}))
    out.seat(people)
    out.file(filed)
    out.words = lines(out.run(until, log=True))
    return out


# -- waiting and working ----------------------------------------------------------------------------


def test_a_request_is_sorted_served_solved_and_called():
    d = desk(jobs(100, 60, sorting=10), seats(0), follow=np.array([30, 0]))
    assert d.words == [
        (100, "came", 0, -1),
        (100, "began", 0, 0),
        (110, "ended", 0, 0),
        (110, "came", 0, -1),
        (110, "began", 0, 0),
        (170, "ended", 0, 0),
        (170, "solved", 0, 0),
        (170, "came", 0, -1),
        (170, "began", 0, 0),
        (200, "ended", 0, 0),
    ]
    assert told(d, "sorted_at", "answered_at", "solved_at", "followed_at", "stage", "seat") == [
        [110], [110], [170], [200], [CLOSED], [-1]
    ]  # fmt: skip
    assert d.busy.tolist() == [[10, 60, 30, 0, 0]]
    assert d.begun.tolist() == [[1, 1, 1, 0, 0]]


def test_without_sorting_a_request_counts_as_sorted_when_it_comes():
    d = desk(jobs([5, 6], 60), seats(0))
    assert told(d, "sorted_at", "answered_at", "solved_at") == [[5, 6], [5, 65], [65, 125]]


def test_the_order_is_band_then_rank_then_second_then_id():
    # The first one keeps the person at work while the others come.
    filed = jobs(
        [1, 1, 3, 2, 2, 4, 1],
        10,
        kind=[REQUEST, CONTACT, REQUEST, REQUEST, REQUEST, REQUEST, MEETING],
        rank=[0, 0, 5, 5, 5, 1, 0],
        sorting=[0, 0, 0, 0, 0, 7, 0],
    )
    d = desk(filed, seats(0))
    served = [job for _, event, job, _ in d.words if event == "began"]
    # 5 is sorted first (band SORT) and goes on with rank 1; 3 before 4 by id; then contact and meeting by id.
    assert served == [0, 5, 5, 3, 4, 2, 1, 6]


def test_rank_counts_among_request_work_only():
    filed = jobs([0, 1, 2], 10, kind=CONTACT, rank=[0, 9, 1])
    assert told(desk(filed, seats(0)), "answered_at") == [0, 10, 20]


def test_account_work_goes_last():
    d = desk(jobs([0, 1, 2], 10, kind=[ACCOUNT, ACCOUNT, REQUEST]), seats(0))
    assert told(d, "answered_at") == [0, 20, 10]
    assert told(d, "solved_at") == [10, 30, 20]
    assert d.busy[0].tolist() == [0, 10, 0, 0, 20]


def test_who_is_free_longest_takes_the_next():
    d = desk(jobs([0, 0, 5, 30, 31], [20, 10, 10, 10, 10]), seats(0, 0, 0))
    assert [seat for _, event, _, seat in d.words if event == "began"] == [0, 1, 2, 1, 2]


def test_slow_people_need_longer_rounded_up():
    assert told(desk(jobs(0, 10), seats(0, speed=0.3)), "solved_at") == [math.ceil(10 / 0.3)]
    assert told(desk(jobs(0, 1), seats(0, speed=9.0)), "solved_at") == [1]


def test_teams_do_not_help_each_other():
    d = desk(jobs([0, 1, 2], 100, team=[0, 0, 1]), seats(0, 1), teams=2)
    assert told(d, "answered_at") == [0, 100, 2]


# -- office hours -----------------------------------------------------------------------------------


def test_nothing_begins_before_the_office_opens_and_work_rests_at_night():
    d = desk(jobs(0, 9 * HOUR), seats(0), hours=NINE_TO_FIVE)
    assert told(d, "answered_at", "solved_at") == [[MORNING], [DAY + MORNING + HOUR]]


def test_work_that_ends_at_closing_ends_at_closing():
    d = desk(jobs([MORNING, 0], [8 * HOUR, 10]), seats(0), hours=NINE_TO_FIVE)
    assert told(d, "answered_at", "solved_at") == [
        [MORNING + 10, MORNING],
        [DAY + MORNING + 10, MORNING + 10],
    ]
    alone = desk(jobs([MORNING, EVENING], [8 * HOUR, 10]), seats(0), hours=NINE_TO_FIVE)
    # The second that closes the office begins nothing, whoever is free in it.
    assert told(alone, "answered_at", "solved_at") == [
        [MORNING, DAY + MORNING],
        [EVENING, DAY + MORNING + 10],
    ]


def test_friday_evening_goes_on_on_monday():
    friday = 4 * DAY + EVENING - 60
    d = desk(jobs(friday, 100), seats(0), hours=NINE_TO_FIVE, until=2 * WEEK)
    assert told(d, "solved_at") == [WEEK + MORNING + 40]


def test_after_the_last_span_work_under_way_ends_in_clock_time():
    hours = office(9 * HOUR, 17 * HOUR, [0], weeks=1)
    d = desk(jobs([EVENING - 60, EVENING - 30], 100), seats(0), hours=hours)
    assert told(d, "solved_at", "stage") == [[EVENING + 40, NEVER], [CLOSED, WAITS]]


def test_touching_spans_are_round_the_clock():
    d = desk(jobs([DAY - 10, DAY], 60), seats(0, 0))
    assert told(d, "answered_at", "solved_at") == [[DAY - 10, DAY], [DAY + 50, DAY + 60]]


def test_absent_people_do_not_begin():
    d = desk(jobs([0, DAY], 60), seats(0, 0, days=[0b01, 0b10]))
    assert [seat for _, event, _, seat in d.words if event == "began"] == [0, 1]
    assert d.present.tolist() == [2 * DAY]


def test_who_ends_a_piece_on_a_day_off_is_not_free():
    d = desk(jobs([0, 10], [DAY + 100, 60]), seats(0, days=0b01), until=2 * WEEK)
    assert told(d, "solved_at", "answered_at") == [[DAY + 100, WEEK + 60], [0, WEEK]]


def test_the_office_is_in_the_log():
    d = SimpyDesk(rules(hours=NINE_TO_FIVE))
    d.seat(seats(0))
    log = d.run(2 * DAY, log=True)
    found = list(
        zip(log.second.tolist(), log.event.tolist(), log.job.tolist(), log.seat.tolist(), strict=True)
    )
    assert found == [
        (MORNING, OPENED, -1, 0),
        (EVENING, CLOSED_OFFICE, -1, 0),
        (DAY + MORNING, OPENED, -1, 1),
        (DAY + EVENING, CLOSED_OFFICE, -1, 1),
    ]
    assert d.run(3 * DAY) is None


# -- duty -------------------------------------------------------------------------------------------


def test_duty_takes_requests_of_the_whole_pool_at_night_in_clock_time():
    d = desk(
        jobs([0, 10, 20, 30], 600, team=[0, 1, 2, 0], kind=[0, 0, 0, ACCOUNT]),
        seats(0, 1, 2, duty=[0, 1, 1], days=0b1),
        pools=[0, 0, 1],
        hours=NINE_TO_FIVE,
        duty=[1, 0],
    )
    # Seat 1 serves both teams of its pool, one after the other; pool 1 has no duty; account work waits.
    assert told(d, "answered_at") == [0, 600, MORNING, MORNING]
    assert told(d, "solved_at")[:2] == [600, 1200]


def test_a_duty_piece_runs_across_the_opening():
    d = desk(jobs([MORNING - 10, MORNING], [8 * HOUR, 60]), seats(0, duty=1), hours=NINE_TO_FIVE, duty=[1])
    # Begun just before closing, a request is gone on with; nobody else would do that.
    assert told(d, "solved_at") == [EVENING - 10, EVENING + 50]


def test_who_is_on_duty_puts_account_work_away_at_closing():
    filed = jobs([EVENING - 30, EVENING + 5], [HOUR, 60], kind=[ACCOUNT, REQUEST])
    d = desk(filed, seats(0, duty=1), hours=NINE_TO_FIVE, duty=[1])
    assert told(d, "solved_at") == [EVENING, EVENING + 65]
    d = desk(filed, seats(0, duty=1), hours=NINE_TO_FIVE, duty=[0])
    assert told(d, "solved_at") == [DAY + MORNING + HOUR - 30, DAY + MORNING + HOUR + 30]


def test_closing_calls_the_duty():
    d = desk(
        jobs([MORNING, EVENING - 10], [9 * HOUR, 60]),
        seats(0, 0, duty=[0, 1], days=[1, 0]),
        hours=NINE_TO_FIVE,
        duty=[1],
    )
    assert told(d, "answered_at", "solved_at") == [[MORNING, EVENING], [DAY + MORNING + HOUR, EVENING + 60]]


def test_without_people_of_the_pool_on_duty_nothing_begins_at_night():
    d = desk(jobs(0, 60), seats(0, duty=1), hours=NINE_TO_FIVE, duty=[0])
    assert told(d, "answered_at") == [MORNING]


# -- overflow, patience, room -------------------------------------------------------------------------


def test_another_team_takes_over_and_the_wait_goes_on():
    filed = jobs([0, 1], 100, team=0, spare=1, move_at=[50, 40])
    d = desk(filed, seats(0, 1), teams=2)
    assert (40, "moved", 1, -1) in d.words
    assert told(d, "team", "moved", "answered_at") == [[0, 1], [0, 1], [0, 40]]
    assert d.waited.tolist() == [0, 39]


def test_what_is_being_sorted_moves_when_it_is_sorted():
    d = desk(jobs(0, 100, sorting=20, spare=1, move_at=10), seats(0, 1), teams=2)
    assert [(t, e, s) for t, e, _, s in d.words if e in ("moved", "began")] == [
        (0, "began", 0), (10, "moved", -1), (20, "began", 1)
    ]  # fmt: skip


def test_a_move_comes_after_the_first_second():
    d = desk(jobs(5, 10, spare=1, move_at=5), seats(0, 1), teams=2)
    assert [(t, e, s) for t, e, _, s in d.words[:3]] == [(5, "came", -1), (5, "moved", -1), (5, "began", 1)]


def test_what_is_not_begun_in_time_is_given_up():
    d = desk(jobs([0, 1, 2], 100, drop_at=[50, 100, 101], kind=[REQUEST, CONTACT, CONTACT]), seats(0))
    assert (100, "dropped", 1, -1) in d.words
    assert told(d, "dropped", "answered_at", "solved_at") == [[0, 1, 0], [0, -1, 100], [100, -1, 200]]
    assert d.waited.tolist() == d.area.tolist() == [99 + 98]


def test_erlangs_loss_system():
    d = desk(jobs([0, 1, 2, 11, 11], 10), seats(0, 0), room=0)
    assert told(d, "dropped", "stage", "sorted_at") == [[0, 0, 1, 0, 0], [CLOSED] * 5, [0, 1, -1, 11, 11]]
    assert (2, "dropped", 2, -1) in d.words and (2, "came", 2, -1) not in d.words


def test_room_counts_who_could_begin_now():
    d = desk(jobs([0, 0, 0, 0], 10), seats(0, 0), room=1)
    assert told(d, "dropped") == [0, 0, 0, 1]


# -- after an answer --------------------------------------------------------------------------------


def drawn(birth, week, which, n, seed=0, replication=0):
    four = words(seed, replication, np.uint64(birth), week, DESK, 32 * which + n)
    return [float(u01d(word)) for word in four]


def test_another_department_takes_its_time_and_leaves_a_rest():
    d = desk(
        jobs(0, 100, birth=7, week=3, which=2), seats(0), until=4 * WEEK, hours=office(weeks=4),
        department=np.ones(3), cycle=np.array([5000.0, 0.0]), rest=0.25,
    )  # fmt: skip
    back = 100 + math.ceil(-5000.0 * math.log(drawn(7, 3, 2, 0)[2]))
    assert told(d, "solved_at", "passes", "served") == [[back + 25], [1], [2]]


def test_an_answer_is_passed_on_a_limited_number_of_times():
    d = desk(
        jobs(0, 100), seats(0), until=4 * WEEK, hours=office(weeks=4),
        department=np.ones(3), pass_back=1.0, cycle=np.array([100.0, 0.0]),
    )  # fmt: skip
    assert told(d, "passes", "served", "stage") == [[MOST_PASSES], [MOST_PASSES + 1], [CLOSED]]


def test_who_is_not_helped_asks_again_and_gives_up_at_last():
    d = desk(
        jobs(0, 100), seats(0, slip=9.0), until=4 * WEEK, hours=office(weeks=4),
        unsolved=np.ones(3), again=50.0, follow=np.array([30, 30]), seed=4,
    )  # fmt: skip
    # The chance is held at 95 %, so take a request whose draws leave all answers unsolved.
    assert all(drawn(0, 0, 0, n, seed=4)[0] < 0.95 for n in range(MOST_ANSWERS))
    waits = [math.ceil(-50.0 * math.log(drawn(0, 0, 0, n, seed=4)[2])) for n in range(2)]
    assert told(d, "unsolved", "answers", "solved_at", "followed_at", "stage") == [
        [1], [3], [NEVER], [NEVER], [CLOSED]
    ]  # fmt: skip
    assert d.words[-1] == (300 + sum(waits), "gave_up", 0, 0)


def test_a_chance_of_zero_never_happens():
    d = desk(jobs(np.arange(50) * 10, 5), seats(0))
    assert told(d, "served") == [1] * 50


# -- weeks ------------------------------------------------------------------------------------------


def test_people_who_leave_end_their_piece_and_newcomers_start_at_the_opening():
    d = SimpyDesk(rules(hours=NINE_TO_FIVE))
    d.seat(seats(0))
    d.file(jobs([4 * DAY + EVENING - 10, 4 * DAY + EVENING - 5], 60))
    d.run(WEEK)
    d.seat(seats(-1, 0))
    d.run(2 * WEEK)
    assert told(d, "solved_at") == [WEEK + MORNING + 50, WEEK + MORNING + 60]


def test_a_sweep_closes_up_what_is_open():
    d = SimpyDesk(rules())
    d.seat(seats(0))
    d.file(jobs([0, 10, 20], [15, WEEK, 5]))
    d.run(WEEK)
    assert d.sweep().tolist() == [1, 2]
    assert told(d, "ready", "stage") == [[10, 20], [SERVED, WAITS]]
    d.file(jobs([WEEK], 5, rank=0, which=9))
    log = d.run(2 * WEEK, log=True)
    assert [(t, e, j) for t, e, j, _ in lines(log)] == [
        (WEEK, "came", 2),
        (WEEK + 15, "ended", 0), (WEEK + 15, "solved", 0), (WEEK + 15, "began", 1),
        (WEEK + 20, "ended", 1), (WEEK + 20, "solved", 1), (WEEK + 20, "began", 2),
        (WEEK + 25, "ended", 2), (WEEK + 25, "solved", 2),
    ]  # fmt: skip


def test_new_teams_keep_the_second_since_which_a_piece_waits():
    d = SimpyDesk(rules(teams=2))
    d.seat(seats(0, 1))
    d.file(jobs([0, 10], WEEK + 5))
    d.run(WEEK)
    d.reteam(np.array([0, 1]), np.array([-1, -1]))
    d.run(2 * WEEK)
    assert told(d, "answered_at", "since") == [[0, WEEK], [0, 10]]
    assert d.waited.tolist() == [0, WEEK - 10]
    assert d.area.tolist() == [WEEK - 10, 0]


def test_a_job_cannot_come_in_the_past():
    d = SimpyDesk(rules())
    d.run(100)
    with pytest.raises(ValueError, match="before second 100"):
        d.file(jobs(99))


def test_a_seat_stays_a_seat():
    d = SimpyDesk(rules())
    d.seat(seats(0, 0))
    with pytest.raises(ValueError, match="keeps them"):
        d.seat(seats(0))


# -- what only this desk can do -----------------------------------------------------------------------


def test_an_analyst_chooses_the_next_piece():
    def shortest(waiting, person, second):
        return min(waiting, key=lambda job: job.piece)

    d = desk(jobs([0, 1, 2, 3], [100, 30, 20, 10]), seats(0), options={"choose": shortest})
    assert told(d, "answered_at") == [0, 130, 110, 100]


def test_a_choice_must_be_one_of_those_that_wait():
    strange = SimpyDesk(rules(), choose=lambda waiting, person, second: None)
    strange.seat(seats(0))
    strange.file(jobs(0))
    with pytest.raises(ValueError, match="one of the waiting jobs"):
        strange.run(10)


def test_a_grave_request_interrupts_account_work_which_goes_on_later():
    filed = jobs([0, 30, 40], [100, 20, 10], kind=[ACCOUNT, REQUEST, REQUEST], grave=[0, 1, 0])
    d = desk(filed, seats(0), options={"preempt_grave": True})
    assert told(d, "answered_at", "solved_at") == [[0, 30, 50], [130, 50, 60]]
    assert d.busy.tolist() == [[0, 30, 0, 0, 100]]
    assert d.begun.tolist() == [[0, 2, 0, 0, 2]]
    assert d.area.sum() == d.waited.sum() == 10 + 30
    calm = desk(filed, seats(0))
    assert told(calm, "answered_at") == [0, 100, 120]


def test_interrupted_work_rests_at_night_like_any_other():
    filed = jobs([EVENING - 100, EVENING - 50], [90, 20], kind=[ACCOUNT, REQUEST], grave=[0, 1])
    d = desk(filed, seats(0), options={"preempt_grave": True}, hours=NINE_TO_FIVE)
    assert told(d, "solved_at") == [DAY + MORNING + 10, EVENING - 30]
    assert d.busy[0, [SORT, SERVE, FILL]].tolist() == [0, 20, 90]
