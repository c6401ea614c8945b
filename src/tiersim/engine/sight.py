"""What a world's systems show of its customers at the beginning of a week, taken once for all who look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.dirt import spoil
from tiersim.engine.observe import observe
from tiersim.scenario.schema import Scenario
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Sighting:
    """The right record, the record with its errors (the same thing where there are none), and the places."""

    right: Observed
    shown: Observed
    slots: npt.NDArray[np.int64]


class Sight:
    """Takes the record of a week when it is first asked for, and keeps it until another week is asked for.

    Whoever looks in one week looks at the same state: after its stages, before anybody is moved.
    """

    def __init__(
        self, scenario: Scenario, values: dict[str, float], address: tuple[int, int], signals: Sequence[str]
    ) -> None:
        self._scenario, self._address, self._signals = scenario, address, tuple(signals)
        self._contracts = scenario.population.contract is not None
        self.values_at: Callable[[int], dict[str, float]] = lambda week: values
        self._kept: tuple[int, Sighting] | None = None

    def at(self, memory: dict[str, Array], week: int) -> Sighting:
        """The record at the beginning of `week`; see `observe`."""
        if self._kept is None or self._kept[0] != week:
            self._kept = week, self.take(memory, week)
        return self._kept[1]

    def take(self, memory: dict[str, Array], week: int) -> Sighting:
        """The record of a state that is not the world's own, such as that of the start; not kept."""
        right, slots = observe(memory, week, self._contracts, self._signals)
        errors = self._scenario.data
        shown = right if errors is None else spoil(right, errors, self.values_at(week), *self._address)
        return Sighting(right, shown, slots)
