"""One look at the customers: the right record, what the company's systems show of it, and the ratings."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.raters import Rater
from tiersim.engine.sight import Sight
from tiersim.scenario.schema import Scenario
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]


class Look:
    """Customers who can be rated at the beginning of a week; arrays have one entry each, shape (n,).

    Parameters
    ----------
    raters : one by arm, or one for all.
    sight : what the world's systems show.
    """

    def __init__(
        self,
        scenario: Scenario,
        memory: dict[str, Array],
        week: int,
        sight: Sight,
    ) -> None:
        self.memory, self.week = memory, week
        record = sight.at(memory, week)
        right, seen, slots = record.right, record.shown, record.slots
        # The day on which a customer began is in its contract; no error of the records hides it.
        due = right.tenure_weeks >= scenario.rating.newcomer_wait
        clean = seen is right
        if not due.all():
            right, slots = right.take(due), slots[due]
            seen = right if clean else seen.take(due)
        self.right: Observed = right
        self.seen: Observed = seen
        self.clean = clean
        self.slots: Array = slots
        self.before: Array = memory["tier_now"][slots]
        self.arm: Array = memory["arm"][slots]
        self.raters: list[Rater] = []

    def __len__(self) -> int:
        return int(self.slots.size)

    @cached_property
    def rated(self) -> tuple[Array, Array]:
        """Score and tier by the record as it is seen."""
        return self.rate(self.seen, np.arange(len(self)))

    @cached_property
    def right_tier(self) -> Array:
        """Tier by the right record; the same as `rated` where the two records are one."""
        return self.right_tier_of(np.arange(len(self)))

    def right_tier_of(self, who: Array) -> Array:
        """Tier by the right record of some customers (places in this look)."""
        if self.clean or not self.raters[0].reads_record:
            return np.asarray(self.rated[1][who])
        return self.rate(self.right.take(who), who)[1]

    def rate(self, record: Observed, who: Array) -> tuple[Array, Array]:
        """Score and tier of customers `who`, whose record is given, by everybody's rater or their arm's."""
        before, arm = self.before[who], self.arm[who]
        if len(self.raters) == 1:
            return self.raters[0].rate(self.memory, self.slots[who], record, before)
        score, tier = np.zeros(who.size), before.copy()
        for label in np.unique(arm):
            mine = np.flatnonzero(arm == label)
            places = self.slots[who[mine]]
            score[mine], tier[mine] = self.raters[int(label)].rate(
                self.memory, places, record.take(mine), before[mine]
            )
        return score, tier
