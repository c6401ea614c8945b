"""Power from simulated replications: how often a test called, how sure that is, and from which effect on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.experiment.power.rule import DesignError, between
from tiersim.experiment.sample import Floats

Calls = npt.NDArray[np.bool_]

FOLDS = 20
"""Parts that are left out in turn to find the error of the smallest effect."""


@dataclass(frozen=True)
class Rate:
    """A share of replications, such as power.

    Parameters
    ----------
    value : share in which the test called.
    error : its Monte-Carlo standard error; 0 where all or none called, so read the interval there.
    low, high : Wilson interval (1927) at `level`.
    replications : number of replications.
    effective : independent replications that would be as sure; fewer than `replications` where pairs agree.
    level : of the interval.
    """

    value: float
    error: float
    low: float
    high: float
    replications: int
    effective: float
    level: float = 0.95


def rejection_rate(calls: Calls, pairs: npt.NDArray[np.int64] | None = None, level: float = 0.95) -> Rate:
    """Share of replications in which a test called.

    Parameters
    ----------
    calls : whether it called, shape (replications,).
    pairs : code of the parameter draw of each replication, shape (replications,): replications that share one
        are not independent, so the error is that of sums by draw. None if all are independent.
    level : of the interval.
    """
    between(level, "level")
    if calls.ndim != 1 or calls.size < 1:
        raise DesignError("no replication is given")
    n, rate = calls.size, float(calls.mean())
    binomial = rate * (1.0 - rate) / n
    variance, effective = binomial, float(n)
    if pairs is not None:
        if pairs.shape != calls.shape:
            raise DesignError("pairs and calls have different shapes")
        _, code = np.unique(pairs, return_inverse=True)
        sizes = np.bincount(code)
        if sizes.size < 2:
            raise DesignError("all replications share one parameter draw: their error cannot be known")
        gaps = np.bincount(code, calls) - rate * sizes
        variance = float(gaps @ gaps) / n**2 * sizes.size / (sizes.size - 1.0)
        # Where nothing varies pairs may agree fully; no pair counts for less than one replication.
        effective = min(float(n), max(float(sizes.size), binomial / variance if variance > 0.0 else 0.0))
    low, high = wilson(rate, effective, level)
    return Rate(rate, math.sqrt(variance), low, high, n, effective, level)


def wilson(rate: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Ends of the Wilson interval (1927) of a share seen in `n` trials; `n` need not be whole.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(0.0, 10)]
    [0.0, 0.2775]
    """
    z2 = _quantile(level) ** 2
    middle = (rate + z2 / (2.0 * n)) / (1.0 + z2 / n)
    half = math.sqrt(z2 * rate * (1.0 - rate) / n + z2**2 / (4.0 * n**2)) / (1.0 + z2 / n)
    low = 0.0 if rate <= 0.0 else max(0.0, middle - half)
    return low, 1.0 if rate >= 1.0 else min(1.0, middle + half)


def replications_needed(
    half_width: float, rate: float = 0.5, level: float = 0.95, design: float = 1.0
) -> int:
    """Replications after which the Wilson interval is at most so wide to each side of its middle.

    Parameters
    ----------
    half_width : in shares, 0.02 for two points of power.
    rate : expected; 0.5 is the worst case.
    design : variance by that of independent replications, at most 2 for pairs of them.

    Examples
    --------
    >>> replications_needed(0.02), replications_needed(0.02, 0.8)
    (2398, 1535)
    """
    if not 0.0 < half_width < 0.5:
        raise DesignError(f"half-width {half_width:g} is not allowed: it lies between 0 and 0.5")
    if not 0.0 <= rate <= 1.0:
        raise DesignError(f"rate {rate:g} is not allowed: it lies in 0-1")
    if not 1.0 <= design < math.inf:
        raise DesignError(f"a design effect of {design:g} is not allowed: it is at least 1")
    # The half-width squared is a quadratic in n: h^2 n^2 + (2 h^2 z^2 - z^2 p q) n + h^2 z^4 - z^4 / 4 = 0.
    z2, h2 = _quantile(level) ** 2, half_width**2
    b, c = 2.0 * h2 * z2 - z2 * rate * (1.0 - rate), h2 * z2**2 - z2**2 / 4.0
    n = (-b + math.sqrt(b * b - 4.0 * h2 * c)) / (2.0 * h2)
    return max(1, math.ceil(n * design - 1e-9))


