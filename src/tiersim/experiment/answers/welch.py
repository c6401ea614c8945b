"""Two groups of regions that may spread differently: the t test of Welch (1947)."""

from __future__ import annotations

from math import nan

from tiersim.experiment.answers.panel import ROUNDING, Mask, compared
from tiersim.experiment.estimate import Estimate, NotEstimable, from_error
from tiersim.experiment.sample import Floats

LEAST = 2
"""Regions that each group needs to show a spread of its own."""


def welch(figures: Floats, treated: Mask, scale: float, level: float = 0.95, base: float = nan) -> Estimate:
    """Difference of two means over regions where groups may differ in spread; degrees of Satterthwaite.

    The pooled test takes both spreads for the same: a small group that spreads more makes its intervals far
    too narrow. Here each group has its own; a region counts once whatever its size. The law of t is an
    approximation: with three against twelve normal figures its 95 % intervals hold the truth in 93 to 95 % of
    cases, with two against twelve in 88 to 95 %, as the ratio of spreads goes from 10 to 1/10.

    Parameters
    ----------
    figures : one figure of each region, shape (regions,).
    treated : which regions are treated, shape (regions,).
    scale : the size of a figure that rounding is measured by.
    level : of the interval.
    base : what the treated regions would have had without the effect.

    Raises
    ------
    NotEstimable
        A group without or with one region only, or no spread within both groups.
    """
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    compared(treated)
    sides = figures[treated], figures[~treated]
    if min(side.size for side in sides) < LEAST:
        raise NotEstimable("a group of one region shows no spread")
    both = CompareMeans(*(DescrStatsW(side) for side in sides))
    error = float(both.std_meandiff_separatevar)
    if error <= ROUNDING * scale:
        raise NotEstimable("the outcome never varies between regions of the same arm")
    # Satterthwaite's degrees are never below those of the smaller group; rounding must not take them there.
    dof = max(float(both.dof_satt()), min(side.size for side in sides) - 1.0)
    return from_error(float(sides[0].mean() - sides[1].mean()), error, dof, level, base)
