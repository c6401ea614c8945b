"""The truth of an experiment, by twin worlds on the same draws: three estimands, kept apart (R23)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.watch import Hidden
from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.outcomes import by_customer, group_mean, measured, rounds, window
from tiersim.experiment.samples import Seen
from tiersim.tables.panel import Panel

Array = npt.NDArray[Any]

ESTIMANDS = ("as_run", "all_none", "value")
"""The effect as run; the effect if all against none were treated; the net value of a rollout to all."""


@dataclass(frozen=True, eq=False)
class Twin:
    """A world: its panel, what is hidden behind it, and its money by quarter (present value)."""

    panel: Panel
    hidden: Hidden
    ledger: dict[str, Array]

    def value(self, first_quarter: int, stop_quarter: int | None) -> float:
        """Present value of the orders and costs of some quarters, currency units."""
        quarter = self.ledger["order_quarter"]
        inside = quarter >= first_quarter
        if stop_quarter is not None:
            inside &= quarter < stop_quarter
        return float(self.ledger["pv"][inside].sum())


def effect_of(design: Design, outcome: Outcome, mine: Twin, other: Twin, who: Array, look: int) -> float:
    """Mean of an outcome over customers `who` (ids) in one world less that in another.

    Satisfaction is the true one when surveys go out, of all who are still there and not of who answers.
    """
    first, stop = window(design, outcome, look)
    if outcome.measure == "satisfaction":
        # The same rounds in both, or a round without an answer in one would compare different times.
        asked = np.union1d(rounds(mine.panel, first, stop), rounds(other.panel, first, stop))
        return _satisfaction(mine, who, asked) - _satisfaction(other, who, asked)
    levels = []
    for twin in (mine, other):
        members = np.isin(twin.panel.birth, who)
        value, denominator = by_customer(twin.panel, outcome, first, stop)
        levels.append(group_mean(value, denominator, members))
    return levels[0] - levels[1]


def _satisfaction(twin: Twin, who: Array, asked: Array) -> float:
    """True satisfaction of customers `who` at the ends of some periods."""
    members = np.isin(twin.panel.birth, who)
    past = twin.panel.periods - twin.hidden.satisfaction.shape[0]
    rows = [row - past for row in asked.tolist() if row >= past]
    means = []
    for row in rows:
        there = members & twin.hidden.alive[row]
        if there.any():
            means.append(float(twin.hidden.satisfaction[row][there].mean()))
    return float(np.mean(means)) if means else float("nan")


def as_run(seen: Seen, run: Twin, none: Twin, outcome: Outcome, arm: int) -> float:
    """Effect on who was assigned to an arm, against the world in which nobody is treated."""
    design = seen.design
    if _whole_places(design, outcome):
        return _by_place(seen, run, none, outcome)
    if outcome.tiers:
        mine = seen.cohort & np.isin(seen.panel.tier[seen.members], outcome.tiers) & (seen.lot.arm == arm)
    else:
        mine = seen.cohort & (seen.lot.arm == arm)
    return effect_of(design, outcome, run, none, seen.lot.birth[mine], design.stop)


def all_none(seen: Seen, everybody: Twin, none: Twin, outcome: Outcome) -> float:
    """Effect on all who take part if all of them were treated, against none."""
    mine = seen.cohort
    if outcome.tiers:
        mine = mine & np.isin(seen.panel.tier[seen.members], outcome.tiers)
    return effect_of(seen.design, outcome, everybody, none, seen.lot.birth[mine], seen.design.stop)


def value(design: Design, everybody: Twin, none: Twin) -> float:
    """Net present value of treating all instead of none, over the time that the design says."""
    first = design.begins // 13
    if design.test.worth.run_out > 0:
        return everybody.value(first, None) - none.value(first, None)
    # Whole quarters: the books are closed by quarter, and until the beginning the two worlds are one.
    stop = -(-(design.begins + round(design.test.worth.over)) // 13)
    return everybody.value(first, stop) - none.value(first, stop)


def cost_as_run(design: Design, run: Twin, none: Twin) -> float:
    """Net present value of the experiment itself up to its end: what it costs, or brings."""
    stop = -(-design.stop // 13)
    return run.value(0, stop) - none.value(0, stop)


def _whole_places(design: Design, outcome: Outcome) -> bool:
    """Whether an outcome is told by region, newcomers included."""
    money = outcome.measure in ("profit", "margin", *SUMS_BY_PLACE)
    return design.by_region and money and outcome.per == "customer" and not outcome.tiers


SUMS_BY_PLACE = ("revenue", "orders", "requests", "late", "contacts", "cost", "referrals")


def _by_place(seen: Seen, run: Twin, none: Twin, outcome: Outcome) -> float:
    """Effect by head of the start and year in places while they are treated, newcomers' figures counted in.

    Each place counts once, as in the answers by region.
    """
    design = seen.design
    place, units, _ = seen.places
    first, stop = window(design, outcome, design.stop)
    week = seen.first_period(units, np.arange(design.stop + 1))  # weeks as periods
    size = np.bincount(place[seen.members][seen.cohort & (place[seen.members] >= 0)], minlength=units.size)
    places = [Seen(design, twin.panel, seen.lot).places[0] for twin in (run, none)]
    effects = []
    for unit in np.flatnonzero(week < stop).tolist():
        low = max(first, float(week[unit]))
        if low >= stop or size[unit] == 0:
            continue
        levels = [
            float(np.nansum(measured(twin.panel, outcome.measure, low, stop)[place == unit]))
            for twin, place in zip((run, none), places, strict=True)
        ]
        effects.append((levels[0] - levels[1]) / float(size[unit]))
    if not effects:
        raise NotEstimable("no region is treated before the experiment ends")
    return float(np.mean(effects))
