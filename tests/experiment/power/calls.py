"""What the tests of power share."""

from __future__ import annotations

import math

import numpy as np

from tiersim.experiment.power.analytic import power_at
from tiersim.experiment.power.regional import regional_dof, regional_error
from tiersim.experiment.power.rule import FIVE_PERCENT


def power_means(effect, sd, groups, rule=FIVE_PERCENT, sd_treated=None, normal=False):
    """Power of the comparison of two means, with the error and degrees of freedom of the groups."""
    dof = math.inf if normal else groups.dof
    return power_at(effect * groups.dose, groups.error(sd, sd_treated), dof, rule)


def regional_power(effect, sd, regions, treated, rule=FIVE_PERCENT, blocks=1):
    """Power of the collapsed t test of regions' changes."""
    return power_at(effect, regional_error(sd, regions, treated), regional_dof(regions, blocks), rule)


def agrees(calls: np.ndarray | float, power: float, n: int | None = None, sigmas: float = 4.0) -> bool:
    """Whether a simulated share lies within some binomial standard errors of a claimed power."""
    n = n or np.size(calls)
    rate = float(np.mean(calls))
    return abs(rate - power) <= sigmas * math.sqrt(power * (1.0 - power) / n)


def t_calls(a: np.ndarray, b: np.ndarray, alpha: float = 0.05, two_sided: bool = True) -> np.ndarray:
    """Whether the pooled two-sample t test calls, rows are replications; `b` is the treated arm."""
    from scipy.stats import t

    n, m = a.shape[1], b.shape[1]
    dof = n + m - 2
    pooled = ((n - 1) * a.var(axis=1, ddof=1) + (m - 1) * b.var(axis=1, ddof=1)) / dof
    value = (b.mean(axis=1) - a.mean(axis=1)) / np.sqrt(pooled * (1 / n + 1 / m))
    if two_sided:
        return np.abs(value) > t.ppf(1 - alpha / 2, dof)
    return value > t.ppf(1 - alpha, dof)
