"""What reports usually print: before and after, treated and untreated, a year ago, the top tier alone.

None of them knows what would have happened without the treatment. Each gives the interval that such a report
would print, so that one can count how often it misses the truth.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiersim.experiment.answers.arms import concluded, two_arms
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, Sample

BEFORE, YEAR_AGO = "the time before", "the year before"


def before_after(sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95) -> Estimate:
    """Treated customers now against themselves right before (`same_before`), with a paired t.

    Takes season, trend and regression to the mean for the effect.

    Raises
    ------
    NotEstimable : nothing is known from before, fewer than two treated customers, or changes never vary.
    """
    return _against_self(sample, sample.same_before, BEFORE, sample.arm == arm, inference, level)


def year_on_year(sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95) -> Estimate:
    """Treated customers now against themselves in the same weeks a year ago (`year_ago`), with a paired t.

    Free of season; still takes trend and regression to the mean for the effect, and looks only at customers
    who are old enough.

    Raises
    ------
    NotEstimable : nothing is known from a year ago, fewer than two such customers, or changes never vary.
    """
    return _against_self(sample, sample.year_ago, YEAR_AGO, sample.arm == arm, inference, level)


def top_tier_only(sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95) -> Estimate:
    """Treated customers of the highest tier (0) now against themselves right before, with a paired t.

    As `before_after`, and worse: who has just been rated highest falls back most.

    Raises
    ------
    NotEstimable : no tier or nothing from before is known, fewer than two such customers, or changes never
        vary.
    """
    if sample.tier is None:
        raise NotEstimable("the sample has no tier")
    chosen = (sample.arm == arm) & (sample.tier == 0)
    return _against_self(sample, sample.same_before, BEFORE, chosen, inference, level)


def _against_self(
    sample: Sample,
    past: Floats | None,
    name: str,
    chosen: npt.NDArray[np.bool_],
    inference: str,
    level: float,
) -> Estimate:
    """Mean change of the chosen customers since `past`, with the t of paired figures."""
    if past is None:
        raise NotEstimable(f"the sample has no figures of {name}")
    if sample.denominator is not None:
        raise NotEstimable("the metric is a ratio of sums: the sum above the line alone says nothing of it")
    now, then = sample.outcome[chosen], past[chosen]
    both = ~(np.isnan(now) | np.isnan(then))
    now, then = now[both], then[both]
    n = now.size
    if n < 2:
        if chosen.any() and np.isnan(past[chosen]).all():
            raise NotEstimable(f"nothing is recorded of {name}")
        raise NotEstimable(f"{n} of at least 2 treated customers are known both now and in {name}")
    if not (np.isfinite(now).all() and np.isfinite(then).all()):
        raise NotEstimable("an outcome is infinite")
    change = now - then
    value = float(change.mean())
    variance = float(np.square(change - value).sum()) / (n - 1) / n
    # Changes that are all the same still differ by the rounding of the figures they come from.
    spread = float(max(np.abs(now).max(), np.abs(then).max()))
    details = {"chosen": float(np.count_nonzero(chosen)), "answered": float(n)}
    return concluded(value, variance, spread, n - 1.0, inference, level, float(then.mean()), details)


def treated_untreated(
    sample: Sample, arm: int = 1, inference: str = "t", level: float = 0.95, pooled: bool = False
) -> Estimate:
    """Treated against untreated customers now, whoever chose them and in whatever strata.

    Parameters
    ----------
    pooled : one variance for both arms, as spreadsheets do by default; else Welch's.

    Raises
    ------
    NotEstimable : one arm only, fewer than two answers in an arm, the outcome never varies.
    """
    arms = two_arms(sample, arm)
    centred = arms.outcome - arms.outcome[0]
    groups = (centred[~arms.treated], centred[arms.treated])
    n = np.array([group.size for group in groups], np.float64)
    if n.min() < 2:
        raise NotEstimable(f"{arms.name(bool(np.argmin(n)))} has 1 of at least 2 answers")
    means = [float(group.mean()) for group in groups]
    squares = np.array([np.square(group - mean).sum() for group, mean in zip(groups, means, strict=True)])
    if pooled:
        dof = float(n.sum() - 2.0)
        variance = float(squares.sum() / dof * (1.0 / n).sum())
    else:
        parts = squares / (n - 1.0) / n
        variance = float(parts.sum())
        below = float((np.square(parts) / (n - 1.0)).sum())
        dof = variance * variance / below if below > 0.0 else np.inf
    return concluded(
        means[1] - means[0],
        variance,
        float(np.abs(centred).max()),
        dof,
        inference,
        level,
        means[0] + float(arms.outcome[0]),
        arms.details,
    )
