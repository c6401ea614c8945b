"""Leaving by cause (R8): at any time, or at the renewal of a contract (R11); bankruptcy in any week."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import LOST, LOST_BANKRUPTCY, RENEWALS_DUE, RENEWED
from tiersim.engine.layout import BLOCK, N, REPLICATION, SEED, WEEK
from tiersim.kernel import kernel
from tiersim.policy.vocabulary import L_PRICE
from tiersim.random import exp32, u01, words
from tiersim.random.streams import CAUSE, CONTRACT

BETA, REFERENCE, BANKRUPTCY, TERM = 0, 1, 2, 3
CAUSES = 5
_ONE = np.float32(1.0)


@kernel
def _hazards(low, m, churn_par, cause_hazard, cause_on, frailty, content, lift, hazard):  # type: ignore[no-untyped-def]
    """Weekly hazard of each cause for a block, ``hazard[cause, j]``; service acts through satisfaction only."""
    beta, reference = churn_par[BETA], churn_par[REFERENCE]
    for j in range(m):
        i = low + j
        hazard[0, j] = frailty[i] * cause_hazard[0] * exp32(-beta * (content[i] - reference))
    for c in range(1, CAUSES):
        if cause_on[c] == 1:
            for j in range(m):
                i = low + j
                hazard[c, j] = frailty[i] * cause_hazard[c] * exp32(lift[L_PRICE + c - 1, i])
        else:
            for j in range(m):
                hazard[c, j] = frailty[low + j] * cause_hazard[c]


@kernel
def churn(  # type: ignore[no-untyped-def]
    clock, churn_par, cause_hazard, cause_on, birth, alive, frailty, content, lift, word_churn, ledger_cell, kpi,
):  # fmt: skip
    """Without contracts: p = 1 - exp(-z sum h_c M_c - bankruptcy), cause in proportion."""
    n, week = clock[N], clock[WEEK]
    bankruptcy = churn_par[BANKRUPTCY]
    hazard = np.empty((CAUSES, BLOCK), np.float32)
    total = np.empty(BLOCK, np.float32)
    p = np.empty(BLOCK, np.float32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        _hazards(low, m, churn_par, cause_hazard, cause_on, frailty, content, lift, hazard)
        for j in range(m):
            total[j] = bankruptcy + hazard[0, j] + hazard[1, j] + hazard[2, j] + hazard[3, j] + hazard[4, j]
            p[j] = (_ONE - exp32(-total[j])) * np.float32(alive[low + j])
        for j in range(m):
            i = low + j
            if u01(word_churn[i]) >= p[j]:
                continue
            alive[i] = 0
            w = words(clock[SEED], clock[REPLICATION], birth[i], week, CAUSE, 0)
            mark = u01(w[0]) * total[j]
            cause = 0
            while cause < CAUSES and mark >= hazard[cause, j]:
                mark -= hazard[cause, j]
                cause += 1
            kpi[LOST + cause, ledger_cell[i]] += 1.0


@kernel
def renewal(  # type: ignore[no-untyped-def]
    clock, churn_par, cause_hazard, cause_on, birth, alive, frailty, content, lift, word_churn, ledger_cell, kpi,
    elapsed, renew_week,
):  # fmt: skip
    """With contracts: the hazard adds up over the term, P(leave at renewal) = 1 - exp(-sum)."""
    n, week = clock[N], clock[WEEK]
    failing = _ONE - exp32(-churn_par[BANKRUPTCY])
    hazard = np.empty((CAUSES, BLOCK), np.float32)
    for low in range(0, n, BLOCK):
        m = min(BLOCK, n - low)
        _hazards(low, m, churn_par, cause_hazard, cause_on, frailty, content, lift, hazard)
        for c in range(CAUSES):
            for j in range(m):
                elapsed[c, low + j] += hazard[c, j]
        for j in range(m):
            i = low + j
            if alive[i] == 0:
                continue
            if u01(word_churn[i]) < failing:
                alive[i] = 0
                kpi[LOST_BANKRUPTCY, ledger_cell[i]] += 1.0
                continue
            if renew_week[i] != week:
                continue
            renew_week[i] = week + np.int64(churn_par[TERM])
            kpi[RENEWALS_DUE, ledger_cell[i]] += 1.0
            total = elapsed[0, i] + elapsed[1, i] + elapsed[2, i] + elapsed[3, i] + elapsed[4, i]
            w = words(clock[SEED], clock[REPLICATION], birth[i], week, CONTRACT, 0)
            if u01(w[0]) < _ONE - exp32(-total):
                alive[i] = 0
                mark = u01(w[1]) * total
                cause = 0
                while cause < CAUSES - 1 and mark >= elapsed[cause, i]:
                    mark -= elapsed[cause, i]
                    cause += 1
                kpi[LOST + cause, ledger_cell[i]] += 1.0
            else:
                kpi[RENEWED, ledger_cell[i]] += 1.0
            for c in range(CAUSES):
                elapsed[c, i] = np.float32(0.0)
