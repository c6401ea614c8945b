"""Candidates of the burn-in become customers in the week of their first contract."""

from __future__ import annotations

from tiersim.engine.layout import N, WEEK
from tiersim.kernel import kernel


@kernel
def entry(clock, entry_week, alive):  # type: ignore[no-untyped-def]
    """Only the burn-in has this stage: later newcomers come through arrivals."""
    week = clock[WEEK]
    for i in range(clock[N]):
        if entry_week[i] == week:
            alive[i] = 1
