"""The roster: people of the pools as seats of the desk, week by week, and whose team a customer has (R17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk.rules import Seats
from tiersim.engine.staffing import SICK, SICK_LATE, Person, Pool
from tiersim.engine.teams import deal, even_sizes, fill_teams, most_teams, remainder_sizes, team_for
from tiersim.kernel import kernel
from tiersim.policy.care import BY_REGION
from tiersim.random import u01d, words
from tiersim.random.streams import STAFF
from tiersim.scenario.opening import hours_a_week, read_opening
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

__all__ = ["Roster", "attend", "team_for"]

_GOLDEN = 0.6180339887498949


@kernel
def attend(  # type: ignore[no-untyped-def]
    seed, rep, week, number, pool, rank, ready, people, on_duty, open_days, off, absence, days, duty, speed
):
    """Who is there on which day of a week, who is on duty, and at what pace; see `Roster`.

    The days on which a person of a pool is off are dealt round: the o-th such day since week 0 goes to
    person o modulo their number, and up to day D there have been floor(D x people x off), but for where the
    deal begins. So no day and no
    person has one more than another. Weeks begin the deal on different days, or one person in a pool that
    is off every fifth day of five would always be off on the same.
    """
    open_count = open_days.size
    turn = week * _GOLDEN
    shift = np.int64((turn - np.floor(turn)) * open_count)
    for s in range(number.size):
        days[s], duty[s], speed[s] = 0, 0, 1.0
        p = pool[s]
        if p < 0:
            continue
        if ready[s] > week:
            speed[s] = 0.5
        n = people[p]
        if on_duty[p] > 0 and (rank[s] - week * on_duty[p]) % n < on_duty[p]:
            duty[s] = 1
        early = words(seed, rep, number[s], week, STAFF, SICK)
        late = words(seed, rep, number[s], week, STAFF, SICK_LATE)
        begins = (p + 1) * _GOLDEN  # never near a whole number, so that rounding errors decide nothing
        for i in range(open_count):
            day = open_days[i]
            if u01d(early[day] if day < 4 else late[day - 4]) < absence:
                continue
            dealt = week * open_count + (i + shift) % open_count
            before = np.int64(np.floor(dealt * n * off + begins))
            after = np.int64(np.floor((dealt + 1) * n * off + begins))
            if (rank[s] - before) % n >= after - before:
                days[s] |= 1 << day


class Roster:
    """Turns the people of `pools` into the desk's seats.

    A person keeps its seat for as long as it is in any pool; a seat that somebody leaves stays empty in that
    week and may be taken from the next. A pool of n people in teams of k has max(1, n // k) teams, as equal
    as can be; people keep their team unless it is dissolved or too large, and teams are dissolved from the
    last, so that few customers change theirs. Teams by region get seats by largest remainder; a region
    without a seat is served by the region with most, of equals by the one with fewest customers. In a pool
    without anybody one team without seats serves all. The number of rooms for teams is fixed
    (`most_teams`): pool p's begin at ``team_first[p]``.

    People are at work on the share ``hours / open hours`` of the days, dealt round (`attend`), less days off
    sick, each with chance ``staff.absence``. On duty are ``desk.on_duty`` people of each round-the-clock
    pool, others each week.

    Attributes
    ----------
    team_pool : pool of each room for a team; never changes.
    team_first, team_count, region_team : of shape (pools,), (pools,), (pools, regions), -1 where teams are
        not by region; these arrays stay the same and are written to.
    skill : mean skill of a pool's people, 0 where there are none.
    changed : whether anybody's team, or any number of teams, is another than in the week before.
    """

    def __init__(
        self, scenario: Scenario, pools: Sequence[Pool], values: dict[str, float], address: tuple[int, int]
    ) -> None:
        cares = [pool.plan.care for pool in pools]
        opening = read_opening(scenario.desk.opening)
        self._pools, self._address = pools, address
        self._regions = list(resolve_rest(dict(scenario.population.regions)).values())
        self._days = np.array([day for day, span in enumerate(opening) if span is not None], np.int64)
        self._off = max(0.0, 1.0 - scenario.staff.hours / hours_a_week(opening))
        self._absence = float(values["staff.absence"])
        self._on_duty = np.array([scenario.desk.on_duty * care.on_call for care in cares], np.int64)
        held = np.array([care.procedures for care in cares], float) * values["staff.procedure_effect"]
        self._spread = values["staff.skill_spread"] * (1.0 - held)
        self._sizes = [care.team for care in cares]
        self._most = [most_teams(pool, scenario.customers, len(self._regions)) for pool in pools]
        self.team_pool: Ints = np.repeat(np.arange(len(pools)), self._most)
        self.team_first: Ints = np.cumsum([0, *self._most[:-1]])
        self.team_count: Ints = np.ones(len(pools), np.int64)
        self.region_team: Ints = np.full((len(pools), len(self._regions)), -1, np.int64)
        for p, size in enumerate(self._sizes):
            if size == BY_REGION:
                self.team_count[p] = len(self._regions)
                self.region_team[p] = self.team_first[p]
        self.skill: Floats = np.zeros(len(pools))
        self.changed = False
        self._versions: list[int] = []
        self._seat: dict[int, int] = {}
        self._spare: list[int] = []
        self._freed: list[int] = []
        self._people: Ints = np.zeros(len(pools), np.int64)
        self._resize(0)

    def _resize(self, seats: int) -> None:
        """Arrays by seat, all seats empty."""
        self._number, self._ready, self._rank = (np.zeros(seats, np.int64) for _ in range(3))
        self._pool, self._team = np.full(seats, -1, np.int64), np.full(seats, -1, np.int64)
        self._slip = np.ones(seats)

    def week(self, week: int) -> Seats:
        """The seats of a week; to be asked for once a week, in order. The arrays are not written to later."""
        versions = [pool.version for pool in self._pools]
        self.changed = versions != self._versions and self._settle()
        self._versions = versions
        seats = self._team.size
        days, duty, speed = np.empty(seats, np.int64), np.empty(seats, np.int64), np.empty(seats)
        attend(
            *self._address, week, self._number, self._pool, self._rank, self._ready, self._people,
            self._on_duty, self._days, self._off, self._absence, days, duty, speed,
        )  # fmt: skip
        return Seats(self._team, speed, self._slip, days, duty)

    def team_of(self, pool: Any, birth: Any, region: Any) -> Ints:
        """Teams of customers with these pools, birth ids and regions, which are broadcast to one shape."""
        pool, birth, region = np.broadcast_arrays(pool, birth, region)
        team = np.empty(birth.size, np.int64)
        fill_teams(
            pool.ravel(), birth.ravel().astype(np.uint64), region.ravel(), self.team_first, self.team_count,
            self.region_team, team,
        )  # fmt: skip
        return team.reshape(birth.shape)

    # -- people come, go and move ---------------------------------------------------------------------

    def _settle(self) -> bool:
        """Seats and teams of all people anew; whether any team is another than before."""
        before = self._team, self.team_count.copy(), self.region_team.copy()
        self._take_seats()
        for p, pool in enumerate(self._pools):
            seats = [self._seat[person.number] for person in pool.people]
            self._put(p, pool.people, seats, self._team_up(p, seats, before[0]))
        after = self._team, self.team_count, self.region_team
        return not self._versions or not all(map(np.array_equal, before, after))

    def _take_seats(self) -> None:
        """Empty the seats of those who have gone, then give seats to those who came."""
        here = {person.number for pool in self._pools for person in pool.people}
        self._spare += self._freed
        self._freed = [self._seat.pop(number) for number in list(self._seat) if number not in here]
        seats = self._team.size
        self._spare.sort(reverse=True)
        for pool in self._pools:
            for person in pool.people:
                if person.number not in self._seat:
                    if not self._spare:
                        self._spare.append(seats)
                        seats += 1
                    self._seat[person.number] = self._spare.pop()
        self._resize(seats)

    def _team_up(self, p: int, seats: list[int], before: Ints) -> list[int]:
        """Team of each person within pool p, and the pool's number of teams."""
        size, n, first = self._sizes[p], len(seats), int(self.team_first[p])
        had = [int(before[seat]) - first if seat < before.size else -1 for seat in seats]
        if size == BY_REGION:
            sizes = remainder_sizes(n, self._regions)
            helper = max(range(len(sizes)), key=lambda r: (sizes[r], -self._regions[r])) if n else 0
            self.region_team[p] = [first + (r if sizes[r] else helper) for r in range(len(sizes))]
        else:
            self.team_count[p] = teams = max(1, min(n // size, self._most[p]))
            sizes = even_sizes(n, [had.count(team) for team in range(teams)])
        return deal(had, sizes)

    def _put(self, p: int, people: Sequence[Person], seats: list[int], team: list[int]) -> None:
        at = np.array(seats, np.int64)
        skill = np.array([person.skill for person in people])
        self._people[p] = len(seats)
        self._pool[at], self._rank[at] = p, np.arange(at.size)
        self._team[at] = self.team_first[p] + np.array(team, np.int64)
        self._number[at] = [person.number for person in people]
        self._ready[at] = [person.ready_week for person in people]
        spread = self._spread[p]
        self._slip[at] = np.exp(-spread * skill - 0.5 * spread * spread)
        self.skill[p] = skill.mean() if skill.size else 0.0
