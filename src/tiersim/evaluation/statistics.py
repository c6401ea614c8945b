"""Means, ranges and errors over replications, two of which share each draw of the assumptions (R2).

Replications 2p and 2p + 1 have the same assumptions. Their difference is chance; what pairs differ in
beyond chance is assumptions. All intervals count pairs, not replications.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.findings import Estimate

Values = NDArray[np.float64]
LEVEL = 0.95
OUTCOMES = (0.025, 0.975)
MAX_REPLICATIONS = 10_000_000


@dataclass(frozen=True)
class Split:
    """Variance within pairs (chance) and between draws (assumptions), one-way ANOVA with groups of two.

    ``share`` is the part of the variance that is between draws, clipped to [0, 1]; ``low`` and ``high``
    bound it with 95 % confidence (exact for normal values, from the F distribution of the mean squares).
    ``between`` itself is unbiased and may be negative.
    """

    within: float
    between: float
    share: float
    low: float
    high: float
    draws: int


def t_quantile(p: float, df: float) -> float:
    """Quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(df, p))


def pair_means(values: Values) -> Values:
    """Mean of each complete pair, shape (draws,)."""
    whole = values.size // 2 * 2
    return values[:whole].reshape(-1, 2).mean(axis=1)


def split(values: Values) -> Split:
    """Chance against assumptions; a last replication without its twin is left out.

    Raises
    ------
    ValueError
        Fewer than two complete pairs.
    """
    draws = values.size // 2
    if draws < 2:
        raise ValueError(f"needs at least 4 replications to tell chance from assumptions, got {values.size}")
    pairs = values[: 2 * draws].reshape(-1, 2)
    within = float(np.mean((pairs[:, 0] - pairs[:, 1]) ** 2) / 2)
    mean_square = float(2 * pairs.mean(axis=1).var(ddof=1))
    between = (mean_square - within) / 2
    share, low, high = _shares(within, mean_square, draws)
    return Split(within, between, share, low, high, draws)


def _shares(within: float, mean_square: float, draws: int) -> tuple[float, float, float]:
    from scipy.special import fdtri

    if within <= 0.0:
        known = 1.0 if mean_square > 0.0 else 0.0
        return known, known, known
    ratio = mean_square / within
    tail = (1 - LEVEL) / 2

    def share_at(f: float) -> float:
        # Mean squares are in the ratio F (1 + 2 b / w); share = b / (b + w).
        odds = (ratio / f - 1) / 2
        return min(1.0, max(0.0, odds / (1 + odds)))

    high, low = (share_at(float(fdtri(draws - 1, draws, p))) for p in (tail, 1 - tail))
    return share_at(1.0), low, high


def standard_error(values: Values) -> tuple[float, int]:
    """Standard error of the mean with draws as clusters, and its degrees of freedom (draws - 1).

    A last replication without its twin is a cluster of one.
    """
    size = values.size
    draws = (size + 1) // 2
    if draws < 2:
        return math.nan, 0
    deviation = values - values.mean()
    sums = np.bincount(np.arange(size) // 2, weights=deviation)
    return float(math.sqrt(np.sum(sums**2) * draws / (draws - 1)) / size), draws - 1


def half_width(values: Values) -> float:
    """Half width of the 95 % t interval of the mean: the simulation error; nan below 3 replications."""
    error, df = standard_error(values)
    return t_quantile(0.5 + LEVEL / 2, df) * error if df else math.nan


def estimate(values: Values, scale: float = 1.0) -> Estimate:
    """Mean, central 95 % of the outcomes, chance to be above 0 and simulation error, times `scale`."""
    scaled = np.asarray(values, dtype=np.float64) * scale
    low, high = np.quantile(scaled, OUTCOMES)
    return Estimate(
        float(scaled.mean()),
        float(low),
        float(high),
        float(np.mean(scaled > 0)),
        half_width(scaled),
    )


def variance_ratio(a: Values, b: Values) -> float:
    """(Var A + Var B) / Var(A - B) with the assumptions fixed: what common draws bought.

    All three variances are taken within pairs, since differences between draws of the assumptions are not
    noise that a common draw could remove. nan where neither varies, inf where only the difference does not.
    """
    if a.size < 2:
        return math.nan

    def within(values: Values) -> float:
        whole = values[: values.size // 2 * 2].reshape(-1, 2)
        return float(np.mean((whole[:, 0] - whole[:, 1]) ** 2) / 2)

    alone, paired = within(a) + within(b), within(a - b)
    if paired == 0.0:
        return math.inf if alone > 0.0 else math.nan
    return alone / paired


def replications_for(values: Values, wanted: float) -> int:
    """Replications for a simulation error of at most `wanted`, judged from those that there are.

    Even, as they come in pairs. The error falls with the number of draws; its t quantile is that of the
    number needed, so few draws need more than the usual square law says.

    Raises
    ------
    ValueError
        `wanted` is not above 0, or there are fewer than two pairs.
    """
    if not wanted > 0:
        raise ValueError(f"a half width must be above 0, got {wanted:g}")
    parts = split(values)
    spread = parts.within / 2 + max(parts.between, 0.0)
    if spread == 0.0:
        return 4

    def error(draws: int) -> float:
        return t_quantile(0.5 + LEVEL / 2, draws - 1) * math.sqrt(spread / draws)

    low, high = 1, 2
    while error(high) > wanted and high < MAX_REPLICATIONS:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if error(middle) <= wanted else (middle, high)
    return 2 * high
