"""What the service desk costs a run: its share of a world's time, and whole runs with it and without.

"Without" is `freeze.staff: true`, where requests wait as long as under today's usual staffing and no desk is
kept. The replication is a whole one: the past, the levels of week 0, and two worlds. Since the levels of
week 0 come from a desk of their own in both, the run is also compared with one of another checkout, if named.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from benchmarks.clock import Job, interleave
from benchmarks.whole import everyone
from tiersim.engine.prepare import prepare
from tiersim.engine.replicate import replicate
from tiersim.engine.world import Simulation
from tiersim.scenario.load import load
from tiersim.scenario.schema import Scenario

SEED = 20260105
POLICIES = ("today", "tiered")
QUEUE = ("file", "run", "sweep", "seat", "reteam")
"""What the engine calls of the desk itself; all else that `DESK` does is bookkeeping around it."""
DESK = ("open_week", "week", "close_quarter")

ELSEWHERE = """
import sys, time
import tiersim
from tiersim.engine.assignment import Assignment
from tiersim.engine.replicate import replicate
from tiersim.engine.world import World
from tiersim.scenario.load import load
starter, seed, policies = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
scenario = load(starter)
worlds = [World(name, Assignment.everyone(name)) for name in policies]
replicate(scenario, worlds, seed, 0)
print(tiersim.__file__, flush=True)
for line in sys.stdin:
    begin = time.process_time()
    for number in (0, 1):
        replicate(scenario, worlds, seed, 2 * int(line) + number)
    print(time.process_time() - begin, flush=True)
"""


class Stopwatch:
    """Adds up CPU time spent inside functions."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        @wraps(function)  # the engine reads what a stage wants from its signature
        def run(*arguments: Any) -> Any:
            begin = time.thread_time()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.thread_time() - begin

        return run

    def watch(self, thing: object, names: tuple[str, ...]) -> None:
        """Time these methods of an object."""
        for name in names:
            setattr(thing, name, self.timed(getattr(thing, name)))


def shares(scenario: Scenario, rounds: int) -> dict[str, float]:
    """Share of the desk, and of its queue alone, in the CPU time of a tiered world; medians of rounds."""
    start = prepare(scenario, SEED, 0)
    found: dict[str, list[float]] = {"desk_share": [], "queue_share": []}
    for number in range(rounds + 1):
        simulation = Simulation(scenario, start, everyone(POLICIES[-1]), SEED, 0)
        if simulation.desk is None:
            raise ValueError("a scenario without requests, or with frozen staff, keeps no desk to time")
        desk, queue = Stopwatch(), Stopwatch()
        desk.watch(simulation.desk, DESK)
        queue.watch(simulation.desk.queue, QUEUE)
        begin = time.thread_time()
        simulation.run()
        world = time.thread_time() - begin
        if number:  # the first may compile
            found["desk_share"].append(desk.seconds / world)
            found["queue_share"].append(queue.seconds / world)
    return {name: statistics.median(values) for name, values in found.items()}


def whole(scenario: Scenario) -> Callable[[int], float]:
    """A round: both replications of a parameter draw that no other round has, two worlds each."""
    worlds = [everyone(policy) for policy in POLICIES]

    def run(number: int) -> float:
        for which in (0, 1):
            replicate(scenario, worlds, SEED, 2 * number + which)
        return 1.0

    return run


class Elsewhere:
    """The package of another checkout in a process of its own, which waits while others are timed."""

    def __init__(self, folder: Path, starter: str) -> None:
        source = folder / "src"
        if not (source / "tiersim").is_dir():
            raise FileNotFoundError(f"{folder} is no checkout of tiersim: it has no src/tiersim")
        self.process = subprocess.Popen(
            [sys.executable, "-c", ELSEWHERE, starter, str(SEED), *POLICIES],
            env=os.environ | {"PYTHONPATH": str(source.resolve())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        found = self._line().strip()
        if not Path(found).is_relative_to(source.resolve()):
            self.close()
            raise RuntimeError(f"{found} was imported instead of the package in {source}")

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the run of the other checkout ended early; its message stands above")
        return line

    def seconds(self, number: int) -> float:
        """CPU seconds of that round there."""
        assert self.process.stdin is not None
        print(number, file=self.process.stdin, flush=True)
        return float(self._line())

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def measure(starter: str, rounds: int, before: Path | None = None) -> dict[str, float]:
    """Shares of a world, and medians over rounds of a whole run's CPU time over one without a desk."""
    scenario = load(starter)
    runs = {
        "with": Job(whole(scenario), rounds + 1),
        "frozen": Job(whole(scenario.override({"freeze.staff": True})), rounds + 1),
    }
    elsewhere = Elsewhere(before, starter) if before else None
    theirs: list[float] = []

    def other(number: int) -> float:
        assert elsewhere is not None
        theirs.append(elsewhere.seconds(number))
        return 1.0

    if elsewhere is not None:
        runs["before"] = Job(other, rounds + 1)
    try:
        timings = interleave(runs)
    finally:
        if elsewhere is not None:
            elsewhere.close()
    # The first round may compile.
    seconds = {name: timing.cpu[1:] for name, timing in timings.items()} | {"before": theirs[1:]}
    found = shares(scenario, rounds)
    for name in ("frozen", "before"):
        ratios = [ours / without for ours, without in zip(seconds["with"], seconds[name], strict=False)]
        if ratios:
            found[f"run_over_{name}"] = statistics.median(ratios)
    return found
