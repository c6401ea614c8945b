"""Product lines: taken up singly or as a bundle; they bind, and raise the share of wallet's aim (L4, R9)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import PRODUCTS
from tiersim.engine.layout import BLOCK, REPLICATION, SEED, WEEK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.engine.stages.growth import SPEED
from tiersim.kernel import kernel, scratch_kernel
from tiersim.policy.vocabulary import L_CROSS, L_WALLET
from tiersim.random import exp32, u01, words
from tiersim.random.streams import PRODUCT

ALL, RATE, BUNDLE, KEEPS = range(4)
PRICE_CAUSE, OTHER_CAUSE = 1, 4

_ONE = np.float32(1.0)


@kernel
def hold_lines(  # type: ignore[no-untyped-def]
    first, last, product_par, seed, rep, birth, wallet_start, wallet_potential, lines, lines_start
):  # fmt: skip
    """Lines at the start of customers first..last-1: 1 + Binomial(all - 1, w0 / potential)."""
    every = np.int64(product_par[ALL])
    for i in range(first, last):
        chance = wallet_start[i] / max(wallet_potential[i], np.float32(1e-6))
        held = 1
        for k in range(every - 1):
            w = words(seed, rep, birth[i], 0, PRODUCT, 1 + k // 4)
            held += u01(w[k % 4]) < chance
        lines[i] = held
        lines_start[i] = held


@scratch_kernel
def take_up(clock, product_par, birth, alive, leaving, lift, lines):  # type: ignore[no-untyped-def]
    """A further line with p = 1 - exp(-rate e^L) a week, and a second one if it is a bundle."""
    n, week, seed, rep = clock[N], clock[WEEK], clock[SEED], clock[REPLICATION]
    every, rate, bundle = np.int64(product_par[ALL]), product_par[RATE], product_par[BUNDLE]
    u, p = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    flag, who = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        birth_b, lift_b = birth[low : low + m], lift[L_CROSS, low : low + m]
        for j in range(m):
            p[j] = _ONE - exp32(-rate * exp32(lift_b[j]))
        for j in range(m):
            u[j] = u01(words(seed, rep, birth_b[j], week, PRODUCT, 0)[0])
        for j in range(m):
            flag[j] = (
                (u[j] < p[j]) & (alive[low + j] == 1) & (leaving[low + j] == 0) & (lines[low + j] < every)
            )
        for q in range(list_flagged(flag, m, low, who)):
            i = who[q]
            second = u01(words(seed, rep, birth[i], week, PRODUCT, 0)[1]) < bundle
            lines[i] = min(np.int64(lines[i]) + 1 + second, every)


@kernel
def bind_customers(clock, product_par, lines, lines_start, strain):  # type: ignore[no-untyped-def]
    """Each line above those of the start takes its part off the log hazard of price and other reasons."""
    keeps = product_par[KEEPS]
    price, other = strain[PRICE_CAUSE], strain[OTHER_CAUSE]
    for i in range(clock[N]):
        less = keeps * np.float32(lines[i] - lines_start[i])
        price[i] -= less
        other[i] -= less


@kernel
def widen(  # type: ignore[no-untyped-def]
    clock, growth_par, product_par, lines, lines_start, wallet_start, wallet_potential, lift, wallet
):  # fmt: skip
    """The share of wallet's aim is min(potential, w0 e^L + steps), a step (potential - w0) / lines not held.

    The growth stage has gone to the aim without steps; this adds the difference of the two aims.
    """
    speed, every = growth_par[SPEED], np.int64(product_par[ALL])
    for i in range(clock[N]):
        more = np.int64(lines[i]) - np.int64(lines_start[i])
        if more > 0:
            start, potential = wallet_start[i], wallet_potential[i]
            step = (potential - start) / np.float32(every - np.int64(lines_start[i]))
            cared = start * exp32(lift[L_WALLET, i])
            aim = min(potential, cared + step * np.float32(more))
            moved = wallet[i] + speed * (aim - min(potential, cared))
            wallet[i] = min(moved, potential)


@kernel
def count_lines(clock, alive, lines, ledger_cell, kpi):  # type: ignore[no-untyped-def]
    """Lines held by those who are with us."""
    for i in range(clock[N]):
        if alive[i] == 1:
            kpi[PRODUCTS, ledger_cell[i]] += np.float64(lines[i])
