"""The weighted score: mean of the indicator scores by weight, cut by fixed thresholds (T4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tiersim.rating.cuts import ByScore, Cuts
from tiersim.rating.rating import Codes, Rating
from tiersim.rating.scale import Scale
from tiersim.scenario.rating import RatingRules
from tiersim.tables.observed import Observed


@dataclass(frozen=True, eq=False)
class WeightedScore(ByScore):
    """A fitted weighted score; made by `fit_weighted`."""

    scale: Scale
    cuts: Cuts

    def rate(self, observed: Observed, current_tier: Codes | None = None) -> Rating:
        """As in `RatingMethod`."""
        measured = self.scale.measure(observed)
        tier = self.cuts.place(measured.total, current_tier)
        return self.scale.rating(
            measured, "weighted", measured.total, tier, self.thresholds, notes=self.cuts.notes
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
