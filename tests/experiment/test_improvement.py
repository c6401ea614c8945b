"""X4: signs open a cause analysis and a test of their own, and seldom come of nothing."""

import math

import numpy as np
import pytest

import tiersim as ts
from tiersim.errors import ScenarioError
from tiersim.experiment.improvement import RULES, Cause, Rule, analyse, propose, watch_for
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


@pytest.mark.slow
def test_a_fall_of_satisfaction_opens_a_test_that_runs():
    shock = {"begins": "13 weeks", "lasts": "26 weeks", "satisfaction": FALL}
    later = shock | {"begins": "26 weeks"}
    scenario = ts.load("machinery").override(CHANGES | {"shocks": {"one": shock, "two": later}})
    found = ts.experiment(scenario)
    signs = watch_for(found.seen.panel, list(scenario.tiers), [RULES[0]])
    assert signs and {one.week for one in signs} <= {39, 52}
    causes = analyse(found, signs[0])
    assert [cause.score for cause in causes] == sorted((cause.score for cause in causes), reverse=True)
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
