"""From the section to the design: arms, periods, looks, outcomes and their defaults."""

from __future__ import annotations

import pytest

from tiersim.errors import ScenarioError
from tiersim.experiment.design import design_of
from tiersim.scenario.load import load


def design(experiment, name="machinery", **more):
    return design_of(load(name, {"experiment": experiment, **more}))


def test_without_a_section_there_is_no_design():
    with pytest.raises(ScenarioError, match=r"experiment.*is missing"):
        design_of(load("machinery"))


def test_defaults_are_today_against_the_plan_in_halves():
    plan = design({})
    assert plan.policies == ("today", "tiered") and plan.arms == ("control", "treated")
    assert plan.shares == (0.5, 0.5) and plan.kind == "ab_test" and plan.how == "stratified"
    assert (plan.begins, plan.stop, plan.before) == (0, 26, 26.0)
    assert plan.ends == (*range(2, 13, 2), 13, *range(14, 27, 2)) and plan.looks == (26,)
    assert [outcome.name for outcome in plan.outcomes] == ["profit", "margin", "churn", "satisfaction"]
    assert plan.primary.name == "profit" and [g.name for g in plan.guardrails] == ["churn", "satisfaction"]
    assert plan.horizon == 52
    assert [o.name for o in design({}, **{"mechanisms.surveys": False}).outcomes] == [
        "profit",
        "margin",
        "churn",
    ]


def test_two_compared_policies_are_the_arms():
    assert design({}, compare=["today", "uniform"]).policies == ("today", "uniform")


def test_the_first_arm_is_the_control_and_the_rest_is_a_share():
    arms = {"a": "uniform", "b": "today", "c": "tiered"}
    plan = design({"arms": arms, "shares": {"a": "50 %", "b": "20 %", "c": "rest"}})
    assert plan.arms == ("a", "b", "c") and plan.policies[0] == "uniform"
    assert plan.shares == pytest.approx((0.5, 0.2, 0.3), abs=1e-12)


@pytest.mark.parametrize(
    ("looks", "weeks"),
    [
        ({"every": "4 weeks"}, (17, 21, 25, 29, 33, 37, 39)),
        ({"every": "4 weeks", "first": "10 weeks"}, (23, 27, 31, 35, 39)),
        ({"every": "13 weeks"}, (26, 39)),
        ({"every": "26 weeks"}, (39,)),
        ({"at": ["2 weeks", "2026-06-01"]}, (15, 21, 39)),
        ({"at": ["26 weeks"]}, (39,)),
        ({}, (39,)),
    ],
)
def test_looks_are_weeks_from_the_start_and_the_last_is_the_end(looks, weeks):
    plan = design({"begins": "13 weeks", "looks": looks})
    assert plan.looks == weeks
    assert set(weeks) <= set(plan.ends), "a period ends at each look"


def test_periods_go_forward_and_backward_from_the_beginning_and_end_at_waves():
    plan = design({"begins": "8 weeks", "lasts": "12 weeks", "period": "5 weeks"})
    assert plan.ends == (3, 8, 13, 18, 20)
    waves = [{"regions": ["East"]}, {"after": "3 weeks"}]
    plan = design(
        {"unit": "region", "begins": "8 weeks", "lasts": "12 weeks", "period": "5 weeks", "waves": waves}
    )
    assert plan.ends == (3, 8, 11, 13, 18, 20) and plan.kind == "rollout" and plan.how == "by_hand"
    assert plan.by_region


def test_periods_end_with_quarters_too():
    """Surveys go out and customers are rated there; 13 and 26 are no steps of 5 from 8."""
    plan = design({"begins": "8 weeks", "lasts": "20 weeks", "period": "5 weeks"})
    assert plan.ends == (3, 8, 13, 18, 23, 26, 28)
    plan = design({"lasts": "30 weeks", "period": "30 weeks"})
    assert plan.ends == (13, 26, 30)
    plan = design({"begins": "26 weeks", "lasts": "13 weeks", "period": "13 weeks"})
    assert plan.ends == (13, 26, 39)


@pytest.mark.parametrize(
    ("keys", "further"),
    [
        ({}, ()),
        ({"lag": "3 weeks"}, (7,)),
        ({"window": "12 weeks"}, (16,)),
        ({"lag": "3 weeks", "window": "12 weeks"}, (7, 19)),
        ({"lag": "10 weeks", "window": "20 weeks"}, (14,)),  # its end is the experiment's
    ],
)
def test_periods_end_where_the_windows_of_outcomes_begin_and_end(keys, further):
    """In the middle of a period there is no state, and its events would be split."""
    metrics = {"profit": {"measure": "profit", "role": "primary"}, "churn": {"measure": "churn"} | keys}
    plan = design({"begins": "4 weeks", "lasts": "30 weeks", "period": "30 weeks", "metrics": metrics})
    assert plan.ends == tuple(sorted({4, 13, 26, 34, *further}))


@pytest.mark.parametrize(
    ("keys", "lag", "window", "end"),
    [
        ({"lag": "4 days", "window": "18 days"}, 1, 3, 8),
        ({"lag": "10 days", "window": "10 days"}, 1, 1, 6),
        ({"window": "2 days"}, 0, 1, 5),  # less than a week has no end of its own
    ],
)
def test_lags_and_windows_are_whole_weeks(keys, lag, window, end):
    """Periods end with weeks: a window of 18 days that ended within one would not see who left in it."""
    metrics = {"main": {"measure": "churn", "role": "primary"} | keys}
    plan = design({"begins": "4 weeks", "lasts": "9 weeks", "period": "9 weeks", "metrics": metrics})
    assert (plan.primary.lag, plan.primary.window) == (lag, window)
    assert plan.ends == tuple(sorted({4, 13, end, 4 + lag}))


def test_worlds_run_whole_quarters_over_experiment_and_worth():
    assert design({"begins": "10 weeks", "lasts": "30 weeks", "worth": {"over": "13 weeks"}}).horizon == 52
    assert design({"begins": "10 weeks", "lasts": "30 weeks", "worth": {"over": "52 weeks"}}).horizon == 65


def test_outcomes_know_their_good_side_and_unit():
    metrics = {
        "a": {"measure": "late", "per": "request", "tiers": ["B", "S"]},
        "b": {"measure": "churn", "role": "primary"},
        "c": {"measure": "orders", "direction": "down"},
        "d": {"measure": "nps"},
        "e": {"measure": "cost"},
    }
    plan = design({"metrics": metrics})
    found = {outcome.name: outcome for outcome in plan.outcomes}
    assert plan.outcomes[0].name == "b" and [o.name for o in plan.outcomes[1:]] == ["a", "c", "d", "e"]
    assert {name: one.sign for name, one in found.items()} == {"a": -1, "b": -1, "c": -1, "d": 1, "e": -1}
    assert found["a"].tiers == (2, 0) and found["a"].unit == "late a request"
    assert found["b"].is_share and found["b"].unit == "share of customers" and found["d"].unit == "points"
    assert [name for name, one in found.items() if one.is_money] == ["e"]


def test_the_hurdle_of_a_rollout_is_the_companys_unless_the_gate_has_its_own():
    assert design({}, **{"money.hurdle": 5000}).least_gain == 5000.0
    assert design({"gate": {"least_gain": 700}}, **{"money.hurdle": 5000}).least_gain == 700.0
