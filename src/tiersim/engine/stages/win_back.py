"""Attempts to keep who is leaving and to bring back who has left (L6), and the offers that come with them."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import ATTEMPTS, NEEDLESS, RETURNED, SAVED, WIN_BACK, WON_BACK
from tiersim.engine.layout import BLOCK, OFFSET, REPLICATION, SEED, WEEK, N
from tiersim.engine.stages.alarms import BANKRUPT
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import kernel, scratch_kernel
from tiersim.random import u01d, words
from tiersim.random.streams import WINBACK

AGAIN, REMIND, LOST_WITHIN, CONTRACTS, ASK_AMBER, ASK_RED = range(6)
COST_CENTS, REWARD_CENTS, DISCOUNT_OFF, LASTS, FADES, RELIEF = range(6)
SEEN_AFTER = 13
"""Weeks after an attempt in which an order counts as a return in the company's own report."""
_HIGHEST = 0.95


@kernel
def offers(clock, win_par, offer_until, discount):  # type: ignore[no-untyped-def]
    """Who was asked to stay pays less for a while, whether it would have stayed or not (R15)."""
    week, off = clock[WEEK], np.float32(win_par[DISCOUNT_OFF])
    for i in range(clock[N]):
        if offer_until[i] > week:
            discount[i] += (np.float32(1.0) - discount[i]) * off


@scratch_kernel
def press(  # type: ignore[no-untyped-def]
    clock, ask_par, asks, reads, cell, known, alive, entry_week, tried_week, renew_week, leaving, leave_week,
    last_order, exit_state, listed, pressing, pressing_sum,
):  # fmt: skip
    """How pressing each customer is: 3 red, 2 amber or about to renew, 1 seen to have left; else 0.

    By cell: `asks`, whether its policy asks anybody there, and `reads`, the list it acts on (-1: none). A
    contract that ended is seen; without contracts only that no order came for long. Whom the company let go,
    or moved to self-service for its cost (``exit_state``, empty where nobody exits), it does not ask.
    ``pressing_sum``: how many there are of each; of 0 not all are counted.
    """
    week, again, remind = clock[WEEK], ask_par[AGAIN], ask_par[REMIND]
    within, contracts = ask_par[LOST_WITHIN], ask_par[CONTRACTS] > 0
    pressing_sum.fill(0)
    flag, who = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint32)
    soon, last = np.int16(week), np.int16(week + remind)
    for low in range(0, clock[N], BLOCK):
        m = min(BLOCK, clock[N] - low)
        top = low + m
        seen, ends = known[low:top], renew_week[low:top]
        pressing[low:top] = 0
        for j in range(m):
            flag[j] = seen[j] == 0
        if listed.shape[1] > 0:
            for d in range(listed.shape[0]):
                on = listed[d, low:top]
                for j in range(m):
                    flag[j] |= on[j] > 0
        if contracts:
            for j in range(m):
                flag[j] |= (ends[j] >= soon) & (ends[j] <= last)
        for q in range(list_flagged(flag, m, low, who)):
            i = np.int64(who[q])
            here, grade = cell[i], 0
            if asks[here] == 0 or week - np.int64(tried_week[i]) < again or entry_week[i] > week:
                continue
            if known[i] == 1:
                left = np.int64(renew_week[i]) - week
                if contracts and left >= 0 and left <= remind:
                    grade = 2
                read = reads[here]
                if read >= 0:
                    told = listed[read, i]
                    if told == 1 and ask_par[ASK_AMBER] > 0:
                        grade = 2
                    elif told == 2 and ask_par[ASK_RED] > 0:
                        grade = 3
            elif within < 0:
                grade = 0
            elif contracts:
                # A firm that failed is seen to have.
                chose = alive[i] == 0 and leaving[i] > 0 and leaving[i] < BANKRUPT
                if chose and week - np.int64(leave_week[i]) <= within:
                    grade = 1
            elif week - np.int64(last_order[i]) <= within:
                grade = 1
            if grade > 0 and exit_state.shape[0] > 0 and exit_state[i] != 0:
                grade = 0
            pressing[i] = grade
            pressing_sum[grade] += 1


@kernel
def year_spend(spend_ring, ring, who, out):  # type: ignore[no-untyped-def]
    """Spend of the running quarter and the four before it, cents, of customers `who` (places)."""
    rows = spend_ring.shape[0]
    for q in range(who.shape[0]):
        total = 0.0
        for ago in range(5):
            total += np.float64(spend_ring[(ring - ago) % rows, who[q]])
        out[q] = total


@kernel
def attempts(  # type: ignore[no-untyped-def]
    who, clock, win_par, win_chance, birth, alive, known, leaving, leave_week, decide_week, response, felt,
    offer_until, rescued, elapsed, renew_week, churn_par, ledger_cell, post, kpi,
):  # fmt: skip
    """One attempt with each customer of `who` (places).

    Who has decided stays with chance c 2^(-(weeks since) / fades) r, at most 0.95: c by its reason, r its
    response. Who has left and is won back begins a new term. A firm that failed is lost.
    """
    week, offset = clock[WEEK], clock[OFFSET]
    for place in range(who.shape[0]):
        i = who[place]
        books = ledger_cell[i]
        kpi[ATTEMPTS, books] += 1.0
        post[WIN_BACK, offset, books] -= np.int64(win_par[COST_CENTS])
        if win_par[DISCOUNT_OFF] > 0.0:
            offer_until[i] = week + np.int64(win_par[LASTS])
        if leaving[i] == 0:
            kpi[NEEDLESS, books] += 1.0
            felt[i] += np.float32(win_par[RELIEF])
            continue
        if leaving[i] >= BANKRUPT:
            continue
        since = np.float64(week - np.int64(decide_week[i]))
        chance = win_chance[leaving[i] - 1] * 2.0 ** (-since / win_par[FADES]) * np.float64(response[i])
        w = words(clock[SEED], clock[REPLICATION], birth[i], week, WINBACK, 0)
        if u01d(w[0]) >= min(chance, _HIGHEST):
            continue
        post[WIN_BACK, offset, books] -= np.int64(win_par[REWARD_CENTS])
        leaving[i] = 0
        if alive[i] == 1:
            rescued[i] = 1
            kpi[SAVED, books] += 1.0
            continue
        alive[i] = 1
        known[i] = 1
        kpi[WON_BACK, books] += 1.0
        renew_week[i] = week + np.int64(churn_par[3])
        for c in range(elapsed.shape[0]):
            elapsed[c, i] = np.float32(0.0)


@kernel
def returns(clock, tried_week, last_order, ledger_cell, kpi):  # type: ignore[no-untyped-def]
    """What the company's own report counts as won back: an order within a quarter of the attempt (R12)."""
    week = clock[WEEK]
    for i in range(clock[N]):
        if np.int64(tried_week[i]) + SEEN_AFTER == week and last_order[i] > tried_week[i]:
            kpi[RETURNED, ledger_cell[i]] += 1.0
