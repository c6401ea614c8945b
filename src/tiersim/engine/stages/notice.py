"""Between the decision to leave and the last week: fewer orders, which a company can see (L5, R8)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import LOST
from tiersim.engine.layout import WEEK, N
from tiersim.engine.stages.churn import WINDING_DOWN
from tiersim.kernel import kernel


@kernel
def calm(clock, drive, discount):  # type: ignore[no-untyped-def]
    """A week begins without anything that moves demand or prices beside wave and levers."""
    for i in range(clock[N]):
        drive[i] = np.float32(0.0)
    for i in range(clock[N]):
        discount[i] = np.float32(0.0)


@kernel
def unstrained(clock, strain_on, strain):  # type: ignore[no-untyped-def]
    """A week begins without strain on any cause that is read."""
    for c in range(strain.shape[0]):
        if strain_on[c] == 0:
            continue
        row = strain[c]
        for i in range(clock[N]):
            row[i] = np.float32(0.0)


@kernel
def winding_down(clock, churn_par, leaving, drive):  # type: ignore[no-untyped-def]
    """Who has decided to leave orders less; ``churn_par[WINDING_DOWN]`` is the log of what is left."""
    less = churn_par[WINDING_DOWN]
    for i in range(clock[N]):
        if leaving[i] > 0:
            drive[i] += less


@kernel
def departures(clock, alive, leaving, leave_week, ledger_cell, kpi):  # type: ignore[no-untyped-def]
    """Without contracts: who decided to leave goes when its notice is over."""
    week = clock[WEEK]
    for i in range(clock[N]):
        if leaving[i] > 0 and alive[i] == 1 and leave_week[i] <= week:
            alive[i] = 0
            kpi[LOST + leaving[i] - 1, ledger_cell[i]] += 1.0
