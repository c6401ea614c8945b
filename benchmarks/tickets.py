"""The ticket stream that all desks serve: people who answer for one another, four priorities, no pauses.

Requests come as a Poisson process, last exponential times of one mean, and are served by the next free
person, best tier first, first come first served within a tier; nobody is interrupted. Clocks count whole
seconds. A second in which two things happen would ask each tool for its own order of ties, so there is
none: arrivals fall on different seconds, and a duration that would end on one already taken is a second
longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from benchmarks.law import SHARES, TIERS

LOAD = 0.85
WORK = 1800
"""Mean seconds of work."""
WEEK = 7 * 86_400

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stream:
    """Requests in the order in which they come, all columns of shape (requests,)."""

    people: int
    weeks: int
    """Weeks in which requests come; the last are served after them."""
    ready: Ints
    """Second in which each comes."""
    work: Ints
    """Seconds of work, at least 1."""
    tier: Ints
    """Priority, 0 first."""
    waits: Ints
    """Seconds that each waits, by the few lines of `serve` here, which no tool is part of."""

    def __len__(self) -> int:
        return len(self.ready)

    @property
    def events(self) -> int:
        """Arrivals, begins and ends."""
        return 3 * len(self)

    def mean_waits(self, waits: Ints) -> list[float]:
        """Mean seconds by tier; nan for a tier without requests."""
        return [
            float(waits[self.tier == t].mean()) if (self.tier == t).any() else float("nan")
            for t in range(len(TIERS))
        ]


def serve(people: int, ready: Ints, work: Ints, tier: Ints) -> tuple[Ints, Ints]:
    """Seconds of wait, and of work without ties; columns as in `Stream`."""
    came, lasts, band = ready.tolist(), work.tolist(), tier.tolist()
    taken = set(came)
    waits = [0] * len(came)
    line: list[tuple[int, int]] = []
    ends: list[int] = []
    free, coming = people, 0
    while coming < len(came) or ends:
        if ends and (coming == len(came) or ends[0] < came[coming]):
            now = heappop(ends)
            free += 1
        else:
            now = came[coming]
            heappush(line, (band[coming], coming))
            coming += 1
        if free and line:
            job = heappop(line)[1]
            while now + lasts[job] in taken:
                lasts[job] += 1
            taken.add(now + lasts[job])
            heappush(ends, now + lasts[job])
            waits[job] = now - came[job]
            free -= 1
    return np.array(waits, np.int64), np.array(lasts, np.int64)


def draw(people: int, weeks: int, seed: int) -> Stream:
    """Requests of `weeks` weeks for so many people at the load `LOAD`."""
    rng = np.random.default_rng([seed, people])
    seconds = weeks * WEEK
    many = int(rng.poisson(LOAD * people / WORK * seconds))
    ready = np.sort(rng.choice(seconds - 1, many, replace=False, shuffle=False)).astype(np.int64) + 1
    work = np.maximum(np.ceil(rng.exponential(WORK, many)), 1).astype(np.int64)
    tier = rng.choice(len(TIERS), many, p=SHARES).astype(np.int64)
    waits, work = serve(people, ready, work, tier)
    return Stream(people, weeks, ready, work, tier, waits)
