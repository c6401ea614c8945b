"""The slim customer-week: one law that every peer simulates, and the customers it is simulated for.

A week is 1/52 of a year. For each customer who is still there, in this order:

1. leaves with p = 1 - exp(-z h exp(-beta (S - 75)) / 52); who leaves does nothing more;
2. places n ~ Poisson(lam / 52) orders, each with a basket of its own, exp(mu + sigma N - sigma^2 / 2),
   in whole cents, whose goods cost basket (1 - m), in whole cents;
3. opens k ~ Poisson(r / 52) tickets, each answered late with probability 0.15;
4. S <- clip(S + kappa (b - S) + 4 (0.15 r / 52 - late), 0, 100): what is late hurts, net of its mean;
5. is added to the sums of its tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WEEKS_A_YEAR = 52
HAZARD = 0.12
"""Churn hazard per year of a customer of frailty 1 at the reference satisfaction."""
BETA = 0.03
"""Fall of the log hazard per point of satisfaction."""
REFERENCE = 75.0
SIGMA = 0.5
"""Standard deviation of the log basket within a customer."""
LATE = 0.15
HURT = 4.0
"""Points of satisfaction that one late answer costs."""
KAPPA = 1.0 - 2.0 ** (-1.0 / 13.0)
"""Weekly return of satisfaction to its baseline: a half-life of one quarter."""

TIERS = ("S", "A", "B", "C")
SHARES = (0.05, 0.15, 0.30, 0.50)
KPIS = ("customer_weeks", "orders", "revenue", "goods", "tickets", "late", "lost", "satisfaction", "alive")
"""Sums by tier; money in cents, `satisfaction` over customer-weeks, `alive` customers at the end."""

Array = npt.NDArray[np.float64]
Sums = Mapping[str, npt.NDArray[np.int64] | Array]


@dataclass(frozen=True)
class Traits:
    """What customers are; all arrays have the shape (customers,)."""

    order_rate: Array
    """Orders per year."""
    log_basket: Array
    """Log of the mean basket, currency units."""
    margin: Array
    """Share of the revenue that is not cost of goods."""
    frailty: Array
    """Factor on the churn hazard, mean 1."""
    ticket_rate: Array
    """Tickets per year."""
    baseline: Array
    """Where satisfaction starts and returns to, 0 to 100."""
    tier: npt.NDArray[np.int8]
    """0 to 3, by rank of the expected yearly revenue."""

    def __len__(self) -> int:
        return len(self.tier)


def draw_traits(customers: int, seed: int) -> Traits:
    """Customers with the heterogeneity of the law; the same arrays serve all peers."""
    rng = np.random.default_rng([seed, customers])
    order_rate = rng.gamma(1.2, 12.0 / 1.2, customers)
    log_basket = np.log(2000.0) - 0.8**2 / 2 + 0.8 * rng.standard_normal(customers)
    rank = np.empty(customers, dtype=np.int64)
    rank[np.argsort(-order_rate * np.exp(log_basket), kind="stable")] = np.arange(customers)
    cuts = np.cumsum(SHARES)[:-1] * customers
    return Traits(
        order_rate=order_rate,
        log_basket=log_basket,
        margin=np.clip(rng.normal(0.24, 0.04, customers), 0.05, 0.6),
        frailty=rng.gamma(2.0, 1.0 / 2.0, customers),
        ticket_rate=rng.gamma(2.0, 10.0 / 2.0, customers),
        baseline=np.clip(rng.normal(75.0, 8.0, customers), 0.0, 100.0),
        tier=np.searchsorted(cuts, rank, side="right").astype(np.int8),
    )


def broken_laws(traits: Traits, weeks: int, sums: Sums) -> list[str]:
    """What in the sums of one peer cannot be, whatever was drawn; empty where all is well."""
    there = np.bincount(traits.tier, minlength=len(TIERS))
    alive, lost, spent = sums["alive"], sums["lost"], sums["customer_weeks"]
    checks = {
        "customers at the start = alive + lost": np.array_equal(alive + lost, there),
        "customer-weeks >= weeks x alive": bool(np.all(spent >= weeks * alive)),
        "customer-weeks <= weeks x customers - lost": bool(np.all(spent <= weeks * there - lost)),
        "late <= tickets": bool(np.all(sums["late"] <= sums["tickets"])),
        "goods cost less than revenue": bool(np.all(sums["goods"] <= sums["revenue"])),
        "satisfaction within 0..100": bool(
            np.all((sums["satisfaction"] >= 0) & (sums["satisfaction"] <= 100 * spent))
        ),
        "all sums are given": set(sums) == set(KPIS),
    }
    return [name for name, holds in checks.items() if not holds]
