"""The observed record: all that ratings, policies and estimators may know about customers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Observed:
    """What the company's own systems show at the end of `week`; one entry a customer, shape (n,).

    Money is in currency units. Windows end with `week`; ``nan`` says "not known" (the relation is too young,
    a survey was never answered, there is no contract). True state never stands here. Arrays are kept as
    given, without a copy, and are read-only from here on.

    Parameters
    ----------
    birth : ids, uint64.
    week : week of the record, counted from the start; one number.
    tenure_weeks : weeks since the first day as a customer.
    spend_12m, spend_prior_12m, spend_3y_ago_12m : net spend in the last 52 weeks, the 52 before, and the 52
        that ended three years ago; nan where the relation did not cover the whole window.
    orders_12m, orders_quarter, orders_same_quarter_last_year : number of orders in 52 and 13 weeks, and in
        the 13 weeks a year before.
    margin_rate : gross margin of the last 52 weeks by revenue; nan without revenue.
    weeks_to_pay : mean collection period of the orders of the last 52 weeks, weeks.
    recency_weeks : weeks since the last order.
    contacts_13w : contacts held in the last 13 weeks.
    complaints_12m : requests answered late or left unsolved in the last 52 weeks.
    nps_last : last answer to "would you recommend us", 0 to 10.
    satisfaction_last : last survey answer, 0 to 100.
    contract_weeks_left : weeks to the end of the contract.
    lapsed : no order for the longer of 26 weeks and three usual intervals (R12), bool.
    region, industry : codes in the scenario's order.
    """

    birth: npt.NDArray[np.uint64]
    week: int
    tenure_weeks: npt.NDArray[Any]
    spend_12m: npt.NDArray[Any]
    spend_prior_12m: npt.NDArray[Any]
    spend_3y_ago_12m: npt.NDArray[Any]
    orders_12m: npt.NDArray[Any]
    orders_quarter: npt.NDArray[Any]
    orders_same_quarter_last_year: npt.NDArray[Any]
    margin_rate: npt.NDArray[Any]
    weeks_to_pay: npt.NDArray[Any]
    recency_weeks: npt.NDArray[Any]
    contacts_13w: npt.NDArray[Any]
    complaints_12m: npt.NDArray[Any]
    nps_last: npt.NDArray[Any]
    satisfaction_last: npt.NDArray[Any]
    contract_weeks_left: npt.NDArray[Any]
    lapsed: npt.NDArray[np.bool_]
    region: npt.NDArray[Any]
    industry: npt.NDArray[Any]

    def __post_init__(self) -> None:
        n = np.shape(self.birth)
        for name in COLUMNS:
            # A view of its own: the flag then leaves the writer's array as it is.
            column = np.asarray(getattr(self, name)).view()
            if column.ndim != 1 or column.shape != n:
                raise ValueError(f"Observed.{name} has shape {column.shape}, birth has {n}")
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return int(self.birth.size)

    def take(self, index: npt.NDArray[Any]) -> Observed:
        """The record of some customers: positions or a mask, shape (m,)."""
        return Observed(week=self.week, **{name: getattr(self, name)[index] for name in COLUMNS})

    @property
    def growth_1y(self) -> Floats:
        """Spend of the last year against the one before, minus 1; nan where that is missing or <= 0."""
        return _ratio(self.spend_12m, self.spend_prior_12m) - 1

    @property
    def growth_3y(self) -> Floats:
        """Compound yearly growth since the year that ended three years ago; nan as in `growth_1y`."""
        return np.cbrt(_ratio(self.spend_12m, self.spend_3y_ago_12m)) - 1


def _ratio(now: npt.NDArray[Any], base: npt.NDArray[Any]) -> Floats:
    """now / base; nan where the base is missing or not above 0: growth from nothing has no rate.

    Net spend below 0 (returns) counts as 0, a fall of all there was.
    """
    base = np.asarray(base, np.float64)
    valid = base > 0
    return np.where(valid, np.maximum(now, 0.0), np.nan) / np.where(valid, base, 1.0)


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Observed) if field.name != "week")
"""Names of the columns, in order."""
