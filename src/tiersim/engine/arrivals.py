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
    """Hands out newcomers week by week."""

    def __init__(self, scenario: Scenario, start: Start, assignment: Assignment, seed: int, rep: int) -> None:
        self._start = start
        self._seed, self._rep = seed, rep
        week = start.newcomers["entry_week"].astype(np.int64) - 1
        self._first = np.searchsorted(week, np.arange(round(scenario.horizon) + 1))
        self._keep_arm = scenario.sharing.referral == "arm" and len(assignment.arms) > 1
        self._referrers = np.zeros(0, np.int64)
        self._own = 0
        settle_today(start.newcomers, start.today, start.census, start.draw.values)

    def of_week(self, memory: dict[str, Array], week: int) -> dict[str, Array] | None:
        """State of this week's newcomers, channels first; None if there are none."""
        low, high = int(self._first[week]), int(self._first[week + 1])
        found = int(memory["clock"][REFERRAL_COUNT])
        memory["clock"][REFERRAL_COUNT] = 0
        self._own, self._referrers = high - low, memory["referrer"][:found].astype(np.int64)
        own = {name: column[..., low:high] for name, column in self._start.newcomers.items()}
        if found == 0:
            return own if high > low else None
        ids = np.empty(found, np.uint64)
        referred_ids(memory["birth"], memory["referrer"], memory["referrer_k"], week, found, ids)
        entry = np.full(found, week + 1)
        start = self._start
        brought, _ = births.customers(
            start.laws, ids, entry, self._seed, self._rep, memory["region"][self._referrers]
        )
        settle_today(brought, start.today, start.census, start.draw.values)
        return {name: np.concatenate([own[name], brought[name]], axis=-1) for name in own}

    def referrer_arm(self, memory: dict[str, Array]) -> npt.NDArray[np.int64]:
        """Arm that each newcomer takes over from its referrer, -1 where it draws its own."""
        arms = np.full(self._own + self._referrers.size, -1, np.int64)
        if self._keep_arm:
            arms[self._own :] = memory["arm"][self._referrers]
        return arms
