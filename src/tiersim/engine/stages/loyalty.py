"""The loyalty programme: benefits that lift, week by week, and points, quarter by quarter (P3)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import LOYALTY, POINTS, POINTS_OWED
from tiersim.engine.layout import BLOCK, N
from tiersim.kernel import kernel, scratch_kernel
from tiersim.policy.vocabulary import L_SATISFACTION

_CAP = np.float32(np.log(2.0))
MOST = 2_000_000_000
"""Cents of points that one quarter of one customer holds at most."""


@scratch_kernel
def benefits(  # type: ignore[no-untyped-def]
    clock, loyal_give, loyal_target, loyal_adds, loyal_effect, loyal_on, cell, level, known, response, perk,
    points_off, perk_weeks, lift,
):  # fmt: skip
    """B <- B + (1 - rho)(effect of the level - B); lift + response B, up to the cap but for satisfaction.

    Also counts the weeks of the quarter outside the programme, and those with benefits to pay for.
    """
    n, give, levels = clock[N], loyal_give[0], loyal_on.shape[1]
    held = np.empty(BLOCK, np.int32)
    runs = loyal_on.ravel()
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        top = low + m
        cell_b, level_b, response_b = cell[low:top], level[low:top], response[low:top]
        for j in range(m):
            held[j] = np.int32(cell_b[j]) * np.int32(levels) + np.int32(level_b[j])
        for t in range(loyal_target.shape[0]):
            own, out, table = perk[t, low:top], lift[loyal_target[t], low:top], loyal_effect[t].ravel()
            for j in range(m):
                own[j] = own[j] + give * (table[held[j]] - own[j])
            # A lift that no lever moves keeps its last value, so it is written anew.
            if loyal_adds[t] == 1:
                for j in range(m):
                    out[j] = out[j] + response_b[j] * own[j]
            else:
                for j in range(m):
                    out[j] = response_b[j] * own[j]
            if loyal_target[t] != L_SATISFACTION:
                for j in range(m):
                    out[j] = min(max(out[j], -_CAP), _CAP)
        off, paid, here = points_off[low:top], perk_weeks[low:top], known[low:top]
        for j in range(m):
            on = runs[held[j]]
            off[j] += np.int8(1) - on
            paid[j] += on & here[j]


@kernel
def settle(  # type: ignore[no-untyped-def]
    n, quarter, offset, weeks, last, redeem, cost, rate, price, cell, level, alive, known, spend,
    points_off, perk_weeks, points_ring, ledger_cell, post, earned, redeemed, expired, owed, paid,
):  # fmt: skip
    """A quarter's points of each customer, in whole cents of face value, the oldest first.

    Redeemed out of what was held; what was earned K quarters ago and is still there expires; then this
    quarter's are credited. Who is gone and given up loses them. In the `last` quarter what would still be
    redeemed later is paid at once.

    Parameters
    ----------
    rate, price : by cell and level; worth of points a money spent, cents a year.
    spend : cents of the quarter. points_off, perk_weeks : weeks of it without points and with benefits, both
        cleared here.
    earned, redeemed, expired, owed : results, face value, shape (n,); paid : cost of benefits.
    """
    rows = points_ring.shape[0]
    for i in range(n):
        books, c, k = ledger_cell[i], cell[i], level[i]
        share, paid_weeks = 1.0 - np.float64(points_off[i]) / weeks, np.float64(perk_weeks[i])
        points_off[i] = 0
        perk_weeks[i] = 0
        gain = min(np.int64(np.rint(rate[c, k] * share * max(np.float64(spend[i]), 0.0))), MOST)
        held = np.int64(0)
        for a in range(rows):
            held += points_ring[a, i]
        before, taken, dropped = held, np.int64(0), np.int64(0)
        ahead = rows if last else 0
        for later in range(ahead + 1):
            want = np.int64(np.rint(redeem * np.float64(held))) if alive[i] == 1 else np.int64(0)
            for a in range(rows):
                row = (quarter + later + a) % rows
                part = min(want, np.int64(points_ring[row, i]))
                points_ring[row, i] -= part
                want -= part
                taken += part
                held -= part
            oldest = (quarter + later) % rows
            dropped += points_ring[oldest, i]
            held -= points_ring[oldest, i]
            points_ring[oldest, i] = gain if later == 0 else 0
            held += gain if later == 0 else 0
        if alive[i] == 0 and known[i] == 0:
            for a in range(rows):
                points_ring[a, i] = 0
            dropped += held
            held = np.int64(0)
        earned[i], redeemed[i], expired[i], owed[i] = gain, taken, dropped, held
        post[POINTS, offset, books] -= np.int64(np.rint(cost * np.float64(taken)))
        post[POINTS_OWED, offset, books] += np.int64(np.rint(cost * np.float64(before))) - np.int64(
            np.rint(cost * np.float64(held))
        )
        paid[i] = np.int64(np.rint(price[c, k] * paid_weeks / 52.0))
        post[LOYALTY, offset, books] -= paid[i]


@kernel
def sum_levels(  # type: ignore[no-untyped-def]
    n, codes, arm, level0, level, known, alive, before, orders, spend, goods, points, out
):
    """Add a quarter by (arm, level0, level) to rows `LEVEL_SUMS` of `out`; `before`: alive as it began.

    ``points``: rows `POINT_SUMS` by customer.
    """
    for i in range(n):
        k = (np.int64(arm[i]) * codes + level0[i]) * codes + level[i]
        was = i < before.shape[0] and before[i] == 1
        out[0, k] += known[i]
        out[1, k] += alive[i]
        out[2, k] += was and alive[i] == 0
        out[3, k] += orders[i]
        out[4, k] += spend[i]
        out[5, k] += np.float64(spend[i]) - np.float64(goods[i])
        for row in range(points.shape[0]):
            out[6 + row, k] += points[row, i]


POINT_SUMS = ("earned", "redeemed", "expired", "owed", "benefits")
LEVEL_SUMS = ("customers", "true_active", "true_lost", "orders", "spend", "margin", *POINT_SUMS)
