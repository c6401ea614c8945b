"""What the compiled desk does at each kind of happening; `tiersim.desk.process` says the same in words.

A piece of work ends, the office opens or closes, a job comes, is given up, or goes to another team.
"""

from __future__ import annotations

import numpy as np

from tiersim.desk.heap import CLOSE, OPEN, READY
from tiersim.desk.jobs import (
    ACCOUNT,
    AWAY,
    BOOKED,
    CLOSED,
    COMING,
    FILL,
    FOLLOW,
    FOLLOW_WAITS,
    MOST_ANSWERS,
    MOST_PASSES,
    NEVER,
    REQUEST,
    SERVE,
    SORT,
    SORTED,
    SORTING_WAIT,
    WAITS,
)
from tiersim.desk.lines import (
    DAYS,
    FREE,
    JOB,
    LINE,
    REQUESTS,
    TEAM,
    TOUCHED,
    WAITED,
    join,
    leave,
    stand,
    step_out,
)
from tiersim.desk.rules import CAME, CLOSED_OFFICE, DROPPED, ENDED, GAVE_UP, MOVED, OPENED, SOLVED
from tiersim.desk.settling import free_on_duty
from tiersim.desk.state import AGAIN, DAY, IS_OPEN, PASS_BACK, REPLICATION, REST, SEED, SPAN, note, plan
from tiersim.kernel import inline_kernel
from tiersim.random import u01d, words
from tiersim.random.streams import DESK

MOST_UNSOLVED = 0.95


@inline_kernel
def piece_ends(  # type: ignore[no-untyped-def]
    now, j, state, events, node, queue, person, pace, log, department, unsolved_chance, cycle, follow, after,
    birth, week, which, request_class, cell, team, rank, work, stage, band, piece, since, seat_of, served,
    answers, passes, sorted_at, solved_at, followed_at, unsolved,
):  # fmt: skip
    """A piece of job `j` is finished; returns the team of whoever did it, -1: of none any more."""
    seat = np.int64(seat_of[j])
    note(state, log, now, ENDED, j, seat, band[j])
    seat_of[j] = -1
    person[JOB, seat] = -1
    own = person[TEAM, seat]
    if own >= 0:
        if state[DAY] >= 0 and (person[DAYS, seat] >> state[DAY]) & 1:
            stand(queue, person, seat, own)
        queue[TOUCHED, own] = 1
    if band[j] == SORT:
        sorted_at[j] = now
        stage[j], band[j], piece[j], since[j] = WAITS, SERVE, work[j], now
        note(state, log, now, CAME, j, -1, SERVE)
        join(queue, node, team[j], j, SERVE, rank[j], now, now)
    elif band[j] == FOLLOW:
        followed_at[j] = now
        stage[j] = CLOSED
    elif band[j] == BOOKED or band[j] == FILL:
        solved_at[j] = now
        stage[j] = CLOSED
    else:
        _answer_ends(
            now, j, seat, state, events, node, queue, pace, log, department, unsolved_chance, cycle, follow,
            after, birth, week, which, request_class, cell, team, work, stage, band, piece, since, served,
            answers, passes, solved_at, unsolved,
        )  # fmt: skip
    return own


@inline_kernel
def _answer_ends(  # type: ignore[no-untyped-def]
    now, j, seat, state, events, node, queue, pace, log, department, unsolved_chance, cycle, follow, after,
    birth, week, which, request_class, cell, team, work, stage, band, piece, since, served, answers, passes,
    solved_at, unsolved,
):  # fmt: skip
    """What comes of an answer: to another department, asked again, given up, or solved."""
    block = np.int64(which[j]) * 32 + served[j]
    served[j] += 1
    k = request_class[j]
    elsewhere = department[k] if passes[j] == 0 else after[PASS_BACK]
    fails = min(MOST_UNSOLVED, unsolved_chance[k] * pace[1, seat])
    u0, u1, u2 = 1.0, 1.0, 1.0
    if elsewhere > 0.0 or fails > 0.0:
        w = words(state[SEED], state[REPLICATION], birth[j], week[j], DESK, block)
        u0, u1, u2 = u01d(w[0]), u01d(w[1]), u01d(w[2])
    if passes[j] < MOST_PASSES and u1 < elsewhere:
        passes[j] += 1
        stage[j] = AWAY
        piece[j] = max(1, np.int64(np.ceil(after[REST] * work[j])))
        pause = max(np.int64(1), np.int64(np.ceil(-cycle[cell[j]] * np.log(u2))))
        plan(state, events, now + pause, READY, j)
    elif u0 < fails:
        answers[j] += 1
        passes[j] = 0
        if answers[j] >= MOST_ANSWERS:
            unsolved[j] = 1
            stage[j] = CLOSED
            note(state, log, now, GAVE_UP, j, seat, SERVE)
        else:
            stage[j] = AWAY
            piece[j] = work[j]
            pause = max(np.int64(1), np.int64(np.ceil(-after[AGAIN] * np.log(u2))))
            plan(state, events, now + pause, READY, j)
    else:
        solved_at[j] = now
        note(state, log, now, SOLVED, j, seat, SERVE)
        if follow[cell[j]] > 0:
            stage[j], band[j], since[j] = FOLLOW_WAITS, FOLLOW, now
            piece[j] = follow[cell[j]]
            note(state, log, now, CAME, j, -1, FOLLOW)
            join(queue, node, team[j], j, FOLLOW, 0, now, now)
        else:
            stage[j] = CLOSED


