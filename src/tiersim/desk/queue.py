"""The compiled desk: one call serves all seconds before a given one, on plain arrays.

It follows `tiersim.desk.process`, which says the same in words, event for event.
"""

from __future__ import annotations

import numpy as np

from tiersim.desk.calendar import finish
from tiersim.desk.heap import (
    CLOSE,
    DONE,
    DROP,
    ID_MASK,
    KIND_MASK,
    KIND_SHIFT,
    MOVE,
    NO_EVENT,
    OPEN,
    READY,
    TIME_SHIFT,
    add_event,
    goes_before,
    packed,
    take_event,
)
from tiersim.desk.jobs import (
    ACCOUNT,
    AWAY,
    BOOKED,
    CLOSED,
    COMING,
    FILL,
    FOLLOW,
    FOLLOW_WAITS,
    FOLLOWED,
    MOST_ANSWERS,
    MOST_PASSES,
    NEVER,
    REQUEST,
    SERVE,
    SERVED,
    SORT,
    SORTED,
    SORTING_WAIT,
    WAITS,
)
from tiersim.desk.lines import (
    DAYS,
    DUTY,
    FREE,
    HEAD,
    JOB,
    LINE,
    PIECES,
    REQUESTS,
    ROOT,
    TEAM,
    TOUCHED,
    WAITED,
    join,
    leave,
    look,
    stand,
    step_out,
)
from tiersim.desk.rules import (
    BEGAN,
    CAME,
    CLOSED_OFFICE,
    DROPPED,
    ENDED,
    GAVE_UP,
    MOVED,
    OPENED,
    SOLVED,
)
from tiersim.kernel import inline_kernel, kernel
from tiersim.random import u01d, words
from tiersim.random.streams import DESK

# Places in `state` (int64).
NOW, EVENTS, IS_OPEN, DAY, PENDING, LOGGED, SEED, REPLICATION, AGENDA, AGENDA_END, SPAN = range(11)
STATE = 11

# Places in `after` (float64).
PASS_BACK, REST, AGAIN = range(3)

MOST_UNSOLVED = 0.95


@inline_kernel
def _plan(state, events, second, kind, number):  # type: ignore[no-untyped-def]
    add_event(events, state[EVENTS], packed(second, kind, number))
    state[EVENTS] += 1


@inline_kernel
def _note(state, log, second, event, job, seat, band):  # type: ignore[no-untyped-def]
    """Log an event; the number goes on where the log is full, so that the caller can make room."""
    at = state[LOGGED]
    if log.shape[1] == 0:
        return
    if at < log.shape[1]:
        log[0, at], log[1, at], log[2, at], log[3, at], log[4, at] = second, event, job, seat, band
    state[LOGGED] = at + 1


