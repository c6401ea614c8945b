"""Who is under which policy when: a rule on (customer, week), never an array of both.

An arm is a label that a customer carries from birth, drawn by its id or its region; an arm's steps say
which policy applies from which week on, after a personal delay. Newcomers follow the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiersim.kernel import kernel
from tiersim.random import u01d, words
from tiersim.random.streams import ASSIGN
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest


@dataclass(frozen=True)
class ArmRule:
    """One arm: its share of customers (of its regions, if any are named) and its steps (week, policy)."""

    name: str
    share: float
    steps: tuple[tuple[int, str], ...]
    regions: tuple[str, ...] = ()
    delay: int = 0


@dataclass(frozen=True)
class Assignment:
    """Arms of one world; their shares sum to 1 unless regions decide."""

    arms: tuple[ArmRule, ...]

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
def assign_arms(birth, region, seed, rep, region_arm, cumulative, delay, first, last, arm, wait):  # type: ignore[no-untyped-def]
    """Arm and personal delay (weeks) of customers first..last-1.

    ``region_arm``: arm of each region, or -1 where `cumulative` shares draw it; ``delay``: longest by arm.
    """
    for i in range(first, last):
        w = words(seed, rep, birth[i], 0, ASSIGN, 0)
        label = region_arm[region[i]]
        if label < 0:
            u = u01d(w[0])
            label = 0
            while label < cumulative.shape[0] - 1 and u >= cumulative[label]:
                label += 1
        arm[i] = label
        wait[i] = int(u01d(w[1]) * (delay[label] + 1))
