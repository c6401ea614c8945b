"""Contact that annoys beyond a point: pressure of calls and messages on the level of satisfaction (P2)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import OFFSET, RING, N
from tiersim.kernel import kernel

GIVE, WEIGHT, COMFORTABLE, ANNOYS, TODAY, SPEED = range(6)

_ZERO = np.float32(0.0)


@kernel
def pressure_felt(  # type: ignore[no-untyped-def]
    clock, pressure_par, contact_auto, cell, contacts_ring, contacts_before, messages, pressure, felt
):  # fmt: skip
    """p <- p + g (contacts + messages - p); felt -= kappa annoys (max(p - comfortable, 0) - today's).

    Satisfaction moves to its level by kappa a week, so that in a steady state it stands this many points
    lower. ``pressure_par[TODAY]``: the excess that today's cadence has in the mean, which is in the start.
    """
    give, weight, comfortable = pressure_par[GIVE], pressure_par[WEIGHT], pressure_par[COMFORTABLE]
    points, today = pressure_par[SPEED] * pressure_par[ANNOYS], pressure_par[TODAY]
    row, fresh = contacts_ring[clock[RING] % contacts_ring.shape[0]], clock[OFFSET] == 0
    for i in range(clock[N]):
        # The ring counts the quarter's contacts: this week's are what came on top.
        before = np.int64(0) if fresh else np.int64(contacts_before[i])
        made = np.float32(np.int64(row[i]) - before)
        contacts_before[i] = row[i]
        if contact_auto[cell[i]] == 1:
            made = made * weight
        pressure[i] = pressure[i] + give * (made + weight * messages[i] - pressure[i])
        felt[i] -= points * (max(pressure[i] - comfortable, _ZERO) - today)
