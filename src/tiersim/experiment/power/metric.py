"""Metrics that a plan can be read by, and the plan itself: the pieces of a search for a better design."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.power.feasible import Worth
from tiersim.experiment.power.floors import p_floor
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.reading import ChurnReading, MeanReading, Reading
from tiersim.experiment.power.regional import RegionNoise, regional_dof, regional_error
from tiersim.experiment.power.renewals import ramp
from tiersim.experiment.power.rule import DesignError, Rule, above_zero, at_least

CUSTOMER = "customer"
REGION = "region"
UNITS = (CUSTOMER, REGION)
"""What a lot is drawn for."""

EVEN = Groups(1.0, 1.0)
"""Arms of customers that all comply and are all seen; their numbers come from the plan."""


@dataclass(frozen=True)
class Plan:
    """A design in figures.

    Parameters
    ----------
    unit : one of `UNITS`.
    customers, treated_customers : in both arms together, and in the treated one.
    regions, treated : of regions, 0 for a lot by customer.
    weeks : length of the pilot.
    looks : planned looks, the last one included.
    cuped : whether the past of each customer is used; a plan by region always compares changes.
    metric : name of the metric.
    """

    unit: str
    customers: float
    treated_customers: float
    regions: int
    treated: int
    weeks: int
    looks: int
    cuped: bool
    metric: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise DesignError(f"unit {self.unit!r} is unknown: there are {', '.join(UNITS)}")
        if not 0.0 < self.treated_customers < self.customers:
            raise DesignError("one arm only: both the control and the treated arm need customers")
        if self.weeks < 1 or self.looks < 1:
            raise DesignError("a pilot has at least one week and one look")


class Metric(Protocol):
    """A metric, its expected effect, and how a plan reads it."""

    @property
    def name(self) -> str:
        """Of the metric."""

    @property
    def effect(self) -> float:
        """Expected gain on those who get the care, in its unit, above 0."""

    @property
    def worth(self) -> Worth:
        """What a gain is worth."""

    def read(self, plan: Plan, rule: Rule) -> Reading:
        """How a plan reads it; `NotEstimable` where it cannot."""


@dataclass(frozen=True)
class MeanMetric:
    """A mean by customer and week, such as revenue.

    A customer's week is a lasting level and independent noise; a region's week has noise of its own.

    Parameters
    ----------
    name, effect, worth : see `Metric`; the effect is by customer and week, once care has done all it does.
    lasting : standard deviation over customers of their lasting levels.
    weekly : standard deviation of a customer's weeks around its level.
    regional : standard deviation of what moves all customers of a region in a week.
    rho : its correlation from one week to the next.
    before : weeks before the pilot that are known.
    half_life : weeks until half of the effect is there, 0 at once.
    groups : compliance, observation, strata and clusters of a lot by customer; its numbers do not count.
    exact : whether a plan by region is read by exact randomisation, which has a floor.
    """

    name: str
    effect: float
    worth: Worth
    lasting: float
    weekly: float
    regional: float = 0.0
    rho: float = 0.0
    before: int = 52
    half_life: float = 0.0
    groups: Groups = EVEN
    exact: bool = True

    def __post_init__(self) -> None:
        above_zero(self.effect, f"expected gain of {self.name}")
        at_least(self.lasting, 0.0, "spread of lasting levels")
        above_zero(self.weekly, "spread of weeks")
        at_least(self.before, 1, "weeks before")

    def read(self, plan: Plan, rule: Rule) -> MeanReading:
        """How a plan reads it."""
        so_far = ramp(plan.weeks, self.half_life)
        if plan.unit == REGION:
            noise = RegionNoise(self.regional, self.weekly, self.rho)
            sd = noise.change_sd(plan.customers / plan.regions, self.before, plan.weeks)
            error = regional_error(sd, plan.regions, plan.treated)
            floor = p_floor(plan.regions, plan.treated) if self.exact else 0.0
            dose = so_far * self.groups.dose
            return MeanReading(error, regional_dof(plan.regions), rule, dose, floor)
        who = _arms(self.groups, plan)
        if plan.cuped:
            who = replace(who, rho=self.past(plan.weeks))
        sd = math.sqrt(self.lasting**2 + self.weekly**2 / plan.weeks)
        return MeanReading(who.error(sd), who.dof, rule, so_far * who.dose)

    def past(self, weeks: int) -> float:
        """Correlation of a customer's mean over the pilot with its mean before (derived here)."""
        level = self.lasting**2
        after, before = level + self.weekly**2 / weeks, level + self.weekly**2 / self.before
        return level / math.sqrt(after * before)


@dataclass(frozen=True)
class ChurnMetric:
    """A relative cut of yearly churn under contracts; read by customer only, and without a past.

    Parameters
    ----------
    name, effect, worth : see `Metric`; the effect is a relative cut.
    churn, term_weeks, decision : see `power_churn`.
    groups : compliance, observation and clusters; its numbers do not count.
    """

    name: str
    effect: float
    worth: Worth
    churn: float
    term_weeks: float = 52.0
    decision: str = "moment"
    groups: Groups = EVEN

    def read(self, plan: Plan, rule: Rule) -> ChurnReading:
        """How a plan reads it."""
        if plan.unit == REGION:
            raise NotEstimable("the noise of churn between regions is not known")
        if plan.cuped:
            raise NotEstimable("churn has no past by customer")
        who = _arms(self.groups, plan)
        return ChurnReading(self.churn, who, self.term_weeks, plan.weeks, rule, self.decision)


def _arms(groups: Groups, plan: Plan) -> Groups:
    return replace(groups, control=plan.customers - plan.treated_customers, treated=plan.treated_customers)
