"""How much customers use what they bought, as a company sees it: noisy, and falling before they go."""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import BLOCK, REPLICATION, SEED, WEEK, N
from tiersim.kernel import scratch_kernel
from tiersim.random import exp32, ndtri32, u01, words
from tiersim.random.streams import USE

NOISE, HALF_VARIANCE, WINDING, FAST, SLOW = range(5)
FAST_HALF_LIFE, SLOW_HALF_LIFE = 2.0, 26.0
"""Weeks after which half of an average is renewed: what "now" and "usual" mean."""


@scratch_kernel
def use(  # type: ignore[no-untyped-def]
    clock, use_par, birth, entry_week, leaving, alive, wave, use_fast, use_slow
):
    """Use of the week = exp(x + noise), less once a customer has decided to leave, 0 after it left.

    Two moving averages of it are what the company keeps: of the last weeks, and of half a year.
    """
    n, week, seed, rep = clock[N], clock[WEEK], clock[SEED], clock[REPLICATION]
    noise, half, winding = use_par[NOISE], use_par[HALF_VARIANCE], use_par[WINDING]
    fast, slow = use_par[FAST], use_par[SLOW]
    level = np.empty(BLOCK, np.float32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        top = low + m
        birth_b, wave_b, leaving_b, alive_b = birth[low:top], wave[low:top], leaving[low:top], alive[low:top]
        fast_b, slow_b, entry_b = use_fast[low:top], use_slow[low:top], entry_week[low:top]
        for j in range(m):
            level[j] = ndtri32(u01(words(seed, rep, birth_b[j], week, USE, 0)[0]))
        for j in range(m):
            log_use = wave_b[j] + noise * level[j] - half + winding * np.float32(leaving_b[j] > 0)
            level[j] = exp32(log_use) * np.float32(alive_b[j])
        for j in range(m):
            here = np.float32(entry_b[j] <= week)
            fast_b[j] += here * fast * (level[j] - fast_b[j])
            slow_b[j] += here * slow * (level[j] - slow_b[j])
