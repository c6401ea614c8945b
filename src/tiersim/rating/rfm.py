"""RFM: recency, frequency and money, each as a digit, and segments by rules over the digits (T2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import numpy.typing as npt

from tiersim.rating.cuts import ByScore, Cuts
from tiersim.rating.digits import digits_of, middle_digit, quantile_cuts, stated_cuts
from tiersim.rating.errors import RatingError
from tiersim.rating.indicators import DIMENSIONS
from tiersim.rating.normalise import NEUTRAL
from tiersim.rating.rating import Codes, Note, Rating
from tiersim.rating.scale import frozen
from tiersim.rating.segments import default_segments, segment_of
from tiersim.scenario.rating import Missing, RatingRules, RfmAxis, Segment
from tiersim.tables.observed import Observed

Floats = npt.NDArray[np.float64]
Digits = npt.NDArray[np.int8]

AXES: tuple[RfmAxis, ...] = get_args(RfmAxis)


@dataclass(frozen=True, eq=False)
class RfmTable(ByScore):
    """A fitted RFM rating; made by `fit_rfm`.

    Parameters
    ----------
    bins : digits 1 to this.
    points : cut points of each axis from the best, shape (3, bins - 1): days up to which, orders and money
        from which a digit holds.
    weights : of the three digits, sum 1.
    missing : what a missing value counts as.
    fall : fall of a year's purchases that is marked.
    segments : rules in order.
    cuts : thresholds of the score.
    notes : rules that had to be used at the start.
    """

    bins: int
    points: Floats
    weights: Floats
    missing: Missing
    fall: float
    segments: tuple[Segment, ...]
    cuts: Cuts
    notes: tuple[Note, ...] = ()

    def rate(self, observed: Observed, current_tier: Codes | None = None) -> Rating:
        """As in `RatingMethod`."""
        raw = axes_of(observed)
        digits = self.digits(raw)
        scores = self._scores(digits)
        score = self._total(scores, digits)
        growth = observed.growth_1y
        fell = growth <= -self.fall  # nan, no year before, is no fall
        segment = segment_of(self.segments, digits, fell, growth > 0)
        by_dimension = np.full((len(DIMENSIONS), score.size), NEUTRAL)
        by_dimension[DIMENSIONS.index("relationship")] = scores[0]
        volume = self.weights[1:] / max(self.weights[1:].sum(), 1e-12)
        if volume.any():
            by_dimension[DIMENSIONS.index("value")] = volume[0] * scores[1] + volume[1] * scores[2]
        return Rating(
            score=score,
            tier=self.cuts.place(score, current_tier),
            thresholds=self.cuts.thresholds,
            dimension_scores=by_dimension,
            indicator_scores=scores,
            missing=np.isnan(raw).sum(axis=0).astype(np.int8),
            names=AXES,
            weights=self.weights,
            middle=np.full(3, NEUTRAL),
            method="rfm",
            normalisation=("digits",) * 3,
            details={"digits": digits, "fell": fell}
            | {f"cuts_{axis}": cut for axis, cut in zip(AXES, self.points, strict=True)},
            segment=segment,
            segments=tuple(segment.name for segment in self.segments),
            notes=self.notes + self.cuts.notes,
        )

    def recut(self, observed: Observed) -> RfmTable:
        """As in `RatingMethod`: the digits stay, the thresholds of the score are made anew."""
        digits = self.digits(axes_of(observed))
        return replace(self, cuts=self.cuts.again(self._total(self._scores(digits), digits)))

    def digits(self, raw: Floats) -> Digits:
        """Digits of raw values, shape (3, n); 0 where a missing value is left out."""
        gap = {"neutral": middle_digit(self.bins), "worst": 1, "left_out": 0}[self.missing]
        out = np.empty(raw.shape, np.int8)
        for j, (axis, values) in enumerate(zip(AXES, raw, strict=True)):
            out[j] = digits_of(values, self.points[j], -1 if axis == "recency" else 1, self.bins, gap)
        return out

    def _scores(self, digits: Digits) -> Floats:
        """Digits from 0 to 1, shape (3, n); NEUTRAL where left out."""
        return np.where(digits > 0, (digits - 1.0) / (self.bins - 1), NEUTRAL)

    def _total(self, scores: Floats, digits: Digits) -> Floats:
        """Weighted mean of the digits from 0 to 1, shape (n,); what is left out gives its weight away."""
        total, weight = np.zeros(scores.shape[1]), np.zeros(scores.shape[1])
        for j, row in enumerate(scores):
            there = digits[j] > 0
            total += np.where(there, self.weights[j] * row, 0.0)
            weight += np.where(there, self.weights[j], 0.0)
        some = weight > 0
        # Rounded, so that 543 and 345 have one score and not two that differ by 1e-16.
        return np.where(some, np.round(total / np.where(some, weight, 1.0), 12), NEUTRAL)


def axes_of(observed: Observed) -> Floats:
    """Days since the last order, orders and money of the last 52 weeks, shape (3, n); nan is missing."""
    # A day is 1/7 week and would otherwise come back as 15.000000000000002.
    days = np.round(np.asarray(observed.recency_weeks, np.float64) * 7.0, 6)
    return np.stack([days, np.asarray(observed.orders_12m, float), np.asarray(observed.spend_12m, float)])


def fit_rfm(observed: Observed, rules: RatingRules, shares: Mapping[str, float]) -> RfmTable:
    """Digits by quantiles of the start, or by the scenario's cut points; thresholds of the score."""
    if len(observed) == 0:
        raise RatingError("There is no customer to rate; a rating is made on at least one")
    rfm = rules.rfm
    raw = axes_of(observed)
    notes: list[Note] = []
    points = np.empty((3, rfm.bins - 1))
    for j, (axis, values) in enumerate(zip(AXES, raw, strict=True)):
        stated, sign = getattr(rfm, axis), -1 if axis == "recency" else 1
        known = values[~np.isnan(values)]
        if known.size == 0:
            notes.append(Note("unknown_for_all", axis))
        elif stated is None and known.min() == known.max():
            notes.append(Note("all_equal", axis))
        if stated is not None:
            points[j] = stated_cuts(axis, stated, sign, rfm.bins)
        else:
            points[j] = quantile_cuts(known, sign, rfm.bins, rfm.ties)
    weights = np.array([rfm.weights.get(axis, 0.0) for axis in AXES], float)
    empty = Cuts(np.zeros(0), "shares", shares, rules.hysteresis)
    segments = tuple(rfm.segments) or default_segments(rfm.bins)
    method = RfmTable(
        rfm.bins, frozen(points), frozen(weights / weights.sum()), rules.missing, rfm.fall, segments, empty
    )
    digits = method.digits(raw)
    score = method._total(method._scores(digits), digits)
    return replace(method, cuts=Cuts.make(score, rules, shares), notes=tuple(notes))
