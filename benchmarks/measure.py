"""All measurements of one run: do the peers agree, how fast are they, and what would be possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from benchmarks import agree, bound, desk, rating, threads, whole
from benchmarks.clock import Job, Timing, interleave
from benchmarks.law import Traits, draw_traits
from benchmarks.peers import OURS, PEERS, REFERENCE, NotThereYet, Peer, Simulate
from benchmarks.plan import Plan

SEED = 20260105
WARM_CUSTOMERS, WARM_WEEKS = 100, 2
THREADED = (OURS, "numpy_tuned", "numpy_arrays")

Say = Callable[[str], None]


@dataclass
class Measured:
    """What one run of the benchmark found."""

    plan: Plan
    traits: dict[int, Traits]
    timings: dict[int, dict[str, Timing]] = field(default_factory=dict)
    """By customers, then by peer."""
    worst_z: dict[str, float] = field(default_factory=dict)
    disagreements: list[str] = field(default_factory=list)
    bound: bound.Bound | None = None
    threads: dict[str, dict[int, Timing]] = field(default_factory=dict)
    starter_over_slim: dict[int, tuple[float, float]] = field(default_factory=dict)
    """By customers: the compiled stages alone, the whole world."""
    everything_over_slim: dict[int, tuple[float, float]] = field(default_factory=dict)
    """The same with every mechanism at once, the desk aside."""
    variance_ratios: dict[str, float] = field(default_factory=dict)
    rating: rating.Rates = field(default_factory=dict)
    """Rating a large export, over pandas' reading of it."""
    rating_share: dict[int, float] = field(default_factory=dict)
    """By customers: reviews in the time of a world."""
    desk: desk.DeskFound | None = None
    missing: list[str] = field(default_factory=list)
    """What could not be measured, and why."""


def ready(missing: list[str]) -> dict[Peer, Simulate]:
    """Peers that can run, each warmed up once; the reasons of the others go to `missing`."""
    traits = draw_traits(WARM_CUSTOMERS, SEED)
    found: dict[Peer, Simulate] = {}
    for peer in PEERS:
        try:
            simulate = peer.load()
            simulate(traits, WARM_WEEKS, 0)
        except (NotThereYet, ImportError) as reason:
            missing.append(f"{peer.title}: {reason}")
            continue
        found[peer] = simulate
    return found


def check(peers: dict[Peer, Simulate], measured: Measured) -> None:
    """Compare the statistics of all peers with the reference's; each has seeds of its own."""
    plan = measured.plan
    traits = draw_traits(plan.agree_customers, SEED)
    samples = {}
    for number, (peer, simulate) in enumerate(peers.items()):
        seeds = range(1000 * number, 1000 * number + plan.agree_replications)
        samples[peer.name] = agree.sample(simulate, traits, plan.agree_weeks, seeds)
    for name, found in samples.items():
        if name != REFERENCE:
            z = agree.scores(found, samples[REFERENCE])
            measured.worst_z[name] = float(np.max(np.abs(z)))
            measured.disagreements += [
                f"{name} against {REFERENCE}: {text}" for text in agree.disagreements(z)
            ]


def race(peers: dict[Peer, Simulate], measured: Measured, size: int) -> None:
    """Time all peers that run at this size, interleaved; the unit is an alive customer-week."""
    plan, traits = measured.plan, measured.traits[size]

    def job(peer: Peer, simulate: Simulate) -> Job:
        def run(number: int) -> float:
            return float(simulate(traits, plan.weeks, number)["customer_weeks"].sum())

        return Job(run, plan.rounds_of(peer.by_object, size))

    jobs = {peer.name: job(peer, simulate) for peer, simulate in peers.items()}
    measured.timings[size] = interleave({name: job for name, job in jobs.items() if job.rounds})


def measure(plan: Plan, say: Say) -> Measured:
    """Everything; stops after the statistics where the peers disagree, as speeds would mean nothing."""
    measured = Measured(plan, {size: draw_traits(size, SEED) for size in plan.sizes})
    peers = ready(measured.missing)
    say(f"statistics of {len(peers)} peers")
    check(peers, measured)
    measured.desk, desks = desk.compare(plan.desk, say)
    measured.disagreements += measured.desk.disagreements
    if measured.disagreements:
        return measured
    say("bound of this machine")
    measured.bound = bound.measure(plan.bound_seconds)
    for size in plan.sizes:
        say(f"{size:,} customers")
        race(peers, measured, size)
    say("two threads")
    chosen = {peer.name: simulate for peer, simulate in peers.items() if peer.name in THREADED}
    traits = draw_traits(plan.thread_size, SEED)
    measured.threads = threads.measure(chosen, traits, plan.weeks, plan.thread_rounds)
    say("whole engine")
    for size in plan.whole_sizes:
        measured.starter_over_slim[size] = whole.starter_over_slim(size, plan.whole_rounds)
        measured.everything_over_slim[size] = whole.everything_over_slim(size, plan.whole_rounds)
        measured.rating_share[size] = whole.rating_share(size, plan.whole_rounds)
    for contrast in whole.CONTRASTS:
        measured.variance_ratios[contrast] = whole.variance_ratio(contrast, plan.contrast_draws)
    say(f"rating {plan.rated_customers:,} exported customers")
    measured.rating = rating.measure(plan.rated_customers, plan.rated_rounds)
    desk.timed(measured.desk, desks, say)
    return measured
