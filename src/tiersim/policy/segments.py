"""Segments: the parts of a tier that strategies tell apart, one code for each combination (L1).

A dimension (stage of life, warned or not, level of a programme) is there only if some strategy is confined
by it; without any there is one segment, and a package is a cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.scenario.policies import Strategy
from tiersim.scenario.schema import Scenario
from tiersim.scenario.targets import STAGES, level_names, told

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

NO_STAGE = len(STAGES)
"""Code of the stage of who is no longer a customer in the company's eyes: no strategy by stage reaches it."""

KEYS = {"stage": "stages", "warned": "warned", "level": "levels"}
"""Key of a strategy by the dimension that it is confined by."""


@dataclass(frozen=True, eq=False)
class Segments:
    """The dimensions of a scenario, and the segments that each strategy reaches.

    Parameters
    ----------
    sizes : number of values by dimension, in order; only those that some strategy needs.
    reach : by strategy, whether it reaches each segment, shape (number,); all False where what it is confined
        by is switched off.
    """

    sizes: dict[str, int]
    reach: dict[str, Bools]

    @property
    def number(self) -> int:
        """Number of segments; 1 without dimensions."""
        return math.prod(self.sizes.values())

    def stride(self, dimension: str) -> int:
        """By how much the code grows with a value of a dimension."""
        names = list(self.sizes)
        return math.prod(self.sizes[name] for name in names[: names.index(dimension)])

    def code(self, **values: Any) -> Array:
        """Codes of segments from values by dimension (numbers or arrays); those not given are 0.

        Dimensions that the scenario does not have are passed over.

        Examples
        --------
        >>> Segments({"stage": 5, "warned": 2}, {}).code(stage=np.array([1, 3]), warned=1).tolist()
        [6, 8]
        """
        parts = [np.asarray(v, np.int64) * self.stride(k) for k, v in values.items() if k in self.sizes]
        return np.asarray(sum(parts, np.zeros((), np.int64)))

    def value(self, code: Array, dimension: str) -> Array:
        """Values of a dimension from codes; 0 if the scenario does not have it."""
        wide = np.asarray(code, np.int64)
        if dimension not in self.sizes:
            return np.zeros_like(wide)
        return np.asarray(wide // self.stride(dimension) % self.sizes[dimension])

    def changed(self, code: Array, dimension: str, value: Any) -> Array:
        """Codes with another value of one dimension, int64."""
        wide = np.asarray(code, np.int64)
        if dimension not in self.sizes:
            return wide
        step = np.asarray(value, np.int64) - self.value(wide, dimension)
        return np.asarray(wide + step * self.stride(dimension))


def segments_of(scenario: Scenario) -> Segments:
    """The segments that a scenario's strategies tell apart."""
    strategies = scenario.strategies
    every = {"stage": len(STAGES) + 1, "warned": 2, "level": 1 + len(level_names(scenario))}
    asked = {
        dimension: [name for name, one in strategies.items() if getattr(one, key)]
        for dimension, key in KEYS.items()
    }
    sizes = {d: size for d, size in every.items() if asked[d] and told(scenario, KEYS[d])}
    plain = Segments(sizes, {})
    codes = np.arange(plain.number)
    reach = {}
    for name, strategy in strategies.items():
        reached = np.ones(codes.size, bool)
        for dimension, names in asked.items():
            if name in names:
                # Without the mechanism that tells who is in it, a part is empty.
                part = np.isin(plain.value(codes, dimension), _wanted(scenario, strategy, dimension))
                reached &= part & (dimension in sizes)
        reach[name] = reached
    return Segments(sizes, reach)


def _wanted(scenario: Scenario, strategy: Strategy, dimension: str) -> list[int]:
    """Values of a dimension that a strategy is for."""
    if dimension == "stage":
        return [STAGES.index(stage) for stage in strategy.stages]
    if dimension == "warned":
        return [1]
    names = level_names(scenario)
    return [1 + names.index(level) for level in strategy.levels]
