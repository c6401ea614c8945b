"""TOPSIS: tiers by closeness to the best and distance from the worst that the start held (T4).

Hwang and Yoon 1981; in the notation of Tzeng and Huang 2011, chapter 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tiersim.rating.cuts import ByScore, Cuts
from tiersim.rating.errors import RatingError
from tiersim.rating.normalise import NEUTRAL
from tiersim.rating.rating import Codes, Rating
from tiersim.rating.scale import Floats, Measured, Scale, frozen
from tiersim.scenario.rating import RatingRules
from tiersim.tables.observed import Observed


@dataclass(frozen=True, eq=False)
class Topsis(ByScore):
    """A fitted TOPSIS; made by `fit_topsis`.

    Ideal and anti-ideal stay those of the start, so that a customer's closeness does not change because
    others do; on the customers of the start it is the textbook's.

    Parameters
    ----------
    scale : indicators with normalisation and weights.
    cuts : thresholds of closeness, which is the score.
    ideal, anti_ideal : best and worst normalised value of each indicator at the start, shape (indicators,);
        costs are turned before, so that more is better.
    """

    scale: Scale
    cuts: Cuts
    ideal: Floats
    anti_ideal: Floats

    def rate(self, observed: Observed, current_tier: Codes | None = None) -> Rating:
        """As in `RatingMethod`; who is beyond the ideal counts as being at it."""
        measured = self.scale.measure(observed)
        to_ideal, to_anti = self._distances(measured)
        score = closeness(to_ideal, to_anti)
        details = {
            "ideal": self.scale.weights * self.ideal,
            "anti_ideal": self.scale.weights * self.anti_ideal,
            "distance_ideal": to_ideal,
            "distance_anti": to_anti,
        }
        tier = self.cuts.place(score, current_tier)
        return self.scale.rating(measured, "topsis", score, tier, self.thresholds, details, self.cuts.notes)

    def recut(self, observed: Observed) -> Topsis:
        """As in `RatingMethod`."""
        score = closeness(*self._distances(self.scale.measure(observed)))
        return replace(self, cuts=self.cuts.again(score))

    def _distances(self, measured: Measured) -> tuple[Floats, Floats]:
        """Weighted Euclidean distances to ideal and anti-ideal, each of shape (n,).

        An indicator left out of a customer is left out of both; the weights of the others need not be raised,
        as a common factor drops out of closeness.
        """
        n = measured.scores.shape[1]
        to_ideal, to_anti = np.zeros(n), np.zeros(n)
        # One indicator at a time and in order: the sum does not depend on the machine, nor on n.
        for j, row in enumerate(measured.scores):
            weight = self.scale.weights[j]
            held = np.clip(row, self.anti_ideal[j], self.ideal[j])
            near, far = (weight * (self.ideal[j] - held)) ** 2, (weight * (held - self.anti_ideal[j])) ** 2
            if measured.counted is not None:
                near[~measured.counted[j]] = 0.0
                far[~measured.counted[j]] = 0.0
            to_ideal += near
            to_anti += far
        return np.sqrt(to_ideal), np.sqrt(to_anti)


def closeness(to_ideal: Floats, to_anti: Floats) -> Floats:
    """Distance to the anti-ideal as a share of both, shape (n,); 0.5 where both are 0."""
    both = to_ideal + to_anti
    apart = both > 0
    return np.where(apart, to_anti / np.where(apart, both, 1.0), NEUTRAL)


def fit_topsis(observed: Observed, rules: RatingRules, shares: Mapping[str, float], scale: Scale) -> Topsis:
    """Ideal, anti-ideal and thresholds on the customers of the start.

    Raises
    ------
    RatingError : no normalisation stated; the winner may change with it, so nobody should get one unasked.
    """
    if rules.normalisation is None:
        raise RatingError(
            "TOPSIS needs rating.normalisation: vector (the textbook's), minmax, rank or robust_z; "
            "the order of customers may change with it"
        )
    measured = scale.measure(observed)
    best, worst = frozen(measured.scores.max(axis=1)), frozen(measured.scores.min(axis=1))
    method = Topsis(scale, Cuts(best, "shares", shares, rules.hysteresis), best, worst)
    score = closeness(*method._distances(measured))
    return replace(method, cuts=Cuts.make(score, rules, shares, even=False))
