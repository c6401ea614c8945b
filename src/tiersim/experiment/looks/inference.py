"""What may be said of the effect at a look: repeated intervals and p-values, and those after stopping."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.looks.always_valid import AlwaysValid
from tiersim.experiment.looks.bounds import Bounds, mirrored, plan
from tiersim.experiment.looks.recursion import Flow, above, advance, crossings, start
from tiersim.experiment.looks.spending import SHAPES, SPENDING, shape

_GRID = np.linspace(0.02, 5.6, 48)
"""Normal scores of the two-sided levels at which bounds are tabulated, from 0.98 to 2e-8."""


def z_of_t(t: float, dof: float = math.inf) -> float:
    """The z-score with the same tail as a t statistic: bounds are used as nominal levels (Pocock 1977)."""
    if math.isinf(dof):
        return t
    if dof < 1:
        raise NotEstimable("fewer than one degree of freedom is left")
    return math.copysign(-float(ndtri(max(stdtr(dof, -abs(t)), 1e-300))), t)


def repeated(
    bounds: Bounds, value: float, error: float, look: int, dof: float = math.inf, with_p: bool = True
) -> Estimate:
    """An estimate at a look with its repeated interval and p-value (Jennison & Turnbull 1989).

    The interval is estimate ± bound · error. All intervals over all looks cover the effect together with
    probability 1 - alpha, whether or not the experiment stops when it may. The p-value is the smallest level
    at which this look alone would cross; their running minimum is as valid. One-sided bounds give a lower end
    and a one-sided p-value.

    Parameters
    ----------
    bounds : bounds over the looks.
    value, error : the effect and its standard error at this look, in the metric's unit.
    look : from 1.
    dof : of t; the bound is then taken from t at the same nominal level.
    with_p : whether to find the p-value. For a spending function it needs a table, which is kept: some
        milliseconds by look the first time that fractions are met. Without, p is nan.

    Raises
    ------
    NotEstimable : an error of 0, or figures that are not finite.
    """
    z = _z(value, error, dof)
    upper = bounds.upper[bounds.place(look)]
    if math.isinf(upper) or math.isinf(dof):
        half = upper * error
    else:
        half = -float(stdtrit(dof, ndtr(-upper))) * error
    high = value + half if bounds.sides == 2 else math.inf
    inference = "always_valid" if bounds.kind == "always_valid" else "normal" if math.isinf(dof) else "t"
    return Estimate(
        value, error, value - half, high, repeated_p(bounds, z, look) if with_p else math.nan, inference, dof,
        level=1.0 - bounds.alpha, details={"z": z, "bound": upper, "look": float(look)},
    )  # fmt: skip


def repeated_p(bounds: Bounds, z: float, look: int) -> float:
    """The smallest level at which `z` crosses at a look; 1 where none does.

    Exact for bounds of a fixed shape and for always-valid ones. For spending functions the level is read from
    a table of 48 levels by monotone interpolation, within 0.1 % of itself; where z lies beyond the table, the
    p-value is the table's last level, so never too small.
    """
    k = bounds.place(look)
    score = abs(z) if bounds.sides == 2 else z
    t = bounds.fractions
    if bounds.kind == "always_valid":
        return AlwaysValid.tightest(bounds.alpha, bounds.rho).p(score, t[k])
    if bounds.kind in SHAPES:
        if score <= 0.0 and bounds.sides == 2:
            return 1.0
        form = shape(bounds.kind, t)
        upper = tuple(score / form[k] * f for f in form)
        return min(1.0, bounds.sides * sum(crossings(t, mirrored(upper, bounds.sides), upper)[0]))
    if bounds.kind in SPENDING:
        ends_here = k == bounds.looks - 1
        p = _tabulated(bounds.kind, t[: k + 1], bounds.sides, bounds.rho, ends_here, score)
        # What crosses has a p-value of alpha at most, also where the table ends before.
        return min(p, bounds.alpha) if score >= bounds.upper[k] else p
    return 1.0 if math.isinf(bounds.upper[k]) else min(1.0, bounds.sides * float(ndtr(-score)))


def after_stop(
    bounds: Bounds, value: float, error: float, look: int, level: float = 0.95, dof: float = math.inf
) -> Estimate:
    """The effect once the experiment has stopped: median-unbiased, by stage-wise ordering.

    An effect that stops an experiment early is overstated by its plain estimate. Outcomes are ordered by look
    and then by z (Armitage 1957; Tsiatis, Rosner & Mehta 1984); the estimate is the effect under which half
    of all experiments end higher, and the interval holds those under which neither tail is rarer than
    (1 - level) / 2. The p-value is exact for the stopping rule; two-sided for two-sided bounds.

    Parameters
    ----------
    bounds : the stopping rule.
    value, error : plain estimate and its error at the look of stopping.
    look : at which it stopped, from 1.
    level : of the interval, with two ends.
    dof : of t; z is then the score with the same tail.

    Returns
    -------
    Estimate with the median-unbiased value; `details` hold the ``plain`` one.

    Raises
    ------
    NotEstimable : an error of 0, figures that are not finite, or z did not stop the experiment at this look.
    """
    z = _z(value, error, dof)
    k = bounds.place(look)
    if bounds.crossed(z, look) == 0 and look < bounds.looks:
        raise NotEstimable("the experiment did not stop at this look")
    sign = -1.0 if bounds.sides == 2 and z < 0.0 else 1.0
    z, t, tail = sign * z, bounds.fractions[k], 0.5 * (1.0 - level)
    centre = min(z, bounds.upper[k]) / math.sqrt(t)
    null = _flows(bounds, k, 0.0)
    share = _higher(bounds, null, k, z, 0.0)
    p = 2.0 * min(share, 1.0 - share) if bounds.sides == 2 else share
    flows = _flows(bounds, k, centre)
    found = [
        _solve(lambda d, q=q: _higher(bounds, flows, k, z, d) - q, centre)  # type: ignore[misc]
        for q in (tail, 0.5, 1.0 - tail)
    ]
    # A drift is an effect in errors at full information; the error there is this look's times √t.
    low, middle, high = (sign * drift * error * math.sqrt(t) for drift in found)
    return Estimate(
        middle, error, min(low, high), max(low, high), min(1.0, p), "normal" if math.isinf(dof) else "t",
        dof, level=level, details={"plain": value, "z": sign * z, "look": float(look)},
    )  # fmt: skip


def _z(value: float, error: float, dof: float) -> float:
    if not math.isfinite(value) or not math.isfinite(error):
        raise NotEstimable("the figures of its groups are not finite")
    if error <= 0.0:
        raise NotEstimable("the outcome never varies")
    return z_of_t(value / error, dof)


@lru_cache(maxsize=1024)
def _table(
    kind: str, t: tuple[float, ...], sides: int, rho: float, ends_here: bool
) -> tuple[PchipInterpolator, float, float]:
    """Normal score of the level as a function of the bound at the last of `t`, and the ends of the bounds."""
    levels = 2.0 * ndtr(-_GRID)
    upper = np.array([plan(kind, t, float(a), sides, rho, ends_here).upper[-1] for a in levels])
    use = np.isfinite(upper)
    use[1:] &= np.diff(np.where(use, upper, 99.0)) > 0.0
    return PchipInterpolator(upper[use], _GRID[use]), float(upper[use].min()), float(upper[use].max())


def _tabulated(
    kind: str, t: tuple[float, ...], sides: int, rho: float, ends_here: bool, score: float
) -> float:
    table, low, high = _table(kind, t, sides, rho, ends_here)
    return 1.0 if score < low else float(2.0 * ndtr(-table(min(score, high))))


def _flows(bounds: Bounds, k: int, drift: float) -> list[Flow]:
    """The paths that go on after each look before position `k`, the start first."""
    flows, t = [start(drift)], bounds.fractions
    for look in range(k):
        flows.append(advance(flows[-1], t[look], bounds.lower[look], bounds.upper[look], t[look + 1]))
    return flows


def _higher(bounds: Bounds, flows: list[Flow], k: int, z: float, drift: float) -> float:
    """Probability of an end that is as high or higher: crossed above before, or reached `k` and above `z`."""
    t = bounds.fractions
    before = sum(above(flows[j], t[j], bounds.upper[j], drift) for j in range(k))
    return before + above(flows[k], t[k], z, drift)


def _solve(rising: Callable[[float], float], near: float) -> float:
    """Root of a rising function, looked for outwards from a point."""
    low, high, step = near - 1.0, near + 1.0, 1.0
    while rising(low) > 0.0:
        step *= 2.0
        low -= step
    while rising(high) < 0.0:
        step *= 2.0
        high += step
    return float(brentq(rising, low, high, xtol=1e-9))
