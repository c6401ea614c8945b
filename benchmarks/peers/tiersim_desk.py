"""tiersim's two desks: a week's requests filed, the week run, what is done with read and swept."""

from __future__ import annotations

import numpy as np

from benchmarks.tickets import WEEK, Ints, Stream
from tiersim.desk.calendar import always
from tiersim.desk.compiled import CompiledDesk
from tiersim.desk.jobs import CLOSED, FILED, NEVER
from tiersim.desk.process import SimpyDesk
from tiersim.desk.rules import Rules, Seats

Desk = CompiledDesk | SimpyDesk
NOBODY = -1


def rules(weeks: int) -> Rules:
    """One team, open round the clock; whoever answers solves, alone."""
    one = np.zeros(1, np.int64)
    return Rules(
        office=always(weeks),
        team_pool=one,
        on_duty=one,
        room=np.full(1, -1, np.int64),
        department=np.zeros(1),
        unsolved=np.zeros(1),
        cycle=np.zeros(1),
        follow=one,
    )


def seats(people: int) -> Seats:
    """One team, all there on every day of the week."""
    return Seats(
        team=np.zeros(people, np.int64),
        speed=np.ones(people),
        slip=np.ones(people),
        days=np.full(people, 0b1111111, np.int64),
        duty=np.zeros(people, np.int64),
    )


def filed(stream: Stream, first: int, last: int) -> dict[str, np.ndarray]:
    """Requests `first` to `last`, the last one not; `customer` is the number of the request."""
    many = last - first
    columns = {name: np.zeros(many, kind) for name, kind in FILED.items()}
    for name in ("spare", "move_at", "drop_at"):
        columns[name].fill(NEVER)
    columns["customer"][:] = np.arange(first, last)
    columns["ready"][:] = stream.ready[first:last]
    columns["work"][:] = stream.work[first:last]
    columns["rank"][:] = stream.tier[first:last]
    return columns


def run(desk: Desk, stream: Stream) -> Ints:
    """Seconds that each request waits."""
    desk.seat(seats(stream.people))
    waits = np.full(len(stream), -1, np.int64)
    edges = np.searchsorted(stream.ready, np.arange(stream.weeks + 1) * WEEK)
    week = 0
    while week < stream.weeks or desk.count:
        if week < stream.weeks:
            desk.file(filed(stream, int(edges[week]), int(edges[week + 1])))
        week += 1
        desk.run(week * WEEK)
        table, count = desk.table, desk.count
        done = np.flatnonzero(table["stage"][:count] == CLOSED)
        waits[table["customer"][done]] = table["answered_at"][done] - table["ready"][done]
        desk.sweep()
    return waits


def compiled(stream: Stream) -> Ints:
    """By the desk of full runs."""
    return run(CompiledDesk(rules(stream.weeks + 1)), stream)


def simpy(stream: Stream) -> Ints:
    """By the desk that reads like the process it describes."""
    return run(SimpyDesk(rules(stream.weeks + 1)), stream)
