"""Satisfied customers bring new ones, fewer as the market fills (R19)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import REFERRALS
from tiersim.engine.layout import N, REFERRAL_COUNT, REPLICATION, SEED, WEEK
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_REFERRAL
from tiersim.random import exp32, poisson_inv, u01, words
from tiersim.random.streams import REFERRAL

RATE, SLOPE = 0, 1
_REFERENCE = np.float32(75.0)


@kernel
def referral(  # type: ignore[no-untyped-def]
    clock, referral_par, market_room, birth, alive, content, lift, ledger_cell, arm, referrer, referrer_k, kpi,
):  # fmt: skip
    """Poisson(rate exp(slope (S - 75) + L) (1 - N / M)) newcomers; their referrers are listed.

    ``market_room`` holds (1 - N / M) by arm.
    """
    rate, slope = referral_par[RATE], referral_par[SLOPE]
    found = 0
    for i in range(clock[N]):
        if alive[i] == 0:
            continue
        mean = rate * exp32(slope * (content[i] - _REFERENCE) + lift[L_REFERRAL, i]) * market_room[arm[i]]
        w = words(clock[SEED], clock[REPLICATION], birth[i], clock[WEEK], REFERRAL, 0)
        u = u01(w[0])
        if u < exp32(-mean):
            continue
        for k in range(poisson_inv(u, mean)):
            if found < referrer.shape[0]:
                referrer[found] = i
                referrer_k[found] = k
                found += 1
                kpi[REFERRALS, ledger_cell[i]] += 1.0
    clock[REFERRAL_COUNT] = found
