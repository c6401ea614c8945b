"""State stays small: bytes a customer, and nothing that grows with customers x weeks."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from tests.engine.worlds import everyone, scenario

from tiersim.engine.prepare import prepare
from tiersim.engine.replicate import replicate
from tiersim.engine.service import ServiceDesk
from tiersim.engine.state import allocate, bytes_per_customer
from tiersim.engine.world import Simulation
from tiersim.policy.cells import effect_pairs

LIMIT = 520
FILED = 150
"""Bytes of a week's jobs before the desk has them: about one a customer, 17 numbers each."""


@pytest.mark.parametrize("name", ["machinery", "retail", "placebo"])
def test_a_customer_takes_at_most_520_bytes(name):
    s = scenario(name)
    pairs, signals = len(effect_pairs(s)), len(s.population.signals)
    assert signals > 0
    assert bytes_per_customer(pairs, signals) <= LIMIT
    # The count is of what is really allocated.
    one, many = (sum(array.nbytes for array in allocate(n, pairs, signals).values()) for n in (0, 1000))
    assert (many - one) / 1000 == bytes_per_customer(pairs, signals)


def memory_bytes(customers, horizon):
    bare = {"warning": None, "win_back": None, "lifecycle": None, "mechanisms.feedback": False,
            "mechanisms.pressure": False}  # fmt: skip
    s = scenario(customers=customers, horizon=horizon, run_out="0 weeks", baseline__arrivals=0, **bare)
    simulation = Simulation(s, prepare(s, 1, 0), everyone("tiered"), 1, 0)
    with np.errstate(under="ignore"):
        simulation.run()
    arrays = [a for holder in (simulation, simulation.payments) for a in vars(holder).values()]
    arrays = [a for a in arrays if isinstance(a, np.ndarray)] + list(simulation.memory.values())
    return sum(a.nbytes for a in arrays)


def test_nothing_grows_with_customers_times_weeks():
    few_weeks, many_weeks = memory_bytes(400, "3 months"), memory_bytes(400, "24 months")
    # The weeks' demand factors are all that knows the horizon.
    assert many_weeks - few_weeks <= 4 * 91 + 8 * 91
    more_customers = memory_bytes(800, "3 months")
    pairs, signals = len(effect_pairs(scenario())), len(scenario().population.signals)
    # A quarter of the room is for newcomers; scratch lists of requests and referrals have bytes too.
    assert (more_customers - few_weeks) / 400 <= 1.25 * (bytes_per_customer(pairs, signals) + 24 + FILED)


def test_history_is_kept_in_rings_of_quarters():
    """A world twice as long leaves rows by quarter, cell and account, not by customer."""
    from tests.engine.worlds import run

    rows = {}
    for years in (2, 4):
        s = scenario(customers=400, horizon=f"{12 * years} months", run_out="0 weeks")
        tables = run(s, everyone("tiered"))[0].tables
        rows[years] = {name: next(iter(t.values())).size for name, t in tables.items()}
        assert rows[years]["kpis"] < 400 * 4 * years
    assert rows[4]["start"] == rows[2]["start"]
    # Twice the quarters; over the years a few more of the possible pairs of tiers occur.
    assert rows[4]["kpis"] < 3 * rows[2]["kpis"]


def test_a_world_that_has_ended_leaves_its_memory():
    """Or a thousand replications would not fit."""
    s = scenario(customers=200, horizon="1 quarter", run_out="1 quarter")

    def alive():
        gc.collect()
        # Not isinstance, which looks through the proxies of other packages.
        return sum(type(thing) in (Simulation, ServiceDesk) for thing in gc.get_objects())

    before = alive()
    for replication in (0, 1):
        replicate(s, [everyone("tiered")], 1, replication)
    assert alive() == before
