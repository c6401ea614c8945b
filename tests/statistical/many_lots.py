"""Many lots over a few slim worlds: without feedback a customer's weeks depend on its own care alone.

So the world of a lot is put together of the world in which nobody and the one in which everybody is treated,
customer by customer and period by period, and a lot costs milliseconds. `test_experiments.py` holds one
such world against the simulated one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tiersim.experiment.samples import Seen
from tiersim.experiment.worlds import opening


@dataclass(frozen=True)
class Base:
    """One replication: where it sets out, and its twins."""

    opening: object
    none: object
    everybody: object

    @property
    def design(self):
        return self.opening.design

    def lot(self, seed):
        """The lot of another seed on the same customers."""
        return replace(self.opening, seed=seed).lot()

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
    first = opening(scenario, seed, replication)
    return Base(first, first.nobody(), first.everybody(first.lot()))
