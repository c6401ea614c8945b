"""The main problem of each customer: an ordered table of rules; the first that fits is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tiersim.tables.observed import Observed

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

NO_PROBLEM = "none"
DAYS = 7.0


@dataclass(frozen=True)
class Limits:
    """Where a problem begins; all assumed, none measured.

    Parameters
    ----------
    fall : fall of a year's purchases against the year before (the scenario's ``rating.rfm.fall``).
    intervals, silent_weeks : no order for more than so many usual intervals, and at least so many weeks.
    lapsed_weeks : no order for so long, where two years show no usual interval.
    satisfaction, nps : unhappy below the first (of 100), or at most the second (of 10).
    pay_times, pay_weeks : so many times the middle customer's time to pay, and so many weeks more.
    contacts : share of the contacts that belong to the tier.
    """

    fall: float = 0.3
    intervals: float = 3.0
    silent_weeks: float = 8.0
    lapsed_weeks: float = 52.0
    satisfaction: float = 50.0
    nps: float = 6.0
    pay_times: float = 2.0
    pay_weeks: float = 4.0
    contacts: float = 0.5


@dataclass(frozen=True, eq=False)
class Facts:
    """What the rules look at.

    Parameters
    ----------
    observed : record of n customers.
    contact_every : weeks between contacts that the tier of each gives, shape (n,).
    limits : where problems begin.
    """

    observed: Observed
    contact_every: Floats
    limits: Limits = field(default_factory=Limits)

    @property
    def usual_interval(self) -> Floats:
        """Weeks between orders by those of two years (of one where the other is unknown); nan without any."""
        now = np.asarray(self.observed.orders_12m, float)
        before = np.asarray(self.observed.orders_prior_12m, float)
        orders = np.nan_to_num(now) + np.nan_to_num(before)
        weeks = 52.0 * (np.isfinite(now) + 1.0 * np.isfinite(before))
        return np.where(orders > 0, weeks / np.where(orders > 0, orders, 1.0), np.nan)

    @property
    def usual_pay(self) -> float:
        """Weeks after which the middle customer pays; nan where that is unknown."""
        known = np.asarray(self.observed.weeks_to_pay, float)
        known = known[np.isfinite(known)]
        return float(np.median(known)) if known.size else float("nan")

    @property
    def contacts_due(self) -> Floats:
        """Contacts that belong to the tier in a quarter, shape (n,)."""
        return 13.0 / self.contact_every


Found = tuple[Mask, Floats, Floats]


def _unresolved(f: Facts) -> Found:
    count = _column(f.observed.unresolved_incidents_26w)
    return count >= 1, count, count


def _fell(f: Facts) -> Found:
    growth = f.observed.growth_1y
    return growth <= -f.limits.fall, -100.0 * growth, growth


def _silent(f: Facts) -> Found:
    weeks = _column(f.observed.recency_weeks)
    intervals = weeks / f.usual_interval
    return (intervals > f.limits.intervals) & (weeks >= f.limits.silent_weeks), DAYS * weeks, intervals


def _lapsed(f: Facts) -> Found:
    weeks = _column(f.observed.recency_weeks)
    return np.isnan(f.usual_interval) & (weeks >= f.limits.lapsed_weeks), DAYS * weeks, weeks


def _unhappy(f: Facts) -> Found:
    answer = _column(f.observed.satisfaction_last)
    return answer < f.limits.satisfaction, answer, answer


def _unhappy_nps(f: Facts) -> Found:
    answer = _column(f.observed.nps_last)
    return answer <= f.limits.nps, answer, answer


def _late_payer(f: Facts) -> Found:
    weeks, usual = _column(f.observed.weeks_to_pay), f.usual_pay
    late = (weeks >= f.limits.pay_times * usual) & (weeks >= usual + f.limits.pay_weeks)
    return late, DAYS * weeks, np.full(weeks.shape, DAYS * usual)


def _thin_contact(f: Facts) -> Found:
    held, due = _column(f.observed.contacts_13w), f.contacts_due
    # A tier of one contact a quarter cannot be thin: none in thirteen weeks may still be in time.
    return (held < f.limits.contacts * due) & (due >= 2.0), held, due


def _column(values: npt.NDArray) -> Floats:
    return np.asarray(values, np.float64)


PROBLEMS: tuple[tuple[str, Callable[[Facts], Found]], ...] = (
    ("unresolved", _unresolved),
    ("fell", _fell),
    ("silent", _silent),
    ("lapsed", _lapsed),
    ("unhappy", _unhappy),
    ("unhappy_nps", _unhappy_nps),
    ("late_payer", _late_payer),
    ("thin_contact", _thin_contact),
)
"""Most pressing first: key, and who has it with the two figures that its sentence tells."""


def main_problems(facts: Facts) -> tuple[npt.NDArray[np.object_], Floats, Floats]:
    """Key of each customer's main problem (`NO_PROBLEM` if none) and its two figures, each shape (n,)."""
    n = len(facts.observed)
    keys = np.full(n, NO_PROBLEM, dtype=object)
    first, second = np.full(n, np.nan), np.full(n, np.nan)
    free = np.ones(n, bool)
    for key, look in PROBLEMS:
        has, one, two = look(facts)
        mine = free & has
        keys[mine], first[mine], second[mine] = key, one[mine], two[mine]
        free &= ~mine
    return keys, first, second
