"""What a loyalty programme may not say, and how its defaults read."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scenario.hostile import load_or_be_told, paths_of

from tiersim.errors import ScenarioError
from tiersim.scenario.load import load, loads
from tiersim.scenario.loyalty import Level, Loyalty
from tiersim.scenario.write import resolved_tree, to_yaml

LOW = {"spend": 1000, "price": 5}
HIGH = {"spend": 5000, "price": 50, "points": 2}
LEVELS = {"loyalty.levels": {"low": LOW, "high": HIGH}}

FAULTS = [
    ({"loyalty.levels": {"low": LOW, "high": LOW}}, "loyalty.levels.high.spend", "not above that of low",
     None),
    ({"loyalty.levels": {"low": LOW | {"points": 3}, "high": HIGH}}, "loyalty.levels.high.points",
     "below that of low", None),
    ({"loyalty.levels": {"ordinary": LOW}}, "loyalty.levels.ordinary", "results give", None),
    (LEVELS | {"loyalty.points": "100 %"}, "loyalty.points", "less than 100 %", None),
    (LEVELS | {"loyalty.points": "50 %"}, "loyalty.levels.high.points", "as much as is spent", None),
    ({"loyalty.levels": {"low": LOW | {"effects": {"order_rate": 0.1, "wallet_share": 0.1}}}},
     "loyalty.levels.low.effects", "the same sale", None),
    (LEVELS | {"policies.today.loyalty": True}, "policies.today.loyalty", "no effect under informal", None),
    ({"policies.tiered.loyalty": True}, "policies.tiered.loyalty", "no section loyalty", None),
]  # fmt: skip

REFUSED = [
    ({"loyalty.expires": "10 weeks"}, "loyalty.expires", "whole number of quarters"),
    ({"loyalty.expires": "0 weeks"}, "loyalty.expires", "one quarter to 5 years"),
    ({"loyalty.expires": "6 years"}, "loyalty.expires", "one quarter to 5 years"),
    ({"loyalty.grace": "1 month"}, "loyalty.grace", "whole number of quarters"),
    ({"loyalty.redeem": "120 %"}, "loyalty.redeem", "100 %"),
    ({"loyalty.levels": {"low": {"spend": 0, "price": 5}}}, "loyalty.levels.low.spend", "0"),
    ({"loyalty.levels": {"low": {"spend": 5}}}, "loyalty.levels.low.price", ""),
    ({"loyalty.levels": {"low": LOW | {"effects": {"order_rat": 0.1}}}},
     "loyalty.levels.low.effects.order_rat", "order_rate"),
    ({"loyalty.level": {"low": LOW}}, "loyalty.level", "levels"),
    ({"loyalty.points": "-1 %"}, "loyalty.points", ""),
    ({"loyalty.levels": {"a.b": LOW}}, "loyalty.levels", "name"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "message", "near"), FAULTS)
def test_each_fault_is_found_where_it_is(changes, path, message, near):
    with pytest.raises(ScenarioError) as error:
        load("retail", changes)
    problems = error.value.problems
    assert [p.path for p in problems] == [path]
    assert message in problems[0].message and problems[0].nearest == near


@pytest.mark.parametrize(("changes", "path", "word"), REFUSED)
def test_values_that_cannot_be_are_refused(changes, path, word):
    with pytest.raises(ScenarioError) as error:
        load("retail", changes)
    assert any((p.path or "").startswith(path) for p in error.value.problems)
    assert word in str(error.value)


def test_all_faults_of_a_file_are_told_at_once():
    with pytest.raises(ScenarioError) as error:
        load("retail", LEVELS | {"loyalty.points": "100 %", "policies.today.loyalty": True,
                                 "loyalty.levels.high.spend": 500})  # fmt: skip
    assert {p.path for p in error.value.problems} >= {
        "loyalty.points", "policies.today.loyalty", "loyalty.levels.high.spend",
    }  # fmt: skip


def test_written_and_read_again_it_is_the_same():
    s = load("retail", LEVELS)
    assert loads(to_yaml(resolved_tree(s))).sha256 == s.sha256


def test_the_claim_about_points_is_the_optimistic_end():
    activity = Loyalty.model_validate({}).activity
    assert activity.grade == "claimed"
    assert activity.distribution is not None and activity.distribution.high == pytest.approx(0.6)
    assert 0.0 < activity.central < 0.2


def test_the_guide_names_every_key():
    """docs/loyalty.md has a row for every key of the section."""
    guide = (Path(__file__).parents[2] / "docs/loyalty.md").read_text(encoding="utf-8")
    for model, prefix in ((Loyalty, "loyalty"), (Level, "loyalty.levels.LEVEL")):
        for key in model.model_fields:
            path = f"{prefix}.{key}"
            assert f"`{path}`" in guide or f"`{path}." in guide, path
    assert "`policies.POLICY.loyalty`" in guide and "`mechanisms.loyalty`" in guide


ODD = [
    None, True, [], {}, "", "nan", "5 kg", "-1 %", "200 %", "1 h", "北", float("nan"), float("inf"), -1, 0,
    1e-300, 1, 7, 1e300, 10**30, "3 months", "10 years", {"value": 0}, "ordinary",
    {"pert": [0, 0, 0], "source": "x", "grade": "assumed"}, {"low": {"spend": 1, "price": 1}},
]  # fmt: skip


@pytest.fixture(scope="module")
def rich():
    high = HIGH | {"effects": {"churn": "-5 %"}}
    changes = {"loyalty.levels": {"low": LOW, "high": high}, "loyalty.joins": "50 %"}
    return resolved_tree(load("retail", changes))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_mutated_programmes_load_or_are_refused_clearly(rich, seed):
    rng, tree = random.Random(seed), copy.deepcopy(rich)
    for _ in range(rng.randint(1, 4)):
        if not isinstance(tree.get("loyalty"), dict):
            break
        *above, last = rng.choice([("loyalty",), *(("loyalty", *path) for path in paths_of(tree["loyalty"]))])
        here = tree
        for key in above:
            here = here[key]
        if rng.random() < 0.2:
            del here[last]
        else:
            here[last] = copy.deepcopy(rng.choice(ODD))
    load_or_be_told(lambda: loads(to_yaml(tree), "my.yaml"), "my.yaml")
