"""From the effect on an outcome to the net gain of a year of rollout, as a team could reckon it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.samples import Seen


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


def scale_of(seen: Seen, outcome: Outcome, arm: int = 1) -> Scale:
    """How an outcome's effect turns into money, from what the company sees.

    Customers are those who take part, and the extra cost of care is what the books show: profit has it in
    itself. Revenue counts with the stated gross margin. Single payments of the plan are no part of it.
    """
    design = seen.design
    heads = float(seen.cohort.sum())
    if outcome.measure == "profit" and outcome.per == "customer":
        return Scale(heads, 0.0)
    if outcome.measure == "cost" and outcome.per == "customer":
        return Scale(-heads, 0.0)
    worth = _worth(design, outcome)
    if worth is None:
        return Scale(float(outcome.sign), 0.0, known=False)
    return Scale(heads * worth, heads * extra_cost(seen, arm))


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


def extra_cost(seen: Seen, arm: int = 1) -> float:
    """Cost of care of a customer of an arm above the control's, a year, by the books of the experiment."""
    design, part = seen.design, seen.start_panel
    cost = part.window("cost", design.begins, design.stop) * 52.0 / (design.stop - design.begins)
    mine = seen.lot.arm[seen.cohort]
    means = [float(np.mean(cost[mine == one])) if (mine == one).any() else 0.0 for one in (0, arm)]
    return means[1] - means[0]
