"""Giving up early: bounds below which an effect of the size hoped for would not be found any more."""

from __future__ import annotations

import dataclasses
import math
from functools import lru_cache

from scipy.optimize import brentq

from tiersim.experiment.looks.bounds import Bounds
from tiersim.experiment.looks.recursion import FAR, Flow, advance, below, start
from tiersim.experiment.looks.spending import spent


@lru_cache(maxsize=1024)
def with_futility(
    bounds: Bounds, power: float = 0.8, kind: str = "obrien_fleming", rho: float = 3.0
) -> tuple[Bounds, float]:
    """One-sided bounds with futility by spending beta, and the drift that they find with `power`.

    The bounds do not bind: the upper ones are those without futility, so nothing is gained in level by
    giving up and nothing lost by going on. The probability of missing, 1 - power, is spent by the look like
    the level (Pampallona, Tsiatis & Kim 2001), under the drift at which both bounds meet at the last look.

    Parameters
    ----------
    bounds : one-sided bounds of efficacy.
    power : to keep although one gives up early.
    kind, rho : function by which the probability of missing is spent.

    Raises
    ------
    ValueError : two-sided bounds, or a power that is not above the level and below 1.
    """
    if bounds.sides != 1:
        raise ValueError("futility is for one-sided bounds")
    plain = dataclasses.replace(bounds, futility=())
    if not plain.power(0.0) < power < 1.0:
        raise ValueError("power must lie between the level and 1")
    least = plain.drift(power)

    def left_over(drift: float) -> float:
        return _futility(plain, drift, 1.0 - power, kind, rho)[1]

    if plain.looks == 1:
        return dataclasses.replace(bounds, futility=bounds.upper), least
    # Giving up can only lose power, so the drift is at least the one without futility.
    top = least + 1.0
    while left_over(top) > 0.0:
        top += 1.0
    drift = least if left_over(least) <= 0.0 else float(brentq(left_over, least, top, xtol=1e-9))
    lower, _ = _futility(plain, drift, 1.0 - power, kind, rho)
    return dataclasses.replace(bounds, futility=lower), drift


def _futility(
    bounds: Bounds, drift: float, beta: float, kind: str, rho: float
) -> tuple[tuple[float, ...], float]:
    """Lower bounds that spend beta under a drift, and by how much the last look misses more than is left."""
    flow, lower, used = start(drift), [], 0.0
    t = bounds.fractions
    for look, now in enumerate(t[:-1]):
        bound = _bound_below(flow, now, spent(kind, now / t[-1], beta, rho) - used, bounds.upper[look])
        used += below(flow, now, bound)
        lower.append(bound)
        flow = advance(flow, now, bound, bounds.upper[look], t[look + 1])
    end = bounds.upper[-1]
    return (*lower, end), below(flow, t[-1], end) - (beta - used)


def _bound_below(flow: Flow, t: float, chance: float, most: float) -> float:
    """The z that is undercut with probability `chance`, but not above `most`."""
    if chance < 1e-16:
        return -math.inf
    centre = flow.drift * math.sqrt(t)
    ends = centre - FAR, min(most, centre + FAR)
    if below(flow, t, ends[0]) > chance:
        return -math.inf
    if below(flow, t, ends[1]) <= chance:
        return most
    return float(brentq(lambda z: below(flow, t, z) - chance, *ends, xtol=1e-10, rtol=1e-14))
