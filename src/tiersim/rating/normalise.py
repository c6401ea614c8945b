"""Frozen normalisation: raw values to scores from 0 to 1 by their place among the customers of the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.kernel import kernel
from tiersim.rating.indicators import NEUTRAL

Floats = npt.NDArray[np.float64]

GRID = 101


@kernel
def rank_scores(raw, values, ranks, direction, scores, missing):  # type: ignore[no-untyped-def]
    """Fill `scores` (float64, shape (n,)) of `raw`; where that is nan, NEUTRAL.

    Each such customer gets 1 more in `missing` (int8, shape (n,)). `values` and `ranks` as in `Ranks`;
    `direction` 1 or -1.
    """
    m = values.size
    for i in range(raw.size):
        x = raw[i]
        if x != x:
            scores[i] = NEUTRAL
            missing[i] += 1
            continue
        if m == 0:
            scores[i] = NEUTRAL
            continue
        # Counted, not searched: all values are compared at once (SIMD), four times as fast as halving.
        count = np.int64(0)
        for k in range(m):
            count += np.int64(values[k] <= x)
        low = count - 1
        if count == 0:
            place = 0.0
        elif x == values[low]:
            place = ranks[low]
        elif low == m - 1:
            place = 1.0
        else:
            share = (x - values[low]) / (values[low + 1] - values[low])
            place = ranks[low] + share * (ranks[low + 1] - ranks[low])
        scores[i] = place if direction > 0 else 1.0 - place


@dataclass(frozen=True, eq=False)
class Ranks:
    """The distribution of one indicator among the customers it was frozen with.

    Parameters
    ----------
    values : increasing values that occurred, at most GRID of them, shape (m,); none if all were missing.
    ranks : their mid-ranks as shares (customers below, and half of those equal), shape (m,).
    """

    values: Floats
    ranks: Floats

    def __post_init__(self) -> None:
        self.values.flags.writeable = False
        self.ranks.flags.writeable = False

    def fill(self, raw: Floats, direction: int, scores: Floats, missing: npt.NDArray[np.int8]) -> None:
        """Fill `scores`, shape (n,), from 0 to 1, of `raw` where more is better (1) or worse (-1).

        Between grid values linear; below all customers of the start 0, above all of them 1. Where `raw` is
        nan, or nothing was known at the start, NEUTRAL; `missing` is raised by 1 where `raw` is nan.
        """
        rank_scores(raw, self.values, self.ranks, direction, scores, missing)


def freeze(raw: Floats) -> Ranks:
    """Distribution of `raw`, shape (n,), without what is missing.

    Ties share their mid-rank: where all are equal everybody has 0.5. Grid values are ones that occurred, so
    the ranks at them are exact.
    """
    known = np.sort(raw[~np.isnan(raw)])
    if known.size == 0:
        return Ranks(known, known.copy())
    at = np.rint(np.linspace(0, known.size - 1, GRID)).astype(np.intp)
    values = np.unique(known[at])
    below = np.searchsorted(known, values, "left")
    upto = np.searchsorted(known, values, "right")
    return Ranks(values, (below + upto) / (2.0 * known.size))
