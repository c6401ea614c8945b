"""The table of a desk's open jobs: one column a name, one place a job, in the order in which they were filed.

A job is a request, a scheduled contact, a piece of account work or a meeting. Both engines read the first
group of columns, which never changes while the job is open but for its team, and write the second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

REQUEST, CONTACT, ACCOUNT, MEETING = range(4)
"""Kinds of job."""

SORT, SERVE, FOLLOW, BOOKED, FILL = range(5)
"""Bands of the waiting order: first sorting, requests, follow-up calls, contacts and meetings, accounts."""

COMING, SORTING_WAIT, SORTED, WAITS, SERVED, AWAY, FOLLOW_WAITS, FOLLOWED, CLOSED = range(9)
"""Where a job stands: not there yet; waits for sorting; is being sorted; waits for its people; is being
worked on; with another department or back with the customer; waits for the follow-up call; is being called;
done with."""

NEVER = -1
"""Second of what has not happened."""

MOST_ANSWERS = 3
"""Answers after which a request that is not solved counts as unsolved for good."""

MOST_PASSES = 8
"""Times that one answer may be passed to another department."""

FILED: dict[str, type] = {
    "customer": np.int32,  # slot of the customer; -1: nobody's
    "birth": np.uint64,  # address of the request's own draws: birth id, week, number within the week
    "week": np.int32,
    "which": np.int32,
    "kind": np.int8,
    "request_class": np.int8,
    "grave": np.int8,
    "cell": np.int32,  # policy and tier under which it was filed: row of the tables by cell
    "topic": np.int16,
    "team": np.int32,  # people who answer for it
    "spare": np.int32,  # team that takes it over; -1: none
    "move_at": np.int64,  # second at which `spare` takes it over if nobody has begun; -1: never
    "rank": np.int32,  # order of service among requests, 0 to 1023, smallest first
    "ready": np.int64,  # second in which it comes
    "sorting": np.int32,  # seconds of first sorting; 0: sorted on arrival
    "work": np.int32,  # seconds of work at full speed, at least 1
    "drop_at": np.int64,  # second from which it is no longer begun; -1: never
}
"""What is known when a job is filed."""

COURSE: dict[str, type] = {
    "stage": np.int8,
    "band": np.int8,  # of the piece that waits or is under way
    "piece": np.int32,  # seconds of work at full speed of that piece
    "since": np.int64,  # second since which the piece waits
    "seat": np.int32,  # who works on it, -1: nobody
    "served": np.int16,  # pieces of request work finished
    "answers": np.int16,  # answers that did not solve it
    "passes": np.int16,  # times that this answer was passed on
    "moved": np.int8,  # taken over by `spare`
    "sorted_at": np.int64,
    "answered_at": np.int64,  # second in which the first piece of request work began
    "solved_at": np.int64,
    "followed_at": np.int64,
    "unsolved": np.int8,  # given up, closed without a solution
    "dropped": np.int8,  # not begun in time, or no room to wait
    "told": np.int16,  # bits of what the customer and the books have been told; not the desk's
}
"""What happens to it. Seconds are `NEVER` until then."""

_START = {"seat": -1, "sorted_at": NEVER, "answered_at": NEVER, "solved_at": NEVER, "followed_at": NEVER}


def empty(room: int) -> dict[str, Array]:
    """A table with places for `room` jobs, all columns at their values of the start."""
    table: dict[str, Array] = {name: np.zeros(room, kind) for name, kind in (FILED | COURSE).items()}
    for name, value in _START.items():
        table[name].fill(value)
    return table
