"""Leaving by cause (R8): at any time, or at the renewal of a contract (R11); bankruptcy in any week.

Who has decided to leave may still be with us for a while: its notice. Without notice it leaves at once.
"""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import DECIDED, LOST, LOST_BANKRUPTCY, RENEWALS_DUE, RENEWED
from tiersim.engine.layout import BLOCK, REPLICATION, SEED, WEEK, N
from tiersim.engine.stages.events import list_flagged
from tiersim.kernel import kernel, scratch_kernel
from tiersim.policy.vocabulary import L_PRICE
from tiersim.random import exp32, log32, u01, words
from tiersim.random.streams import CAUSE, CONTRACT

BETA, REFERENCE, BANKRUPTCY, TERM, NOTICE, WINDING_DOWN, FALLING, FALLING_MEAN = range(8)
CHURN_PARAMETERS = 8
CAUSES, BUDGET_CAUSE = 5, 3
LONGEST_NOTICE = 52
_ONE = np.float32(1.0)
_ROUNDING = np.float32(1e-6)  # above the error of 1 - exp32(-x)


@kernel
def _hazards(  # type: ignore[no-untyped-def]
    low, m, churn_par, cause_hazard, cause_on, strain_on, frailty, content, lift, wave, strain, hazard
):
    """Weekly hazard by cause for a block, ``hazard[cause, j]``; service acts through satisfaction only.

    `strain`, shape (causes, n), is a log factor beside levers; read only where ``strain_on[cause]`` is 1.
    A customer whose demand falls is likelier to leave for its budget.
    """
    beta, reference = churn_par[BETA], churn_par[REFERENCE]
    falling, mean = churn_par[FALLING], churn_par[FALLING_MEAN]
    z, s = frailty[low : low + m], content[low : low + m]
    for c in range(CAUSES):
        base, out = cause_hazard[c], hazard[c]
        if c == 0:
            for j in range(m):
                out[j] = z[j] * base * exp32(-beta * (s[j] - reference))
        elif cause_on[c] == 1:
            lever = lift[L_PRICE + c - 1, low : low + m]
            for j in range(m):
                out[j] = z[j] * base * exp32(lever[j])
        else:
            for j in range(m):
                out[j] = z[j] * base
        if c == BUDGET_CAUSE and falling > np.float32(0.0):
            x = wave[low : low + m]
            for j in range(m):
                out[j] = out[j] * exp32(-falling * x[j] - mean)
        if strain_on[c] == 1:
            more = strain[c, low : low + m]
            for j in range(m):
                out[j] = out[j] * exp32(more[j])


@scratch_kernel
def churn(  # type: ignore[no-untyped-def]
    clock, churn_par, cause_hazard, cause_on, strain_on, birth, alive, frailty, content, lift, wave, strain,
    word_churn, ledger_cell, leaving, leave_week, decide_week, kpi,
):  # fmt: skip
    """Without contracts: p = 1 - exp(-z sum h_c M_c - bankruptcy), cause in proportion."""
    n, week = clock[N], clock[WEEK]
    bankruptcy, notice = churn_par[BANKRUPTCY], churn_par[NOTICE]
    hazard = np.empty((CAUSES, BLOCK), np.float32)
    total = np.empty(BLOCK, np.float32)
    u = np.empty(BLOCK, np.float32)
    near = np.empty(BLOCK, np.uint8)
    who = np.empty(BLOCK, np.uint32)
    service, price, product, budget, other = hazard[0], hazard[1], hazard[2], hazard[3], hazard[4]
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        _hazards(
            low, m, churn_par, cause_hazard, cause_on, strain_on, frailty, content, lift, wave, strain, hazard
        )
        alive_b, word_b, leaving_b = (
            alive[low : low + m], word_churn[low : low + m], leaving[low : low + m],
        )  # fmt: skip
        for j in range(m):
            total[j] = bankruptcy + service[j] + price[j] + product[j] + budget[j] + other[j]
        for j in range(m):
            u[j] = u01(word_b[j])
        for j in range(m):
            # p is never above the hazard, so only those below it need the exponential.
            near[j] = (u[j] < total[j] + _ROUNDING) & (alive_b[j] == 1) & (leaving_b[j] == 0)
        for q in range(list_flagged(near, m, low, who)):
            i = who[q]
            if u[i - low] >= _ONE - exp32(-total[i - low]):
                continue
            w = words(clock[SEED], clock[REPLICATION], birth[i], week, CAUSE, 0)
            mark = u01(w[0]) * total[i - low]
            cause = 0
            while cause < CAUSES and mark >= hazard[cause, i - low]:
                mark -= hazard[cause, i - low]
                cause += 1
            decide_week[i] = week
            if cause < CAUSES:
                kpi[DECIDED, ledger_cell[i]] += 1.0
                if notice > np.float32(0.0):
                    wait = np.int64(np.ceil(-notice * log32(u01(w[1]))))
                    leaving[i] = cause + 1
                    leave_week[i] = week + min(max(wait, 1), LONGEST_NOTICE)
                    continue
            alive[i] = 0
            leaving[i] = cause + 1
            leave_week[i] = week
            kpi[LOST + cause, ledger_cell[i]] += 1.0


