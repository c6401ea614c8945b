"""Weights of the dimensions and of the indicators in them: stated, by phase of the company, or by AHP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiersim.scenario.indicators import DIMENSIONS
from tiersim.scenario.judgements import Ahp
from tiersim.scenario.rating import Phase, RatingRules, Weights

if TYPE_CHECKING:
    from tiersim.rating.ahp import AhpResult


@dataclass(frozen=True, eq=False)
class Weighting:
    """Weights of a rating.

    Parameters
    ----------
    dimensions : weights of DIMENSIONS, sum 1, shape (3,).
    judged : the comparisons that they come from, which may also weigh indicators inside dimensions.
    """

    dimensions: npt.NDArray[np.float64]
    judged: AhpResult | None = None


def dimension_weights(weights: Weights | Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Weights of DIMENSIONS, scaled to sum 1, shape (3,)."""
    stated = weights if isinstance(weights, Mapping) else weights.model_dump()
    raw = np.array([stated.get(name, 0.0) for name in DIMENSIONS], float)
    return np.asarray(raw / raw.sum())


def ahp_of(rules: RatingRules, phase: Phase | None = None) -> tuple[Ahp | None, str]:
    """Comparisons that hold in `phase` (default: the phase at the start), and where they stand."""
    phase = phase or rules.phase
    here = rules.phases.get(phase) if phase else None
    if here is not None and (here.ahp is not None or here.weights is not None):
        return here.ahp, f"rating.phases.{phase}.ahp"
    return rules.ahp, "rating.ahp"


def weights_of(rules: RatingRules, phase: Phase | None = None) -> Weighting:
    """Weights that hold in `phase` (default: the phase at the start).

    What a phase says goes before what the rating says, and comparisons before stated weights; what the
    comparisons do not cover is as stated.

    Raises
    ------
    ScenarioError : comparisons that cannot be used.
    """
    phase = phase or rules.phase
    here = rules.phases.get(phase) if phase else None
    stated = here.weights if here is not None and here.weights is not None else rules.weights
    ahp, path = ahp_of(rules, phase)
    if ahp is None:
        return Weighting(dimension_weights(stated))
    from tiersim.rating.ahp import from_scenario

    judged = from_scenario(ahp, path)
    return Weighting(dimension_weights(judged.dimension_weights or stated), judged)
