"""Waves of product failures: prevented or not, answered by the desk, made good or not."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import COMPENSATION, SERVICE, TICKETS
from tiersim.engine.filing import (
    C_OVERFLOW_AFTER,
    C_OVERFLOW_POOL,
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
    WEEK_SECONDS,
)
from tiersim.engine.layout import MANY, OFFSET, OVERFLOW, REPLICATION, RING, SEED, TICKET_COUNT, WEEK, N
from tiersim.engine.roster import team_for
from tiersim.engine.stages.tickets import rank_of
from tiersim.kernel import kernel
from tiersim.random import u01d, words
from tiersim.random.streams import CRISIS
from tiersim.scenario.desk import COMPLAINT, TECHNICAL

# rows of crisis_par, one column a crisis
BEGINS, LASTS, SHARE, GRAVE, WORK, DAMAGE, MENDED = range(7)
# rows of response_par, one column a policy; money in cents
PREVENT, PREVENT_CENTS, COMPENSATE_CENTS = range(3)

WHICH = 900
"""Requests of the k-th crisis have this number and k within their week."""


@kernel
def crisis(  # type: ignore[no-untyped-def]
    clock, crisis_par, crisis_region, crisis_industry, response_par, request_par, class_par, cell_par,
    spend_ring, fit_of_industry, cell_slot, ticket_cents,
    birth, alive, region, industry, cell, ledger_cell, pool_of_cell, team_first, team_count, region_team,
    filed, requests_ring, grave_ring, felt, post, kpi,
):  # fmt: skip
    """Each customer reached has one failure at a second of its own, the same under every policy."""
    seed, rep, week, offset = clock[SEED], clock[REPLICATION], clock[WEEK], clock[OFFSET]
    begin, end = week * WEEK_SECONDS, (week + 1) * WEEK_SECONDS
    place = clock[TICKET_COUNT]
    made_row = requests_ring[clock[RING] % requests_ring.shape[0]]
    grave_row = grave_ring[clock[RING] % grave_ring.shape[0]]
    for c in range(crisis_par.shape[1]):
        first, lasts = crisis_par[BEGINS, c], crisis_par[LASTS, c]
        if end <= first or begin >= first + lasts:
            continue
        for i in range(clock[N]):
            if alive[i] == 0 or not crisis_region[c, region[i]] or not crisis_industry[c, industry[i]]:
                continue
            w = words(seed, rep, birth[i], 0, CRISIS, 2 * c)
            second = np.int64(first + np.floor(u01d(w[1]) * lasts))
            if u01d(w[0]) >= crisis_par[SHARE, c] or second < begin or second >= end:
                continue
            here, books = cell[i], ledger_cell[i]
            slot = cell_slot[here]
            if u01d(w[2]) < response_par[PREVENT, slot]:
                post[SERVICE, offset, books] -= np.int64(response_par[PREVENT_CENTS, slot])
                continue
            damage = crisis_par[DAMAGE, c]
            paid = np.int64(response_par[COMPENSATE_CENTS, slot])
            if paid > 0:
                post[COMPENSATION, offset, books] -= paid
                damage *= 1.0 - crisis_par[MENDED, c]
            felt[i] -= np.float32(damage)
            v = words(seed, rep, birth[i], 0, CRISIS, 2 * c + 1)
            grave = u01d(w[3]) < crisis_par[GRAVE, c]
            kpi[TICKETS, books] += 1.0
            made_row[i] += 1
            if grave and grave_row[i] < MANY:
                grave_row[i] += 1
            post[SERVICE, offset, books] -= ticket_cents[0]
            if place == filed.shape[1]:
                clock[OVERFLOW] = 1
                continue
            row = filed[:, place]
            row[F_CUSTOMER], row[F_BIRTH], row[F_WEEK] = i, np.int64(birth[i]), week
            row[F_WHICH], row[F_KIND] = WHICH + c, 0
            row[F_CLASS], row[F_GRAVE] = COMPLAINT if grave else TECHNICAL, grave
            row[F_CELL], row[F_TOPIC] = here, -1
            row[F_TEAM] = team_for(
                pool_of_cell[here], birth[i], region[i], team_first, team_count, region_team
            )
            row[F_SPARE], row[F_MOVE_AT], row[F_DROP_AT] = -1, -1, -1
            to = np.int64(cell_par[C_OVERFLOW_POOL, here])
            if to >= 0:
                row[F_SPARE] = team_for(to, birth[i], region[i], team_first, team_count, region_team)
                row[F_MOVE_AT] = np.int64(cell_par[C_OVERFLOW_AFTER, here])
            row[F_RANK] = rank_of(
                request_par, class_par, cell_par, here, row[F_CLASS], grave, i, clock[RING], spend_ring,
                fit_of_industry[industry[i]],
            )  # fmt: skip
            row[F_READY], row[F_SORTING] = second, 0
            # Exponential: one failure is mended in minutes, another takes days.
            row[F_WORK] = max(np.int64(np.ceil(-crisis_par[WORK, c] * np.log(u01d(v[0])))), 1)
            place += 1
    clock[TICKET_COUNT] = place
