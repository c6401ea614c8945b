"""Shocks from outside: fewer orders, more reasons to leave, points of satisfaction, large accounts lost (L8).

What is bad is felt less by who was treated better when the shock began: its `shock_shield`.
"""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import DECIDED, LOST, LOST_BANKRUPTCY
from tiersim.engine.layout import WEEK, N
from tiersim.kernel import inline_kernel, kernel
from tiersim.random import exp32, poisson_inv, u01, words
from tiersim.random.streams import SHOCK

# rows of shock_par, one column a shock: log of what is left of demand, log hazard by cause (row = the
# cause's number, 1 to 4), points of satisfaction, buffer of a point, satisfaction at which it is neutral
DEMAND, POINTS, BUFFER, NEUTRAL = 0, 5, 6, 7
SHOCK_PARAMETERS = 8
WEAKEST, STRONGEST = 0.25, 2.0
"""Between these the buffer keeps an effect, times what it is without one."""

_LEAST = np.float32(np.log(WEAKEST))
_MOST = np.float32(np.log(STRONGEST))
_ZERO = np.float32(0.0)
_ONE = np.uint32(1)


@kernel
def beginnings(seed, rep, key, rate, begins):  # type: ignore[no-untyped-def]
    """Flag in `begins` (int8, one place a week) the weeks in which a shock of weekly `rate` comes."""
    for week in range(begins.shape[0]):
        w = words(seed, rep, np.uint64(0), week, SHOCK, key)
        begins[week] = 1 if poisson_inv(u01(w[0]), rate) > 0 else 0


@inline_kernel
def _is_hit(hits, k):  # type: ignore[no-untyped-def]
    return (hits >> np.uint32(k)) & _ONE


@kernel
def shock_losses(  # type: ignore[no-untyped-def]
    clock, shock_taken, shock_takes, alive, leaving, leave_week, decide_week, ledger_cell, kpi
):
    """Accounts that a shock takes are gone before they order; ``shock_takes`` holds 1 + the cause."""
    if shock_taken[0] == 0:
        return
    for i in range(clock[N]):
        if shock_takes[i] == 0:
            continue
        cause = shock_takes[i] - 1
        shock_takes[i] = 0
        if alive[i] == 0:
            continue
        if leaving[i] == 0 and cause < LOST_BANKRUPTCY - LOST:
            kpi[DECIDED, ledger_cell[i]] += 1.0
        alive[i] = 0
        leaving[i] = cause + 1
        leave_week[i] = decide_week[i] = clock[WEEK]
        kpi[LOST + cause, ledger_cell[i]] += 1.0


@kernel
def shock_demand(  # type: ignore[no-untyped-def]
    clock, shock_now, shock_first, shock_par, shock_row, shock_hits, alive, content, shock_shield, drive
):
    """``drive += level log(1 + demand)``; in the week it begins, also how content everybody is right then."""
    n = clock[N]
    for k in range(shock_now.shape[0]):
        row = shock_row[k]
        if shock_first[k] == 1 and row >= 0:
            buffer, neutral = shock_par[BUFFER, k], shock_par[NEUTRAL, k]
            for i in range(n):
                if alive[i] == 1:
                    weaker = -buffer * (content[i] - neutral)
                    shock_shield[row, i] = exp32(min(max(weaker, _LEAST), _MOST))
        less = shock_par[DEMAND, k] * shock_now[k]
        if less != _ZERO:
            for i in range(n):
                if _is_hit(shock_hits[i], k):
                    drive[i] += less


@kernel
def shock_felt(  # type: ignore[no-untyped-def]
    clock, shock_first, shock_par, shock_row, shock_hits, alive, shock_shield, felt
):
    """Points in the week in which it begins; what it takes, times the shield."""
    for k in range(shock_first.shape[0]):
        points, row = shock_par[POINTS, k], shock_row[k]
        if shock_first[k] == 0 or points == _ZERO:
            continue
        for i in range(clock[N]):
            if alive[i] == 1 and _is_hit(shock_hits[i], k):
                if points < _ZERO and row >= 0:
                    felt[i] += points * shock_shield[row, i]
                else:
                    felt[i] += points


@kernel
def shock_strain(  # type: ignore[no-untyped-def]
    clock, shock_now, shock_par, shock_row, shock_hits, shock_shield, strain_on, strain
):
    """Adds the log hazard by cause of this week."""
    n = clock[N]
    for c in range(strain_on.shape[0]):
        if strain_on[c] == 0:
            continue
        for k in range(shock_now.shape[0]):
            more, row = shock_par[c, k] * shock_now[k], shock_row[k]
            if more == _ZERO:
                continue
            for i in range(n):
                if _is_hit(shock_hits[i], k):
                    if more > _ZERO and row >= 0:
                        strain[c, i] += more * shock_shield[row, i]
                    else:
                        strain[c, i] += more
