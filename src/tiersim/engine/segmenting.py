"""Who is in which segment, written while a world runs: doses, effects and weekly money follow at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.money import Payments
from tiersim.engine.stages.levers import set_doses_of
from tiersim.engine.state import Fields
from tiersim.policy.cells import CellTables
from tiersim.policy.segments import Segments

Array = npt.NDArray[Any]


class Segmenting:
    """The one writer of ``memory["segment"]``.

    What a quarter's plan counted stays: the funded share of a group and the people are not counted anew, so
    that a group whose customers change segments within a quarter spends a little more or less than planned.
    """

    def __init__(self, segments: Segments, tables: CellTables, payments: Payments) -> None:
        self.segments, self._tables, self._payments = segments, tables, payments

    @property
    def fields(self) -> Fields:
        """State by customer, where there are segments at all."""
        # Whether the week's money holds a part for the customer: who comes or lapses within a quarter is not
        # counted until the next, and a change of segment must not count it by halves.
        return {"paid_for": (np.int8, ())} if self.segments.number > 1 else {}

    def has(self, dimension: str) -> bool:
        """Whether some strategy is confined by a dimension: *stage*, *warned* or *level*."""
        return dimension in self.segments.sizes

    def write(self, memory: dict[str, Array], dimension: str, who: Array, value: Any) -> Array:
        """Give customers `who` (places, each once) a value of a dimension; returns those it is new to.

        Without a strategy that is confined by the dimension nothing is done. `value` is a number or an array
        as long as `who`.
        """
        if not self.has(dimension) or who.size == 0:
            return np.zeros(0, np.int64)
        old = memory["segment"][who].astype(np.int64)
        new = self.segments.changed(old, dimension, value)
        differs = new != old
        if not differs.any():
            return np.zeros(0, np.int64)
        places = np.ascontiguousarray(who[differs], np.int64)
        first = memory["cell"][places].astype(np.int64) * self.segments.number
        spent = self._tables.spend_rate
        paid = memory["paid_for"][places] == 1
        change = np.where(paid, spent[first + new[differs]] - spent[first + old[differs]], 0.0)
        memory["segment"][places] = new[differs]
        self._payments.shift(memory["ledger_cell"][places], change)
        tables = self._tables
        set_doses_of(
            places, self.segments.number, memory["cell"], memory["segment"], memory["inverse_needs"],
            memory["favour_needs"], tables.dose_flat, tables.dose_even, tables.dose_favour,
            tables.pair_channel, tables.pair_effect, memory["dose"], memory["effect"], memory["channel_on"],
        )  # fmt: skip
        return places
