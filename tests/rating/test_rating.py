"""Ratings: shares at the start, cuts that stay, hysteresis, and records with little in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rating.records import TIERS, record, rules

from tiersim.rating import DIMENSIONS, RatingError, WeightedScore, fit, indicators_of
from tiersim.rating.cuts import hysteresis, place, thresholds
from tiersim.rating.normalise import Ranks, freeze
from tiersim.tables import Observed

INDICATORS = indicators_of(rules(), ())


def scores(ranks: Ranks, raw: Any, direction: int) -> Any:
    out = np.empty(raw.shape)
    ranks.fill(raw, direction, 0.5, out, np.zeros(raw.shape, np.int8))
    return out


@pytest.fixture(scope="module")
def base() -> Observed:
    return record()


@pytest.fixture(scope="module")
def method(base: Observed) -> WeightedScore:
    return fit(base, rules(), TIERS)


def test_shares_at_the_start_are_met_to_the_customer(base: Observed, method: WeightedScore) -> None:
    rating = method.rate(base)
    assert np.array_equal(np.bincount(rating.tier, minlength=4), [60, 180, 360, 600])
    assert (np.diff(rating.thresholds) < 0).all()
    # Ranked by score: everyone above is rated at least as high.
    assert (np.diff(rating.tier[np.argsort(-rating.score)]) >= 0).all()
    assert rating.score.min() >= 0 and rating.score.max() <= 1


def test_cuts_stay_when_customers_change(base: Observed, method: WeightedScore) -> None:
    richer = method.rate(base.replaced(spend_12m=base.spend_12m * 3))
    before = method.rate(base)
    assert np.array_equal(richer.thresholds, before.thresholds)
    assert (richer.tier <= before.tier).all()
    assert (richer.tier <= 1).sum() > 1.5 * (before.tier <= 1).sum()
    # Cut anew, the shares of the start come back, on the same normalisation.
    recut = method.recut(base.replaced(spend_12m=base.spend_12m * 3))
    again = recut.rate(base.replaced(spend_12m=base.spend_12m * 3))
    assert np.array_equal(np.bincount(again.tier, minlength=4), [60, 180, 360, 600])
    assert np.array_equal(again.score, richer.score)


def test_a_customer_is_rated_the_same_alone(base: Observed, method: WeightedScore) -> None:
    whole = method.rate(base)
    some = np.array([5, 700, 33])
    part = method.rate(base.take(some))
    assert np.array_equal(part.score, whole.score[some]) and np.array_equal(part.tier, whole.tier[some])
    assert len(method.rate(base.take(np.zeros(1200, bool)))) == 0


MOVES = {
    "spend_12m": ("spend_12m", 1), "orders_12m": ("orders_12m", 1), "margin_rate": ("margin_rate", 1),
    "days_to_pay": ("weeks_to_pay", -1), "growth_3y": ("spend_3y_ago_12m", -1),
    "growth_1y": ("spend_prior_12m", -1), "referrals_12m": ("referrals_12m", 1),
    "tenure": ("tenure_weeks", 1),
    "interactions": ("requests_12m", 1), "satisfaction_last": ("satisfaction_last", 1),
    "contact_stability": ("contact_person_weeks", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", [i.name for i in INDICATORS])
def test_score_follows_each_indicator_in_its_direction(
    base: Observed, method: WeightedScore, name: str
) -> None:
    column, sign = MOVES[name]
    one = base.take(np.array([17] * 400))
    ladder = np.linspace(-5, 1.4 * np.nanmax(getattr(base, column)), 400)
    if column.startswith("spend_"):
        ladder = np.linspace(1, 1.4 * np.nanmax(getattr(base, column)), 400)
    score = method.rate(one.replaced(**{column: ladder})).score
    steps = sign * np.diff(score)
    assert (steps >= 0).all() and steps.sum() > 0


def test_weights_choose_the_dimension(base: Observed) -> None:
    for d, name in enumerate(DIMENSIONS):
        alone = dict.fromkeys(DIMENSIONS, 0.0) | {name: 3.0}
        rating = fit(base, rules(weights=alone), TIERS).rate(base)
        assert np.array_equal(rating.score, rating.dimension_scores[d])
    stated = {"value": 2.0, "potential": 1.0, "relationship": 1.0}
    rating = fit(base, rules(weights=stated), TIERS).rate(base)
    assert np.allclose(rating.score, np.array([0.5, 0.25, 0.25]) @ rating.dimension_scores)
    within = [[i.weight * (i.dimension == name) for i in INDICATORS] for name in DIMENSIONS]
    means = np.array([np.average(rating.indicator_scores, axis=0, weights=row) for row in within])
    assert np.allclose(rating.dimension_scores, means)
    assert np.allclose(rating.weights @ rating.indicator_scores, rating.score)
    assert rating.weights.sum() == pytest.approx(1.0)


def test_hysteresis_both_ways() -> None:
    cuts = np.array([0.8, 0.5, 0.2])
    score = np.array([0.81, 0.83, 0.83, 0.49, 0.47, 0.10, 0.51, 0.51, 0.19])
    current = np.array([1, 1, 3, 1, 1, 0, 2, -1, 4])
    #  not yet, up, up two, held, down, down three, not yet up, unrated by score, newcomer by score
    expected = [1, 0, 0, 1, 2, 3, 2, 1, 3]
    assert np.array_equal(hysteresis(score, cuts, current, 0.02), expected)
    # Up two, the last step not sure: as far as the score carries.
    assert hysteresis(np.array([0.81]), cuts, np.array([3]), 0.02)[0] == 1


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1), st.integers(0, 3), st.floats(0, 0.2))
def test_hysteresis_never_overshoots_and_holds_still(score: float, current: int, margin: float) -> None:
    cuts, s = np.array([0.8, 0.5, 0.2]), np.array([score])
    new = hysteresis(s, cuts, np.array([current]), margin)
    plain = place(s, cuts)[0]
    assert min(current, plain) <= new[0] <= max(current, plain)
    assert np.array_equal(hysteresis(s, cuts, new, margin), new)
    assert hysteresis(s, cuts, np.array([current]), 0.0)[0] == plain


def test_rating_uses_its_margin(base: Observed, method: WeightedScore) -> None:
    plain = method.rate(base)
    assert np.array_equal(method.rate(base, plain.tier).tier, plain.tier)
    near = np.flatnonzero(np.abs(plain.score - plain.thresholds[2]) < 0.02)
    far = np.flatnonzero(plain.score < plain.thresholds[2] - 0.02)
    held = method.rate(base, np.full(1200, 2)).tier
    assert near.size > 10 and (held[near] == 2).all() and (held[far] == 3).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=60, unique=True), st.integers(2, 6))
def test_cuts_of_distinct_scores_count_exactly(drawn: list[float], tiers: int) -> None:
    shares = np.arange(1, tiers + 1) / sum(range(1, tiers + 1))
    x = np.array(drawn)
    tier = place(x, thresholds(x, list(shares)))
    upto = np.floor(np.cumsum(shares)[:-1] * x.size + 0.5 + 1e-9)
    assert np.array_equal([(tier <= j).sum() for j in range(tiers - 1)], upto)


def test_equal_scores_at_a_cut_go_up() -> None:
    x = np.array([0.9, 0.6, 0.6, 0.6, 0.1])
    assert np.array_equal(place(x, thresholds(x, [0.4, 0.6])), [0, 0, 0, 0, 1])


def test_one_customer_and_fewer_than_tiers() -> None:
    one = record(1, satisfaction_last=np.array([70.0]))
    method = fit(one, rules(), TIERS)
    rating = method.rate(one)
    assert rating.score[0] == 0.5 and rating.tier[0] == 2  # S to B are half of one customer, rounded up
    assert np.isfinite(rating.thresholds).all()
    assert {str(note) for note in rating.notes} >= {
        "spend_12m: equal for all customers, so it counts 0.5 for each",
        "S: tier that no customer reached at the start",
    }
    two = record(2)
    assert np.bincount(fit(two, rules(), TIERS).rate(two).tier, minlength=4).sum() == 2
    with pytest.raises(RatingError, match="at least one") as refused:
        fit(record(2).take(np.zeros(2, bool)), rules(), TIERS)
    assert refused.value.exit_code == 2


def test_a_tier_empty_at_the_start_can_be_reached() -> None:
    x = np.array([0.6, 0.5, 0.4])
    cuts = thresholds(x, [0.05, 0.35, 0.6])
    assert np.array_equal(place(x, cuts), [1, 2, 2])
    assert place(np.array([0.85]), cuts)[0] == 0


def test_an_indicator_that_is_equal_for_all_ranks_nobody(base: Observed) -> None:
    same = base.replaced(margin_rate=np.full(1200, 0.3))
    method = fit(same, rules(), TIERS)
    row = [i.name for i in INDICATORS].index("margin_rate")
    assert (method.rate(same).indicator_scores[row] == 0.5).all()
    # Later values beyond it do count.
    later = method.rate(base.replaced(margin_rate=np.where(np.arange(1200) < 600, 0.2, 0.4)))
    assert set(later.indicator_scores[row][:600]) == {0.0} and set(later.indicator_scores[row][600:]) == {1.0}


def test_missing_is_neutral_and_counted(base: Observed) -> None:
    unknown = base.replaced(satisfaction_last=np.full(1200, np.nan), spend_prior_12m=np.zeros(1200))
    rating = fit(unknown, rules(), TIERS).rate(unknown)
    names = list(rating.names)
    assert (rating.indicator_scores[names.index("satisfaction_last")] == 0.5).all()
    assert (rating.indicator_scores[names.index("growth_1y")] == 0.5).all()
    young = np.isnan(base.spend_3y_ago_12m)
    assert np.array_equal(rating.missing, np.where(young, 3, 2))
    assert np.isfinite(rating.score).all()
    assert {(note.rule, note.subject) for note in rating.notes} == {
        ("unknown_for_all", "satisfaction_last"), ("unknown_for_all", "growth_1y"),
    }  # fmt: skip


def test_ties_share_their_middle_rank() -> None:
    ranks = freeze(np.array([0.0] * 60 + [1.0] * 30 + [5.0] * 10 + [np.nan] * 7))
    assert np.allclose(scores(ranks, np.array([0.0, 1.0, 5.0, -1.0, 6.0]), 1), [0.3, 0.75, 0.95, 0.0, 1.0])
    assert np.allclose(scores(ranks, np.array([0.0, 6.0]), -1), [0.7, 0.0])
    assert scores(ranks, np.array([3.0]), 1)[0] == pytest.approx(0.85)


def test_grid_is_close_to_the_exact_rank() -> None:
    x = np.random.default_rng(2).lognormal(0, 2, 5001)
    exact = (np.argsort(np.argsort(x)) + 0.5) / x.size
    ranks = freeze(x)
    assert ranks.values.size == 101
    assert np.abs(scores(ranks, x, 1) - exact).max() < 0.01


def test_reasons_name_the_strongest_pull(base: Observed, method: WeightedScore) -> None:
    rating = method.rate(base)
    reasons = rating.reasons()
    pull = rating.weights[:, None] * (rating.indicator_scores - 0.5)
    for i in (0, 5, 600, 1199):
        side, name = reasons[i].split(".")
        j = rating.names.index(name)
        assert abs(pull[j, i]) == np.abs(pull[:, i]).max()
        assert side == ("above" if pull[j, i] > 0 else "below")
    one = record(1, satisfaction_last=np.array([70.0]))
    assert fit(one, rules(), TIERS).rate(one).reasons().tolist() == ["average"]


def test_what_was_fitted_cannot_be_changed(method: WeightedScore) -> None:
    scale = method.scale
    for array in (method.thresholds, scale.weights, scale.within, scale.middle, scale.measures[0].values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


METHODS: dict[str, dict[str, Any]] = {
    "rank": {}, "minmax": {"normalisation": "minmax"}, "left out": {"missing": "left_out"},
    "vector": {"normalisation": "vector", "missing": "worst"}, "robust": {"normalisation": "robust_z"},
    "breaks": {"cut": "natural_breaks"}, "rfm": {"method": "rfm"},
    "rfm out": {"method": "rfm", "missing": "left_out"},
    "topsis": {"method": "topsis", "normalisation": "vector", "missing": "left_out"},
    "kmeans": {"method": "kmeans", "kmeans": {"starts": 2}},
}  # fmt: skip


@pytest.mark.parametrize("kind", METHODS)
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 90))
def test_any_order_any_part_and_any_time_give_the_same(kind: str, seed: int, n: int) -> None:
    o, section = record(n, seed), rules(**METHODS[kind])
    method = fit(o, section, TIERS)
    whole = method.rate(o)
    r = np.random.default_rng(seed)
    order, part = r.permutation(n), r.random(n) < 0.5
    again = fit(o.take(order), section, TIERS).rate(o.take(order))
    assert np.array_equal(again.score, whole.score[order]) and np.array_equal(again.tier, whole.tier[order])
    assert np.array_equal(method.rate(o.take(part)).score, whole.score[part])
    assert np.array_equal(method.rate(o, whole.tier).tier, whole.tier)
    for values in (whole.score, whole.indicator_scores, whole.dimension_scores):
        assert values.min() >= 0 and values.max() <= 1
    assert whole.tier.dtype == np.int8 and set(whole.tier.tolist()) <= {0, 1, 2, 3}
    assert whole.weights.sum() == pytest.approx(1.0) and len(whole.reasons()) == n
    assert len(whole.normalisation) == len(whole.names) == len(whole.middle)
    # Whoever has the better score is in no lower tier.
    assert (np.diff(whole.tier[np.argsort(-whole.score, kind="stable")].astype(int)) >= 0).all()


@pytest.mark.parametrize("kind", [k for k in METHODS if k != "kmeans"])
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["spend_12m", "orders_12m"]), st.floats(0, 1e6))
def test_more_purchases_never_lower_the_score(kind: str, seed: int, column: str, more: float) -> None:
    o = record(40, seed)
    method = fit(o, rules(**METHODS[kind]), TIERS)
    richer = o.replaced(**{column: getattr(o, column) + more})
    before, after = method.rate(o), method.rate(richer)
    assert (after.score >= before.score - 1e-12).all() and (after.tier <= before.tier).all()
