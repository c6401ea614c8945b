"""An experiment in a file: every wrong key is told with its place, what is allowed and the nearest name."""

from __future__ import annotations

import random

import pytest
from tests.scenario.hostile import load_or_be_told
from tests.scenario.test_hostile import mutated

from tiersim.errors import ScenarioError
from tiersim.experiment.design import design_of
from tiersim.scenario.files import read_text
from tiersim.scenario.load import load, loads
from tiersim.scenario.write import resolved_tree, to_yaml

TWO = {"arms": {"control": "today", "treated": "tiered"}}
PILOT = {"unit": "region", "begins": "26 weeks", "lot": {"number": 2}}
WAVE = {"unit": "region", "begins": "26 weeks"}
MAIN = {"gain": {"measure": "profit", "role": "primary"}}


def faults(experiment, **more):
    with pytest.raises(ScenarioError) as error:
        load("machinery", {"experiment": experiment, **more})
    return error.value.problems


def lot(**keys):
    return {"lot": keys}


def waves(*entries, **more):
    return WAVE | {"waves": list(entries)} | more


def metric(**keys):
    return {"metrics": {"gain": {"measure": "profit", "role": "primary"}, "other": keys}}


@pytest.mark.parametrize(
    ("content", "path", "text", "near"),
    [
        # arms
        ({"arms": {"control": "today"}}, "arms", "has one arm", None),
        ({"arms": {f"a{i}": "today" for i in range(101)}}, "arms", "too many arms", None),
        ({"arms": {"control": "today", "treated": "tierd"}}, "arms.treated", "no policy", "tiered"),
        (TWO | {"shares": {"control": "50 %", "treatd": "rest"}}, "shares.treatd", "no arm", "treated"),
        (TWO | {"shares": {"control": "100 %"}}, "shares", "no share for treated", None),
        (TWO | {"shares": {"control": "100 %", "treated": "0 %"}}, "shares.treated", "more than 0 %", None),
        (TWO | {"shares": {"control": "50 %", "treated": "60 %"}}, "shares", "100 %", None),
        (PILOT | {"arms": {"a": "today", "b": "tiered", "c": "uniform"}}, "arms", "more than two arms", None),
        (
            lot(how="pairs") | {"arms": {"a": "today", "b": "tiered", "c": "uniform"}},
            "arms",
            "two customers",
            None,
        ),
        (
            lot(how="pairs") | TWO | {"shares": {"control": "60 %", "treated": "rest"}},
            "shares",
            "not even",
            None,
        ),
        # who
        ({"who": {"tiers": ["D"]}}, "who.tiers.0", "no tier", None),
        ({"who": {"regions": ["Eats"]}}, "who.regions.0", "no region", "East"),
        ({"who": {"industries": ["Mining", "Minin"]}}, "who.industries.1", "no industry", "Mining"),
        # lot
        (lot(regions=["East"]), "lot.regions", "the unit is no region", None),
        (lot(number=2), "lot.number", "the unit is no region", None),
        (lot(how="alike"), "lot.how", "the unit is no region", None),
        (lot(how="pair"), "lot.how", "not one of the words", "pairs"),
        ({"unit": "manager", "lot": {"by": ["industry"]}}, "lot.by", "go together", None),
        (PILOT | lot(how="pairs", number=2), "lot.how", "for customers and managers", None),
        (PILOT | lot(), "lot", "neither which regions pilot nor how many", None),
        (PILOT | lot(number=5), "lot.number", "leaves no region as control", None),
        (PILOT | lot(number=6), "lot.number", "more pilot regions than there are", None),
        (PILOT | lot(regions=["Eats"]), "lot.regions.0", "no region", "East"),
        (PILOT | lot(regions=["East"], number=1), "lot.number", "keep one", None),
        (PILOT | lot(how="by_hand", number=1), "lot.regions", "is missing", None),
        (PILOT | lot(how="simple", regions=["East"]), "lot.regions", "the lot chooses them", None),
        (
            PILOT | lot(regions=["West"]) | {"who": {"regions": ["East", "South"]}},
            "lot.regions",
            "does not take part",
            None,
        ),
        (PILOT | lot(number=2) | {"who": {"regions": ["East", "South"]}}, "lot.number", "as control", None),
        (lot(by=["tier", "region", "industry"]), "lot.by", "fewer than two customers", None),
        (lot(by=["size"]), "lot.by.0", "not one of the words", None),
        (lot(by=["tier", "region", "tier"]), "lot.by.2", "stands there twice", None),
        (lot(accept="0 %"), "lot.accept", "more than 0", None),
        # waves
        (waves({"regions": ["Eats"]}), "waves.0.regions.0", "no region", "East"),
        (
            waves({"regions": ["East"]}, {"regions": ["East"], "after": "4 weeks"}),
            "waves.1",
            "overlaps with wave 1",
            None,
        ),
        (waves({"after": "26 weeks"}), "waves.0.after", "after the experiment's end", None),
        (waves({"regions": ["East"]}, {}, {"after": "4 weeks"}), "waves.2", "has all that are left", None),
        ({"unit": "region", "waves": [{}]}, "waves", "nothing is left to compare", None),
        (waves({"regions": ["East"]}, lot={"how": "pairs"}), "lot.how", "does not go with waves", None),
        (waves({"regions": ["East"]}, lot={"number": 2}), "lot.number", "the waves name them", None),
        (
            waves({"regions": ["East"]}, compliance={"control": "10 %"}),
            "compliance.control",
            "with waves",
            None,
        ),
        # compliance
        (
            {"compliance": {"treated": "30 %", "control": "30 %"}},
            "compliance.control",
            "no less treated than the treated less than experiment.compliance.treated, 30 %",
            None,
        ),
        ({"compliance": {"treated": "20 %", "control": "60 %"}}, "compliance.control", "no less", None),
        # times
        ({"lasts": "4 weeks", "period": "5 weeks"}, "period", "longer than the experiment", None),
        ({"lasts": "20 years", "begins": "1 year"}, "lasts", "more than 20 years", None),
        ({"lasts": "10 days"}, "lasts", "2", None),
        ({"looks": {"every": "4 weeks", "at": ["8 weeks"]}}, "looks.every", "keep one", None),
        ({"looks": {"first": "4 weeks"}}, "looks.first", "nothing repeats", None),
        ({"looks": {"every": "30 weeks"}}, "looks.every", "after the experiment's end", None),
        ({"looks": {"at": ["2026-01-05"]}}, "looks.at.0", "before the experiment has begun", None),
        ({"begins": "4 weeks", "looks": {"at": ["8 weeks", "2026-01-12"]}}, "looks.at.1", "has begun", None),
        ({"looks": {"at": ["1 year"]}}, "looks.at.0", "after the experiment's end", None),
        ({"looks": {"at": ["8 weeks", "2 weeks", "8 weeks"]}}, "looks.at.2", "stands there already", None),
        ({"looks": {"at": ["2026-02-02", "2026-02-02"]}}, "looks.at.1", "stands there already", None),
        ({"looks": {"error": "60 %"}}, "looks.error", "50 %", None),
        ({"worth": {"over": "20 weeks"}}, "worth.over", "whole number of quarters", None),
        (PILOT | {"begins": "0 weeks"}, "begins", "leaves no time before it", None),
        # outcomes
        ({"metrics": {"a": {"measure": "profit"}}}, "metrics", "no primary outcome", None),
        (metric(measure="churn", role="primary"), "metrics", "more than one primary", None),
        (metric(measure="revenu"), "metrics.other.measure", "not one of the words", "revenue"),
        (metric(measure="churn", role="guardrail"), "metrics.other", "guardrail without a limit", None),
        (metric(measure="churn", worst_points=-2), "metrics.other", "no guardrail", None),
        (
            metric(measure="cost", role="guardrail", worst_points=-2),
            "metrics.other.worst_points",
            "in points",
            None,
        ),
        (metric(measure="orders", tiers=["D"]), "metrics.other.tiers.0", "no tier", None),
        (
            metric(measure="orders", tiers=["A"]) | {"who": {"tiers": ["B"]}},
            "metrics.other.tiers",
            "no part",
            None,
        ),
        (metric(measure="orders", lag="30 weeks"), "metrics.other", "beyond the experiment", None),
        (metric(measure="orders", lag="180 days"), "metrics.other", "beyond", None),  # of 26 weeks, 182 days
        (metric(measure="orders", lag="8 weeks", window="20 weeks"), "metrics.other", "beyond", None),
        (metric(measure="churn", per="order"), "metrics.other.per", "no ratio for churn", None),
        (metric(measure="orders", per="order"), "metrics.other.per", "divides a sum by itself", None),
        ({"metric": MAIN}, "metric", "unknown key", "metrics"),
    ],
)
def test_a_wrong_key_is_told_with_its_place(content, path, text, near):
    found = faults(content)
    here = [problem for problem in found if problem.path == f"experiment.{path}"]
    assert here, [(problem.path, problem.message) for problem in found]
    told = " ".join(f"{problem.message} {problem.allowed or ''}" for problem in here)
    assert text in told, told
    if near:
        assert (here[0].nearest or "").rpartition(".")[2] == near


