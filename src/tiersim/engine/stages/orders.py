"""Orders and what they bring: each order has its own draw of basket (R9, R18), posted in whole cents."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import GOODS, ORDERS, REVENUE
from tiersim.engine.layout import BLOCK, GAPS, N, NEVER, OFFSET, REPLICATION, RING, SEED, WEEK
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_ORDERS
from tiersim.random import exp32, ndtri32, poisson_inv, u01, words
from tiersim.random.streams import ORDER

HALF_VARIANCE, NOISE, DEMAND = 0, 1, 2


@kernel
def orders(  # type: ignore[no-untyped-def]
    clock, order_par, birth, alive, order_rate, log_basket, margin, lag, wallet, wallet_start, wave, lift,
    word_order, ledger_cell, post, kpi, spend_ring, goods_ring, orders_ring, last_order, gaps, gap_count,
):  # fmt: skip
    """n ~ Poisson(rate (w / w0) exp(x + L) season); revenue falls due after the customer's days to pay."""
    week, n, offset, ring = clock[WEEK], clock[N], clock[OFFSET], clock[RING]
    half_variance, noise, demand = order_par[HALF_VARIANCE], order_par[NOISE], order_par[DEMAND]
    rate = np.empty(BLOCK, np.float32)
    none = np.empty(BLOCK, np.float32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        for j in range(m):
            i = low + j
            share = wallet[i] / wallet_start[i]
            swing = exp32(wave[i] - half_variance + lift[L_ORDERS, i])
            rate[j] = order_rate[i] * share * swing * demand * np.float32(alive[i])
            none[j] = exp32(-rate[j])
        for j in range(m):
            i = low + j
            u = u01(word_order[i])
            if u < none[j]:
                continue
            count = poisson_inv(u, rate[j])
            cell = ledger_cell[i]
            for k in range(count):
                w = words(clock[SEED], clock[REPLICATION], birth[i], week, ORDER, k)
                basket = exp32(log_basket[i] + noise * ndtri32(u01(w[0])))
                cents = np.int64(np.rint(np.float64(basket) * 100.0))
                goods = np.int64(np.rint(np.float64(cents) * (1.0 - np.float64(margin[i]))))
                post[REVENUE, offset + lag[i], cell] += cents
                post[GOODS, offset, cell] -= goods
                spend_ring[ring, i] += np.float32(cents)
                goods_ring[ring % 4, i] += np.float32(goods)
            if count > 0:
                kpi[ORDERS, cell] += count
                orders_ring[ring % 8, i] += count
                if last_order[i] != NEVER:
                    gaps[gap_count[i] % GAPS, i] = week - last_order[i]
                    gap_count[i] += 1
                last_order[i] = week
