"""Plain Python: an object per customer, a loop over weeks and customers."""

from __future__ import annotations

from random import Random

from benchmarks.law import Sums, Traits
from benchmarks.peers.customer import Customer, close_rows, open_rows, rates_of


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks."""
    rng = Random(seed)
    rows = open_rows(traits)
    customers = [Customer(rates, rows[tier]) for rates, tier in rates_of(traits)]
    for _ in range(weeks):
        customers = [customer for customer in customers if customer.week(rng)]
    return close_rows(rows)
