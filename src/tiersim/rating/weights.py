"""Weights of the dimensions and of the indicators in them: stated, by phase of the company, or by AHP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tiersim.scenario.indicators import DIMENSIONS
from tiersim.scenario.rating import Phase, RatingRules, Weights


@dataclass(frozen=True, eq=False)
class Weighting:
    """Weights of a rating.

    Parameters
    ----------
    dimensions : weights of DIMENSIONS, sum 1, shape (3,).
    within : by dimension, weights of its indicators where they come from comparisons.
    """

    dimensions: npt.NDArray[np.float64]
    within: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def dimension_weights(weights: Weights | Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Weights of DIMENSIONS, scaled to sum 1, shape (3,)."""
    stated = weights if isinstance(weights, Mapping) else weights.model_dump()
    raw = np.array([stated.get(name, 0.0) for name in DIMENSIONS], float)
    return np.asarray(raw / raw.sum())


def weights_of(rules: RatingRules, phase: Phase | None = None) -> Weighting:
    """Weights that hold in `phase` (default: the phase at the start).

    What a phase says goes before what the rating says, and comparisons before stated weights; what neither
    comparison covers is as stated.
    """
    here = rules.phases.get(phase or rules.phase) if phase or rules.phase else None
    stated = here.weights if here is not None and here.weights is not None else rules.weights
    judged = rules.ahp
    if here is not None and (here.ahp is not None or here.weights is not None):
        judged = here.ahp
    if judged is None:
        return Weighting(dimension_weights(stated))
    from tiersim.rating.ahp import from_scenario

    result = from_scenario(judged)
    return Weighting(dimension_weights(result.dimension_weights or stated), result.within)
