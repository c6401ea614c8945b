"""The closed vocabulary of distributions an assumption may have, each with its quantile function.

Only quantiles are needed: a draw of an assumption is its quantile at an addressed uniform number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

PARAMETERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "fixed": (("value",),),
    "pert": (("low", "mode", "high"),),
    "triangular": (("low", "mode", "high"),),
    "uniform": (("low", "high"),),
    "normal": (("mean", "sd"), ("mean", "sd", "low", "high")),
    "lognormal": (("median", "sigma"), ("low", "high")),
    "beta": (("mean", "sd"),),
    "claim": (("claimed",),),
}
"""Each distribution with the sets of parameters that define it, in the order of the list form."""

CUT_ALLOWED = 0.10
"""Largest part of a distribution without ends that its field's bounds may cut off."""

_STANDARD = NormalDist()
_Z95 = _STANDARD.inv_cdf(0.95)


@dataclass(frozen=True)
class Distribution:
    """One distribution in the unit of its field.

    Parameters
    ----------
    kind : a key of `PARAMETERS`.
    parameters : pairs (name, value), in the order of `PARAMETERS`.
    low, high : ends of the support. For ``normal`` and ``lognormal`` the distribution is cut at them.

    Notes
    -----
    ``pert`` is the beta distribution on (low, high) with shapes 1 + 4 (mode - low) / (high - low) and
    1 + 4 (high - mode) / (high - low). ``claim`` is a story's figure taken as the optimistic end: a PERT on
    log(1 + change) with low 0, mode a quarter of the claim and high the claim (R7). ``lognormal`` with
    low and high takes them as its 5 % and 95 % quantiles.
    """

    kind: str
    parameters: tuple[tuple[str, float], ...]
    low: float
    high: float

    def __getitem__(self, name: str) -> float:
        return dict(self.parameters)[name]

    def quantile(self, u: float) -> float:
        """The value below which a share `u` (0 < u < 1) of the distribution lies."""
        if not 0.0 < u < 1.0:
            raise ValueError(f"a quantile needs 0 < u < 1, not {u}")
        value: float = getattr(self, f"_{self.kind}")(u)
        return min(max(value, self.low), self.high)

    def cut(self) -> float:
        """Share of the uncut distribution that lies outside the support."""
        if self.kind not in ("normal", "lognormal"):
            return 0.0
        return 1.0 - self._mass()[1]

    def _fixed(self, u: float) -> float:
        return self["value"]

    def _uniform(self, u: float) -> float:
        return self.low + u * (self.high - self.low)

    def _triangular(self, u: float) -> float:
        width, mode = self.high - self.low, self["mode"]
        if width == 0.0:
            return self.low
        if u * width < mode - self.low:
            return self.low + math.sqrt(u * width * (mode - self.low))
        return self.high - math.sqrt((1.0 - u) * width * (self.high - mode))

    def _pert(self, u: float) -> float:
        width = self.high - self.low
        if width == 0.0:
            return self.low
        rise = 4.0 * (self["mode"] - self.low) / width
        return self.low + width * _beta_quantile(1.0 + rise, 5.0 - rise, u)

    def _claim(self, u: float) -> float:
        claimed = math.log1p(self["claimed"])
        # For a fall the claim is the low end: the share of it that is true runs the other way.
        share = _beta_quantile(2.0, 4.0, u if claimed >= 0.0 else 1.0 - u)
        return math.expm1(share * claimed)

    def _beta(self, u: float) -> float:
        mean, sd = self["mean"], self["sd"]
        if sd == 0.0:
            return mean
        size = mean * (1.0 - mean) / sd**2 - 1.0
        return _beta_quantile(mean * size, (1.0 - mean) * size, u)

    def _normal(self, u: float) -> float:
        mean, sd = self._moments()
        return mean + sd * self._cut_standard(u)

    def _lognormal(self, u: float) -> float:
        mean, sd = self._moments()
        return math.exp(mean + sd * self._cut_standard(u))

    def _moments(self) -> tuple[float, float]:
        """Mean and standard deviation of the normal, or of the logarithm of the lognormal."""
        names = dict(self.parameters)
        if self.kind == "normal":
            return names["mean"], names["sd"]
        if "median" in names:
            return math.log(names["median"]), names["sigma"]
        low, high = math.log(names["low"]), math.log(names["high"])
        return (low + high) / 2.0, (high - low) / (2.0 * _Z95)

    def _ends(self) -> tuple[float, float]:
        """The support's ends in standard deviations from the mean."""
        mean, sd = self._moments()
        low, high = self.low, self.high
        if self.kind == "lognormal":
            low, high = (math.log(end) if end > 0.0 else -math.inf for end in (low, high))
        if sd == 0.0:
            return (-math.inf if low <= mean else math.inf), (math.inf if mean <= high else -math.inf)
        return (low - mean) / sd, (high - mean) / sd

    def _mass(self) -> tuple[float, float]:
        """Shares of the uncut distribution below the support and inside it."""
        low, high = self._ends()
        below = _cdf(low)
        return below, max(0.0, _cdf(high) - below)

    def _cut_standard(self, u: float) -> float:
        """Quantile of the standard normal cut at the ends, in the tail where the numbers stay precise."""
        low, high = self._ends()
        if low > 0.0:
            upper, inside = _cdf(-low), _cdf(-low) - _cdf(-high)
            return -_inverse(upper - u * inside)
        below, inside = self._mass()
        return _inverse(below + u * inside)


def _cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _inverse(p: float) -> float:
    return _STANDARD.inv_cdf(min(max(p, 1e-300), 1.0 - 1e-16))


def _beta_quantile(a: float, b: float, u: float) -> float:
    # Imported here: it costs a few tenths of a second, and most commands never draw.
    from scipy.special import betaincinv

    return float(betaincinv(a, b, u))


def faults(kind: str, given: dict[str, float]) -> str | None:
    """What is wrong with the parameters taken together, in plain words, or ``None``."""
    low, high = given.get("low"), given.get("high")
    mode, mean, sd = given.get("mode"), given.get("mean"), given.get("sd")
    if low is not None and high is not None and low > high:
        return "low must not be above high"
    if mode is not None and low is not None and high is not None and not low <= mode <= high:
        return "mode must lie between low and high"
    if (sd is not None and sd < 0) or given.get("sigma", 0.0) < 0:
        return "a spread must not be negative"
    if (
        kind == "normal"
        and mean is not None
        and low is not None
        and high is not None
        and not low <= mean <= high
    ):
        return "mean must lie between low and high"
    if kind == "claim" and given["claimed"] <= -1.0:
        return "a claim must be above -100 %"
    if kind == "lognormal" and min(value for name, value in given.items() if name != "sigma") <= 0:
        return "a lognormal needs values above 0"
    if kind == "beta" and mean is not None and sd is not None:
        if not 0.0 < mean < 1.0:
            return "the mean of a beta must lie between 0 and 1"
        if sd**2 >= mean * (1.0 - mean):
            return f"the sd of a beta with this mean must be below {math.sqrt(mean * (1.0 - mean)):.3g}"
    return None
