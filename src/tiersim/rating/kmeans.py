"""K-means: as many clusters as tiers, ordered by value, found once and then frozen (T4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.rating.errors import RatingError
from tiersim.rating.rating import Codes, Note, Rating
from tiersim.rating.scale import Floats, Measured, Scale, frozen
from tiersim.scenario.rating import KMeans as KMeansRules
from tiersim.scenario.rating import RatingRules
from tiersim.tables.observed import Observed

SAMPLE = 100_000
"""Customers from whom clusters are found at most; all are placed in them."""

DIGITS = 9
"""Decimals of a frozen centroid: what lies beyond may differ between machines."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """Fitted clusters; made by `fit_kmeans`.

    Parameters
    ----------
    scale : indicators with normalisation and weights.
    centroids : indicator scores of each tier's centre, from the highest tier, shape (tiers, indicators).
    margin : by how much another centre must be nearer than the own one before a customer moves.
    hysteresis : the scenario's margin.
    rules : seed and number of starts.
    sampled : number of customers from whom the clusters were found, where not from all; else 0.
    """

    scale: Scale
    centroids: Floats
    margin: float
    hysteresis: float
    rules: KMeansRules
    sampled: int = 0

    @property
    def thresholds(self) -> Floats:
        """None: there is no score at which a tier begins."""
        return np.zeros(0)

    def rate(self, observed: Observed, current_tier: Codes | None = None) -> Rating:
        """As in `RatingMethod`; a move needs a centre that is nearer by the margin."""
        measured = self.scale.measure(observed)
        away = self._distances(measured)
        tiers = len(self.centroids)
        nearest = away.argmin(axis=0)
        tier = nearest
        if current_tier is not None:
            own = np.clip(current_tier, 0, tiers - 1)
            each = np.arange(own.size)
            moves = (away[own, each] - away[nearest, each] >= self.margin) & (own != nearest)
            rated = (current_tier >= 0) & (current_tier < tiers)
            tier = np.where(rated & ~moves, own, nearest)
        sample = (Note("sample", f"{self.sampled:,}"),) if self.sampled else ()
        score, details = 1.0 - nearest / (tiers - 1), {"centroids": self.centroids, "distance": away}
        return self.scale.rating(
            measured, "kmeans", score, tier.astype(np.int8), self.thresholds, details, sample
        )

    def recut(self, observed: Observed) -> Clusters:
        """As in `RatingMethod`: clusters found anew on the same scale."""
        return _found(self, self.scale.measure(observed))

    def _distances(self, measured: Measured) -> Floats:
        """Weighted Euclidean distance to each centre, shape (tiers, n): a weight counts in the square."""
        away = np.zeros((len(self.centroids), measured.scores.shape[1]))
        # One indicator at a time and in order: the sum does not depend on the machine, nor on n.
        for j, row in enumerate(measured.scores):
            if self.scale.weights[j] > 0:
                for tier, centre in enumerate(self.centroids[:, j]):
                    away[tier] += self.scale.weights[j] * (row - centre) ** 2
        return np.sqrt(away)


def fit_kmeans(observed: Observed, rules: RatingRules, shares: Mapping[str, float], scale: Scale) -> Clusters:
    """Clusters of the customers of the start, one a tier of `shares`."""
    if any(indicator.missing == "left_out" for indicator in scale.indicators):
        raise RatingError("K-means cannot leave a missing value out; let it count as neutral or worst")
    empty = np.zeros((len(shares), len(scale.indicators)))
    return _found(Clusters(scale, empty, 0.0, rules.hysteresis, rules.kmeans), scale.measure(observed))


def _found(clusters: Clusters, measured: Measured) -> Clusters:
    """The same rules with centres found on `measured`.

    Customers are put in order first (by score, then by indicator), so that the result does not hang on the
    order of the file; of more than SAMPLE, every so-manieth in that order is used.
    """
    tiers, weights = len(clusters.centroids), clusters.scale.weights
    order = _in_order(measured)
    n = order.size
    if n > SAMPLE:
        order = order[(np.arange(SAMPLE) * n + n // 2) // SAMPLE]
    points = np.sqrt(weights)[None, :] * measured.scores.T[order]
    distinct = 1 + int((np.diff(points, axis=0) != 0).any(axis=1).sum())
    if distinct < tiers:
        raise RatingError(
            f"{tiers} tiers by K-means need at least {tiers} different customers; here are {distinct}"
        )
    used = weights > 0
    centroids = np.full((tiers, weights.size), 0.5)
    centres = cluster_centres(points[:, used], tiers, clusters.rules)
    centroids[:, used] = np.round(centres / np.sqrt(weights[used]), DIGITS)
    value = (centroids * weights).sum(axis=1)
    centroids = frozen(centroids[np.lexsort((*centroids.T[::-1], value))[::-1]])
    # Scores by rank spread over 0 to 1; others by as much as the centres are apart.
    apart = float(np.sqrt((weights * (centroids[0] - centroids[-1]) ** 2).sum()))
    unit = 1.0 if clusters.scale.by_rank else apart
    return replace(
        clusters,
        centroids=centroids,
        margin=clusters.hysteresis * unit,
        sampled=SAMPLE if n > SAMPLE else 0,
    )


def _in_order(measured: Measured) -> npt.NDArray[np.intp]:
    """Positions of customers by score, equal scores by indicator, shape (n,)."""
    order = np.argsort(measured.total, kind="stable")
    # Few scores are equal, and a sort by every indicator takes as long as all the rest.
    equal = np.diff(measured.total[order]) == 0
    tied = np.concatenate([[False], equal]) | np.concatenate([equal, [False]])
    some = order[tied]
    order[tied] = some[np.lexsort((*measured.scores[::-1, some], measured.total[some]))]
    return order


def cluster_centres(points: Floats, clusters: int, rules: KMeansRules, start: Any = None) -> Floats:
    """Centres of K-means by scikit-learn, shape (clusters, d), of `points`, shape (n, d).

    Parameters
    ----------
    start : centres to begin with, instead of the best of several random starts.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    method = KMeans(
        n_clusters=clusters,
        init="k-means++" if start is None else start,
        n_init=rules.starts if start is None else 1,
        random_state=int(rules.seed),
    )
    # One thread: sums of several are added in the order in which they end, and runs share the cores already.
    with threadpool_limits(limits=1):
        found = method.fit(np.ascontiguousarray(points))
    centres: npt.NDArray[np.float64] = np.asarray(found.cluster_centers_, np.float64)
    return centres
