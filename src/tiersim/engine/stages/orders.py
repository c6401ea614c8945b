"""Orders and what they bring: each order has its own draw of basket (R9, R18), posted in whole cents."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import DISCOUNTS, GOODS, ORDERS, REVENUE
from tiersim.engine.layout import BLOCK, GAPS, NEVER, OFFSET, REPLICATION, RING, SEED, WEEK, N
from tiersim.engine.stages.events import HELD, list_reached, next_events
from tiersim.kernel import kernel, scratch_kernel
from tiersim.policy.vocabulary import L_ORDERS
from tiersim.random import exp32, fill_poisson, ndtri32, u01, words
from tiersim.random.streams import ORDER

HALF_VARIANCE, NOISE, DEMAND = 0, 1, 2


@scratch_kernel
def orders(  # type: ignore[no-untyped-def]
    clock, order_par, birth, alive, order_rate, log_basket, margin, lag, wallet, wallet_start, wave, lift,
    drive, discount, word_order, ledger_cell, post, kpi, spend_ring, goods_ring, orders_ring, last_order,
    gaps, gap_count,
):  # fmt: skip
    """n ~ Poisson(rate (w / w0) exp(x + L + D) season); revenue falls due after the customer's days to pay.

    D is `drive`: what moves demand beside the customer's own wave and levers. A discount is posted beside
    revenue, which stands at list prices.
    """
    week, n, ring = clock[WEEK], clock[N], clock[RING]
    half_variance, demand = order_par[HALF_VARIANCE], order_par[DEMAND]
    rate, none, u = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    who, count = np.empty(HELD, np.uint32), np.empty(HELD, np.int32)
    rate_of, u_of = np.empty(HELD, np.float32), np.empty(HELD, np.float32)
    buyer, which = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    born, basket = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.float32)
    cents, worth = np.empty(BLOCK, np.float64), np.empty(BLOCK, np.float64)
    spend, goods = spend_ring[ring % spend_ring.shape[0]], goods_ring[ring % goods_ring.shape[0]]
    ordered = orders_ring[ring % orders_ring.shape[0]]
    levered = lift[L_ORDERS]
    held = 0
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        top = low + m
        share, start, wave_b, lift_b = wallet[low:top], wallet_start[low:top], wave[low:top], levered[low:top]
        rate_b, alive_b, word_b = order_rate[low:top], alive[low:top], word_order[low:top]
        drive_b = drive[low:top]
        for j in range(m):
            rate[j] = rate_b[j] * (share[j] / start[j])
        for j in range(m):
            rate[j] = rate[j] * exp32(wave_b[j] - half_variance + lift_b[j] + drive_b[j])
        for j in range(m):
            rate[j] = rate[j] * demand * np.float32(alive_b[j])
        for j in range(m):
            none[j] = exp32(-rate[j])
        for j in range(m):
            u[j] = u01(word_b[j])
        before = held
        held = list_reached(u, none, m, low, who, held)
        for q in range(before, held):
            j = who[q] - low
            rate_of[q] = rate[j]
            u_of[q] = u[j]
        if held <= HELD - BLOCK and top < n:
            continue
        fill_poisson(u_of, rate_of, count, held)
        _sell(
            held, who, count, buyer, which, born, u, basket, cents, worth, clock, order_par, birth,
            log_basket, margin, lag, discount, ledger_cell, post, spend, goods,
        )  # fmt: skip
        for q in range(held):
            if count[q] == 0:
                continue
            i = who[q]
            kpi[ORDERS, ledger_cell[i]] += count[q]
            ordered[i] += count[q]
            if last_order[i] != NEVER:
                gaps[gap_count[i] % GAPS, i] = week - last_order[i]
                gap_count[i] += 1
            last_order[i] = week
        held = 0


@kernel
def _sell(  # type: ignore[no-untyped-def]
    held, who, count, buyer, which, born, u, basket, cents, goods, clock, order_par, birth, log_basket,
    margin, lag, discount, ledger_cell, post, spend, goods_of,
):  # fmt: skip
    """Draw the baskets of the first `held` customers of `who` with ``count`` orders each, and post them."""
    seed, rep, week, offset = clock[SEED], clock[REPLICATION], clock[WEEK], clock[OFFSET]
    noise = order_par[NOISE]
    revenue, off, cost = post[REVENUE], post[DISCOUNTS], post[GOODS, offset]
    at, k = 0, 0
    while at < held:
        at, k, made = next_events(held, who, count, at, k, buyer, which)
        for q in range(made):
            i = buyer[q]
            born[q] = birth[i]
            basket[q] = log_basket[i]
            goods[q] = 1.0 - np.float64(margin[i])
        for q in range(made):
            u[q] = u01(words(seed, rep, born[q], week, ORDER, which[q])[0])
        for q in range(made):
            basket[q] = exp32(basket[q] + noise * ndtri32(u[q]))
        for q in range(made):
            cents[q] = np.rint(np.float64(basket[q]) * 100.0)
            goods[q] = np.rint(cents[q] * goods[q])
        for q in range(made):
            i = buyer[q]
            cell = ledger_cell[i]
            revenue[offset + lag[i], cell] += np.int64(cents[q])
            cost[cell] -= np.int64(goods[q])
            if discount[i] > 0.0:
                taken = np.rint(cents[q] * np.float64(discount[i]))
                off[offset + lag[i], cell] -= np.int64(taken)
                cents[q] -= taken
            spend[i] += np.float32(cents[q])
            goods_of[i] += np.float32(goods[q])
