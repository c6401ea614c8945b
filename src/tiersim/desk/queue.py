"""The compiled desk: one call serves all seconds before a given one, on plain arrays.

It follows `tiersim.desk.process`, which says the same in words, event for event. What is done at each event
stands in `tiersim.desk.happenings`, who then takes what waits in `tiersim.desk.settling`.
"""

from __future__ import annotations

import numpy as np

from tiersim.desk.happenings import (
    office_closes,
    office_opens,
    overflows,
    patience_ends,
    piece_comes,
    piece_ends,
)
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
    take_event,
)
from tiersim.desk.lines import TOUCHED, look
from tiersim.desk.settling import duty_takes, team_takes
from tiersim.desk.state import AGENDA, AGENDA_END, EVENTS, IS_OPEN, NOW, PENDING
from tiersim.kernel import kernel


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
    teams = queue.shape[1]
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
                own = piece_ends(
                    now, j, state, events, node, queue, person, pace, log, department, unsolved_chance, cycle,
                    follow, after, birth, week, which, request_class, cell, team, rank, work, stage, band,
                    piece, since, seat_of, served, answers, passes, sorted_at, solved_at, followed_at,
                    unsolved,
                )  # fmt: skip
                if own >= 0:
                    low, high = min(low, own), max(high, own)
            elif what == CLOSE:
                office_closes(now, j, state, events, queue, log, opens)
            elif what == OPEN:
                office_opens(
                    now, j, state, events, queue, person, present, log, team_pool, opens, closes, day_of
                )
            elif what == READY:
                if not piece_comes(
                    now, j, state, node, queue, person, log, team_pool, on_duty, room, kind, team, rank,
                    sorting, work, stage, band, piece, since, sorted_at, dropped,
                ):  # fmt: skip
                    continue
            elif what == DROP:
                patience_ends(now, j, state, node, queue, log, team, stage, band, since, answered_at, dropped)
            elif what == MOVE and spare[j] >= 0:
                overflows(
                    now, j, state, node, queue, log, team, spare, rank, stage, band, since, moved, answered_at
                )
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
                team_takes(
                    now, t, state, events, node, queue, person, pace, busy, begun, log, team_pool, on_duty,
                    opens, closes, before, team, stage, band, piece, since, seat_of, answered_at,
                )  # fmt: skip
            elif on_duty[team_pool[t]] > 0:
                queue[TOUCHED, t] = 1
                first_pool, last_pool = min(first_pool, team_pool[t]), max(last_pool, team_pool[t])
        for p in range(first_pool, last_pool + 1):
            duty_takes(
                now, p, state, events, node, queue, person, pace, busy, begun, log, team_pool, pool_teams,
                pool_first, on_duty, opens, closes, before, team, stage, band, piece, since, seat_of,
                answered_at,
            )  # fmt: skip
    if until > state[NOW]:
        state[NOW] = until
    for t in range(teams):
        look(queue, t, state[NOW])
