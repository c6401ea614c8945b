"""How a design reads a metric: its power for an effect, and the smallest effect it sees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.power.analytic import detectable, power_at, root
from tiersim.experiment.power.floors import reaches
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.renewals import power_churn
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, above_zero, check_target


class Reading(Protocol):
    """How a design reads a metric: its power for an effect, and the smallest effect it sees."""

    @property
    def rule(self) -> Rule:
        """When its test says yes."""

    @property
    def floor(self) -> float:
        """Smallest p-value that its test can give, 0 without."""

    def power(self, effect: float) -> float:
        """Chance to call an effect on those who get the care."""

    def smallest(self, power: float) -> float:
        """Smallest such effect that is seen with this power."""


@dataclass(frozen=True)
class MeanReading:
    """A mean, read by a t or normal test.

    Parameters
    ----------
    error : standard error of the effect of assignment.
    dof : degrees of freedom.
    rule : when the test says yes.
    dose : share of the full effect that assignment shows: by those who comply, and by a slow effect so far.
    floor : smallest p-value that the test can give.
    room : largest effect that there can be, such as the share who leave; infinite without an end.
    """

    error: float
    dof: float = math.inf
    rule: Rule = FIVE_PERCENT
    dose: float = 1.0
    floor: float = 0.0
    room: float = math.inf

    def __post_init__(self) -> None:
        above_zero(self.error, "standard error")
        if not 0.0 < self.dose <= 1.0:
            raise DesignError(f"a dose of {self.dose:g} is not allowed: above 0, up to 1")

    def power(self, effect: float) -> float:
        """Chance to call an effect on those who get the care."""
        return power_at(effect * self.dose, self.error, self.dof, self.rule)

    def smallest(self, power: float) -> float:
        """Smallest such effect that is seen with this power.

        Raises
        ------
        NotEstimable
            Where not even all that there is would be seen.
        """
        found = detectable(self.error, self.dof, power, self.rule) / self.dose
        if found > self.room:
            raise NotEstimable("even the largest effect that there can be would not be seen")
        return found


@dataclass(frozen=True)
class ChurnReading:
    """A relative cut of yearly churn, read by the renewals that a pilot sees; see `power_churn`."""

    churn: float
    groups: Groups
    term_weeks: float
    weeks: float
    rule: Rule = FIVE_PERCENT
    decision: str = "moment"
    floor: float = 0.0

    def power(self, effect: float) -> float:
        """Chance to call a relative cut."""
        return power_churn(
            self.churn, effect, self.groups, self.term_weeks, self.weeks, self.rule, self.decision
        )

    def smallest(self, power: float) -> float:
        """Smallest relative cut that is seen with this power.

        Raises
        ------
        NotEstimable
            Where even the end of all churn would not be seen.
        """
        check_target(power, self.rule)
        most = 1.0 - 1e-9
        if self.power(most) < power:
            raise NotEstimable("even the end of all churn would not be seen with so few renewals")
        return root(lambda cut: self.power(min(cut, most)) - power, most)


@dataclass(frozen=True)
class InUnits:
    """A reading of cuts told in another unit, such as the share that leaves within a window.

    Parameters
    ----------
    reading : of a relative cut.
    whole : the unit's size of a cut of all, above 0.
    """

    reading: ChurnReading
    whole: float

    @property
    def rule(self) -> Rule:
        """When its test says yes."""
        return self.reading.rule

    @property
    def floor(self) -> float:
        """Smallest p-value that its test can give."""
        return self.reading.floor

    def power(self, effect: float) -> float:
        """Chance to call an effect; more than all counts as all."""
        return power_of(self.reading, effect / self.whole)

    def smallest(self, power: float) -> float:
        """Smallest effect that is seen with this power."""
        return self.reading.smallest(power) * self.whole


def smallest_or_inf(reading: Reading, power: float) -> float:
    """Smallest effect that a reading sees; infinite where its floor or its data let it see none."""
    if not reaches(reading.floor, reading.rule.level):
        return math.inf
    try:
        return reading.smallest(power)
    except NotEstimable:
        return math.inf


def power_of(reading: Reading, effect: float) -> float:
    """Power for an effect that may lie beyond what the metric can do, such as to cut more than all churn."""
    if isinstance(reading, ChurnReading):
        return reading.power(min(effect, 1.0 - 1e-9))
    return reading.power(effect)


def sees(reading: Reading, effect: float, wanted: float) -> bool:
    """Whether a reading can call an effect, and does so with the wanted power."""
    return reaches(reading.floor, reading.rule.level) and reading.power(effect) >= wanted
