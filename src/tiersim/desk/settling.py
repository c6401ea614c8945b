"""The end of a second: free people take what waits, each team in office hours, a pool's duty out of them."""

from __future__ import annotations

import numpy as np

from tiersim.desk.calendar import finish
from tiersim.desk.heap import DONE, goes_before
from tiersim.desk.jobs import FOLLOW, FOLLOWED, NEVER, SERVE, SERVED, SORT, SORTED
from tiersim.desk.lines import DUTY, FREE, HEAD, JOB, PIECES, ROOT, TEAM, TOUCHED, WAITED, leave, step_out
from tiersim.desk.rules import BEGAN
from tiersim.desk.state import IS_OPEN, SPAN, note, plan
from tiersim.kernel import inline_kernel


@inline_kernel
def team_takes(  # type: ignore[no-untyped-def]
    now, t, state, events, node, queue, person, pace, busy, begun, log, team_pool, on_duty, opens, closes,
    before, team, stage, band, piece, since, seat_of, answered_at,
):  # fmt: skip
    """Free people of a team begin what waits for it, in office hours."""
    while queue[FREE, t] > 0 and queue[PIECES, t] > 0:
        begin(
            now, queue[HEAD, t], queue[ROOT, t], state, events, node, queue, person, pace, busy, begun, log,
            team_pool, on_duty, opens, closes, before, team, stage, band, piece, since, seat_of, answered_at,
        )  # fmt: skip


@inline_kernel
def duty_takes(  # type: ignore[no-untyped-def]
    now, p, state, events, node, queue, person, pace, busy, begun, log, team_pool, pool_teams, pool_first,
    on_duty, opens, closes, before, team, stage, band, piece, since, seat_of, answered_at,
):  # fmt: skip
    """Who is on duty in a pool begins the requests that wait for its teams, if one of them was touched."""
    called = False
    for n in range(pool_first[p], pool_first[p + 1]):
        called |= queue[TOUCHED, pool_teams[n]] == 1
        queue[TOUCHED, pool_teams[n]] = 0
    if not called:
        return
    for s in range(person.shape[1]):
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
        begin(
            now, s, best, state, events, node, queue, person, pace, busy, begun, log, team_pool,
            on_duty, opens, closes, before, team, stage, band, piece, since, seat_of, answered_at,
        )  # fmt: skip


@inline_kernel
def free_on_duty(pool, person, team_pool, on_duty):  # type: ignore[no-untyped-def]
    """People of a pool who could take a request out of office hours."""
    free = 0
    if on_duty[pool] > 0:
        for s in range(person.shape[1]):
            own = person[TEAM, s]
            if own >= 0 and person[DUTY, s] == 1 and person[JOB, s] < 0 and team_pool[own] == pool:
                free += 1
    return free


@inline_kernel
def begin(  # type: ignore[no-untyped-def]
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
    note(state, log, now, BEGAN, j, s, band[j])
    plan(state, events, ends, DONE, j)
