"""From the panel to samples and panels by region: who counts, over which weeks, with figures made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.experiment.panels import NEWCOMER, A, B, C, S, designed, panel, primary, same, seen
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.lots.draw import NO_PART
from tiersim.experiment.money import scale_of
from tiersim.experiment.sample import NEVER
from tiersim.experiment.samples import Seen

NO = math.nan
EAST, SOUTH, NORTH, CENTRAL, WEST = range(5)

QUARTERS = (-52, -39, -26, -13, 0, 13, 26, 39, 52)
"""A year before the start and one after it."""

DOUBLING = [[1], [2], [4], [8], [16], [32], [64], [128]]
"""By quarter, so that each sum says of itself which quarters are in it."""

HALF = {"begins": "26 weeks", "lasts": "26 weeks", "period": "13 weeks"}


# -- by customer -----------------------------------------------------------------------------------------


def grown(**more):
    """Four customers of tiers S, A, B, C; revenue doubles each quarter, the fourth buys ten times as much."""
    revenue = np.array(DOUBLING) * [1, 1, 1, 10]
    return panel(QUARTERS, 4, tier=[S, A, B, C], revenue=revenue, orders=1, **more)


def test_covariates_are_revenue_and_orders_of_the_year_before():
    """Quarters 3 to 6 lie in the year before week 26."""
    made = seen(designed(HALF | primary("revenue")), grown(), [0, 1, 0, 1])
    same(made.covariates[:, 0], [4 + 8 + 16 + 32] * 3 + [600])
    same(made.covariates[:, 1], [4] * 4)
    # The outcome's own past is among them already.
    assert made.sample(made.design.primary, 52).before.shape == (4, 2)


def test_a_sample_compares_with_the_weeks_before_and_with_those_a_year_earlier():
    """Weeks 26 to 52 against 0 to 26 and -26 to 0; all by year."""
    made = seen(designed(HALF | primary("revenue")), grown(), [0, 1, 0, 1])
    found = made.sample(made.design.primary, 52)
    same(found.outcome, [2 * (64 + 128)] * 3 + [20 * 192])
    same(found.same_before, [2 * (16 + 32)] * 3 + [20 * 48])
    same(found.year_ago, [2 * (4 + 8)] * 3 + [20 * 12])
    assert found.arm.tolist() == [0, 1, 0, 1]
    assert found.tier.tolist() == [S, A, B, C]


def test_an_early_look_compares_with_windows_that_are_as_short():
    """Weeks 26 to 39 against 13 to 26 and -26 to -13."""
    made = seen(designed(HALF | primary("revenue")), grown(), [0, 1, 0, 1])
    found = made.sample(made.design.primary, 39)
    same(found.outcome[:1], [4 * 64])
    same(found.same_before[:1], [4 * 32])
    same(found.year_ago[:1], [4 * 4])


def test_behind_a_lag_the_weeks_before_end_where_the_experiment_begins():
    """Weeks 39 to 52 against 13 to 26, not 26 to 39, which the lag leaves out, and against -13 to 0."""
    made = seen(designed(HALF | primary("revenue", lag="13 weeks")), grown(), [0, 1, 0, 1])
    found = made.sample(made.design.primary, 52)
    same(found.outcome[:1], [4 * 128])
    same(found.same_before[:1], [4 * 32])
    same(found.year_ago[:1], [4 * 8])
    with pytest.raises(NotEstimable, match="13 weeks"):
        made.sample(made.design.primary, 39)


def test_the_own_past_of_another_outcome_comes_first_among_the_covariates():
    made = seen(designed(HALF | primary("requests")), grown(requests=DOUBLING), [0, 1, 0, 1])
    found = made.sample(made.design.primary, 52)
    assert found.before.shape == (4, 3)
    same(found.before[:, 0], [2 * (16 + 32)] * 4)
    # Known of one in four only, it would cost more customers than it explains.
    said = np.full((8, 4), NO)
    said[5, 0], said[7] = 70, 80
    made = seen(designed(HALF | primary("satisfaction")), grown(answer=said), [0, 1, 0, 1])
    found = made.sample(made.design.primary, 52)
    assert found.before.shape == (4, 2)
    same(found.outcome, [80] * 4)
    same(found.same_before, [70, NO, NO, NO])


def test_a_window_of_days_sees_who_left_in_its_week():
    """5 days are told as the week that they lie in: the first left by its end."""
    design = designed(HALF | primary("churn", window="5 days"))
    assert design.ends == (13, 26, 27, 39, 52)
    known = np.ones((5, 4), bool)
    known[2:, 0], known[3:, 1] = False, False
    made = seen(design, panel((0, *design.ends), 4, known=known), [0, 1, 0, 1])
    same(made.sample(design.primary, 52).outcome, [1, 0, 0, 0])


def test_who_left_before_the_beginning_or_takes_no_part_is_in_no_sample():
    """The second leaves in the quarter before, the third in the experiment, the fourth has no arm."""
    known = np.ones((8, 4), bool)
    known[5:, 1], known[7, 2] = False, False
    made = seen(designed(HALF | primary("churn")), grown(known=known), [0, 1, 1, NO_PART])
    assert made.cohort.tolist() == [True, False, True, False]
    found = made.sample(made.design.primary, 52)
    assert found.arm.tolist() == [0, 1]
    same(found.outcome, [0, 1])


def test_customers_are_found_by_their_ids():
    """The lot is of the second and fourth: others of the panel are no part of it."""
    made = grown()
    few = seen(designed(HALF | primary("revenue")), made.take(np.array([1, 3])), [0, 1])
    found = Seen(few.design, made, few.lot)
    assert found.members.tolist() == [1, 3]
    same(found.sample(found.design.primary, 52).outcome, [384, 3840])


def test_an_outcome_of_some_tiers_leaves_the_others_out():
    made = seen(designed(HALF | primary("revenue", tiers=["S", "C"])), grown(), [0, 1, 0, 1])
    found = made.sample(made.design.primary, 52)
    assert found.tier.tolist() == [S, C]
    assert found.arm.tolist() == [0, 1]
    same(found.outcome, [384, 3840])
    assert len(found.year_ago) == len(found.before) == 2


def test_pairs_and_portfolios_go_along_where_there_are_any():
    design = designed(HALF | primary("revenue"))
    plain = seen(design, grown(), [0, 1, 0, 1]).sample(design.primary, 52)
    assert plain.pair is None and plain.cluster is None
    keys = {"stratum": [0, 0, 1, 1], "cluster": [5, 6, 5, 6], "pair": [2, 2, 3, 3]}
    found = seen(design, grown(), [0, 1, NO_PART, 1], **keys).sample(design.primary, 52)
    assert found.stratum.tolist() == [0, 0, 1]
    assert found.cluster.tolist() == [5, 6, 6]
    assert found.pair.tolist() == [2, 2, 3]


# -- by region: sums -------------------------------------------------------------------------------------

PILOT = {"unit": "region", "lot": {"regions": ["East"]}, **HALF}

PLACES = [EAST, EAST, SOUTH, NORTH, NORTH, NORTH]


def pilot(made, *, experiment=PILOT, main="revenue", **keys):
    """The lot of the first six customers, of whom those of the East are treated."""
    arm = (np.array(PLACES) == EAST).astype(int)
    return seen(designed(experiment | primary(main, **keys)), made, arm, treated=(EAST,))


def six(**figures):
    return panel(QUARTERS, 6, region=PLACES, tier=[S, B, B, A, B, C], **figures)


def test_regions_have_sums_a_head_and_year():
    """East has two customers, South one, North three; each spends 1, 2, 4, ... times its own number."""
    made = pilot(six(revenue=np.array(DOUBLING) * [1, 3, 5, 1, 2, 6]))
    found = made.regions(made.design.primary, 52)
    assert found.names == ("East", "South", "North")
    same(found.size, [2, 1, 3])
    # Half a year before, as long as the experiment, and the experiment: quarters of 16, 32, 64 and 128.
    same(found.weeks, [13] * 4)
    assert found.begins == 2
    same(found.outcome[0], [4 * 2 * 16, 4 * 2 * 32, 4 * 2 * 64, 4 * 2 * 128])
    same(found.outcome[1], [4 * 5 * 16, 4 * 5 * 32, 4 * 5 * 64, 4 * 5 * 128])
    same(found.outcome[2], [4 * 3 * 16, 4 * 3 * 32, 4 * 3 * 64, 4 * 3 * 128])
    assert found.first.tolist() == [2, NEVER, NEVER]
    assert found.draws == 0


def test_profit_by_region_takes_off_goods_and_the_cost_of_care():
    made = pilot(six(revenue=10, goods=6, cost=[[NO] * 6] * 4 + [[1] * 6] * 4), main="profit")
    found = made.regions(made.design.primary, 52)
    same(found.outcome.ravel(), [4 * 3] * 12)
    made = pilot(six(revenue=10, goods=6), main="margin")
    same(made.regions(made.design.primary, 52).outcome.ravel(), [4 * 4] * 12)


def test_newcomers_figures_count_for_their_region_and_their_heads_do_not():
    """One comes to the East in the last quarter and spends 7; the East still has two heads."""
    spent = np.ones((8, 7))
    spent[:, 6] = [0] * 7 + [7]
    known = np.ones((8, 7), bool)
    known[:7, 6] = False
    made = pilot(
        panel(QUARTERS, 7, region=[*PLACES, EAST], tier=[B] * 6 + [NEWCOMER], revenue=spent, known=known)
    )
    found = made.regions(made.design.primary, 52)
    same(found.size, [2, 1, 3])
    same(found.outcome[0], [4, 4, 4, 4 * (2 + 7) / 2])
    same(found.outcome[1:].ravel(), [4] * 8)


def test_newcomers_do_not_count_where_tiers_take_part():
    """They have no tier yet."""
    spent = np.ones((8, 7))
    experiment = PILOT | {"who": {"tiers": ["B"]}}
    made = panel(QUARTERS, 7, region=[*PLACES, EAST], tier=[B] * 6 + [NEWCOMER], revenue=spent)
    found = pilot(made, experiment=experiment)
    same(found.regions(found.design.primary, 52).outcome.ravel(), [4] * 12)


def test_who_has_left_is_no_head_of_its_region():
    """North has two of three when it begins; a region that has nobody left cannot be told."""
    known = np.ones((8, 6), bool)
    known[4:, 5] = False
    made = pilot(six(revenue=1, known=known))
    same(made.regions(made.design.primary, 52).size, [2, 1, 2])
    known[4:, 2] = False
    made = pilot(six(revenue=1, known=known))
    with pytest.raises(NotEstimable, match="no customers"):
        made.regions(made.design.primary, 52)


def test_a_lag_is_left_out_by_region_too():
    made = pilot(six(revenue=DOUBLING), lag="13 weeks")
    found = made.regions(made.design.primary, 52)
    same(found.outcome[0], [4 * 16, 4 * 32, 4 * 128])
    assert (found.begins, found.first.tolist()) == (2, [2, NEVER, NEVER])


def test_a_window_by_region_ends_with_itself_and_a_look_with_itself():
    made = pilot(six(revenue=DOUBLING), window="13 weeks")
    same(made.regions(made.design.primary, 52).outcome[0], [4 * 16, 4 * 32, 4 * 64])
    made = pilot(six(revenue=DOUBLING))
    same(made.regions(made.design.primary, 39).outcome[0], [4 * 16, 4 * 32, 4 * 64])


def test_a_window_of_days_has_its_weeks_by_region():
    """18 days are three weeks, in which each customer spends 1 a week, and 2 a week before."""
    design = designed(PILOT | primary("revenue", window="18 days"))
    assert design.ends == (13, 26, 29, 39, 52)
    made = panel((0, *design.ends), 6, region=PLACES, revenue=[[26], [26], [3], [0], [0]])
    found = seen(design, made, [1, 1, 0, 0, 0, 0], treated=(EAST,)).regions(design.primary, 52)
    same(found.outcome, [[104, 104, 52]] * 3)
    same(found.weeks, [13, 13, 3])


def test_the_time_before_is_as_long_as_the_design_says():
    made = pilot(six(revenue=DOUBLING), experiment=PILOT | {"before": "52 weeks"})
    found = made.regions(made.design.primary, 52)
    assert (found.begins, found.outcome[0].tolist()) == (4, [4 * x for x in (4, 8, 16, 32, 64, 128)])


def test_outcomes_of_some_tiers_are_not_told_by_region():
    made = pilot(six(revenue=1), tiers=["B"])
    with pytest.raises(NotEstimable, match="some tiers"):
        made.regions(made.design.primary, 52)


def test_a_measure_without_a_past_is_not_told_by_region():
    made = pilot(six(cost=[[NO] * 6] * 6 + [[1] * 6] * 2), main="cost")
    with pytest.raises(NotEstimable, match="not known of the time before"):
        made.regions(made.design.primary, 52)


# -- by region: shares and surveys -----------------------------------------------------------------------


def leaving(*weeks):
    """Whether each of six customers is known at the end of each quarter; it leaves in the quarter named."""
    ends = np.array(QUARTERS[1:])
    return ends[:, None] < np.array([999 if week is None else week for week in weeks])[None, :]


def coarse(known, main="churn", experiment=PILOT, look=52, **keys):
    made = pilot(six(known=known), main=main, experiment=experiment, **keys)
    return made.regions(made.design.primary, look)


def test_shares_look_back_as_far_as_they_look_ahead():
    """Weeks 0 to 26 and 26 to 52, whatever longer time the design keeps for sums.

    East lost one of two before, early, and none since; South none; North one of three before and one of the
    two that were left.
    """
    known = leaving(13, None, None, 26, 52, None)
    for before in ({}, {"before": "78 weeks"}):
        found = coarse(known, experiment=PILOT | before)
        same(found.outcome[0], [1 / 2, 0])
        same(found.outcome[1], [0, 0])
        same(found.outcome[2], [1 / 3, 1 / 2])
        same(found.weeks, [26, 26])
        assert (found.begins, found.first.tolist()) == (1, [1, NEVER, NEVER])


def test_an_early_look_looks_back_as_little():
    """By week 39 it is weeks 13 to 26 before: who left by week 13 is not of them."""
    known = leaving(13, None, None, 26, 39, None)
    found = coarse(known, look=39)
    same(found.outcome[0], [0, 0])
    same(found.outcome[2], [1 / 3, 1 / 2])
    same(found.weeks, [13, 13])


def test_shares_leave_out_the_lag_by_region_too():
    """Who left within the lag is neither of those after it nor of those before."""
    found = coarse(leaving(None, 39, None, None, None, 52), lag="13 weeks")
    same(found.outcome[0], [0, 0])
    same(found.outcome[2], [0, 1 / 3])
    same(found.weeks, [13, 13])


SHORT = PILOT | {"begins": "13 weeks", "lasts": "39 weeks", "before": "13 weeks"}
"""A quarter before, three in the experiment."""


def test_a_shorter_time_before_is_put_on_the_length_ahead_at_the_same_pace():
    """East lost half of its customers in a quarter, so that an eighth would be left after three: 7 / 8."""
    known = leaving(13, None, None, 13, None, 52)
    found = coarse(known, experiment=SHORT)
    same(found.outcome[:, 0], [1 - (1 / 2) ** 3, 0, 1 - (2 / 3) ** 3])
    same(found.outcome[:, 1], [0, 0, 1 / 2])
    same(found.weeks, [13, 39])
    kept = coarse(known, "retention", SHORT)
    same(kept.outcome, 1 - found.outcome)


def test_upgrades_go_on_at_the_same_pace_too():
    tier = np.full((8, 6), B)
    tier[4:, 0] = A  # one of two in the quarter before
    tier[7, 3] = S  # one of three in the last
    made = pilot(six(tier_now=tier), main="upgrade", experiment=SHORT)
    found = made.regions(made.design.primary, 52)
    same(found.outcome, [[7 / 8, 0], [0, 0], [0, 1 / 3]])


def test_conversion_is_known_before_the_start_and_needs_no_pace():
    """Weeks -26 to 13 lie before: East's first bought there, South's only since."""
    orders = np.zeros((8, 6))
    orders[2, 0] = 1
    orders[1, 1] = 1  # before week -26, so that it does not count
    orders[7, 2] = 1
    made = pilot(six(orders=orders), main="conversion", experiment=SHORT)
    found = made.regions(made.design.primary, 52)
    same(found.outcome, [[1 / 2, 0], [0, 1], [0, 0]])
    same(found.weeks, [39, 39])


def test_renewal_is_of_what_came_up_and_needs_no_pace():
    """A longer window has more contracts in it and no larger share of them is renewed."""
    due = np.zeros((8, 6))
    due[:4] = NO
    renewed = due.copy()
    due[4], due[7] = 1, 1
    renewed[4], renewed[7] = [1, 0, 1, 1, 1, 0], [1, 1, 0, 1, 1, 1]
    made = pilot(six(due=due, renewed=renewed), main="renewal", experiment=SHORT)
    found = made.regions(made.design.primary, 52)
    same(found.outcome, [[1 / 2, 1], [1, 0], [2 / 3, 1]])
    same(found.weeks, [13, 39])


@pytest.mark.parametrize("keys", [{"main": "renewal"}, {"main": "cost", "per": "order"}])
def test_what_begins_with_the_start_looks_back_to_it(keys):
    """The design asks for three quarters before, and of this measure there is one: it is told by that one."""
    past = np.zeros((8, 6))
    past[:4] = NO
    figures = {"due": past + 1, "renewed": past + np.array([1, 0, 1, 1, 1, 0]), "cost": past + 3, "orders": 2}
    experiment = {key: value for key, value in SHORT.items() if key != "before"}
    made = pilot(six(**figures), experiment=experiment, **keys)
    found = made.regions(made.design.primary, 52)
    expected = [1 / 2, 1, 2 / 3] if keys["main"] == "renewal" else [3 / 2] * 3
    same(found.outcome[:, 0], expected)
    same(found.weeks, [13, 39])


def test_surveys_look_back_as_far_as_the_design_says():
    """A mean grows no larger with the window: half a year of answers before, a quarter in the experiment."""
    said = np.full((8, 6), NO)
    said[4], said[5], said[6] = 60, 80, [90, 70, 50, 60, 60, 90]
    experiment = PILOT | {"lasts": "13 weeks", "before": "26 weeks"}
    made = pilot(six(answer=said), main="satisfaction", experiment=experiment)
    found = made.regions(made.design.primary, 39)
    same(found.outcome, [[70, 80], [70, 50], [70, 70]])
    same(found.weeks, [26, 13])


def test_ratios_by_region_are_of_sums():
    """East: 1 late of 4 requests and 1 of 1 make 2 of 5."""
    late, requests = np.zeros((8, 6)), np.ones((8, 6))
    requests[7, 0] = 4
    requests[6] = 0
    late[7, :2] = 1
    made = pilot(six(late=late, requests=requests), main="late", per="request")
    found = made.regions(made.design.primary, 52)
    same(found.outcome, [[0, 2 / 5], [0, 0], [0, 0]])


# -- rollouts --------------------------------------------------------------------------------------------

WAVES = {
    **HALF,
    "unit": "region",
    "lot": {"how": "simple"},
    "waves": [{"regions": ["East"]}, {"regions": ["South"], "after": "13 weeks"}],
}


def rolled(drawn=2, main="revenue"):
    """East begins in week 26, South in week 39, North never."""
    wave = np.full((5, 4), 10**6)
    wave[EAST], wave[SOUTH] = 26, 39
    arm = np.isin(PLACES, [EAST, SOUTH]).astype(int)
    return seen(designed(WAVES | primary(main)), six(revenue=DOUBLING), arm, wave=wave, drawn=drawn)


def test_waves_that_have_not_begun_by_a_look_are_controls_so_far():
    """The lot has drawn as many regions as have begun."""
    made = rolled()
    found = made.regions(made.design.primary, 39)
    assert (found.first.tolist(), found.draws) == ([2, NEVER, NEVER], 1)
    found = made.regions(made.design.primary, 52)
    assert (found.first.tolist(), found.draws) == ([2, 3, NEVER], 2)


def test_waves_named_by_hand_have_no_draws_at_any_look():
    made = rolled(drawn=0)
    assert [made.regions(made.design.primary, look).draws for look in (39, 52)] == [0, 0]


def test_shares_have_no_waves():
    made = rolled(main="churn")
    with pytest.raises(NotEstimable, match="waves begin at different times"):
        made.regions(made.design.primary, 52)


def test_waves_of_industries_are_units_by_region_and_industry():
    """East's customers of two industries are two units, of which one begins."""
    experiment = WAVES | {"lot": {}, "waves": [{"regions": ["East"], "industries": ["Mining"]}]}
    design = designed(experiment | primary("revenue"))
    wave = np.full((5, 4), 10**6)
    wave[EAST, 1] = 26
    made = panel(QUARTERS, 6, region=PLACES, industry=[0, 1, 0, 0, 0, 1], revenue=[[1, 2, 3, 4, 5, 6]])
    found = seen(design, made, [0, 1, 0, 0, 0, 0], wave=wave).regions(design.primary, 52)
    assert found.names == (
        "East, Construction", "East, Mining", "South, Construction", "North, Construction", "North, Mining"
    )  # fmt: skip
    same(found.outcome[:, 0], [4 * 1, 4 * 2, 4 * 3, 4 * 4.5, 4 * 6])
    assert found.first.tolist() == [NEVER, 2, NEVER, NEVER, NEVER]


