"""Scheduled contacts by cadence: made if the pool has the hours, and paid for."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import CONTACT, CONTACTS
from tiersim.engine.layout import N, OFFSET, REPLICATION, RING, SEED, WEEK
from tiersim.kernel import kernel
from tiersim.random import u01, words
from tiersim.random.streams import CONTACT as CONTACT_STREAM


@kernel
def contacts(  # type: ignore[no-untyped-def]
    clock, contact_cents, birth, alive, contact_phase, cell, ledger_cell, contact_rate, contact_auto, pool_of_cell,
    delivered, contacts_ring, post, kpi,
):  # fmt: skip
    """Due when rate * week + phase passes a whole number; ``contact_cents``: (personal, automatic)."""
    week, offset, ring = np.float64(clock[WEEK]), clock[OFFSET], clock[RING]
    for i in range(clock[N]):
        here = cell[i]
        rate = np.float64(contact_rate[here])
        phase = np.float64(contact_phase[i])
        due = np.int64(np.floor(rate * (week + 1.0) + phase) - np.floor(rate * week + phase))
        if due <= 0 or alive[i] == 0:
            continue
        books = ledger_cell[i]
        made = due
        if contact_auto[here] == 0:
            share = delivered[pool_of_cell[here]]
            if share < np.float32(1.0):
                w = words(clock[SEED], clock[REPLICATION], birth[i], clock[WEEK], CONTACT_STREAM, 0)
                made = due if u01(w[0]) < share else 0
            post[CONTACT, offset, books] -= contact_cents[0] * made
        else:
            post[CONTACT, offset, books] -= contact_cents[1] * made
        contacts_ring[ring % 4, i] += made
        kpi[CONTACTS, books] += made