@pytest.mark.parametrize(
    ("measure", "path", "text", "more"),
    [
        ("satisfaction", "measure", "nobody is asked", {"mechanisms.surveys": False}),
        ("nps", "measure", "nobody is asked", {"satisfaction.survey_share": 0}),
        ("upgrade", "measure", "no reviews", {"mechanisms.review": False}),
        ("renewal", "measure", "no contracts", {"population.contract": None}),
    ],
)
def test_an_outcome_that_nobody_could_see_is_told(measure, path, text, more):
    found = faults(metric(measure=measure), **more)
    assert any(p.path == f"experiment.metrics.other.{path}" and text in p.message for p in found), found


def test_an_experiment_on_nobody_is_told():
    found = faults({"who": {"tiers": ["S"], "regions": ["West"], "industries": ["Ports"]}}, customers=100)
    assert any(p.path == "experiment.who" and "nobody" in p.message for p in found)


def test_all_faults_at_once():
    found = faults(
        TWO | {"lot": {"how": "alike"}, "who": {"regions": ["Eats"]}, "period": "30 weeks",
               "looks": {"first": "4 weeks"}, "metrics": {"a": {"measure": "churn", "role": "guardrail"}}}
    )  # fmt: skip
    assert {problem.path for problem in found} == {
        "experiment.lot.how", "experiment.who.regions.0", "experiment.period", "experiment.looks.first",
        "experiment.metrics", "experiment.metrics.a",
    }  # fmt: skip


