"""What a SimPy desk keeps beside its process: the table of jobs, teams, people, accounts and the log."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import simpy

from tiersim.desk.due import LAST, Due
from tiersim.desk.jobs import CLOSED, COURSE, FILED, FOLLOW, NEVER, SERVE, SORT, Array, empty
from tiersim.desk.people import WAITING, WORKED, Hours, Job, Person, Team
from tiersim.desk.rules import BEGAN, CAME, DROPPED, Ints, Log, Rules, Seats


class Floor:
    """The desk without its process: what the engine calls, and accounts. `SimpyDesk` says what happens."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.hours = rules, Hours(rules.office)
        self.env = simpy.Environment()
        pools, room = rules.team_pool.tolist(), rules.room.tolist()
        self.teams = [Team(number, pool, room[number]) for number, pool in enumerate(pools)]
        self.people: list[Person] = []
        self.jobs: list[Job] = []
        self.table, self.count, self._filed = empty(16), 0, 0
        many = len(rules.on_duty)
        self.busy, self.begun = np.zeros((many, 5), np.int64), np.zeros((many, 5), np.int64)
        self.present = np.zeros(many, np.int64)
        self.is_open, self.day = False, -1
        self._touched: set[Team] = set()
        self._changed: set[Job] = set()
        self._log: list[tuple[int, int, int, int, int]] | None = None

    def _begin(self, job: Job) -> None:
        """Start the processes of a job just filed."""
        raise NotImplementedError

    def _settle(self, last: simpy.Event) -> None:
        """Let free people of touched teams take what waits."""
        raise NotImplementedError

    @property
    def now(self) -> int:
        """Second at which the clock stands."""
        return int(self.env.now)

    @property
    def area(self) -> Ints:
        """Integral over seconds of the number of waiting pieces, shape (teams,)."""
        return self._per_team("area")

    @property
    def waited(self) -> Ints:
        """Seconds of waits that have ended, shape (teams,)."""
        return self._per_team("waited")

    @property
    def waiting(self) -> Ints:
        """Requests that wait to be sorted or served, shape (teams,)."""
        return self._per_team("requests")

    def _per_team(self, name: str) -> Ints:
        for team in self.teams:
            team.look(self.now)
        return np.array([getattr(team, name) for team in self.teams], np.int64)

    def seat(self, seats: Seats) -> None:
        """People of the coming week. Who is new or changed teams is free from the next opening."""
        if len(seats.team) < len(self.people):
            raise ValueError(
                f"{len(seats.team)} seats: a desk with {len(self.people)} keeps them; empty ones have team -1"
            )
        self.people += [Person(number) for number in range(len(self.people), len(seats.team))]
        for person in self.people:
            number = int(seats.team[person.seat])
            team = self.teams[number] if number >= 0 else None
            if team is not person.team:
                self._leaves_line(person)
            person.team = team
            person.speed, person.slip = float(seats.speed[person.seat]), float(seats.slip[person.seat])
            person.days, person.duty = int(seats.days[person.seat]), bool(seats.duty[person.seat])
        self._touch(self.teams)

    def reteam(self, team: Array, spare: Array) -> None:
        """New columns `team` and `spare` of all jobs in the table; waiting pieces keep their second."""
        if len(team) != self.count or len(spare) != self.count:
            raise ValueError(f"{len(team)} teams for a table of {self.count} jobs")
        for job in self.jobs:
            job.team, job.spare = int(team[job.id]), int(spare[job.id])
            if job.queue is not None:
                self._moves_to(job, self.teams[job.team])
        self.table["team"][: self.count], self.table["spare"][: self.count] = team, spare
        self._touch(self.teams)

    def file(self, columns: dict[str, Array]) -> None:
        """Append jobs to the table, all columns of `FILED`; each starts its life at its second `ready`."""
        many = len(columns["ready"])
        if many and int(np.min(columns["ready"])) < self.now:
            raise ValueError(f"a job cannot come before second {self.now}, at which the desk stands")
        end = self.count + many
        if end > len(self.table["ready"]):
            larger = empty(2 * end)
            for name, column in self.table.items():
                larger[name][: self.count] = column[: self.count]
            self.table = larger
        fresh = empty(many)
        for name in (*FILED, *COURSE):
            self.table[name][self.count : end] = columns[name] if name in FILED else fresh[name]
        for place in range(self.count, end):
            job = Job(self.table, place, self._filed)
            self._filed += 1
            self.jobs.append(job)
            self._begin(job)
        self.count = end

    def run(self, until: int, log: bool = False) -> Log | None:
        """Handle every second before `until`; with `log`, what happened in order."""
        self._log = [] if log else None
        if until > self.now:
            self.env.run(until)
        for job in self._changed:
            job.write(self.table)
        self._changed.clear()
        if self._log is None:
            return None
        columns = np.array(self._log, np.int64).reshape(-1, 5).T
        return Log(*(np.ascontiguousarray(column) for column in columns))

    def sweep(self) -> Ints:
        """Drop closed jobs from the table; returns the places of those that stay, which close up."""
        self.jobs = [job for job in self.jobs if not job.closed]
        kept = np.array([job.id for job in self.jobs], np.int64)
        for column in self.table.values():
            column[: len(kept)] = column[kept]
        for place, job in enumerate(self.jobs):
            job.id = place
        self.count = len(kept)
        return kept

    # -- what the process writes with -------------------------------------------------------------

    def _at(self, second: int, kind: int, number: int) -> simpy.Event:
        """Wait for the second in which something happens to job or span `number`."""
        return Due(self.env, second, kind, number)

    def _touch(self, teams: Iterable[Team]) -> None:
        """Something changed for these teams: settle at the end of this second, once."""
        if not self._touched:
            self._at(self.now, LAST, 0).callbacks.append(self._settle)
        self._touched.update(teams)

    def _note(self, event: int, job: Job, seat: int = -1) -> None:
        """Log an event of a job, whose row is written when the run ends."""
        self._changed.add(job)
        if self._log is not None:
            self._log.append((self.now, event, job.id, seat, job.band))

    def _note_office(self, event: int, span: int) -> None:
        """Log that the office opens or closes."""
        if self._log is not None:
            self._log.append((self.now, event, -1, span, -1))

    def _leaves_line(self, person: Person) -> None:
        """Out of the line of the free, if the person stands in it."""
        if person.team is not None and person in person.team.free:
            person.team.free.remove(person)

    def _moves_to(self, job: Job, team: Team) -> None:
        """A waiting piece goes over to another team, which it has waited for since it first came."""
        assert job.queue is not None
        job.queue.leave(job, self.now)
        team.join(job, self.now)
        self._touch([team])

    # -- pieces: wait, are begun, are put down --------------------------------------------------------

    def _waits(self, job: Job, band: int, work: int) -> None:
        """A piece begins to wait in the job's team."""
        job.band, job.piece, job.since, job.stage = band, work, self.now, WAITING[band]
        job.turn = self.env.event()
        self._note(CAME, job)
        self.teams[job.team].join(job, self.now)
        self._touch([self.teams[job.team]])

    def _begins(self, person: Person, job: Job) -> None:
        """A person takes a waiting piece; accounts are kept at the begin, with the seconds it will need."""
        assert job.queue is not None and person.team is not None
        self._leaves_line(person)
        job.queue.end_wait(job, self.now)
        seconds = max(1, math.ceil(job.piece / person.speed))
        job.begun_at, job.finish_at = self.now, self.now + seconds
        if self.is_open and job.finish_at > (closing := self.hours.closing(self.now)):
            if not (person.duty and self.rules.on_duty[person.team.pool] > 0):
                job.finish_at = self.hours.finish(self.now, seconds)
            elif job.band > SERVE:
                # Who is on duty puts other work away at closing, but goes on with a request.
                job.finish_at, seconds = closing, closing - self.now
        job.seat, job.person, person.job, job.stage = person.seat, person, job, WORKED[job.band]
        if job.answered_at == NEVER and job.band not in (SORT, FOLLOW):
            job.answered_at = self.now
        self.busy[person.team.pool, job.band] += seconds
        self.begun[person.team.pool, job.band] += 1
        self._note(BEGAN, job, person.seat)

    def _put_down(self, person: Person) -> None:
        """A person has finished, and is free if this is a day at work."""
        assert person.job is not None
        person.job.seat, person.job.person, person.job = -1, None, None
        if person.team is not None:
            if person.present(self.day):
                person.team.free.append(person)
            self._touch([person.team])

    def _on_duty(self, pool: int) -> list[Person]:
        """Who of a pool may take requests out of office hours just now, in the order of seats."""
        if self.rules.on_duty[pool] <= 0:
            return []
        return [p for p in self.people if p.duty and p.job is None and p.team and p.team.pool == pool]

    def _no_room(self, team: Team) -> bool:
        """Whether a new request finds as many waiting as there may be, and nobody free who could begin it."""
        if team.room < 0:
            return False
        free = team.free if self.is_open else self._on_duty(team.pool)
        return team.requests >= team.room + len(free)

    def _give_up(self, job: Job) -> None:
        """Close a job that nobody has begun."""
        job.dropped, job.stage = 1, CLOSED
        self._note(DROPPED, job)
