"""Slim worlds: a few of the engine's own stages on equal customers, many worlds in one call.

Each ledger cell is a world of its own, so one pass over the customers simulates them all; worlds are
independent because their customers have other ids.
"""

from __future__ import annotations

import numpy as np

from tiersim.engine.layout import OFFSET, REPLICATION, SEED, WEEK, N
from tiersim.engine.memory import scratch, stage_parameters
from tiersim.engine.parameters import draw_values
from tiersim.engine.state import allocate
from tiersim.engine.wiring import bind
from tiersim.scenario.load import load


def values():
    return draw_values(load("machinery"), 1, 0).values


def memory(worlds, customers, seed=1, first_id=0, tickets_a_week=0.0):
    """State of `customers` equal customers in each of `worlds` worlds, and the parameters of stages."""
    n = worlds * customers
    scenario = load("machinery")
    out = allocate(n, 1)
    out["birth"][:] = first_id + np.arange(n, dtype=np.uint64)
    out["alive"].fill(1)
    for name in ("frailty", "wallet", "wallet_start"):
        out[name].fill(1.0)
    out["content"].fill(75.0)
    out["margin"].fill(0.25)
    out["ledger_cell"][:] = np.repeat(np.arange(worlds), customers)
    out |= stage_parameters(scenario, values())
    out |= scratch(worlds, n, tickets_a_week)
    out["order_par"][:] = (0.0, 0.5, 1.0)
    out["cause_on"] = np.zeros(5, np.int8)
    clock = out["clock"]
    clock[SEED], clock[REPLICATION], clock[N] = seed, 0, n
    return out


def weeks(world, stages, many, first=0):
    """Run `stages` for `many` weeks; postings are left in the buffer's first thirteen weeks."""
    bound = bind(stages, world)
    for week in range(first, first + many):
        world["clock"][WEEK], world["clock"][OFFSET] = week, week % 13
        for stage, arguments in bound:
            stage(*arguments)


def z_of_share(found, many, p):
    """z-score of a count against a binomial."""
    return (found - many * p) / np.sqrt(many * p * (1 - p))


def z_of_mean(sample, expected):
    """z-score of a mean with the sample's own standard error."""
    sample = np.asarray(sample, float)
    return (sample.mean() - expected) / (sample.std(ddof=1) / np.sqrt(sample.size))
