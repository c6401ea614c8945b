"""Two arms of customers, and what makes them worth less or more than their number."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.power.rule import DesignError, above_zero, at_least


@dataclass(frozen=True)
class Groups:
    """Two arms of customers, and what makes them worth less or more than their number.

    Parameters
    ----------
    control, treated : customers assigned to each arm.
    rho : correlation of the outcome with its covariate from before (CUPED), within strata if there are any:
        variance x (1 - rho^2), Deng, Xu, Kohavi & Walker 2013.
    strata : share of the variance that is left within strata, 1 without post-stratification.
    cluster : customers assigned as one (by manager, by branch), 1 if each has a lot of its own.
    icc : correlation of two customers of a cluster, 0-1.
    cluster_cv : standard deviation of cluster sizes by their mean, 0 for equal clusters.
    never : share of the treated arm that does not get the care.
    leak : share of the control that gets it all the same.
    observed : share of customers whose outcome is seen (answers, stays in the data), missing at random.
    observed_treated : the same in the treated arm, None if equal.
    """

    control: float
    treated: float
    rho: float = 0.0
    strata: float = 1.0
    cluster: float = 1.0
    icc: float = 0.0
    cluster_cv: float = 0.0
    never: float = 0.0
    leak: float = 0.0
    observed: float = 1.0
    observed_treated: float | None = None

    def __post_init__(self) -> None:
        for count in (self.control, self.treated):
            if not 0.0 < count < math.inf:
                raise DesignError("one arm only: both the control and the treated arm need customers")
        if not -1.0 < self.rho < 1.0:
            raise DesignError(
                f"correlation {self.rho:g} is not allowed: it lies between -1 and 1, both excluded"
            )
        if not 0.0 < self.strata <= 1.0:
            raise DesignError(f"share {self.strata:g} left within strata is not allowed: above 0, up to 1")
        at_least(self.cluster, 1.0, "cluster size")
        at_least(self.cluster_cv, 0.0, "variation of cluster sizes")
        if not 0.0 <= self.icc <= 1.0:
            raise DesignError(f"correlation {self.icc:g} within clusters is not allowed: it lies in 0-1")
        for name, value in (("never", self.never), ("leak", self.leak)):
            if not 0.0 <= value < 1.0:
                raise DesignError(f"share {name} {value:g} is not allowed: it lies in 0-1, 1 excluded")
        for seen in (
            self.observed,
            self.observed if self.observed_treated is None else self.observed_treated,
        ):
            if not 0.0 < seen <= 1.0:
                raise DesignError(f"share observed {seen:g} is not allowed: above 0, up to 1")
        if self.never + self.leak >= 1.0:
            raise DesignError("the control gets as much of the care as the treated arm: nothing is compared")

    @property
    def dose(self) -> float:
        """Share of an effect that assignment shows, 1 - never - leak (Bloom 1984)."""
        return 1.0 - self.never - self.leak

    @property
    def seen(self) -> tuple[float, float]:
        """Customers of control and treated arm whose outcome is seen, expected."""
        other = self.observed if self.observed_treated is None else self.observed_treated
        return self.control * self.observed, self.treated * other

    @property
    def factor(self) -> float:
        """Variance of the effect by that of independent customers without covariates or strata."""
        control, treated = self.seen
        share = (control + treated) / (self.control + self.treated)
        design = design_effect(max(1.0, self.cluster * share), self.icc, self.cluster_cv)
        return (1.0 - self.rho**2) * self.strata * design

    @property
    def dof(self) -> float:
        """Degrees of freedom: customers seen less two; clusters less two where clusters were assigned."""
        control, treated = self.seen
        dof = (
            control + treated if self.cluster <= 1.0 else (self.control + self.treated) / self.cluster
        ) - 2.0
        if dof <= 0.0:
            raise NotEstimable("fewer than three units are left to compare")
        return dof

    def error(self, sd: float, sd_treated: float | None = None) -> float:
        """Standard error of the effect of assignment, in the unit of `sd`."""
        above_zero(sd, "standard deviation")
        other = sd if sd_treated is None else sd_treated
        above_zero(other, "standard deviation of the treated arm")
        control, treated = self.seen
        return math.sqrt(self.factor * (sd**2 / control + other**2 / treated))

    def times(self, k: float) -> Groups:
        """The same with `k` times the customers."""
        return replace(self, control=self.control * k, treated=self.treated * k)


def design_effect(size: float, icc: float, cv: float = 0.0) -> float:
    """Variance with clusters by variance without, 1 + ((cv^2 + 1) m - 1) icc.

    For equal clusters Kish 1965; for unequal ones Eldridge, Ashby & Kerry 2006, an upper bound.

    Examples
    --------
    >>> round(design_effect(20, 0.05), 10), round(design_effect(20, 0.05, 0.5), 10)
    (1.95, 2.2)
    """
    return 1.0 + ((cv**2 + 1.0) * size - 1.0) * icc
