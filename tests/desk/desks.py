"""Small desks for tests: rules, people and jobs in as few words as a case needs."""

from __future__ import annotations

import numpy as np

from tiersim.desk.jobs import COURSE, FILED, NEVER, REQUEST
from tiersim.desk.rules import EVENTS, Office, Rules, Seats

DAY = 86_400
HOUR = 3_600
WEEK = 7 * DAY


def office(opens=0, closes=24 * HOUR, days=range(7), weeks=2):
    """The same hours on each of `days`; round the clock by default."""
    starts = [(7 * week + day) * DAY for week in range(weeks) for day in days]
    return Office(
        np.array([start + opens for start in starts], np.int64),
        np.array([start + closes for start in starts], np.int64),
        np.array([start // DAY % 7 for start in starts], np.int64),
    )


def rules(teams=1, pools=None, hours=None, duty=None, room=-1, **more):
    """Rules of teams in `pools`; classes 0 to 2 and cells 0 to 1 do nothing special unless said."""
    pools = np.array(pools if pools is not None else [0] * teams, np.int64)
    many = int(pools.max()) + 1
    base = {
        "office": hours or office(),
        "team_pool": pools,
        "on_duty": np.array(duty if duty is not None else [0] * many, np.int64),
        "room": np.broadcast_to(np.asarray(room, np.int64), pools.shape).copy(),
        "department": np.zeros(3),
        "unsolved": np.zeros(3),
        "cycle": np.zeros(2),
        "follow": np.zeros(2, np.int64),
    }
    return Rules(**(base | more))


def seats(*team, speed=1.0, slip=1.0, days=0b1111111, duty=0):
    """One person for each number of a team."""
    full = lambda value, kind: np.broadcast_to(np.asarray(value, kind), len(team)).copy()
    return Seats(
        np.array(team, np.int64),
        full(speed, np.float64),
        full(slip, np.float64),
        full(days, np.int64),
        full(duty, np.int64),
    )


def jobs(ready, work=60, **more):
    """Columns to file: requests of team 0 without sorting unless said; `which` counts on."""
    ready = np.atleast_1d(np.asarray(ready, np.int64))
    values = {"move_at": NEVER, "drop_at": NEVER, "spare": -1, "kind": REQUEST, "customer": -1}
    values |= {"ready": ready, "work": work, "which": np.arange(ready.size)} | more
    return {
        name: np.broadcast_to(np.asarray(values.get(name, 0), kind), ready.shape).copy()
        for name, kind in FILED.items()
    }


def lines(log):
    """A log as (second, event, job, seat) in words, without the office."""
    rows = zip(log.second, log.event, log.job, log.seat, strict=True)
    return [(int(t), EVENTS[e], int(j), int(s)) for t, e, j, s in rows if j >= 0]


def told(desk, *names):
    """Columns of the jobs in the table as lists."""
    out = [desk.table[name][: desk.count].tolist() for name in names]
    return out[0] if len(out) == 1 else out


def course(desk):
    """What must agree between two engines: of `band`, `piece` and `since` only what means something."""
    from tiersim.desk import jobs as j

    table = {name: desk.table[name][: desk.count].copy() for name in (*FILED, *COURSE)}
    waits = np.isin(table["stage"], [j.SORTING_WAIT, j.WAITS, j.FOLLOW_WAITS])
    open_piece = waits | np.isin(table["stage"], [j.SORTED, j.SERVED, j.FOLLOWED])
    table["since"][~waits] = 0
    for name in ("band", "piece"):
        table[name][~open_piece] = 0
    return {name: column.tolist() for name, column in table.items()}
