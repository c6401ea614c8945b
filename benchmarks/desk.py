"""The service desk: the same ticket stream through the compiled desk, SimPy and Ciw, and its share of a run.

`python -m benchmarks.desk` measures this part alone and renews its section of RESULTS.md and its figures in
results.json; `--quick` prints a short run and writes nothing; `--before FOLDER` also times whole runs with
the package of another checkout, such as the last one without a desk.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks import desk_worlds
from benchmarks.clock import Job, Timing, interleave, nanoseconds
from benchmarks.law import TIERS
from benchmarks.peers import NotThereYet
from benchmarks.tickets import WEEK, Ints, Stream, draw

SEED = 20260105
OURS = "tiersim_desk.compiled"
QUIET_PEOPLE, QUIET_WEEKS = 20, 200
LEAST_EVENTS = 500_000
"""Events of a round of the compiled desk, which serves a stream so often that a round lasts some 20 ms."""

Serve = Callable[[Stream], Ints]
Say = Callable[[str], None]
Ready = list[tuple[Stream, dict[str, Serve]]]


@dataclass(frozen=True)
class Rival:
    """One way to serve the stream: a function of a module in `benchmarks.peers`."""

    name: str
    title: str

    def load(self) -> Serve:
        """Its function; imports the tool that it stands for."""
        module, function = self.name.split(".")
        serve: Serve = getattr(import_module(f"benchmarks.peers.{module}"), function)
        return serve


RIVALS = (
    Rival(OURS, "tiersim, compiled desk"),
    Rival("tiersim_desk.simpy", "tiersim, SimPy desk"),
    Rival("simpy_desk.serve", "SimPy, `PriorityResource`"),
    Rival("ciw_desk.serve", "Ciw, priority classes"),
)


@dataclass(frozen=True)
class DeskPlan:
    """Sizes and rounds of this part of the benchmark."""

    weeks: dict[int, int]
    """Weeks of the stream by number of people."""
    rounds: int
    starters: tuple[str, ...]
    starter_rounds: int


FULL = DeskPlan({4: 20, 20: 4, 100: 1}, rounds=7, starters=("machinery", "retail"), starter_rounds=5)
QUICK = DeskPlan({4: 2, 20: 1}, rounds=3, starters=("machinery",), starter_rounds=2)


@dataclass
class DeskFound:
    """What was found; empty where a part did not run."""

    plan: DeskPlan
    tickets: dict[int, int] = field(default_factory=dict)
    """Requests of the stream by people."""
    waits: dict[int, list[float]] = field(default_factory=dict)
    """Mean seconds by people and tier, the same for all."""
    timings: dict[int, dict[str, Timing]] = field(default_factory=dict)
    quiet_us: float | None = None
    """Microseconds of a week without requests."""
    worlds: dict[str, dict[str, float]] = field(default_factory=dict)
    """By starter: shares of a world and ratios of whole runs."""
    disagreements: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def differences(name: str, stream: Stream, waits: Ints) -> list[str]:
    """Where waits are not those of the stream, by tier; every request must wait its exact seconds."""
    found = []
    ours, theirs = stream.mean_waits(stream.waits), stream.mean_waits(waits)
    for t, tier in enumerate(TIERS):
        wrong = np.flatnonzero((waits != stream.waits) & (stream.tier == t))
        if wrong.size:
            found.append(
                f"{name}, {stream.people} people, tier {tier}: mean wait {theirs[t]:.2f} s, "
                f"not {ours[t]:.2f} s; {wrong.size} requests differ, first number {wrong[0]}"
            )
    return found


def check(stream: Stream, found: DeskFound) -> dict[str, Serve]:
    """Let all rivals serve the stream once, which also compiles, and compare; returns those that can run."""
    rivals = {}
    for rival in RIVALS:
        try:
            serve = rival.load()
            waits = serve(stream)
        except (NotThereYet, ModuleNotFoundError) as reason:
            text = f"{rival.title}: {reason}"
            found.missing += [] if text in found.missing else [text]
            continue
        found.disagreements += differences(rival.title, stream, waits)
        rivals[rival.name] = serve
    return rivals


def race(rivals: dict[str, Serve], stream: Stream, rounds: int) -> dict[str, Timing]:
    """Time all rivals, interleaved; the unit is an event: an arrival, a begin or an end."""

    def job(name: str, serve: Serve) -> Job:
        repeats = -(-LEAST_EVENTS // max(stream.events, 1)) if name == OURS else 1

        def run(number: int) -> float:
            for _ in range(repeats):
                serve(stream)
            return float(repeats * stream.events)

        return Job(run, rounds)

    return interleave({name: job(name, serve) for name, serve in rivals.items()})


def over(one: Timing, other: Timing) -> float:
    """Speed of one over the other's, median of the ratios of rounds."""
    cost = [
        [cpu / units for cpu, units in zip(timing.cpu, timing.units, strict=True)] for timing in (one, other)
    ]
    return statistics.median(b / a for a, b in zip(*cost, strict=True))


