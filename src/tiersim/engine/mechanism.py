"""What a mechanism brings to a world: state, small arrays, stages, and what it does between weeks.

A mechanism that a scenario does not have is not made at all, so the week is as if it had never been written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.state import Fields

if TYPE_CHECKING:
    from tiersim.engine.ledger import Books
    from tiersim.engine.prepare import Start
    from tiersim.engine.record import Records
    from tiersim.engine.segmenting import Segmenting
    from tiersim.engine.sight import Sight
    from tiersim.engine.slots import Slots
    from tiersim.engine.wiring import Stage
    from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class Place(Enum):
    """Where in the week a mechanism's stages stand."""

    DEMAND = "after levers, before orders: writes drive and discount"
    BOUGHT = "after orders, before requests"
    BOOKED = "after requests, before the desk serves the week: files jobs; only where a queue is run"
    FELT = "after people's work, before satisfaction: adds to felt, or to the lift of satisfaction"
    LEAVING = "before who leaves is drawn: writes strain"
    LAST = "after all else, before the week is recorded"


@dataclass(frozen=True)
class Parts:
    """What a mechanism may look at when it is made."""

    scenario: Scenario
    start: Start
    slots: Slots
    books: Books
    values: dict[str, float]
    address: tuple[int, int]
    horizon: int
    segments: Segmenting
    sight: Sight


class Mechanism:
    """Base of mechanisms; every method may be left as it is.

    `fields` are arrays by customer, zero for whoever comes; they move with the customer. `memory` gives small
    arrays under names of their own. Stages are bound to all of these by the names of their arguments.
    """

    fields: ClassVar[Fields] = {}
    owes: ClassVar[bool] = False
    """Whether it posts to memo accounts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """Whether the scenario has it, and has not switched it off."""
        raise NotImplementedError

    def memory(self) -> dict[str, Array]:
        """Small arrays that its stages ask for."""
        return {}

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        """Its stages at a place of the week."""
        return ()

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """Customers first..last-1 have taken their places."""

    def open_quarter(self, memory: dict[str, Array], week: int) -> None:
        """Before the first week of a quarter, after newcomers have come and steps have been taken."""

    def newcomers(self, first: int, last: int) -> dict[str, Array] | None:
        """State of customers that it brings, whose first week is in first..last-1; asked each quarter."""
        return None

    def begin_week(self, memory: dict[str, Array], week: int, run_out: bool) -> bool:
        """Before the stages of a week; True if doses and money must be counted anew."""
        return False

    def end_week(self, memory: dict[str, Array], week: int, run_out: bool) -> None:
        """After the stages of a week."""

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        """After the last week of a quarter, before its sums are cleared."""

    def switch_back(self, memory: dict[str, Array]) -> None:
        """The run-out begins: all under today's care."""

    def holds(self, memory: dict[str, Array], n: int, week: int) -> Array | None:
        """Whose places are still needed at the beginning of `week` though they have left, shape (n,)."""
        return None

    def tables(self) -> dict[str, dict[str, Array]]:
        """Tables of its own in the outcome: columns of equal length, codes and sums."""
        return {}


class Mechanisms:
    """The mechanisms of one world, in their order."""

    def __init__(self, kinds: Sequence[type[Mechanism]], parts: Parts) -> None:
        self._all = [kind(parts) for kind in kinds if kind.is_on(parts.scenario)]

    @property
    def fields(self) -> Fields:
        """State by customer of all of them."""
        return {name: shape for part in self._all for name, shape in part.fields.items()}

    @property
    def owe(self) -> bool:
        """Whether any of them posts to memo accounts."""
        return any(part.owes for part in self._all)

    def memory(self) -> dict[str, Array]:
        """Small arrays of all of them."""
        out: dict[str, Array] = {}
        for part in self._all:
            for name, array in part.memory().items():
                # Several may strain the same reasons to leave.
                out[name] = np.maximum(out[name], array) if name == "strain_on" and name in out else array
        if "strain_on" in out:
            out["strain_base"] = out["strain_on"].copy()
        return out

    def stages(self, place: Place, run_out: bool) -> list[Stage]:
        """Stages of all of them at a place of the week."""
        return [stage for part in self._all for stage in part.stages(place, run_out)]

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """Newcomers have taken their places."""
        for part in self._all:
            part.seated(memory, first, last, week)

    def open_quarter(self, memory: dict[str, Array], week: int) -> None:
        """Before a quarter."""
        for part in self._all:
            part.open_quarter(memory, week)

    def newcomers(self, first: int, last: int) -> list[dict[str, Array]]:
        """State of customers that they bring in a quarter."""
        brought = [part.newcomers(first, last) for part in self._all]
        return [state for state in brought if state is not None]

    def begin_week(self, memory: dict[str, Array], week: int, run_out: bool) -> bool:
        """Before a week; True if doses and money must be counted anew."""
        # All of them are asked, also after the first that says so.
        asked = [part.begin_week(memory, week, run_out) for part in self._all]
        return any(asked)

    def end_week(self, memory: dict[str, Array], week: int, run_out: bool) -> None:
        """After a week."""
        for part in self._all:
            part.end_week(memory, week, run_out)

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        """After a quarter."""
        for part in self._all:
            part.close_quarter(memory, records, quarter)

    def switch_back(self, memory: dict[str, Array]) -> None:
        """The run-out begins."""
        for part in self._all:
            part.switch_back(memory)

    def holds(self, memory: dict[str, Array], n: int, week: int) -> Array:
        """Whose places some of them still need though they have left, shape (n,)."""
        held = np.zeros(n, bool)
        for part in self._all:
            more = part.holds(memory, n, week)
            held |= False if more is None else more
        return held

    def tables(self) -> dict[str, dict[str, Array]]:
        """Tables of all of them."""
        return {name: table for part in self._all for name, table in part.tables().items()}
