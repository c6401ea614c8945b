"""People of the pools over time: hiring lag, onboarding, leaving, dismissal (R17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.kernel import kernel
from tiersim.policy.plan import PoolPlan
from tiersim.random import text_id, u01d, words
from tiersim.random.streams import STAFF
from tiersim.scenario.schema import Scenario


@kernel
def leavers(seed, rep, pool, week, people, chance):  # type: ignore[no-untyped-def]
    """How many of `people` of a pool leave in a week; each has a draw of its own place."""
    gone = 0
    for k in range(people):
        w = words(seed, rep, pool, week, STAFF, k)
        if u01d(w[0]) < chance:
            gone += 1
    return gone


@dataclass
class Pool:
    """One pool: people at work, newcomers at half strength by the week they are ready, hires by arrival."""

    key: str  # name and, where arms do not share staff, arm
    plan: PoolPlan
    target: int = 0
    ready: int = 0
    onboarding: list[tuple[int, int]] = field(default_factory=list)
    hires: list[tuple[int, int]] = field(default_factory=list)
    hired: int = 0
    left: int = 0
    dismissed: int = 0
    peak: int = 0

    @property
    def payroll(self) -> int:
        """People who are paid."""
        return self.ready + sum(n for _, n in self.onboarding)

    @property
    def strength(self) -> float:
        """People who work, newcomers counted half."""
        return self.ready + 0.5 * sum(n for _, n in self.onboarding)

    @property
    def coming(self) -> int:
        """Hires on their way."""
        return sum(n for _, n in self.hires)

    def release(self) -> int:
        """Shrink to the target: orders are withdrawn, then people set free, the newest first; how many."""
        surplus = max(0, self.payroll + self.coming - self.target)
        self.hires, surplus = _without_last(self.hires, surplus)
        before = surplus
        self.onboarding, surplus = _without_last(self.onboarding, surplus)
        self.ready -= surplus
        return before


def _without_last(people: list[tuple[int, int]], surplus: int) -> tuple[list[tuple[int, int]], int]:
    """People by week less `surplus` of the latest, and how much of the surplus is left."""
    kept: list[tuple[int, int]] = []
    for week, n in sorted(people, reverse=True):
        gone = min(n, surplus)
        surplus -= gone
        if n > gone:
            kept.append((week, n - gone))
    return kept[::-1], surplus


@dataclass(frozen=True)
class Change:
    """What a week of staffing cost, in people: (pool number, hired, trained, dismissed)."""

    pool: int
    hired: int = 0
    trained: int = 0
    dismissed: int = 0


class Staffing:
    """All pools of one world."""

    def __init__(
        self, scenario: Scenario, pools: list[Pool], values: dict[str, float], seed: int, rep: int
    ) -> None:
        self.pools = pools
        self._staff = scenario.staff
        self._leave = -np.expm1(np.log1p(-values["staff.leaving"]) * WEEK_OF_YEAR)
        self._seed, self._rep = seed, rep
        self._ids = [np.uint64(text_id("pool " + pool.plan.name)) for pool in pools]

    def begin(self, targets: Sequence[int], week: int, complete: bool = True) -> list[Change]:
        """A policy starts: people of shrinking pools move to growing ones, the rest is hired or let go.

        Before everybody has changed over (`complete`) nobody is let go: the next to change may need them.
        """
        changes: list[Change] = []
        self.aim(targets)
        for agents in (False, True):
            kin = [i for i, pool in enumerate(self.pools) if pool.plan.care.agents == agents]
            released = {i: self.pools[i].release() for i in kin}
            free = sum(released.values())
            for i in kin:
                pool = self.pools[i]
                moved = min(free, max(0, pool.target - pool.payroll - pool.coming))
                if moved:
                    pool.ready += moved
                    free -= moved
                    changes.append(Change(i, trained=moved))
            for i in kin:
                rest = min(free, released[i])
                if rest == 0:
                    continue
                free -= rest
                if complete:
                    self.pools[i].dismissed += rest
                    changes.append(Change(i, dismissed=rest))
                else:
                    self.pools[i].ready += rest
        self._order(week)
        return changes

    def aim(self, targets: Sequence[int]) -> None:
        """New targets; a pool above its target shrinks as people leave, none is let go."""
        for pool, target in zip(self.pools, targets, strict=True):
            pool.target = int(target)

    def step(self, week: int) -> list[Change]:
        """One week: arrivals, end of onboarding, leavers, orders for replacement."""
        changes: list[Change] = []
        for i, pool in enumerate(self.pools):
            came = sum(n for when, n in pool.hires if when <= week)
            if came:
                pool.hires = [(when, n) for when, n in pool.hires if when > week]
                pool.onboarding.append((week + round(self._staff.onboarding), came))
                pool.hired += came
                changes.append(Change(i, hired=came))
            pool.ready += sum(n for when, n in pool.onboarding if when <= week)
            pool.onboarding = [(when, n) for when, n in pool.onboarding if when > week]
            if pool.ready:
                gone = int(leavers(self._seed, self._rep, self._ids[i], week, pool.ready, self._leave))
                pool.ready -= gone
                pool.left += gone
            pool.peak = max(pool.peak, pool.payroll)
        self._order(week)
        return changes

    def strength(self) -> npt.NDArray[np.float64]:
        """People at work by pool."""
        return np.array([pool.strength for pool in self.pools])

    def _order(self, week: int) -> None:
        for pool in self.pools:
            missing = pool.target - pool.payroll - pool.coming
            if missing > 0:
                pool.hires.append((week + round(self._staff.hiring_lag), missing))
