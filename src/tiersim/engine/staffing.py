"""People of the pools over time: hiring lag, onboarding, leaving, dismissal (R17)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.kernel import kernel
from tiersim.policy.plan import PoolPlan
from tiersim.random import ndtri64, text_id, u01d, words
from tiersim.random.address import WEEK_MIN
from tiersim.random.streams import STAFF
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

LEAVING, SICK, SICK_LATE, SKILL = range(4)
"""Blocks of a person's draws: leaving and days off by week, skill once (its week is 0)."""

MOST_LEAVE = 0.9
"""Highest chance that a person leaves in a week."""


@dataclass(slots=True, eq=False)
class Person:
    """Somebody who works for the company.

    `number` names the person and addresses its draws. It is a hash of pool, week and place of the hire, so
    that it is never given twice and one hire more in one pool changes nobody in another. `skill`: z of a
    standard normal, high is good; `ready_week`: first week at full strength.
    """

    number: int
    ready_week: int
    skill: float = 0.0


@kernel
def draw_skills(seed, rep, number, skill):  # type: ignore[no-untyped-def]
    """Skill of each person of `number` (int64) into `skill` (float64)."""
    for j in range(number.size):
        skill[j] = ndtri64(u01d(words(seed, rep, number[j], 0, STAFF, SKILL)[0]))


@kernel
def draw_leavers(seed, rep, week, number, skill, ready, chance, stars, gone):  # type: ignore[no-untyped-def]
    """Who leaves this week: `chance` times exp(stars z - stars**2 / 2), of mean one over new people.

    Nobody does before the onboarding has ended (`ready`). Returns how many leave.
    """
    leave = 0
    for j in range(number.size):
        mine = min(chance * np.exp(stars * skill[j] - 0.5 * stars * stars), MOST_LEAVE)
        gone[j] = u01d(words(seed, rep, number[j], week, STAFF, LEAVING)[0]) < mine and ready[j] <= week
        leave += gone[j]
    return leave