def test_unknown_tiers_and_places_of_who_are_told_together():
    """The wrong tier does not hide the wrong region behind it, nor the other way round."""
    who = {"tiers": ["B", "D"], "regions": ["Eats"], "industries": ["Minin"]}
    found = {problem.path: problem for problem in faults({"who": who})}
    assert set(found) == {
        "experiment.who.tiers.1", "experiment.who.regions.0", "experiment.who.industries.0",
    }  # fmt: skip
    assert "'D', which is no tier" in found["experiment.who.tiers.1"].message
    assert found["experiment.who.regions.0"].nearest.rpartition(".")[2] == "East"


def test_a_name_that_stands_twice_is_told_once():
    (found,) = faults({"who": {"tiers": ["B", "B"]}})
    assert (found.path, found.message) == ("experiment.who.tiers.1", "has B twice")
    (found,) = faults({"looks": {"at": ["8 weeks", "8 weeks"]}})
    assert found.path == "experiment.looks.at.1"
    (found,) = faults(lot(by=["tier", "tier"]))
    assert found.path == "experiment.lot.by.1"


@pytest.mark.parametrize("control", ["0 %", "29 %"])
def test_fewer_of_the_control_than_of_the_treated_may_be_treated(control):
    given = load("machinery", {"experiment": {"compliance": {"treated": "30 %", "control": control}}})
    assert given.experiment.compliance.treated == 0.3


