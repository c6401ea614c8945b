"""How customers are measured: indicators, their frozen normalisation and their weights, common to methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.rating.errors import RatingError
from tiersim.rating.indicators import DIMENSIONS, Indicator, indicators_of
from tiersim.rating.normalise import Measure, freeze
from tiersim.rating.rating import Note, Rating
from tiersim.rating.score import Mask, mean_by_dimension, mean_of_known, total_score, within_weights
from tiersim.rating.weights import Weighting, weights_of
from tiersim.scenario.rating import Phase, RatingRules
from tiersim.tables.observed import Observed

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """Customers on the scale of the indicators.

    Parameters
    ----------
    scores : from 0 to 1, more is better, shape (indicators, n).
    missing : number of missing indicators, int8, shape (n,).
    counted : whether each value counts, shape (indicators, n); None where all do.
    by_dimension : shape (3, n).
    total : weighted mean, shape (n,).
    """

    scores: Floats
    missing: npt.NDArray[np.int8]
    counted: Mask | None
    by_dimension: Floats
    total: Floats


@dataclass(frozen=True, eq=False)
class Scale:
    """Indicators with normalisation and weights, frozen on the customers of the start; made by `scale_of`."""

    indicators: tuple[Indicator, ...]
    measures: tuple[Measure, ...]
    within: Floats
    dimensions: Floats
    notes: tuple[Note, ...]

    @cached_property
    def weights(self) -> Floats:
        """Weight of each indicator in the whole, sum 1, shape (indicators,)."""
        return frozen((self.dimensions[:, None] * self.within).sum(axis=0))

    @cached_property
    def middle(self) -> Floats:
        """Score of the middle customer of the start, shape (indicators,)."""
        pairs = zip(self.indicators, self.measures, strict=True)
        return frozen(np.array([m.middle if i.direction > 0 else 1.0 - m.middle for i, m in pairs]))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(indicator.name for indicator in self.indicators)

    @property
    def normalisation(self) -> tuple[str, ...]:
        return tuple(indicator.normalisation for indicator in self.indicators)

    @property
    def by_rank(self) -> bool:
        """Whether scores spread evenly over 0 to 1."""
        return all(kind == "rank" for kind in self.normalisation)

    def measure(self, observed: Observed) -> Measured:
        """Scores of customers, by indicator, by dimension and in all."""
        n = len(observed)
        scores, missing = np.empty((len(self.indicators), n)), np.zeros(n, np.int8)
        counted: Mask | None = None
        for j, (indicator, measure) in enumerate(zip(self.indicators, self.measures, strict=True)):
            raw = indicator.values(observed)
            gap = 0.0 if indicator.missing == "worst" else float(self.middle[j])
            measure.fill(raw, indicator.direction, gap, scores[j], missing)
            if indicator.missing == "left_out" and (unknown := np.isnan(raw)).any():
                counted = np.ones(scores.shape, bool) if counted is None else counted
                counted[j] = ~unknown
        if counted is None:
            by_dimension = mean_by_dimension(scores, self.within)
            total = total_score(by_dimension, self.dimensions)
        else:
            by_dimension, total = mean_of_known(scores, self.within, self.dimensions, counted)
        return Measured(scores, missing, counted, by_dimension, total)

    def rating(
        self,
        measured: Measured,
        method: str,
        score: Floats,
        tier: npt.NDArray[np.int8],
        thresholds: Floats,
        details: Mapping[str, npt.NDArray[Any]] | None = None,
        notes: tuple[Note, ...] = (),
    ) -> Rating:
        """What a method found in customers as measured, with what it found it by; `notes` are its own."""
        return Rating(
            score=score,
            tier=tier,
            thresholds=thresholds,
            dimension_scores=measured.by_dimension,
            indicator_scores=measured.scores,
            missing=measured.missing,
            names=self.names,
            weights=self.weights,
            middle=self.middle,
            method=method,
            normalisation=self.normalisation,
            details=details or {},
            notes=self.notes + notes,
        )


def scale_of(observed: Observed, rules: RatingRules, phase: Phase | None = None) -> Scale:
    """Freeze indicators, normalisation and weights on the customers of the start (R3), n >= 1."""
    if len(observed) == 0:
        raise RatingError("There is no customer to rate; a rating is made on at least one")
    indicators = indicators_of(rules, observed.signals, phase)
    weighting = weights_of(rules, phase)
    notes: list[Note] = []
    measures = []
    for indicator in indicators:
        raw = indicator.values(observed)
        measures.append(freeze(raw, indicator.normalisation))
        known = raw[~np.isnan(raw)]
        if known.size == 0:
            notes.append(Note("unknown_for_all", indicator.name))
        elif known.min() == known.max():
            notes.append(Note("all_equal", indicator.name))
    within = within_weights(indicators, _compared(indicators, weighting))
    dimensions = weighting.dimensions.copy()
    for d, name in enumerate(DIMENSIONS):
        if dimensions[d] > 0 and not within[d].any():
            dimensions[d] = 0.0
            notes.append(Note("no_indicator", name))
    if not dimensions.any():
        raise RatingError("No indicator is left in a dimension that has a weight")
    dimensions /= dimensions.sum()
    return Scale(indicators, tuple(measures), frozen(within), frozen(dimensions), tuple(notes))


def _compared(indicators: tuple[Indicator, ...], weighting: Weighting) -> dict[str, dict[str, float]]:
    """By dimension whose indicators were compared, their weights; refused where one was not."""
    found: dict[str, dict[str, float]] = {}
    for dimension in weighting.judged.within if weighting.judged is not None else ():
        names = [indicator.name for indicator in indicators if indicator.dimension == dimension]
        weights = weighting.judged.within_weights(dimension, names) if weighting.judged is not None else None
        if weights is not None:
            found[dimension] = dict(zip(names, weights.tolist(), strict=True))
    return found


def frozen(array: Floats) -> Floats:
    """The array, which nobody can change any more."""
    array.flags.writeable = False
    return array
