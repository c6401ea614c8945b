"""Effects by tier, shrunk toward their mean as far as they differ by chance alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import chdtrc, ndtri

from tiersim.experiment.estimate import NotEstimable

Floats = npt.NDArray[np.float64]

METHODS = ("paule_mandel", "dersimonian_laird")
"""Ways to find how much effects truly vary."""


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Effects of groups after shrinkage; arrays of shape (groups,).

    Parameters
    ----------
    mean, mean_error : common mean of the effects and its standard error.
    variance : of the true effects (tau²).
    q, p : Cochran's Q and its p-value: whether effects differ by more than chance.
    share : of the observed variation that is true (I² of Higgins & Thompson 2002).
    value, error : shrunken effects and their errors.
    low, high : their intervals at `level`.
    pulled : share of the way that each goes to the mean.
    level : of the intervals.
    """

    mean: float
    mean_error: float
    variance: float
    q: float
    p: float
    share: float
    value: Floats
    error: Floats
    low: Floats
    high: Floats
    pulled: Floats
    level: float


def shrink(
    effects: npt.ArrayLike, errors: npt.ArrayLike, method: str = "paule_mandel", level: float = 0.95
) -> Shrunken:
    """Empirical Bayes for effects of groups that were estimated independently.

    With weights w = 1 / (error² + tau²) and B = error² · w, the shrunken effect is
    B · mean + (1 - B) · effect. Its variance is (1 - B) error² plus B² times the variance of the
    mean: intervals lack the second term when the mean is taken as known (Morris 1983). tau² is itself
    estimated and taken as known; with two or three tiers, and above all where it comes out as 0, intervals
    are too short: of three tiers whose effects truly vary about as much as their errors, intervals at
    95 % cover 85 %.

    Parameters
    ----------
    effects, errors : of the groups, shape (groups,).
    method : ``dersimonian_laird`` (1986), by one step of moments, or ``paule_mandel`` (1982), where the
        weighted sum of squares equals its expectation.
    level : of the intervals.

    Raises
    ------
    ValueError : unknown method, a level outside (0, 1), shapes that differ.
    NotEstimable : one group only, figures that are not finite, an error of 0.
    """
    y, s = np.asarray(effects, np.float64), np.asarray(errors, np.float64)
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; there are {', '.join(METHODS)}")
    if not 0.0 < level < 1.0:
        raise ValueError("the level must lie between 0 and 1")
    if y.shape != s.shape or y.ndim != 1:
        raise ValueError("effects and errors must be two rows of the same length")
    if y.size < 2:
        raise NotEstimable("there is one group only")
    if not (np.isfinite(y).all() and np.isfinite(s).all()):
        raise NotEstimable("the figures of its groups are not finite")
    if (s <= 0.0).any():
        raise NotEstimable("the outcome of a group never varies")
    square = s * s
    q = _spread(y, square, 0.0)
    dof = y.size - 1
    variance = _moments(y, square, q) if method == "dersimonian_laird" else _paule_mandel(y, square)
    weight = 1.0 / (square + variance)
    mean, mean_variance = float(weight @ y / weight.sum()), 1.0 / float(weight.sum())
    pulled = square * weight
    value = pulled * mean + (1.0 - pulled) * y
    error = np.sqrt((1.0 - pulled) * square + pulled**2 * mean_variance)
    half = float(ndtri(0.5 * (1.0 + level))) * error
    share = max(0.0, 1.0 - dof / q) if q > 0.0 else 0.0
    return Shrunken(
        mean, math.sqrt(mean_variance), variance, q, float(chdtrc(dof, q)), share,
        value, error, value - half, value + half, pulled, level,
    )  # fmt: skip


def _spread(y: Floats, square: Floats, variance: float) -> float:
    """Weighted sum of squares about the weighted mean."""
    weight = 1.0 / (square + variance)
    return float(weight @ np.square(y - weight @ y / weight.sum()))


def _moments(y: Floats, square: Floats, q: float) -> float:
    """tau² of DerSimonian & Laird."""
    weight = 1.0 / square
    total = float(weight.sum())
    return max(0.0, (q - (y.size - 1)) / (total - float(weight @ weight) / total))


def _paule_mandel(y: Floats, square: Floats) -> float:
    """tau² at which the weighted sum of squares equals its degrees of freedom; 0 where it starts below."""
    dof = y.size - 1
    if _spread(y, square, 0.0) <= dof:
        return 0.0
    # At tau² = Σ (y - mean)² / dof the sum is at most its degrees of freedom: each weight is below 1 / tau².
    top = float(np.square(y - y.mean()).sum()) / dof
    return float(brentq(lambda v: _spread(y, square, v) - dof, 0.0, top, xtol=1e-12 * top, rtol=1e-12))
