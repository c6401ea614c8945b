"""Replications on one and on two threads: what the second core brings, in wall time.

Beside the peers runs a control, compiled random words that need neither the interpreter nor memory: its
ratio is what the machine had to give at that moment, since others may use the second core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.clock import Job, Timing, interleave
from benchmarks.law import Traits
from benchmarks.peers import Simulate
from tiersim.random import fill_words, streams

CONTROL = "control"
REPLICATIONS = 4
"""In each round; each is one task of the pool."""
WORKERS = (1, 2)

_BLOCK, _FILLS = 4096, 8_000


def control(seed: int) -> float:
    """Some 60 ms of random words; returns how many customers' words were made."""
    birth = np.arange(_BLOCK, dtype=np.uint64)
    w = np.empty((4, _BLOCK), dtype=np.uint32)
    for k in range(_FILLS):
        fill_words(birth, 1, streams.LAB, k, seed, 1, w[0], w[1], w[2], w[3], _BLOCK)
    return float(_BLOCK * _FILLS)


def pooled(one: Callable[[int], float], workers: int, rounds: int) -> Job:
    """A job that runs `one` for several seeds in a pool of threads."""

    def run(number: int) -> float:
        seeds = range(number * REPLICATIONS, (number + 1) * REPLICATIONS)
        with ThreadPoolExecutor(workers) as pool:
            return sum(pool.map(one, seeds))

    return Job(run, rounds)


def measure(
    simulators: Mapping[str, Simulate], traits: Traits, weeks: int, rounds: int
) -> dict[str, dict[int, Timing]]:
    """Timing of the control and each peer by number of threads, interleaved."""

    def replication(simulate: Simulate) -> Callable[[int], float]:
        return lambda seed: float(simulate(traits, weeks, seed)["customer_weeks"].sum())

    tasks = {CONTROL: control} | {name: replication(simulate) for name, simulate in simulators.items()}
    timings = interleave(
        {
            f"{name} {workers}": pooled(one, workers, rounds)
            for name, one in tasks.items()
            for workers in WORKERS
        }
    )
    return {name: {workers: timings[f"{name} {workers}"] for workers in WORKERS} for name in tasks}
