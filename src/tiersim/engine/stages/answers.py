"""What each open request feels of the queue: its wait, and whether the promise was kept."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import ANSWER_HOURS, LATE
from tiersim.engine.layout import BLOCK, MANY, RING, TICKET_COUNT
from tiersim.kernel import kernel
from tiersim.random import log32, u01


@kernel
def answers(  # type: ignore[no-untyped-def]
    clock, ticket_customer, ticket_word, ticket_grave, cell, ledger_cell, pool_of_cell, promise,
    wait_chance, wait_rate, wait_delay, late_now, late_ring, unresolved_ring, pool_answers, kpi,
):  # fmt: skip
    """Wait = delay + (with the chance to wait) an exponential time of the pool's rate; office hours.

    ``pool_answers``: rows tickets, late, hours, by pool. A grave complaint that is answered late is an
    unresolved incident.
    """
    total = clock[TICKET_COUNT]
    late_quarter = late_ring[clock[RING] % late_ring.shape[0]]
    unresolved = unresolved_ring[clock[RING] % unresolved_ring.shape[0]]
    hours, late = kpi[ANSWER_HOURS], kpi[LATE]
    answered, answered_late, answered_hours = pool_answers[0], pool_answers[1], pool_answers[2]
    u, chance, rate = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    wait = np.empty(BLOCK, np.float32)
    for low in range(0, total, BLOCK):
        m = min(BLOCK, total - low)
        who, word = ticket_customer[low : low + m], ticket_word[low : low + m]
        for t in range(m):
            pool = pool_of_cell[cell[who[t]]]
            chance[t], rate[t], wait[t] = wait_chance[pool], wait_rate[pool], wait_delay[pool]
        for t in range(m):
            u[t] = u01(word[t])
        for t in range(m):
            waited = wait[t] + -log32(u[t] / chance[t]) / rate[t]
            wait[t] = waited if u[t] < chance[t] else wait[t]
        for t in range(m):
            i = who[t]
            here, books = cell[i], ledger_cell[i]
            pool = pool_of_cell[here]
            hours[books] += np.float64(wait[t])
            answered[pool] += 1.0
            answered_hours[pool] += np.float64(wait[t])
            if wait[t] > promise[here]:
                late_now[i] += 1
                late_quarter[i] += 1
                if ticket_grave[t + low] == 1 and unresolved[i] < MANY:
                    unresolved[i] += 1
                late[books] += 1.0
                answered_late[pool] += 1.0
