"""Satisfied customers bring new ones, fewer as the market fills (R19)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import REFERRALS
from tiersim.engine.layout import BLOCK, MANY, REFERRAL_COUNT, REPLICATION, RING, SEED, WEEK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import scratch_kernel
from tiersim.policy.vocabulary import L_REFERRAL
from tiersim.random import exp32, poisson_inv, u01, words
from tiersim.random.streams import REFERRAL

RATE, SLOPE = 0, 1
_REFERENCE = np.float32(75.0)


@scratch_kernel
def referral(  # type: ignore[no-untyped-def]
    clock, referral_par, market_room, birth, alive, content, lift, ledger_cell, arm, referrer, referrer_k,
    referrals_ring, kpi,
):  # fmt: skip
    """Poisson(rate exp(slope (S - 75) + L) (1 - N / M)) newcomers; their referrers are listed.

    ``market_room`` holds (1 - N / M) by arm.
    """
    n, week, seed, rep = clock[N], clock[WEEK], clock[SEED], clock[REPLICATION]
    rate, slope = referral_par[RATE], referral_par[SLOPE]
    levered = lift[L_REFERRAL]
    brought = referrals_ring[clock[RING] % referrals_ring.shape[0]]
    mean, u, room = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    flag, who = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint32)
    found = 0
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        top = low + m
        content_b, lift_b, arm_b = content[low:top], levered[low:top], arm[low:top]
        birth_b, alive_b = birth[low:top], alive[low:top]
        for j in range(m):
            room[j] = market_room[arm_b[j]]
        for j in range(m):
            mean[j] = rate * exp32(slope * (content_b[j] - _REFERENCE) + lift_b[j]) * room[j]
        for j in range(m):
            u[j] = u01(words(seed, rep, birth_b[j], week, REFERRAL, 0)[0])
        for j in range(m):
            room[j] = exp32(-mean[j])
        for j in range(m):
            flag[j] = (u[j] >= room[j]) & (alive_b[j] == 1)
        for q in range(list_flagged(flag, m, low, who)):
            i = who[q]
            for k in range(poisson_inv(u[i - low], mean[i - low])):
                if found < referrer.shape[0]:
                    referrer[found] = i
                    referrer_k[found] = k
                    found += 1
                    kpi[REFERRALS, ledger_cell[i]] += 1.0
                    if brought[i] < MANY:
                        brought[i] += 1
    clock[REFERRAL_COUNT] = found