@kernel
def advance(  # type: ignore[no-untyped-def]
    until, state, agenda, events, node, queue, person, pace, busy, begun, present, log,
    team_pool, pool_teams, pool_first, on_duty, room, department, unsolved_chance, cycle, follow, after,
    opens, closes, before, day_of,
    birth, week, which, kind, request_class, cell, team, spare, rank, sorting, work,
    stage, band, piece, since, seat_of, served, answers, passes, moved, sorted_at, answered_at, solved_at,
    followed_at, unsolved, dropped,
):  # fmt: skip
    """Handle every second before `until`: first all that happens in it, then free people take what waits.

    What is known when jobs are filed stands in `agenda`, sorted; what comes of the work in the heap `events`.

    ``pace``: rows speed, slip by seat. ``queue`` and ``person``: see `tiersim.desk.lines`.
    """
    teams, seats = queue.shape[1], person.shape[1]
    while True:
        # The next second in which anything is due.
        planned = agenda[state[AGENDA]] if state[AGENDA] < state[AGENDA_END] else NO_EVENT
        if state[EVENTS] > 0:
            planned = min(planned, events[0])
        now = state[NOW] if state[PENDING] == 1 else planned >> TIME_SHIFT
        if now >= until:
            break
        # Touched teams lie between these two; most seconds concern one team of many.
        low, high = teams, np.int64(-1)
        if state[PENDING] == 1:
            state[PENDING] = 0
            queue[TOUCHED, :] = 1
            low, high = 0, teams - 1
        state[NOW] = now
        while True:
            event = agenda[state[AGENDA]] if state[AGENDA] < state[AGENDA_END] else NO_EVENT
            if state[EVENTS] > 0 and events[0] < event:
                event = events[0]
                if event >> TIME_SHIFT != now:
                    break
                take_event(events, state[EVENTS])
                state[EVENTS] -= 1
            elif event >> TIME_SHIFT != now:
                break
            else:
                state[AGENDA] += 1
            what, j = (event >> KIND_SHIFT) & KIND_MASK, event & ID_MASK
            if what == DONE:
                seat = np.int64(seat_of[j])
                _note(state, log, now, ENDED, j, seat, band[j])
                seat_of[j] = -1
                person[JOB, seat] = -1
                own = person[TEAM, seat]
                if own >= 0:
                    if state[DAY] >= 0 and (person[DAYS, seat] >> state[DAY]) & 1:
                        stand(queue, person, seat, own)
                    queue[TOUCHED, own] = 1
                    low, high = min(low, own), max(high, own)
                if band[j] == SORT:
                    sorted_at[j] = now
                    stage[j], band[j], piece[j], since[j] = WAITS, SERVE, work[j], now
                    _note(state, log, now, CAME, j, -1, SERVE)
                    join(queue, node, team[j], j, SERVE, rank[j], now, now)
                elif band[j] == FOLLOW:
                    followed_at[j] = now
                    stage[j] = CLOSED
                elif band[j] == BOOKED or band[j] == FILL:
                    solved_at[j] = now
                    stage[j] = CLOSED
                else:
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
                        _plan(state, events, now + pause, READY, j)
                    elif u0 < fails:
                        answers[j] += 1
                        passes[j] = 0
                        if answers[j] >= MOST_ANSWERS:
                            unsolved[j] = 1
                            stage[j] = CLOSED
                            _note(state, log, now, GAVE_UP, j, seat, SERVE)
                        else:
                            stage[j] = AWAY
                            piece[j] = work[j]
                            pause = max(np.int64(1), np.int64(np.ceil(-after[AGAIN] * np.log(u2))))
                            _plan(state, events, now + pause, READY, j)
                    else:
                        solved_at[j] = now
                        _note(state, log, now, SOLVED, j, seat, SERVE)
                        if follow[cell[j]] > 0:
                            stage[j], band[j], since[j] = FOLLOW_WAITS, FOLLOW, now
                            piece[j] = follow[cell[j]]
                            _note(state, log, now, CAME, j, -1, FOLLOW)
                            join(queue, node, team[j], j, FOLLOW, 0, now, now)
                        else:
                            stage[j] = CLOSED
            elif what == CLOSE:
                state[IS_OPEN] = 0
                _note(state, log, now, CLOSED_OFFICE, -1, j, -1)
                queue[TOUCHED, :] = 1
                if j + 1 < opens.shape[0]:
                    _plan(state, events, opens[j + 1], OPEN, j + 1)
            elif what == OPEN:
                state[IS_OPEN], state[DAY], state[SPAN] = 1, day_of[j], j
                _note(state, log, now, OPENED, -1, j, -1)
                for s in range(seats):
                    own = person[TEAM, s]
                    if own < 0:
                        continue
                    if not (person[DAYS, s] >> day_of[j]) & 1:
                        step_out(queue, person, s)
                        continue
                    present[team_pool[own]] += closes[j] - opens[j]
                    if person[JOB, s] < 0 and person[LINE, s] < 0:
                        stand(queue, person, s, own)
                queue[TOUCHED, :] = 1
                _plan(state, events, closes[j], CLOSE, j)
            elif what == READY:
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
                                free = _free_on_duty(team_pool[team[j]], person, team_pool, on_duty)
                            if queue[REQUESTS, team[j]] >= room[team[j]] + free:
                                dropped[j] = 1
                                stage[j] = CLOSED
                                _note(state, log, now, DROPPED, j, -1, band[j])
                                continue
                        if sorting[j] == 0:
                            sorted_at[j] = now
                else:
                    band[j] = SERVE
                stage[j] = SORTING_WAIT if band[j] == SORT else WAITS
                since[j] = now
                _note(state, log, now, CAME, j, -1, band[j])
                join(queue, node, team[j], j, band[j], rank[j], now, now)
            elif what == DROP:
                waits = stage[j] == WAITS or stage[j] == SORTING_WAIT
                if waits and answered_at[j] == NEVER:
                    leave(queue, node, team[j], j, band[j], now)
                    queue[WAITED, team[j]] += now - since[j]
                    dropped[j] = 1
                    stage[j] = CLOSED
                    _note(state, log, now, DROPPED, j, -1, band[j])
            elif what == MOVE and spare[j] >= 0:
                waits = (stage[j] == WAITS or stage[j] == SORTING_WAIT) and answered_at[j] == NEVER
                if waits or stage[j] == SORTED:
                    old = team[j]
                    team[j] = spare[j]
                    moved[j] = 1
                    _note(state, log, now, MOVED, j, -1, band[j])
                    if waits:
                        leave(queue, node, old, j, band[j], now)
                        join(queue, node, team[j], j, band[j], rank[j], since[j], now)
            if what in (OPEN, CLOSE):
                low, high = 0, teams - 1
            else:
                concerned = np.int64(team[j])
                low, high = min(low, concerned), max(high, concerned)
        # Free people take what waits.
        first_pool, last_pool = on_duty.shape[0], np.int64(-1)
        for t in range(low, high + 1):
            if queue[TOUCHED, t] == 0:
                continue
            queue[TOUCHED, t] = 0
            if state[IS_OPEN] == 1:
                while queue[FREE, t] > 0 and queue[PIECES, t] > 0:
                    _begin(
                        now, queue[HEAD, t], queue[ROOT, t], state, events, node, queue, person, pace, busy,
                        begun, log, team_pool, on_duty, opens, closes, before, team, stage, band, piece,
                        since, seat_of, answered_at,
                    )  # fmt: skip
            elif on_duty[team_pool[t]] > 0:
                queue[TOUCHED, t] = 1
                first_pool, last_pool = min(first_pool, team_pool[t]), max(last_pool, team_pool[t])
        for p in range(first_pool, last_pool + 1):
            called = False
            for n in range(pool_first[p], pool_first[p + 1]):
                called |= queue[TOUCHED, pool_teams[n]] == 1
                queue[TOUCHED, pool_teams[n]] = 0
            if not called:
                continue
            for s in range(seats):
                own = person[TEAM, s]
                if own < 0 or person[DUTY, s] == 0 or person[JOB, s] >= 0 or team_pool[own] != p:
                    continue
                best = -1
                for n in range(pool_first[p], pool_first[p + 1]):
                    first = queue[ROOT, pool_teams[n]]
                    if first >= 0 and band[first] <= SERVE and (best < 0 or goes_before(node, first, best)):
                        best = first
                if best < 0:
                    break
                _begin(
                    now, s, best, state, events, node, queue, person, pace, busy, begun, log, team_pool,
                    on_duty, opens, closes, before, team, stage, band, piece, since, seat_of, answered_at,
                )  # fmt: skip
    if until > state[NOW]:
        state[NOW] = until
    for t in range(teams):
        look(queue, t, state[NOW])


