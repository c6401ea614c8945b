"""tiersim: the engine's own stages churn, orders, tickets, satisfaction and KPI sums, all others off."""

from __future__ import annotations

from benchmarks.law import Sums, Traits
from benchmarks.peers import NotThereYet


def simulate(traits: Traits, weeks: int, seed: int) -> Sums:
    """Sums by tier after `weeks` weeks, from the stages that a whole simulation runs."""
    raise NotThereYet("tiersim's engine has no stages to run yet, so its own row is missing")
