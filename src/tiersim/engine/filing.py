"""Places in the arrays by which requests are filed: parameters, classes, cells, columns of a job."""

from __future__ import annotations

WEEK_SECONDS = 604_800

AT_ONCE = 300
"""Seconds below which nobody feels how quick an answer is."""

# request_par (float64)
(
    SPREAD, SORTING, OUT_OF_HOURS, PRICE, DISCIPLINE, GRAVE_FIRST, TYPICAL, VALUE_WEIGHT, FIT_WEIGHT,
    WORTH_WEIGHT, SHOCK_LATE, SHOCK_LATE_SOLUTION, SHOCK_UNSOLVED, SHOCK_BOT, SHOCK_HAND_OVER,
    SHOCK_FOLLOW_UP, SHOCK_PAID, FILED_AFTER, QUICK, USUAL_PACE, POINTS_AT_ONCE,
    SHOCK_FEEDBACK, SHOCK_FEEDBACK_MISSED,
) = range(23)  # fmt: skip
REQUEST_PARAMETERS = 23

# class_par (float64), one column a class of request
A_CUMULATIVE, A_WORK, A_GRAVE, A_BOT, A_URGENT, A_FEASIBLE, A_PAID = range(7)
CLASS_PARAMETERS = 7

# cell_par (float64), one column a cell of policy and tier; seconds, pools and ranks are whole numbers
(
    C_BOT, C_SELF_SERVICE, C_PAYS, C_OVERFLOW_AFTER, C_OVERFLOW_POOL, C_TIER, C_SLOT, C_IMPORTANT,
    C_SORT_WITHIN, C_CLOCK, C_FOLLOW_WITHIN, C_KNOWLEDGE,
) = range(12)  # fmt: skip
CELL_PARAMETERS = 12

# filed (int64), one row a column of `tiersim.desk.jobs.FILED`
(
    F_CUSTOMER, F_BIRTH, F_WEEK, F_WHICH, F_KIND, F_CLASS, F_GRAVE, F_CELL, F_TOPIC, F_TEAM, F_SPARE,
    F_MOVE_AT, F_RANK, F_READY, F_SORTING, F_WORK, F_DROP_AT,
) = range(17)  # fmt: skip
FILED_COLUMNS = 17

FEEDBACK = 1
"""Class of a contact that answers a poor survey answer; of one by cadence it is 0."""

# what a request has been told to customer and books (bits of the job's `told`)
(
    T_SORTED, T_SORTED_LATE, T_ANSWERED, T_LATE, T_SOLVED, T_SOLVED_LATE, T_FOLLOWED, T_HALF, T_MOST, T_FILED,
) = (1 << bit for bit in range(10))  # fmt: skip

# desk_sum (float64): (rows, cells, classes), what the desk tables add up
DESK_SUMS: tuple[str, ...] = (
    "filed", "sorted", "sorted_late", "answered", "half_warned", "most_warned", "late", "solved",
    "solved_late", "unsolved", "followed", "followed_in_time", "moved", "asked_again", "passed_on",
    "sort_hours", "answer_hours", "solve_hours",
)  # fmt: skip
(
    D_FILED, D_SORTED, D_SORTED_LATE, D_ANSWERED, D_HALF, D_MOST, D_LATE, D_SOLVED, D_SOLVED_LATE, D_UNSOLVED,
    D_FOLLOWED, D_FOLLOWED_IN_TIME, D_MOVED, D_AGAIN, D_PASSED, D_SORT_HOURS, D_ANSWER_HOURS, D_SOLVE_HOURS,
) = range(len(DESK_SUMS))  # fmt: skip