@scratch_kernel
def renewal(  # type: ignore[no-untyped-def]
    clock, churn_par, cause_hazard, cause_on, strain_on, birth, alive, frailty, content, lift, wave, strain,
    word_churn, ledger_cell, leaving, leave_week, decide_week, kpi, elapsed, renew_week,
):  # fmt: skip
    """With contracts: the hazard adds up over a term, P(leave at renewal) = 1 - exp(-sum).

    With notice the decision falls so many weeks before the renewal, on the hazard since the last decision.
    """
    n, week, ahead = clock[N], clock[WEEK], np.int64(churn_par[NOTICE])
    failing = _ONE - exp32(-churn_par[BANKRUPTCY])
    hazard = np.empty((CAUSES, BLOCK), np.float32)
    u = np.empty(BLOCK, np.float32)
    look = np.empty(BLOCK, np.uint8)
    who = np.empty(BLOCK, np.uint32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        _hazards(
            low, m, churn_par, cause_hazard, cause_on, strain_on, frailty, content, lift, wave, strain, hazard
        )
        alive_b, word_b, renew_b = alive[low : low + m], word_churn[low : low + m], renew_week[low : low + m]
        for c in range(CAUSES):
            sum_b, more = elapsed[c, low : low + m], hazard[c]
            for j in range(m):
                sum_b[j] += more[j]
        for j in range(m):
            u[j] = u01(word_b[j])
        for j in range(m):
            look[j] = u[j] < failing
        for j in range(m):
            look[j] = (look[j] | (renew_b[j] == week) | (renew_b[j] == week + ahead)) & (alive_b[j] == 1)
        for q in range(list_flagged(look, m, low, who)):
            i = who[q]
            if u[i - low] < failing:
                alive[i] = 0
                leaving[i] = CAUSES + 1
                leave_week[i] = decide_week[i] = week
                kpi[LOST_BANKRUPTCY, ledger_cell[i]] += 1.0
                continue
            if renew_week[i] == week + ahead:
                total = elapsed[0, i] + elapsed[1, i] + elapsed[2, i] + elapsed[3, i] + elapsed[4, i]
                w = words(clock[SEED], clock[REPLICATION], birth[i], week, CONTRACT, 0)
                if leaving[i] == 0 and u01(w[0]) < _ONE - exp32(-total):
                    mark = u01(w[1]) * total
                    cause = 0
                    while cause < CAUSES - 1 and mark >= elapsed[cause, i]:
                        mark -= elapsed[cause, i]
                        cause += 1
                    leaving[i] = cause + 1
                    leave_week[i] = week + ahead
                    decide_week[i] = week
                    kpi[DECIDED, ledger_cell[i]] += 1.0
                for c in range(CAUSES):
                    elapsed[c, i] = np.float32(0.0)
            if renew_week[i] == week:
                renew_week[i] = week + np.int64(churn_par[TERM])
                kpi[RENEWALS_DUE, ledger_cell[i]] += 1.0
                if leaving[i] > 0:
                    alive[i] = 0
                    kpi[LOST + leaving[i] - 1, ledger_cell[i]] += 1.0
                else:
                    kpi[RENEWED, ledger_cell[i]] += 1.0
