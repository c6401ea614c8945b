"""What keys of a scenario must say together: each rule finds its fault, on the line to change."""

from __future__ import annotations

import pytest

from tiersim.errors import ScenarioError
from tiersim.scenario.assumption import ends
from tiersim.scenario.load import load, loads
from tiersim.scenario.schema import Scenario

STATED = {"source": "x", "grade": "assumed"}
ARM = {"steps": [{"policy": "tiered"}]}

FAULTS = [
    ({"tiers.C.share": 0.6}, "tiers", "110 %", None),
    ({"tiers.S.share": "rest"}, "tiers", "only one share may be rest", None),
    ({"rating.newcomers": "D"}, "rating.newcomers", "no tier", None),
    ({"rating.newcomers": "SA"}, "rating.newcomers", "no tier", "S"),
    ({"policies.tiered.budget": {"split": {"S+A": "60 %", "B": "rest"}}}, "policies.tiered.budget.split",
     "no share for C", None),
    ({"policies.tiered.budget": {"split": {"S+A": "60 %", "B+A": "rest", "C": "1 %"}}},
     "policies.tiered.budget.split.B+A", "in S+A and in B+A", None),
    ({"policies.tiered.budget": {"split": {"S+A+S": "60 %", "B": "rest", "C": "1 %"}}},
     "policies.tiered.budget.split.S+A+S", "twice", None),
    ({"policies.tiered.budget": {"split": {"S+A": "60 %", "B": "rest", "Cx": "1 %"}}},
     "policies.tiered.budget.split.Cx", "no tier", "C"),
    ({"strategies.nurturing.tiers": ["B", "X"]}, "strategies.nurturing.tiers.1", "no tier", None),
    ({"strategies.nurturing.tiers": ["B", "B"]}, "strategies.nurturing.tiers.1", "twice", None),
    ({"strategies.nurturing.effects": {"order_rate": 0.1, "wallet_share": 0.1}},
     "strategies.nurturing.effects", "the same sale", None),
    ({"policies.tiered.tiers": {"D": {"bot": 0.1}}}, "policies.tiered.tiers.D", "no tier", None),
    ({"policies.tiered.strategies": {"nurture": False}}, "policies.tiered.strategies.nurture", "no strategy",
     "nurturing"),
    ({"policies.uniform.tiers": {"S": {"bot": 0.1}}}, "policies.uniform.tiers",
     "no effect under uniform", None),
    ({"policies.tiered.package": {"bot": 0.1}}, "policies.tiered.package", "no effect under tiered", None),
    ({"policies.today.care": "tiered"}, "policies", "exactly one policy with informal care", None),
    ({"policies.uniform.care": "informal"}, "policies", "exactly one policy with informal care", None),
    ({"policies.tiered.care": "uniform"}, "policies", "no tiered policy", None),
    ({"compare": ["today", "teired"]}, "compare.1", "no policy", "tiered"),
    ({"compare": ["today", "tiered", "tiered"]}, "compare.2", "twice", None),
    ({"compare": ["uniform", "today"]}, "compare.0", "must begin with today's care", "today"),
    ({"arms.a": {"steps": [{"policy": "tierd"}]}}, "arms.a.steps.0.policy", "no policy", "tiered"),
    ({"arms.a": {"steps": [{"policy": "tiered", "after": "3 years"}]}},
     "arms.a.steps.0.after", "after the plan", None),
    ({"arms.a": {"steps": [{"policy": "today"}, {"policy": "tiered"}]}},
     "arms.a.steps.1.after", "another step", None),
    ({"arms.a": ARM | {"share": 0.5}, "arms.b": ARM | {"share": 0.4}}, "arms", "90 %", None),
    ({"arms.a": ARM | {"regions": ["Est"]}}, "arms.a.regions.0", "no region", "East"),
    ({"arms.a": ARM | {"regions": ["East"]}, "arms.b": ARM | {"regions": ["East"]}}, "arms.b.regions.0",
     "already belongs to a", None),
    ({"arms.a": ARM | {"regions": ["East", "South", "North", "Central"]}}, "arms", "West", None),
    ({"market.size": 1200}, "market.size", "too small", None),
    ({"population.contract.term": "3 weeks"}, "population.contract.term", "no usual contract", None),
    ({"population.contract.term": "6 years"}, "population.contract.term", "no usual contract", None),
    ({"population.days_to_pay": "30 weeks"}, "population.days_to_pay", "longer than", None),
    ({"population.days_to_pay": {"uniform": ["5 weeks", "27 weeks"], **STATED}}, "population.days_to_pay",
     "longer than", None),
    ({"baseline.churn": 0}, "baseline.churn", "more than 0 %", None),
    ({"baseline.churn": 1}, "baseline.churn", "less than 100 %", None),
    ({"churn.bankruptcy": 0.13}, "churn.bankruptcy", "alone", None),
    ({"referral.rate": 0.2}, "referral.rate", "explodes", None),
    ({"referral.rate": 0.05, "baseline.satisfaction": 100}, "referral.rate", "explodes", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def base():
    return load("machinery")


@pytest.mark.parametrize(
    ("changes", "path", "word", "near"), FAULTS, ids=[f"{p}-{w}" for _, p, w, _ in FAULTS]
)
def test_each_rule_finds_its_fault(base, refused, changes, path, word, near):
    found = [problem for problem in refused(base.override, changes) if problem.path == path]
    assert len(found) == 1
    assert word in str(found[0])
    assert found[0].nearest == near
    assert found[0].file == "override"


GOOD = [
    {"arms.a": ARM | {"share": 0.5}, "arms.b": {"share": "rest", "steps": [{"policy": "today"}]}},
    {"arms.a": ARM | {"regions": ["East", "West"]}, "arms.b": ARM},
    {"policies.plus": {"care": "tiered", "budget": {"split": {"S": 0.3, "B + A": "rest", "C": 0.1}}}},
    {"policies.plus": {"care": "tiered", "strategies": {"nurturing": False}, "tiers": {"S": {"bot": 0.1}}}},
    {"compare": ["today"]},
    {"market.size": 1201},
    {"population.contract.term": "4 weeks"},
    {"population.contract": None},
    {"population.days_to_pay": "26 weeks"},
    {"churn.bankruptcy": 0.12},
    {"baseline.churn": {"pert": [0, 0.1, 0.2], **STATED}},
    {"referral.rate": 0.2, "mechanisms.referral": False},
    {"referral.rate": 0.14},
    {"strategies.nurturing.effects": {"churn": -0.1, "churn_price": -0.1}},
]


@pytest.mark.parametrize("changes", GOOD, ids=lambda changes: "-".join(changes))
def test_what_fits_together_is_not_refused(base, changes):
    assert base.override(changes).name == base.name


def test_all_faults_at_once_with_their_lines(refused):
    text = """\
preset: machinery
customers: 100
market:
  size: 50
budget:
  split: {S+A: 60 %, B: 30 %, C: null, D: 10 %}
  yearly: 3 m / year
start: 2026-01-05
baseline: {revenue: 40 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
compare: [today, uniform, teired]
"""
    found = refused(loads, text, "my.yaml")
    assert {(problem.path, problem.file, problem.line) for problem in found} == {
        ("budget.split.D", "my.yaml", 6),
        ("budget.split", "my.yaml", 6),
        ("compare.2", "my.yaml", 10),
        ("market.size", "my.yaml", 4),
    }


def test_faults_of_a_tier_that_was_taken_away_lie_in_the_preset(refused):
    text = (
        "preset: machinery\nstart: 2026-01-05\ncustomers: 100\n"
        "baseline: {revenue: 40 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}\n"
        "tiers: {S: null}\nbudget: {yearly: 2 m / year, split: {A: 60 %, B: 30 %, C: rest}}\n"
    )
    found = refused(loads, text, "my.yaml")
    assert {problem.file for problem in found if problem.path.startswith("strategies.")} == {
        "preset machinery"
    }
    assert "tiers" not in {problem.path for problem in found}  # C takes the rest


def test_referral_explodes_at_the_bound_and_not_before(base):
    """rate exp(slope (S - 75) / 10) (1 - N / M) = churn, by hand: 0.12 / (0.8 exp(0.5)) = 0.0910."""
    changes = {"referral.slope": 1.0, "baseline.satisfaction": 80, "market.size": 6000, "customers": 1200}
    base.override({**changes, "referral.rate": 0.0909})
    with pytest.raises(ScenarioError, match="explodes"):
        base.override({**changes, "referral.rate": 0.0911})


def test_ends_of_assumptions(base):
    assert ends(base.baseline.churn) == (0.12, 0.12)
    assert ends(base.churn.bankruptcy) == (0.001, 0.012)
    changed = base.override({"market.growth": {"normal": [0.0, 0.1], **STATED}})
    assert ends(changed.market.growth) == pytest.approx((-0.3090232, 0.3090232))


def test_scenarios_are_compared_by_content(base):
    again = load("machinery")
    assert base == again and hash(base) == hash(again) and base is not again
    other = base.override({"customers": 1201})
    assert base != other and base != "machinery" and len({base, again, other}) == 2
    copied = base.model_copy(update={"customers": 1201})
    assert isinstance(copied, Scenario) and copied.sha256 == other.sha256 != base.sha256
