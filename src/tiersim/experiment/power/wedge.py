"""Power of a stepped wedge: regions or waves change over one after the other until all have."""

from __future__ import annotations

import math

import numpy as np

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.power.analytic import detectable, power_at
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, above_zero, at_least
from tiersim.experiment.sample import NEVER, Ints


def wedge_variance(first: Ints, periods: int, between: float, noise: float) -> float:
    """Variance of the effect in a stepped wedge of independent periods, Hussey & Hughes 2007, equation 8.

    Parameters
    ----------
    first : period, from 0, in which each unit changes over, shape (units,); `NEVER` or beyond for never.
    periods : number of periods.
    between : standard deviation of units' lasting levels.
    noise : standard deviation of a unit's mean in a period around its level, same unit.

    Raises
    ------
    NotEstimable
        Where all units change over at once, or never: then periods explain all.
    """
    at_least(between, 0.0, "noise between units")
    above_zero(noise, "noise of a period")
    if first.ndim != 1 or first.size < 1 or periods < 1:
        raise DesignError("a stepped wedge needs units and periods")
    on = np.arange(periods) >= np.minimum(first, NEVER)[:, None]
    n, t = first.size, periods
    u = float(on.sum())
    w = float((on.sum(axis=0).astype(np.float64) ** 2).sum())
    v = float((on.sum(axis=1).astype(np.float64) ** 2).sum())
    s2, t2 = noise**2, between**2
    below = (n * u - w) * s2 + (u**2 + n * t * u - t * w - n * v) * t2
    if below <= 1e-12 * (s2 + t2):
        raise NotEstimable("all units change over at the same time")
    return n * s2 * (s2 + t * t2) / below


def wedge_power(effect: float, variance: float, rule: Rule = FIVE_PERCENT, dof: float = math.inf) -> float:
    """Power of a stepped wedge from the variance of its effect, of `wedge_variance` or any other.

    Parameters
    ----------
    dof : infinite for the normal law of Hussey & Hughes; with few units their number less two is safer.
    """
    above_zero(variance, "variance")
    return power_at(effect, math.sqrt(variance), dof, rule)


def wedge_detectable(
    variance: float, power: float = 0.8, rule: Rule = FIVE_PERCENT, dof: float = math.inf
) -> float:
    """Smallest effect that a stepped wedge sees."""
    above_zero(variance, "variance")
    return detectable(math.sqrt(variance), dof, power, rule)
