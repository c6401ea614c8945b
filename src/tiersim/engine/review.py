"""The quarterly review: rate on the observed record, move, hurt who sees a downgrade (R3, R6, R10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.observe import observe
from tiersim.rating import WeightedScore
from tiersim.scenario.schema import Scenario
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]

FIRST_RATING, REVIEW_UP, REVIEW_DOWN = 0, 1, 2
RULES = ("first rating", "review up", "review down")


@dataclass(frozen=True, eq=False)
class Moves:
    """Customers (slots) that a review moved, from which tier to which, and by which rule."""

    who: Array
    old: Array
    new: Array
    rule: Array


class Review:
    """Rating methods of a world, one an arm; without re-cutting by arm all are the method of the start."""

    def __init__(self, scenario: Scenario, start: WeightedScore, arms: int, values: dict[str, float]) -> None:
        self._scenario = scenario
        self._methods = [start] * arms
        self._shock = np.float32(values["satisfaction.downgrade_shock"])
        self._new = len(scenario.tiers)

    def apply(self, memory: dict[str, Array], week: int, is_tiered: Array) -> Moves | None:
        """Rate everybody who is due and move them; None if nobody can be rated.

        ``is_tiered`` says of each slot whether customers there have a level to lose.
        """
        rules = self._scenario.rating
        observed, slots = observe(memory, week, self._scenario.population.contract is not None)
        due = observed.tenure_weeks >= rules.newcomer_wait
        if not due.all():
            observed, slots = observed.take(due), slots[due]
        if slots.size == 0:
            return None
        before = memory["tier_now"][slots]
        after = self._rate(observed, before, memory["arm"][slots])
        moved = after != before
        who, old, new = slots[moved], before[moved], after[moved]
        first = old == self._new
        memory["tier_now"][who] = new
        memory["cell"][who] += new.astype(np.int32) - old
        memory["tier0"][who[first]] = new[first]
        down = ~first & (new > old)
        if rules.visible and self._scenario.mechanisms.satisfaction:
            hurt = who[down & is_tiered[memory["cell"][who] // (self._new + 1)]]
            memory["content"][hurt] = np.maximum(memory["content"][hurt] - self._shock, np.float32(0.0))
        rule = np.where(first, FIRST_RATING, np.where(down, REVIEW_DOWN, REVIEW_UP)).astype(np.int8)
        return Moves(who, old, new, rule)

    def _rate(self, observed: Observed, before: Array, arm: Array) -> Array:
        """New tiers, by everybody's cuts or by each arm's own."""
        rules = self._scenario.rating
        if not (rules.recut and self._scenario.sharing.cuts == "arm" and len(self._methods) > 1):
            return self._method(0, observed).rate(observed, before).tier
        after = before.copy()
        for label in np.unique(arm):
            mine = arm == label
            seen = observed.take(mine)
            after[mine] = self._method(int(label), seen).rate(seen, before[mine]).tier
        return after

    def _method(self, arm: int, observed: Observed) -> WeightedScore:
        """The method of a group of customers, re-cut on them if the scenario says so (R3)."""
        if self._scenario.rating.recut and not self._scenario.freeze.cuts:
            self._methods[arm] = self._methods[arm].recut(observed)
        return self._methods[arm]