@dataclass(frozen=True, eq=False)
class Curve:
    """Power over injected effects, and the smallest effect that reaches the target.

    Parameters
    ----------
    effects : rising, shape (effects,).
    rates : share called at each.
    power : the same made to rise (isotonic regression) if that was asked for, shape (effects,).
    target : power looked for.
    smallest : effect at which the curve reaches it, straight lines between effects; infinite if it stays
        below, the first effect if it is there already.
    error : of `smallest`, by leaving out one of `FOLDS` parts in turn; infinite where it lies at an end.
    low, high : effects at which the upper and the lower ends of the rates' intervals reach the target.
    where : "within" the effects tried, "below" or "above" them.
    """

    effects: Floats
    rates: tuple[Rate, ...]
    power: Floats
    target: float
    smallest: float
    error: float
    low: float
    high: float
    where: str


def power_curve(
    effects: Floats,
    calls: Calls,
    pairs: npt.NDArray[np.int64] | None = None,
    target: float = 0.8,
    smooth: bool = True,
    level: float = 0.95,
) -> Curve:
    """Power over injected effects, from the same replications at each.

    Parameters
    ----------
    effects : rising, at least two, shape (effects,).
    calls : whether the test called, shape (effects, replications).
    pairs : code of each replication's parameter draw, shape (replications,); see `rejection_rate`.
    target : power whose effect is looked for.
    smooth : whether the curve is made to rise. It should be, where more effect cannot mean less power.
    """
    between(target, "power")
    if effects.ndim != 1 or effects.size < 2 or not (np.diff(effects) > 0.0).all():
        raise DesignError("a curve needs at least two effects, rising")
    if calls.ndim != 2 or calls.shape[0] != effects.size:
        raise DesignError(f"calls need the shape ({effects.size}, replications), not {calls.shape}")
    rates = tuple(rejection_rate(row, pairs, level) for row in calls)
    power = _rising(np.array([rate.value for rate in rates]), smooth)
    smallest = _reach(effects, power, target)
    where = "above" if math.isinf(smallest) else "below" if power[0] >= target else "within"
    ends = [_rising(np.array(side), smooth) for side in zip(*((r.high, r.low) for r in rates), strict=True)]
    low, high = (_reach(effects, end, target) for end in ends)
    error = _jackknife(effects, calls, pairs, target, smooth) if where == "within" else math.inf
    return Curve(effects, rates, power, target, smallest, error, low, high, where)


def _rising(power: Floats, smooth: bool) -> Floats:
    """Least squares among rising curves (isotonic regression), where asked for."""
    if not smooth:
        return power
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(power).x, np.float64)


def _reach(effects: Floats, power: Floats, target: float) -> float:
    """First effect at which a curve of straight lines reaches the target; infinite if it does not."""
    over = power >= target
    if not over.any():
        return math.inf
    i = int(np.argmax(over))
    if i == 0:
        return float(effects[0])
    part = (target - power[i - 1]) / (power[i] - power[i - 1])
    return float(effects[i - 1] + part * (effects[i] - effects[i - 1]))


def _jackknife(
    effects: Floats, calls: Calls, pairs: npt.NDArray[np.int64] | None, target: float, smooth: bool
) -> float:
    """Standard error of the smallest effect, leaving out one part of whole parameter draws in turn."""
    n = calls.shape[1]
    code = np.arange(n) if pairs is None else np.unique(pairs, return_inverse=True)[1]
    folds = min(FOLDS, int(code.max()) + 1)
    if folds < 2:
        raise DesignError("one replication only: its error cannot be known")
    fold = code % folds
    sizes = np.bincount(fold, minlength=folds)
    sums = np.stack([np.bincount(fold, row, minlength=folds) for row in calls])
    rest = (sums.sum(axis=1, keepdims=True) - sums) / (n - sizes)
    found = np.array([_reach(effects, _rising(rest[:, j], smooth), target) for j in range(folds)])
    if not np.isfinite(found).all():
        return math.inf
    return math.sqrt((folds - 1.0) / folds * float(((found - found.mean()) ** 2).sum()))


def _quantile(level: float) -> float:
    from scipy.special import ndtri

    between(level, "level")
    return float(ndtri(0.5 * (1.0 + level)))
