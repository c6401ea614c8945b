"""From the effect on an outcome to the net gain of a year of rollout, as a team could reckon it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tiersim.experiment.answers.menus import ALL, leading
from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.outcomes import YEAR, window
from tiersim.experiment.samples import Seen

EVENTS = frozenset({"churn", "retention", "conversion", "upgrade"})
"""Shares of customers to whom something happens in a window, the more the longer it is."""


@dataclass(frozen=True)
class Scale:
    """Gain = factor · effect - cost, currency units a year.

    `known` is false where an outcome has no worth in money; gates then judge the effect by its sign.
    """

    factor: float
    cost: float
    known: bool = True

    def gain(self, effect: float) -> float:
        """Net gain of a year of rollout."""
        return self.factor * effect - self.cost


def scale_of(seen: Seen, outcome: Outcome, arm: int = 1, look: int | None = None) -> Scale:
    """How an outcome's effect turns into money, from what the company sees at a look.

    Customers are those who take part, of the outcome's tiers, and the extra cost of care is what the books
    show up to then: profit has it in itself. Revenue counts with the stated gross margin; shares of a window
    are taken to go on at the same pace for a year. Single payments of the plan are no part of it, and the
    cost has no error of its own here.

    Parameters
    ----------
    look : week of the look; default the end.
    """
    design, week = seen.design, seen.design.stop if look is None else look
    mine = seen.cohort
    if outcome.tiers:
        mine = mine & np.isin(seen.panel.tier[seen.members], outcome.tiers)
    heads = float(mine.sum())
    if outcome.measure == "profit" and outcome.per == "customer":
        return Scale(heads, 0.0)
    if outcome.measure == "cost" and outcome.per == "customer":
        return Scale(-heads, 0.0)
    worth = _worth(design, outcome)
    if worth is None:
        return Scale(float(outcome.sign), 0.0, known=False)
    try:
        cost = extra_cost(seen, outcome, arm, week)
        first, stop = window(design, outcome, week)
    except NotEstimable:
        return Scale(float(outcome.sign), 0.0, known=False)
    pace = YEAR / (stop - first) if outcome.measure in EVENTS else 1.0
    return Scale(heads * worth * pace, heads * cost)


def _worth(design: Design, outcome: Outcome) -> float | None:
    if outcome.worth is not None:
        return float(outcome.worth) * outcome.sign
    if outcome.per != "customer":
        return None
    if outcome.measure == "margin":
        return 1.0
    if outcome.measure == "revenue":
        return float(design.scenario.baseline.margin)
    return None


def extra_cost(seen: Seen, outcome: Outcome, arm: int, week: int) -> float:
    """Cost of care of a customer of an arm above the control's, a year, by the books up to a week.

    By region it is the change of the treated against the others, by the answer that the design leads with,
    since regions differ in what their care costs before.

    Raises
    ------
    NotEstimable
        Regions cannot be compared.
    """
    design = seen.design
    if design.by_region:
        cost = replace(outcome, measure="cost", per="customer", tiers=(), window=None, lag=0.0)
        found = ALL[leading(design, cost)[0]].answer(seen.regions(cost, week))
        if not found.ok:
            raise NotEstimable(found.failed)
        return found.value
    part = seen.start_panel
    spent = part.window("cost", design.begins, week) * YEAR / (week - design.begins)
    mine = seen.lot.arm[seen.cohort]
    if outcome.tiers:
        mine = np.where(np.isin(part.tier, outcome.tiers), mine, -1)
    means = [float(np.mean(spent[mine == one])) if (mine == one).any() else 0.0 for one in (0, arm)]
    return means[1] - means[0]
