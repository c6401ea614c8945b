"""Power of a regional pilot: regions are few, and what they change by on their own is the noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.power.rule import (
    DesignError,
    above_zero,
    at_least,
)


@dataclass(frozen=True)
class RegionNoise:
    """How a region's mean by customer wanders without any pilot; levels that stay cancel in a change.

    Parameters
    ----------
    between : standard deviation of what moves a whole region in a period, in the metric's unit (sigma_b).
    within : standard deviation over customers of what moves each of them alone in a period (sigma_w).
    rho : correlation of a region's noise from one period to the next, AR(1), between -1 and 1.
    """

    between: float
    within: float = 0.0
    rho: float = 0.0

    def __post_init__(self) -> None:
        at_least(self.between, 0.0, "noise between regions")
        at_least(self.within, 0.0, "noise within regions")
        if self.between == 0.0 and self.within == 0.0:
            raise NotEstimable("the outcome never varies")
        if not -1.0 < self.rho < 1.0:
            raise DesignError(f"correlation {self.rho:g} of periods is not allowed: -1 and 1 excluded")

    def change_sd(self, customers: float, before: int, after: int, gap: int = 0) -> float:
        """Standard deviation of a region's mean after less its mean before.

        Parameters
        ----------
        customers : of a region.
        before, after : periods that are averaged on each side.
        gap : periods between them that are left out, while care is rolled out.
        """
        above_zero(customers, "number of customers by region")
        whole = self.between**2 * change_factor(before, after, self.rho, gap)
        alone = self.within**2 / customers * (1.0 / before + 1.0 / after)
        return math.sqrt(whole + alone)


def mean_factor(periods: int, rho: float) -> float:
    """Variance of the mean of some periods of an AR(1) series of variance 1 (derived here)."""
    if periods < 1:
        raise DesignError(f"{periods} periods are not allowed: at least one is averaged")
    tail = 2.0 * rho * (1.0 - rho**periods) / (periods * (1.0 - rho) ** 2)
    return ((1.0 + rho) / (1.0 - rho) - tail) / periods


def change_factor(before: int, after: int, rho: float, gap: int = 0) -> float:
    """Variance of mean after less mean before of an AR(1) series of variance 1.

    Both means' variances less twice their covariance, rho^(gap + 1) (1 - rho^before) (1 - rho^after) /
    (before after (1 - rho)^2); derived here.

    Examples
    --------
    >>> change_factor(4, 4, 0.0), round(change_factor(1, 1, 0.6), 10)
    (0.5, 0.8)
    """
    if gap < 0:
        raise DesignError(f"a gap of {gap} periods is not allowed")
    both = mean_factor(before, rho) + mean_factor(after, rho)
    shared = rho ** (gap + 1) * (1.0 - rho**before) * (1.0 - rho**after)
    return both - 2.0 * shared / (before * after * (1.0 - rho) ** 2)


def regional_error(sd: float, regions: int, treated: int) -> float:
    """Standard error of treated less other regions' mean change; `sd` is that of one region's change."""
    check_regions(regions, treated)
    above_zero(sd, "standard deviation of a region's change")
    return sd * math.sqrt(1.0 / treated + 1.0 / (regions - treated))


def regional_dof(regions: int, blocks: int = 1) -> int:
    """Degrees of freedom of the collapsed t test: G - 2, and one less for each further block.

    Raises
    ------
    NotEstimable
        Where none is left.
    """
    if blocks < 1:
        raise DesignError(f"{blocks} blocks are not allowed: there is at least one")
    dof = regions - 1 - blocks
    if dof < 1:
        raise NotEstimable(f"{regions} regions in {blocks} block(s) leave no degree of freedom")
    return dof


def split(regions: int, share: float) -> int:
    """Treated regions of some regions: the share in whole regions (halves down), at least one in each arm."""
    if not 0.0 < share < 1.0:
        raise DesignError(f"share treated {share:g} is not allowed: one arm would be empty")
    if regions < 2:
        raise DesignError("one region only: there is nothing to compare it with")
    return min(regions - 1, max(1, math.ceil(regions * share - 0.5)))


def check_regions(regions: int, treated: int) -> None:
    """Refuse a pilot without an arm, or with more pilot regions than regions.

    Raises
    ------
    DesignError
        If it is so.
    """
    if treated > regions:
        raise DesignError(f"{treated} pilot regions are more than the {regions} regions that there are")
    if not 0 < treated < regions:
        raise DesignError(f"one arm only: the pilot treats {treated} of {regions} regions")
