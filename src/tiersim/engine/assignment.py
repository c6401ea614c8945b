"""Who is under which policy when: a rule on (customer, week), never an array of both.

An arm is a label that a customer carries from birth, drawn by its id, or by its region and industry; an arm's
steps say which policy applies from which week on, after a personal delay. Newcomers follow the same rule. A
lot that looks at the customers of the start (strata, pairs) gives them their labels by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.kernel import kernel
from tiersim.random import u01d, words
from tiersim.random.streams import ASSIGN
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest


@dataclass(frozen=True)
class ArmRule:
    """One arm: its share of customers, or its regions and industries, and its steps (week, policy).

    `delay`: longest personal delay, weeks, in whole ones. `settled`: so many first steps come without delay:
    what all are under before the step that is delayed. `places`: (region, industry) one by one, for places
    that are not all industries of some regions.
    """

    name: str
    share: float
    steps: tuple[tuple[int, str], ...]
    regions: tuple[str, ...] = ()
    delay: int = 0
    industries: tuple[str, ...] = ()
    settled: int = 0
    places: tuple[tuple[str, str], ...] = ()


UNTAKEN = 30_000
"""Personal delay of a customer that never takes its arm's steps, but for those that are settled."""


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels that a lot gave to customers of the start.

    Parameters
    ----------
    birth : their ids, ascending, shape (n,).
    arm : number of the arm, or -1 where the arms' own rule decides; shape (n,).
    delay : personal delay in weeks, -1 where the arm's own rule draws it; shape (n,).
    """

    birth: npt.NDArray[np.uint64]
    arm: npt.NDArray[Any]
    delay: npt.NDArray[Any]

    def put(self, birth: npt.NDArray[Any], arm: npt.NDArray[Any], delay: npt.NDArray[Any]) -> None:
        """Write the labels of the customers `birth` into `arm` and `delay`, where they have any."""
        if self.birth.size == 0:
            return
        at = np.minimum(np.searchsorted(self.birth, birth), self.birth.size - 1)
        known = self.birth[at] == birth
        arm[:] = np.where(known & (self.arm[at] >= 0), self.arm[at], arm)
        delay[:] = np.where(known & (self.delay[at] >= 0), self.delay[at], delay)


@dataclass(frozen=True)
class Assignment:
    """Arms of one world; their shares sum to 1 unless regions decide.

    `labels`: what a lot decided for customers of the start. `paid_early`: who has not changed over yet when
    its arm's step has begun is paid for as if it had, so that resistance costs money (X3).
    """

    arms: tuple[ArmRule, ...]
    labels: Labels | None = None
    paid_early: bool = False

    @classmethod
    def everyone(cls, policy: str) -> Assignment:
        """All customers under one policy from the start."""
        return cls((ArmRule(policy, 1.0, ((0, policy),)),))

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Assignment:
        """The arms that the scenario declares."""
        drawn = {name: arm.share for name, arm in scenario.arms.items() if not arm.regions}
        shares = resolve_rest(drawn) if drawn else {}
        return cls(
            tuple(
                ArmRule(
                    name,
                    shares.get(name, 0.0),
                    tuple(sorted((round(step.after), step.policy) for step in arm.steps)),
                    tuple(arm.regions),
                    round(arm.delay),
                )
                for name, arm in scenario.arms.items()
            )
        )

    @property
    def policies(self) -> list[str]:
        """Policies that occur, in order."""
        return list(dict.fromkeys(policy for arm in self.arms for _, policy in arm.steps))

    @property
    def is_simple(self) -> bool:
        """Everybody under the same policy from the start on, without delay."""
        return len(self.arms) == 1 and len(self.arms[0].steps) == 1 and self.arms[0].delay == 0


@kernel
def assign_arms(  # type: ignore[no-untyped-def]
    birth, region, industry, seed, rep, place_arm, cumulative, delay, first, last, arm, wait
):
    """Arm and personal delay (weeks) of customers first..last-1.

    ``place_arm``: arm of each region and industry, or -1 where `cumulative` shares draw it; ``delay``:
    longest by arm.
    """
    for i in range(first, last):
        w = words(seed, rep, birth[i], 0, ASSIGN, 0)
        label = place_arm[region[i], industry[i]]
        if label < 0:
            u = u01d(w[0])
            label = 0
            while label < cumulative.shape[0] - 1 and u >= cumulative[label]:
                label += 1
        arm[i] = label
        wait[i] = int(u01d(w[1]) * (delay[label] + 1))
