"""The values of all assumptions in one parameter draw, the same for all arms (R2, R18)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.population import TraitTables, tabulate
from tiersim.random import path_words, u01d
from tiersim.scenario.assumption import walk_assumptions
from tiersim.scenario.schema import Scenario


@dataclass(frozen=True)
class Draw:
    """A parameter draw: `values` by dotted path, uniforms `u` of the uncertain `paths`, trait tables."""

    number: int
    values: dict[str, float]
    paths: list[str]
    u: npt.NDArray[np.float64]
    tables: TraitTables


def draw_values(scenario: Scenario, seed: int, number: int) -> Draw:
    """Draw every assumption at its quantile of an addressed uniform number."""
    values: dict[str, float] = {}
    paths: list[str] = []
    uniforms: list[float] = []
    for path, assumption, _ in walk_assumptions(scenario):
        if assumption.is_uncertain:
            u = float(u01d(path_words(seed, number, path)[0]))
            paths.append(path)
            uniforms.append(u)
            values[path] = float(assumption.quantile(u))
        else:
            values[path] = float(assumption.central)
    return Draw(number, values, paths, np.array(uniforms), tabulate(scenario, values))
