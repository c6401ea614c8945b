"""The service desk as a SimPy process: the specification that the compiled desk follows event for event.

A request's life is one generator: wait to be sorted, wait for its people, be served, perhaps go to another
department, come back, be solved, be called. Time is whole seconds. All happenings of one second come first,
in the order (kind, id); then one `_settle` at the lowest priority lets free people take what waits. So a
second is one batch, and two engines can agree on it.

Only this desk lets an analyst choose the next piece by a function of their own, or interrupt account work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import simpy

from tiersim.desk.due import CLOSE, DONE, DROP, MOVE, OPEN, READY, Course
from tiersim.desk.floor import Floor
from tiersim.desk.jobs import (
    ACCOUNT,
    AWAY,
    BOOKED,
    CLOSED,
    FILL,
    FOLLOW,
    MOST_ANSWERS,
    MOST_PASSES,
    REQUEST,
    SERVE,
    SORT,
    SORTED,
)
from tiersim.desk.people import Job, Person, Team
from tiersim.desk.rules import (
    CLOSED_OFFICE,
    ENDED,
    GAVE_UP,
    MOVED,
    OPENED,
    SOLVED,
    Rules,
)
from tiersim.random import u01d, words
from tiersim.random.streams import DESK

Choose = Callable[[Sequence[Job], Person, int], Job]
"""``choose(waiting, person, second)``: the job of `waiting` whose piece the person takes next."""

MOST_UNSOLVED = 0.95
"""Greatest chance that an answer does not solve, however badly it is given."""


class SimpyDesk(Floor):
    """A service desk that reads like the process it describes; same methods as `CompiledDesk`.

    Parameters
    ----------
    rules : what the desk goes by.
    choose : picks the next piece from those that wait, which stand in the fixed order that it replaces.
        None: the first of them.
    preempt_grave : a grave request for which nobody of its team is free interrupts the team's account work,
        the piece begun last first; what is left of that waits again as a piece of its own.

    Attributes
    ----------
    table, count : columns of `tiersim.desk.jobs` and how many rows are in use.
    busy, begun : seconds of work begun and pieces begun, shape (pools, 5) by band.
    present : seconds of people present in office hours, shape (pools,).
    area, waited, waiting : by team; see `Floor`.
    """

    def __init__(self, rules: Rules, *, choose: Choose | None = None, preempt_grave: bool = False) -> None:
        super().__init__(rules)
        self.choose, self.preempt_grave = choose, preempt_grave
        self.env.process(self._office())

    # -- the course of jobs ---------------------------------------------------------------------------

    def _begin(self, job: Job) -> None:
        course = self._request(job) if job.kind == REQUEST else self._task(job)
        job.life = self.env.process(course)
        if job.kind == REQUEST and job.move_at >= 0:
            self.env.process(self._overflow(job))
        if job.drop_at >= 0:
            self.env.process(self._patience(job))

    def _request(self, job: Job) -> Course:
        """A request's life."""
        yield self._at(job.ready, READY, job.number)
        if self._no_room(self.teams[job.team]):
            job.band = SORT if job.sorting > 0 else SERVE
            self._give_up(job)
            return
        if job.sorting > 0 and (yield from self._piece(job, SORT, job.sorting)) is None:
            return
        job.sorted_at, work = self.now, job.work
        while True:
            person = yield from self._piece(job, SERVE, work)
            if person is None:
                return
            work, pause = self._answer(job, person)
            if pause == 0:
                break
            job.stage = AWAY
            yield self._at(self.now + pause, READY, job.number)
        follow = int(self.rules.follow[job.cell])
        if follow > 0 and not job.unsolved:
            yield from self._piece(job, FOLLOW, follow)
            job.followed_at = self.now
        job.stage = CLOSED

    def _task(self, job: Job) -> Course:
        """A scheduled contact, a meeting, a piece of account work."""
        yield self._at(job.ready, READY, job.number)
        if (yield from self._piece(job, FILL if job.kind == ACCOUNT else BOOKED, job.work)) is not None:
            job.solved_at, job.stage = self.now, CLOSED

    def _piece(self, job: Job, band: int, work: int) -> Course:
        """Wait for somebody and be worked on; returns who did it, or None if the job was given up."""
        self._waits(job, band, work)
        while True:
            person = yield job.turn
            if person is None:
                return None
            try:
                yield self._at(job.finish_at, DONE, job.number)
            except simpy.Interrupt:
                continue  # what is left waits again; `_interrupt` has seen to that
            self._note(ENDED, job, person.seat)
            self._put_down(person)
            return person

    def _answer(self, job: Job, person: Person) -> tuple[int, int]:
        """What comes of an answer: seconds of work still to be done, and until that waits (0: it is over)."""
        rules, kind = self.rules, job.request_class
        block = job.which * 32 + job.served
        job.served += 1
        drawn = words(rules.seed, rules.replication, np.uint64(job.birth), job.week, DESK, block)
        solves, passes, pause = (float(u01d(word)) for word in drawn[:3])
        elsewhere = float(rules.department[kind]) if job.passes == 0 else rules.pass_back
        if job.passes < MOST_PASSES and passes < elsewhere:
            job.passes += 1
            back = max(1, math.ceil(-float(rules.cycle[job.cell]) * math.log(pause)))
            return max(1, math.ceil(rules.rest * job.work)), back
        if solves < min(MOST_UNSOLVED, float(rules.unsolved[kind]) * person.slip):
            job.answers, job.passes = job.answers + 1, 0
            if job.answers >= MOST_ANSWERS:
                job.unsolved = 1
                self._note(GAVE_UP, job, person.seat)
                return 0, 0
            return job.work, max(1, math.ceil(-rules.again * math.log(pause)))
        job.solved_at = self.now
        self._note(SOLVED, job, person.seat)
        return 0, 0

    def _overflow(self, job: Job) -> Course:
        """Another team takes over a request that nobody has answered in time."""
        yield self._at(job.move_at, MOVE, job.number)
        if job.spare >= 0 and (job.unbegun or job.stage == SORTED):
            job.team, job.moved = job.spare, 1
            self._note(MOVED, job)
            if job.queue is not None:
                self._moves_to(job, self.teams[job.team])

    def _patience(self, job: Job) -> Course:
        """A job that nobody has begun in time is given up."""
        yield self._at(job.drop_at, DROP, job.number)
        if job.unbegun and job.queue is not None:
            job.queue.end_wait(job, self.now)
            self._give_up(job)
            job.turn.succeed(None)

    # -- office hours and people ----------------------------------------------------------------------

    def _office(self) -> Course:
        """The office opens and closes; who is at work that day is free from the opening."""
        for span, (opens, closes) in enumerate(zip(self.hours.opens, self.hours.closes, strict=True)):
            yield self._at(opens, OPEN, span)
            self.is_open, self.day = True, self.hours.day[span]
            self._note_office(OPENED, span)
            for person in self.people:
                if person.team is None:
                    continue
                if not person.present(self.day):
                    self._leaves_line(person)
                    continue
                self.present[person.team.pool] += closes - opens
                if person.job is None and person not in person.team.free:
                    person.team.free.append(person)
            self._touch(self.teams)
            yield self._at(closes, CLOSE, span)
            self.is_open = False
            self._note_office(CLOSED_OFFICE, span)
            self._touch(self.teams)

    # -- the end of a second --------------------------------------------------------------------------

    def _settle(self, last: simpy.Event) -> None:
        """Free people take what waits: each team in office hours, each pool's duty out of them."""
        teams = sorted(self._touched, key=lambda team: team.number)
        self._touched.clear()
        if self.is_open:
            for team in teams:
                while team.free and team.waiting:
                    self._takes(team.free[0], team.waiting)
                if self.preempt_grave:
                    self._interrupt(team)
        else:
            for pool in sorted({team.pool for team in teams}):
                ours = [team for team in self.teams if team.pool == pool]
                for person in self._on_duty(pool):
                    waiting = sorted(p for team in ours for p in team.waiting if p[1].band <= SERVE)
                    if not waiting:
                        break
                    self._takes(person, waiting)

    def _takes(self, person: Person, waiting: Sequence[tuple[object, Job]]) -> None:
        """A free person begins one of the pieces that wait."""
        job = waiting[0][1]
        if self.choose is not None:
            jobs = [piece[1] for piece in waiting]
            job = self.choose(jobs, person, self.now)
            if job not in jobs:
                raise ValueError("choose() must return one of the waiting jobs that it was given")
        self._begins(person, job)
        job.turn.succeed(person)

    def _interrupt(self, team: Team) -> None:
        """Grave requests that still wait take the people who are at account work."""
        jobs = (person.job for person in self.people if person.team is team and person.job is not None)
        at_work = [job for job in jobs if job.band == FILL and job.begun_at < self.now]
        at_work.sort(key=lambda job: (job.begun_at, job.number))
        graves = [piece for piece in team.waiting if piece[1].grave and piece[1].band <= SERVE]
        for piece in graves:
            if not at_work:
                return
            job = at_work.pop()
            person = job.person
            assert person is not None
            left = self.hours.left(self.now, job.finish_at)
            self.busy[team.pool, FILL] -= left
            self._note(ENDED, job, person.seat)
            job.seat, job.person, person.job = -1, None, None
            job.life.interrupt()
            self._waits(job, FILL, max(1, math.ceil(left * person.speed)))
            self._takes(person, [piece])