def quiet_week(seconds: float = 0.5) -> float:
    """Microseconds of a week in which nothing is filed: people seated, nothing filed, run, swept."""
    from benchmarks.peers.tiersim_desk import filed, rules, seats
    from tiersim.desk.compiled import CompiledDesk

    none = np.zeros(0, np.int64)
    nothing = filed(Stream(QUIET_PEOPLE, 0, none, none, none, none), 0, 0)
    team, law = seats(QUIET_PEOPLE), rules(QUIET_WEEKS)

    def weeks() -> None:
        desk = CompiledDesk(law)
        for week in range(1, QUIET_WEEKS + 1):
            desk.seat(team)
            desk.file(nothing)
            desk.run(week * WEEK)
            desk.sweep()

    return nanoseconds(weeks, QUIET_WEEKS, seconds) / 1e3


def compare(plan: DeskPlan, say: Say) -> tuple[DeskFound, Ready]:
    """Let everybody serve every stream, and note where waits differ."""
    found, ready = DeskFound(plan), []
    for people, weeks in plan.weeks.items():
        stream = draw(people, weeks, SEED)
        say(f"desk of {people} people: waits of {len(stream):,} requests")
        ready.append((stream, check(stream, found)))
        found.tickets[people], found.waits[people] = len(stream), stream.mean_waits(stream.waits)
    return found, ready


def timed(found: DeskFound, ready: Ready, say: Say, before: Path | None = None) -> DeskFound:
    """The times of those who agree, of a quiet week, and of the desk in a run."""
    for stream, rivals in ready:
        say(f"desk of {stream.people} people: speed")
        found.timings[stream.people] = race(rivals, stream, found.plan.rounds)
    found.quiet_us = quiet_week()
    for starter in found.plan.starters:
        say(f"desk in the {starter} starter")
        found.worlds[starter] = desk_worlds.measure(starter, found.plan.starter_rounds, before)
    return found


def numbers(found: DeskFound) -> dict[str, float]:
    """All figures, by dotted name; rates in events per second of CPU time, one thread."""
    out: dict[str, float] = {}
    for people, timings in found.timings.items():
        out[f"desk.{people}.tickets"] = found.tickets[people]
        for t, tier in enumerate(TIERS):
            out[f"desk.{people}.mean_wait_s.{tier}"] = found.waits[people][t]
        for name, timing in timings.items():
            out[f"desk.{people}.{name}.events_per_s.median"] = timing.median()
            out[f"desk.{people}.{name}.events_per_s.best"] = timing.best()
            if OURS in timings and name != OURS:
                out[f"desk.{people}.{OURS}.over.{name}"] = over(timings[OURS], timing)
    if found.quiet_us is not None:
        out["desk.quiet_week_us"] = found.quiet_us
    for starter, figures in found.worlds.items():
        out |= {f"desk.starter.{starter}.{name}": value for name, value in figures.items()}
    return {name: value for name, value in out.items() if value == value}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    from benchmarks.__main__ import HERE, stopwatch, write
    from benchmarks.desk_page import lines, renewed

    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some seconds; writes only with --out")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="checkout to compare whole runs with")
    parser.add_argument(
        "--out", type=Path, help="folder of RESULTS.md and results.json (default: benchmarks/)"
    )
    given = parser.parse_args(arguments)
    say = stopwatch()
    found, ready = compare(QUICK if given.quick else FULL, say)
    if found.disagreements:
        print("Not everybody waits alike, so nothing was timed or written:", file=sys.stderr)
        print("\n".join(f"  {text}" for text in found.disagreements), file=sys.stderr)
        return 1
    timed(found, ready, say, given.before)
    section = lines(found)
    print("\n".join(section))
    out = given.out or (None if given.quick else HERE)
    if out is not None:
        page, figures = out / "RESULTS.md", out / "results.json"
        kept = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
        kept = {name: value for name, value in kept.items() if not name.startswith("desk.")}
        out.mkdir(parents=True, exist_ok=True)
        write(page, renewed(page.read_text(encoding="utf-8") if page.exists() else "", section))
        write(figures, json.dumps(kept | numbers(found), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
