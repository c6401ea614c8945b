"""The share of wallet moves toward its aim, which care lifts but never above what could be won (R9)."""

from __future__ import annotations

from tiersim.engine.layout import N
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_WALLET
from tiersim.random import exp32

SPEED = 0


@kernel
def growth(clock, growth_par, wallet_start, wallet_potential, lift, wallet):  # type: ignore[no-untyped-def]
    """w <- w + speed (min(potential, w0 exp L) - w)."""
    speed = growth_par[SPEED]
    for i in range(clock[N]):
        aim = min(wallet_potential[i], wallet_start[i] * exp32(lift[L_WALLET, i]))
        wallet[i] = wallet[i] + speed * (aim - wallet[i])
