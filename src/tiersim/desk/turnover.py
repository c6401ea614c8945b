"""Jobs come into the compiled desk's table, change team, and leave it."""

from __future__ import annotations

import numpy as np

from tiersim.desk.heap import (
    CLOSE,
    DROP,
    ID_MASK,
    KIND_MASK,
    KIND_SHIFT,
    MOST_RANK,
    MOVE,
    OPEN,
    READY,
    add_event,
    packed,
)
from tiersim.desk.jobs import CLOSED, COMING, FILED, FOLLOW_WAITS, NEVER, REQUEST, SORTING_WAIT, WAITS
from tiersim.desk.lines import JOB, ROOT, join, leave
from tiersim.desk.state import AGENDA, AGENDA_END, EVENTS
from tiersim.kernel import kernel

_READY, _RANK = list(FILED).index("ready"), list(FILED).index("rank")

EARLY, UNRANKED = -1, -2
"""What `enter` returns for a job that comes before the desk's second, or has no rank of the range."""


@kernel
def enter(  # type: ignore[no-untyped-def]
    filed, many, first, now, planned, size,
    customer, birth, week, which, kind, request_class, grave, cell, topic, team, spare, move_at, rank, ready,
    sorting, work, drop_at,
    stage, band, piece, since, seat, served, answers, passes, moved, sorted_at, answered_at, solved_at,
    followed_at, unsolved, dropped, told,
):  # fmt: skip
    """The first `many` columns of `filed`, rows as `tiersim.desk.jobs.FILED`, become jobs from `first` on.

    What is due of them is written to `planned` from place `size` on. Returns its new size, or why they are
    refused.
    """
    for k in range(many):
        if filed[_READY, k] < now:
            return EARLY
        if filed[_RANK, k] < 0 or filed[_RANK, k] > MOST_RANK:
            return UNRANKED
    for k in range(many):
        j = first + k
        customer[j], birth[j], week[j], which[j] = (
            filed[0, k],
            np.uint64(filed[1, k]),
            filed[2, k],
            filed[3, k],
        )
        which[j], kind[j], request_class[j] = filed[3, k], filed[4, k], filed[5, k]
        grave[j], cell[j] = filed[6, k], filed[7, k]
        topic[j], team[j], spare[j], move_at[j] = filed[8, k], filed[9, k], filed[10, k], filed[11, k]
        rank[j], ready[j], sorting[j], work[j] = filed[12, k], filed[13, k], filed[14, k], filed[15, k]
        drop_at[j] = filed[16, k]
        stage[j], band[j], piece[j], since[j], seat[j] = COMING, 0, 0, 0, -1
        served[j], answers[j], passes[j], moved[j] = 0, 0, 0, 0
        sorted_at[j], answered_at[j], solved_at[j], followed_at[j] = NEVER, NEVER, NEVER, NEVER
        unsolved[j], dropped[j], told[j] = 0, 0, 0
        planned[size] = packed(ready[j], READY, j)
        size += 1
        if kind[j] == REQUEST and move_at[j] >= 0:
            planned[size] = packed(move_at[j], MOVE, j)
            size += 1
        if drop_at[j] >= 0:
            planned[size] = packed(drop_at[j], DROP, j)
            size += 1
    return size


@kernel
def reteam(count, to, spare_to, now, queue, node, team, spare, stage, band, rank, since):  # type: ignore[no-untyped-def]
    """New teams of the first `count` jobs; waiting pieces keep their second."""
    for j in range(count):
        if stage[j] == SORTING_WAIT or stage[j] == WAITS or stage[j] == FOLLOW_WAITS:
            leave(queue, node, team[j], j, band[j], now)
            join(queue, node, to[j], j, band[j], rank[j], since[j], now)
        team[j], spare[j] = to[j], spare_to[j]


@kernel
def close_up(  # type: ignore[no-untyped-def]
    state, agenda, events, queue, person, node, place, count,
    customer, birth, week, which, kind, request_class, grave, cell, topic, team, spare, move_at, rank, ready,
    sorting, work, drop_at,
    stage, band, piece, since, seat, served, answers, passes, moved, sorted_at, answered_at, solved_at,
    followed_at, unsolved, dropped, told,
):  # fmt: skip
    """Drop closed jobs: new `place` of each (-1: dropped); events, lines, people renumbered; how many stay.

    Numbers keep their order, so lines keep their shape.
    """
    kept = 0
    for j in range(count):
        place[j] = -1
        if stage[j] != CLOSED:
            place[j] = kept
            kept += 1
    left = 0
    for e in range(state[AGENDA], state[AGENDA_END]):
        to = place[agenda[e] & ID_MASK]
        if to >= 0:
            agenda[left] = (agenda[e] & ~np.int64(ID_MASK)) | to
            left += 1
    state[AGENDA], state[AGENDA_END] = 0, left
    size, left = state[EVENTS], 0
    for e in range(size):
        event = events[e]
        what = (event >> KIND_SHIFT) & KIND_MASK
        if what != OPEN and what != CLOSE:
            to = place[event & ID_MASK]
            if to < 0:
                continue
            event = (event & ~np.int64(ID_MASK)) | to
        # Places before the next event are free, so the heap is built anew where the old one stood.
        add_event(events, left, event)
        left += 1
    state[EVENTS] = left
    for t in range(queue.shape[1]):
        if queue[ROOT, t] >= 0:
            queue[ROOT, t] = place[queue[ROOT, t]]
    for s in range(person.shape[1]):
        if person[JOB, s] >= 0:
            person[JOB, s] = place[person[JOB, s]]
    for j in range(count):
        p = place[j]
        if p < 0:
            continue
        node[p, 0] = node[j, 0]
        for column in range(1, node.shape[1]):
            other = node[j, column]
            node[p, column] = place[other] if other >= 0 else -1
        if p == j:
            continue
        customer[p], birth[p], week[p], which[p], kind[p] = customer[j], birth[j], week[j], which[j], kind[j]
        request_class[p], grave[p], cell[p], topic[p] = request_class[j], grave[j], cell[j], topic[j]
        team[p], spare[p], move_at[p], rank[p], ready[p] = team[j], spare[j], move_at[j], rank[j], ready[j]
        sorting[p], work[p], drop_at[p] = sorting[j], work[j], drop_at[j]
        stage[p], band[p], piece[p], since[p], seat[p] = stage[j], band[j], piece[j], since[j], seat[j]
        served[p], answers[p], passes[p], moved[p] = served[j], answers[j], passes[j], moved[j]
        sorted_at[p], answered_at[p] = sorted_at[j], answered_at[j]
        solved_at[p], followed_at[p] = solved_at[j], followed_at[j]
        unsolved[p], dropped[p], told[p] = unsolved[j], dropped[j], told[j]
    return kept
