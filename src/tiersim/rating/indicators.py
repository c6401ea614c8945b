"""The indicators of a rating: what is measured of the observed record, and what more of it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tiersim.tables.observed import Observed

Dimension = Literal["value", "potential", "relationship"]
DIMENSIONS: tuple[Dimension, ...] = ("value", "potential", "relationship")

NEUTRAL = 0.5
"""Score of an indicator that is missing: as the middle customer's, neither reward nor blame; counted."""


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Parameters
    ----------
    name : its name in reasons and reports.
    dimension : the dimension it belongs to.
    direction : 1 where more is better, -1 where less is.
    unit : unit of the raw value.
    read : raw values of an observed record, shape (n,); nan is missing.
    weight : weight inside its dimension, scaled there to sum 1; assumed.
    """

    name: str
    dimension: Dimension
    direction: Literal[1, -1]
    unit: str
    read: Callable[[Observed], npt.NDArray[Any]]
    weight: float = 1.0

    def values(self, observed: Observed) -> npt.NDArray[np.float64]:
        """Raw values, contiguous float64, shape (n,); nan is missing."""
        return np.ascontiguousarray(self.read(observed), np.float64)


def _long_growth(observed: Observed) -> npt.NDArray[np.float64]:
    """Three-year growth, and the last year's where the relation is younger than that."""
    three = observed.growth_3y
    return np.where(np.isnan(three), observed.growth_1y, three)


INDICATORS: tuple[Indicator, ...] = (
    Indicator("spend_12m", "value", 1, "currency a year", lambda o: o.spend_12m, 3.0),
    Indicator("orders_12m", "value", 1, "orders a year", lambda o: o.orders_12m),
    Indicator("margin_rate", "value", 1, "share of revenue", lambda o: o.margin_rate),
    Indicator("weeks_to_pay", "value", -1, "weeks", lambda o: o.weeks_to_pay),
    Indicator("growth_3y", "potential", 1, "a year", _long_growth),
    Indicator("growth_1y", "potential", 1, "a year", lambda o: o.growth_1y),
    Indicator("tenure", "relationship", 1, "weeks", lambda o: o.tenure_weeks),
    Indicator("satisfaction_last", "relationship", 1, "points", lambda o: o.satisfaction_last),
)
"""What the weighted score reads. Contacts and late answers stand in the record but not here: the policy
itself sets them, so a tier would earn itself by the care that it gives."""
