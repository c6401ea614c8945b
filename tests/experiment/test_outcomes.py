"""Outcomes on panels made by hand: each measure in its window, with figures reckoned in the head."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.experiment.panels import A, B, C, designed, panel, primary, same
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.outcomes import by_customer, group_mean, measured, rounds, window

EDGES = (-13, 0, 13, 26)
"""The quarter before the start and two after it."""

NO = math.nan


# -- sums ------------------------------------------------------------------------------------------------

MONEY = panel(
    EDGES,
    4,
    revenue=[[500] * 4, [100, 200, 0, 40], [300, 0, 0, 60]],
    goods=[[400] * 4, [70, 150, 0, 20], [200, 0, 0, 30]],
    cost=[[30] * 4, [10, 5, 8, 2], [10, 0, 8, 3]],
    orders=[[9] * 4, [1, 2, 0, 1], [3, 0, 0, 1]],
    requests=[[9] * 4, [2, 0, 0, 4], [2, 0, 1, 0]],
    late=[[9] * 4, [1, 0, 0, 4], [0, 0, 1, 0]],
)


def test_sums_are_told_by_year():
    """Half a year counts twice, a quarter four times; what lies before the window is left out."""
    same(measured(MONEY, "revenue", 0, 26), [800, 400, 0, 200])
    same(measured(MONEY, "revenue", 13, 26), [1200, 0, 0, 240])
    same(measured(MONEY, "orders", 0, 13), [4, 8, 0, 4])


def test_a_period_that_lies_in_part_within_the_window_counts_with_that_part():
    """6.5 weeks are half of the second quarter and an eighth of a year."""
    same(measured(MONEY, "revenue", 13, 19.5), [8 * 150, 0, 0, 8 * 30])
    same(measured(MONEY, "revenue", 6.5, 19.5), [4 * (50 + 150), 4 * 100, 0, 4 * (20 + 30)])


def test_margin_leaves_out_the_goods_and_profit_the_cost_of_care_too():
    same(measured(MONEY, "margin", 0, 26), [2 * 130, 2 * 50, 0, 2 * 50])
    same(measured(MONEY, "profit", 0, 26), [2 * 110, 2 * 45, 2 * -16, 2 * 45])
    same(measured(MONEY, "cost", 0, 26), [2 * 20, 2 * 5, 2 * 16, 2 * 5])


def test_a_window_beyond_the_panel_is_not_known():
    for first, stop in ((-14, 0), (13, 27), (13, 13)):
        for measure in ("revenue", "profit", "margin"):
            assert np.isnan(measured(MONEY, measure, first, stop)).all()


def test_what_the_past_does_not_keep_is_not_known():
    kept = panel(EDGES, 2, revenue=10, cost=[[NO, NO], [1, 2], [3, 4]])
    same(measured(kept, "profit", -13, 0), [NO, NO])
    same(measured(kept, "margin", -13, 0), [40, 40])
    same(measured(kept, "profit", 0, 13), [36, 32])


# -- what customers say ----------------------------------------------------------------------------------


def test_promoters_say_nine_or_ten_and_detractors_six_or_less():
    """Answers have 0 to 100; of 0 to 10 they are rounded."""
    said = [[100, 90, 80, 70, 60, 50, 0, NO]]
    one = panel((0, 13), 8, answer=said)
    same(measured(one, "nps", 0, 13), [100, 100, 0, 0, -100, -100, -100, NO])
    near = panel((0, 13), 4, answer=[[86, 84, 66, 64]])
    same(measured(near, "nps", 0, 13), [100, 0, 0, -100])


def test_satisfaction_and_nps_are_means_of_a_customers_own_answers():
    """Who answered twice has the mean of both, who answered once that one, and who never did none."""
    said = panel(EDGES, 4, answer=[[10] * 4, [80, 90, NO, NO], [60, NO, 100, NO]])
    same(measured(said, "satisfaction", 0, 26), [70, 90, 100, NO])
    same(measured(said, "nps", 0, 26), [(0 - 100) / 2, 100, 100, NO])
    same(measured(said, "satisfaction", 13, 26), [60, NO, 100, NO])


def test_rounds_are_the_ends_of_periods_in_which_somebody_answered():
    """The round at the window's first week was before it; none counts before the start."""
    said = panel((-13, 0, 6, 13, 20, 26), 2, answer=[[50, 50], [NO, NO], [70, NO], [NO, NO], [NO, 80]])
    assert rounds(said, -13, 26).tolist() == [2, 4]
    assert rounds(said, 13, 26).tolist() == [4]
    assert rounds(said, 0, 12).tolist() == []


# -- shares ----------------------------------------------------------------------------------------------


def test_conversion_is_an_order_in_the_window_by_who_was_a_customer_before():
    made = panel(
        EDGES,
        4,
        orders=[[5] * 4, [0, 2, 0, 1], [3, 0, 0, 1]],
        known=[[1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1]],
    )
    same(measured(made, "conversion", 0, 13), [0, 1, 0, NO])
    same(measured(made, "conversion", 13, 26), [1, 0, 0, 1])
    # Nobody knows who was lost before the start, so that all count who are on record.
    same(measured(made, "conversion", -13, 0), [1, 1, 1, 1])


