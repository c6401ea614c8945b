"""K-means: against another implementation from the same start, ordered and frozen clusters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.cluster.vq import kmeans2
from tests.rating.records import TIERS, record, rules, tiers

from tiersim.rating import RatingError, fit
from tiersim.rating import kmeans as module
from tiersim.rating.kmeans import cluster_centres
from tiersim.scenario.rating import KMeans


@pytest.fixture(scope="module")
def fitted() -> Any:
    o = record()
    return o, fit(o, rules(method="kmeans"), TIERS)


def test_centres_agree_with_another_implementation_from_the_same_start() -> None:
    r = np.random.default_rng(4)
    points = np.concatenate([r.normal(m, 0.08, (150, 3)) for m in (0.1, 0.4, 0.7, 0.9)])
    start = points[[5, 200, 350, 500]]
    ours = cluster_centres(points, 4, KMeans(), start)
    theirs, label = kmeans2(points, start, iter=100, minit="matrix")
    assert np.bincount(label).min() > 50
    assert np.allclose(ours, theirs, rtol=0, atol=1e-10)


def test_clusters_stand_in_order_of_value(fitted: Any) -> None:
    o, method = fitted
    rating = method.rate(o)
    value = method.centroids @ rating.weights
    assert (np.diff(value) < 0).all()
    assert sorted(set(rating.tier.tolist())) == [0, 1, 2, 3]
    assert np.array_equal(rating.score, 1 - rating.tier / 3)
    assert rating.thresholds.size == 0 and rating.method == "kmeans"
    # Nearest by the plain definition; each centre is the mean of its customers, as found with all of them.
    away = ((rating.indicator_scores.T[:, None, :] - method.centroids) ** 2 * rating.weights).sum(axis=2)
    assert np.array_equal(away.argmin(axis=1), rating.tier)
    assert np.allclose(np.sqrt(away.T), rating.details["distance"])
    for tier in range(4):
        mean = rating.indicator_scores[:, rating.tier == tier].mean(axis=1)
        assert np.allclose(mean, method.centroids[tier], atol=0.01)


def test_same_clusters_for_any_order_of_customers_and_every_time(fitted: Any) -> None:
    o, method = fitted
    order = np.random.default_rng(9).permutation(1200)
    again = fit(o.take(order), rules(method="kmeans"), TIERS)
    assert np.array_equal(again.centroids, method.centroids)
    assert np.array_equal(again.rate(o).tier, method.rate(o).tier)
    other = fit(o, rules(method="kmeans", kmeans={"seed": 2, "starts": 1}), TIERS)
    assert not np.array_equal(other.centroids, method.centroids)


def test_clusters_are_frozen(fitted: Any) -> None:
    o, method = fitted
    whole = method.rate(o)
    some = np.array([5, 700, 33])
    assert np.array_equal(method.rate(o.take(some)).tier, whole.tier[some])
    with pytest.raises(ValueError, match="read-only"):
        method.centroids[0, 0] = 1.0
    richer = o.replaced(spend_12m=o.spend_12m * 3)
    assert np.array_equal(method.recut(o).centroids, method.centroids)
    assert not np.array_equal(method.recut(richer).centroids, method.centroids)


def test_a_move_needs_a_centre_that_is_nearer_by_the_margin(fitted: Any) -> None:
    o, method = fitted
    plain = method.rate(o)
    assert method.margin == 0.02
    assert np.array_equal(method.rate(o, plain.tier).tier, plain.tier)
    held = method.rate(o, np.full(1200, 2)).tier
    away = plain.details["distance"]
    gain = away[2] - away.min(axis=0)
    assert np.array_equal(held, np.where(gain >= 0.02, plain.tier, 2))
    assert 0 < ((gain > 0) & (gain < 0.02)).sum() < 600
    for unrated in (-1, 4):
        assert np.array_equal(method.rate(o, np.full(1200, unrated)).tier, plain.tier)


def test_fewer_different_customers_than_tiers() -> None:
    o = record(30).take(np.repeat([3, 7, 11], 10))
    with pytest.raises(
        RatingError, match=r"4 tiers by K-means need at least 4 different customers; here are 3"
    ):
        fit(o, rules(method="kmeans"), TIERS)
    three = fit(o, rules(method="kmeans"), tiers(S=0.1, A=0.2, C="rest"))
    assert sorted(set(three.rate(o).tier.tolist())) == [0, 1, 2]
    with pytest.raises(RatingError, match="here are 1"):
        fit(record(1), rules(method="kmeans"), TIERS)
    with pytest.raises(RatingError, match="at least one"):
        fit(o.take(np.zeros(30, bool)), rules(method="kmeans"), TIERS)


def test_left_out_is_refused() -> None:
    with pytest.raises(RatingError, match="neutral or worst"):
        fit(record(), rules(method="kmeans", missing="left_out"), TIERS)


def test_many_customers_are_sampled_evenly_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    o = record(3000)
    monkeypatch.setattr(module, "SAMPLE", 1500)
    method = fit(o, rules(method="kmeans"), TIERS)
    rating = method.rate(o)
    assert [str(note) for note in rating.notes if note.rule == "sample"] == [
        "1,500: customers, spread evenly by score, from which the clusters were found"
    ]
    monkeypatch.setattr(module, "SAMPLE", 3000)
    whole = fit(o, rules(method="kmeans"), TIERS)
    # Half of the customers find clusters as tight as all of them do, though not the same ones.
    squares = [float((m.rate(o).details["distance"].min(axis=0) ** 2).sum()) for m in (whole, method)]
    assert squares[0] <= squares[1] < 1.02 * squares[0] and len(rating) == 3000
