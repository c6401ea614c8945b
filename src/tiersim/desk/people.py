"""People, teams and office hours of the desk as a process: small classes, each with one thing to keep."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from itertools import accumulate
from typing import Any

from tiersim.desk.jobs import (
    BOOKED,
    CLOSED,
    COMING,
    COURSE,
    FILED,
    FILL,
    FOLLOW,
    FOLLOW_WAITS,
    FOLLOWED,
    NEVER,
    SERVE,
    SERVED,
    SORT,
    SORTED,
    SORTING_WAIT,
    WAITS,
    Array,
)
from tiersim.desk.rules import Office

Key = tuple[int, int, int, int]
"""Place of a piece in the waiting order: band, rank, second since which it waits, number of its job."""

WAITING = {SORT: SORTING_WAIT, SERVE: WAITS, FOLLOW: FOLLOW_WAITS, BOOKED: WAITS, FILL: WAITS}
"""Stage of a job whose piece of this band waits."""

WORKED = {SORT: SORTED, SERVE: SERVED, FOLLOW: FOLLOWED, BOOKED: SERVED, FILL: SERVED}
"""Stage of a job whose piece of this band is under way."""


class Job:
    """One job of the table while it is open: its columns as plain attributes, and what the process adds.

    `number` counts all jobs ever filed, so that it orders jobs as their ids do and survives a sweep; `id`
    is the place in the table. `turn` is the event that ends the wait of a piece; its value is the person
    who takes it, or None where the job is given up; `life` is the process that leads it through its course.
    """

    customer: int
    birth: int
    week: int
    which: int
    kind: int
    request_class: int
    grave: int
    cell: int
    topic: int
    team: int
    spare: int
    move_at: int
    rank: int
    ready: int
    sorting: int
    work: int
    drop_at: int
    stage: int
    band: int
    piece: int
    since: int
    seat: int
    served: int
    answers: int
    passes: int
    moved: int
    sorted_at: int
    answered_at: int
    solved_at: int
    followed_at: int
    unsolved: int
    dropped: int

    def __init__(self, table: dict[str, Array], place: int, number: int) -> None:
        self.id, self.number = place, number
        for name in (*FILED, *COURSE):
            setattr(self, name, table[name][place].item())
        self.stage = COMING
        self.queue: Team | None = None
        self.person: Person | None = None
        self.turn: Any = None
        self.life: Any = None
        self.begun_at = self.finish_at = NEVER

    def write(self, table: dict[str, Array]) -> None:
        """Bring the course of the job into its row of `table`, `told` apart, which others write."""
        for name in ("team", "spare", *COURSE):
            if name != "told":
                table[name][self.id] = getattr(self, name)

    @property
    def unbegun(self) -> bool:
        """Whether it waits in a team just now and nobody has begun to work on it."""
        return self.stage in (SORTING_WAIT, WAITS) and self.answered_at == NEVER

    @property
    def closed(self) -> bool:
        return self.stage == CLOSED

    @property
    def key(self) -> Key:
        """Order of service; rank counts only among pieces of request work."""
        return self.band, self.rank if self.band == SERVE else 0, self.since, self.number


class Person:
    """Who sits in a seat: the team, the pace, the days at work, and the job at hand."""

    def __init__(self, seat: int) -> None:
        self.seat = seat
        self.team: Team | None = None
        self.speed = self.slip = 1.0
        self.days = 0
        self.duty = False
        self.job: Job | None = None

    def present(self, day: int) -> bool:
        """Whether this is one of the person's days; day -1 (office never opened yet) is nobody's."""
        return day >= 0 and bool(self.days >> day & 1)


class Team:
    """People who answer for one another, the line of those who are free, and the pieces that wait.

    `area` is the integral of the number of waiting pieces over seconds, `waited` the sum of waits that
    ended here: the two sides of Little's law.
    """

    def __init__(self, number: int, pool: int, room: int) -> None:
        self.number, self.pool, self.room = number, pool, room
        self.free: list[Person] = []
        self.waiting: list[tuple[Key, Job]] = []
        self.requests = self.area = self.waited = self.looked = 0

    def look(self, now: int) -> None:
        """Carry `area` on to this second."""
        self.area += len(self.waiting) * (now - self.looked)
        self.looked = now

    def join(self, job: Job, now: int) -> None:
        """A piece begins to wait here, behind all that go before it."""
        self.look(now)
        insort(self.waiting, (job.key, job))
        self.requests += job.band <= SERVE
        job.queue = self

    def leave(self, job: Job, now: int) -> None:
        """A piece waits here no longer."""
        self.look(now)
        del self.waiting[bisect_left(self.waiting, (job.key,))]
        self.requests -= job.band <= SERVE
        job.queue = None

    def end_wait(self, job: Job, now: int) -> None:
        """It leaves because it is begun or given up, so that its wait is over."""
        self.leave(job, now)
        self.waited += now - job.since


class Hours:
    """Office hours as a clock of their own: seconds of open time, and when work begun in them ends."""

    def __init__(self, office: Office) -> None:
        self.opens: list[int] = office.opens.tolist()
        self.closes: list[int] = office.closes.tolist()
        self.day: list[int] = office.day.tolist()
        lengths = (close - start for start, close in zip(self.opens, self.closes, strict=True))
        self.ends = list(accumulate(lengths))  # open seconds until the end of each span

    def elapsed(self, second: int) -> int:
        """Open seconds before `second`."""
        span = bisect_right(self.opens, second) - 1
        if span < 0:
            return 0
        return self.ends[span] - max(0, self.closes[span] - second)

    def closing(self, second: int) -> int:
        """Second at which the span of `second` closes."""
        return self.closes[bisect_right(self.opens, second) - 1]

    def finish(self, start: int, work: int) -> int:
        """Second at which `work` seconds begun at `start` are done; after the last span in clock time."""
        worked = self.elapsed(start) + work
        span = bisect_left(self.ends, worked)
        if span == len(self.ends):
            return (self.closes[-1] - self.ends[-1] if self.ends else start - worked + work) + worked
        return self.closes[span] - (self.ends[span] - worked)

    def left(self, second: int, finish: int) -> int:
        """Seconds of work left at `second`, in office hours, of a piece that would end at `finish`."""
        late = max(0, finish - self.closes[-1])
        return self.elapsed(finish) - self.elapsed(second) + late
