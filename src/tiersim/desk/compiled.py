"""The service desk for full runs: compiled, and event for event the same as the SimPy desk."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk.calendar import opened_before
from tiersim.desk.heap import MOST_JOBS, MOST_RANK, NODE, OPEN, packed
from tiersim.desk.jobs import COURSE, FILED, empty
from tiersim.desk.lines import (
    AREA,
    DAYS,
    DUTY,
    HEAD,
    LINE,
    PERSON_ROWS,
    QUEUE_ROWS,
    REQUESTS,
    ROOT,
    TAIL,
    TEAM,
    WAITED,
    step_out,
)
from tiersim.desk.queue import advance
from tiersim.desk.rules import Log, Rules, Seats
from tiersim.desk.state import AGENDA, AGENDA_END, DAY, EVENTS, LOGGED, NOW, PENDING, REPLICATION, SEED, STATE
from tiersim.desk.turnover import EARLY, UNRANKED, close_up, enter, reteam
from tiersim.errors import TiersimError

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

_RUN = (
    "birth", "week", "which", "kind", "request_class", "cell", "team", "spare", "rank", "sorting", "work",
    "stage", "band", "piece", "since", "seat", "served", "answers", "passes", "moved", "sorted_at",
    "answered_at", "solved_at", "followed_at", "unsolved", "dropped",
)  # fmt: skip
_RETEAM = ("team", "spare", "stage", "band", "rank", "since")
_EVENTS_A_JOB = 3  # its move, its drop, and either its return or the end of a piece


class NotSupported(TiersimError):
    """Something that only the SimPy desk does."""


class CompiledDesk:
    """A service desk on arrays; same methods as `tiersim.desk.process.SimpyDesk`.

    Parameters
    ----------
    rules : what the desk goes by.
    places : jobs for which the table has room at first; it grows by itself.
    more : options of the SimPy desk (`choose`, `preempt_grave`), which are refused here.

    Attributes
    ----------
    table, count : columns of `tiersim.desk.jobs` and how many rows are in use. Columns are replaced when
        the table grows.
    busy, begun : seconds of work begun and pieces begun, shape (pools, 5) by band.
    present : seconds of people present in office hours, shape (pools,).
    """

    def __init__(self, rules: Rules, places: int = 256, **more: object) -> None:
        for name, value in more.items():
            if value not in (None, False):
                raise NotSupported(
                    f"{name} is something that only the SimPy desk does: use SimpyDesk(rules, ...)"
                )
        office, teams, pools = rules.office, rules.team_pool.size, rules.on_duty.size
        self.rules = rules
        self.table, self.count = empty(max(places, 1)), 0
        self._state = np.zeros(STATE, np.int64)
        self._state[SEED], self._state[REPLICATION] = rules.seed, rules.replication
        self._state[DAY] = -1  # no day has been opened yet
        self._events = np.zeros(_EVENTS_A_JOB * places + 8, np.int64)
        self._agenda = np.zeros(0, np.int64)
        self._node = np.full((places, NODE), -1, np.int64)
        self._queue = np.zeros((QUEUE_ROWS, teams), np.int64)
        for row in (ROOT, HEAD, TAIL):
            self._queue[row] = -1
        self._person, self._pace = np.full((PERSON_ROWS, 0), -1, np.int64), np.ones((2, 0))
        self.busy, self.begun = np.zeros((pools, 5), np.int64), np.zeros((pools, 5), np.int64)
        self.present = np.zeros(pools, np.int64)
        by_pool = np.argsort(rules.team_pool, kind="stable").astype(np.int64)
        first = np.searchsorted(rules.team_pool[by_pool], np.arange(pools + 1)).astype(np.int64)
        integers = (rules.team_pool, by_pool, first, rules.on_duty, rules.room)
        floats = (rules.department, rules.unsolved, rules.cycle)
        self._rules = (
            *(np.ascontiguousarray(array, np.int64) for array in integers),
            *(np.ascontiguousarray(array, np.float64) for array in floats),
            np.ascontiguousarray(rules.follow, np.int64),
            np.array([rules.pass_back, rules.rest, rules.again], np.float64),
            office.opens,
            office.closes,
            opened_before(office),
            office.day,
        )
        self._no_log = np.zeros((5, 0), np.int64)
        self._bind()
        if office.opens.size:
            self._events[0] = packed(office.opens[0], OPEN, 0)
            self._state[EVENTS] = 1

    def _bind(self) -> None:
        """Arguments of the kernels, once for as long as no array is replaced."""
        columns = tuple(self.table[name] for name in _RUN)
        self._run = (*self._rules, *columns)
        self._columns = tuple(self.table[name] for name in FILED | COURSE)

    @property
    def now(self) -> int:
        """Second at which the clock stands."""
        return int(self._state[NOW])

    @property
    def area(self) -> Ints:
        """Integral over seconds of the number of waiting pieces, shape (teams,)."""
        return self._queue[AREA].copy()

    @property
    def waited(self) -> Ints:
        """Seconds of waits that have ended, shape (teams,)."""
        return self._queue[WAITED].copy()

    @property
    def waiting(self) -> Ints:
        """Requests that wait, shape (teams,)."""
        return self._queue[REQUESTS].copy()

    def seat(self, seats: Seats) -> None:
        """People of the week that begins; who changes team is free there from the next opening."""
        many, had = seats.team.size, self._person.shape[1]
        if many < had:
            raise ValueError(f"{many} seats: a desk with {had} keeps them; empty ones have team -1")
        if many > had:
            person, pace = np.full((PERSON_ROWS, many), -1, np.int64), np.ones((2, many))
            person[:, :had], pace[:, :had] = self._person, self._pace
            person[DAYS:, had:] = 0
            self._person, self._pace = person, pace
        person = self._person
        for seat in np.flatnonzero((person[TEAM, :many] != seats.team) & (person[LINE, :many] >= 0)):
            step_out(self._queue, person, seat)
        person[TEAM, :many], person[DAYS, :many], person[DUTY, :many] = seats.team, seats.days, seats.duty
        self._pace[0, :many], self._pace[1, :many] = seats.speed, seats.slip
        self._state[PENDING] = 1

    def reteam(self, team: Array, spare: Array) -> None:
        """New columns `team` and `spare` of all jobs in the table; waiting pieces keep their second."""
        if len(team) != self.count or len(spare) != self.count:
            raise ValueError(f"{len(team)} teams for a table of {self.count} jobs")
        reteam(
            self.count, np.asarray(team, np.int64), np.asarray(spare, np.int64), self.now, self._queue,
            self._node, *(self.table[name] for name in _RETEAM),
        )  # fmt: skip
        self._state[PENDING] = 1

    def file(self, columns: dict[str, Array]) -> None:
        """Append jobs to the table, all columns of `FILED`; each starts its life at its second `ready`."""
        rows = np.empty((len(FILED), len(columns["ready"])), np.int64)
        for place, (name, kind) in enumerate(FILED.items()):
            rows[place] = np.asarray(columns[name], kind).astype(np.int64)
        self.file_rows(rows, rows.shape[1])

    def file_rows(self, rows: Ints, many: int) -> None:
        """Append the first `many` columns of `rows`, one row a column of `FILED`; births as int64 bits."""
        if many == 0:
            return
        self._reserve(many)
        state = self._state
        rest = self._agenda[state[AGENDA] : state[AGENDA_END]]
        planned = np.empty(rest.size + 3 * many, np.int64)
        planned[: rest.size] = rest
        size = enter(rows, many, self.count, self.now, planned, rest.size, *self._columns)
        if size == EARLY:
            raise ValueError(f"a job cannot come before second {self.now}, at which the desk stands")
        if size == UNRANKED:
            raise ValueError(f"rank must be 0 to {MOST_RANK}")
        planned = planned[:size]
        planned.sort()
        self._agenda = planned
        state[AGENDA], state[AGENDA_END] = 0, size
        self.count += many

    def _reserve(self, many: int) -> None:
        """Make room for so many more jobs; columns are replaced if they must grow."""
        need, have = self.count + many, self.table["ready"].size
        if need > MOST_JOBS:
            raise TiersimError(
                f"more than {MOST_JOBS:,} jobs are open at once; staff the desk, or ask it less"
            )
        if need <= have:
            return
        larger = empty(2 * need)
        for name, column in self.table.items():
            larger[name][: self.count] = column[: self.count]
        events = np.zeros(_EVENTS_A_JOB * 2 * need + 8, np.int64)
        events[: self._events.size] = self._events
        node = np.full((2 * need, NODE), -1, np.int64)
        node[:have] = self._node
        self.table, self._events, self._node = larger, events, node
        self._bind()

    def run(self, until: int, log: bool = False) -> Log | None:
        """Handle every second before `until`; with `log`, what happened in order."""
        if not log:
            self._advance(until, self._no_log)
            return None
        saved = self._snapshot()
        room = 1000
        while True:
            self._state[LOGGED] = 0
            lines = np.zeros((5, room), np.int64)
            self._advance(until, lines)
            used = int(self._state[LOGGED])
            if used <= room:
                return Log(*(np.ascontiguousarray(row[:used]) for row in lines))
            self._restore(saved)
            room = 2 * used

    def _advance(self, until: int, log: Array) -> None:
        advance(
            until, self._state, self._agenda, self._events, self._node, self._queue, self._person, self._pace,
            self.busy, self.begun, self.present, log, *self._run,
        )  # fmt: skip

    def _arrays(self) -> list[Array]:
        """All that a run changes."""
        own = [self._state, self._events, self._node, self._queue, self._person, self.busy, self.begun]
        return [*own, self.present, *(self.table[name] for name in ("team", *COURSE))]

    def _snapshot(self) -> list[Array]:
        return [array.copy() for array in self._arrays()]

    def _restore(self, saved: list[Array]) -> None:
        for array, before in zip(self._arrays(), saved, strict=True):
            array[...] = before

    def sweep(self) -> Ints:
        """Drop closed jobs from the table; returns the places of those that stay, which close up."""
        place = np.empty(self.count, np.int64)
        self.count = close_up(
            self._state, self._agenda, self._events, self._queue, self._person, self._node, place, self.count,
            *self._columns,
        )  # fmt: skip
        return np.flatnonzero(place >= 0)
