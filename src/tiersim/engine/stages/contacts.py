"""Scheduled contacts by cadence: made if the pool has the hours, and paid for."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import CONTACT, CONTACTS
from tiersim.engine.layout import BLOCK, OFFSET, REPLICATION, RING, SEED, WEEK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import scratch_kernel
from tiersim.random import u01, words
from tiersim.random.streams import CONTACT as CONTACT_STREAM


@scratch_kernel
def contacts(  # type: ignore[no-untyped-def]
    clock, contact_cents, birth, known, contact_phase, cell, ledger_cell, contact_rate, contact_auto,
    pool_of_cell, delivered, contacts_ring, post, kpi,
):  # fmt: skip
    """Due when rate * week + phase passes a whole number; ``contact_cents``: (personal, automatic)."""
    n, offset = clock[N], clock[OFFSET]
    week = np.float64(clock[WEEK])
    row, counted = contacts_ring[clock[RING] % contacts_ring.shape[0]], kpi[CONTACTS]
    rate, due = np.empty(BLOCK, np.float64), np.empty(BLOCK, np.float64)
    flag, who = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        cell_b, phase, known_b = cell[low : low + m], contact_phase[low : low + m], known[low : low + m]
        for j in range(m):
            rate[j] = np.float64(contact_rate[cell_b[j]])
        for j in range(m):
            begun = np.floor(rate[j] * week + np.float64(phase[j]))
            due[j] = np.floor(rate[j] * (week + 1.0) + np.float64(phase[j])) - begun
        for j in range(m):
            flag[j] = (due[j] > 0.0) & (known_b[j] == 1)
        for q in range(list_flagged(flag, m, low, who)):
            i = who[q]
            here, books = cell[i], ledger_cell[i]
            wanted = np.int64(due[i - low])
            made = wanted
            if contact_auto[here] == 0:
                share = delivered[pool_of_cell[here]]
                if share < np.float32(1.0):
                    w = words(clock[SEED], clock[REPLICATION], birth[i], clock[WEEK], CONTACT_STREAM, 0)
                    made = wanted if u01(w[0]) < share else np.int64(0)
                post[CONTACT, offset, books] -= contact_cents[0] * made
            else:
                post[CONTACT, offset, books] -= contact_cents[1] * made
            row[i] += made
            counted[books] += made
