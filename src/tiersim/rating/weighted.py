"""The weighted score: mean of the indicator scores by weight, cut by fixed thresholds (T4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tiersim.rating.cuts import Cuts
from tiersim.rating.rating import Codes, Rating
from tiersim.rating.scale import Floats, Scale
from tiersim.scenario.rating import RatingRules
from tiersim.tables.observed import Observed


@dataclass(frozen=True, eq=False)
class WeightedScore:
    """A fitted weighted score; made by `fit_weighted`."""

    scale: Scale
    cuts: Cuts

    @property
    def thresholds(self) -> Floats:
        """Score from which on each tier but the last begins, shape (tiers - 1,)."""
        return self.cuts.thresholds

    @property
    def margin(self) -> float:
        """Score beyond a threshold that a move needs."""
        return self.cuts.margin

    def rate(self, observed: Observed, current_tier: Codes | None = None) -> Rating:
        """As in `RatingMethod`."""
        measured = self.scale.measure(observed)
        return Rating(
            score=measured.total,
            tier=self.cuts.place(measured.total, current_tier),
            thresholds=self.cuts.thresholds,
            dimension_scores=measured.by_dimension,
            indicator_scores=measured.scores,
            missing=measured.missing,
            names=self.scale.names,
            weights=self.scale.weights,
            middle=self.scale.middle,
            method="weighted",
            normalisation=self.scale.normalisation,
            notes=self.scale.notes + self.cuts.notes,
        )

    def recut(self, observed: Observed) -> WeightedScore:
        """As in `RatingMethod`."""
        return replace(self, cuts=self.cuts.again(self.scale.measure(observed).total))


def fit_weighted(
    observed: Observed, rules: RatingRules, shares: Mapping[str, float], scale: Scale
) -> WeightedScore:
    """Thresholds on the customers of the start; `shares` by tier, from the highest."""
    score = scale.measure(observed).total
    return WeightedScore(scale, Cuts.make(score, rules, shares, even=scale.by_rank))
