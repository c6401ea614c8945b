"""Steps of arms: which arm a customer is in, and which slot has it from which week on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.assignment import ArmRule, Labels, assign_arms
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest

Array = npt.NDArray[Any]

NEVER = 10_000
"""Week of a step that an arm with fewer steps does not take."""


class Steps:
    """The arms of a world as tables.

    Parameters
    ----------
    slot_of : number of the slot of a policy in an arm.
    labels : what a lot decided for customers of the start.

    Attributes
    ----------
    slots : slot after so many steps, shape (arms, steps + 1); before the first one it is today's, 0.
    shares : expected share of customers by arm, regions counted in.
    later : weeks after the start in which a step begins.
    delayed : some customers change over later than their arm.
    """

    def __init__(
        self,
        scenario: Scenario,
        arms: Sequence[ArmRule],
        slot_of: Callable[[str, int], int],
        labels: Labels | None = None,
    ) -> None:
        self._arms, self._labels = arms, labels
        most = max(len(arm.steps) for arm in arms)
        self._weeks = np.full((len(arms), most), NEVER, np.int64)
        self.slots = np.zeros((len(arms), most + 1), np.int32)
        for a, arm in enumerate(arms):
            for k, (week, policy) in enumerate(arm.steps):
                self._weeks[a, k] = week
                self.slots[a, k + 1 :] = slot_of(policy, a)
        self.later = {int(week) for week in self._weeks.ravel() if 0 < week < NEVER}
        self.delayed = any(arm.delay > 0 for arm in arms)
        regions, industries = list(scenario.population.regions), list(scenario.population.industries)
        self._place_arm = np.full((len(regions), len(industries)), -1, np.int64)
        for a, arm in enumerate(arms):
            if arm.regions or arm.industries:
                rows = [regions.index(name) for name in arm.regions or regions]
                columns = [industries.index(name) for name in arm.industries or industries]
                self._place_arm[np.ix_(rows, columns)] = a
            for region, industry in arm.places:
                self._place_arm[regions.index(region), industries.index(industry)] = a
        shares = np.array([arm.share for arm in arms], float)
        self._cumulative = np.cumsum(shares / shares.sum()) if shares.sum() > 0 else np.ones(1)
        self._delay = np.array([arm.delay for arm in arms], np.int64)
        settled = np.array([arm.settled for arm in arms], np.int64)
        self._is_delayed = np.arange(most) >= settled[:, None]
        place = scenario.population
        by_region = np.array(list(resolve_rest(dict(place.regions)).values()))
        sizes = np.outer(by_region, np.array(list(resolve_rest(dict(place.industries)).values())))
        self.shares = self._counted(labels) if labels is not None else self._expected(shares, sizes)

    def _counted(self, labels: Labels) -> npt.NDArray[np.float64]:
        """Share of customers by arm as the lot gave it to those of the start."""
        counts = np.bincount(labels.arm[labels.arm >= 0], minlength=len(self._arms))
        return np.asarray(counts / max(counts.sum(), 1))

    def _expected(self, shares: Array, sizes: Array) -> npt.NDArray[np.float64]:
        """Share of customers by arm: whole places, and its drawn share of those that no arm names."""
        out = np.array([sizes[self._place_arm == a].sum() for a in range(len(self._arms))])
        left = sizes[self._place_arm < 0].sum()
        return np.asarray(out + left * shares / shares.sum() if shares.sum() > 0 else out)

    def label(self, memory: dict[str, Array], first: int, last: int, seed: int, rep: int) -> None:
        """Arm and delay of customers first..last-1."""
        names = ("birth", "region", "industry", "arm", "delay")
        birth, region, industry, arm, delay = (memory[name] for name in names)
        assign_arms(
            birth, region, industry, seed, rep, self._place_arm, self._cumulative, self._delay, first, last,
            arm, delay,
        )  # fmt: skip
        if self._labels is not None:
            self._labels.put(birth[first:last], arm[first:last], delay[first:last])

    def arms_of(self, birth: Array, region: Array, seed: int, rep: int) -> npt.NDArray[np.int8]:
        """Arms of customers with these ids and regions, who need not have a place yet.

        Their industry is not known, so arms by industry take that of the first one.
        """
        arm, wait = np.zeros(birth.size, np.int8), np.zeros(birth.size, np.int16)
        assign_arms(
            birth, region.astype(np.int8), np.zeros(birth.size, np.int8), seed, rep, self._place_arm,
            self._cumulative, self._delay, 0, birth.size, arm, wait,
        )  # fmt: skip
        return arm

    def due(self, arm: Array, week: int) -> Array:
        """Steps of these arms that have begun up to a week, whoever has taken them."""
        return np.asarray((self._weeks[arm] <= week).sum(axis=1))

    def passed(self, arm: Array, delay: Array, week: int) -> Array:
        """Steps that customers of these arms have taken up to a week, with their personal delay."""
        return np.asarray((self._weeks[arm] + delay[:, None] * self._is_delayed[arm] <= week).sum(axis=1))

    def is_complete(self, week: int) -> bool:
        """Whether everybody whose step has begun has changed over, the last delay included."""
        last = [
            step + (arm.delay if number >= arm.settled else 0)
            for arm in self._arms
            for number, (step, _) in enumerate(arm.steps)
            if step <= week
        ]
        return all(end <= week for end in last)
