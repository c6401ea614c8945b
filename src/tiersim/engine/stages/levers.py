"""From doses to lifts: carry-over, saturation, personal response, and the cap on what adds up (R7, R14)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import CAPPED
from tiersim.engine.layout import BLOCK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import kernel, scratch_kernel
from tiersim.policy.vocabulary import ATTENTION, CONTACT_CHANNEL, L_SATISFACTION, LIFTS
from tiersim.random import exp32

CARRY, INVERSE_CURVE, GAIN, CONTACT_TODAY = 0, 1, 2, 3
_CAP = np.float32(np.log(2.0))
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)


@scratch_kernel
def levers(  # type: ignore[no-untyped-def]
    clock, lever_par, channel_on, pair_channel, pair_target, alive, cell, pool_of_cell, ledger_cell,
    delivered, response, attention_today, dose, carried, effect, lift, kpi,
):  # fmt: skip
    """A <- A + (1 - rho)(d - A), f = (1 - exp(-A/c)) / (1 - exp(-1/c)), L = r sum e (f - f today).

    |L| <= ln 2, but for satisfaction. Attention and personal contact reach the customer as far as the pool
    delivers them.
    """
    n, channels, pairs = clock[N], channel_on.shape[0], pair_channel.shape[0]
    give, inverse, gain = _ONE - lever_par[CARRY], lever_par[INVERSE_CURVE], lever_par[GAIN]
    contact_today = lever_par[CONTACT_TODAY]
    f, reached = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    total = np.empty((LIFTS, BLOCK), np.float32)
    over = np.empty(BLOCK, np.uint8)
    who = np.empty(BLOCK, np.uint32)
    touched = np.zeros(LIFTS, np.int8)
    for p in range(pairs):
        touched[pair_target[p]] = 1
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        top = low + m
        total.fill(_ZERO)
        cell_b = cell[low:top]
        for j in range(m):
            reached[j] = delivered[pool_of_cell[cell_b[j]]]
        for ch in range(channels):
            if channel_on[ch] == 0:
                continue
            dose_b, carried_b = dose[ch, low:top], carried[ch, low:top]
            if ch <= CONTACT_CHANNEL:
                for j in range(m):
                    carried_b[j] = carried_b[j] + give * (dose_b[j] * reached[j] - carried_b[j])
            else:
                for j in range(m):
                    carried_b[j] = carried_b[j] + give * (dose_b[j] - carried_b[j])
            for j in range(m):
                f[j] = gain * (_ONE - exp32(-carried_b[j] * inverse))
            if ch == ATTENTION:
                today = attention_today[low:top]
                for j in range(m):
                    f[j] = f[j] - today[j]
            elif ch == CONTACT_CHANNEL:
                for j in range(m):
                    f[j] = f[j] - contact_today
            for p in range(pairs):
                if pair_channel[p] == ch:
                    effect_b, total_b = effect[p, low:top], total[pair_target[p]]
                    for j in range(m):
                        total_b[j] += effect_b[j] * f[j]
        response_b, alive_b = response[low:top], alive[low:top]
        over.fill(0)
        for t in range(LIFTS):
            if touched[t] == 0:
                continue
            lift_b, total_b = lift[t, low:top], total[t]
            for j in range(m):
                lift_b[j] = response_b[j] * total_b[j]
            if t == L_SATISFACTION:
                continue
            for j in range(m):
                over[j] |= (alive_b[j] == 1) & (abs(lift_b[j]) > _CAP)
            for j in range(m):
                lift_b[j] = min(max(lift_b[j], -_CAP), _CAP)
        # A customer-week counts once, whichever lifts are at the cap.
        for q in range(list_flagged(over, m, low, who)):
            kpi[CAPPED, ledger_cell[who[q]]] += 1.0


@kernel
def set_doses(  # type: ignore[no-untyped-def]
    first, last, segments, cell, segment, inverse_needs, favour_needs, dose_flat, dose_even, dose_favour,
    pair_channel, pair_effect, dose, effect,
):  # fmt: skip
    """Doses and effects of customers first..last-1 from the tables by package (cell and segment).

    A channel that a package does not serve keeps its last effect, so that what is carried over fades and
    does not vanish.
    """
    cells, parts = cell[first:last], segment[first:last]
    needs, favour = inverse_needs[first:last], favour_needs[first:last]
    for ch in range(dose.shape[0]):
        out, flat, even, favoured = dose[ch, first:last], dose_flat[ch], dose_even[ch], dose_favour[ch]
        for i in range(cells.size):
            c = cells[i] * segments + parts[i]
            out[i] = flat[c] + even[c] * needs[i] + favoured[c] * favour[i]
    for p in range(pair_channel.shape[0]):
        given, out, by_package = dose[pair_channel[p], first:last], effect[p, first:last], pair_effect[p]
        for i in range(cells.size):
            if given[i] > _ZERO:
                out[i] = by_package[cells[i] * segments + parts[i]]


@kernel
def set_doses_of(  # type: ignore[no-untyped-def]
    who, segments, cell, segment, inverse_needs, favour_needs, dose_flat, dose_even, dose_favour,
    pair_channel, pair_effect, dose, effect, channel_on,
):  # fmt: skip
    """`set_doses` of some customers: places, int64, shape (m,); switches on the channels that serve them."""
    for q in range(who.shape[0]):
        i = who[q]
        c = cell[i] * segments + segment[i]
        for ch in range(dose.shape[0]):
            even, favoured = dose_even[ch, c] * inverse_needs[i], dose_favour[ch, c] * favour_needs[i]
            given = dose_flat[ch, c] + even + favoured
            dose[ch, i] = given
            if given != _ZERO:
                channel_on[ch] = 1
        for p in range(pair_channel.shape[0]):
            if dose[pair_channel[p], i] > _ZERO:
                effect[p, i] = pair_effect[p, c]
