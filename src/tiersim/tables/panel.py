"""The observed panel: what a company's own systems show of its customers, period by period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

SUMS: tuple[str, ...] = (
    "revenue", "goods", "orders", "requests", "late", "grave", "contacts", "referrals", "cost", "due",
    "renewed",
)  # fmt: skip
"""Measures that add up over periods."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Customers by period; arrays of shape (periods, n) unless said. Money is in currency units.

    The first periods lie before the start of the scenario and are quarters; of them only customers who are
    still there are known, as in any company's list of today. Measures that the past does not keep are nan
    there. A customer's figures are 0 in periods before it came and after it left.

    Parameters
    ----------
    birth : ids, ascending, shape (n,).
    entry_week : first week as a customer, before 0 for customers of the start; shape (n,).
    region, industry : codes in the scenario's order, shape (n,).
    tier : tier at the start, the number of tiers for who came later; shape (n,).
    begins, ends : first week of each period and the week after its last, counted from the start; shape
        (periods,).
    sums : measures of `SUMS`. ``revenue`` is net of discounts. ``cost`` is what the books post for the
        customer's arm, tier and region in the period, spread evenly over those whom the company counts there
        at its end; over the arm's where nobody is left there. ``due`` is 1 where a contract was to be renewed
        in the period, ``renewed`` where the customer is still there at its end.
    known : whether the company counted it as a customer at the end of the period (R12).
    answer : last survey answer of the period, 0 to 100; nan where none came.
    tier_now : tier at the end of the period, -1 where it was no customer.
    """

    birth: npt.NDArray[np.uint64]
    entry_week: Array
    region: Array
    industry: Array
    tier: Array
    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    sums: Mapping[str, Array]
    known: npt.NDArray[np.bool_]
    answer: Array
    tier_now: Array

    def __len__(self) -> int:
        return int(self.birth.size)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.ends.size)

    def window(self, measure: str, first: float, stop: float) -> Floats:
        """Sum of a measure from week `first` up to `stop`, shape (n,).

        A period that lies in part within the window counts with that part, as if it were even; nan where the
        panel does not reach so far or does not keep the measure.
        """
        if first < self.begins[0] or stop > self.ends[-1] or stop <= first:
            return np.full(len(self), np.nan)
        inside = np.minimum(self.ends, stop) - np.maximum(self.begins, first)
        part = np.clip(inside / (self.ends - self.begins), 0.0, 1.0)
        used = np.flatnonzero(part > 0.0)
        return np.asarray(part[used] @ np.asarray(self.sums[measure][used], np.float64))

    def period_at(self, week: float) -> int:
        """Number of the period that ends in `week`; -1 if none does."""
        at = np.flatnonzero(self.ends == week)
        return int(at[0]) if at.size else -1

    def take(self, index: Array) -> Panel:
        """The panel of some customers: positions or a mask, shape (m,)."""
        at = np.flatnonzero(index) if np.asarray(index).dtype == bool else index
        one = (part[at] for part in (self.birth, self.entry_week, self.region, self.industry, self.tier))
        sums = {name: values[:, at] for name, values in self.sums.items()}
        two = (part[:, at] for part in (self.known, self.answer, self.tier_now))
        return Panel(*one, self.begins, self.ends, sums, *two)  # type: ignore[call-arg, arg-type]
