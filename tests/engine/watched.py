"""Watched worlds for tests, and what their books say beside the panel."""

from __future__ import annotations

import numpy as np

from tiersim.engine.accounts import ACCOUNTS, MEMO_ACCOUNTS
from tiersim.engine.prepare import prepare
from tiersim.engine.watch import Watch
from tiersim.engine.world import Simulation

SALES = ("revenue", "goods", "discounts", *MEMO_ACCOUNTS)


def periods(length, stop):
    """Ends of periods of so many weeks; the last one may be shorter."""
    return sorted({*range(length, stop, length), stop})


def watched(scenario, world, ends, seed=1, replication=0, start=None):
    """Simulation after its run, tables, panel and what is hidden."""
    watch = Watch(scenario, ends)
    start = start or prepare(scenario, seed, replication)
    simulation = Simulation(scenario, start, world, seed, replication, watch)
    with np.errstate(under="ignore"):
        tables = simulation.run()
    return simulation, tables, *watch.panel()


def booked(tables, *names, arm=None):
    """Income in currency units of some accounts, of all arms or one."""
    ledger = tables["ledger"]
    rows = np.isin(ledger["account"], [ACCOUNTS.index(name) for name in names])
    if arm is not None:
        rows &= ledger["arm"] == arm
    return ledger["cents"][rows].sum() / 100.0


def care(tables, arm):
    """What the books posted for the customers of an arm, beside goods and discounts, currency units."""
    return -booked(tables, *(name for name in ACCOUNTS if name not in SALES), arm=arm)


def during(panel, measure):
    """Sum of a measure by customer since the start."""
    return np.asarray(panel.sums[measure][panel.ends > 0], float).sum(axis=0)
