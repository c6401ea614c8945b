"""Answers where no queue is run: each request has the course of one that the usual desk once served."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import ANSWER_HOURS, LATE, SOLVED, SOLVED_LATE, UNSOLVED
from tiersim.engine.filing import (
    F_BIRTH,
    F_CELL,
    F_CLASS,
    F_CUSTOMER,
    F_GRAVE,
    F_WEEK,
    F_WHICH,
    SHOCK_FOLLOW_UP,
    SHOCK_LATE,
    SHOCK_LATE_SOLUTION,
    SHOCK_UNSOLVED,
)
from tiersim.engine.layout import MANY, REPLICATION, RING, SEED, TICKET_COUNT
from tiersim.kernel import kernel
from tiersim.random import u01d, words
from tiersim.random.streams import DESK

PICK = 31
"""Block of a request's draws after answers that picks its course; a real desk uses those before it."""

UNSOLVED_BIT, FOLLOWED_BIT = 1, 2


@kernel
def usual_answers(  # type: ignore[no-untyped-def]
    clock, filed, pool_of_cell, law_answer, law_solve, law_flags, request_par, answer_within, solve_within,
    ledger_cell, felt, late_ring, unresolved_ring, pool_answers, kpi,
):  # fmt: skip
    """``law_*``: shape (pools, classes, draws), seconds in the hours of the promise, and flags."""
    late_row = late_ring[clock[RING] % late_ring.shape[0]]
    unresolved_row = unresolved_ring[clock[RING] % unresolved_ring.shape[0]]
    draws = law_answer.shape[2]
    for place in range(clock[TICKET_COUNT]):
        i, c, k = filed[F_CUSTOMER, place], filed[F_CELL, place], filed[F_CLASS, place]
        pool, books = pool_of_cell[c], ledger_cell[i]
        w = words(
            clock[SEED], clock[REPLICATION], np.uint64(filed[F_BIRTH, place]), filed[F_WEEK, place], DESK,
            filed[F_WHICH, place] * 32 + PICK,
        )  # fmt: skip
        pick = min(np.int64(np.floor(u01d(w[0]) * draws)), draws - 1)
        waited, took = law_answer[pool, k, pick], law_solve[pool, k, pick]
        flags = law_flags[pool, k, pick]
        kpi[ANSWER_HOURS, books] += waited / 3600.0
        pool_answers[0, pool] += 1.0
        pool_answers[2, pool] += waited / 3600.0
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
            if filed[F_GRAVE, place] == 1 and unresolved_row[i] < MANY:
                unresolved_row[i] += 1
        if flags & FOLLOWED_BIT != 0:
            felt[i] += np.float32(request_par[SHOCK_FOLLOW_UP])
    clock[TICKET_COUNT] = 0
