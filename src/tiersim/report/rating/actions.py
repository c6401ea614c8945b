"""The action list: whom to contact, what for, and on which working day."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

Days = npt.NDArray[np.datetime64]

URGENT_DAYS = 2
"""Working days in which urgent accounts are contacted: feedback within 48 h (P2), weekends not counted."""

OVERDUE_DAYS = 10
"""Working days over which overdue contacts are spread, so that nobody has them all on one morning."""

URGENT = ("unresolved", "fell", "silent")
"""Main problems that cannot wait for the next regular contact."""


def due_dates(
    tier: npt.NDArray[np.integer],
    urgent: npt.NDArray[np.bool_],
    last_contact: Days,
    contact_every: npt.NDArray[np.float64],
    as_of: date,
) -> tuple[Days, npt.NDArray[np.object_], npt.NDArray[np.float64]]:
    """Working day of each account's next contact, why then, and days overdue.

    Urgent ones come first, highest tier first, spread evenly over `URGENT_DAYS` working days. The others
    follow one cycle of their tier after their last contact. Where that day is past, accounts are spread over
    `OVERDUE_DAYS` working days, the latest first; where the last contact is unknown (or stated after
    `as_of`), evenly over one cycle of their tier.

    Parameters
    ----------
    tier : codes, 0 is the highest, shape (n,); in the order in which accounts of a tier should come.
    urgent : shape (n,).
    last_contact : dates, ``NaT`` where unknown, shape (n,).
    contact_every : weeks of one cycle by tier, shape (tiers,).
    as_of : day of the rating; contacts begin on the next working day.

    Returns
    -------
    dates, datetime64[D]; keys ``urgent``, ``regular``, ``overdue`` or ``spread``; days overdue or nan.
    """
    n = tier.size
    first = np.busday_offset(np.datetime64(as_of, "D"), 1, roll="backward")
    cycle = np.maximum(1, np.rint(7.0 * contact_every)).astype(np.int64)[tier]
    last = last_contact.astype("datetime64[D]")
    known = ~np.isnat(last) & (last <= np.datetime64(as_of, "D"))
    due = np.where(known, last, np.datetime64(as_of, "D")) + cycle.astype("timedelta64[D]")
    why = np.full(n, "regular", dtype=object)
    days = np.full(n, np.nan)

    overdue = known & ~urgent & (due < first)
    days[overdue] = (np.datetime64(as_of, "D") - due[overdue]).astype(np.float64)
    why[overdue] = "overdue"
    order = np.flatnonzero(overdue)
    order = order[np.lexsort((-days[order], tier[order]))]
    due[order] = _spread(order.size, first, OVERDUE_DAYS)

    unknown = ~known & ~urgent
    why[unknown] = "spread"
    for code in range(contact_every.size):
        mine = np.flatnonzero(unknown & (tier == code))
        span = max(1, int(np.busday_count(first, first + np.timedelta64(int(7 * contact_every[code]), "D"))))
        due[mine] = _spread(mine.size, first, span)

    why[urgent] = "urgent"
    order = np.flatnonzero(urgent)
    order = order[np.argsort(tier[order], kind="stable")]
    due[order] = _spread(order.size, first, URGENT_DAYS)
    return np.busday_offset(due, 0, roll="forward"), why, np.where(days > 0, days, np.nan)


def _spread(n: int, first: np.datetime64, span: int) -> Days:
    """`n` working days in order, spread evenly over `span` of them from `first` on."""
    steps = np.arange(n, dtype=np.int64) * span // max(n, 1)
    return np.busday_offset(np.full(n, first), steps, roll="forward")


def as_days(values: object, n: int) -> Days:
    """Dates of a column that may hold text, dates or nothing, as datetime64[D], shape (n,)."""
    if values is None:
        return np.full(n, np.datetime64("NaT", "D"))
    parsed = pd.to_datetime(pd.Series(values), errors="coerce").dt.tz_localize(None)
    return parsed.to_numpy().astype("datetime64[D]")
