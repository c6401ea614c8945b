"""Sums over the week that no other stage has: customer-weeks, satisfaction, share of wallet."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import SATISFACTION, WALLET, WEEKS
from tiersim.engine.layout import N
from tiersim.kernel import kernel


@kernel
def record(clock, alive, ledger_cell, content, wallet, kpi):  # type: ignore[no-untyped-def]
    """Adds up customers that are with us at the end of the week."""
    weeks, satisfaction, share = kpi[WEEKS], kpi[SATISFACTION], kpi[WALLET]
    for i in range(clock[N]):
        if alive[i] == 1:
            books = np.uint32(ledger_cell[i])
            weeks[books] += 1.0
            satisfaction[books] += np.float64(content[i])
            share[books] += np.float64(wallet[i])
