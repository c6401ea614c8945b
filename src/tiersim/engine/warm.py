"""Compiling all kernels once, so that the first real run does not wait for it."""

from __future__ import annotations


def warm_kernels() -> None:
    """Run tiny worlds that touch every kernel, with contracts and without."""
    from tiersim.engine.assignment import Assignment
    from tiersim.engine.replicate import replicate
    from tiersim.engine.world import World
    from tiersim.scenario.load import load

    # Favourites are drawn by a kernel that plain reviews do not use.
    favoured = {"value": 0.1, "source": "none", "grade": "assumed"}
    small = {"customers": 40, "horizon": "3 months", "run_out": "3 months", "rating.favoured": favoured}
    programme = {"loyalty.joins": 0.5, "loyalty.levels": {"first": {"spend": 1, "price": 0}}}
    for name, more in (("machinery", {}), ("retail", programme)):
        scenario = load(name, small | more)
        replicate(scenario, [World("tiered", Assignment.everyone("tiered"))], 1, 0)
