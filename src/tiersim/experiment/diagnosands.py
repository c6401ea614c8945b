"""What is said of an answer or a gate over many replications, each with its Monte-Carlo error.

Replications 2 p and 2 p + 1 share a draw of the assumptions, so errors are taken over pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SIGNIFICANT = 1e-12
"""Exact p-values may equal the level, but for rounding."""


@dataclass(frozen=True)
class Figure:
    """A diagnosand and its Monte-Carlo standard error; nan where nothing could be counted."""

    value: float
    error: float


def share(numerator: npt.NDArray, denominator: npt.NDArray, pair: npt.NDArray) -> Figure:
    """A ratio of sums over replications, with the error of its linear part over pairs.

    Parameters
    ----------
    numerator, denominator : by replication, shape (n,).
    pair : number of the draw of the assumptions, shape (n,).
    """
    top, below = np.asarray(numerator, float), np.asarray(denominator, float)
    total = float(below.sum())
    if total == 0.0:
        return Figure(float("nan"), float("nan"))
    ratio = float(top.sum()) / total
    _, place = np.unique(pair, return_inverse=True)
    parts = np.bincount(place, top - ratio * below)
    many = parts.size
    if many < 2:
        return Figure(ratio, float("nan"))
    return Figure(ratio, float(np.sqrt((parts**2).sum() * many / (many - 1))) / total)


def mean(values: Floats, pair: npt.NDArray, where: Bools | None = None) -> Figure:
    """Mean over replications, of those where it is wanted."""
    kept = np.isfinite(values) if where is None else np.isfinite(values) & where
    return share(np.where(kept, values, 0.0), kept, pair)


@dataclass(frozen=True, eq=False)
class Replications:
    """One answer to one outcome over replications; arrays of shape (n,), nan where it was not estimable.

    `truth` is the estimand that the answer is held against.
    """

    value: Floats
    low: Floats
    high: Floats
    p: Floats
    truth: Floats
    pair: npt.NDArray

    @property
    def ok(self) -> Bools:
        """Whether there is an estimate."""
        return np.isfinite(self.value)

    @property
    def inferred(self) -> Bools:
        """Whether there is an interval too."""
        return self.ok & ~np.isnan(self.low)

    def significant(self, level: float = 0.05) -> Bools:
        """Whether the effect is told apart from 0."""
        return self.ok & (np.nan_to_num(self.p, nan=1.0) <= level + SIGNIFICANT)

    def figures(self, level: float = 0.05) -> dict[str, Figure]:
        """All diagnosands by name.

        ``bias`` and ``rmse`` against the truth; ``coverage`` of the interval, among those that have one;
        ``power`` is the share that tells an effect apart from 0; ``type_s`` the share of wrong signs among
        them (Gelman & Carlin 2014), ``type_m`` by how much they overstate its size, as the ratio of mean
        sizes; ``failed`` the share without an estimate.
        """
        ok, sure, pair = self.ok, self.significant(level), self.pair
        told = ok & np.isfinite(self.truth)
        gap = np.where(told, self.value - np.nan_to_num(self.truth), 0.0)
        covers = self.inferred & (self.low <= self.truth) & (self.truth <= self.high)
        square = share(gap**2, told, pair)
        root = float(np.sqrt(square.value)) if square.value >= 0 else float("nan")
        signed = sure & (np.nan_to_num(self.truth) != 0.0)  # nothing has no sign to be wrong about
        wrong = signed & (np.sign(self.value) != np.sign(self.truth))
        size = np.where(sure, np.abs(np.nan_to_num(self.value)), 0.0)
        true_size = np.where(sure, np.abs(np.nan_to_num(self.truth)), 0.0)
        width = np.where(self.inferred & np.isfinite(self.high - self.low), self.high - self.low, np.nan)
        return {
            "truth": mean(self.truth, pair),
            "estimate": mean(self.value, pair),
            "bias": share(gap, told, pair),
            "rmse": Figure(root, square.error / (2.0 * root) if root > 0 else float("nan")),
            "coverage": share(covers, self.inferred & told, pair),
            "power": share(sure, np.ones(ok.size), pair),
            "type_s": share(wrong, signed, pair),
            "type_m": share(size, true_size, pair),
            "width": mean(width, pair),
            "failed": share(~ok, np.ones(ok.size), pair),
        }


def decisions(
    go: Bools, stop: Bools, value: Floats, pair: npt.NDArray, needed: float = 0.0
) -> dict[str, Figure]:
    """What verdicts cost, against the true value of the rollout.

    ``wrong_go``: a rollout that is worth less than what is needed; ``good_stopped``: a stop though it is
    worth more, ``good_missed``: a stop or no decision; ``regret``: money that a team loses against one that
    knows the truth, where what does not go is not rolled out; ``regret_never`` and ``regret_always``: of
    teams that never and always do.
    """
    good, every = value > needed, np.ones(go.size)
    net = value - needed
    gain = np.maximum(net, 0.0)
    return {
        "go": share(go, every, pair),
        "stop": share(stop, every, pair),
        "hold": share(~go & ~stop, every, pair),
        "wrong_go": share(go & ~good, every, pair),
        "good_stopped": share(stop & good, every, pair),
        "good_missed": share(~go & good, every, pair),
        "right": share(np.where(good, go, ~go), every, pair),
        "regret": mean(gain - np.where(go, net, 0.0), pair),
        "regret_never": mean(gain, pair),
        "regret_always": mean(gain - net, pair),
    }
