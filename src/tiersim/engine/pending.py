"""Moves that were decided and take effect later, and notes on customers; by birth id, so that they survive
whatever happens to the places in which customers are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.layout import N

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Batch:
    """Moves that take effect in the same week, one entry a customer.

    Parameters
    ----------
    old : tier of which the customer was when it was decided; if it has moved since, this move is void.
    wronged : whether a downgrade takes a tier that the right record deserves (appeals look at this).
    """

    birth: Array
    old: Array
    to: Array
    rule: Array
    wronged: Array


class Pending:
    """Batches by the week in which they are due."""

    def __init__(self) -> None:
        self._batches: dict[int, list[Batch]] = {}

    def add(self, week: int, batch: Batch) -> None:
        """Keep a batch until `week`."""
        if batch.birth.size:
            self._batches.setdefault(week, []).append(batch)

    def due(self, week: int) -> Iterator[Batch]:
        """Take out what is due in `week`, also what is added meanwhile."""
        while self._batches.get(week):
            yield self._batches[week].pop(0)
        self._batches.pop(week, None)

    def births(self) -> Array:
        """Ids of all customers who wait."""
        parts = [batch.birth for batches in self._batches.values() for batch in batches]
        return np.concatenate(parts) if parts else np.zeros(0, np.uint64)

    def __len__(self) -> int:
        return sum(batch.birth.size for batches in self._batches.values() for batch in batches)


def places(memory: dict[str, Array], birth: Array) -> tuple[Array, Array]:
    """Slots of customers by birth id, and whether the company still counts each as its own.

    Where the second is False the first means nothing: the customer has left.
    """
    n = int(memory["clock"][N])
    if n == 0:
        return np.zeros(birth.size, np.int64), np.zeros(birth.size, bool)
    ids = memory["birth"][:n]
    order = np.argsort(ids, kind="stable")
    at = order[np.minimum(np.searchsorted(ids, birth, sorter=order), n - 1)]
    return at, (ids[at] == birth) & (memory["known"][at] == 1)


class Notes:
    """One note a customer, an integer that holds until a week."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[int, int]] = {}

    def put(self, birth: Array, until: int, value: Array) -> None:
        """Note a value of each customer; a new note takes the place of the old one."""
        for customer, number in zip(birth.tolist(), value.tolist(), strict=True):
            self._notes[customer] = (until, int(number))

    def drop(self, birth: Array) -> None:
        """Forget the notes of some customers."""
        for customer in birth.tolist():
            self._notes.pop(customer, None)

    def expire(self, week: int) -> None:
        """Forget notes whose week has come."""
        self._notes = {customer: note for customer, note in self._notes.items() if note[0] > week}

    def of(self, birth: Array) -> tuple[Array, Array, Array]:
        """Whether there is a note on each customer, its week and its value; shape (n,) each."""
        found = np.zeros(birth.size, bool)
        until, value = np.zeros(birth.size, np.int64), np.zeros(birth.size, np.int64)
        if not self._notes:
            return found, until, value
        known = np.fromiter(self._notes, np.uint64, len(self._notes))
        for at in np.flatnonzero(np.isin(birth, known)).tolist():
            found[at] = True
            until[at], value[at] = self._notes[int(birth[at])]
        return found, until, value

    def first(self) -> int | None:
        """The earliest week of a note."""
        return min((until for until, _ in self._notes.values()), default=None)

    def __len__(self) -> int:
        return len(self._notes)
