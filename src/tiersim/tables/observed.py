"""The observed record: all that ratings, policies and estimators may know about customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

QUARTERS = 9
"""Periods of 13 weeks that the record looks back: two years, and the quarter before."""

BY_QUARTER = frozenset({"spend_by_quarter", "orders_by_quarter"})
"""Columns of shape (QUARTERS, n)."""


@dataclass(frozen=True, eq=False)
class Observed:
    """What the company's own systems show at the end of `week`; one entry a customer, shape (n,).

    Money is in currency units. Windows end with `week`; counts need not be whole, since a window that ends
    inside a quarter is interpolated. ``nan`` says "not known" (the relation is too young,
    a survey was never answered, there is no contract). True state never stands here. Arrays are kept as
    given, without a copy, and are read-only from here on.

    Parameters
    ----------
    birth : ids, uint64.
    week : week of the record, counted from the start; one number.
    tenure_weeks : weeks since the first day as a customer.
    spend_12m, spend_prior_12m, spend_3y_ago_12m : net spend in the last 52 weeks, the 52 before, and the 52
        that ended three years ago; nan where the relation did not cover the whole window.
    orders_12m, orders_prior_12m : number of orders in the last 52 weeks and the 52 before; the latter nan
        where the relation did not cover them.
    spend_by_quarter, orders_by_quarter : net spend and orders of the last `QUARTERS` periods of 13 weeks,
        the last one first, shape (QUARTERS, n); nan where the relation did not cover the whole period.
    margin_rate : gross margin of the last 52 weeks by revenue; nan without revenue.
    weeks_to_pay : mean collection period of the orders of the last 52 weeks, weeks.
    recency_weeks : weeks since the last order.
    contacts_13w : contacts held in the last 13 weeks.
    requests_12m : service requests that the customer made in the last 52 weeks.
    complaints_12m : of them, those answered late or left unsolved.
    grave_complaints_26w, unresolved_incidents_26w : grave complaints of the last 26 weeks, and those of them
        that were answered late or left unsolved.
    referrals_12m : customers whom it brought in the last 52 weeks.
    contact_person_weeks : weeks since its contact person changed, or since the first day.
    nps_last : last answer to "would you recommend us", 0 to 10.
    satisfaction_last : last survey answer, 0 to 100.
    contract_weeks_left : weeks to the end of the contract.
    lapsed : no order for the longer of 26 weeks and three usual intervals (R12), bool.
    region, industry : codes in the scenario's order.
    signals : further indicators by name, each shape (n,), such as ``market_share``; nan where not known.
    """

    birth: npt.NDArray[np.uint64]
    week: int
    tenure_weeks: npt.NDArray[Any]
    spend_12m: npt.NDArray[Any]
    spend_prior_12m: npt.NDArray[Any]
    spend_3y_ago_12m: npt.NDArray[Any]
    orders_12m: npt.NDArray[Any]
    orders_prior_12m: npt.NDArray[Any]
    spend_by_quarter: npt.NDArray[Any]
    orders_by_quarter: npt.NDArray[Any]
    margin_rate: npt.NDArray[Any]
    weeks_to_pay: npt.NDArray[Any]
    recency_weeks: npt.NDArray[Any]
    contacts_13w: npt.NDArray[Any]
    requests_12m: npt.NDArray[Any]
    complaints_12m: npt.NDArray[Any]
    grave_complaints_26w: npt.NDArray[Any]
    unresolved_incidents_26w: npt.NDArray[Any]
    referrals_12m: npt.NDArray[Any]
    contact_person_weeks: npt.NDArray[Any]
    nps_last: npt.NDArray[Any]
    satisfaction_last: npt.NDArray[Any]
    contract_weeks_left: npt.NDArray[Any]
    lapsed: npt.NDArray[np.bool_]
    region: npt.NDArray[Any]
    industry: npt.NDArray[Any]
    signals: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = np.shape(self.birth)
        for name in COLUMNS:
            expected = (QUARTERS, *n) if name in BY_QUARTER else n
            object.__setattr__(self, name, _frozen(name, getattr(self, name), expected))
        signals = {name: _frozen(f"signals[{name}]", column, n) for name, column in self.signals.items()}
        object.__setattr__(self, "signals", signals)

    def __len__(self) -> int:
        return int(self.birth.size)

    def take(self, index: npt.NDArray[Any]) -> Observed:
        """The record of some customers: positions or a mask, shape (m,)."""
        # Positions serve all columns: a mask would be counted again for each.
        at = np.flatnonzero(index) if np.asarray(index).dtype == bool else index
        columns = {name: getattr(self, name).take(at, axis=-1) for name in COLUMNS}
        signals = {name: column.take(at) for name, column in self.signals.items()}
        return Observed(week=self.week, signals=signals, **columns)

    def replaced(self, **columns: Any) -> Observed:
        """The record with some columns (or ``signals``) put in place of the old ones."""
        kept = {name: getattr(self, name) for name in (*COLUMNS, "signals", "week")}
        return Observed(**(kept | columns))

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


def _frozen(name: str, values: Any, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """A read-only view of its own: the writer's array keeps its flag."""
    column = np.asarray(values).view()
    if len(shape) == 0 or column.shape != shape:
        raise ValueError(f"Observed.{name} has shape {column.shape}, expected {shape}")
    column.flags.writeable = False
    return column


COLUMNS: tuple[str, ...] = tuple(
    item.name for item in fields(Observed) if item.name not in ("week", "signals")
)
"""Names of the columns, in order."""
