"""What the tests of power share."""

from __future__ import annotations

import math

import numpy as np


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
