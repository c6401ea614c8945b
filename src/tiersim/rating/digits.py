"""Digits of an RFM table: cut points from quantiles or as stated, and the digits that they give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from tiersim.rating.errors import RatingError

Floats = npt.NDArray[np.float64]


def middle_digit(bins: int) -> int:
    """Digit of whom nothing sets apart: the middle one, and with an even number the lower of the two."""
    return (bins + 1) // 2


def digits_of(values: Floats, points: Floats, sign: int, bins: int, gap: int) -> npt.NDArray[np.int8]:
    """Digits from 1 (worst) to `bins` (best), int8, shape (n,); `gap` where a value is nan.

    Parameters
    ----------
    points : cut points from the best, each part of the better digit, shape (bins - 1,).
    sign : 1 where more is better, -1 where less is.
    """
    digit = np.full(values.shape, bins, np.int8)
    for point in points:
        digit -= ~(sign * values >= sign * point)
    digit[np.isnan(values)] = gap
    return digit


def stated_cuts(axis: str, points: Sequence[float], sign: int, bins: int) -> Floats:
    """The scenario's cut points, checked: one less than digits, from the best to the worst."""
    cuts = np.asarray(points, np.float64)
    if cuts.size != bins - 1 or (sign * np.diff(cuts) >= 0).any():
        order = "falling" if sign > 0 else "rising"
        raise RatingError(f"rating.rfm.{axis} needs {bins - 1} {order} cut points for {bins} digits")
    return cuts


def quantile_cuts(known: Floats, sign: int, bins: int, ties: Literal["better", "worse", "middle"]) -> Floats:
    """Cut points from the best so that digits hold equally many customers, shape (bins - 1,).

    Customers with equal values always share a digit, the best of those that they would reach one by one
    (`ties` is better), the worst, or that of the one in their middle. Where all are equal, all get the middle
    digit. A digit that nobody reaches has the cut point of the next better one, or infinity.

    Parameters
    ----------
    known : values at the start without those missing, shape (n,).
    sign : 1 where more is better, -1 where less is.
    """
    if known.size == 0:
        return np.full(bins - 1, sign * np.inf)
    value, count = np.unique(sign * known, return_counts=True)
    value, count = value[::-1], count[::-1]
    if value.size == 1:
        steps = np.array([bins - middle_digit(bins)])
    else:
        after = np.cumsum(count)
        at = {"better": after - count, "worse": after - 1, "middle": after - (count + 1) // 2}[ties]
        steps = at * bins // known.size
    # Values of the digit `bins - k` or better are the first of so many distinct ones.
    upto = np.searchsorted(steps, np.arange(bins - 1), "right")
    cuts = np.where(upto > 0, value[np.maximum(upto - 1, 0)], np.inf)
    if value.size == 1:
        cuts[upto == 0] = np.nextafter(value[0], np.inf)
    return np.asarray(sign * cuts)
