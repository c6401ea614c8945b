"""How reviews and triggers did: right tiers, true value by tier, triggers that chance alone fired (R13)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.ledger import join
from tiersim.rating.moving import Proposals
from tiersim.rating.triggers import asks_purchases
from tiersim.scenario.rating import RatingRules

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

REVIEWS = {
    "week": np.int16, "arm": np.int8, "tier": np.int8, "customers": np.int64, "right": np.int64,
    "true_too_high": np.int64, "true_too_low": np.int64, "true_margin_year": np.float64,
}  # fmt: skip
TRIGGERS = {
    "quarter": np.int16, "arm": np.int8, "rule": np.int8, "checked": np.int64, "fired": np.int64,
    "moved": np.int64, "true_noise": np.int64,
}  # fmt: skip
CHECKED, FIRED, MOVED, NOISE = range(4)


def by_rank(tier: Array, worth: Array) -> Array:
    """Tiers of the same sizes filled by worth, the best first; of equals, who is higher now, shape (n,).

    Examples
    --------
    >>> by_rank(np.array([0, 1, 1, 2]), np.array([5.0, 9.0, 1.0, 7.0])).tolist()
    [1, 0, 2, 1]
    """
    found = np.empty_like(tier)
    found[np.lexsort((tier, -worth))] = np.sort(tier)
    return found


class Tally:
    """Collects rows of the tables ``reviews`` and ``triggers``."""

    def __init__(self, rules: RatingRules, arms: int, tiers: int, first_rule: int) -> None:
        self._tiers, self._arms, self._first_rule = tiers, arms, first_rule
        self.triggers = [
            number
            for number, rule in enumerate(rules.rules)
            if rule.check != "review" or asks_purchases(rule.when)
        ]
        self._sums = np.zeros((4, arms, len(rules.rules)), np.int64)
        self._reviews: list[dict[str, Array]] = []
        self._quarters: list[dict[str, Array]] = []

    def looked(self, proposals: Proposals, rated: Bools, arm: Array, noise: dict[int, Bools]) -> None:
        """Count a look: who was asked, where a rule's conditions held, and where they held by chance alone.

        Parameters
        ----------
        rated : customers with a tier, whom rules are asked about, shape (n,).
        arm : their arms, shape (n,).
        noise : by number of a rule, which customers it fired on although their truth did not change so.
        """
        for number in self.triggers:
            if proposals.checked[number]:
                self._add(CHECKED, number, arm[rated])
                self._add(FIRED, number, arm[proposals.fired[number]])
                if number in noise:
                    self._add(NOISE, number, arm[noise[number]])

    def moved(self, number: int, arm: Array) -> None:
        """Count moves that a rule's proposal led to, when they take effect."""
        self._add(MOVED, number, arm)

    def _add(self, what: int, number: int, arm: Array) -> None:
        self._sums[what, :, number] += np.bincount(arm, minlength=self._arms)

    def reviewed(self, week: int, arm: Array, tier: Array, right: Bools, margin: Array) -> None:
        """Take down a review: customers by arm and tier, how many are rightly there, and what they bring.

        Parameters
        ----------
        right : whether a customer is in the tier of the right record, shape (n,).
        margin : true margin of a year, shape (n,), by which tiers of the same sizes would be filled anew.
        """
        deserved = by_rank(tier, margin)
        cell = arm.astype(np.int64) * self._tiers + tier
        size = self._arms * self._tiers
        customers = np.bincount(cell, minlength=size)
        used = np.flatnonzero(customers)
        self._reviews.append(
            {
                "week": np.full(used.size, week, np.int16),
                "arm": (used // self._tiers).astype(np.int8),
                "tier": (used % self._tiers).astype(np.int8),
                "customers": customers[used].astype(np.int64),
                "right": np.bincount(cell[right], minlength=size)[used].astype(np.int64),
                "true_too_high": np.bincount(cell[tier < deserved], minlength=size)[used].astype(np.int64),
                "true_too_low": np.bincount(cell[tier > deserved], minlength=size)[used].astype(np.int64),
                "true_margin_year": np.bincount(cell, margin, minlength=size)[used],
            }
        )

    def close_quarter(self, quarter: int) -> None:
        """Write down and clear a quarter's counts of triggers."""
        for arm in range(self._arms):
            here = [number for number in self.triggers if self._sums[:, arm, number].any()]
            if not here:
                continue
            checked, fired, moved, noise = self._sums[:, arm, here]
            self._quarters.append(
                {
                    "quarter": np.full(len(here), quarter, np.int16),
                    "arm": np.full(len(here), arm, np.int8),
                    "rule": np.array([self._first_rule + number for number in here], np.int8),
                    "checked": checked.copy(),
                    "fired": fired.copy(),
                    "moved": moved.copy(),
                    "true_noise": noise.copy(),
                }
            )
        self._sums.fill(0)

    def tables(self) -> dict[str, dict[str, Array]]:
        """Both tables, each with its columns even if empty."""
        return {
            "reviews": join(self._reviews) or {name: np.zeros(0, kind) for name, kind in REVIEWS.items()},
            "triggers": join(self._quarters) or {name: np.zeros(0, kind) for name, kind in TRIGGERS.items()},
        }
