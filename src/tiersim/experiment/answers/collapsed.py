"""Changes of whole regions: one figure a region, then an ordinary t test between regions."""

from __future__ import annotations

from tiersim.experiment.answers.panel import two_sample, windows
from tiersim.experiment.estimate import Estimate, from_error
from tiersim.experiment.sample import RegionPanel


def collapsed(panel: RegionPanel, level: float = 0.95) -> Estimate:
    """Mean change of the treated regions minus mean change of the control regions.

    The change of a region is its mean outcome from the start on minus its mean before the experiment, both
    weighted by the length of periods. The changes are compared by the pooled two-sample t test with G - 2
    degrees of freedom: collapsing removes the serial correlation that misleads errors of single periods
    (Bertrand, Duflo & Mullainathan 2004). Errors clustered by region are never used: with two or three
    treated regions they reject a true null one and a half to three times too often.

    The effect is the mean over treated regions, each counted once whatever its size. One treated region is
    enough: the spread is then that of the control regions, taken to hold for the treated one too. Blocks of
    the lot are not used, which errs on the side of caution where blocks tell regions apart.

    Parameters
    ----------
    panel : one metric by region and period.
    level : of the interval.

    Returns
    -------
    Estimate
        In the unit of the outcome; `base` is what the treated regions would have had without the effect.

    Raises
    ------
    NotEstimable
        No past, no treated or no control region, different starts, fewer than three regions, no spread.
    """
    seen = windows(panel)
    value, error, dof = two_sample(seen.change, seen.treated, seen.scale)
    return from_error(value, error, dof, level, seen.base(value))
