"""From scores to tiers: shares at the start become thresholds that stay (R3), and moves need a margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tiersim.rating.breaks import natural_breaks
from tiersim.rating.errors import RatingError
from tiersim.rating.rating import Note
from tiersim.scenario.rating import RatingRules

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

INNER = (0.05, 0.95)
"""Quantiles of the scores at the start whose distance is the unit of the margin where scores are uneven."""


@dataclass(frozen=True, eq=False)
class Cuts:
    """Thresholds of a fitted rating and the rule that they came from; made by `make`.

    Parameters
    ----------
    thresholds : score from which on each tier but the last begins, falling, shape (tiers - 1,).
    rule : shares, thresholds (stated), natural_breaks.
    shares : share of each tier by name, from the highest to the lowest.
    hysteresis : the scenario's margin.
    unit : score that a margin of 1 stands for.
    notes : tiers that nobody reached.
    """

    thresholds: Floats
    rule: Literal["shares", "thresholds", "natural_breaks"]
    shares: Mapping[str, float]
    hysteresis: float
    unit: float = 1.0
    notes: tuple[Note, ...] = ()

    @classmethod
    def make(
        cls, scores: Floats, rules: RatingRules, shares: Mapping[str, float], *, even: bool = True
    ) -> Cuts:
        """Cuts by the scenario's rule on the `scores` of the start, shape (n,), n >= 1.

        Where scores do not spread over 0 to 1 by themselves (`even` is false), the margin is a share of the
        distance between the 5 % and the 95 % quantile of the start, divided by 0.9: for even scores that is
        1, and for scores that all lie between 0.01 and 0.05 a margin of 0.02 would stop every move.
        """
        low, high = (1.0, 1.0) if even else np.quantile(scores, INNER)
        unit = 1.0 if even else float(high - low) / (INNER[1] - INNER[0])
        stated = np.asarray(rules.thresholds, float)
        return cls(stated, rules.cut, shares, rules.hysteresis, unit).again(scores)

    def again(self, scores: Floats) -> Cuts:
        """The same rule on other scores; stated thresholds stay."""
        shares = list(self.shares.values())
        if self.rule == "thresholds":
            cuts = self.thresholds.copy()
            if cuts.size != len(shares) - 1 or (np.diff(cuts) >= 0).any():
                raise RatingError(f"{len(shares)} tiers need {len(shares) - 1} falling thresholds")
        elif self.rule == "natural_breaks":
            cuts = natural_breaks(scores, len(shares))[::-1].copy()
        else:
            cuts = thresholds(scores, shares)
        cuts.flags.writeable = False
        there = np.bincount(place(scores, cuts), minlength=len(shares))
        empty = [name for name, count in zip(self.shares, there, strict=True) if count == 0]
        notes = tuple(Note("empty_tier", name) for name in empty)
        return Cuts(cuts, self.rule, self.shares, self.hysteresis, self.unit, notes)

    @property
    def margin(self) -> float:
        """Score beyond a threshold that a move needs."""
        return self.hysteresis * self.unit

    def place(self, scores: Floats, current: npt.NDArray[np.integer] | None = None) -> Codes:
        """Tier codes; where `current` is given, moves need the margin."""
        if current is None:
            return place(scores, self.thresholds)
        return hysteresis(scores, self.thresholds, current, self.margin)


class ByScore:
    """A fitted method whose tiers are cuts of the score."""

    cuts: Cuts

    @property
    def thresholds(self) -> Floats:
        """Score from which on each tier but the last begins, shape (tiers - 1,)."""
        return self.cuts.thresholds

    @property
    def margin(self) -> float:
        """Score beyond a threshold that a move needs."""
        return self.cuts.margin


def thresholds(scores: Floats, shares: Sequence[float]) -> Floats:
    """Scores from which on a customer belongs to each tier but the last, falling, shape (tiers - 1,).

    The best n * share customers are in the first tier, rounded (a half up), and so on, counted on cumulative
    shares so that rounding never adds up. A threshold lies halfway between the last customer above and the
    first below it; customers with equal scores at a cut all go to the upper tier. A tier that starts empty
    has its threshold halfway from the best score to 1 (or, if all lower tiers are empty, from the worst
    score to 0).

    Parameters
    ----------
    scores : from 0 to 1, shape (n,), n >= 1.
    shares : share of each tier from the highest to the lowest, sum 1.
    """
    if scores.size == 0:
        raise RatingError("Thresholds need at least one rated customer")
    # 1e-9: a half stays a half when the sum of shares is off in its last digit.
    above = np.floor(np.cumsum(np.asarray(shares, float))[:-1] * scores.size + 0.5 + 1e-9).astype(int)
    ladder = np.concatenate([[1.0], -np.sort(-scores), [0.0]])
    # Past customers equal to the last one above: on their very score no margin could ever be had (RFM).
    below = np.searchsorted(-ladder, -ladder[above], "right")
    return np.asarray((ladder[above] + ladder[np.minimum(below, ladder.size - 1)]) / 2)


def place(scores: Floats, cuts: Floats) -> Codes:
    """Tier codes (0 is the highest) of scores by thresholds, int8, shape (n,)."""
    tier = np.zeros(scores.shape, np.int8)
    for cut in cuts:
        tier += scores < cut
    return tier


def hysteresis(scores: Floats, cuts: Floats, current: npt.NDArray[np.integer], margin: float) -> Codes:
    """Tier codes where a move needs a score `margin` beyond the cut, up or down, int8, shape (n,).

    Who moves goes as far as the score carries by that rule. `current` outside the tiers (-1, or the code of
    newcomers) means not yet rated: such customers are placed without margin.
    """
    best = place(scores, cuts + margin)
    worst = place(scores, cuts - margin)
    # Cuts raised give the tier that is surely reached, cuts lowered the one that is surely held.
    kept = np.clip(current, worst, best)
    rated = (current >= 0) & (current <= cuts.size)
    return np.where(rated, kept, place(scores, cuts)).astype(np.int8)
