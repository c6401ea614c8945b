"""Places of customers in the arrays of a world: newcomers take new ones, leavers' are given up."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.layout import WEEK, N
from tiersim.engine.ledger import Books
from tiersim.engine.slots import Slots
from tiersim.engine.stages.levers import set_doses
from tiersim.engine.state import FIELDS, Fields, keep, take
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

WORTH_WHILE = 0.05
"""Share of places that must be vacant before the others move up."""


class Seats:
    """Seats customers in `memory`; where it must replace arrays by longer ones, stages are bound anew."""

    def __init__(
        self,
        scenario: Scenario,
        slots: Slots,
        books: Books,
        memory: dict[str, Array],
        address: tuple[int, int],
        more: Fields = FIELDS,
    ) -> None:
        self._contracts = scenario.population.contract is not None
        self._slots, self._books, self._memory, self._address = slots, books, memory, address
        self._capacity = memory["birth"].size
        self._names: set[str] = {*FIELDS, *more, "effect", "signal"}
        self._see_contracts()
        n = int(memory["clock"][N])
        slots.assign(memory, 0, n, *address)
        self.code(0, n)

    def _see_contracts(self) -> None:
        """A contract that ends is seen at once: then who is active is who is known."""
        if self._contracts:
            self._memory["known"] = self._memory["alive"]

    def code(self, first: int, last: int) -> None:
        """Ledger codes of customers first..last-1."""
        memory = self._memory
        names = ("arm", "cohort", "tier_now", "tier0", "region")
        part = {name: memory[name][first:last] for name in names}
        memory["ledger_cell"][first:last] = self._books.code(**part)

    def seat(self, fresh: dict[str, Array], arms: Array | None, week: int) -> bool:
        """Newcomers take their places behind the others; the entry stage makes them active in their week.

        True if arrays were replaced.
        """
        memory = self._memory
        n, more = int(memory["clock"][N]), fresh["birth"].size
        if more == 0:
            return False
        grows = n + more > self._capacity
        if grows:
            self._grow(int(1.5 * (n + more)))
        for name, column in fresh.items():
            memory[name][..., n : n + more] = column
        memory["clock"][N] = n + more
        arms = np.full(more, -1) if arms is None else arms
        self._slots.enter(memory, n, n + more, week, *self._address, arms)
        self.code(n, n + more)
        self.set_doses(n, n + more)
        return grows

    def set_doses(self, first: int, last: int) -> None:
        """Doses and effects by cell and segment of customers first..last-1."""
        memory, tables = self._memory, self._slots.tables
        set_doses(
            first, last, tables.segments, memory["cell"], memory["segment"], memory["inverse_needs"],
            memory["favour_needs"], tables.dose_flat, tables.dose_even, tables.dose_favour,
            tables.pair_channel, tables.pair_effect, memory["dose"], memory["effect"],
        )  # fmt: skip

    def compact(self, held: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Drop who has left, but for those `held`, once it is worth while; the order of the others stays.

        Returns the places, before, of those who stay. Who has left changes no sum, so when it goes is only
        a question of speed.
        """
        memory = self._memory
        n = int(memory["clock"][N])
        stay = np.flatnonzero(
            (memory["alive"][:n] == 1)
            | (memory["known"][:n] == 1)
            | (memory["entry_week"][:n] >= memory["clock"][WEEK])
            | held
        )
        if stay.size >= (1.0 - WORTH_WHILE) * n:
            return np.arange(n)
        own = self._names - ({"known"} if self._contracts else set())
        keep({name: memory[name] for name in own}, stay, n)
        memory["clock"][N] = stay.size
        return stay

    def _grow(self, capacity: int) -> None:
        memory = self._memory
        everybody = np.arange(int(memory["clock"][N]))
        memory |= take({name: memory[name] for name in self._names}, everybody, capacity)
        self._see_contracts()
        self._capacity = capacity
