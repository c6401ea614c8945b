"""Many lots over a few slim worlds: without feedback a customer's weeks depend on its own care alone.

So the world of a lot is put together of the world in which nobody and the one in which everybody is treated,
customer by customer and period by period, and a lot costs milliseconds. `test_experiments.py` holds one
such world against the simulated one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tiersim.engine.assignment import Assignment
from tiersim.engine.layout import CLOCK_SIZE, REPLICATION, RING, SEED, N
from tiersim.engine.observe import observe
from tiersim.engine.prepare import prepare
from tiersim.engine.world import World
from tiersim.experiment.lots.draw import draw_lot
from tiersim.experiment.samples import Seen
from tiersim.experiment.trial import _everybody, _simulate, simulated


@dataclass(frozen=True)
class Base:
    """One replication: its twins, and all that a lot looks at."""

    design: object
    none: object
    everybody: object
    drawn: tuple

    def lot(self, seed):
        """The lot of another seed on the same customers."""
        record, tier, values, replication = self.drawn
        return draw_lot(self.design, record, tier, values, seed, replication)

    def seen(self, lot, treated=True):
        """What a team would see of a lot; of a policy that does nothing if not `treated`."""
        return Seen(self.design, self.mixed(lot) if treated else self.none.panel, lot)

    def mixed(self, lot):
        """The panel in which each customer has the weeks of its care."""
        nobody, all_ = self.none.panel, self.everybody.panel
        assert np.array_equal(nobody.birth, all_.birth)
        start = np.full(len(nobody), 10**6)
        at = np.searchsorted(nobody.birth, lot.birth)
        if self.design.kind == "rollout":
            start[at] = lot.wave[nobody.region[at], nobody.industry[at]]
        else:
            start[at] = np.where(lot.arm == 1, self.design.begins, 10**6)
        on = nobody.begins[:, None] >= start
        sums = {name: np.where(on, all_.sums[name], nobody.sums[name]) for name in nobody.sums}
        known = np.where(on, all_.known, nobody.known)
        return replace(nobody, sums=sums, known=known)


def base(scenario, replication, seed=1):
    """The twins of one replication."""
    design, cut = simulated(scenario)
    start = prepare(cut, seed, replication)
    clock = np.zeros(CLOCK_SIZE, np.int64)
    clock[[N, RING, SEED, REPLICATION]] = cut.customers, start.ring, seed, replication
    contracts = cut.population.contract is not None
    record, _ = observe({**start.state, "clock": clock}, 0, contracts, start.laws.signals.names)
    drawn = record, start.state["tier_now"], start.draw.values, replication
    lot = draw_lot(design, *drawn[:3], seed, replication)
    nobody, all_ = Assignment.everyone(design.policies[0]), _everybody(design, lot, 1)
    twins = [
        _simulate(cut, start, World(label, assignment), seed, replication, design.ends)
        for label, assignment in (("none", nobody), ("all", all_))
    ]
    return Base(design, *twins, drawn)
