"""Always-valid inference: intervals and p-values that hold at every look, however many there will be.

The z-score is compared with a normal mixture of drifts (Robbins 1970). With information I, in any unit that
was fixed beforehand, and a mixture whose variance makes r = I · variance, the likelihood ratio against no
effect is

    ratio = exp(z² r / (2 (1 + r))) / √(1 + r),

a martingale under no effect; so it exceeds 1 / alpha at any time with probability alpha at most (Ville 1939).
This is the mixture sequential test of Johari, Koomen, Pekelis & Walsh (2022); used with estimated errors it
is the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), which needs
enough customers at the first look for z to be normal. It is conservative: few looks cannot use up the level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import lambertw

from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.looks.bounds import Bounds
from tiersim.experiment.looks.recursion import checked_fractions, crossings


@dataclass(frozen=True)
class AlwaysValid:
    """A two-sided confidence sequence.

    Parameters
    ----------
    alpha : level over all looks.
    mixing : variance of the mixture times the information at fraction 1: r above is mixing · fraction.
    """

    alpha: float
    mixing: float

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0:
            raise ValueError("the level must lie between 0 and 1")
        if not self.mixing > 0.0:
            raise ValueError("the mixture needs a variance above 0")

    @classmethod
    def tightest(cls, alpha: float = 0.05, at: float = 1.0) -> AlwaysValid:
        """The sequence whose interval is the narrowest possible at information fraction `at`.

        The half-width √((1 + 1/r) (log(1 + r) - 2 log alpha)) is least at 1 + r = -W(-alpha²/e) with the
        lower branch of Lambert's W (derived here from its derivative).
        """
        if not at > 0.0:
            raise ValueError("the information fraction must be above 0")
        return cls(alpha, _best(alpha) / at)

    def bound(self, fraction: float) -> float:
        """The z that is crossed at an information fraction."""
        r = self.mixing * fraction
        return math.sqrt((1.0 + 1.0 / r) * (math.log1p(r) - 2.0 * math.log(self.alpha)))

    def p(self, z: float, fraction: float) -> float:
        """The smallest level at which `z` crosses at this look: 1 / ratio, at most 1."""
        r = self.mixing * fraction
        return min(1.0, math.exp(0.5 * math.log1p(r) - 0.5 * z * z * r / (1.0 + r)))

    def running_p(
        self, z: npt.NDArray[np.float64], fractions: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Running minima of the p-values along the last axis: shape of `z`; `fractions` of its last axis."""
        r = self.mixing * np.asarray(fractions, np.float64)
        log_p = 0.5 * np.log1p(r) - 0.5 * np.square(z) * r / (1.0 + r)
        return np.asarray(np.minimum.accumulate(np.exp(np.minimum(log_p, 0.0)), axis=-1))

    def estimate(self, value: float, error: float, fraction: float) -> Estimate:
        """An estimate with its always-valid interval and p-value at one look.

        Raises
        ------
        NotEstimable : an error of 0, or figures that are not finite.
        """
        if not math.isfinite(value) or not math.isfinite(error):
            raise NotEstimable("the figures of its groups are not finite")
        if error <= 0.0:
            raise NotEstimable("the outcome never varies")
        half = self.bound(fraction) * error
        return Estimate(
            value, error, value - half, value + half, self.p(value / error, fraction), "always_valid",
            level=1.0 - self.alpha,
        )  # fmt: skip

    def bounds(self, fractions: Sequence[float]) -> Bounds:
        """The same as bounds at given looks, with the level that these looks spend of alpha."""
        return _bounds(self, checked_fractions(fractions))


@lru_cache(maxsize=1024)
def _best(alpha: float) -> float:
    return float(-lambertw(-alpha * alpha / math.e, -1).real) - 1.0


@lru_cache(maxsize=1024)
def _bounds(sequence: AlwaysValid, t: tuple[float, ...]) -> Bounds:
    upper = tuple(sequence.bound(x) for x in t)
    lower = tuple(-u for u in upper)
    spent = tuple(u + d for u, d in zip(*crossings(t, lower, upper), strict=True))
    # rho holds the fraction at which the sequence is tightest, by which it can be found again.
    return Bounds(
        "always_valid", t, upper, lower, spent, sequence.alpha, 2, _best(sequence.alpha) / sequence.mixing
    )
