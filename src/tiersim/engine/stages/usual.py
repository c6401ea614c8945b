"""Answers where no queue is run: each request has the course of one that the usual desk once served."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import (
    ANSWER_HOURS,
    LATE,
    SOLVED,
    SOLVED_LATE,
    UNSOLVED,
)
from tiersim.engine.filing import (
    A_GRAVE,
    C_SELF_SERVICE,
    C_SLOT,
    F_BIRTH,
    F_CELL,
    F_CLASS,
    F_CUSTOMER,
    F_GRAVE,
    F_WEEK,
    F_WHICH,
    QUICK,
    SHOCK_FOLLOW_UP,
    SHOCK_LATE,
    SHOCK_LATE_SOLUTION,
    SHOCK_UNSOLVED,
    USUAL_PACE,
    WEEK_SECONDS,
)
from tiersim.engine.layout import BLOCK, MANY, OFFSET, REPLICATION, RING, SEED, TICKET_COUNT, WEEK, N
from tiersim.engine.stages.asking import askers, class_of, needs_people, second_of, topic_of
from tiersim.engine.stages.events import HELD, next_events
from tiersim.kernel import inline_kernel, kernel, scratch_kernel
from tiersim.random import u01d, words
from tiersim.random.streams import DESK, TICKET

PICK = 31
"""Block of a request's draws after answers that picks its course; a real desk uses those before it."""

UNSOLVED_BIT, FOLLOWED_BIT = 1, 2

WHO, CLASS, GRAVE, WHICH = range(4)


@scratch_kernel
def usual_requests(  # type: ignore[no-untyped-def]
    clock, request_par, class_par, ticket_cents, birth, alive, ticket_rate, word_ticket, cell, ledger_cell,
    cell_par, pool_of_cell, span_opens, span_closes, topic_cumulative, topic_since, topic_fixed, law_answer,
    law_solve, law_pace, law_flags, answer_within, solve_within, requests_ring, grave_ring, late_ring,
    unresolved_ring, felt, pool_answers, post, kpi,
):  # fmt: skip
    """`tickets` and `usual_answers` in one, without filing: the same requests, draws and sums."""
    n = clock[N]
    who, count = np.empty(HELD, np.uint32), np.empty(HELD, np.int32)
    asker, which = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    # Most policies never learn: what a request is about, and its second, matter to the others only.
    learns = np.zeros(topic_fixed.shape[0], np.bool_)
    last = (clock[WEEK] + 1) * WEEK_SECONDS
    for slot in range(learns.size):
        learns[slot] = topic_fixed[slot].min() < last or topic_since[slot].min() < last
    low = 0
    while low < n:
        low, held = askers(low, n, alive, ticket_rate, word_ticket, who, count)
        asked = np.empty((count[:held].sum(), 4), np.int64)
        made = _ask(
            held, who, count, asker, which, learns, clock, request_par, class_par, ticket_cents, birth, cell,
            ledger_cell, cell_par, span_opens, span_closes, topic_cumulative, topic_since, topic_fixed,
            requests_ring, grave_ring, felt, post, kpi, asked,
        )  # fmt: skip
        for q in range(made):
            i = asked[q, WHO]
            _answer(
                clock, i, cell[i], asked[q, CLASS], asked[q, GRAVE] == 1, birth[i], clock[WEEK],
                asked[q, WHICH], pool_of_cell, law_answer, law_solve, law_pace, law_flags, request_par,
                answer_within, solve_within, ledger_cell, felt, late_ring, unresolved_ring, pool_answers, kpi,
            )  # fmt: skip


