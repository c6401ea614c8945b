"""Differences adjusted for what was known before: CUPED with one slope, Lin's regression with one by arm."""

from __future__ import annotations

import numpy as np

from tiersim.experiment.answers.arms import Arms, concluded, two_arms
from tiersim.experiment.answers.covariates import ALONE, Covariates, covariates_of, less_means
from tiersim.experiment.answers.difference import Contrast, contrast
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, Sample

STILL = "nothing varies in the outcome, or nothing is left of it by the covariates"


def slopes(values: Floats, covariates: Covariates, arms: Arms, together: bool) -> Floats:
    """CUPED's theta, shape (k,): var(X)^-1 cov(X, Y) within strata; it leaves 1 - rho^2 of the variance.

    Parameters
    ----------
    together : over both arms as one group, as usually written (Deng, Xu, Kohavi and Walker 2013). An effect
        then passes for slope wherever the lot left the covariates a little apart, and the adjustment takes
        some of it away: k / (n - 1) of the effect for normal covariates, derived here. Else within arms,
        which is free of that.
    """
    x, y = covariates.within, values[:, None]
    if together:
        counts = arms.counts().sum(axis=1)
        x = less_means(covariates.values, arms.stratum, counts)
        y = less_means(y, arms.stratum, counts)
    # Columns of `within` have mean 0 in each cell, so the outcome need not.
    return np.asarray(np.linalg.solve(x.T @ x, x.T @ y)[:, 0], np.float64)


def theta_details(theta: Floats, covariates: Covariates) -> dict[str, float]:
    """Slopes by name, ``theta`` or ``theta_1``, ``theta_2``, ..., and the number of covariates."""
    names = ["theta"] if theta.size == 1 else [f"theta_{j + 1}" for j in range(theta.size)]
    found = {name: float(slope) for name, slope in zip(names, theta, strict=True)}
    return {**found, "covariates": float(theta.size), "dropped": float(covariates.dropped)}


def factor_details(found: Contrast, bare: Contrast) -> dict[str, float]:
    """``variance_factor``: what the covariates leave of the variance; nothing where there was none."""
    return {"variance_factor": found.variance / bare.variance} if bare.variance > 0.0 else {}


def cuped(
    sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95, together: bool = False
) -> Estimate:
    """Difference of Y - theta X, with Welch's error within strata: one slope for both arms.

    `details` has theta, and ``variance_factor``, the estimate's variance as a share of that without
    covariates. Covariates are treated as in `covariates_of`.

    Parameters
    ----------
    together : theta over both arms as one group, see `slopes`; else within arms.

    Raises
    ------
    NotEstimable : as `difference`; no usable covariate; covariates leave nothing to vary.
    """
    arms = two_arms(sample, arm)
    covariates = covariates_of(sample, arms)
    _enough(arms, covariates)
    theta = slopes(arms.outcome - arms.outcome[0], covariates, arms, together)
    found = contrast(arms.outcome - covariates.values @ theta, arms)
    details = {
        **arms.details,
        **theta_details(theta, covariates),
        **factor_details(found, contrast(arms.outcome, arms)),
    }
    spread = _spread(arms.outcome)
    return concluded(
        found.value, found.variance, spread, found.dof, inference, level, found.base, details, STILL
    )


def adjusted(
    sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95, robust: str = "HC2"
) -> Estimate:
    """Lin's regression: outcome on arm, strata and covariates, all centred and interacted with the arm.

    Each arm has slopes of its own, so the estimate is never less precise than the difference in large
    samples (Lin 2013). Strata are dummies, centred on the shares of the assigned. Errors are robust, HC2 or
    HC3 (MacKinnon and White 1985); without covariates HC2 would be that of `difference`. They hold for the
    customers of the experiment, not for others like them. Degrees of freedom: Satterthwaite's over the two
    arms, each with its customers less its coefficients (derived here: it becomes Welch's without covariates;
    the sum of both, as regression programs print it, is too many where one arm is small).

    The regression is solved arm by arm: covariates less the means of their cell (Frisch, Waugh and Lovell).

    Raises
    ------
    NotEstimable : as `difference`; no usable covariate; more coefficients than customers; one customer alone
        decides a slope.
    ValueError : robust is neither.
    """
    if robust not in ("HC2", "HC3"):
        raise ValueError(f"unknown errors {robust!r}; there are HC2, HC3")
    arms = two_arms(sample, arm)
    covariates = covariates_of(sample, arms)
    left = _enough(arms, covariates)
    counts = arms.counts()
    cells = arms.cells()
    middle = arms.outcome[0]
    y = arms.outcome - middle
    weight = (arms.shares[:, None] / counts).ravel()[cells]
    residual = less_means(y[:, None], cells, counts.ravel())[:, 0]
    levels, parts, theta = [], [], np.zeros(covariates.values.shape[1])
    for treated in (False, True):
        rows = arms.treated == treated
        within, mean = covariates.within[rows], weight[rows]
        inverse = np.linalg.inv(covariates.squares[int(treated)])
        slope = inverse @ (within.T @ residual[rows])
        off = mean @ covariates.values[rows]
        pull = mean - within @ (inverse @ off)
        leverage = 1.0 / counts.ravel()[cells[rows]] + np.einsum("ij,jk,ik->i", within, inverse, within)
        if float(leverage.max()) > 1.0 - ALONE:
            raise NotEstimable(f"one customer alone decides a slope in {arms.name(treated)}")
        error = residual[rows] - within @ slope
        power = 1.0 if robust == "HC2" else 2.0
        parts.append(float((np.square(pull * error) / (1.0 - leverage) ** power).sum()))
        levels.append(float(pull @ y[rows]))
        # CUPED's theta that gives the same estimate weighs each arm's slope by the other arm's size.
        theta += slope * (arms.treated != treated).mean()
    variance = sum(parts)
    below = sum(part * part / free for part, free in zip(parts, left, strict=True))
    return concluded(
        levels[1] - levels[0],
        variance,
        _spread(arms.outcome),
        variance * variance / below if below > 0.0 else np.inf,
        inference,
        level,
        levels[0] + float(middle),
        {**arms.details, **theta_details(theta, covariates)},
        STILL,
    )


def _enough(arms: Arms, covariates: Covariates) -> tuple[float, float]:
    """Customers less coefficients of the control and of the arm."""
    k = covariates.values.shape[1] + arms.labels.size
    left = tuple(float(n) - k for n in arms.counts().sum(axis=0))
    if min(left) < 1:
        name = arms.name(left[1] <= left[0])
        raise NotEstimable(f"{name} has no more customers than strata and covariates")
    return left[0], left[1]


def _spread(outcome: Floats) -> float:
    """Largest deviation from the first outcome."""
    return float(np.abs(outcome - outcome[0]).max())
