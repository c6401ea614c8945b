"""Customers who already have a place become active in their first week."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import NEW
from tiersim.engine.layout import WEEK, N
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import ATTENTION, CONTACT_CHANNEL

_TOP = np.float32(100.0)
_ZERO = np.float32(0.0)


@kernel
def entry(  # type: ignore[no-untyped-def]
    clock, entry_dose, entry_week, base_satisfaction, wallet_start, favour_needs, content, wallet, elapsed,
    carried, alive, known, ledger_cell, kpi,
):  # fmt: skip
    """Candidates of the burn-in, and newcomers who were seated at the beginning of the quarter.

    Who enters has no past with us: no hazard that has added up, no satisfaction that has moved. It is used
    to the care that today's policy gives: ``entry_dose`` of attention (by favour over needs) and of contact.
    """
    week = clock[WEEK]
    for i in range(clock[N]):
        if entry_week[i] == week:
            alive[i] = 1
            known[i] = 1
            kpi[NEW, ledger_cell[i]] += 1.0
            content[i] = min(max(base_satisfaction[i], _ZERO), _TOP)
            wallet[i] = wallet_start[i]
            for c in range(elapsed.shape[0]):
                elapsed[c, i] = _ZERO
            for ch in range(carried.shape[0]):
                carried[ch, i] = _ZERO
            carried[ATTENTION, i] = entry_dose[0] * favour_needs[i]
            carried[CONTACT_CHANNEL, i] = entry_dose[1]
