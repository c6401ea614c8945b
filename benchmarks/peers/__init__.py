"""One module per peer, each with `simulate(traits, weeks, seed) -> sums by tier`, and their table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from benchmarks.law import Sums, Traits

Simulate = Callable[[Traits, int, int], Sums]


class NotThereYet(RuntimeError):
    """A part that has its place in the benchmark, but that nobody can run yet; says what is missing."""


@dataclass(frozen=True)
class Peer:
    """One way to simulate the slim customer-week."""

    name: str
    title: str
    by_object: bool
    """An object per customer: slow, so measured on fewer customers and rounds."""

    def load(self) -> Simulate:
        """Its function; imports the tool that it stands for."""
        simulate: Simulate = import_module(f"benchmarks.peers.{self.name}").simulate
        return simulate


REFERENCE = "naive"
"""The peer whose statistics the others must agree with."""
OURS = "tiersim_slim"
PEERS = (
    Peer("naive", "plain Python", by_object=True),
    Peer("simpy_process", "SimPy, a process per customer", by_object=True),
    Peer("mesa_agents", "Mesa, an agent per customer", by_object=True),
    Peer("pandas_frame", "pandas", by_object=False),
    Peer("numpy_arrays", "numpy, carefully written", by_object=False),
    Peer("numpy_tuned", "numpy, tuned as far as we could", by_object=False),
    Peer(OURS, "tiersim", by_object=False),
)
