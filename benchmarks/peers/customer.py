"""One customer's week in plain Python, shared by the peers that have an object per customer.

They so differ by what their framework adds, not by how well the law was typed.
"""

from __future__ import annotations

from math import exp, sqrt
from random import Random

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

Row = list[float]
"""Sums of one tier, in the order of `KPIS`."""


def poisson(rng: Random, mean: float) -> int:
    """Count by inversion of one uniform number."""
    u, p, n = rng.random(), exp(-mean), 0
    while u > p:
        u -= p
        n += 1
        p *= mean / n
        if p == 0.0 or n > 1000 + 10 * sqrt(mean):  # what rounding left of u can't be used up
            break
    return n


class Customer:
    """State of one customer; `week` is the law of `benchmarks.law`."""

    __slots__ = ("baseline", "log_basket", "margin", "orders", "risk", "row", "satisfaction", "tickets")

    def __init__(self, rates: tuple[float, ...], row: Row) -> None:
        order_rate, log_basket, margin, frailty, ticket_rate, baseline = rates
        self.orders = order_rate / WEEKS_A_YEAR
        self.log_basket = log_basket - SIGMA * SIGMA / 2
        self.margin = margin
        self.risk = frailty * HAZARD / WEEKS_A_YEAR
        self.tickets = ticket_rate / WEEKS_A_YEAR
        self.baseline = baseline
        self.satisfaction = baseline
        self.row = row

    def week(self, rng: Random) -> bool:
        """Live one week; False where the customer left."""
        row = self.row
        if rng.random() < 1.0 - exp(-self.risk * exp(-BETA * (self.satisfaction - REFERENCE))):
            row[6] += 1
            row[8] -= 1
            return False
        for _ in range(poisson(rng, self.orders)):
            cents = round(100.0 * exp(self.log_basket + SIGMA * rng.gauss(0.0, 1.0)))
            row[1] += 1
            row[2] += cents
            row[3] += round(cents * (1.0 - self.margin))
        late = 0
        for _ in range(poisson(rng, self.tickets)):
            row[4] += 1
            if rng.random() < LATE:
                late += 1
        row[5] += late
        s = self.satisfaction
        s += KAPPA * (self.baseline - s) + HURT * (LATE * self.tickets - late)
        self.satisfaction = s = min(max(s, 0.0), 100.0)
        row[0] += 1
        row[7] += s
        return True


def open_rows(traits: Traits) -> list[Row]:
    """Empty sums by tier, with the customers who are there at the start."""
    rows: list[Row] = [[0.0] * len(KPIS) for _ in TIERS]
    for tier, count in enumerate(np.bincount(traits.tier, minlength=len(TIERS))):
        rows[tier][8] = float(count)
    return rows


def rates_of(traits: Traits) -> list[tuple[tuple[float, ...], int]]:
    """Traits and tier of each customer as Python numbers."""
    columns = (
        traits.order_rate,
        traits.log_basket,
        traits.margin,
        traits.frailty,
        traits.ticket_rate,
        traits.baseline,
    )
    return list(zip(zip(*(c.tolist() for c in columns), strict=True), traits.tier.tolist(), strict=True))


def close_rows(rows: list[Row]) -> Sums:
    """Rows by tier as named arrays of shape (tiers,)."""
    return {name: np.array([row[k] for row in rows]) for k, name in enumerate(KPIS)}
