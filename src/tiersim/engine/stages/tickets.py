"""Service requests: what customers find themselves, what the bot solves, and what is filed for people."""

from __future__ import annotations

import numpy as np

from tiersim.engine.filing import (
    A_FEASIBLE,
    A_GRAVE,
    A_URGENT,
    A_WORK,
    C_BOT,
    C_IMPORTANT,
    C_OVERFLOW_AFTER,
    C_OVERFLOW_POOL,
    C_SELF_SERVICE,
    C_SLOT,
    C_TIER,
    DISCIPLINE,
    F_BIRTH,
    F_CELL,
    F_CLASS,
    F_CUSTOMER,
    F_DROP_AT,
    F_GRAVE,
    F_KIND,
    F_MOVE_AT,
    F_RANK,
    F_READY,
    F_SORTING,
    F_SPARE,
    F_TEAM,
    F_TOPIC,
    F_WEEK,
    F_WHICH,
    F_WORK,
    FIT_WEIGHT,
    GRAVE_FIRST,
    SORTING,
    SPREAD,
    TYPICAL,
    VALUE_WEIGHT,
    WORTH_WEIGHT,
)
from tiersim.engine.layout import (
    BLOCK,
    OFFSET,
    OVERFLOW,
    REPLICATION,
    RING,
    SEED,
    TICKET_COUNT,
    WEEK,
    N,
)
from tiersim.engine.roster import team_for
from tiersim.engine.stages.asking import askers, class_of, needs_people, second_of, topic_of
from tiersim.engine.stages.events import HELD, next_events
from tiersim.kernel import inline_kernel, kernel, scratch_kernel
from tiersim.random import exp32, ndtri32, u01, u01d, words
from tiersim.random.streams import TICKET

_ONE = np.float32(1.0)


@scratch_kernel
def tickets(  # type: ignore[no-untyped-def]
    clock, request_par, class_par, ticket_cents, birth, alive, ticket_rate, word_ticket, cell, ledger_cell,
    region, industry, spend_ring, cell_par, pool_of_cell, team_first, team_count, region_team,
    fit_of_industry, span_opens, span_closes, topic_cumulative, topic_since, topic_fixed, topic_count,
    filed, requests_ring, grave_ring, felt, post, kpi,
):  # fmt: skip
    """k ~ Poisson(rate) requests a customer; ``ticket_cents``: (person, bot); people's go to `filed`."""
    n = clock[N]
    who, count = np.empty(HELD, np.uint32), np.empty(HELD, np.int32)
    asker, which = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    clock[TICKET_COUNT] = 0
    low = 0
    while low < n:
        low, held = askers(low, n, alive, ticket_rate, word_ticket, who, count)
        _file(
            held, who, count, asker, which, clock, request_par, class_par, ticket_cents, birth, cell,
            ledger_cell, region, industry, spend_ring, cell_par, pool_of_cell, team_first, team_count,
            region_team, fit_of_industry, span_opens, span_closes, topic_cumulative, topic_since, topic_fixed,
            topic_count, filed, requests_ring, grave_ring, felt, post, kpi,
        )  # fmt: skip


