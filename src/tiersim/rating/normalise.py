"""Frozen normalisation: raw values to scores from 0 to 1, by what was seen among customers of the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.kernel import kernel
from tiersim.scenario.rating import Normalisation

Floats = npt.NDArray[np.float64]

GRID = 101

NEUTRAL = 0.5
"""Score of what cannot be told: as the middle customer's, neither reward nor blame; counted."""

MAD_TO_SD = 1.482602218505602
"""1 / normal quantile of 3/4: the median absolute deviation of a normal sample times this is its s.d."""

MEAN_TO_SD = 1.2533141373155001
"""sqrt(pi / 2): the same for the mean absolute deviation."""

CLIP = 3.0
"""Robust z is cut at this many deviations from the median."""


@kernel
def rank_scores(raw, values, ranks, direction, gap, scores, missing):  # type: ignore[no-untyped-def]
    """Fill `scores` (float64, shape (n,)) of `raw`; where that is nan, `gap`.

    Each such customer gets 1 more in `missing` (int8, shape (n,)). `values` and `ranks` as in `Ranks`;
    `direction` 1 or -1.
    """
    m = values.size
    for i in range(raw.size):
        x = raw[i]
        if x != x:
            scores[i] = gap
            missing[i] += 1
            continue
        if m == 0:
            scores[i] = 0.5
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
    """Place among the customers of the start.

    Between grid values linear; below all customers of the start 0, above all of them 1.

    Parameters
    ----------
    values : increasing values that occurred, at most GRID of them, shape (m,); none if all were missing.
    ranks : their mid-ranks as shares (customers below, and half of those equal), shape (m,).
    middle : score of the median of the start.
    """

    values: Floats
    ranks: Floats
    middle: float = NEUTRAL

    def __post_init__(self) -> None:
        self.values.flags.writeable = False
        self.ranks.flags.writeable = False

    def fill(
        self, raw: Floats, direction: int, gap: float, scores: Floats, missing: npt.NDArray[np.int8]
    ) -> None:
        """Fill `scores`, shape (n,), from 0 to 1, of `raw` where more is better (1) or worse (-1).

        Where `raw` is nan `gap`, and `missing` is raised by 1; NEUTRAL where nothing was known at the start.
        """
        rank_scores(raw, self.values, self.ranks, direction, gap, scores, missing)


@dataclass(frozen=True, eq=False)
class Linear:
    """(raw - zero) / span, held within 0 to 1; where span is 0, 0 below `zero`, 1 above, NEUTRAL at it.

    Parameters
    ----------
    zero : raw value that scores 0 where more is better.
    span : raw distance from there to a score of 1.
    middle : score of the median of the start.
    """

    zero: float
    span: float
    middle: float

    def fill(
        self, raw: Floats, direction: int, gap: float, scores: Floats, missing: npt.NDArray[np.int8]
    ) -> None:
        """As `Ranks.fill`."""
        with np.errstate(over="ignore"):  # far beyond the start is 0 or 1 anyway
            np.subtract(raw, self.zero, out=scores)
            if self.span > 0:
                np.divide(scores, self.span, out=scores)
                np.clip(scores, 0.0, 1.0, out=scores)
            else:
                np.sign(scores, out=scores)
                np.multiply(np.add(scores, 1.0, out=scores), 0.5, out=scores)
        if direction < 0:
            np.subtract(1.0, scores, out=scores)
        unknown = np.isnan(raw)
        scores[unknown] = gap
        missing += unknown


Measure = Ranks | Linear
"""A frozen normalisation of one indicator."""


def freeze(raw: Floats, kind: Normalisation = "rank") -> Measure:
    """The normalisation of an indicator with the values `raw`, shape (n,), at the start; nan is missing.

    - rank: share of the customers below, and half of those equal. Ties share their mid-rank, so where all are
      equal everybody has 0.5. Grid values are ones that occurred: the ranks at them are exact.
    - minmax: 0 for the lowest of the start, 1 for the highest.
    - vector: raw / sqrt(sum of squares), as TOPSIS has it by custom; where values below 0 occur, the lowest
      is moved to 0, which changes no distance between customers. The more customers, the smaller the scores.
    - robust_z: (raw - median) / (1.4826 median absolute deviation), cut at +-3 and mapped to 0..1; where more
      than half of the customers are equal, 1.2533 times the mean absolute deviation instead.
    """
    known = raw[~np.isnan(raw)]
    if known.size == 0:
        return Ranks(known, known.copy())
    if kind == "rank":
        return _ranks(np.sort(known))
    zero, span = _straight(known, kind)
    line = Linear(zero, span, NEUTRAL)
    score = np.empty(1)
    line.fill(np.array([np.median(known)]), 1, NEUTRAL, score, np.zeros(1, np.int8))
    return Linear(zero, span, float(score[0]))


def _ranks(known: Floats) -> Ranks:
    at = np.rint(np.linspace(0, known.size - 1, GRID)).astype(np.intp)
    values = np.unique(known[at])
    below = np.searchsorted(known, values, "left")
    upto = np.searchsorted(known, values, "right")
    return Ranks(values, (below + upto) / (2.0 * known.size))


def _straight(known: Floats, kind: Normalisation) -> tuple[float, float]:
    """Zero and span of a linear normalisation; span 0 where all values are equal."""
    low, high = float(known.min()), float(known.max())
    if low == high:
        return low, 0.0
    if kind == "minmax":
        return low, high - low
    if kind == "vector":
        # Scaled before squaring, so that no square overflows; summed in order of size, so that the last digit
        # does not hang on the order of customers, and not by BLAS, where it would hang on the machine.
        known, most = np.sort(known), max(abs(low), abs(high))
        zero, length = min(low, 0.0), most * float(np.sqrt(np.square(known / most).sum()))
        # A few customers on both sides of 0 can lie farther apart than the vector is long.
        return zero, max(length, high - zero)
    middle = float(np.median(known))
    away = np.sort(np.abs(known - middle))
    deviation = MAD_TO_SD * float(np.median(away)) or MEAN_TO_SD * float(away.mean())
    return middle - CLIP * deviation, 2.0 * CLIP * deviation
