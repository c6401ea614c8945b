"""Newcomers of a week: those from channels, the same in all worlds, and those whom customers bring (R19)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine import births
from tiersim.engine.assignment import Assignment
from tiersim.engine.layout import REFERRAL_COUNT
from tiersim.engine.prepare import Start, settle_today
from tiersim.kernel import kernel
from tiersim.random import FROM_REFERRER, newcomer_id
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


@kernel
def referred_ids(birth, referrer, referrer_k, week, count, out):  # type: ignore[no-untyped-def]
    """Ids of newcomers by (referrer, week, k)."""
    for j in range(count):
        out[j] = newcomer_id(FROM_REFERRER, birth[referrer[j]], np.uint64(0), week, referrer_k[j])


class Arrivals:
    """Hands out newcomers: from channels a quarter at a time, referred ones week by week."""

    def __init__(self, scenario: Scenario, start: Start, assignment: Assignment, seed: int, rep: int) -> None:
        self._start = start
        self._seed, self._rep = seed, rep
        self._entry = start.newcomers["entry_week"].astype(np.int64)
        self._keep_arm = scenario.sharing.referral == "arm" and len(assignment.arms) > 1
        settle_today(start.newcomers, start.today, start.census, start.draw.values)

    def from_channels(self, first: int, last: int) -> dict[str, Array]:
        """State of those whose first week is in first..last-1."""
        low, high = np.searchsorted(self._entry, (first, last))
        return {name: column[..., low:high] for name, column in self._start.newcomers.items()}

    def referred(
        self, memory: dict[str, Array], week: int
    ) -> tuple[dict[str, Array], npt.NDArray[np.int64]] | None:
        """State of those whom customers brought this week, and the arm each takes over (-1: draws one)."""
        found = int(memory["clock"][REFERRAL_COUNT])
        if found == 0:
            return None
        memory["clock"][REFERRAL_COUNT] = 0
        by = memory["referrer"][:found].astype(np.int64)
        ids = np.empty(found, np.uint64)
        referred_ids(memory["birth"], memory["referrer"], memory["referrer_k"], week, found, ids)
        start = self._start
        state, _ = births.customers(
            start.laws, ids, np.full(found, week + 1), self._seed, self._rep, memory["region"][by]
        )
        settle_today(state, start.today, start.census, start.draw.values)
        arms = memory["arm"][by].astype(np.int64) if self._keep_arm else np.full(found, -1)
        return state, arms
