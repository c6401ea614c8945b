"""The rating of customers: an observed record in, score, tier and reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tiersim.rating import cuts
from tiersim.rating.indicators import INDICATORS, NEUTRAL, Indicator
from tiersim.rating.normalise import Ranks, freeze
from tiersim.rating.score import dimension_weights, mean_by_dimension, total_score, within_weights
from tiersim.scenario.rating import RatingRules
from tiersim.scenario.service import Tier
from tiersim.scenario.shares import resolve_rest
from tiersim.tables.observed import Observed

Floats = npt.NDArray[np.float64]

AVERAGE = "average"
"""Reason of a customer of whom nothing stands out."""


@dataclass(frozen=True, eq=False)
class Rating:
    """Rated customers.

    Parameters
    ----------
    score : from 0 to 1, shape (n,).
    tier : codes, 0 is the highest, int8, shape (n,).
    thresholds : score from which on each tier but the last begins, shape (tiers - 1,).
    dimension_scores : shape (3, n), in the order of ``DIMENSIONS``.
    indicator_scores : shape (indicators, n); where a value is missing, NEUTRAL.
    missing : number of missing indicators of each customer, int8, shape (n,).
    names : names of the indicators.
    weights : weight of each indicator in the score, shape (indicators,).
    """

    score: Floats
    tier: npt.NDArray[np.int8]
    thresholds: Floats
    dimension_scores: Floats
    indicator_scores: Floats
    missing: npt.NDArray[np.int8]
    names: tuple[str, ...]
    weights: Floats

    def __len__(self) -> int:
        return int(self.score.size)

    def reasons(self) -> npt.NDArray[np.str_]:
        """Key of one sentence a customer: ``above.<indicator>`` or ``below.<indicator>``, whichever moves its
        score most against the middle customer's, or ``average``; shape (n,). Computed only when asked."""
        pull = self.weights[:, None] * (self.indicator_scores - NEUTRAL)
        strongest = np.abs(pull).argmax(axis=0)
        size = pull[strongest, np.arange(len(self))]
        keys = np.array([f"{side}.{name}" for side in ("above", "below") for name in self.names] + [AVERAGE])
        code = np.where(size > 0, strongest, strongest + len(self.names))
        return keys[np.where(size == 0, keys.size - 1, code)]


class RatingMethod(Protocol):
    """A fitted method: whatever was learnt at the start is frozen in it."""

    def rate(
        self, observed: Observed, current_tier: npt.NDArray[np.integer[Any]] | None = None
    ) -> Rating: ...


@dataclass(frozen=True, eq=False)
class WeightedScore:
    """Weighted mean of rank scores, cut by fixed thresholds; made by `fit`."""

    indicators: tuple[Indicator, ...]
    ranks: tuple[Ranks, ...]
    within: Floats
    weights: Floats
    thresholds: Floats
    shares: tuple[float, ...]
    margin: float

    def rate(self, observed: Observed, current_tier: npt.NDArray[np.integer[Any]] | None = None) -> Rating:
        """Rate customers; with `current_tier` (codes, shape (n,)) moves need the hysteresis margin.

        Customers whose current tier is -1 or the code of newcomers are placed by their score alone.
        """
        scored, by_dimension, missing = self._scores(observed)
        score = total_score(by_dimension, self.weights)
        if current_tier is None:
            tier = cuts.place(score, self.thresholds)
        else:
            tier = cuts.hysteresis(score, self.thresholds, current_tier, self.margin)
        return Rating(
            score=score,
            tier=tier,
            thresholds=self.thresholds,
            dimension_scores=by_dimension,
            indicator_scores=scored,
            missing=missing,
            names=tuple(indicator.name for indicator in self.indicators),
            weights=self.weights @ self.within,
        )

    def recut(self, observed: Observed) -> WeightedScore:
        """The same normalisation with thresholds that give the stated shares among `observed` (n >= 1)."""
        _, by_dimension, _ = self._scores(observed)
        score = total_score(by_dimension, self.weights)
        return replace(self, thresholds=_frozen(cuts.thresholds(score, self.shares)))

    def _scores(self, observed: Observed) -> tuple[Floats, Floats, npt.NDArray[np.int8]]:
        scored = np.empty((len(self.indicators), len(observed)))
        missing = np.zeros(len(observed), np.int8)
        for row, ranks, indicator in zip(scored, self.ranks, self.indicators, strict=True):
            ranks.fill(indicator.values(observed), indicator.direction, row, missing)
        return scored, mean_by_dimension(scored, self.within), missing


def fit(observed: Observed, rules: RatingRules, tiers: Mapping[str, Tier]) -> WeightedScore:
    """Freeze normalisation and thresholds on the customers of the start (R3).

    Parameters
    ----------
    observed : record of the customers at the start, n >= 1.
    rules : the scenario's ``rating``.
    tiers : the scenario's ``tiers``, from the highest to the lowest.
    """
    shares = resolve_rest({name: tier.share for name, tier in tiers.items()})
    unfinished = WeightedScore(
        indicators=INDICATORS,
        ranks=tuple(freeze(indicator.values(observed)) for indicator in INDICATORS),
        within=_frozen(within_weights(INDICATORS)),
        weights=_frozen(dimension_weights(rules.weights)),
        thresholds=np.zeros(0),
        shares=tuple(shares.values()),
        margin=rules.hysteresis,
    )
    return unfinished.recut(observed)


def _frozen(array: Floats) -> Floats:
    array.flags.writeable = False
    return array
