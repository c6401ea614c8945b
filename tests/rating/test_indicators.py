"""Indicators: each read off the record by its definition, sets by industry, changes, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.rating.records import TIERS, record, rules

from tiersim.errors import ScenarioError
from tiersim.rating import DIMENSIONS, RatingError, fit, indicators_of, weights_of
from tiersim.rating.indicators import READERS
from tiersim.scenario.indicators import INDICATORS, SETS
from tiersim.tables.observed import QUARTERS


def read(name: str, **columns: Any) -> Any:
    n = len(np.atleast_1d(next(iter(columns.values()))).T)
    return np.asarray(READERS[name](record(n, **{k: np.asarray(v) for k, v in columns.items()})), float)


def test_every_known_indicator_is_a_column_or_a_signal() -> None:
    assert set(READERS) == {name for name, known in INDICATORS.items() if not known.signal}
    o = record(50)
    for name in READERS:
        assert np.asarray(READERS[name](o)).shape == (50,)
    for weights in SETS.values():
        assert set(weights) <= set(INDICATORS) and all(w > 0 for w in weights.values())
        assert {INDICATORS[name].dimension for name in weights} == set(DIMENSIONS)


def test_no_set_scores_what_the_policy_sets_or_counts_an_answer_twice() -> None:
    for weights in SETS.values():
        assert not {"contacts_13w", "complaint_resolution", "clv"} & set(weights)
        assert not {"satisfaction_last", "nps_last"} <= set(weights)


def test_definitions() -> None:
    assert read("days_to_pay", weeks_to_pay=[2.0, 0.0]).tolist() == [14.0, 0.0]
    assert read("recency", recency_weeks=[3.0]).tolist() == [21.0]
    assert read("interactions", requests_12m=[24]).tolist() == [2.0]
    resolved = read("complaint_resolution", requests_12m=[10, 0, 2], complaints_12m=[3, 0, 3])
    assert np.array_equal(resolved, [0.7, np.nan, 0.0], equal_nan=True)
    answers = read("satisfaction_last", satisfaction_last=[80.0, np.nan, np.nan], nps_last=[2.0, 9.0, np.nan])
    assert np.array_equal(answers, [80.0, 90.0, np.nan], equal_nan=True)
    young = {"spend_12m": [121.0], "spend_prior_12m": [110.0], "spend_3y_ago_12m": [np.nan]}
    assert read("growth_3y", **young) == pytest.approx(0.1)
    assert read("growth_3y", **(young | {"spend_3y_ago_12m": [121.0 / 8]})) == pytest.approx(1.0)


def test_lifetime_value_is_five_years_of_margin_with_growth_held_in() -> None:
    known = {"spend_12m": [110.0], "margin_rate": [0.3], "spend_3y_ago_12m": [np.nan]}
    growing = read("clv", spend_prior_12m=[100.0], **known)
    assert growing == pytest.approx(33 * sum(1.1**k for k in range(1, 6)))
    assert read("clv", spend_prior_12m=[1.0], **known) == pytest.approx(33 * sum(1.3**k for k in range(1, 6)))
    assert read("clv", spend_prior_12m=[np.nan], **known) == pytest.approx(33 * 5)
    assert np.isnan(read("clv", spend_prior_12m=[1.0], **(known | {"margin_rate": [np.nan]})))


def test_stability_of_purchases() -> None:
    quarters = np.full((QUARTERS, 4), np.nan)
    quarters[:8, 0] = 10.0
    quarters[:4, 1] = [5.0, 15.0, 5.0, 15.0]
    quarters[:3, 2] = 1.0  # three quarters only
    quarters[:8, 3] = 0.0  # bought nothing
    stable = read("purchase_stability", spend_by_quarter=quarters)
    assert np.array_equal(stable, [1.0, 0.5, np.nan, np.nan], equal_nan=True)


def test_signals_of_a_set_that_nobody_has_are_left_out() -> None:
    plain = {i.name for i in indicators_of(rules(), ())}
    assert "market_share" not in plain and plain < set(SETS["general"])
    rich = indicators_of(rules(indicator_set="machinery"), {"market_share", "technical_depth", "odd"})
    assert {"market_share", "technical_depth", "purchase_stability"} <= {i.name for i in rich}
    assert [DIMENSIONS.index(i.dimension) for i in rich] == sorted(
        DIMENSIONS.index(i.dimension) for i in rich
    )


def test_signals_are_read_in_their_direction() -> None:
    grade = np.linspace(1, 9, 1200)
    o = record(signals={"risk_grade": grade, "assets": grade})
    rating = fit(o, rules(indicator_set="bank"), TIERS).rate(o)
    row = {name: rating.indicator_scores[j] for j, name in enumerate(rating.names)}
    assert (np.diff(row["assets"]) >= 0).all() and (np.diff(row["risk_grade"]) <= 0).all()
    assert row["risk_grade"][0] > 0.99 and row["assets"][-1] > 0.99


def test_the_scenario_changes_single_indicators() -> None:
    changes = {
        "spend_12m": {"weight": 5.0}, "orders_12m": False, "clv": {}, "tenure": {"weight": 0.0},
        "nps_last": {"weight": 0.5, "missing": "worst"}, "growth_1y": {"dimension": "value"},
        "shoe_size": {"dimension": "potential", "direction": "cost"},
    }  # fmt: skip
    found = {i.name: i for i in indicators_of(rules(indicators=changes), ())}
    assert found["spend_12m"].weight == 5 and found["clv"].weight == 1 and found["nps_last"].weight == 0.5
    assert not {"orders_12m", "tenure"} & set(found)
    assert found["shoe_size"].direction == -1 and found["shoe_size"].dimension == "potential"
    assert found["growth_1y"].dimension == "value" and found["nps_last"].missing == "worst"
    assert found["days_to_pay"].direction == -1
    # Asked for by name, a signal that the record lacks is unknown for all, and said to be.
    o = record()
    rating = fit(o, rules(indicators=changes), TIERS).rate(o)
    assert ("unknown_for_all", "shoe_size") in [(note.rule, note.subject) for note in rating.notes]


def test_what_cannot_be_rated_is_refused() -> None:
    with pytest.raises(RatingError, match="shoe_size is not known; say its dimension"):
        indicators_of(rules(indicators={"shoe_size": {}}), {"shoe_size"})
    none = dict.fromkeys(SETS["general"], False)
    with pytest.raises(RatingError, match="No indicator is left"):
        indicators_of(rules(indicators=none), ())
    only = none | {"tenure": {}}
    with pytest.raises(RatingError, match="dimension that has a weight"):
        fit(
            record(),
            rules(indicators=only, weights={"value": 1.0, "potential": 0.0, "relationship": 0.0}),
            TIERS,
        )


def test_a_dimension_without_indicators_gives_its_weight_away_and_says_so() -> None:
    o = record()
    drop = dict.fromkeys(("growth_3y", "growth_1y", "referrals_12m"), False)
    rating = fit(o, rules(indicators=drop), TIERS).rate(o)
    assert [note.subject for note in rating.notes if note.rule == "no_indicator"] == ["potential"]
    assert np.allclose(
        rating.score, (0.5 * rating.dimension_scores[0] + 0.25 * rating.dimension_scores[2]) / 0.75
    )


def test_weights_by_phase() -> None:
    stated = rules(phase="downturn", phases={"downturn": {"weights": {"value": 1.0, "potential": 0.0}}})
    assert np.allclose(weights_of(stated).dimensions, [0.8, 0.0, 0.2])
    assert np.allclose(weights_of(rules()).dimensions, [0.5, 0.25, 0.25])
    # As the plan template has it, in words: 2.2, 4.4 and 5.1.
    by_phase = {
        p: weights_of(rules(), p).dimensions for p in ("start_up", "expansion", "maturity", "downturn")
    }
    value, potential, relationship = ({p: w[d] for p, w in by_phase.items()} for d in range(3))
    assert potential["start_up"] > value["start_up"] and potential["expansion"] > relationship["expansion"]
    assert relationship["maturity"] == max(by_phase["maturity"])
    assert value["downturn"] < 0.5 and relationship["downturn"] > 0.25
    o = record()
    lean = fit(o, rules(), TIERS, "downturn").rate(o)
    assert np.allclose(lean.score, by_phase["downturn"] @ lean.dimension_scores)


def test_weights_from_comparisons() -> None:
    judged = {
        "dimensions": {
            "items": ["value", "potential", "relationship"],
            "experts": {"sales": {"pairs": {"value over potential": 2, "value over relationship": 4,
                                            "potential over relationship": 2}}},
        },
        "within": {
            "potential": {
                "items": ["growth_3y", "growth_1y", "referrals_12m"],
                "experts": {"sales": {"pairs": {
                    "growth_3y over growth_1y": 3, "growth_1y over referrals_12m": 1,
                    "growth_3y over referrals_12m": 3,
                }}},
            }
        },
    }  # fmt: skip
    o = record()
    rating = fit(o, rules(ahp=judged), TIERS).rate(o)
    weights = dict(zip(rating.names, rating.weights, strict=True))
    assert np.allclose(weights_of(rules(ahp=judged)).dimensions, np.array([4, 2, 1]) / 7)
    assert weights["growth_3y"] == pytest.approx(2 / 7 * 0.6)
    assert weights["growth_1y"] == pytest.approx(weights["referrals_12m"])
    # A phase's own weights go before the comparisons.
    assert np.allclose(weights_of(rules(ahp=judged), "start_up").dimensions, [0.25, 0.5, 0.25])
    judged["within"]["potential"]["items"] = ["growth_3y", "growth_1y", "market_share"]
    judged["within"]["potential"]["experts"]["sales"]["pairs"] = {
        "growth_3y over growth_1y": 3, "growth_1y over market_share": 1,
    }  # fmt: skip
    with pytest.raises(ScenarioError, match="lacks referrals_12m"):
        fit(o, rules(ahp=judged), TIERS)


@pytest.mark.parametrize("method", ["oracle", "random"])
def test_bounds_are_no_methods(method: str) -> None:
    with pytest.raises(RatingError, match="bound for studies"):
        fit(record(), rules(method=method), TIERS)
