"""The score process over looks: what of its law has not crossed a bound yet.

At information fraction t the z-score of an experiment is Z(t) = B(t) / √t + drift √t with a Brownian motion
B; the score Z √t has independent increments. So the law of Z at a look, restricted to the paths that went
on, follows from that of the look before by one integral (Armitage, McPherson & Rowe 1969). The integral is
taken by Gauss-Legendre on panels that are narrow against the step's own spread (Jennison & Turnbull 2000,
chapter 19, take a Simpson grid instead).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr

Floats = npt.NDArray[np.float64]

FAR = 8.3
"""Distance in standard deviations beyond which a normal law has no mass in double precision."""

CLOSEST = 1e-3
"""Smallest growth of information between looks, as a share of the information reached."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PANEL = 5.0
_ROOT_2PI = math.sqrt(2.0 * math.pi)


@dataclass(frozen=True, eq=False)
class Flow:
    """Paths that are still going on after a look: nodes on the z-scale and the probability each stands for.

    Parameters
    ----------
    t : information fraction of the look; 0 before the first.
    z : nodes, shape (m,).
    mass : density times quadrature weight, shape (m,).
    drift : expected z at full information under which it was computed.
    """

    t: float
    z: Floats
    mass: Floats
    drift: float

    def at_drift(self, drift: float) -> Floats:
        """Masses under another drift, by the likelihood ratio of the score; shape (m,)."""
        tilt = (drift - self.drift) * math.sqrt(self.t)
        return np.asarray(self.mass * np.exp(tilt * self.z - 0.5 * (drift**2 - self.drift**2) * self.t))


def start(drift: float = 0.0) -> Flow:
    """The process before its first look."""
    return Flow(0.0, np.zeros(1), np.ones(1), drift)


def above(flow: Flow, t: float, z: float, drift: float | None = None) -> float:
    """Probability to have gone on so far and to lie above `z` at fraction `t`."""
    theta = flow.drift if drift is None else drift
    mass = flow.mass if theta == flow.drift else flow.at_drift(theta)
    return float(mass @ ndtr(_lead(flow, t, theta) - z * math.sqrt(t / (t - flow.t))))


def below(flow: Flow, t: float, z: float) -> float:
    """Probability to have gone on so far and to lie below `z` at fraction `t`."""
    return float(flow.mass @ ndtr(z * math.sqrt(t / (t - flow.t)) - _lead(flow, t, flow.drift)))


def advance(flow: Flow, t: float, low: float, high: float, following: float | None = None) -> Flow:
    """The paths between `low` and `high` at fraction `t`; `following` is the next look's fraction."""
    centre = flow.drift * math.sqrt(t)
    low, high = max(low, centre - FAR), min(high, centre + FAR)
    if not low < high:
        return Flow(t, np.zeros(0), np.zeros(0), flow.drift)
    step = t - flow.t
    spread = math.sqrt(min(step, (following or math.inf) - t, t) / t)
    panels = math.ceil((high - low) / (_PANEL * spread))
    half = 0.5 * (high - low) / panels
    middles = low + half * (2.0 * np.arange(panels) + 1.0)
    z = (middles[:, None] + half * _NODES).ravel()
    weight = np.tile(half * _WEIGHTS, panels)
    scale = math.sqrt(t / step)
    apart = z[:, None] * scale - _lead(flow, t, flow.drift)
    apart *= apart
    apart *= -0.5
    density = np.exp(apart, out=apart) @ flow.mass * (scale / _ROOT_2PI)
    return Flow(t, z, density * weight, flow.drift)


def bound_above(flow: Flow, t: float, chance: float, least: float) -> float:
    """The z that is exceeded with probability `chance` at fraction `t`; infinite where that is next to 0.

    `least` is returned where no z above it leaves so much.
    """
    if chance < 1e-16:
        return math.inf
    top = flow.drift * math.sqrt(t) + FAR
    if above(flow, t, top) > chance:
        return math.inf
    if above(flow, t, least) <= chance:
        return least
    return float(brentq(lambda z: above(flow, t, z) - chance, least, top, xtol=1e-10, rtol=1e-14))


@lru_cache(maxsize=4096)
def crossings(
    fractions: tuple[float, ...], lower: tuple[float, ...], upper: tuple[float, ...], drift: float = 0.0
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Probability to cross first at each look, above `upper` and below `lower`, each a tuple by look."""
    flow, up, down = start(drift), [], []
    for look, t in enumerate(fractions):
        up.append(above(flow, t, upper[look]))
        down.append(below(flow, t, lower[look]))
        if look + 1 < len(fractions):
            flow = advance(flow, t, lower[look], upper[look], fractions[look + 1])
    return tuple(up), tuple(down)


def checked_fractions(fractions: Sequence[float]) -> tuple[float, ...]:
    """Information fractions as a tuple, refused (ValueError) unless positive and rising."""
    t = tuple(float(x) for x in fractions)
    if not t:
        raise ValueError("there is no look")
    if not all(math.isfinite(x) for x in t) or t[0] <= 0.0:
        raise ValueError("information fractions must be finite and above 0")
    for before, now in itertools.pairwise(t):
        if now - before < CLOSEST * now:
            raise ValueError(
                f"information must grow by {CLOSEST:g} of itself between looks: {before:g}, {now:g}"
            )
    return t


def equal_looks(looks: int) -> tuple[float, ...]:
    """Fractions 1/K, 2/K, ..., 1."""
    if looks < 1:
        raise ValueError("there must be one look or more")
    return tuple((k + 1) / looks for k in range(looks))


def _lead(flow: Flow, t: float, drift: float) -> Floats:
    """Expected score at `t` from each node, in spreads of the step."""
    step = t - flow.t
    return np.asarray((flow.z * math.sqrt(flow.t) + drift * step) / math.sqrt(step))
