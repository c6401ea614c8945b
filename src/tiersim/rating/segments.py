"""Segments of an RFM table: ordered rules over the digits and the change against the year before (T2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiersim.rating.digits import middle_digit
from tiersim.scenario.rating import Segment

HIGH = 0.4
"""Upper part of the digits that is high: 4 and 5 of five."""


def default_segments(bins: int) -> tuple[Segment, ...]:
    """The four segments of the loyalty template, in the order in which they are asked, and who fits none.

    A marked fall comes first: a customer with high digits who buys much less than a year ago is the one most
    worth a call. Then all high; then potential, middling or better in all three and rising; then all low. The
    template leaves open what a customer with mixed digits is; we call it middling.
    """
    high = (max(bins - int(HIGH * bins) + 1, 2) if bins > 2 else 2, bins)
    middling = (middle_digit(bins), bins)
    low = (1, max(middle_digit(bins) - 1, 1))
    return (
        Segment(name="churn risk", fell=True),
        Segment(name="high value", recency=high, frequency=high, money=high),
        Segment(name="potential", recency=middling, frequency=middling, money=middling, rose=True),
        Segment(name="low value", recency=low, frequency=low, money=low),
        Segment(name="middling"),
    )


def segment_of(
    segments: Sequence[Segment],
    digits: npt.NDArray[np.int8],
    fell: npt.NDArray[np.bool_],
    rose: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int8]:
    """Number of the first segment that fits, int8, shape (n,); the last takes all who are left.

    Parameters
    ----------
    digits : recency, frequency, money, shape (3, n); a digit of 0 (left out) is within no bounds.
    fell, rose : change against the year before, shape (n,).
    """
    found = np.full(digits.shape[1], len(segments) - 1, np.int8)
    for number in range(len(segments) - 2, -1, -1):
        rule = segments[number]
        fits = np.ones(found.shape, bool)
        for bounds, digit in zip((rule.recency, rule.frequency, rule.money), digits, strict=True):
            if bounds is not None:
                fits &= (digit >= bounds[0]) & (digit <= bounds[1])
        if rule.fell is not None:
            fits &= fell == rule.fell
        if rule.rose is not None:
            fits &= rose == rule.rose
        found[fits] = number
    return found
