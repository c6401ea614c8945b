"""Timing in interleaved rounds: every job once a round, so that a slow minute of the machine hits all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Timing:
    """Seconds of one job, one entry a round; `units` is what a round did (customer-weeks)."""

    units: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def best(self) -> float:
        """Units per second of CPU time, best round."""
        return max(u / s for u, s in zip(self.units, self.cpu, strict=True))

    def median(self) -> float:
        """Units per second of CPU time, median round."""
        return statistics.median(u / s for u, s in zip(self.units, self.cpu, strict=True))

    def best_wall(self) -> float:
        """Units per second of wall time, best round."""
        return max(u / s for u, s in zip(self.units, self.wall, strict=True))

    def median_wall(self) -> float:
        """Units per second of wall time, median round."""
        return statistics.median(u / s for u, s in zip(self.units, self.wall, strict=True))


@dataclass(frozen=True)
class Job:
    """Something to time: called with the number of the round, returns the units it did."""

    run: Callable[[int], float]
    rounds: int


def interleave(jobs: Mapping[str, Job]) -> dict[str, Timing]:
    """Run all jobs round by round; one with fewer rounds sits the last ones out.

    Callers run each job once before, so that no compilation or import is timed. The collector of
    garbage runs between jobs and not within.
    """
    timings = {name: Timing() for name in jobs}
    for number in range(max((job.rounds for job in jobs.values()), default=0)):
        for name, job in jobs.items():
            if number >= job.rounds:
                continue
            gc.collect()
            gc.disable()
            try:
                wall, cpu = time.perf_counter(), time.process_time()
                units = job.run(number)
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            finally:
                gc.enable()
            timings[name].units.append(units)
            timings[name].cpu.append(cpu)
            timings[name].wall.append(wall)
    return timings


def nanoseconds(call: Callable[[], object], items: int, seconds: float = 0.3) -> float:
    """Nanoseconds per item of `call`, best of rounds of some 5 ms that fill about `seconds`."""
    call()
    start = time.process_time()
    call()
    once = max(time.process_time() - start, 1e-7)
    repeats = max(1, int(0.005 / once))
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.process_time()
        for _ in range(repeats):
            call()
        best = min(best, (time.process_time() - start) / repeats)
    return best / items * 1e9
