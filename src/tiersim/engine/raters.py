"""Who rates in a world: a method on the observed record, or a bound that reads what no company knows."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tiersim.rating import RatingMethod
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]


class Rater(Protocol):
    """Gives score (n,) and tier code (n,) of the customers in `slots`, whose record is `observed`."""

    reads_record: bool

    def rate(
        self, memory: dict[str, Array], slots: Array, observed: Observed, current: Array
    ) -> tuple[Array, Array]: ...

    def recut(self, memory: dict[str, Array], slots: Array, observed: Observed) -> Rater: ...


class OnRecord:
    """A fitted method; the state is out of its sight."""

    reads_record = True

    def __init__(self, method: RatingMethod) -> None:
        self._method = method

    def rate(
        self, memory: dict[str, Array], slots: Array, observed: Observed, current: Array
    ) -> tuple[Array, Array]:
        rating = self._method.rate(observed, current)
        return rating.score, rating.tier

    def recut(self, memory: dict[str, Array], slots: Array, observed: Observed) -> Rater:
        return OnRecord(self._method.recut(observed))


def take_rated(rated: tuple[Array, Array], index: Array) -> tuple[Array, Array]:
    """Score and tier of some customers."""
    return np.asarray(rated[0][index]), np.asarray(rated[1][index])