# -- worth -----------------------------------------------------------------------------------------------


def test_an_outcome_without_a_worth_has_no_scale_in_money():
    """Orders have none unless the scenario names one; less is better where the scenario says so."""
    plain = seen(designed(HALF | primary("orders")), grown(), [0, 1, 0, 1])
    found = scale_of(plain, plain.design.primary)
    assert (found.known, found.gain(3.0)) == (False, 3.0)
    down = seen(designed(HALF | primary("orders", direction="down")), grown(), [0, 1, 0, 1])
    assert scale_of(down, down.design.primary).gain(3.0) == -3.0
    worth = seen(designed(HALF | primary("orders", worth=100)), grown(), [0, 1, 0, 1])
    found = scale_of(worth, worth.design.primary)
    assert (found.known, found.gain(3.0)) == (True, pytest.approx(4 * 100 * 3.0))


def test_the_extra_cost_of_care_is_taken_off_a_head_and_year():
    """The treated cost 5 a quarter more than the control's 2: 12 a year, of four customers 48."""
    cost = np.zeros((8, 4))
    cost[6:] = [2, 5, 2, 5]
    made = seen(designed(HALF | primary("margin")), grown(cost=cost), [0, 1, 0, 1])
    found = scale_of(made, made.design.primary)
    assert (found.factor, found.cost) == (4.0, pytest.approx(4 * 4 * 3))
