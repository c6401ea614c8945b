"""The desk of a week: work against hours, by pool; what is left undone, and how long requests wait."""

from __future__ import annotations

import numpy as np

from tiersim.desk.waiting import wait_law
from tiersim.engine.layout import BLOCK, N
from tiersim.kernel import kernel


@kernel
def desk(  # type: ignore[no-untyped-def]
    clock, desk_par, known, cell, favour, pool_of_cell, plan_even, plan_favour, pool_people, pool_team,
    pool_hours, backlog, wait_chance, wait_rate, wait_delay, delivered, pool_load,
):  # fmt: skip
    """One week of every pool: work that came, share of planned work that gets done, waits, backlog.

    ``desk_par``: (working hours a person and week, mean handling hours). ``pool_load`` adds up
    (utilisation, weeks). Requests come first; what is left serves contacts and account work.
    """
    pools = pool_people.shape[0]
    hours, handling = desk_par[0], desk_par[1]
    planned = np.zeros(pools)
    n = clock[N]
    plan = np.empty(BLOCK, np.float32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        cell_b, favour_b, known_b = cell[low : low + m], favour[low : low + m], known[low : low + m]
        for j in range(m):
            here = cell_b[j]
            plan[j] = plan_even[here] + plan_favour[here] * favour_b[j]
        for j in range(m):
            if known_b[j] == 1:
                planned[pool_of_cell[cell_b[j]]] += np.float64(plan[j])
    for p in range(pools):
        capacity = pool_people[p] * hours
        requests = pool_hours[p] + backlog[p]
        pool_hours[p] = 0.0
        work = requests + planned[p]
        if capacity <= 0.0:
            # Nobody is there: what comes waits for the week, nothing planned happens.
            backlog[p] = requests
            wait_chance[p], wait_rate[p] = np.float32(1.0), np.float32(1.0 / hours)
            wait_delay[p] = np.float32(hours if work > 0.0 else 0.0)
            delivered[p] = np.float32(0.0)
            continue
        pool_load[0, p] += min(work / capacity, 1.0)
        pool_load[1, p] += 1.0
        left = capacity - requests
        backlog[p] = max(0.0, -left)
        share = 1.0 if work <= capacity or planned[p] <= 0.0 else max(0.0, left) / planned[p]
        delivered[p] = np.float32(share)
        chance, rate = wait_law(pool_people[p], pool_team[p], work / capacity, requests / capacity, handling)
        wait_chance[p], wait_rate[p] = np.float32(chance), np.float32(rate)
        wait_delay[p] = np.float32(backlog[p] / capacity * hours)
