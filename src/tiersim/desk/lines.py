"""Lines of a desk: pieces that wait for a team, and people who are free, in plain arrays."""

from __future__ import annotations

from tiersim.desk.heap import add_piece, remove_piece, waiting_key
from tiersim.desk.jobs import SERVE
from tiersim.kernel import inline_kernel, kernel

# Rows of `queue` (int64), one column a team.
ROOT, PIECES, REQUESTS, AREA, LOOKED, WAITED, HEAD, TAIL, FREE, TOUCHED = range(10)
QUEUE_ROWS = 10

# Rows of `person` (int64), one column a seat: who is before and after in the line of the free, the team in
# whose line the person stands (-1: none), the job at hand (-1: none), the seat's team, days, duty.
BEFORE, AFTER, LINE, JOB, TEAM, DAYS, DUTY = range(7)
PERSON_ROWS = 7


@inline_kernel
def look(queue, team, now):  # type: ignore[no-untyped-def]
    """Carry the integral of the number of waiting pieces on to this second."""
    queue[AREA, team] += queue[PIECES, team] * (now - queue[LOOKED, team])
    queue[LOOKED, team] = now


@kernel
def join(queue, node, team, job, band, rank, since, now):  # type: ignore[no-untyped-def]
    """A piece begins to wait in a team; rank counts only among pieces of request work."""
    look(queue, team, now)
    key = waiting_key(band, rank if band == SERVE else 0, since)
    queue[ROOT, team] = add_piece(node, queue[ROOT, team], job, key)
    queue[PIECES, team] += 1
    queue[REQUESTS, team] += band <= SERVE
    queue[TOUCHED, team] = 1


@kernel
def leave(queue, node, team, job, band, now):  # type: ignore[no-untyped-def]
    """A piece waits there no longer."""
    look(queue, team, now)
    queue[ROOT, team] = remove_piece(node, queue[ROOT, team], job)
    queue[PIECES, team] -= 1
    queue[REQUESTS, team] -= band <= SERVE


@kernel
def stand(queue, person, seat, team):  # type: ignore[no-untyped-def]
    """A free person joins the end of the team's line."""
    last = queue[TAIL, team]
    person[BEFORE, seat], person[AFTER, seat], person[LINE, seat] = last, -1, team
    if last >= 0:
        person[AFTER, last] = seat
    else:
        queue[HEAD, team] = seat
    queue[TAIL, team] = seat
    queue[FREE, team] += 1


@kernel
def step_out(queue, person, seat):  # type: ignore[no-untyped-def]
    """A person leaves the line of the free, wherever in it; nothing if in none."""
    team = person[LINE, seat]
    if team < 0:
        return
    before, after = person[BEFORE, seat], person[AFTER, seat]
    if before >= 0:
        person[AFTER, before] = after
    else:
        queue[HEAD, team] = after
    if after >= 0:
        person[BEFORE, after] = before
    else:
        queue[TAIL, team] = before
    person[LINE, seat] = -1
    queue[FREE, team] -= 1
