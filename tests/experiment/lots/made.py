"""Made-up records, so that lots can be drawn a thousand times without a world."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np

from tiersim.experiment.design import design_of
from tiersim.experiment.lots.draw import draw_lot
from tiersim.scenario.load import load
from tiersim.tables.observed import QUARTERS, Observed

SLIP = {"experiment.resistance.slip": 13.0, "experiment.resistance.cut": 0.2}


@cache
def _base():
    return load("machinery", {"customers": 400})


def design(experiment, **more):
    """The design of an experiment in the machinery company of 400."""
    return design_of(load("machinery", {"customers": 400, "experiment": experiment, **more}))


def record(n=400, seed=0):
    """A record of made-up customers, and their tiers; ids are not in order."""
    rng = np.random.default_rng(seed)  # made-up data of a test, not a draw of the model
    columns = {}
    for field in fields(Observed):
        columns[field.name] = np.zeros(n)
    columns["birth"] = rng.permutation(np.arange(n, dtype=np.uint64) * np.uint64(7919) + np.uint64(11))
    columns["week"] = 0
    columns["spend_12m"] = rng.lognormal(8.0, 1.0, n)
    columns["orders_12m"] = rng.poisson(12.0, n).astype(float)
    columns["margin_rate"] = rng.uniform(0.1, 0.4, n)
    columns["satisfaction_last"] = np.where(rng.random(n) < 0.3, rng.uniform(40, 100, n), np.nan)
    columns["region"] = rng.integers(0, len(_base().population.regions), n)
    columns["industry"] = rng.integers(0, len(_base().population.industries), n)
    for name in ("spend_by_quarter", "orders_by_quarter"):
        columns[name] = np.zeros((QUARTERS, n))
    columns["signals"] = {}
    tier = np.searchsorted([0.05, 0.2, 0.5, 1.0], rng.random(n), side="right")
    return Observed(**columns), tier.astype(np.int64)


def draw(plan, made=None, seed=1, replication=0, values=None):
    """A lot, and the record and tiers in its order of ids."""
    seen, tier = made or record()
    lot = draw_lot(plan, seen, tier, values or SLIP, seed, replication)
    order = np.argsort(seen.birth)
    return lot, seen.take(order), tier[order]


def draws(plan, number, made=None):
    """Arms of many replications, shape (number, n)."""
    made = made or record()
    return np.array([draw(plan, made, replication=r)[0].arm for r in range(number)])
