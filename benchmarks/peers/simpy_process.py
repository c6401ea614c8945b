"""SimPy: a process per customer that wakes once a week."""

from __future__ import annotations

from collections.abc import Generator
from random import Random

import simpy

from benchmarks.law import Sums, Traits
from benchmarks.peers.customer import Customer, close_rows, open_rows, rates_of


def live(env: simpy.Environment, customer: Customer, rng: Random) -> Generator[simpy.Event, None, None]:
    """The life of one customer."""
    while customer.week(rng):
        yield env.timeout(1)


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks; the first week is at time 0, so that none is at `weeks`."""
    rng = Random(seed)
    rows = open_rows(traits)
    env = simpy.Environment()
    for rates, tier in rates_of(traits):
        env.process(live(env, Customer(rates, rows[tier]), rng))
    env.run(until=weeks)
    return close_rows(rows)
