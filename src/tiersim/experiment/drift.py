"""Would the drift before the start explain an effect: the past carried on, and swung back.

A test that finds no drift proves little where quarters are few (Roth 2022), so the question is not whether a
drift was found but how much of the effect it may be. Each unit's own straight line through the quarters
before the start is carried on over the quarters since; the rule is that this makes up less than half of the
effect, with 95 % certainty. Groups that drifted may also swing back, as units do that were chosen in a bad
quarter, so the same must hold with the opposite sign. To bound what may go on by what went before is the idea
of Rambachan and Roth, as the README of their package HonestDiD tells it; here for straight lines of each unit
and twice their size, with the error of the past counted in: few quarters leave wide ranges, and hardly an
effect that is clear of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tiersim.experiment.answers.panel import ROUNDING, Mask
from tiersim.experiment.answers.welch import welch
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, Ints

LEAST_PAST = 3
"""Quarters before the start from which a drift can be cleared: two lie on a line whatever they are."""

SHARE = 0.5
"""Of an effect: what a drift may make up at most where the plan is to be named as the cause."""

Verdict = Literal["clear", "found", "open"]
"""clear: a drift explains little; found: there was a drift; open: the past is too short or too unsteady."""


@dataclass(frozen=True)
class Drift:
    """What the quarters before the start say of one key figure, in its unit, each with a 95 % interval.

    Attributes
    ----------
    carried : the drift apart before the start, carried on to the middle of the quarters since: what it would
        add to the effect. Its p-value is that of the drift, not adjusted for other key figures.
    on, back : half of the effect less what the drift adds, had it gone on, and had it swung back as strongly.
    quarters : before the start.
    """

    carried: Estimate
    on: Estimate
    back: Estimate
    quarters: int

    def verdict(self, effect: float, claimed: bool, alpha: float) -> Verdict:
        """What the past means for this key figure.

        A claimed effect must lie beyond 0 with both whole ranges; any other figure is clear where no drift
        shows, which proves little.
        """
        found = self.carried.p <= alpha
        if self.quarters >= LEAST_PAST:
            if claimed and (min(self.on.low, self.back.low) if effect > 0.0 else
                            -max(self.on.high, self.back.high)) > 0.0:  # fmt: skip
                return "clear"
            if not claimed and not found:
                return "clear"
        return "found" if found else "open"


def drift(values: Floats, when: Ints, begins: int, treated: Mask, scale: float) -> Drift | None:
    """The drift of a key figure before the start; None with fewer than two quarters, or without any spread.

    Parameters
    ----------
    values : by unit and quarter, shape (units, quarters).
    when : number of each quarter on the calendar, shape (quarters,); quarters may be left out.
    begins : how many of them lie before the start.
    treated : which units are treated, shape (units,).
    scale : the size of a figure that rounding is measured by.
    """
    if begins < 2:
        return None
    past = when[:begins] - when[:begins].mean()
    slopes = values[:, :begins] @ (past / (past @ past))
    ahead = float(when[begins:].mean() - when[:begins].mean())
    change = values[:, begins:].mean(axis=1) - values[:, :begins].mean(axis=1)
    carried = ahead * slopes
    try:
        on = welch(SHARE * change - carried, treated, scale)
        back = welch(SHARE * change + carried, treated, scale)
    except NotEstimable:
        return None
    try:
        apart = welch(carried, treated, scale)
    except NotEstimable:
        # All units of a group moved alike, so the drift is known without error.
        value = float(carried[treated].mean() - carried[~treated].mean())
        apart = Estimate(value, 0.0, value, value, float(abs(value) <= ROUNDING * scale))
    return Drift(apart, on, back, begins)


def calendar(quarters: list[str]) -> Ints:
    """Number of each quarter, from its name as ``2026 Q1``."""
    return np.array([4 * int(name[:4]) + int(name[-1]) for name in quarters], dtype=np.int64)
