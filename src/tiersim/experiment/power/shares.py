"""Power of the comparison of two shares: of leavers, of answers, of requests late."""

from __future__ import annotations

import math

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.power.analytic import crossed, power_at
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, between

METHODS = ("pooled", "arcsine", "exact")
"""How the power of two shares is found: by the normal law with the pooled share under no effect (Fleiss,
Levin & Paik 2003), by Cohen's difference of arcsines (1988, ch. 6), by summing both binomial laws over all
results that the pooled z test calls."""

CELLS = 4_000_000
"""Results that `exact` sums over at most."""


def power_shares(
    share: float, effect: float, groups: Groups, rule: Rule = FIVE_PERCENT, method: str = "pooled"
) -> float:
    """Power of the comparison of two shares.

    Parameters
    ----------
    share : without the care, between 0 and 1.
    effect : on those who get the care, added to the share; -0.03 takes three points off. One-sided rules
        look in its direction.
    method : one of `METHODS`; ``exact`` knows neither covariates, clusters nor several looks.

    Raises
    ------
    DesignError
        Where a share leaves 0-1.
    """
    between(share, "share of the control")
    if method not in METHODS:
        raise DesignError(f"method {method!r} is unknown: there are {', '.join(METHODS)}")
    # Leak moves the control's share as well.
    other, base = share + effect * (1.0 - groups.never), share + effect * groups.leak
    between(other, "share of the treated arm")
    if method == "exact":
        return _exact(base, other, groups, rule)
    control, treated = groups.seen
    if method == "arcsine":
        shift = abs(2.0 * math.asin(math.sqrt(other)) - 2.0 * math.asin(math.sqrt(base)))
        return power_at(shift, math.sqrt(groups.factor * (1.0 / control + 1.0 / treated)), math.inf, rule)
    from scipy.special import ndtr, ndtri

    scale = groups.factor * (rule.inflation if rule.bounds is None else 1.0)
    pooled = (control * base + treated * other) / (control + treated)
    under_none = math.sqrt(scale * pooled * (1.0 - pooled) * (1.0 / control + 1.0 / treated))
    error = math.sqrt(scale * (base * (1.0 - base) / control + other * (1.0 - other) / treated))
    shift = abs(other - base)

    def single(tail: float, way: float = 1.0) -> float:
        return float(ndtr((way * shift + float(ndtri(tail)) * under_none) / error))

    if rule.bounds is None:
        near, far = single(rule.tail), single(rule.tail, -1.0)
    else:
        near, far = crossed(single, rule.bounds)
    return near + (far if rule.two_sided else 0.0)


def _exact(base: float, other: float, groups: Groups, rule: Rule) -> float:
    """Sum over all pairs of counts that the pooled z test calls."""
    import numpy as np
    from scipy.special import bdtr, ndtri

    if groups.factor != 1.0 or rule.inflation != 1.0 or rule.bounds is not None:
        raise DesignError("the exact power of shares knows neither covariates, clusters nor several looks")
    counts, laws = [], []
    for n, p in zip((round(n) for n in groups.seen), (base, other), strict=True):
        if n < 1:
            raise NotEstimable("an arm has no customer")
        spread = 9.0 * math.sqrt(n * p * (1.0 - p)) + 20.0
        few, many = max(0, math.floor(n * p - spread)), min(n, math.ceil(n * p + spread))
        k = np.arange(few, many + 1, dtype=np.float64)
        below = bdtr(k, n, p)
        # What lies below the window belongs to no count; it is less than 1e-15 and left out.
        first = float(bdtr(few - 1.0, n, p)) if few > 0 else 0.0
        counts.append((k, float(n)))
        laws.append(np.diff(below, prepend=first))
    (x, control), (y, treated) = counts
    if x.size * y.size > CELLS:
        raise DesignError("too many customers for the exact power of shares: the pooled one is as good there")
    pooled = (x[:, None] + y) / (control + treated)
    error = np.sqrt(pooled * (1.0 - pooled) * (1.0 / control + 1.0 / treated))
    shift = np.sign(other - base or 1.0) * (y / treated - x[:, None] / control)
    bound = -float(ndtri(rule.tail)) * error
    called = (np.abs(shift) if rule.two_sided else shift) >= bound
    # Where nobody or everybody is counted nothing varies and nothing is called.
    return float(laws[0] @ (called & (error > 0.0)) @ laws[1])
