"""Draw the pictures of the pages on budget, exit and incentives.

``python -m tiersim.report.pictures.draw_budget`` writes them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tiersim.report.pictures import budget

DPI = 100


def contributions(name: str = "machinery", replication: int = 0) -> list[tuple[str, float, float]]:
    """Tier, yearly margin and cost to serve of the customers of a plan after its first year."""
    from tiersim.engine import Assignment, World
    from tiersim.engine.exits import contribution, unit_costs
    from tiersim.engine.observe import observe
    from tiersim.engine.prepare import prepare
    from tiersim.engine.world import Simulation
    from tiersim.scenario.load import load

    scenario = load(name, {"horizon": "1 year", "run_out": "0 weeks"})
    start = prepare(scenario, 1, replication)
    world = World("tiered", Assignment.everyone("tiered"))
    simulation = Simulation(scenario, start, world, 1, replication)
    with np.errstate(under="ignore"):
        simulation.run()
    record, slots = observe(simulation.memory, 52, scenario.population.contract is not None)
    cares = [care for layout in simulation.slots.layouts for care in layout.care]
    table = np.array([unit_costs(scenario, care, start.draw.values) for care in cares]).T
    margin, cost = contribution(record, table[:, simulation.memory["cell"][slots]])
    tier = simulation.memory["tier_now"][slots]
    names = list(scenario.tiers)
    whole = np.flatnonzero(np.isfinite(margin) & (tier < len(names)))
    return [(names[tier[i]], float(margin[i]), float(cost[i])) for i in whole[np.argsort(tier[whole])]]


def main(folder: str = "docs/images") -> None:
    """Write the three pictures into a folder."""
    made = {
        "budget-carry-over": budget.carried(),
        "incentives-effort": budget.tied_pay(),
        "exit-contribution": budget.exits(contributions()),
    }
    for name, picture in made.items():
        (Path(folder) / f"{name}.png").write_bytes(picture.png(DPI))
        sys.stdout.write(f"{name}: {picture.alt}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
