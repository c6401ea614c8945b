"""Customers whom the company lets go: at once, or at the end of their contract (P8)."""

from __future__ import annotations

from tiersim.engine.accounts import LET_GO
from tiersim.engine.layout import WEEK, N
from tiersim.kernel import kernel

CONTRACTS = 0
_LET_GO = 2  # as in engine/exits.py


@kernel
def letting_go(  # type: ignore[no-untyped-def]
    clock, exit_par, exit_state, alive, known, leaving, renew_week, ledger_cell, kpi
):
    """Who is to be let go leaves; ``exit_par[CONTRACTS]`` is 1 where contracts must run out first.

    Who has decided to leave goes by itself, and counts as lost for its own reason.
    """
    week, contracts = clock[WEEK], exit_par[CONTRACTS]
    for i in range(clock[N]):
        if exit_state[i] != _LET_GO or alive[i] == 0 or leaving[i] > 0:
            continue
        if contracts == 1 and renew_week[i] != week:
            continue
        alive[i] = 0
        known[i] = 0
        kpi[LET_GO, ledger_cell[i]] += 1.0
