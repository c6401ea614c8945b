"""Sums over the week that no other stage has: customer-weeks, satisfaction, share of wallet."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import SATISFACTION, WALLET, WEEKS
from tiersim.engine.layout import N
from tiersim.kernel import kernel


@kernel
def record(clock, alive, ledger_cell, content, wallet, kpi):  # type: ignore[no-untyped-def]
    """Adds up customers that are with us at the end of the week."""
    for i in range(clock[N]):
        if alive[i] == 1:
            books = ledger_cell[i]
            kpi[WEEKS, books] += 1.0
            kpi[SATISFACTION, books] += np.float64(content[i])
            kpi[WALLET, books] += np.float64(wallet[i])
