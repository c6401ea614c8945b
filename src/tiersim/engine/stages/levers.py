"""From doses to lifts: carry-over, saturation, personal response, and the cap on what adds up (R7, R14)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import CAPPED
from tiersim.engine.layout import BLOCK, N
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import ATTENTION, CONTACT_CHANNEL, L_SATISFACTION, LIFTS
from tiersim.random import exp32

CARRY, INVERSE_CURVE, GAIN, CONTACT_TODAY = 0, 1, 2, 3
_CAP = np.float32(np.log(2.0))
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)


@kernel
def levers(  # type: ignore[no-untyped-def]
    clock, lever_par, channel_on, pair_channel, pair_target, alive, cell, pool_of_cell, ledger_cell, delivered,
    response, attention_today, dose, carried, effect, lift, kpi,
):  # fmt: skip
    """A <- A + (1 - rho)(d - A), f = (1 - exp(-A/c)) / (1 - exp(-1/c)), L = r sum e (f - f today), |L| <= ln 2.

    Attention and personal contact reach the customer as far as the pool delivers them.
    """
    n = clock[N]
    give, inverse, gain = _ONE - lever_par[CARRY], lever_par[INVERSE_CURVE], lever_par[GAIN]
    contact_today = lever_par[CONTACT_TODAY]
    f = np.empty(BLOCK, np.float32)
    total = np.empty((LIFTS, BLOCK), np.float32)
    touched = np.zeros(LIFTS, np.int8)
    for p in range(pair_channel.shape[0]):
        touched[pair_target[p]] = 1
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        for t in range(LIFTS):
            if touched[t] == 1:
                for j in range(m):
                    total[t, j] = _ZERO
        for ch in range(channel_on.shape[0]):
            if channel_on[ch] == 0:
                continue
            if ch <= CONTACT_CHANNEL:
                for j in range(m):
                    i = low + j
                    d = dose[ch, i] * delivered[pool_of_cell[cell[i]]]
                    carried[ch, i] = carried[ch, i] + give * (d - carried[ch, i])
            else:
                for j in range(m):
                    i = low + j
                    carried[ch, i] = carried[ch, i] + give * (dose[ch, i] - carried[ch, i])
            for j in range(m):
                f[j] = gain * (_ONE - exp32(-carried[ch, low + j] * inverse))
            if ch == ATTENTION:
                for j in range(m):
                    f[j] = f[j] - attention_today[low + j]
            elif ch == CONTACT_CHANNEL:
                for j in range(m):
                    f[j] = f[j] - contact_today
            for p in range(pair_channel.shape[0]):
                if pair_channel[p] == ch:
                    t = pair_target[p]
                    for j in range(m):
                        total[t, j] += effect[p, low + j] * f[j]
        for t in range(LIFTS):
            if touched[t] == 0:
                continue
            if t == L_SATISFACTION:
                for j in range(m):
                    lift[t, low + j] = response[low + j] * total[t, j]
            else:
                over = 0
                for j in range(m):
                    x = response[low + j] * total[t, j]
                    capped = min(max(x, -_CAP), _CAP)
                    over += capped != x
                    lift[t, low + j] = capped
                if over > 0:
                    for j in range(m):
                        i = low + j
                        if alive[i] == 1 and abs(response[i] * total[t, j]) > _CAP:
                            kpi[CAPPED, ledger_cell[i]] += 1.0


@kernel
def set_doses(  # type: ignore[no-untyped-def]
    first, last, cell, inverse_needs, favour_needs, dose_flat, dose_even, dose_favour, pair_channel, pair_effect,
    dose, effect,
):  # fmt: skip
    """Doses and effects of customers first..last-1 from the tables by cell.

    A channel that a cell does not serve keeps its last effect, so that what is carried over fades and
    does not vanish.
    """
    for ch in range(dose.shape[0]):
        for i in range(first, last):
            c = cell[i]
            dose[ch, i] = (
                dose_flat[ch, c] + dose_even[ch, c] * inverse_needs[i] + dose_favour[ch, c] * favour_needs[i]
            )
    for p in range(pair_channel.shape[0]):
        for i in range(first, last):
            if dose[pair_channel[p], i] > _ZERO:
                effect[p, i] = pair_effect[p, cell[i]]