@dataclass
class Pool:
    """One pool: its people in the order in which they joined it, and hires by the week of their arrival.

    `version` grows with every change of `people`, `week` is the week that was staffed last.
    """

    key: str  # name and, where arms do not share staff, arm
    plan: PoolPlan
    target: int = 0
    people: list[Person] = field(default_factory=list)
    hires: list[tuple[int, int]] = field(default_factory=list)
    hired: int = 0
    left: int = 0
    dismissed: int = 0
    peak: int = 0
    version: int = 0
    week: int = 0

    def open(self, n: int) -> None:
        """Begin with `n` people who have been there for long, which is also the target.

        Their skill is drawn when a `Staffing` takes the pool over.
        """
        self.people = []
        self.target = n
        self.join([Person(self._number("at the start", k), WEEK_MIN) for k in range(n)])

    def hire(self, n: int, week: int, ready_week: int) -> list[Person]:
        """`n` people arrive, all who come in that week; who they are. Their skill is still to be drawn."""
        came = [Person(self._number(f"in week {week}", k), ready_week) for k in range(n)]
        self.join(came)
        return came

    def _number(self, when: str, k: int) -> int:
        return text_id(f"person {k} hired {when} for pool {self.key}") >> 2

    def join(self, people: Sequence[Person]) -> None:
        """People come into the pool; they keep number, skill and onboarding."""
        if people:
            self.people.extend(people)
            self.version += 1

    def _keep(self, people: list[Person]) -> None:
        if len(people) != len(self.people):
            self.people = people
            self.version += 1

    @property
    def ready(self) -> int:
        """People at full strength."""
        return sum(person.ready_week <= self.week for person in self.people)

    @property
    def payroll(self) -> int:
        """People who are paid."""
        return len(self.people)

    @property
    def strength(self) -> float:
        """People who work, newcomers counted half."""
        return 0.5 * (self.payroll + self.ready)

    @property
    def coming(self) -> int:
        """Hires on their way."""
        return sum(n for _, n in self.hires)

    def release(self) -> list[Person]:
        """Shrink to the target: orders are withdrawn, then people set free, the newest first; who."""
        surplus = max(0, self.payroll + self.coming - self.target)
        kept: list[tuple[int, int]] = []
        for week, n in sorted(self.hires, reverse=True):
            gone = min(n, surplus)
            surplus -= gone
            if n > gone:
                kept.append((week, n - gone))
        self.hires = kept[::-1]
        eldest_first = sorted(self.people, key=lambda person: person.ready_week)
        free = eldest_first[::-1][:surplus]
        chosen = {person.number for person in free}
        self._keep([person for person in self.people if person.number not in chosen])
        return free

    def leave(self, gone: npt.NDArray[np.bool_]) -> None:
        """People leave: the mask over `people`."""
        self.left += int(gone.sum())
        self._keep([person for person, away in zip(self.people, gone, strict=True) if not away])


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
        self._lag = round(scenario.staff.hiring_lag)
        ahead = scenario.staff.hire_ahead
        self._ahead = self._lag if ahead is None else round(ahead)
        self._leave = -np.expm1(np.log1p(-values["staff.leaving"]) * WEEK_OF_YEAR)
        self._stars = values.get("staff.stars_leave", 0.0)
        self._seed, self._rep = seed, rep
        # Version of a pool's people, their numbers, skills and the ends of their onboarding.
        nobody = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
        self._known: list[tuple[int, Array, Array, Array]] = [(-1, *nobody) for _ in pools]
        for pool in pools:
            self._draw(pool.people)

    def begin(
        self,
        targets: Sequence[int],
        week: int,
        complete: bool = True,
        foreseen: Collection[int] | None = None,
    ) -> list[Change]:
        """A policy starts: people of shrinking pools move to growing ones, the rest is hired or let go.

        Before everybody has changed over (`complete`) nobody is let go: the next to change may need them.
        Whom its pools lack (`foreseen`; None: all pools) was looked for ahead (``staff.hire_ahead``).
        """
        changes: list[Change] = []
        self.aim(targets)
        for agents in (False, True):
            kin = [i for i, pool in enumerate(self.pools) if pool.plan.care.agents == agents]
            # Within a pool the newest come first: those who have been there longest are the first to be
            # taken, from the end, and the newest are let go.
            free = [(i, person) for i in kin for person in self.pools[i].release()]
            for i in kin:
                pool = self.pools[i]
                wanted = min(len(free), max(0, pool.target - pool.payroll - pool.coming))
                if wanted:
                    pool.join([free.pop()[1] for _ in range(wanted)])
                    changes.append(Change(i, trained=wanted))
            for i in kin:
                rest = [person for home, person in free if home == i]
                if rest and complete:
                    self.pools[i].dismissed += len(rest)
                    changes.append(Change(i, dismissed=len(rest)))
                else:
                    self.pools[i].join(rest[::-1])
        self._order(week, range(len(self.pools)) if foreseen is None else foreseen)
        return changes

    def aim(self, targets: Sequence[int]) -> None:
        """New targets; a pool above its target shrinks as people leave, none is let go."""
        for pool, target in zip(self.pools, targets, strict=True):
            pool.target = int(target)

    def step(self, week: int) -> list[Change]:
        """One week: arrivals, end of onboarding, leavers, orders for replacement."""
        changes: list[Change] = []
        for i, pool in enumerate(self.pools):
            pool.week = week
            came = sum(n for when, n in pool.hires if when <= week)
            if came:
                pool.hires = [(when, n) for when, n in pool.hires if when > week]
                self._draw(pool.hire(came, week, week + round(self._staff.onboarding)))
                pool.hired += came
                changes.append(Change(i, hired=came))
            if pool.people:
                self._let_leave(i, week)
            pool.peak = max(pool.peak, pool.payroll)
        self._order(week)
        return changes

    def strength(self) -> npt.NDArray[np.float64]:
        """People at work by pool."""
        return np.array([pool.strength for pool in self.pools])

    def _draw(self, people: Sequence[Person]) -> None:
        """Draw the skill of new people."""
        skill = np.empty(len(people))
        if skill.size:
            draw_skills(self._seed, self._rep, np.array([p.number for p in people], np.int64), skill)
        for person, z in zip(people, skill.tolist(), strict=True):
            person.skill = z

    def _let_leave(self, i: int, week: int) -> None:
        pool = self.pools[i]
        if self._known[i][0] != pool.version:
            columns = zip(*((p.number, p.skill, p.ready_week) for p in pool.people), strict=True)
            number, skill, ready = columns
            self._known[i] = pool.version, np.array(number, np.int64), np.array(skill), np.array(ready)
        _, numbers, skills, ends = self._known[i]
        gone = np.empty(pool.payroll, np.bool_)
        if draw_leavers(self._seed, self._rep, week, numbers, skills, ends, self._leave, self._stars, gone):
            pool.leave(gone)

    def _order(self, week: int, foreseen: Collection[int] = ()) -> None:
        for i, pool in enumerate(self.pools):
            missing = pool.target - pool.payroll - pool.coming
            if missing > 0:
                lag = self._lag - self._ahead if i in foreseen else self._lag
                pool.hires.append((week + lag, missing))