WHOLE = """\
preset: machinery
name: Does it pay?
start: 2026-01-05
customers: 1200
baseline: {revenue: 480 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
tiers:
  S: {share: 5 %, customers_per_manager: 5}
  A: {share: 15 %, customers_per_manager: 20}
  B: {share: 30 %, customers_per_manager: 30}
  C: {share: rest}
budget: {yearly: 16 m / year, split: {S+A: 60 %, B: 30 %, C: rest}}
experiment:
  question: does it pay?
  arms: {control: today, treated: tiered}
  shares: {control: 60 %, treated: rest}
  who:
    tiers: [B, C]
  lasts: 26 weeks
  lot: {how: rerandomised, on: [revenue, orders], accept: 5 %}
  resistance: {incentive: true}
  compliance: {treated: 90 %, control: 5 %}
  metrics:
    profit: {measure: profit, role: primary}
    churn: {measure: churn, role: guardrail, worst_points: -2}
    late: {measure: late, per: request, lag: 4 weeks, tiers: [B]}
  looks: {every: 4 weeks, first: 8 weeks, spending: pocock}
  gate: {least_gain: 100 k, fit: 2 %}
  worth: {over: 1 year}
"""


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("treated: tiered}", "treated: tired}", "experiment.arms.treated"),
        ("tiers: [B, C]", "tiers: [B, D]", "experiment.who.tiers.1"),
        ("worst_points: -2}", "lag: 40 weeks}", "experiment.metrics.churn"),
        ("every: 4 weeks", "every: 4 years", "experiment.looks.every"),
    ],
)
def test_a_fault_is_told_on_its_line(old, new, path):
    text = WHOLE.replace(old, new)
    with pytest.raises(ScenarioError) as error:
        loads(text, "my.yaml")
    line = next(i for i, row in enumerate(text.splitlines(), 1) if new in row)
    assert path in [p.path for p in error.value.problems]
    assert {p.line for p in error.value.problems} == {line}
    assert {p.file for p in error.value.problems} == {"my.yaml"}


def test_a_scenario_with_an_experiment_survives_being_written():
    scenario = loads(WHOLE, "my.yaml")
    again = loads(to_yaml(resolved_tree(scenario)), "again.yaml")
    assert again.experiment == scenario.experiment and again == scenario


@pytest.mark.parametrize("seed", range(60))
def test_mutated_experiments(seed):
    rng = random.Random(seed)
    tree = read_text(WHOLE, "f").tree
    inside = {"experiment": tree["experiment"]}
    for _ in range(rng.randint(1, 5)):
        if not isinstance(inside.get("experiment"), dict) or not inside["experiment"]:
            break
        mutated(inside["experiment"], rng)
    tree |= inside
    outcome = load_or_be_told(lambda: loads(to_yaml(tree), "my.yaml"))
    if isinstance(outcome, ScenarioError):
        assert all(problem.file == "my.yaml" for problem in outcome.problems)
    elif outcome.experiment is not None:
        plan = design_of(outcome)
        assert plan.ends[-1] == plan.looks[-1] == plan.stop


def test_overrides_reach_into_the_section():
    changed = {
        "experiment.lasts": "39 weeks",
        "experiment.metrics.late.role": "exploratory",
        "experiment.resistance.slip": {"value": "4 weeks", "source": "test", "grade": "assumed"},
    }
    scenario = loads(WHOLE, "my.yaml", changed)
    test = scenario.experiment
    assert test.lasts == 39.0 and test.metrics["late"].role == "exploratory"
    assert test.metrics["late"].measure == "late" and test.metrics["profit"].role == "primary"
    assert test.resistance.incentive and test.resistance.slip.value == 4.0
    with pytest.raises(ScenarioError, match=r"experiment\.metrics"):
        loads(WHOLE, "my.yaml", {"experiment.metrics.profit.role": "secondary"})
    with pytest.raises(ScenarioError, match=r"experiment\.last\b.*lasts"):
        loads(WHOLE, "my.yaml", {"experiment.last": "39 weeks"})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({}, "ab_test"),
        ({"unit": "manager"}, "ab_test"),
        (PILOT, "pilot"),
        (waves({"regions": ["East"]}), "rollout"),
    ],
)
def test_the_kind_follows_from_the_unit_and_the_waves(content, kind):
    assert load("machinery", {"experiment": content}).experiment.kind == kind
