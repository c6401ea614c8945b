"""A customer's own slow wave of demand: a stationary AR(1) in the log of the order rate (R9)."""

from __future__ import annotations

from tiersim.engine.layout import N
from tiersim.kernel import kernel
from tiersim.random import ndtri32, u01

PHI, INNOVATION = 0, 1


@kernel
def demand(clock, demand_par, word_wave, wave):  # type: ignore[no-untyped-def]
    """x <- phi x + sd N; the mean correction that makes E[exp x] = 1 stands in ``orders``."""
    phi, sd = demand_par[PHI], demand_par[INNOVATION]
    for i in range(clock[N]):
        wave[i] = phi * wave[i] + sd * ndtri32(u01(word_wave[i]))
