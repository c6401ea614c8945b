"""What each open request feels of the queue: its wait, and whether the promise was kept."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import ANSWER_HOURS, LATE
from tiersim.engine.layout import RING, TICKET_COUNT
from tiersim.kernel import kernel
from tiersim.random import log32, u01


@kernel
def answers(  # type: ignore[no-untyped-def]
    clock, ticket_customer, ticket_word, cell, ledger_cell, pool_of_cell, promise, wait_chance, wait_rate,
    wait_delay, late_now, late_ring, pool_answers, kpi,
):  # fmt: skip
    """Wait = delay + (with the chance to wait) an exponential time of the pool's rate; office hours.

    ``pool_answers``: rows tickets, late, hours, by pool.
    """
    ring = clock[RING]
    for t in range(clock[TICKET_COUNT]):
        i = ticket_customer[t]
        here, books = cell[i], ledger_cell[i]
        pool = pool_of_cell[here]
        u = u01(ticket_word[t])
        wait = wait_delay[pool]
        if u < wait_chance[pool]:
            wait += -log32(u / wait_chance[pool]) / wait_rate[pool]
        kpi[ANSWER_HOURS, books] += np.float64(wait)
        pool_answers[0, pool] += 1.0
        pool_answers[2, pool] += np.float64(wait)
        if wait > promise[here]:
            late_now[i] += 1
            late_ring[ring % 4, i] += 1
            kpi[LATE, books] += 1.0
            pool_answers[1, pool] += 1.0
