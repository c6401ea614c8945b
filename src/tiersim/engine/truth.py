"""A record as it would be without chance: what tells a trigger that saw a change from one that saw noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.layout import RING
from tiersim.kernel import kernel
from tiersim.tables.observed import QUARTERS, Observed

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


def expected_purchases(memory: dict[str, Array], slots: Array, week: int) -> Floats:
    """Purchases to be expected in the last periods of 13 weeks, the last one first, shape (QUARTERS, n).

    From ``expected_ring``, which holds the expected money a week at the end of each quarter and, in its
    newest row, now; in between it is interpolated, and a period's purchases are 13 weeks of the mean of its
    two ends. No Poisson noise, no season, no market. The oldest period is nan: the ring does not reach it.
    """
    part = ((week - 1) % WEEKS_PER_QUARTER + 1) / WEEKS_PER_QUARTER
    out = np.full((QUARTERS, slots.size), np.nan)
    _between_ends(memory["expected_ring"], memory["clock"][RING], slots, part, out)
    return out


@kernel
def _between_ends(ring, newest, slots, part, out):  # type: ignore[no-untyped-def]
    """Rows of `out` but the last: 13 weeks of the mean of a period's two ends.

    So many periods ago lies between two ends of quarters; the newest row is this very week.
    """
    rows, older = ring.shape[0], 1.0 - part
    for k in range(out.shape[0] - 1):
        here, before, last = (
            ring[(newest - k) % rows],
            ring[(newest - k - 1) % rows],
            ring[(newest - k - 2) % rows],
        )
        for j in range(slots.shape[0]):
            i = slots[j]
            end, begin = np.float64(here[i]), np.float64(before[i])
            if part < 1.0:
                end = part * end + older * begin if k > 0 else end
                begin = part * begin + older * np.float64(last[i])
            out[k, j] = WEEKS_PER_QUARTER * (end + begin) / 2.0


def without_chance(observed: Observed, expected: Floats) -> Observed:
    """The record with expected purchases in place of those that were made, as money and as orders."""
    year = expected[:4].sum(axis=0), expected[4:8].sum(axis=0)
    return observed.replaced(
        spend_by_quarter=expected, orders_by_quarter=expected, spend_12m=year[0], orders_12m=year[0],
        spend_prior_12m=year[1], orders_prior_12m=year[1],
    )  # fmt: skip