@kernel
def _file(  # type: ignore[no-untyped-def]
    held, who, count, asker, which, clock, request_par, class_par, ticket_cents, birth, cell, ledger_cell,
    region, industry, spend_ring, cell_par, pool_of_cell, team_first, team_count, region_team,
    fit_of_industry, span_opens, span_closes, topic_cumulative, topic_since, topic_fixed, topic_count,
    filed, requests_ring, grave_ring, felt, post, kpi,
):  # fmt: skip
    """Requests of the first `held` customers of `who`, ``count`` each."""
    seed, rep, week, offset = clock[SEED], clock[REPLICATION], clock[WEEK], clock[OFFSET]
    made_row = requests_ring[clock[RING] % requests_ring.shape[0]]
    grave_row = grave_ring[clock[RING] % grave_ring.shape[0]]
    room = filed.shape[1]
    spread = np.float32(request_par[SPREAD])
    half = np.float32(0.5) * spread * spread
    place = clock[TICKET_COUNT]
    at, k = 0, 0
    while at < held:
        at, k, made = next_events(held, who, count, at, k, asker, which)
        for q in range(made):
            i = asker[q]
            w = words(seed, rep, birth[i], week, TICKET, 2 * which[q])
            v = words(seed, rep, birth[i], week, TICKET, 2 * which[q] + 1)
            here, books = cell[i], ledger_cell[i]
            kind = class_of(w[0], class_par)
            second = second_of(clock[WEEK], request_par, v[0], v[1], span_opens, span_closes)
            slot, topic = np.int64(cell_par[C_SLOT, here]), topic_of(v[2], topic_cumulative)
            if topic_fixed[slot, topic] <= second:
                continue  # the product no longer gives cause to ask
            topic_count[slot, topic] += 1
            grave = u01d(w[3]) < class_par[A_GRAVE, kind]
            found = topic_since[slot, topic] <= second and u01d(v[3]) < cell_par[C_SELF_SERVICE, here]
            if not needs_people(
                i, here, books, kind, grave, found, w[1], offset, request_par, class_par, cell_par,
                ticket_cents, made_row, grave_row, felt, post, kpi,
            ):  # fmt: skip
                continue
            if place == room:
                clock[OVERFLOW] = 1
                continue
            hours = class_par[A_WORK, kind] * exp32(spread * ndtri32(u01(w[2])) - half)
            pool = pool_of_cell[here]
            to = np.int64(cell_par[C_OVERFLOW_POOL, here])
            row = filed[:, place]
            row[F_CUSTOMER] = i
            row[F_BIRTH] = np.int64(birth[i])
            row[F_WEEK] = week
            row[F_WHICH] = which[q]
            row[F_KIND] = 0
            row[F_CLASS] = kind
            row[F_GRAVE] = grave
            row[F_CELL] = here
            row[F_TOPIC] = topic
            row[F_TEAM] = team_for(pool, birth[i], region[i], team_first, team_count, region_team)
            row[F_SPARE] = -1
            row[F_MOVE_AT] = -1
            if to >= 0:
                row[F_SPARE] = team_for(to, birth[i], region[i], team_first, team_count, region_team)
                row[F_MOVE_AT] = np.int64(cell_par[C_OVERFLOW_AFTER, here])
            row[F_RANK] = rank_of(
                request_par, class_par, cell_par, here, kind, grave, i, clock[RING], spend_ring,
                fit_of_industry[industry[i]],
            )  # fmt: skip
            row[F_READY] = second
            row[F_SORTING] = 0 if cell_par[C_BOT, here] > 0.0 else np.int64(request_par[SORTING])
            row[F_WORK] = max(np.int64(np.ceil(3600.0 * np.float64(hours))), 1)
            row[F_DROP_AT] = -1
            place += 1
    clock[TICKET_COUNT] = place


@inline_kernel
def rank_of(  # type: ignore[no-untyped-def]
    request_par, class_par, cell_par, here, kind, grave, i, ring, spend_ring, fit
):
    """Order of service, 0 to 1023: first come, by tier, by the urgent grid, or by TOPSIS.

    TOPSIS weighs value (purchases of four quarters over themselves plus the typical customer's), fit and
    feasibility against an ideal request that has 1 of each and a worst that has none.
    """
    discipline = np.int64(request_par[DISCIPLINE])
    rank = np.int64(1)
    if grave and request_par[GRAVE_FIRST] > 0.0:
        rank = np.int64(0)
    elif discipline == 1:
        rank = 1 + np.int64(cell_par[C_TIER, here])
    elif discipline == 2:
        urgent, important = class_par[A_URGENT, kind] > 0.0, cell_par[C_IMPORTANT, here] > 0.0
        rank = np.int64(1 if urgent and important else 2 if urgent else 3 if important else 4)
    elif discipline == 3:
        spend = 0.0
        for ago in range(1, 5):
            spend += np.float64(spend_ring[(ring - ago) % spend_ring.shape[0], i])
        value = spend / (spend + request_par[TYPICAL]) if spend > 0.0 else 0.0
        near, far = 0.0, 0.0
        for x, weight in (
            (value, request_par[VALUE_WEIGHT]),
            (fit, request_par[FIT_WEIGHT]),
            (class_par[A_FEASIBLE, kind], request_par[WORTH_WEIGHT]),
        ):
            near += (weight * (1.0 - x)) ** 2
            far += (weight * x) ** 2
        near, far = np.sqrt(near), np.sqrt(far)
        closeness = far / (near + far) if near + far > 0.0 else 0.5
        rank = 1 + np.int64(np.floor(1000.0 * (1.0 - closeness)))
    return rank
