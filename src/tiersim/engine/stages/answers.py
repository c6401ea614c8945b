"""What customers and books are told of their requests: sorted, answered, late, solved, unsolved, called."""

from __future__ import annotations

import numpy as np

from tiersim.desk.calendar import office_seconds
from tiersim.desk.jobs import ACCOUNT, CONTACT, REQUEST, SORTING_WAIT, WAITS
from tiersim.engine.accounts import (
    ANSWER_HOURS,
    CONTACTS,
    FEEDBACK_HELD,
    LATE,
    SOLVED,
    SOLVED_LATE,
    UNSOLVED,
)
from tiersim.engine.accounts import CONTACT as CONTACT_ACCOUNT
from tiersim.engine.filing import (
    C_CLOCK,
    C_FOLLOW_WITHIN,
    C_KNOWLEDGE,
    C_SLOT,
    C_SORT_WITHIN,
    D_AGAIN,
    D_ANSWER_HOURS,
    D_ANSWERED,
    D_FILED,
    D_FOLLOWED,
    D_FOLLOWED_IN_TIME,
    D_HALF,
    D_LATE,
    D_MOST,
    D_MOVED,
    D_PASSED,
    D_SOLVE_HOURS,
    D_SOLVED,
    D_SOLVED_LATE,
    D_SORT_HOURS,
    D_SORTED,
    D_SORTED_LATE,
    D_UNSOLVED,
    FEEDBACK,
    FILED_AFTER,
    SHOCK_FEEDBACK,
    SHOCK_FEEDBACK_MISSED,
    SHOCK_FOLLOW_UP,
    SHOCK_LATE,
    SHOCK_LATE_SOLUTION,
    SHOCK_UNSOLVED,
    T_ANSWERED,
    T_FILED,
    T_FOLLOWED,
    T_HALF,
    T_LATE,
    T_MOST,
    T_SOLVED,
    T_SOLVED_LATE,
    T_SORTED,
    T_SORTED_LATE,
)
from tiersim.engine.layout import MANY, OFFSET, RING, TICKET_COUNT
from tiersim.engine.stages.asking import quick_points
from tiersim.kernel import inline_kernel, kernel

_HOUR = 3600.0


@inline_kernel
def _bump(ring, i):  # type: ignore[no-untyped-def]
    if ring[i] < MANY:
        ring[i] += 1


