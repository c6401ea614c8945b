"""From indicator scores to one score: means inside a dimension, dimensions by weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tiersim.rating.indicators import DIMENSIONS, Indicator
from tiersim.rating.normalise import NEUTRAL

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def within_weights(
    indicators: Sequence[Indicator], compared: Mapping[str, Mapping[str, float]] | None = None
) -> Floats:
    """Weight of each indicator inside each dimension, shape (3, indicators); rows sum to 1, or are all 0.

    Parameters
    ----------
    compared : by dimension, weights from comparisons; they take the place of the indicators' own there.
    """
    rows = []
    for name in DIMENSIONS:
        stated = (compared or {}).get(name)
        own = [i.weight if stated is None else stated.get(i.name, 0.0) for i in indicators]
        rows.append([w * (i.dimension == name) for w, i in zip(own, indicators, strict=True)])
    member = np.array(rows, float)
    return np.asarray(member / np.maximum(member.sum(axis=1, keepdims=True), 1e-12))


def total_score(dimension_scores: Floats, weights: Floats) -> Floats:
    """Score from 0 to 1, shape (n,), of dimension scores, shape (3, n)."""
    # Summed by hand: a matrix product may add in another order on another machine or for another n.
    score = weights[0] * dimension_scores[0]
    for weight, row in zip(weights[1:], dimension_scores[1:], strict=True):
        score = score + weight * row
    return np.asarray(score)


def mean_by_dimension(indicator_scores: Floats, within: Floats) -> Floats:
    """Dimension scores, shape (3, n), of indicator scores, shape (indicators, n); else NEUTRAL."""
    out = np.zeros((within.shape[0], indicator_scores.shape[1]))
    for d, row in enumerate(within):
        used = np.flatnonzero(row)
        if used.size == 0:
            out[d] = NEUTRAL
        for j in used:
            out[d] += row[j] * indicator_scores[j]
    return out


def mean_of_known(
    indicator_scores: Floats, within: Floats, weights: Floats, counted: Mask
) -> tuple[Floats, Floats]:
    """Dimension scores (3, n) and total score (n,) where what is not `counted` gives its weight away.

    The weight goes to the other indicators of the dimension; where none of them is known, that of the
    dimension goes to the other dimensions. Of whom nothing is known has NEUTRAL.

    Parameters
    ----------
    counted : whether a value counts, shape (indicators, n).
    """
    n = indicator_scores.shape[1]
    by_dimension = np.full((within.shape[0], n), NEUTRAL)
    total, weight = np.zeros(n), np.zeros(n)
    for d, row in enumerate(within):
        score, known = np.zeros(n), np.zeros(n)
        for j in np.flatnonzero(row):
            score += np.where(counted[j], row[j] * indicator_scores[j], 0.0)
            known += np.where(counted[j], row[j], 0.0)
        some = known > 0
        # Where all are known, the sum of weights is 1 but for its last digit: left undivided, as elsewhere.
        all_known = counted[row > 0].all(axis=0)
        mean = np.where(all_known, score, score / np.where(some, known, 1.0))
        by_dimension[d][some] = np.minimum(mean, 1.0)[some]
        total += np.where(some, weights[d] * by_dimension[d], 0.0)
        weight += np.where(some, weights[d], 0.0)
    some = weight > 0
    full = weight >= 1.0 - 1e-12
    mean = np.where(full, total, total / np.where(some, weight, 1.0))
    return by_dimension, np.where(some, np.minimum(mean, 1.0), NEUTRAL)
