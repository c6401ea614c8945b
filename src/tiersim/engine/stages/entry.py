"""Candidates of the burn-in become customers in the week of their first contract."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import N, WEEK
from tiersim.kernel import kernel

_TOP = np.float32(100.0)
_ZERO = np.float32(0.0)


@kernel
def entry(clock, entry_week, base_satisfaction, content, elapsed, alive):  # type: ignore[no-untyped-def]
    """Only the burn-in has this stage: later newcomers come through arrivals.

    Who enters has no past with us: neither hazard that has added up nor satisfaction that has moved.
    """
    week = clock[WEEK]
    for i in range(clock[N]):
        if entry_week[i] == week:
            alive[i] = 1
            content[i] = min(max(base_satisfaction[i], _ZERO), _TOP)
            for c in range(elapsed.shape[0]):
                elapsed[c, i] = np.float32(0.0)
