"""The loyalty programme: benefits that lift, week by week, and points, quarter by quarter (P3)."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import LOYALTY, POINTS, POINTS_OWED
from tiersim.engine.layout import N
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_SATISFACTION

_CAP = np.float32(np.log(2.0))
MOST = 2_000_000_000
"""Cents of points that one quarter of one customer holds at most."""


@kernel
def benefits(  # type: ignore[no-untyped-def]
    clock, loyal_give, loyal_target, loyal_adds, loyal_effect, loyal_on, cell, level, known, response, perk,
    points_off, perk_weeks, lift,
):  # fmt: skip
    """B <- B + (1 - rho)(effect of the level - B); lift + response B, up to the cap but for satisfaction.

    Also counts the weeks of the quarter outside the programme, and those with benefits to pay for.
    """
    n, give = clock[N], loyal_give[0]
    for t in range(loyal_target.shape[0]):
        target = loyal_target[t]
        own, table, out = perk[t], loyal_effect[t], lift[target]
        for i in range(n):
            own[i] = own[i] + give * (table[cell[i], level[i]] - own[i])
        # A lift that no lever moves keeps its last value, so it is written anew.
        if loyal_adds[t] == 1:
            for i in range(n):
                out[i] = out[i] + response[i] * own[i]
        else:
            for i in range(n):
                out[i] = response[i] * own[i]
        if target != L_SATISFACTION:
            for i in range(n):
                out[i] = min(max(out[i], -_CAP), _CAP)
    for i in range(n):
        on = loyal_on[cell[i], level[i]]
        points_off[i] += 1 - on
        perk_weeks[i] += on & known[i]


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