def test_renewal_is_of_all_contracts_that_came_up():
    """None due, one due and renewed, one due and not, two due and one renewed, two due and both renewed."""
    made = panel(
        EDGES,
        5,
        due=[[0] * 5, [0, 1, 1, 1, 1], [0, 0, 0, 1, 1]],
        renewed=[[0] * 5, [0, 1, 0, 1, 1], [0, 0, 0, 0, 1]],
    )
    same(measured(made, "renewal", 0, 26), [NO, 1, 0, 0, 1])
    same(measured(made, "renewal", 0, 13), [NO, 1, 0, 1, 1])
    same(measured(made, "renewal", 13, 26), [NO, NO, NO, 0, 1])


def test_an_upgrade_goes_to_a_tier_of_a_lower_number():
    """B to A is one, B to C and B to B are none; who was there at one end only has no change of tier."""
    made = panel(EDGES, 5, tier_now=[[B, B, B, -1, B], [A, C, B, B, -1], [A, B, B, A, -1]])
    same(measured(made, "upgrade", 0, 13), [1, 0, 0, NO, NO])
    same(measured(made, "upgrade", 13, 26), [0, 1, 0, 1, NO])
    same(measured(made, "upgrade", 0, 26), [1, 0, 0, NO, NO])


LEAVING = panel(EDGES, 4, known=[[1, 1, 1, 0], [1, 0, 1, 1], [1, 0, 0, 1]])
"""Who stays, who leaves in the first quarter, who leaves in the second, who comes in the first."""


def test_churn_is_of_who_was_there_when_the_window_began():
    same(measured(LEAVING, "churn", 0, 13), [0, 1, 0, NO])
    same(measured(LEAVING, "churn", 0, 26), [0, 1, 1, NO])
    same(measured(LEAVING, "churn", 13, 26), [0, NO, 1, 0])


@pytest.mark.parametrize(("first", "stop"), [(0, 13), (0, 26), (13, 26)])
def test_retention_is_the_rest_of_churn(first, stop):
    found = measured(LEAVING, "retention", first, stop) + measured(LEAVING, "churn", first, stop)
    assert found[np.isfinite(found)].tolist() == [1.0] * 3


@pytest.mark.parametrize("measure", ["churn", "retention", "upgrade"])
def test_nobody_was_lost_or_rated_on_record_before_the_start(measure):
    assert np.isnan(measured(LEAVING, measure, -13, 0)).all()
    assert np.isnan(measured(LEAVING, measure, -13, 13)).all()


def test_a_state_between_two_ends_is_that_of_the_last_one():
    same(measured(LEAVING, "churn", 12, 25), measured(LEAVING, "churn", 0, 13).tolist())


# -- windows ---------------------------------------------------------------------------------------------


def resolved(**keys):
    return designed({"begins": "13 weeks", "lasts": "26 weeks", **primary("revenue", **keys)})


@pytest.mark.parametrize(
    ("keys", "look", "expected"),
    [
        ({}, 39, (13, 39)),
        ({}, 20, (13, 20)),
        ({"lag": "4 weeks"}, 39, (17, 39)),
        ({"lag": "4 weeks", "window": "8 weeks"}, 39, (17, 25)),
        ({"lag": "4 weeks", "window": "8 weeks"}, 20, (17, 20)),
        ({"window": "8 weeks"}, 39, (13, 21)),
    ],
)
def test_a_window_begins_after_the_lag_and_ends_with_itself_or_the_look(keys, look, expected):
    design = resolved(**keys)
    assert window(design, design.primary, look) == expected


@pytest.mark.parametrize("look", [14, 17])
def test_a_look_within_the_lag_has_nothing_to_say(look):
    design = resolved(lag="4 weeks")
    with pytest.raises(NotEstimable, match="first 4 weeks"):
        window(design, design.primary, look)


# -- ratios and means ------------------------------------------------------------------------------------


def test_a_ratio_is_of_sums_and_not_a_mean_of_ratios():
    """5 late of 8 requests of the first and fourth: 5 / 8, where their own ratios are 1 / 4 and 1."""
    design = designed({"lasts": "26 weeks", **primary("late", per="request")})
    value, requests = by_customer(MONEY, design.primary, 0, 26)
    same(value, [2, 0, 2, 8])
    same(requests, [8, 0, 2, 8])
    assert group_mean(value, requests, np.array([True, False, False, True])) == pytest.approx(10 / 16)
    assert math.isnan(group_mean(value, requests, np.array([False, True, False, False])))


def test_revenue_an_order_divides_by_orders():
    design = designed({"lasts": "26 weeks", **primary("revenue", per="order")})
    value, orders = by_customer(MONEY, design.primary, 0, 26)
    same(value / np.where(orders > 0, orders, NO), [100, 100, NO, 50])


def test_a_mean_leaves_out_who_has_no_value():
    design = designed({"lasts": "26 weeks", **primary("revenue")})
    value, none = by_customer(MONEY, design.primary, 0, 26)
    assert none is None
    everybody = np.ones(4, bool)
    assert group_mean(value, None, everybody) == pytest.approx(350)
    assert group_mean(np.array([NO, 400, 0, 200]), None, everybody) == pytest.approx(200)
    assert math.isnan(group_mean(value, None, ~everybody))
