"""Finding the value of one assumption at which the gain meets the hurdle."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Z_END = 2.5758293035489004
"""Break-evens are looked for in the central 99 % of an assumption."""

EVALUATIONS = 4
"""Simulations for one break-even, at most."""

CLOSE = 0.02
"""Part of the gain at which a break-even counts as met."""

Above = Callable[[float], tuple[float, float]]
"""Mean of gain - hurdle with an assumption held at a normal score, and its simulation error."""


@dataclass(frozen=True)
class _Point:
    z: float
    above: float


def first_guess(centre: float, low: tuple[float, float], high: tuple[float, float]) -> float | None:
    """Nearest normal score at which two straight lines from the median through the ends cross zero.

    Parameters
    ----------
    centre : gain - hurdle at the median.
    low, high : normal score and gain - hurdle at the two ends.
    """
    found = []
    for z, above in (low, high):
        fall = (centre - above) / centre if centre else 0.0
        if fall > 0.0 and abs(z) / fall <= Z_END:
            found.append(z / fall)
    return min(found, key=abs, default=None)


def root(above: Above, centre: float, start: float) -> float | None:
    """Normal score at which `above` is zero, within ±`Z_END`; None where it does not change its sign there.

    Parameters
    ----------
    centre : value at the median, not 0.
    start : where to look first; only this side is searched.

    Secant steps kept inside the bracket. Ends when the value is small beside the gain (`CLOSE`) or a tenth
    of its own simulation error, or after `EVALUATIONS` with the point between the ends of the bracket.
    """
    side = math.copysign(1.0, start)
    inner, outer = _Point(0.0, centre), None
    z = min(max(abs(start), 0.05), Z_END)
    for _ in range(EVALUATIONS):
        value, error = above(side * z)
        if abs(value) <= max(CLOSE * abs(centre), error / 10) and z < Z_END:
            return side * z
        if value * centre > 0:
            if z >= Z_END:
                return None
            inner = _Point(z, value)
        else:
            outer = _Point(z, value)
        z = _next(inner, outer)
    return None if outer is None else side * _between(inner, outer)


def _between(inner: _Point, outer: _Point) -> float:
    return inner.z + (outer.z - inner.z) * inner.above / (inner.above - outer.above)


def _next(inner: _Point, outer: _Point | None) -> float:
    if outer is None:
        return min(Z_END, max(inner.z * 1.6, inner.z + 0.3))
    z = _between(inner, outer)
    # Never closer to an end than a tenth of the bracket, else false position creeps along one side.
    edge = (outer.z - inner.z) / 10
    return min(max(z, inner.z + edge), outer.z - edge)
