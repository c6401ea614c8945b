"""Difference of shares, such as customers who left: score intervals, exact tests, Mantel-Haenszel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tiersim.experiment.answers.arms import Arms, two_arms
from tiersim.experiment.estimate import Estimate, NotEstimable, NotSupported
from tiersim.experiment.sample import Floats, Sample

TIED = 1e-7
"""Tables whose probabilities differ by less than this share count as equally likely."""


def share(sample: Sample, arm: int = 1, inference: str = "normal", level: float = 0.95) -> Estimate:
    """Share of yes (1, not 0) in the arm less that in the control.

    Without strata: Newcombe's interval from two score intervals (Newcombe 1998, method 10), the p-value of
    the pooled test, and the unpooled standard error (pooled where both shares are 0 or 1). With strata: the
    Mantel-Haenszel risk difference with Sato's error (Sato 1989), and the p-value of the Mantel-Haenszel test
    without correction for continuity. Strata with answers in one arm only carry no weight; ``left_out`` in
    `details` counts their customers.

    Parameters
    ----------
    inference : ``normal``, or ``randomisation`` for Fisher's exact test, within strata conditional on each
        one's total. The exact test changes p and `floor` only; the interval stays that of the score, so
        that the two can disagree near the level.

    Raises
    ------
    NotEstimable : one arm only, an outcome that is neither 0 nor 1, no stratum with both arms, everybody or
        nobody says yes in all strata.
    NotSupported : another inference.

    Examples
    --------
    >>> lot = np.repeat([0, 1], [80, 70])
    >>> yes = np.concatenate([np.arange(80) < 48, np.arange(70) < 56]).astype(float)
    >>> found = share(Sample(yes, lot, 0 * lot, np.empty((150, 0))))
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if inference not in ("normal", "randomisation"):
        raise NotSupported(f"share does not support {inference!r}; it supports normal, randomisation")
    arms = two_arms(sample, arm)
    tables = _tables(arms)
    if tables.left.sum() == 0:
        raise NotEstimable("no stratum has answers in both arms")
    if not tables.varying.any():
        raise NotEstimable("the outcome never varies within a stratum")
    found = _plain(tables, level) if arms.labels.size == 1 else _stratified(tables, level)
    details = {**arms.details, "left_out": float(arms.outcome.size - tables.left.sum())}
    p, floor = exact(tables) if inference == "randomisation" else (found.p, 0.0)
    return Estimate(
        found.value, found.error, max(found.low, -1.0), min(found.high, 1.0), p, inference, floor=floor,
        level=level, base=found.base, details=details,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Tables:
    """One 2 x 2 table a stratum: yes and all by arm (control, treated), shape (S, 2) each."""

    yes: Floats
    all: Floats

    @property
    def left(self) -> Floats:
        """Customers of each stratum, shape (S,)."""
        return np.asarray(self.all.sum(axis=1))

    @property
    def varying(self) -> np.ndarray:
        """Strata in which some say yes and some say no, mask of shape (S,)."""
        total = self.yes.sum(axis=1)
        return np.asarray((total > 0.0) & (total < self.left))


@dataclass(frozen=True)
class _Found:
    value: float
    error: float
    low: float
    high: float
    p: float
    base: float


def _tables(arms: Arms) -> Tables:
    """Tables of the strata that have answers in both arms."""
    if not ((arms.outcome == 0.0) | (arms.outcome == 1.0)).all():
        raise NotEstimable("an outcome is neither 0 nor 1, so there are no shares")
    cells = arms.cells()
    size = 2 * arms.labels.size
    heads = np.bincount(cells, minlength=size).reshape(-1, 2).astype(np.float64)
    yes = np.bincount(cells, arms.outcome, size).reshape(-1, 2)
    both = heads.min(axis=1) > 0.0
    return Tables(yes[both], heads[both])


def wilson(yes: Floats, heads: Floats, z: float) -> tuple[Floats, Floats]:
    """Ends of the score interval of shares (Wilson 1927)."""
    share = yes / heads
    middle = share + z * z / (2.0 * heads)
    half = z * np.sqrt(share * (1.0 - share) / heads + np.square(z / (2.0 * heads)))
    below = 1.0 + z * z / heads
    return (middle - half) / below, (middle + half) / below


def _plain(tables: Tables, level: float) -> _Found:
    """Newcombe's interval and the pooled test of one table."""
    from scipy.special import ndtr, ndtri

    heads, yes = tables.all[0], tables.yes[0]
    shares = yes / heads
    value = float(shares[1] - shares[0])
    low, high = wilson(yes, heads, float(ndtri(0.5 * (1.0 + level))))
    down = math.hypot(shares[1] - low[1], high[0] - shares[0])
    up = math.hypot(high[1] - shares[1], shares[0] - low[0])
    common = yes.sum() / heads.sum()
    pooled = math.sqrt(common * (1.0 - common) * float((1.0 / heads).sum()))
    error = math.sqrt(float((shares * (1.0 - shares) / heads).sum())) or pooled
    p = 2.0 * float(ndtr(-abs(value) / pooled))
    return _Found(value, error, value - down, value + up, p, float(shares[0]))


def _stratified(tables: Tables, level: float) -> _Found:
    """Mantel-Haenszel risk difference with Sato's error, and the Mantel-Haenszel test."""
    from scipy.special import ndtr, ndtri

    (n0, n1), (b, a), n = tables.all.T, tables.yes.T, tables.left
    weight = n1 * n0 / n
    total = float(weight.sum())
    value = float((weight * (a / n1 - b / n0)).sum()) / total
    bent = (np.square(n1) * b - np.square(n0) * a + 0.5 * n1 * n0 * (n0 - n1)) / np.square(n)
    level_part = (a * (n0 - b) + b * (n1 - a)) / (2.0 * n)
    variance = (value * float(bent.sum()) + float(level_part.sum())) / (total * total)
    yes = a + b
    # A stratum of one cannot be here: both arms have answers, so n is at least 2.
    chance = float((n1 * n0 * yes * (n - yes) / (np.square(n) * (n - 1.0))).sum())
    score = float((a - n1 * yes / n).sum()) / math.sqrt(chance)
    error = math.sqrt(variance) if variance > 0.0 else math.sqrt(chance) / total
    half = float(ndtri(0.5 * (1.0 + level))) * error
    base = float((weight * b / n0).sum()) / total
    return _Found(value, error, value - half, value + half, 2.0 * float(ndtr(-abs(score))), base)


def exact(tables: Tables) -> tuple[float, float]:
    """Two-sided p-value of the exact test, and the smallest that these totals allow.

    Given how many say yes in each stratum, the number of them who are treated is hypergeometric (Fisher
    1935); over strata the sum is a convolution. p is the chance of all sums no likelier than the one seen.
    """
    law, start = np.ones(1), 0.0
    for (n0, n1), yes in zip(tables.all, tables.yes.sum(axis=1), strict=True):
        first = max(0.0, yes - n0)
        law = np.convolve(law, _hypergeometric(np.arange(first, min(yes, n1) + 1.0), n1, n0, yes))
        start += first
    law = law / law.sum()
    seen = law[round(float(tables.yes[:, 1].sum()) - start)]
    p, floor = (float(law[law <= bound * (1.0 + TIED)].sum()) for bound in (seen, law.min()))
    return min(p, 1.0), min(floor, 1.0)


def _hypergeometric(k: Floats, n1: float, n0: float, yes: float) -> Floats:
    """Chance that k of `yes` are among n1, not n0, shape of k."""
    from scipy.special import gammaln

    def choose(n: float, part: Floats) -> Floats:
        return np.asarray(gammaln(n + 1.0) - gammaln(part + 1.0) - gammaln(n - part + 1.0))

    logs = choose(n1, k) + choose(n0, yes - k)
    chances = np.exp(logs - logs.max())
    return np.asarray(chances / chances.sum())
