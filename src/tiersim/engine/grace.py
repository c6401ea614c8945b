"""Downgrades that must hold for a while before they are made (T6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.look import Look
from tiersim.engine.pending import Notes
from tiersim.rating.moving import Proposals
from tiersim.scenario.rating import RatingRules

Array = npt.NDArray[Any]

Ask = Callable[[frozenset[str], Array], Proposals]
"""What the rules of some kinds of look want of some customers (places in the look)."""


class Grace:
    """Customers whose downgrade waits, with the rule that wants it.

    A waiting downgrade is looked at whenever its rule is checked, and at the first end of a month when its
    grace is over: then it is made if its rule still wants the customer lower, and dropped as soon as it does
    not. Grace does not begin again if another rule wants the downgrade meanwhile.
    """

    def __init__(self, rules: RatingRules, tiers: int) -> None:
        self._weeks, self._tiers = round(rules.grace), tiers
        self._kinds = np.array([rule.check for rule in rules.rules])
        self._waiting = Notes()

    def is_over(self, week: int) -> bool:
        """Whether the grace of anybody is over."""
        first = self._waiting.first()
        return first is not None and first <= week

    def hold_back(self, look: Look, checks: frozenset[str], to: Array, rule: Array, ask: Ask) -> None:
        """Take downgrades that must wait out of the look's wishes, and put in those whose grace is over.

        Parameters
        ----------
        to, rule : tiers and numbers of rules that the look wants, shape (n,); changed in place.
        """
        if self._weeks == 0:
            return
        birth, week = look.seen.birth, look.week
        waits, until, by = self._waiting.of(birth)
        over = waits & (until <= week)
        asked = waits & np.isin(self._kinds[by], list(checks))
        for kind in np.unique(self._kinds[by[over & ~asked]]).tolist():
            again = np.flatnonzero(over & ~asked & (self._kinds[by] == kind))
            found = ask(frozenset({kind}), again)
            # What this look itself wants of them comes first.
            free = to[again] == look.before[again]
            to[again[free]], rule[again[free]] = found.to_tier[free], found.rule[free]
            asked[again] = True
        down = (to > look.before) & (rule >= 0) & (look.before < self._tiers)
        self._waiting.drop(birth[asked & (over | ~down)])
        fresh = down & ~waits
        for number in np.unique(rule[fresh]).tolist():
            who = fresh & (rule == number)
            self._waiting.put(birth[who], week + self._weeks, rule[who])
        held = down & ~over
        to[held] = look.before[held]
