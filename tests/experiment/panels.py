"""Panels, lots and designs made by hand, small enough to reckon every figure in the test."""

from __future__ import annotations

import numpy as np

from tiersim.engine.assignment import Assignment
from tiersim.experiment.design import design_of
from tiersim.experiment.lots.draw import Lot
from tiersim.experiment.samples import Seen
from tiersim.scenario.load import load
from tiersim.tables.panel import SUMS, Panel

S, A, B, C, NEWCOMER = range(5)
"""Codes of tiers; who came later has none."""


def panel(
    edges, customers, *, region=0, industry=0, tier=B, known=True, answer=np.nan, tier_now=None, **sums
):
    """A panel of `customers` whose periods lie between `edges`; figures not given are 0.

    Figures have one row a period and one column a customer; one row stands for all periods, and a column of
    rows of one for all customers.
    """
    periods = len(edges) - 1

    def one(values):
        return np.broadcast_to(np.asarray(values), (customers,)).copy()

    def two(values, kind=float):
        return np.broadcast_to(np.asarray(values, kind), (periods, customers)).copy()

    unknown = set(sums) - set(SUMS)
    assert not unknown, unknown
    return Panel(
        np.arange(1, customers + 1, dtype=np.uint64), one(-100), one(region), one(industry), one(tier),
        np.array(edges[:-1], np.int64), np.array(edges[1:], np.int64),
        {name: two(sums.get(name, 0.0)) for name in SUMS},
        two(known, bool), two(answer), two(one(tier) if tier_now is None else tier_now, np.int64),
    )  # fmt: skip


def designed(experiment, **more):
    """The design of an experiment in the starter for machinery: tiers S, A, B, C and five regions."""
    return design_of(load("machinery", {"experiment": experiment, **more}))


def primary(measure, name="main", **keys):
    """Metrics with one outcome, which decides."""
    return {"metrics": {name: {"measure": measure, "role": "primary", **keys}}}


def same(found, expected):
    """Figures as expected but for rounding; unknown where unknown is expected."""
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def seen(design, made, arm, **keys):
    """A panel with a lot of its first customers; further ones of the panel came later."""
    arm = np.asarray(arm, np.int64)
    none, zero = np.full(arm.size, -1, np.int64), np.zeros(arm.size, np.int64)
    given = {name: np.asarray(keys.pop(name, default), np.int64)
             for name, default in (("stratum", zero), ("cluster", none), ("pair", none))}  # fmt: skip
    lot = Lot(made.birth[: arm.size], arm, **given, assignment=Assignment(()), **keys)
    return Seen(design, made, lot)
