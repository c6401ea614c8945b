"""Steps of arms: which arm a customer is in, and which slot has it from which week on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.assignment import ArmRule, assign_arms
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

NEVER = 10_000
"""Week of a step that an arm with fewer steps does not take."""


class Steps:
    """The arms of a world as tables.

    Parameters
    ----------
    slot_of : number of the slot of a policy in an arm.

    Attributes
    ----------
    slots : slot after so many steps, shape (arms, steps + 1); before the first one it is today's, 0.
    shares : expected share of customers by arm, regions counted in.
    later : weeks after the start in which a step begins.
    delayed : some customers change over later than their arm.
    """

    def __init__(
        self, scenario: Scenario, arms: Sequence[ArmRule], slot_of: Callable[[str, int], int]
    ) -> None:
        self._arms = arms
        most = max(len(arm.steps) for arm in arms)
        self._weeks = np.full((len(arms), most), NEVER, np.int64)
        self.slots = np.zeros((len(arms), most + 1), np.int32)
        for a, arm in enumerate(arms):
            for k, (week, policy) in enumerate(arm.steps):
                self._weeks[a, k] = week
                self.slots[a, k + 1 :] = slot_of(policy, a)
        self.later = {int(week) for week in self._weeks.ravel() if 0 < week < NEVER}
        self.delayed = any(arm.delay > 0 for arm in arms)
        regions = list(scenario.population.regions)
        self._region_arm = np.full(len(regions), -1, np.int64)
        for a, arm in enumerate(arms):
            for region in arm.regions:
                self._region_arm[regions.index(region)] = a
        shares = np.array([arm.share for arm in arms], float)
        self._cumulative = np.cumsum(shares / shares.sum()) if shares.sum() > 0 else np.ones(1)
        self._delay = np.array([arm.delay for arm in arms], np.int64)
        sizes = np.array([float(scenario.population.regions[region]) for region in regions])
        self.shares = self._expected(shares, sizes)

    def _expected(self, shares: Array, sizes: Array) -> npt.NDArray[np.float64]:
        """Share of customers by arm: whole regions, and its drawn share of those that no arm names."""
        out = np.array([sizes[self._region_arm == a].sum() for a in range(len(self._arms))])
        left = sizes[self._region_arm < 0].sum()
        return np.asarray(out + left * shares / shares.sum() if shares.sum() > 0 else out)

    def label(self, memory: dict[str, Array], first: int, last: int, seed: int, rep: int) -> None:
        """Arm and delay of customers first..last-1."""
        assign_arms(
            memory["birth"], memory["region"], seed, rep, self._region_arm, self._cumulative, self._delay,
            first, last, memory["arm"], memory["delay"],
        )  # fmt: skip

    def arms_of(self, birth: Array, region: Array, seed: int, rep: int) -> npt.NDArray[np.int8]:
        """Arms of customers with these ids and regions, who need not have a place yet."""
        arm, wait = np.zeros(birth.size, np.int8), np.zeros(birth.size, np.int16)
        assign_arms(
            birth, region.astype(np.int8), seed, rep, self._region_arm, self._cumulative, self._delay, 0,
            birth.size, arm, wait,
        )  # fmt: skip
        return arm

    def passed(self, arm: Array, delay: Array, week: int) -> Array:
        """Steps that customers of these arms have taken up to a week, with their personal delay."""
        return np.asarray((self._weeks[arm] + delay[:, None] <= week).sum(axis=1))

    def is_complete(self, week: int) -> bool:
        """Whether everybody whose step has begun has changed over, the last delay included."""
        begun = [(step, arm.delay) for arm in self._arms for step, _ in arm.steps if step <= week]
        return all(step + delay <= week for step, delay in begun)
