"""The rating of customers: an observed record in, score, tier and reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tiersim.tables.observed import Observed

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer[Any]]

AVERAGE = "average"
"""Reason of a customer of whom nothing stands out."""


@dataclass(frozen=True)
class Note:
    """A stated rule that a rating had to use, for reports.

    Parameters
    ----------
    rule : its key: ``all_equal``, ``unknown_for_all``, ``no_indicator``, ``empty_tier``,
        ``sample``.
    subject : what it was used on, such as the name of an indicator.
    """

    rule: str
    subject: str

    def __str__(self) -> str:
        return f"{self.subject}: {NOTES[self.rule]}"


NOTES: Mapping[str, str] = {
    "all_equal": "equal for all customers, so it counts 0.5 for each",
    "unknown_for_all": "not known of any customer, so it tells nobody apart",
    "no_indicator": "has no indicator, so its weight goes to the other dimensions",
    "empty_tier": "tier that no customer reached at the start",
    "sample": "customers, spread evenly by score, from which the clusters were found",
}
"""What each rule says, in English."""


@dataclass(frozen=True, eq=False)
class Rating:
    """Rated customers.

    Parameters
    ----------
    score : from 0 to 1, shape (n,): weighted mean of the indicator scores, or of the digits (rfm); closeness
        to the ideal (topsis); place of the nearest cluster, 1 the best and 0 the last (kmeans).
    tier : codes, 0 is the highest, int8, shape (n,).
    thresholds : score from which on each tier but the last begins, shape (tiers - 1,); none for kmeans.
    dimension_scores : shape (3, n), in the order of ``DIMENSIONS``.
    indicator_scores : from 0 to 1, more is better, shape (indicators, n); what a missing value counts as.
    missing : number of missing indicators of each customer, int8, shape (n,).
    names : names of the indicators.
    weights : weight of each indicator in the score, sum 1, shape (indicators,).
    middle : score of the middle customer of the start by indicator, shape (indicators,).
    method : weighted, rfm, topsis, kmeans.
    normalisation : how the values of each indicator became scores; ``digits`` for rfm.
    details : intermediate values of the method by name.
    segment : codes into `segments`, int8, shape (n,), or None (rfm only).
    segments : names of the segments.
    notes : rules that had to be used.
    """

    score: Floats
    tier: npt.NDArray[np.int8]
    thresholds: Floats
    dimension_scores: Floats
    indicator_scores: Floats
    missing: npt.NDArray[np.int8]
    names: tuple[str, ...]
    weights: Floats
    middle: Floats
    method: str = "weighted"
    normalisation: tuple[str, ...] = ()
    details: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    segment: npt.NDArray[np.int8] | None = None
    segments: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return int(self.score.size)

    def reasons(self) -> npt.NDArray[np.str_]:
        """Key of one sentence a customer: ``above.<indicator>`` or ``below.<indicator>``, whichever moves its
        score most against the middle customer's, or ``average``; shape (n,). Computed only when asked."""
        most, code = np.zeros(len(self)), np.full(len(self), 2 * len(self.names))
        for j, row in enumerate(self.indicator_scores):
            pull = self.weights[j] * (row - self.middle[j])
            stronger = np.abs(pull) > most
            most[stronger] = np.abs(pull[stronger])
            code[stronger] = np.where(pull[stronger] > 0, j, j + len(self.names))
        keys = [f"{side}.{name}" for side in ("above", "below") for name in self.names]
        return np.array([*keys, AVERAGE])[code]


class RatingMethod(Protocol):
    """A fitted method: whatever was learnt at the start is frozen in it (R3)."""

    @property
    def thresholds(self) -> Floats:
        """Score from which on each tier but the last begins, shape (tiers - 1,); none for kmeans."""
        ...

    @property
    def margin(self) -> float:
        """Score beyond a threshold that a move needs; kmeans: by how much another centre must be nearer."""
        ...

    def rate(self, observed: Observed, current_tier: Codes | None = None) -> Rating:
        """Rate customers; with `current_tier` (codes, shape (n,)) moves need the hysteresis margin.

        Customers whose current tier is -1 or the code of newcomers are placed by the record alone.
        """
        ...

    def recut(self, observed: Observed) -> RatingMethod:
        """The same measure of customers with cuts (or clusters) made anew on `observed`, n >= 1."""
        ...
