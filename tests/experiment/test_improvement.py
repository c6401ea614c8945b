"""X4: signs open a cause analysis and a test of their own, and seldom come of nothing."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

import tiersim as ts
from tiersim.errors import ScenarioError
from tiersim.experiment.improvement import (
    LEVERS,
    RULES,
    Cause,
    Rule,
    Trigger,
    analyse,
    noise,
    propose,
    watch_for,
)
from tiersim.tables.panel import SUMS, Panel

CHANGES = {
    "customers": 400, "baseline.revenue": "160 m / year", "today.staff": 6, "market.size": 6000,
    "satisfaction.survey_share": "100 %",
    "experiment": {"lasts": "52 weeks", "period": "13 weeks"},
}  # fmt: skip
FALL = {"value": -18, "source": "for the test", "grade": "assumed"}


def panel(answers, n=60):
    """Customers of one tier who all answer so much in each quarter."""
    quarters = len(answers)
    ends = 13 * np.arange(1, quarters + 1)
    sums = {name: np.zeros((quarters, n), np.float32) for name in SUMS}
    return Panel(
        np.arange(n, dtype=np.uint64), np.full(n, -50), np.zeros(n, int), np.zeros(n, int), np.zeros(n, int),
        ends - 13, ends, sums, np.ones((quarters, n), bool),
        np.repeat(np.array(answers, float)[:, None], n, axis=1), np.zeros((quarters, n), np.int8),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "weeks"),
    [
        ((80, 76, 72.2), [39]),  # -5 % twice
        ((80, 76.1, 72.2), []),  # less than 5 % once
        ((80, 76, 77), []),  # not running
        ((80, 70, 60, 50), [39, 52]),
        ((math.nan, 70, 60), []),
    ],
)
def test_five_per_cent_two_quarters_running(answers, weeks):
    found = watch_for(panel(answers), ["S"], [RULES[0]])
    assert [one.week for one in found] == weeks


def test_too_few_answers_say_nothing():
    assert watch_for(panel((80, 70, 60), n=RULES[0].least - 1), ["S"], [RULES[0]]) == []


def counted(counts, n=60, others=0):
    """Customers of one tier with so many events by measure and quarter, and others of a second tier."""
    quarters = len(next(iter(counts.values())))
    found = panel((80.0,) * quarters, n + others)
    found.tier[n:] = 1
    for name, by_quarter in counts.items():
        found.sums[name][:, 0] = by_quarter
        found.sums[name][:, n:] = 50.0
    return found


def test_grave_complaints_must_double_from_three_events_on():
    """Events of a quarter and not of a year: 2 are too few, and 3 to 6 is twice as many."""
    for events, weeks in (((3, 6), [26]), ((2, 6), []), ((3, 5), []), ((3, 6, 12), [26, 39])):
        found = watch_for(counted({"grave": events}), ["S"], [RULES[1]])
        assert [one.week for one in found] == weeks
    assert found[0].levels == pytest.approx((3 * 4 / 60, 6 * 4 / 60))  # by customer and year


def test_noise_is_of_the_moments_that_a_rule_has():
    """Five quarters of two tiers: 3 moments each for what takes two falls, 4 for what takes one rise."""
    still = counted({"grave": (3, 6, 6, 6, 6)}, others=30)
    still.answer[:, :60] = np.array([80, 70, 60, 50, 50])[:, None]
    found = SimpleNamespace(
        worlds=SimpleNamespace(none=SimpleNamespace(panel=still)), scenario=SimpleNamespace(tiers="SA")
    )
    assert noise(found, RULES[:2]) == pytest.approx({RULES[0].name: 2 / 6, RULES[1].name: 1 / 8})
    found.worlds.none.panel = counted({"grave": (3, 6)}, others=30)
    short = noise(found, RULES[:2])
    assert math.isnan(short[RULES[0].name]) and short[RULES[1].name] == 1 / 2


def test_causes_are_changes_from_the_quarter_before_in_poisson_errors():
    seen = counted(
        {"requests": (0, 40, 50), "late": (0, 4, 10), "grave": (0, 1, 4), "contacts": (0, 90, 60),
         "orders": (0, 120, 60)}, others=40,
    )  # fmt: skip
    seen.tier_now[1, :4] = seen.tier_now[2, :13] = 1  # 4 fall in the second quarter, 9 more in the third
    seen.tier_now[0, 59], seen.known[0, 59] = -1, False  # who was no customer has not fallen
    seen.tier_now[:2, 60:], seen.tier_now[2, 60:] = 1, 2  # the other tier is another matter
    found = SimpleNamespace(seen=SimpleNamespace(panel=seen), scenario=SimpleNamespace(tiers=["S", "A"]))
    causes = analyse(found, Trigger(RULES[0], "S", 39, (80.0, 70.0, 60.0)))
    by_hand = {
        "fewer orders": (120 / 60, 60 / 60, 60 / math.sqrt(180)),
        "fewer contacts": (90 / 60, 60 / 60, 30 / math.sqrt(150)),
        "downgrades": (4 / 60, 9 / 60, 5 / math.sqrt(13)),
        "grave complaints": (1 / 60, 4 / 60, 3 / math.sqrt(5)),
        "late answers": (4 / 40, 10 / 50, 0.1 / math.sqrt(4 / 40**2 + 10 / 50**2)),
    }
    assert [cause.name for cause in causes] == list(by_hand)
    for cause in causes:
        assert (cause.before, cause.after, cause.score) == pytest.approx(by_hand[cause.name])


@pytest.mark.parametrize(("tier", "weeks"), [("A", 1.0), ("C", 6.5)])
def test_contacts_are_proposed_twice_as_often_and_nothing_else_changes(tier, weeks):
    scenario = ts.load("machinery")
    test = propose(scenario, Trigger(RULES[0], tier, 39, ()), Cause("fewer contacts", 2.0, 1.0, 3.0))
    assert scenario.tiers[tier].contact_every == 2 * weeks
    improved, base = test.policies["improved"], scenario.policies["tiered"]
    assert improved.tiers[tier].contact_every == weeks
    assert improved.tiers[tier].model_fields_set == {"contact_every"} and set(improved.tiers) == {tier}
    assert improved.model_copy(update={"tiers": {}, "description": base.description}) == base
    assert dict(test.experiment.arms) == {"plan": "tiered", "improved": "improved"}


@pytest.mark.parametrize(
    ("every", "text"),
    [
        ("weekly", r"S\.contact_every: is not halved.*got weekly.*late answers"),
        ("every 5 days", "is not halved"),
        ("never", "has no contacts that could come twice as often"),
    ],
)
def test_a_lever_at_its_end_is_no_test(every, text):
    scenario = ts.load("machinery").override({"tiers.S.contact_every": every})
    with pytest.raises(ScenarioError, match=text):
        propose(scenario, Trigger(RULES[0], "S", 39, ()), Cause("fewer contacts", 2.0, 1.0, 3.0))


@pytest.mark.slow
def test_a_fall_of_satisfaction_opens_a_test_that_runs():
    shock = {"begins": "13 weeks", "lasts": "26 weeks", "satisfaction": FALL}
    later = shock | {"begins": "26 weeks"}
    scenario = ts.load("machinery").override(CHANGES | {"shocks": {"one": shock, "two": later}})
    found = ts.experiment(scenario)
    signs = watch_for(found.seen.panel, list(scenario.tiers), [RULES[0]])
    assert signs and {one.week for one in signs} <= {39, 52}
    causes = analyse(found, signs[0])
    assert {cause.name for cause in causes} == set(LEVERS)
    test = propose(scenario, signs[0], Cause("late answers", 0.1, 0.2, 3.0))
    assert test.experiment is not None and test.experiment.who.tiers == [signs[0].tier]
    assert test.experiment.begins == signs[0].week
    half = test.policies["improved"].tiers[signs[0].tier].answer_within
    assert half == scenario.tiers[signs[0].tier].answer_within / 2
    assert ts.experiment(test).verdict().verdict in ("go", "hold", "stop")


@pytest.mark.slow
def test_without_shocks_the_rule_seldom_fires():
    found = ts.experiment(ts.load("machinery").override(CHANGES))
    fired = watch_for(found.worlds.none.panel, list(found.scenario.tiers), [RULES[0]])
    assert len(fired) <= 1


def test_a_cause_without_a_lever_is_told():
    scenario = ts.load("machinery")
    sign = watch_for(panel((80, 70, 60)), ["S"], [RULES[0]])[0]
    with pytest.raises(ScenarioError, match="no lever near this cause"):
        propose(scenario, sign, Cause("the weather", 0.0, 1.0, 1.0))


def test_every_rule_names_its_source():
    assert all(isinstance(rule, Rule) and "plan" in rule.source for rule in RULES)
