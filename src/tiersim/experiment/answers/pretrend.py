"""The test of the past: whether treated regions drifted apart before, and what drift it would have missed."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from tiersim.experiment.answers.panel import checked, compared, two_sample
from tiersim.experiment.estimate import Estimate, NotEstimable, from_error
from tiersim.experiment.sample import RegionPanel


def pretrend(panel: RegionPanel, level: float = 0.95, power: float = 0.8) -> Estimate:
    """Difference in slopes before the experiment, treated minus control regions, per week.

    Each region has one slope by least squares over the middles of its past periods, weighted by their
    length; slopes are compared by the pooled t test with G - 2 degrees of freedom, so serial correlation
    does no harm. A test that does not reject says little (Roth 2022), so it comes with its power.

    Parameters
    ----------
    panel : one metric by region and period.
    level : of the interval and of the test.
    power : chance at which a slope counts as found.

    Returns
    -------
    Estimate
        The difference in slopes. `details`: ``found``, the slope that the test finds with chance `power`;
        ``bias``, what a drift of that slope that goes on would add to a difference-in-differences.

    Raises
    ------
    NotEstimable
        One past period only, no treated or no control region, fewer than three regions, no spread.
    """
    scale = checked(panel)
    treated = panel.treated
    compared(treated)
    begins = panel.begins
    if begins < 2:
        raise NotEstimable("one period before the experiment shows no trend")
    middle = np.cumsum(panel.weeks) - 0.5 * panel.weeks
    weight = panel.weeks[:begins] / panel.weeks[:begins].sum()
    center = float(weight @ middle[:begins])
    away = middle[:begins] - center
    slopes = panel.outcome[:, :begins] @ (weight * away / float(weight @ away**2))
    value, error, dof = two_sample(slopes, treated, scale / float(away[-1]))
    found = error * noncentrality(dof, level, power)
    start = min(int(panel.first[treated].min()), panel.outcome.shape[1] - 1)
    during = panel.weeks[start:] / panel.weeks[start:].sum()
    ahead = float(during @ middle[start:]) - center
    details = {"found": found, "bias": found * ahead}
    return from_error(value, error, dof, level, details=details)


@lru_cache(maxsize=256)
def noncentrality(dof: int, level: float, power: float) -> float:
    """True effect in standard errors that a two-sided t test finds with chance `power`.

    The root of E[Phi(d - c S) + Phi(-d - c S)] = power, c the two-sided critical value of t and S the
    square root of a chi-square over its degrees of freedom. The mean is a trapezoid sum over log S, which
    is as good as exact for so smooth a function; the usual series of the noncentral t fails far out.

    Examples
    --------
    >>> round(noncentrality(1_000_000, 0.95, 0.8), 3)
    2.802
    """
    from scipy.optimize import brentq
    from scipy.special import gammaln, ndtr, stdtrit

    near = 9.0 / math.sqrt(2.0 * dof)
    log_s = np.linspace(-40.0 / dof - near, 0.5 * math.log1p(80.0 / dof) + near, 2001)
    s = np.exp(log_s)
    density = np.exp(
        0.5 * dof * (math.log(0.5 * dof) + 2.0 * log_s - s * s) - float(gammaln(0.5 * dof)) + math.log(2.0)
    ) * (log_s[1] - log_s[0])
    bound = float(stdtrit(dof, 0.5 * (1.0 + level))) * s

    def missing(shift: float) -> float:
        return float(density @ (ndtr(shift - bound) + ndtr(-shift - bound))) - power

    # With one degree of freedom the root is the critical value times a quantile of |Z|.
    return float(brentq(missing, 0.0, 4.0 * float(bound[-1] / s[-1]) + 10.0, xtol=1e-10))
