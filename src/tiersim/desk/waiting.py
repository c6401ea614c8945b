"""Waiting times of a pool from its load: Erlang C, with requests ahead of work that can wait.

A pool of ``c`` people who answer for one another has requests (first) and account work (second), all with
exponential durations of the same mean ``h``; a person finishes the piece at hand. Then a request waits
with the Erlang C probability of the total load, and if it waits, for an exponential time of mean
h / (c - a1), a1 being the load of requests alone (the delay law of non-preemptive priorities with equal
service rates: Cobham 1954 for the mean).
"""

from __future__ import annotations

import numpy as np

from tiersim.kernel import kernel

TOP_LOAD = 0.98
"""Load at which the steady-state formulas stop; beyond it the backlog adds its own delay."""


@kernel
def erlang_c(servers, load):  # type: ignore[no-untyped-def]
    """Probability to wait with `servers` (int) and offered load in Erlang (float64, below servers)."""
    if load <= 0.0:
        return 0.0
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return servers * blocked / (servers - load * (1.0 - blocked))


@kernel
def wait_law(people, team, utilisation, request_share, handling):  # type: ignore[no-untyped-def]
    """(chance to wait, rate per hour of the wait) of a team inside a pool with this utilisation."""
    servers = max(1, min(np.int64(np.floor(people + 1e-6)), team))
    rho = min(max(utilisation, 0.0), TOP_LOAD)
    total = rho * servers
    requests = min(request_share, rho) * servers
    return erlang_c(servers, total), (servers - requests) / handling