@kernel
def answers(  # type: ignore[no-untyped-def]
    clock, desk_at, kind, stage, customer, request_class, grave, job_cell, topic, team, ready, piece,
    sorted_at, answered_at, solved_at, followed_at, unsolved, dropped, moved, served, again, told,
    opens, closes, before, team_pool, request_par, cell_par, answer_within, solve_within, contact_cents,
    ledger_cell, felt, late_ring, unresolved_ring, contacts_ring, topic_since, pool_answers, pool_done,
    pool_waiting, backlog, desk_sum, sample, post, kpi,
):  # fmt: skip
    """Everything that happened to open jobs until now, each told once (bits of `told`).

    Promises run in office hours, in clock hours where the tier is served round the clock. A promise that
    passes while the request still waits is broken then, not only when the answer comes.

    ``desk_at``: the desk's second, and how many jobs it has. `sample` gets rows (cell, class, 0 answer / 1
    solution, seconds) for percentiles; the number of rows goes to ``clock[TICKET_COUNT]``. `pool_done`: rows
    hours of account work and contacts begun, contacts missed, hours of account work dropped.
    """
    now, count = desk_at[0], desk_at[1]
    offset, ring, sampled = clock[OFFSET], clock[RING], 0
    late_row = late_ring[ring % late_ring.shape[0]]
    unresolved_row = unresolved_ring[ring % unresolved_ring.shape[0]]
    contact_row = contacts_ring[ring % contacts_ring.shape[0]]
    office_now = office_seconds(now, opens, closes, before)
    backlog.fill(0.0)
    pool_waiting.fill(0.0)
    pool_done.fill(0.0)
    for j in range(count):
        i, pool = customer[j], team_pool[team[j]]
        if kind[j] != REQUEST:
            if answered_at[j] >= 0 and told[j] & T_ANSWERED == 0:
                told[j] |= T_ANSWERED
                if kind[j] == ACCOUNT:
                    pool_done[0, pool] += piece[j] / _HOUR
                elif kind[j] == CONTACT:
                    pool_done[1, pool] += piece[j] / _HOUR
                    if request_class[j] == FEEDBACK:
                        if i >= 0:
                            kpi[FEEDBACK_HELD, ledger_cell[i]] += 1.0
                            felt[i] += np.float32(request_par[SHOCK_FEEDBACK])
                    elif i >= 0:
                        books = ledger_cell[i]
                        contact_row[i] += 1
                        kpi[CONTACTS, books] += 1.0
                        post[CONTACT_ACCOUNT, offset, books] -= contact_cents[0]
            if dropped[j] == 1 and kind[j] == CONTACT:
                pool_done[2, pool] += 1.0
                if request_class[j] == FEEDBACK and i >= 0:
                    felt[i] -= np.float32(request_par[SHOCK_FEEDBACK_MISSED])
            elif dropped[j] == 1 and kind[j] == ACCOUNT:
                pool_done[3, pool] += piece[j] / _HOUR
            continue
        c, k = job_cell[j], request_class[j]
        sums = desk_sum[:, c, k]
        books = ledger_cell[i] if i >= 0 else -1
        by_clock = cell_par[C_CLOCK, c] > 0.0
        came = ready[j] if by_clock else office_seconds(ready[j], opens, closes, before)
        present = now if by_clock else office_now
        if told[j] & T_FILED == 0:
            told[j] |= T_FILED
            sums[D_FILED] += 1.0
        # First sorting.
        at = np.int64(sorted_at[j])
        waited = (at if by_clock else office_seconds(at, opens, closes, before)) - came if at >= 0 else 0
        if at >= 0 and told[j] & T_SORTED == 0:
            told[j] |= T_SORTED
            sums[D_SORTED] += 1.0
            sums[D_SORT_HOURS] += waited / _HOUR
        if (
            told[j] & T_SORTED_LATE == 0
            and (waited if at >= 0 else present - came) > cell_par[C_SORT_WITHIN, c]
        ):
            told[j] |= T_SORTED_LATE
            sums[D_SORTED_LATE] += 1.0
        # Answer.
        at = np.int64(answered_at[j])
        waited = (at if by_clock else office_seconds(at, opens, closes, before)) - came if at >= 0 else 0
        if at >= 0 and told[j] & T_ANSWERED == 0:
            told[j] |= T_ANSWERED
            sums[D_ANSWERED] += 1.0
            sums[D_ANSWER_HOURS] += waited / _HOUR
            pool_answers[0, pool] += 1.0
            pool_answers[2, pool] += waited / _HOUR
            sample[0, sampled], sample[1, sampled], sample[2, sampled], sample[3, sampled] = c, k, 0, waited
            sampled += 1
            if moved[j] == 1:
                sums[D_MOVED] += 1.0
            if books >= 0:
                kpi[ANSWER_HOURS, books] += waited / _HOUR
                felt[i] += np.float32(quick_points(request_par, at - ready[j]))
        waited = waited if at >= 0 else present - came
        promise = answer_within[k, c]
        if told[j] & T_HALF == 0 and 2 * waited > promise:
            told[j] |= T_HALF
            sums[D_HALF] += 1.0
        if told[j] & T_MOST == 0 and 5 * waited > 4 * promise:
            told[j] |= T_MOST
            sums[D_MOST] += 1.0
        if told[j] & T_LATE == 0 and waited > promise:
            told[j] |= T_LATE
            sums[D_LATE] += 1.0
            pool_answers[1, pool] += 1.0
            if i >= 0:
                felt[i] -= np.float32(request_par[SHOCK_LATE])
                late_row[i] += 1
                kpi[LATE, books] += 1.0
        # Solution.
        at = np.int64(solved_at[j])
        waited = (at if by_clock else office_seconds(at, opens, closes, before)) - came if at >= 0 else 0
        if at >= 0 and told[j] & T_SOLVED == 0:
            told[j] |= T_SOLVED
            sums[D_SOLVED] += 1.0
            sums[D_SOLVE_HOURS] += waited / _HOUR
            sample[0, sampled], sample[1, sampled], sample[2, sampled], sample[3, sampled] = c, k, 1, waited
            sampled += 1
            sums[D_AGAIN] += again[j]
            sums[D_PASSED] += served[j] - 1 - again[j]
            slot = np.int64(cell_par[C_SLOT, c])
            if cell_par[C_KNOWLEDGE, c] > 0.0 and topic[j] >= 0:
                filed = at + np.int64(request_par[FILED_AFTER])
                topic_since[slot, topic[j]] = min(topic_since[slot, topic[j]], filed)
            if books >= 0:
                kpi[SOLVED, books] += 1.0
        waited = waited if at >= 0 else present - came
        gone = unsolved[j] == 1 or dropped[j] == 1
        if told[j] & T_SOLVED_LATE == 0 and (gone or waited > solve_within[k, c]):
            told[j] |= T_SOLVED_LATE
            sums[D_SOLVED_LATE] += 1.0
            if i >= 0:
                kpi[SOLVED_LATE, books] += 1.0
                felt[i] -= np.float32(request_par[SHOCK_LATE_SOLUTION])
                if grave[j] == 1:
                    _bump(unresolved_row, i)
        if gone and told[j] & T_SOLVED == 0:
            told[j] |= T_SOLVED
            sums[D_UNSOLVED] += 1.0
            sums[D_AGAIN] += again[j]
            if i >= 0:
                kpi[UNSOLVED, books] += 1.0
                felt[i] -= np.float32(request_par[SHOCK_UNSOLVED])
        # Follow-up call, within hours of the clock.
        if followed_at[j] >= 0 and told[j] & T_FOLLOWED == 0:
            told[j] |= T_FOLLOWED
            sums[D_FOLLOWED] += 1.0
            if followed_at[j] - solved_at[j] <= cell_par[C_FOLLOW_WITHIN, c]:
                sums[D_FOLLOWED_IN_TIME] += 1.0
                if i >= 0:
                    felt[i] += np.float32(request_par[SHOCK_FOLLOW_UP])
        if stage[j] == WAITS or stage[j] == SORTING_WAIT:
            pool_waiting[pool] += 1.0
            backlog[pool] += piece[j] / _HOUR
    clock[TICKET_COUNT] = sampled
