"""Normalisation: four kinds by their formulas, frozen, within 0 to 1, costs turned, gaps by rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rating.records import TIERS, record, rules

from tiersim.rating import fit
from tiersim.rating.normalise import freeze

KINDS = ["rank", "minmax", "vector", "robust_z"]
VALUES = st.lists(
    st.one_of(st.floats(-1e12, 1e12, allow_subnormal=True), st.just(float("nan"))), min_size=1, max_size=30
)


def scores(measure: Any, raw: Any, direction: int = 1, gap: float = 0.5) -> Any:
    raw = np.asarray(raw, float)
    out = np.empty(raw.shape)
    measure.fill(raw, direction, gap, out, np.zeros(raw.shape, np.int8))
    return out


def test_formulas() -> None:
    x = np.array([2.0, 4.0, 6.0, 14.0])
    assert np.allclose(scores(freeze(x, "minmax"), x), [0, 1 / 6, 1 / 3, 1])
    assert np.allclose(scores(freeze(x, "vector"), x), x / np.sqrt(252))
    assert np.allclose(scores(freeze(x, "rank"), x), [1 / 8, 3 / 8, 5 / 8, 7 / 8])
    # median 5, absolute deviations 3 1 1 9: their median is 2, of which 1.4826 is a standard deviation.
    z = (x - 5) / (1.482602218505602 * 2)
    assert np.allclose(scores(freeze(x, "robust_z"), x), (np.clip(z, -3, 3) + 3) / 6)
    for kind in KINDS:
        assert np.allclose(scores(freeze(x, kind), x, -1), 1 - scores(freeze(x, kind), x))


def test_robust_z_when_more_than_half_are_equal() -> None:
    x = np.array([0.0] * 7 + [1.0, 2.0, 12.0])
    z = x / (1.2533141373155001 * 1.5)
    assert np.allclose(scores(freeze(x, "robust_z"), x), (np.clip(z, -3, 3) + 3) / 6)


def test_vector_with_values_below_zero_starts_at_the_lowest() -> None:
    x = np.array([-0.1, 1.2, 1.2, 0.6])
    assert np.allclose(scores(freeze(x, "vector"), x), (x + 0.1) / np.sqrt(3.25))
    # Farther apart than the vector is long (0.5): the distance is taken, so that no two become equal.
    x = np.array([-0.3, 0.0, 0.4])
    assert np.allclose(scores(freeze(x, "vector"), x), (x + 0.3) / 0.7)


@pytest.mark.parametrize("kind", KINDS)
def test_all_equal_is_a_half_and_later_values_are_told_apart(kind: Any) -> None:
    measure = freeze(np.full(5, 3.0), kind)
    assert scores(measure, [3.0, 2.9, 3.1]).tolist() == [0.5, 0.0, 1.0]
    assert scores(measure, [3.0, 2.9, 3.1], -1).tolist() == [0.5, 1.0, 0.0]
    assert scores(freeze(np.full(3, np.nan), kind), [1.0, np.nan], gap=0.25).tolist() == [0.5, 0.25]


@settings(max_examples=300, deadline=None)
@given(VALUES, VALUES, st.sampled_from(KINDS), st.sampled_from([1, -1]))
def test_within_0_and_1_in_order_and_missing_counted(start: Any, now: Any, kind: Any, direction: int) -> None:
    measure = freeze(np.array(start), kind)
    raw, missing = np.array(now), np.zeros(len(now), np.int8)
    out = np.empty(raw.shape)
    measure.fill(raw, direction, 0.25, out, missing)
    gaps = np.isnan(raw)
    assert np.array_equal(missing, gaps.astype(np.int8)) and (out[gaps] == 0.25).all()
    assert (out >= 0).all() and (out <= 1).all() and 0 <= measure.middle <= 1
    known = out[~gaps][np.argsort(raw[~gaps], kind="stable")]
    assert (direction * np.diff(known) >= 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_middle_customer_has_the_middle_score(kind: Any) -> None:
    x = np.random.default_rng(1).lognormal(0, 1, 1001)
    measure = freeze(x, kind)
    assert scores(measure, [np.median(x)])[0] == pytest.approx(measure.middle, abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_a_rating_is_frozen_and_the_same_in_any_order(kind: Any) -> None:
    o = record()
    method = fit(o, rules(normalisation=kind), TIERS)
    whole = method.rate(o)
    assert whole.normalisation == (kind,) * len(whole.names)
    assert whole.score.min() >= 0 and whole.score.max() <= 1
    order = np.random.default_rng(2).permutation(1200)
    again = fit(o.take(order), rules(normalisation=kind), TIERS).rate(o.take(order))
    assert np.array_equal(again.score, whole.score[order])
    assert np.array_equal(again.tier, whole.tier[order])
    some = np.array([8, 1100, 3])
    assert np.array_equal(method.rate(o.take(some)).score, whole.score[some])


def test_an_indicator_may_have_its_own_normalisation() -> None:
    o = record()
    rating = fit(
        o, rules(normalisation="minmax", indicators={"tenure": {"normalisation": "rank"}}), TIERS
    ).rate(o)
    kinds = dict(zip(rating.names, rating.normalisation, strict=True))
    assert kinds["tenure"] == "rank" and kinds["spend_12m"] == "minmax"
    tenure = rating.indicator_scores[rating.names.index("tenure")]
    assert np.abs(np.sort(tenure) - (np.arange(1200) + 0.5) / 1200).max() < 0.01


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("missing", ["neutral", "worst", "left_out"])
def test_a_gap_counts_as_the_rule_says(kind: Any, missing: Any) -> None:
    o = record(satisfaction_last=np.where(np.arange(1200) % 2, 70.0 + np.arange(1200) % 17, np.nan))
    method = fit(o, rules(normalisation=kind, missing=missing), TIERS)
    rating = method.rate(o)
    j = rating.names.index("satisfaction_last")
    row, gap = rating.indicator_scores[j], rating.missing > 0
    unknown = np.isnan(o.satisfaction_last)
    assert gap[unknown].all() and not np.isnan(rating.indicator_scores).any()
    expected = 0.0 if missing == "worst" else rating.middle[j]
    assert (row[unknown] == expected).all()
    if missing != "left_out":
        assert np.allclose(rating.weights @ rating.indicator_scores, rating.score)
        return
    young = np.isnan(o.growth_3y)
    only = unknown & ~young & ~np.isnan(o.growth_1y)
    # The others of the relationship take over its weight in their own proportions.
    within = np.where([name in RELATIONSHIP for name in rating.names], rating.weights, 0.0)
    within[j] = 0.0
    mean = within @ rating.indicator_scores / within.sum()
    assert only.sum() > 100 and np.allclose(rating.dimension_scores[2][only], mean[only])
    assert np.allclose(np.array([0.5, 0.25, 0.25]) @ rating.dimension_scores, rating.score)


RELATIONSHIP = {"tenure", "interactions", "satisfaction_last", "contact_stability"}


def test_a_dimension_of_which_nothing_is_known_gives_its_weight_away() -> None:
    keep = {"growth_1y": {}, "growth_3y": False, "referrals_12m": False}
    o = record(spend_prior_12m=np.where(np.arange(1200) < 600, np.nan, 100.0))
    rating = fit(o, rules(missing="left_out", indicators=keep), TIERS).rate(o)
    parts = rating.dimension_scores
    assert (parts[1][:600] == 0.5).all()
    assert np.allclose(rating.score[:600], (0.5 * parts[0] + 0.25 * parts[2])[:600] / 0.75)
    assert np.allclose(rating.score[600:], (np.array([0.5, 0.25, 0.25]) @ parts)[600:])
