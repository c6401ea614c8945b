"""Whether a planned test could answer its question: what it would see, against what would pay."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tiersim.experiment.power.floors import reaches
from tiersim.experiment.power.reading import Reading, power_of, sees, smallest_or_inf
from tiersim.experiment.power.rule import DesignError, above_zero, at_least, check_target

FEASIBLE = "feasible"
LARGE_ONLY = "only a large effect would be seen"
NOT_FEASIBLE = "not feasible"

FLOOR = "floor above alpha"
LOOKS = "one look too many"
RENEWALS = "too short for renewals"
SHORT = "too short"
REGIONS = "too few regions"
CUSTOMERS = "too few customers"
NOISY = "too noisy"
REASONS = (FLOOR, LOOKS, RENEWALS, REGIONS, SHORT, CUSTOMERS, NOISY)
"""What may bind, in the order in which it is named; see `feasibility`."""

HELPS = 2.0 / 3.0
"""A relief helps if the smallest effect seen falls to this share of what it was, or below."""

HOPELESS = 4.0
"""Times the expected effect beyond which noise is to blame, even with the relief."""


MOST_SEEN = sys.float_info.max
"""Any effect that is finite."""


@dataclass(frozen=True)
class Worth:
    """What an effect is worth a year, if all customers got the care.

    Parameters
    ----------
    customers : all of those who would.
    per_year : money a year and customer for one unit of the metric: 52 where it is revenue by week; yearly
        revenue x yearly churn where it is a relative cut of churn.
    margin : share of that money that stays, above 0, up to 1.
    """

    customers: float
    per_year: float
    margin: float = 1.0

    def __post_init__(self) -> None:
        above_zero(self.customers, "number of customers")
        above_zero(self.per_year, "money by unit")
        if not 0.0 < self.margin <= 1.0:
            raise DesignError(f"margin {self.margin:g} is not allowed: above 0, up to 1")

    def money(self, effect: float) -> float:
        """Money a year of an effect in the metric's unit."""
        return effect * self.customers * self.per_year * self.margin

    def effect(self, money: float) -> float:
        """Effect in the metric's unit that brings so much money a year."""
        return money / self.money(1.0)


@dataclass(frozen=True)
class Feasibility:
    """What a design would see, what would pay, and the verdict.

    Parameters
    ----------
    smallest, smallest_money : smallest gain seen with the wanted power: in the metric's unit by customer who
        gets the care, and in money a year for all; infinite where no gain would be seen.
    expected, expected_money : gain that is expected.
    break_even, break_even_money : gain that just pays the hurdle and the cost.
    power_expected, power_break_even : chance to see them; 0 where the floor lies above alpha.
    floor : smallest p-value of the test, 0 without.
    wanted : power wanted.
    verdict : "feasible", "only a large effect would be seen", or "not feasible: " and what binds.
    binds : one of `REASONS`, empty if feasible.
    enough : whether without what binds the expected gain would really be seen; else it would only help.
    """

    smallest: float
    smallest_money: float
    expected: float
    expected_money: float
    break_even: float
    break_even_money: float
    power_expected: float
    power_break_even: float
    floor: float
    wanted: float
    verdict: str
    binds: str
    enough: bool = False

    @property
    def pays(self) -> bool:
        """Whether the expected gain is at least the break-even."""
        return self.expected_money >= self.break_even_money

    @property
    def decides(self) -> bool:
        """Whether a gain that just pays would be seen, so that nothing seen would mean: not worth it."""
        return self.smallest <= self.break_even


def feasibility(
    reading: Reading,
    expected: float,
    worth: Worth,
    cost: float,
    hurdle: float = 0.0,
    wanted: float = 0.8,
    reliefs: Mapping[str, Reading] | None = None,
    large: float = 2.0,
) -> Feasibility:
    """Judge a design for one metric.

    Feasible: the expected gain is seen with the wanted power. Only a large effect: `large` times it would be.
    What binds is the first of `REASONS` whose relief alone makes the design feasible; if none does, the first
    whose relief helps (`HELPS`) and is not hopeless (`HOPELESS`), or lets something be seen where nothing of
    any size would be; else noise.

    Parameters
    ----------
    reading : how the design reads the metric.
    expected : gain on those who get the care, above 0, in the metric's unit, better is more.
    worth : what a gain is worth.
    cost, hurdle : money a year that the care costs all customers, and least net gain wanted; not below 0.
    wanted : power wanted.
    reliefs : by reason, the reading of the same design without what that reason names.
    large : times the expected gain that still counts as "a large effect", at least 1.

    Raises
    ------
    DesignError
        For a relief that no reason names, and numbers out of their range.
    """
    above_zero(expected, "expected gain")
    at_least(cost, 0.0, "cost")
    at_least(hurdle, 0.0, "hurdle")
    at_least(large, 1.0, "what counts as large")
    check_target(wanted, reading.rule)
    given = dict(reliefs or {})
    for name in given:
        if name not in REASONS[1:-1]:
            raise DesignError(f"relief {name!r} is unknown: there are {', '.join(REASONS[1:-1])}")
    break_even = worth.effect(cost + hurdle)
    can_call = reaches(reading.floor, reading.rule.level)
    smallest = smallest_or_inf(reading, wanted)
    power = reading.power(expected) if can_call else 0.0
    enough = False
    if not can_call:
        binds, verdict = FLOOR, f"{NOT_FEASIBLE}: {FLOOR}"
    elif power >= wanted:
        binds, verdict = "", FEASIBLE
    else:
        binds, enough = _binds(given, smallest, expected, wanted)
        verdict = LARGE_ONLY if smallest <= large * expected else f"{NOT_FEASIBLE}: {binds}"
    return Feasibility(
        smallest=smallest,
        smallest_money=worth.money(smallest),
        expected=expected,
        expected_money=worth.money(expected),
        break_even=break_even,
        break_even_money=cost + hurdle,
        power_expected=power,
        power_break_even=power_of(reading, break_even) if can_call else 0.0,
        floor=reading.floor,
        wanted=wanted,
        verdict=verdict,
        binds=binds,
        enough=enough,
    )


def _binds(given: Mapping[str, Reading], smallest: float, expected: float, wanted: float) -> tuple[str, bool]:
    """The reason that a design does not see the expected gain, and whether its relief is enough."""
    names = [name for name in REASONS if name in given]
    enough = [name for name in names if sees(given[name], expected, wanted)]
    if enough:
        return enough[0], True
    # Where nothing at all is seen, to see anything is a help.
    most = min(HELPS * smallest, HOPELESS * expected) if math.isfinite(smallest) else MOST_SEEN
    helping = [name for name in names if smallest_or_inf(given[name], wanted) <= most]
    return (helping[0] if helping else NOISY), False
