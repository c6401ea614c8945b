"""Outcomes that move before churn does, ranked by how well a pilot would see them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tiersim.experiment.power.analytic import detectable, power_at, size_means
from tiersim.experiment.power.groups import Groups
from tiersim.experiment.power.rule import FIVE_PERCENT, DesignError, Rule, above_zero


@dataclass(frozen=True)
class Outcome:
    """A metric that a pilot could be read by.

    Parameters
    ----------
    name : of the metric.
    sd : standard deviation over customers at the end of the pilot, in the metric's unit.
    shift : expected effect on those who get the care, same unit, either sign.
    rho : correlation with its own past, for CUPED.
    observed : share of customers for whom it is seen, such as the share who answer a survey.
    """

    name: str
    sd: float
    shift: float
    rho: float = 0.0
    observed: float = 1.0

    @property
    def standardised(self) -> float:
        """Expected effect in standard deviations."""
        return self.shift / self.sd


@dataclass(frozen=True)
class Ranked:
    """How well an outcome would be seen.

    Parameters
    ----------
    outcome : what was asked for.
    power : chance to see its expected effect.
    smallest : effect on those who get the care that is seen with the wanted power, in the metric's unit.
    customers : customers needed in both arms, None if its expected effect is 0.
    """

    outcome: Outcome
    power: float
    smallest: float
    customers: int | None


def leading(
    outcomes: Iterable[Outcome], groups: Groups, rule: Rule = FIVE_PERCENT, wanted: float = 0.8
) -> tuple[Ranked, ...]:
    """Outcomes from the best seen to the worst; ties by name.

    A shift of a leading outcome says that care arrives, not what it is worth: its link to churn or money is
    an assumption of the model and not found by the pilot.

    Parameters
    ----------
    groups : arms of the pilot; `rho` and `observed` come from each outcome.
    wanted : power wanted.

    Raises
    ------
    DesignError
        Where two outcomes share a name or none is given.
    """
    asked = tuple(outcomes)
    if not asked:
        raise DesignError("no outcome is given to rank")
    if len({one.name for one in asked}) < len(asked):
        raise DesignError("two outcomes have the same name")
    found = []
    for one in asked:
        above_zero(one.sd, f"standard deviation of {one.name}")
        who = replace(groups, rho=one.rho, observed=one.observed, observed_treated=None)
        error, dof = who.error(one.sd), who.dof
        shift = abs(one.shift)
        needed = size_means(shift, one.sd, wanted, rule, who).total if shift else None
        ranked = Ranked(
            one,
            power_at(shift * who.dose, error, dof, rule),
            detectable(error, dof, wanted, rule) / who.dose,
            needed,
        )
        # By shift over error and not by power, which is 1 for all that are seen easily.
        found.append((-shift * who.dose / error if math.isfinite(error) else 0.0, one.name, ranked))
    return tuple(ranked for _, _, ranked in sorted(found, key=lambda row: row[:2]))
