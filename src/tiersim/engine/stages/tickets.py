"""Service requests: the bot solves some, the rest becomes work for the pool that the customer belongs to."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import BOT, SERVICE, TICKETS
from tiersim.engine.layout import BLOCK, N, OFFSET, OVERFLOW, REPLICATION, SEED, TICKET_COUNT, WEEK
from tiersim.kernel import kernel
from tiersim.random import exp32, log32, poisson_inv, u01, words
from tiersim.random.streams import TICKET

HANDLING = 0


@kernel
def tickets(  # type: ignore[no-untyped-def]
    clock, ticket_par, ticket_cents, birth, alive, ticket_rate, word_ticket, cell, ledger_cell, bot, pool_of_cell,
    pool_hours, ticket_customer, ticket_word, post, kpi,
):  # fmt: skip
    """k ~ Poisson(rate); handling times are exponential (mean in hours); ``ticket_cents``: (person, bot)."""
    week, n, offset = clock[WEEK], clock[N], clock[OFFSET]
    handling = ticket_par[HANDLING]
    room = ticket_customer.shape[0]
    filed = 0
    none = np.empty(BLOCK, np.float32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        for j in range(m):
            none[j] = exp32(-ticket_rate[low + j] * np.float32(alive[low + j]))
        for j in range(m):
            i = low + j
            u = u01(word_ticket[i])
            if u < none[j]:
                continue
            here, books = cell[i], ledger_cell[i]
            for k in range(poisson_inv(u, ticket_rate[i])):
                w = words(clock[SEED], clock[REPLICATION], birth[i], week, TICKET, k)
                kpi[TICKETS, books] += 1.0
                if u01(w[0]) < bot[here]:
                    post[BOT, offset, books] -= ticket_cents[1]
                    continue
                post[SERVICE, offset, books] -= ticket_cents[0]
                pool_hours[pool_of_cell[here]] += -handling * log32(u01(w[1]))
                if filed == room:
                    clock[OVERFLOW] = 1
                    continue
                ticket_customer[filed] = i
                ticket_word[filed] = w[2]
                filed += 1
    clock[TICKET_COUNT] = filed