@inline_kernel
def office_closes(now, span, state, events, queue, log, opens):  # type: ignore[no-untyped-def]
    """The end of a span of office hours; the next opening is due."""
    state[IS_OPEN] = 0
    note(state, log, now, CLOSED_OFFICE, -1, span, -1)
    queue[TOUCHED, :] = 1
    if span + 1 < opens.shape[0]:
        plan(state, events, opens[span + 1], OPEN, span + 1)


@inline_kernel
def office_opens(  # type: ignore[no-untyped-def]
    now, span, state, events, queue, person, present, log, team_pool, opens, closes, day_of
):
    """The beginning of a span; who is at work that day is free from now."""
    state[IS_OPEN], state[DAY], state[SPAN] = 1, day_of[span], span
    note(state, log, now, OPENED, -1, span, -1)
    for s in range(person.shape[1]):
        own = person[TEAM, s]
        if own < 0:
            continue
        if not (person[DAYS, s] >> day_of[span]) & 1:
            step_out(queue, person, s)
            continue
        present[team_pool[own]] += closes[span] - opens[span]
        if person[JOB, s] < 0 and person[LINE, s] < 0:
            stand(queue, person, s, own)
    queue[TOUCHED, :] = 1
    plan(state, events, closes[span], CLOSE, span)


@inline_kernel
def piece_comes(  # type: ignore[no-untyped-def]
    now, j, state, node, queue, person, log, team_pool, on_duty, room, kind, team, rank, sorting, work, stage,
    band, piece, since, sorted_at, dropped,
):  # fmt: skip
    """A job comes, or a request comes back; False where there is no room for it to wait."""
    if stage[j] == COMING:
        if kind[j] != REQUEST:
            band[j] = FILL if kind[j] == ACCOUNT else BOOKED
            piece[j] = work[j]
        else:
            band[j] = SORT if sorting[j] > 0 else SERVE
            piece[j] = sorting[j] if sorting[j] > 0 else work[j]
            if room[team[j]] >= 0:
                free = queue[FREE, team[j]]
                if state[IS_OPEN] == 0:
                    free = free_on_duty(team_pool[team[j]], person, team_pool, on_duty)
                if queue[REQUESTS, team[j]] >= room[team[j]] + free:
                    dropped[j] = 1
                    stage[j] = CLOSED
                    note(state, log, now, DROPPED, j, -1, band[j])
                    return False
            if sorting[j] == 0:
                sorted_at[j] = now
    else:
        band[j] = SERVE
    stage[j] = SORTING_WAIT if band[j] == SORT else WAITS
    since[j] = now
    note(state, log, now, CAME, j, -1, band[j])
    join(queue, node, team[j], j, band[j], rank[j], now, now)
    return True


@inline_kernel
def patience_ends(  # type: ignore[no-untyped-def]
    now, j, state, node, queue, log, team, stage, band, since, answered_at, dropped
):
    """A job is given up if nobody has begun it."""
    waits = stage[j] == WAITS or stage[j] == SORTING_WAIT
    if waits and answered_at[j] == NEVER:
        leave(queue, node, team[j], j, band[j], now)
        queue[WAITED, team[j]] += now - since[j]
        dropped[j] = 1
        stage[j] = CLOSED
        note(state, log, now, DROPPED, j, -1, band[j])


@inline_kernel
def overflows(  # type: ignore[no-untyped-def]
    now, j, state, node, queue, log, team, spare, rank, stage, band, since, moved, answered_at
):
    """Another team takes over a request that nobody has answered in time."""
    waits = (stage[j] == WAITS or stage[j] == SORTING_WAIT) and answered_at[j] == NEVER
    if waits or stage[j] == SORTED:
        old = team[j]
        team[j] = spare[j]
        moved[j] = 1
        note(state, log, now, MOVED, j, -1, band[j])
        if waits:
            leave(queue, node, old, j, band[j], now)
            join(queue, node, team[j], j, band[j], rank[j], since[j], now)
