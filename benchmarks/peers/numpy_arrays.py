"""numpy as a careful user writes it: arrays of those still there, float32 state, the fastest generator."""

from __future__ import annotations

import numpy as np

from benchmarks.law import (
    BETA,
    HAZARD,
    HURT,
    KAPPA,
    KPIS,
    LATE,
    REFERENCE,
    SIGMA,
    TIERS,
    WEEKS_A_YEAR,
    Sums,
    Traits,
)

F = np.float32


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks."""
    rng = np.random.Generator(np.random.SFC64(seed))
    tiers = len(TIERS)
    tier = traits.tier.astype(np.intp)
    orders_week = traits.order_rate / WEEKS_A_YEAR
    tickets_week = traits.ticket_rate / WEEKS_A_YEAR
    log_basket = traits.log_basket - SIGMA**2 / 2
    cost_share = 1.0 - traits.margin
    risk = (traits.frailty * HAZARD / WEEKS_A_YEAR).astype(F)
    satisfaction = traits.baseline.astype(F)
    # What pulls satisfaction up in a week without tickets; the rest of the step is S (1 - kappa) - 4 late.
    lift = (KAPPA * traits.baseline + HURT * LATE * tickets_week).astype(F)
    sums = {name: np.zeros(tiers) for name in KPIS}
    for _ in range(weeks):
        hazard = risk * np.exp(F(-BETA) * (satisfaction - F(REFERENCE)))
        # An exponential time that ends before `hazard` is the same event as u < 1 - exp(-hazard).
        leaves = rng.standard_exponential(len(risk), dtype=F) < hazard
        if leaves.any():
            sums["lost"] += np.bincount(tier[leaves], minlength=tiers)
            stay = ~leaves
            tier, orders_week, tickets_week = tier[stay], orders_week[stay], tickets_week[stay]
            log_basket, cost_share, risk = log_basket[stay], cost_share[stay], risk[stay]
            satisfaction, lift = satisfaction[stay], lift[stay]

        who = np.repeat(np.arange(len(tier)), rng.poisson(orders_week))
        cents = np.rint(100.0 * np.exp(log_basket[who] + SIGMA * rng.standard_normal(len(who))))
        goods = np.rint(cents * cost_share[who])
        by_tier = tier[who]
        sums["orders"] += np.bincount(by_tier, minlength=tiers)
        sums["revenue"] += np.bincount(by_tier, cents, minlength=tiers)
        sums["goods"] += np.bincount(by_tier, goods, minlength=tiers)

        who = np.repeat(np.arange(len(tier)), rng.poisson(tickets_week))
        late = who[rng.random(len(who), dtype=F) < LATE]
        sums["tickets"] += np.bincount(tier[who], minlength=tiers)
        sums["late"] += np.bincount(tier[late], minlength=tiers)

        satisfaction *= F(1.0 - KAPPA)
        satisfaction += lift
        np.subtract.at(satisfaction, late, F(HURT))
        np.clip(satisfaction, 0.0, 100.0, out=satisfaction)
        sums["customer_weeks"] += np.bincount(tier, minlength=tiers)
        sums["satisfaction"] += np.bincount(tier, satisfaction, minlength=tiers)
    sums["alive"] += np.bincount(tier, minlength=tiers)
    return sums