@kernel
def _ask(  # type: ignore[no-untyped-def]
    held, who, count, asker, which, learns, clock, request_par, class_par, ticket_cents, birth, cell,
    ledger_cell, cell_par, span_opens, span_closes, topic_cumulative, topic_since, topic_fixed, requests_ring,
    grave_ring, felt, post, kpi, asked,
):  # fmt: skip
    """Write to `asked` (WHO, CLASS, GRAVE, WHICH) what people answer; how many."""
    seed, rep, week, offset = clock[SEED], clock[REPLICATION], clock[WEEK], clock[OFFSET]
    made_row = requests_ring[clock[RING] % requests_ring.shape[0]]
    grave_row = grave_ring[clock[RING] % grave_ring.shape[0]]
    at, k, place = 0, 0, np.int64(0)
    while at < held:
        at, k, made = next_events(held, who, count, at, k, asker, which)
        for q in range(made):
            i = asker[q]
            w = words(seed, rep, birth[i], week, TICKET, 2 * which[q])
            here, books = cell[i], ledger_cell[i]
            kind = class_of(w[0], class_par)
            grave = u01d(w[3]) < class_par[A_GRAVE, kind]
            own = np.int64(cell_par[C_SLOT, here])
            found = False
            if learns[own]:
                v = words(seed, rep, birth[i], week, TICKET, 2 * which[q] + 1)
                topic = topic_of(v[2], topic_cumulative)
                second = second_of(week, request_par, v[0], v[1], span_opens, span_closes)
                if topic_fixed[own, topic] <= second:
                    continue
                found = topic_since[own, topic] <= second and u01d(v[3]) < cell_par[C_SELF_SERVICE, here]
            if not needs_people(
                i, here, books, kind, grave, found, w[1], offset, request_par, class_par, cell_par,
                ticket_cents, made_row, grave_row, felt, post, kpi,
            ):  # fmt: skip
                continue
            asked[place, WHO], asked[place, CLASS], asked[place, WHICH] = i, kind, which[q]
            asked[place, GRAVE] = grave
            place += 1
    return place


@kernel
def usual_answers(  # type: ignore[no-untyped-def]
    clock, filed, pool_of_cell, law_answer, law_solve, law_pace, law_flags, request_par, answer_within,
    solve_within, ledger_cell, felt, late_ring, unresolved_ring, pool_answers, kpi,
):  # fmt: skip
    """Answers to all that was filed. ``law_*``: shape (pools, classes, draws), seconds in the hours of the
    promise, log2 of the seconds of the clock, and flags.
    """
    for place in range(clock[TICKET_COUNT]):
        _answer(
            clock, filed[F_CUSTOMER, place], filed[F_CELL, place], filed[F_CLASS, place],
            filed[F_GRAVE, place] == 1, np.uint64(filed[F_BIRTH, place]), filed[F_WEEK, place],
            filed[F_WHICH, place], pool_of_cell, law_answer, law_solve, law_pace, law_flags, request_par,
            answer_within, solve_within, ledger_cell, felt, late_ring, unresolved_ring, pool_answers, kpi,
        )  # fmt: skip
    clock[TICKET_COUNT] = 0


@inline_kernel
def _answer(  # type: ignore[no-untyped-def]
    clock, i, c, k, grave, birth, week, which, pool_of_cell, law_answer, law_solve, law_pace, law_flags,
    request_par, answer_within, solve_within, ledger_cell, felt, late_ring, unresolved_ring, pool_answers,
    kpi,
):  # fmt: skip
    """The course of one request of customer `i`, who is in cell `c`."""
    late_row = late_ring[clock[RING] % late_ring.shape[0]]
    unresolved_row = unresolved_ring[clock[RING] % unresolved_ring.shape[0]]
    draws = law_answer.shape[2]
    pool, books = pool_of_cell[c], ledger_cell[i]
    w = words(clock[SEED], clock[REPLICATION], birth, week, DESK, which * 32 + PICK)
    pick = min(np.int64(np.floor(u01d(w[0]) * draws)), draws - 1)
    waited, took = law_answer[pool, k, pick], law_solve[pool, k, pick]
    flags = law_flags[pool, k, pick]
    kpi[ANSWER_HOURS, books] += waited / 3600.0
    pool_answers[0, pool] += 1.0
    pool_answers[2, pool] += waited / 3600.0
    felt[i] += np.float32(request_par[QUICK] * (request_par[USUAL_PACE] - law_pace[pool, k, pick]))
    if waited > answer_within[k, c]:
        felt[i] -= np.float32(request_par[SHOCK_LATE])
        late_row[i] += 1
        kpi[LATE, books] += 1.0
        pool_answers[1, pool] += 1.0
    lost = flags & UNSOLVED_BIT != 0
    if lost:
        kpi[UNSOLVED, books] += 1.0
        felt[i] -= np.float32(request_par[SHOCK_UNSOLVED])
    else:
        kpi[SOLVED, books] += 1.0
    if lost or took > solve_within[k, c]:
        kpi[SOLVED_LATE, books] += 1.0
        felt[i] -= np.float32(request_par[SHOCK_LATE_SOLUTION])
        if grave and unresolved_row[i] < MANY:
            unresolved_row[i] += 1
    if flags & FOLLOWED_BIT != 0:
        felt[i] += np.float32(request_par[SHOCK_FOLLOW_UP])
