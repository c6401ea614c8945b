"""How much of the level may be spent by each look: spending functions, and the classic shapes of bounds."""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

SPENDING = ("obrien_fleming", "pocock", "power")
"""Spending functions by name."""

SHAPES = ("classic_obrien_fleming", "classic_pocock")
"""Bounds of a fixed shape, for looks that happen when they were planned."""


def spent(kind: str, t: float, level: float, rho: float = 3.0) -> float:
    """Share of the level that may be spent by information fraction `t`, for one tail.

    Parameters
    ----------
    kind : ``obrien_fleming`` and ``pocock`` are the functions of Lan & DeMets (1983) that come near the
        bounds of those names; ``power`` is the family level · t^rho of Kim & DeMets (1987).
    t : information fraction; whatever lies above 1 spends all.
    level : to spend in this tail; of a two-sided test half its level. A probability of missing an effect
        (beta) can be spent just so.
    rho : of the power family; 1 spends evenly, 3 is close to O'Brien-Fleming.

    Raises
    ------
    ValueError : unknown kind, a level outside (0, 1), t or rho not above 0.

    Examples
    --------
    >>> [round(spent("obrien_fleming", t, 0.025), 5) for t in (0.25, 0.5, 0.75, 1.0)]
    [1e-05, 0.00153, 0.00965, 0.025]
    """
    if not 0.0 < level < 1.0:
        raise ValueError("the level must lie between 0 and 1")
    if not t > 0.0:
        raise ValueError("the information fraction must be above 0")
    t = min(t, 1.0)
    if kind == "obrien_fleming":
        return float(2.0 * ndtr(ndtri(0.5 * level) / math.sqrt(t)))
    if kind == "pocock":
        return level * math.log1p((math.e - 1.0) * t)
    if kind == "power":
        if not rho > 0.0:
            raise ValueError("rho must be above 0")
        return float(level * t**rho)
    raise ValueError(f"unknown spending function {kind!r}; there are {', '.join(SPENDING)}")


def shape(kind: str, fractions: tuple[float, ...]) -> tuple[float, ...]:
    """Shape of the classic bounds, to be multiplied with a constant; same length as `fractions`.

    O'Brien & Fleming (1979) take √(K / k) at look k of K, here √(last / t), which is the same at equal looks;
    Pocock (1977) takes 1.
    """
    if kind == "classic_obrien_fleming":
        return tuple(math.sqrt(fractions[-1] / t) for t in fractions)
    if kind == "classic_pocock":
        return (1.0,) * len(fractions)
    raise ValueError(f"unknown shape {kind!r}; there are {', '.join(SHAPES)}")
