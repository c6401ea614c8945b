"""Small worlds for the engine's tests."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tiersim.engine import ArmRule, Assignment, World, replicate, seats
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.scenario.load import load

TINY = {"customers": 50, "horizon": "6 months", "run_out": "3 months"}
ALL_FROZEN = {f"freeze.{channel}": True for channel in ("staff", "budget", "referral", "cuts", "market")}
COUNTS = ("true_lost_service", "true_lost_price", "true_lost_product", "true_lost_budget", "true_lost_other",
          "true_lost_bankruptcy", "let_go")  # fmt: skip


def scenario(name="machinery", **changes):
    """A starter, tiny; keyword names use __ for dots (None of the keys holds one)."""
    return load(name, {**TINY, **{key.replace("__", "."): value for key, value in changes.items()}})


def everyone(policy, label=None):
    return World(label or policy, Assignment.everyone(policy))


def later(policy, week, first="today", name="all"):
    """All customers, under another policy from a week on."""
    return World(f"{policy} later", Assignment((ArmRule(name, 1.0, ((0, first), (week, policy))),)))


def run(s, *worlds, seed=1, replication=0):
    return replicate(s, worlds, seed, replication)


@cache
def started(name="machinery", seed=1, replication=0, **changes):
    s = scenario(name, **changes)
    return s, prepare(s, seed, replication)


def final(s, start, world, seed=1, replication=0, kind=Simulation):
    """Memory at the end of a world, and its tables; whoever has left keeps its place (see test_seats.py)."""
    simulation = kind(s, start, world, seed, replication)
    with np.errstate(under="ignore"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(seats, "WORTH_WHILE", 2.0)
        tables = simulation.run()
    return simulation.memory, tables


def same(a, b):
    """Whether two arrays agree in every bit (so nan agrees with itself, 0.0 not with -0.0)."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def differing(one, other):
    """Names of tables and columns in which two outcomes differ."""
    assert one.keys() == other.keys()
    return [
        f"{table}.{column}"
        for table in one
        for column in one[table]
        if not same(np.asarray(one[table][column]), np.asarray(other[table][column]))
    ]


def lost(kpis):
    return sum(kpis[name] for name in COUNTS)
