"""numpy as fast as we could make it, with the same law and no approximation.

Customers sorted by tier, so that sums are sums of slices. Random words are compared with whole
thresholds computed once: a word above `exp(-mean)` says that there is an order or a ticket at all,
one below the hazard at S = 0 that churn has to be looked at; the few customers found so are treated
one list at a time. Who left gets thresholds that no word passes, and is dropped every quarter.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

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
NEVER = np.uint32(2**32 - 1)
Index = npt.NDArray[np.intp]


@dataclass
class State:
    """Arrays of shape (customers,), sorted by tier."""

    tier: npt.NDArray[np.intp]
    orders_week: npt.NDArray[np.float64]
    order_word: npt.NDArray[np.uint32]
    log_basket: npt.NDArray[np.float64]
    cost_share: npt.NDArray[np.float64]
    tickets_week: npt.NDArray[np.float64]
    ticket_word: npt.NDArray[np.uint32]
    risk: npt.NDArray[np.float64]
    risk_word: npt.NDArray[np.uint32]
    satisfaction: npt.NDArray[np.float32]
    lift: npt.NDArray[np.float32]

    def keep(self, which: npt.NDArray[np.bool_] | Index) -> State:
        """The chosen customers."""
        return State(*(getattr(self, f.name)[which] for f in fields(self)))


def word(probability: npt.NDArray[np.float64]) -> npt.NDArray[np.uint32]:
    """Probabilities as thresholds for 32-bit words."""
    return np.minimum(probability * 2.0**32, 2.0**32 - 1).astype(np.uint32)


def start(traits: Traits) -> State:
    """State before the first week."""
    orders = traits.order_rate / WEEKS_A_YEAR
    tickets = traits.ticket_rate / WEEKS_A_YEAR
    risk = traits.frailty * HAZARD / WEEKS_A_YEAR
    state = State(
        tier=traits.tier.astype(np.intp),
        orders_week=orders,
        order_word=word(np.exp(-orders)),
        log_basket=traits.log_basket - SIGMA**2 / 2,
        cost_share=1.0 - traits.margin,
        tickets_week=tickets,
        ticket_word=word(np.exp(-tickets)),
        risk=risk,
        # Satisfaction is never below 0, so no hazard is above this; 0 itself marks those who left.
        risk_word=np.maximum(word(-np.expm1(-risk * np.exp(BETA * REFERENCE))), 1),
        satisfaction=traits.baseline.astype(F),
        lift=(KAPPA * traits.baseline + HURT * LATE * tickets).astype(F),
    )
    return state.keep(np.argsort(state.tier, kind="stable"))


def events(
    words: npt.NDArray[np.uint32], least: npt.NDArray[np.uint32], mean: npt.NDArray[np.float64]
) -> Index:
    """Customers of Poisson(mean) events, each as often as it has events; counts by inversion."""
    who = np.flatnonzero(words > least)
    u = (words[who] + 0.5) * 2.0**-32
    m = mean[who]
    p = np.exp(-m)
    below = p.copy()
    found = [who]
    k = 1
    while len(who):
        p *= m / k
        below += p
        more = u > below
        who, u, m, p, below = who[more], u[more], m[more], p[more], below[more]
        found.append(who)
        k += 1
    return np.concatenate(found)


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks."""
    rng = np.random.Generator(np.random.SFC64(seed))
    state = start(traits)
    tiers = len(TIERS)
    alive = np.bincount(state.tier, minlength=tiers)
    edges = np.concatenate([[0], np.cumsum(alive)])
    sums = {name: np.zeros(tiers) for name in KPIS}
    for week in range(weeks):
        n = len(state.tier)
        pairs = rng.integers(0, 2**64 - 1, (3, (n + 1) // 2), dtype=np.uint64, endpoint=True)
        words = pairs.view(np.uint32)[:, :n]

        near = np.flatnonzero(words[0] < state.risk_word)
        hazard = state.risk[near] * np.exp(-BETA * (state.satisfaction[near] - REFERENCE))
        left = near[(words[0, near] + 0.5) * 2.0**-32 < -np.expm1(-hazard)]
        lost = np.bincount(state.tier[left], minlength=tiers)
        alive -= lost
        state.risk_word[left] = 0
        state.order_word[left] = NEVER
        state.ticket_word[left] = NEVER
        state.satisfaction[left] = 0.0
        state.lift[left] = 0.0

        who = events(words[1], state.order_word, state.orders_week)
        noise = SIGMA * rng.standard_normal(len(who), dtype=F)
        cents = np.rint(100.0 * np.exp(state.log_basket[who] + noise))
        by_tier = state.tier[who]
        sums["orders"] += np.bincount(by_tier, minlength=tiers)
        sums["revenue"] += np.bincount(by_tier, cents, minlength=tiers)
        sums["goods"] += np.bincount(by_tier, np.rint(cents * state.cost_share[who]), minlength=tiers)

        who = events(words[2], state.ticket_word, state.tickets_week)
        late = who[rng.random(len(who), dtype=F) < LATE]
        sums["tickets"] += np.bincount(state.tier[who], minlength=tiers)
        sums["late"] += np.bincount(state.tier[late], minlength=tiers)

        s = state.satisfaction
        s *= F(1.0 - KAPPA)
        s += state.lift
        np.subtract.at(s, late, F(HURT))
        np.clip(s, 0.0, 100.0, out=s)
        sums["lost"] += lost
        sums["customer_weeks"] += alive
        sums["satisfaction"] += [s[edges[t] : edges[t + 1]].sum(dtype=np.float64) for t in range(tiers)]
        if week % 13 == 12:
            state = state.keep(state.risk_word > 0)
            edges = np.concatenate([[0], np.cumsum(alive)])
    sums["alive"] += alive
    return sums
