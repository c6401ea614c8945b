"""One replication: the past once, then every compared world from the same start on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ACCOUNTS
from tiersim.engine.mover import reasons
from tiersim.engine.prepare import prepare
from tiersim.engine.start_tables import draw_tables
from tiersim.engine.world import Simulation, World
from tiersim.policy.budget_rules import causes
from tiersim.random import check_address
from tiersim.scenario.desk import CLASSES
from tiersim.scenario.schema import Scenario
from tiersim.scenario.targets import STAGES
from tiersim.scenario.warning import DETECTORS, SIGNS

Tables = dict[str, dict[str, npt.NDArray[Any]]]


@dataclass(frozen=True)
class Outcome:
    """What a world of a replication left: columnar tables of codes and sums, and names of the codes."""

    label: str
    replication: int
    tables: Tables
    names: dict[str, list[str]] = field(default_factory=dict)


def replicate(scenario: Scenario, worlds: Sequence[World], seed: int, replication: int) -> list[Outcome]:
    """Simulate a replication of some worlds; the result depends on nothing but the arguments.

    Replications 2 p and 2 p + 1 share parameter draw p (R2), and all worlds share parameters, customers,
    past and every random draw (R18).

    Raises
    ------
    ValueError
        Seed, replication or weeks without an address.
    ScenarioError
        Targets of the start that cannot be met.
    """
    last = round(scenario.horizon + scenario.run_out)
    check_address(seed, replication, -round(scenario.burn_in), last)
    start = prepare(scenario, seed, replication)
    outcomes = []
    for world in worlds:
        simulation = Simulation(scenario, start, world, seed, replication)
        with np.errstate(under="ignore"):
            tables = simulation.run()
        slots = simulation.slots
        names: dict[str, list[str]] = {
            "tiers": [*scenario.tiers, "new", "company"],
            "regions": list(scenario.population.regions),
            "accounts": list(ACCOUNTS),
            "arms": [arm.name for arm in world.assignment.arms],
            "policies": list(scenario.policies),
            "classes": list(CLASSES),
            "channels": list(scenario.population.channels),
            "pools": [pool.key for pool in slots.pools],
            "groups": list(slots.group_names),
            "rules": reasons(scenario.rating),
            "detectors": list(DETECTORS),
            "signs": list(SIGNS),
            "shocks": list(scenario.shocks),
            "paths": list(start.draw.paths),
            "stages": [*STAGES, "gone", "new"],
            **({"levels": scenario.loyalty.level_names} if scenario.loyalty else {}),
            "money_causes": causes(scenario),
        }
        outcomes.append(Outcome(world.label, replication, {**tables, **draw_tables(start.draw)}, names))
    return outcomes
