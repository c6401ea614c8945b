"""Service requests: the bot solves some, the rest becomes work for the pool that the customer belongs to."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import BOT, SERVICE, TICKETS
from tiersim.engine.layout import (
    BLOCK,
    MANY,
    OFFSET,
    OVERFLOW,
    REPLICATION,
    RING,
    SEED,
    TICKET_COUNT,
    WEEK,
    N,
)
from tiersim.engine.stages.events import HELD, list_reached, next_events
from tiersim.kernel import kernel
from tiersim.random import exp32, fill_poisson, log32, u01, words
from tiersim.random.streams import TICKET

HANDLING, GRAVE = 0, 1
_ONE = np.float32(1.0)


@kernel
def tickets(  # type: ignore[no-untyped-def]
    clock, ticket_par, ticket_cents, birth, alive, ticket_rate, word_ticket, cell, ledger_cell, bot,
    pool_of_cell, pool_hours, ticket_customer, ticket_word, ticket_grave, requests_ring, grave_ring, post,
    kpi,
):  # fmt: skip
    """k ~ Poisson(rate); handling times are exponential (mean in hours); ``ticket_cents``: (person, bot).

    A share of requests are grave complaints, which people answer. The bot solves as many of the others as
    make up its share of all, so that work and cost are those of the plan.
    """
    n = clock[N]
    none, u = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    who, count = np.empty(HELD, np.uint32), np.empty(HELD, np.int32)
    rate_of, u_of = np.empty(HELD, np.float32), np.empty(HELD, np.float32)
    clock[TICKET_COUNT] = 0
    held = 0
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        top = low + m
        rate_b, alive_b, word_b = ticket_rate[low:top], alive[low:top], word_ticket[low:top]
        for j in range(m):
            none[j] = exp32(-rate_b[j] * np.float32(alive_b[j]))
        for j in range(m):
            u[j] = u01(word_b[j])
        before = held
        held = list_reached(u, none, m, low, who, held)
        for q in range(before, held):
            j = who[q] - low
            rate_of[q] = rate_b[j]
            u_of[q] = u[j]
        if held <= HELD - BLOCK and top < n:
            continue
        fill_poisson(u_of, rate_of, count, held)
        _file(
            held, who, count, clock, ticket_par, ticket_cents, birth, cell, ledger_cell, bot, pool_of_cell,
            pool_hours, ticket_customer, ticket_word, ticket_grave, requests_ring, grave_ring, post, kpi,
        )  # fmt: skip
        held = 0


@kernel
def _file(  # type: ignore[no-untyped-def]
    held, who, count, clock, ticket_par, ticket_cents, birth, cell, ledger_cell, bot, pool_of_cell,
    pool_hours, ticket_customer, ticket_word, ticket_grave, requests_ring, grave_ring, post, kpi,
):  # fmt: skip
    """Requests of the first `held` customers of `who`, ``count`` each: the bot answers, or they are filed."""
    seed, rep, week, offset = clock[SEED], clock[REPLICATION], clock[WEEK], clock[OFFSET]
    handling, grave_share = ticket_par[HANDLING], ticket_par[GRAVE]
    others = _ONE - grave_share
    made_row = requests_ring[clock[RING] % requests_ring.shape[0]]
    grave_row = grave_ring[clock[RING] % grave_ring.shape[0]]
    room, filed = ticket_customer.shape[0], clock[TICKET_COUNT]
    asked, by_bot, by_people = kpi[TICKETS], post[BOT, offset], post[SERVICE, offset]
    asker, which = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    born, u, hours = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    wait, grave = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint8)
    at, k = 0, 0
    while at < held:
        at, k, made = next_events(held, who, count, at, k, asker, which)
        for q in range(made):
            born[q] = birth[asker[q]]
        for q in range(made):
            w = words(seed, rep, born[q], week, TICKET, which[q])
            u[q], hours[q], wait[q] = u01(w[0]), u01(w[1]), w[2]
            grave[q] = u01(w[3]) < grave_share
        for q in range(made):
            hours[q] = -handling * log32(hours[q])
        for q in range(made):
            i = asker[q]
            here, books = cell[i], ledger_cell[i]
            asked[books] += 1.0
            made_row[i] += 1
            if grave[q] == 1:
                if grave_row[i] < MANY:
                    grave_row[i] += 1
            elif u[q] * others < bot[here]:
                by_bot[books] -= ticket_cents[1]
                continue
            by_people[books] -= ticket_cents[0]
            pool_hours[pool_of_cell[here]] += hours[q]
            if filed == room:
                clock[OVERFLOW] = 1
                continue
            ticket_customer[filed] = i
            ticket_word[filed] = wait[q]
            ticket_grave[filed] = grave[q]
            filed += 1
    clock[TICKET_COUNT] = filed