@inline_kernel
def _free_on_duty(pool, person, team_pool, on_duty):  # type: ignore[no-untyped-def]
    """People of a pool who could take a request out of office hours."""
    free = 0
    if on_duty[pool] > 0:
        for s in range(person.shape[1]):
            own = person[TEAM, s]
            if own >= 0 and person[DUTY, s] == 1 and person[JOB, s] < 0 and team_pool[own] == pool:
                free += 1
    return free


@inline_kernel
def _begin(  # type: ignore[no-untyped-def]
    now, s, j, state, events, node, queue, person, pace, busy, begun, log, team_pool, on_duty, opens, closes,
    before, team, stage, band, piece, since, seat_of, answered_at,
):  # fmt: skip
    """Person `s` begins the waiting piece of job `j`.

    Who is on duty goes on with a request after closing, and puts other work away then.
    """
    step_out(queue, person, s)
    leave(queue, node, team[j], j, band[j], now)
    queue[WAITED, team[j]] += now - since[j]
    seconds = max(1, np.int64(np.ceil(piece[j] / pace[0, s])))
    ends = now + seconds
    pool = team_pool[person[TEAM, s]]
    if state[IS_OPEN] == 1 and ends > closes[state[SPAN]]:
        if person[DUTY, s] == 0 or on_duty[pool] <= 0:
            ends = finish(now, seconds, opens, closes, before)
        elif band[j] > SERVE:
            ends = closes[state[SPAN]]
            seconds = ends - now
    seat_of[j] = s
    person[JOB, s] = j
    if band[j] == SORT:
        stage[j] = SORTED
    elif band[j] == FOLLOW:
        stage[j] = FOLLOWED
    else:
        stage[j] = SERVED
        if answered_at[j] == NEVER:
            answered_at[j] = now
    busy[pool, band[j]] += seconds
    begun[pool, band[j]] += 1
    _note(state, log, now, BEGAN, j, s, band[j])
    _plan(state, events, ends, DONE, j)
