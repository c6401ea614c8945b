"""Frozen normalisation: raw values to scores from 0 to 1 by their place among the customers of the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.rating.indicators import NEUTRAL

Floats = npt.NDArray[np.float64]

GRID = 101


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

    def scores(self, raw: Floats, direction: int) -> Floats:
        """Scores from 0 to 1 of `raw`, shape (n,), where more is better (1) or worse (-1); missing is nan.

        Between grid values linear; below all customers of the start 0, above all of them 1.
        """
        if self.values.size == 0:
            return np.where(np.isnan(raw), np.nan, NEUTRAL)
        place = np.interp(raw, self.values, self.ranks, left=0.0, right=1.0)
        return place if direction > 0 else 1.0 - place


def freeze(raw: Floats) -> Ranks:
    """Distribution of `raw`, shape (n,), without what is missing.

    Ties share their mid-rank: where all are equal everybody has 0.5. Grid values are ones that occurred, so
    the ranks at them are exact.
    """
    known = np.sort(raw[~np.isnan(raw)])
    if known.size == 0:
        return Ranks(known, known)
    at = np.rint(np.linspace(0, known.size - 1, GRID)).astype(np.intp)
    values = np.unique(known[at])
    below = np.searchsorted(known, values, "left")
    upto = np.searchsorted(known, values, "right")
    return Ranks(values, (below + upto) / (2.0 * known.size))
