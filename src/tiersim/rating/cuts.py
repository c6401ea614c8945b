"""From scores to tiers: shares at the start become thresholds that stay (R3), and moves need a margin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]


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
        raise ValueError("thresholds need at least one rated customer")
    # 1e-9: a half stays a half when the sum of shares is off in its last digit.
    above = np.floor(np.cumsum(np.asarray(shares, float))[:-1] * scores.size + 0.5 + 1e-9).astype(int)
    ladder = np.concatenate([[1.0], -np.sort(-scores), [0.0]])
    return np.asarray((ladder[above] + ladder[above + 1]) / 2)


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
