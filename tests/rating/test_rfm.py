"""RFM tables: the documents' three customers, quantiles with ties, segments as data, rules for gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rating.records import TIERS, record, rules, tiers

from tiersim.rating import RatingError, fit
from tiersim.rating.digits import digits_of, quantile_cuts
from tiersim.rating.segments import default_segments
from tiersim.scenario.rating import Segment

POINTS = {
    "recency": [30, 60, 120, 365], "frequency": [12, 8, 5, 2], "money": [120_000, 80_000, 50_000, 30_000],
}  # fmt: skip


def three(**given: Any) -> Any:
    """The three customers of the loyalty document, each with a prior period that fits its story."""
    columns = {
        "recency_weeks": np.array([15, 90, 45]) / 7,
        "orders_12m": np.array([12, 3, 6]),
        "spend_12m": np.array([150_000.0, 20_000.0, 60_000.0]),
        "spend_prior_12m": np.array([140_000.0, 45_000.0, 50_000.0]),
    }
    return record(3, **(columns | given))


def test_the_three_customers_of_the_loyalty_document() -> None:
    """Template 1 and section 1: 555 high value, 321 churn risk, 433 potential."""
    rating = fit(three(), rules(method="rfm", rfm=POINTS), TIERS).rate(three())
    assert ["".join(map(str, code)) for code in rating.details["digits"].T] == ["555", "321", "433"]
    assert [rating.segments[s] for s in rating.segment] == ["high value", "churn risk", "potential"]
    assert np.allclose(rating.score, [1.0, 3 / 12, 7 / 12])
    assert (np.diff(rating.score[[0, 2, 1]]) < 0).all() and rating.method == "rfm"
    assert rating.details["cuts_recency"].tolist() == POINTS["recency"]
    assert rating.names == ("recency", "frequency", "money") and rating.weights.sum() == pytest.approx(1)


def test_without_a_prior_period_nobody_fell() -> None:
    young = three(spend_prior_12m=np.full(3, np.nan))
    rating = fit(young, rules(method="rfm", rfm=POINTS), TIERS).rate(young)
    assert [rating.segments[s] for s in rating.segment] == ["high value", "middling", "middling"]
    assert not rating.details["fell"].any()


@pytest.mark.parametrize(("spend", "fell"), [(70.0, True), (70.1, False), (0.0, True), (-5.0, True)])
def test_a_fall_is_marked_from_the_stated_share_on(spend: float, fell: bool) -> None:
    one = record(1, spend_12m=np.array([spend]), spend_prior_12m=np.array([100.0]))
    assert fit(one, rules(method="rfm"), TIERS).rate(one).details["fell"].tolist() == [fell]


def test_quantiles_without_ties_fill_the_digits_evenly() -> None:
    o = record(1000, recency_weeks=np.random.default_rng(3).permutation(1000) / 7.0)
    digits = fit(o, rules(method="rfm"), TIERS).rate(o).details["digits"]
    for row in (digits[0], digits[2]):
        assert np.bincount(row, minlength=6)[1:].tolist() == [200] * 5
    assert (np.diff(digits[0][np.argsort(o.recency_weeks)]) <= 0).all()
    assert (np.diff(digits[2][np.argsort(o.spend_12m)]) >= 0).all()


@pytest.mark.parametrize(("ties", "expected"), [
    # Ten customers in five bins: the four with 7 would reach digits 5, 4, 4 and 3 one by one.
    ("better", [5, 5, 5, 5, 5, 3, 2, 2, 1, 1]),
    ("worse", [5, 3, 3, 3, 3, 3, 2, 2, 1, 1]),
    ("middle", [5, 4, 4, 4, 4, 3, 2, 2, 1, 1]),
])  # fmt: skip
def test_equal_values_share_the_digit_that_the_scenario_says(ties: Any, expected: list[int]) -> None:
    values = np.array([9.0, 7, 7, 7, 7, 6, 5, 4, 3, 2])
    points = quantile_cuts(values, 1, 5, ties)
    assert digits_of(values, points, 1, 5, 0).tolist() == expected
    # Turned round, few is best: the same digits.
    assert digits_of(-values, quantile_cuts(-values, -1, 5, ties), -1, 5, 0).tolist() == expected


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=40),
    st.integers(2, 9),
    st.sampled_from(["better", "worse", "middle"]),
    st.sampled_from([1, -1]),
)
def test_digits_follow_the_values(drawn: list[int], bins: int, ties: Any, sign: int) -> None:
    values = np.array(drawn, float)
    digit = digits_of(values, quantile_cuts(values, sign, bins, ties), sign, bins, 0)
    assert digit.min() >= 1 and digit.max() <= bins
    by_value = digit[np.argsort(sign * values, kind="stable")]
    assert (np.diff(by_value) >= 0).all()
    for one in set(drawn):
        assert len(set(digit[values == one].tolist())) == 1
    if ties == "better" and len(set(drawn)) > 1:
        assert digit[values == (sign * values).max() * sign].tolist()[0] == bins


def test_all_equal_is_the_middle_digit_and_noted() -> None:
    same = record(10, orders_12m=np.full(10, 4))
    method = fit(same, rules(method="rfm"), TIERS)
    rating = method.rate(same)
    assert rating.details["digits"][1].tolist() == [3] * 10
    assert (rating.indicator_scores[1] == 0.5).all()
    assert ("all_equal", "frequency") in [(note.rule, note.subject) for note in rating.notes]
    later = method.rate(same.replaced(orders_12m=np.array([3] * 5 + [5] * 5)))
    assert later.details["digits"][1].tolist() == [1] * 5 + [5] * 5


@pytest.mark.parametrize(("missing", "digit", "score"), [
    ("neutral", 3, 2.5 / 3), ("worst", 1, 2 / 3), ("left_out", 0, 1.0),
])  # fmt: skip
def test_a_missing_value_counts_as_the_rule_says(missing: Any, digit: int, score: float) -> None:
    gap = three(recency_weeks=np.array([np.nan, 9, 6]))
    rating = fit(gap, rules(method="rfm", rfm=POINTS, missing=missing), TIERS).rate(gap)
    assert rating.details["digits"][0, 0] == digit and rating.missing.tolist() == [1, 0, 0]
    assert rating.score[0] == pytest.approx(score)


def test_nothing_known_at_all_is_rated_neutral() -> None:
    none = np.full(3, np.nan)
    o = three(recency_weeks=none, orders_12m=none, spend_12m=none)
    for missing in ("neutral", "left_out"):
        rating = fit(o, rules(method="rfm", missing=missing), TIERS).rate(o)
        assert (rating.score == 0.5).all() and (rating.missing == 3).all()
        assert {note.rule for note in rating.notes} >= {"unknown_for_all"}


def test_weights_of_the_digits() -> None:
    weights = {"recency": 0.0, "frequency": 1.0, "money": 3.0}
    rating = fit(three(), rules(method="rfm", rfm=POINTS | {"weights": weights}), TIERS).rate(three())
    assert np.allclose(rating.score, [1.0, 0.25 * 0.25, 0.25 * 0.5 + 0.75 * 0.5])


def test_segments_are_data_and_the_first_that_fits_holds() -> None:
    own = [
        {"name": "sleeping", "recency": [1, 2]},
        {"name": "loyal", "frequency": [4, 5], "fell": False},
        {"name": "rising", "rose": True},
        {"name": "others"},
    ]
    rating = fit(three(), rules(method="rfm", rfm=POINTS | {"segments": own}), TIERS).rate(three())
    assert [rating.segments[s] for s in rating.segment] == ["loyal", "others", "rising"]


def high_from(segments: tuple[Segment, ...]) -> int:
    assert segments[1].recency is not None
    return segments[1].recency[0]


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 9))
def test_default_segments_leave_nobody_out(bins: int) -> None:
    segments = default_segments(bins)
    names = ["churn risk", "high value", "potential", "low value", "middling"]
    assert [s.name for s in segments] == names
    assert segments[-1] == Segment(name="middling") and not segments[-1].bounded
    low = segments[3].recency
    assert low is not None and low[0] == 1 <= low[1] < high_from(segments)
    high = segments[1].recency
    assert high is not None and (bins // 2 + 1) <= high[0] <= high[1] == bins
    o = record(60, seed=bins)
    rating = fit(o, rules(method="rfm", rfm={"bins": bins}), TIERS).rate(o)
    assert rating.segment is not None and rating.segment.min() >= 0 and rating.segment.max() <= 4


def test_digits_are_frozen_and_a_move_is_a_digit() -> None:
    o = record()
    method = fit(o, rules(method="rfm"), TIERS)
    before = method.rate(o)
    richer = method.rate(o.replaced(spend_12m=o.spend_12m * 3), before.tier)
    assert np.array_equal(richer.details["cuts_money"], before.details["cuts_money"])
    assert (richer.details["digits"][2] >= before.details["digits"][2]).all()
    # Thresholds lie between two possible scores, so that the margin holds nobody back a whole digit.
    plain = method.rate(o.replaced(spend_12m=o.spend_12m * 3))
    assert np.array_equal(richer.tier, plain.tier)
    some = np.array([3, 900, 41])
    assert np.array_equal(method.rate(o.take(some)).score, before.score[some])


def test_cut_points_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RatingError, match="4 rising cut points"):
        fit(three(), rules(method="rfm", rfm={"recency": [30, 20, 40, 50]}), TIERS)
    with pytest.raises(RatingError, match="at least one"):
        fit(three().take(np.zeros(3, bool)), rules(method="rfm"), TIERS)
    one = three().take(np.array([0]))
    assert len(fit(one, rules(method="rfm"), tiers(S=0.5, C="rest")).rate(one)) == 1
