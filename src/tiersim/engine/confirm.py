"""Offices that must agree to a move, managers' favourites and appeals: who says yes, by addressed draws (T5).

Offices work side by side and do not know each other's answer. Each looks into the case: a deserved move it
refuses, and an undeserved one it lets pass, with its own probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.kernel import kernel
from tiersim.random import u01d, words
from tiersim.random.streams import MOVE
from tiersim.scenario.rating import RatingRules

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

FAVOUR, APPEAL, LOTTERY = 1000, 1001, 1002
"""Blocks of a customer's words in a week of review; those below are the offices', in order."""


@kernel
def _draw(birth, week, k, seed, rep, out):  # type: ignore[no-untyped-def]
    for i in range(birth.size):
        w = words(seed, rep, birth[i], week, MOVE, k)
        out[0, i] = u01d(w[0])
        out[1, i] = u01d(w[1])


def uniforms(birth: Array, week: int, k: int, seed: int, replication: int) -> npt.NDArray[np.float64]:
    """Two uniform numbers a customer of block `k` in a week, shape (2, n)."""
    out = np.empty((2, birth.size))
    _draw(np.ascontiguousarray(birth, np.uint64), week, k, seed, replication, out)
    return out


class Offices:
    """The offices of ``rating.confirmation``, with the probabilities of a parameter draw."""

    def __init__(self, rules: RatingRules, values: dict[str, float], address: tuple[int, int]) -> None:
        self._address = address
        self._refuses: list[float] = []
        self._passes: list[float] = []
        confirmation = rules.confirmation
        self.up = confirmation is not None and confirmation.moves in ("up", "both")
        self.down = confirmation is not None and confirmation.moves in ("down", "both")
        offices = confirmation.by if confirmation is not None else {}
        for name in offices:
            path = f"rating.confirmation.by.{name}"
            self._refuses.append(values[f"{path}.refuses_right"])
            self._passes.append(values[f"{path}.passes_wrong"])
        self.delay = max((round(office.delay) for office in offices.values()), default=0)

    def agree(self, birth: Array, deserved: Bools, week: int) -> Bools:
        """Whether every office agrees, shape (n,)."""
        out = np.ones(birth.size, bool)
        for k, (refuses, passes) in enumerate(zip(self._refuses, self._passes, strict=True)):
            u = uniforms(birth, week, k, *self._address)[0]
            out &= u < np.where(deserved, 1.0 - refuses, passes)
        return out


class Board:
    """Hears appeals against downgrades; ``rating.appeals`` with the probabilities of a parameter draw.

    The appeal and its outcome are drawn when the downgrade is made; the tier comes back after the delay. What
    the downgrade cost in satisfaction is not paid back.
    """

    def __init__(self, rules: RatingRules, values: dict[str, float], address: tuple[int, int]) -> None:
        self._address = address
        self.sits = rules.appeals is not None
        if rules.appeals is not None:
            self._share = values["rating.appeals.share"]
            self._right = values["rating.appeals.grants_right"]
            self._wrong = values["rating.appeals.grants_wrong"]
            self.delay = round(rules.appeals.delay)

    def grants(self, birth: Array, wronged: Bools, week: int) -> Bools:
        """Who appeals with success, shape (n,)."""
        appeals, decision = uniforms(birth, week, APPEAL, *self._address)
        return np.asarray((appeals < self._share) & (decision < np.where(wronged, self._right, self._wrong)))
