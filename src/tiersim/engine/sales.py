"""People who work leads: a queue of leads, worked by arrival or by score, lost when they wait too long."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.solve import SOLVE_REPLICATION
from tiersim.kernel import kernel
from tiersim.random import poisson_inv, u01, words
from tiersim.random.streams import LEAD

Array = npt.NDArray[Any]
Leads = dict[str, Array]

LONG = 2080
"""Weeks over which today's queue is run to find the share of leads that is worked on."""

WARM_UP = 104
"""Weeks before them, in which the queue fills."""


@kernel
def queue_of_counts(seed, rep, rate, capacity, recent, warm_up, weeks):  # type: ignore[no-untyped-def]
    """Leads worked on and leads that came: Poisson leads, first come first served.

    ``recent``: zeros, one more than the weeks that a lead waits. Of a queue served by arrival the newest are
    left, so no more can wait than came in so many weeks.
    """
    waiting, came, worked = 0, 0, 0
    credit = 0.0
    for week in range(warm_up + weeks):
        u = u01(words(seed, rep, np.uint64(0), week, LEAD, 1)[0])
        count = poisson_inv(u, np.float32(rate))
        recent[week % recent.size] = count
        room = 0
        for k in range(recent.size):
            room += recent[k]
        waiting = min(waiting + count, room)
        credit += capacity
        can = int(credit + 1e-9)
        credit -= can
        done = min(waiting, can)
        waiting -= done
        if week >= warm_up:
            came += count
            worked += done
    return worked, came


def worked_share(rate: float, capacity: float, life: int, seed: int, draw: int) -> float:
    """Share of leads that people work on who have time for `capacity` a week, at `rate` leads a week."""
    recent = np.zeros(life + 1, np.int64)
    worked, came = queue_of_counts(seed, SOLVE_REPLICATION + draw, rate, capacity, recent, WARM_UP, LONG)
    return min(worked / came, 1.0) if came else 1.0


class Team:
    """People who work leads together, and the leads that wait for them."""

    def __init__(self) -> None:
        self.waiting: Leads | None = None
        self._credit = 0.0

    def week(
        self, fresh: Leads, week: int, capacity: float, life: int, by_score: bool
    ) -> tuple[Leads, Leads]:
        """A week: leads worked on, and leads lost because they waited longer than `life` weeks.

        By arrival, the lead that came first is worked first; by score, the one with the highest. What is left
        of the hours of a week is gone, but for a part of one lead.
        """
        waiting = fresh if self.waiting is None else _joined(self.waiting, fresh)
        late = waiting["week"] < week - life
        lost, waiting = _taken(waiting, late), _taken(waiting, ~late)
        self._credit += capacity
        can, n = int(self._credit + 1e-9), waiting["week"].size
        self._credit -= can
        if can >= n:
            self.waiting = _taken(waiting, np.zeros(n, bool))
            return waiting, lost
        if by_score:
            chosen = _first(can, [-waiting["score"], waiting["birth"]])
        else:
            chosen = _first(can, [waiting["week"], waiting["moment"], waiting["birth"]])
        self.waiting = _taken(waiting, ~chosen)
        return _taken(waiting, chosen), lost


def _first(many: int, keys: list[Array]) -> npt.NDArray[np.bool_]:
    """Which are the first so many in the order of the keys, the first key first; fewer than there are."""
    key = keys[0]
    if many == 0:
        return np.zeros(key.size, bool)
    # Without sorting all that waits: only those are sorted who are equal at the cut.
    cut = np.partition(key, many - 1)[many - 1]
    chosen = key < cut
    level = np.flatnonzero(key == cut)
    order = np.lexsort([one[level] for one in reversed(keys)])
    chosen[level[order[: many - int(chosen.sum())]]] = True
    return chosen


def _taken(leads: Leads, which: npt.NDArray[np.bool_]) -> Leads:
    return {name: column[which] for name, column in leads.items()}


def _joined(one: Leads, other: Leads) -> Leads:
    return {name: np.concatenate([column, other[name]]) for name, column in one.items()}
