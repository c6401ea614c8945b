"""Mesa 3: an agent per customer in one AgentSet, stepped in order; who leaves is removed."""

from __future__ import annotations

import mesa

from benchmarks.law import Sums, Traits
from benchmarks.peers.customer import Customer, Row, close_rows, open_rows, rates_of


class CustomerAgent(mesa.Agent):
    """An agent that lives one customer's week a step."""

    def __init__(self, model: Market, rates: tuple[float, ...], row: Row) -> None:
        super().__init__(model)
        self.customer = Customer(rates, row)

    def step(self) -> None:
        """Live one week."""
        if not self.customer.week(self.random):
            self.remove()


class Market(mesa.Model):
    """All customers and their sums by tier."""

    def __init__(self, traits: Traits, seed: int) -> None:
        super().__init__(seed=seed)
        self.rows = open_rows(traits)
        for rates, tier in rates_of(traits):
            CustomerAgent(self, rates, self.rows[tier])

    def step(self) -> None:
        """One week for all; customers do not meet, so their order needs no shuffling."""
        self.agents.do("step")


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks."""
    market = Market(traits, seed)
    for _ in range(weeks):
        market.step()
    return close_rows(market.rows)
