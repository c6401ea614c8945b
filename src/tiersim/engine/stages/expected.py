"""What a customer's purchases are expected to be at this moment: the truth that tells noise from change."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import RING, N
from tiersim.engine.stages.orders import HALF_VARIANCE, NOISE
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_ORDERS
from tiersim.random import exp32

_HALF = np.float32(0.5)


@kernel
def expected(  # type: ignore[no-untyped-def]
    clock, order_par, alive, order_rate, wallet, wallet_start, wave, lift, drive, log_basket, expected_ring
):
    """Orders a week times the mean basket, money a week, without season and market; 0 of who has left."""
    half_variance, noise = order_par[HALF_VARIANCE], order_par[NOISE]
    row = expected_ring[clock[RING] % expected_ring.shape[0]]
    mean = _HALF * noise * noise
    levered = lift[L_ORDERS]
    for i in range(clock[N]):
        rate = order_rate[i] * (wallet[i] / wallet_start[i]) * np.float32(alive[i])
        row[i] = rate * exp32(wave[i] - half_variance + levered[i] + drive[i] + log_basket[i] + mean)
