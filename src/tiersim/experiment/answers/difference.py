"""Difference of means between two arms, with Welch's error, within strata where a lot drew in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tiersim.experiment.answers.arms import Arms, concluded, two_arms
from tiersim.experiment.estimate import Estimate
from tiersim.experiment.sample import Floats, Sample


@dataclass(frozen=True)
class Contrast:
    """Difference of two arms: its variance, degrees of freedom, level of the control, largest deviation."""

    value: float
    variance: float
    dof: float
    base: float
    spread: float


def contrast(values: Floats, arms: Arms) -> Contrast:
    """Post-stratified difference of the means of `values`, shape (n,), between two arms.

    Each stratum's difference is weighed by the share w of the stratum among the assigned customers of both
    arms; the variance is the sum of w^2 s^2 / n over strata and arms, given the counts that the lot drew
    (Cochran 1977, Sampling Techniques, chapter 5; Miratrix, Sekhon and Yu 2013). Degrees of freedom are those
    of Welch 1947 and Satterthwaite 1946 over all cells; with one stratum it is Welch's test.

    Raises
    ------
    NotEstimable : a stratum has fewer than two answers in an arm.
    """
    counts = arms.counts()
    cells = arms.cells()
    # Centred first: a variance of figures far from 0 would lose its digits.
    middle = values[0]
    centred = values - middle
    means = np.bincount(cells, centred, counts.size) / counts.ravel()
    squares = np.bincount(cells, np.square(centred - means[cells]), counts.size).reshape(-1, 2)
    means = means.reshape(-1, 2)
    parts = np.square(arms.shares)[:, None] * squares / (counts - 1.0) / counts
    variance = float(parts.sum())
    below = float((np.square(parts) / (counts - 1.0)).sum())
    control, treated = (float(arms.shares @ means[:, k]) for k in (0, 1))
    return Contrast(
        treated - control,
        variance,
        variance * variance / below if below > 0.0 else np.inf,
        control + float(middle),
        float(np.abs(centred).max()),
    )


def difference(sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95) -> Estimate:
    """Difference of means of arm and control, in the unit of the outcome, post-stratified.

    Customers without an outcome are left out; `details` keeps the counts and ``answered_gap``, by how much
    the share who answered differs. Within strata see `contrast`.

    Raises
    ------
    NotEstimable : one arm only, a stratum of one, the outcome never varies, or it is a ratio of sums.

    Examples
    --------
    >>> import numpy as np
    >>> lot = np.array([0, 0, 0, 1, 1, 1])
    >>> found = difference(Sample(np.array([1.0, 2, 3, 3, 5, 7]), lot, 0 * lot, np.empty((6, 0))))
    >>> found.value, round(found.error, 4), round(found.dof, 4)
    (3.0, 1.291, 2.9412)
    """
    arms = two_arms(sample, arm)
    found = contrast(arms.outcome, arms)
    return concluded(
        found.value, found.variance, found.spread, found.dof, inference, level, found.base, arms.details
    )
