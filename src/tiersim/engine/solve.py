"""Levels at which a world starts from the client's own figures, found in a world of their own (R4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.hazard import expected_churn, term_of
from tiersim.engine.layout import N
from tiersim.engine.parameters import Draw
from tiersim.engine.past import Solved, run_past
from tiersim.engine.today import today_law
from tiersim.errors import Problem, ScenarioError
from tiersim.population import initial_hazard
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

SOLVE_CUSTOMERS = 4000
"""Customers of the world in which levels are solved, once a parameter draw."""

SOLVE_ROUNDS = 2

SOLVE_REPLICATION = 2**31
"""Replication numbers of solving worlds start here, so that they share no draw with the client's."""


def solve(scenario: Scenario, draw: Draw, seed: int) -> Solved:
    """Find the hazard and the satisfaction level at which the start meets its targets.

    A world of its own is run through the burn-in; the result depends on seed and draw only.
    """
    values = draw.values
    law = today_law(scenario, values, seed, draw.number)
    target, shape = values["baseline.churn"], values["population.frailty_shape"]
    bankruptcy = values["churn.bankruptcy"]
    if bankruptcy >= -math.log1p(-min(target, 1 - 1e-9)):
        raise ScenarioError(
            Problem(
                None,
                None,
                "churn.bankruptcy",
                "bankruptcies alone lose as many customers as the stated churn",
                got=f"{bankruptcy:.3g} a year",
                allowed=f"below baseline.churn, {target:.3g}",
            )
        )
    hazard = initial_hazard(target, shape, scenario.population.history, scenario.burn_in, term_of(scenario))
    hazard = max(hazard - bankruptcy, 1e-9)
    level = values["baseline.satisfaction"]
    solved = Solved(hazard, level, law)
    for _ in range(SOLVE_ROUNDS):
        memory = run_past(
            scenario, draw, solved, seed, SOLVE_REPLICATION + draw.number, SOLVE_CUSTOMERS, False
        )
        slots = np.flatnonzero(memory["alive"][: memory["clock"][N]] == 1)
        content = memory["content"][slots].astype(float)
        level = solved.satisfaction + values["baseline.satisfaction"] - float(content.mean())
        moved = content + level - solved.satisfaction
        hazard = _hazard_for(
            scenario, values, memory["frailty"][slots].astype(float), moved, memory["leaving"][slots]
        )
        solved = Solved(hazard, level, law)
    return solved


def _hazard_for(
    scenario: Scenario, values: dict[str, float], z: Array, content: Array, leaving: Array
) -> float:
    """Hazard at which the mean expected loss of these customers is the target (bisection on its log)."""
    low, high = math.log(1e-9), math.log(1e4)
    for _ in range(60):
        middle = (low + high) / 2
        loss = expected_churn(scenario, values, math.exp(middle), z, content, leaving).mean()
        low, high = (middle, high) if loss < values["baseline.churn"] else (low, middle)
    return math.exp((low + high) / 2)
