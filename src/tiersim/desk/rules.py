"""What a desk goes by: calendar, teams, people, and what happens to a request after each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Office:
    """Office hours as spans of seconds since the Monday 0:00 on which the clock begins.

    `opens` and `closes`, ascending, shape (spans,): span k is ``opens[k] <= t < closes[k]``; two spans may
    touch (open round the clock). `day` is the day of the week of each, Monday 0.
    """

    opens: Ints
    closes: Ints
    day: Ints


@dataclass(frozen=True, eq=False)
class Rules:
    """Fixed for the life of a desk.

    Parameters
    ----------
    office : opening hours of everybody.
    team_pool : pool of each team, shape (teams,).
    on_duty : people of each pool who take requests out of office hours, shape (pools,); 0: nobody.
    room : requests that may wait in a team, shape (teams,); -1: any number.
    department : chance that an answer needs another department, by class of request.
    unsolved : chance that an answer of mean quality does not solve, by class.
    cycle : mean seconds until another department has done its part, by cell.
    follow : seconds of work of the follow-up call, by cell; 0: none.
    pass_back : chance that a returned request is passed on once more.
    rest : work left when it returns, share of the first.
    again : mean seconds until a customer asks again.
    seed, replication : of the draws after each answer.
    """

    office: Office
    team_pool: Ints
    on_duty: Ints
    room: Ints
    department: Floats
    unsolved: Floats
    cycle: Floats
    follow: Ints
    pass_back: float = 0.0
    rest: float = 0.25
    again: float = 172_800.0
    seed: int = 0
    replication: int = 0


@dataclass(frozen=True, eq=False)
class Seats:
    """The people of a desk in one week; all of shape (seats,). A person keeps the number of its seat.

    `team` (-1: the seat is empty; who works on something ends that piece first), `speed` (1: full),
    `slip` (factor on the chance that an answer does not solve), `days` (bit d: at work on day d of the week,
    Monday 0), `duty` (1: on duty out of office hours this week).
    """

    team: Ints
    speed: Floats
    slip: Floats
    days: Ints
    duty: Ints


EVENTS = ("came", "began", "ended", "moved", "dropped", "solved", "gave_up", "opened", "closed")
CAME, BEGAN, ENDED, MOVED, DROPPED, SOLVED, GAVE_UP, OPENED, CLOSED_OFFICE = range(len(EVENTS))


@dataclass(frozen=True, eq=False)
class Log:
    """What happened, in order: (second, event, job, seat, band); seat -1 where nobody is concerned.

    ``came``: a piece begins to wait (again); ``began`` and ``ended``: work on a piece. Events of one second
    stand in the order in which the rules take them. Office events have job -1 and the number of the span as
    seat.
    """

    second: Ints
    event: Ints
    job: Ints
    seat: Ints
    band: Ints
