"""Placebo runs (A/A): whether a test finds nothing where there is nothing, as often as it should."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiersim.experiment.checks.check import Check, holm_least
from tiersim.experiment.estimate import NotEstimable

THRESHOLD = 0.001
"""Level of the check itself."""


def placebo(
    p_values: npt.NDArray[np.float64],
    alpha: float = 0.05,
    conservative: bool = False,
    threshold: float = THRESHOLD,
) -> Check:
    """Rejections among placebo runs against their binomial law, and p-values against the uniform law.

    Parameters
    ----------
    p_values : of independent runs without any effect, shape (runs,); nan where a run gave no answer.
    alpha : level at which the test is used.
    conservative : for exact and always-valid tests, whose p-values may be too large: only too small ones
        count against them.
    threshold : of both tests together, by Holm.

    Returns
    -------
    Check ; `details` hold ``runs`` (with an answer), ``unanswered``, ``rate`` of rejections, ``low`` and
    ``high`` (between which it lies with probability 1 - threshold if the level is alpha), and the p-values
    ``p_rate`` (exact binomial) and ``p_uniform`` (Kolmogorov-Smirnov).

    Raises
    ------
    ValueError : a p-value outside [0, 1], or alpha outside (0, 1).
    NotEstimable : no run gave an answer.
    """
    from scipy import stats

    if not 0.0 < alpha < 1.0:
        raise ValueError("the level must lie between 0 and 1")
    known = p_values[~np.isnan(p_values)]
    if known.size == 0:
        raise NotEstimable("no placebo run gave an answer")
    if known.min() < 0.0 or known.max() > 1.0:
        raise ValueError("a p-value lies between 0 and 1")
    hits = int((known <= alpha).sum())
    side = "greater" if conservative else "two-sided"
    p_rate = float(stats.binomtest(hits, known.size, alpha, alternative=side).pvalue)
    p_uniform = float(stats.kstest(known, "uniform", alternative=side).pvalue)
    p = holm_least([p_rate, p_uniform])
    tail = threshold if conservative else 0.5 * threshold
    low = 0.0 if conservative else float(stats.binom.ppf(tail, known.size, alpha)) / known.size
    high = float(stats.binom.isf(tail, known.size, alpha)) / known.size
    rate = hits / known.size
    details = {
        "runs": float(known.size), "unanswered": float(p_values.size - known.size), "rate": rate,
        "low": low, "high": high, "p_rate": p_rate, "p_uniform": p_uniform,
    }  # fmt: skip
    said = f"{rate:.1%} of {known.size} placebo runs find an effect at the {alpha:.0%} level"
    if p > threshold:
        text = f"{said}; between {low:.1%} and {high:.1%} is chance."
    elif p_rate <= p_uniform:
        text = f"{said}, and chance goes from {low:.1%} to {high:.1%} only: its errors are wrong."
    else:
        text = f"{said}, but its p-values are not spread evenly: its errors are wrong."
    return Check("placebo", p > threshold, p, text, details)
