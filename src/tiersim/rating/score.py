"""From indicator scores to one score: means inside a dimension, dimensions by weight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiersim.rating.indicators import DIMENSIONS, Indicator
from tiersim.scenario.rating import Weights

Floats = npt.NDArray[np.float64]


def dimension_weights(weights: Weights) -> Floats:
    """Weights of DIMENSIONS, scaled to sum 1, shape (3,)."""
    raw = np.array([getattr(weights, name) for name in DIMENSIONS], float)
    return np.asarray(raw / raw.sum())


def within_weights(indicators: Sequence[Indicator]) -> Floats:
    """Weight of each indicator inside each dimension, shape (3, indicators); rows sum to 1."""
    member = np.array([[i.weight * (i.dimension == name) for i in indicators] for name in DIMENSIONS], float)
    return np.asarray(member / np.maximum(member.sum(axis=1, keepdims=True), 1e-12))


def total_score(dimension_scores: Floats, weights: Floats) -> Floats:
    """Score from 0 to 1, shape (n,), of dimension scores, shape (3, n)."""
    # Summed by hand: a matrix product may add in another order on another machine or for another n.
    score = weights[0] * dimension_scores[0]
    for weight, row in zip(weights[1:], dimension_scores[1:], strict=True):
        score = score + weight * row
    return np.asarray(score)


def mean_by_dimension(indicator_scores: Floats, within: Floats) -> Floats:
    """Dimension scores, shape (3, n), of indicator scores, shape (indicators, n)."""
    out = np.zeros((within.shape[0], indicator_scores.shape[1]))
    for d, row in enumerate(within):
        for j in np.flatnonzero(row):
            out[d] += row[j] * indicator_scores[j]
    return out
