"""Difference of ratios of sums, such as revenue by order, by the delta method."""

from __future__ import annotations

import numpy as np

from tiersim.experiment.answers.adjusted import STILL, factor_details, slopes, theta_details
from tiersim.experiment.answers.arms import Arms, concluded, two_arms
from tiersim.experiment.answers.covariates import covariates_of
from tiersim.experiment.answers.difference import contrast
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, Sample


def ratio(sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95) -> Estimate:
    """Ratio of the sums of outcome and denominator in the arm, less that in the control.

    By the delta method the ratio R behaves as the mean of R + (y - R d) / mean(d), customer by customer
    (Deng, Knoblich and Lu 2018). Within strata both sums are post-stratified before they are divided, the
    combined ratio estimate of Cochran 1977, section 6.11.

    Raises
    ------
    NotEstimable : as `difference`; no denominator; a denominator whose sum is not above 0, or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> lot = np.array([0, 0, 1, 1])
    >>> revenue, orders = np.array([10.0, 50, 30, 60]), np.array([1.0, 3, 1, 1])
    >>> ratio(Sample(revenue, lot, 0 * lot, np.empty((4, 0)), denominator=orders)).value
    30.0
    """
    arms, values, denominators, spread = _linearised(sample, arm)
    found = contrast(values, arms)
    return concluded(
        found.value, found.variance, spread, found.dof, inference, level, found.base,
        {**arms.details, **denominators},
    )  # fmt: skip


def ratio_adjusted(
    sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95, together: bool = False
) -> Estimate:
    """As `ratio`, with CUPED on the linearised metric.

    theta is that of the linearised metric on the covariates from before. The best covariate is the same
    metric before, linearised in the same way.

    Parameters
    ----------
    together : theta and the R in it over both arms as one group, see `slopes`; else within arms.

    Raises
    ------
    NotEstimable : as `ratio`; no usable covariate.
    """
    arms, values, denominators, spread = _linearised(sample, arm)
    covariates = covariates_of(sample, arms)
    metric = values
    if together:
        below = arms.part(_denominator(sample))
        metric = (arms.outcome - arms.outcome.mean() / below.mean() * below) / below.mean()
    theta = slopes(metric - metric[0], covariates, arms, together)
    found = contrast(values - covariates.values @ theta, arms)
    details = {**theta_details(theta, covariates), **factor_details(found, contrast(values, arms))}
    return concluded(
        found.value, found.variance, spread, found.dof, inference, level, found.base,
        {**arms.details, **denominators, **details}, STILL,
    )  # fmt: skip


def _denominator(sample: Sample) -> Floats:
    if sample.denominator is None:
        raise NotEstimable("the sample has no denominator")
    return sample.denominator


def _linearised(sample: Sample, arm: int) -> tuple[Arms, Floats, dict[str, float], float]:
    """Arms, ratio of the own arm plus the customer's deviation, mean denominators by arm, and the spread."""
    arms = two_arms(sample, arm, ratio=True)
    counts = arms.counts()
    below = arms.part(_denominator(sample))
    if not np.isfinite(below).all():
        raise NotEstimable("a denominator is infinite")
    cells = arms.cells()
    lower, upper = (
        arms.shares @ (np.bincount(cells, column, counts.size).reshape(-1, 2) / counts)
        for column in (below, arms.outcome)
    )
    for treated in (False, True):
        if lower[int(treated)] <= 0.0:
            raise NotEstimable(f"the denominators of {arms.name(treated)} do not sum to more than 0")
    quotient = upper / lower
    own = arms.treated.astype(np.int64)
    values = quotient[own] + (arms.outcome - quotient[own] * below) / lower[own]
    # A ratio that is the same for each customer leaves rounding of the parts, not of their difference.
    spread = float((np.abs(arms.outcome) / lower[own]).max())
    details = {"denominator_treated": float(lower[1]), "denominator_control": float(lower[0])}
    return arms, values, details, spread
