"""Bounds for z over any number of looks, so that the level holds over all of them together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri

from tiersim.experiment.looks.recursion import (
    FAR,
    above,
    advance,
    bound_above,
    checked_fractions,
    crossings,
    start,
)
from tiersim.experiment.looks.spending import SHAPES, SPENDING, shape, spent
from tiersim.experiment.looks.stops import Stops

KINDS = (*SPENDING, *SHAPES, "once", "naive")
"""Kinds of bounds: by spending, of a fixed shape, at the last look only, and the fixed test's at every look
(which does not hold the level)."""


@dataclass(frozen=True)
class Bounds:
    """Bounds for the z-score at each look; looks are counted from 1.

    Parameters
    ----------
    kind : one of `KINDS`, or ``always_valid``.
    fractions : information at each look as a share of the planned one, rising.
    upper, lower : the bounds; infinite where a look cannot stop. One-sided tests look for a positive effect.
    spent : level spent at each look, both tails together, if there is no effect.
    alpha : level over all looks, both tails together.
    sides : 2 or 1.
    rho : of the power family; of ``always_valid`` the fraction at which it is tightest.
    """

    kind: str
    fractions: tuple[float, ...]
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    spent: tuple[float, ...]
    alpha: float
    sides: int
    rho: float = 3.0

    @property
    def looks(self) -> int:
        """Number of looks."""
        return len(self.fractions)

    def place(self, look: int) -> int:
        """Position of a look in the tuples; ValueError for a look that is not there."""
        if not 1 <= look <= self.looks:
            raise ValueError(f"look {look} is not planned; there are 1 to {self.looks}")
        return look - 1

    def crossed(self, z: float, look: int) -> int:
        """1 if `z` crosses the upper bound at a look, -1 the lower, 0 if neither."""
        k = self.place(look)
        return int(z >= self.upper[k]) - int(z <= self.lower[k])

    def first_crossing(
        self, z: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """First look at which each path crosses (0: never), and the side (1, -1, 0).

        Parameters
        ----------
        z : z-scores, shape (paths, looks); the first looks alone will do.
        """
        seen = z.shape[1]
        self.place(seen)
        up, down = z >= np.array(self.upper[:seen]), z <= np.array(self.lower[:seen])
        hit = up | down
        first = hit.argmax(axis=1)
        row = np.arange(z.shape[0])
        any_hit = hit[row, first]
        side = up[row, first].astype(np.int64) - down[row, first].astype(np.int64)
        return np.where(any_hit, first + 1, 0), side

    def stop_distribution(self, drift: float) -> Stops:
        """Where the experiment stops if z at full information has mean `drift` (effect / error there)."""
        up, down = crossings(self.fractions, self.lower, self.upper, drift)
        return Stops(np.array(up), np.array(down), np.array(self.fractions))

    def power(self, drift: float) -> float:
        """Probability to cross a bound of efficacy under a drift."""
        return self.stop_distribution(drift).power

    def drift(self, power: float) -> float:
        """The positive drift found with probability `power`; ValueError if that is not above the level."""
        if not self.power(0.0) < power < 1.0:
            raise ValueError("power must lie between the level and 1")
        return float(brentq(lambda d: self.power(d) - power, 0.0, 40.0, xtol=1e-9))

    def at_information(self, fractions: Sequence[float], last: bool = False) -> Bounds:
        """Bounds for the information that looks really had; those planned beyond it stay planned.

        Parameters
        ----------
        fractions : real information at each look so far, as shares of the planned one.
        last : whether no look will follow; then it may spend all that is left.

        Raises
        ------
        ValueError : no spending function stands behind these bounds, or information did not grow.
        """
        if self.kind not in SPENDING:
            raise ValueError(f"{self.kind} bounds hold for the planned looks only; take a spending function")
        seen = checked_fractions(fractions)
        rest = () if last else tuple(t for t in self.fractions if t > seen[-1] * (1.0 + 1e-2))
        return plan(self.kind, seen + rest, self.alpha, self.sides, self.rho, last or not rest)


def plan(
    kind: str,
    fractions: Sequence[float],
    alpha: float = 0.05,
    sides: int = 2,
    rho: float = 3.0,
    spend_all: bool = True,
) -> Bounds:
    """Bounds of a kind for looks at information fractions; cached.

    Parameters
    ----------
    kind : one of `KINDS`.
    fractions : information at each look as a share of the planned one, rising; any number.
    alpha : level over all looks, both tails together.
    sides : 2, or 1 for a positive effect only.
    rho : of the power family.
    spend_all : whether the last look spends what is left of the level, wherever it lies.

    Raises
    ------
    ValueError : unknown kind, fractions that do not rise, alpha outside (0, 1), sides other than 1 and 2.

    Examples
    --------
    >>> [round(u, 3) for u in plan("classic_pocock", (0.5, 1.0)).upper]
    [2.178, 2.178]
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of bounds {kind!r}; there are {', '.join(KINDS)}")
    if not 0.0 < alpha < 1.0:
        raise ValueError("the level must lie between 0 and 1")
    if sides not in (1, 2):
        raise ValueError("a test has one side or two")
    return _plan(kind, checked_fractions(fractions), float(alpha), sides, float(rho), bool(spend_all))


def mirrored(upper: tuple[float, ...], sides: int) -> tuple[float, ...]:
    """Lower bounds: the upper ones mirrored, or none."""
    return tuple(-u for u in upper) if sides == 2 else (-math.inf,) * len(upper)


@lru_cache(maxsize=4096)
def _plan(kind: str, t: tuple[float, ...], alpha: float, sides: int, rho: float, spend_all: bool) -> Bounds:
    tail = alpha / sides
    if kind in SPENDING:
        cumulative = [spent(kind, x, tail, rho) for x in t]
        if spend_all:
            cumulative[-1] = tail
        upper = _by_spending(t, cumulative, sides)
    elif kind in SHAPES:
        form = np.array(shape(kind, t))

        def over(constant: float) -> float:
            bound = tuple((constant * form).tolist())
            up, _ = crossings(t, mirrored(bound, sides), bound)
            return sum(up) - tail

        # Between the fixed test's bound and Bonferroni's: the shapes are 1 or above, and 1 at the last look.
        # Where early bounds are out of reach the root is the fixed one itself, so a hair below is the end.
        ends = float(-ndtri(tail)) - 1e-6, float(-ndtri(tail / len(t)))
        constant = float(-ndtri(tail)) if len(t) == 1 else float(brentq(over, *ends, xtol=1e-9))
        upper = tuple((constant * form).tolist())
    else:
        fixed = float(-ndtri(tail))
        upper = tuple(fixed if kind == "naive" or k == len(t) - 1 else math.inf for k in range(len(t)))
    lower = mirrored(upper, sides)
    up, down = crossings(t, lower, upper)
    each = tuple(u + d for u, d in zip(up, down, strict=True))
    return Bounds(kind, t, upper, lower, each, alpha, sides, rho)


def _by_spending(t: tuple[float, ...], cumulative: list[float], sides: int) -> tuple[float, ...]:
    """Upper bounds, look by look, each with the tail that the function allows beyond what was spent."""
    flow, upper, used = start(), [], 0.0
    least = 0.0 if sides == 2 else -FAR
    for look, now in enumerate(t):
        bound = bound_above(flow, now, cumulative[look] - used, least)
        used += above(flow, now, bound)
        upper.append(bound)
        if look + 1 < len(t):
            flow = advance(flow, now, -bound if sides == 2 else -math.inf, bound, t[look + 1])
    return tuple(upper)
