"""Writing a scenario out in full, and explaining its paths."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.errors import ScenarioError
from tiersim.scenario.explain import explain
from tiersim.scenario.load import load, loads, loads_as, override, provenance_of
from tiersim.scenario.schema import Scenario
from tiersim.scenario.write import content_hash, resolved_yaml, starter

STARTERS = ["machinery", "placebo", "retail"]


@pytest.mark.parametrize("name", STARTERS)
def test_the_resolved_scenario_is_the_scenario(name):
    scenario = load(name)
    text = resolved_yaml(scenario)
    again = loads(text)
    assert again.model_dump() == scenario.model_dump()
    assert resolved_yaml(again) == text
    assert content_hash(again) == content_hash(scenario)
    assert "preset" not in text
    assert {line.split(":")[0] for line in text.splitlines() if line[0].isalpha()} <= set(
        Scenario.model_fields
    )


@pytest.mark.parametrize("name", STARTERS)
def test_starters_load_as_they_are_written(name):
    text = starter(name)
    assert text.startswith("# yaml-language-server: $schema=")
    assert sum(bool(line.strip()) and not line.startswith("#") for line in text.splitlines()) <= 25
    assert loads(text).model_dump(exclude={"baseline"}) == load(name).model_dump(exclude={"baseline"})


def test_unknown_starter():
    with pytest.raises(ScenarioError, match="did you mean retail\\?"):
        starter("retial")
    with pytest.raises(ScenarioError, match="did you mean retail\\?"):
        load("retial")


def test_a_hash_says_what_is_said_not_how(toy, good):
    one = loads_as(toy, good, "a.yaml")
    assert content_hash(one) == content_hash(loads_as(toy, good.replace("1.2 m /", "1,200 k /"), "b.yaml"))
    assert content_hash(one) != content_hash(override(one, {"budget.split.S": 0.61}))
    assert content_hash(one) != content_hash(
        override(one, {"churn": {"value": 0.05, "source": "y", "grade": "fitted"}})
    )


@given(share=st.floats(0, 1), money=st.floats(1e-6, 1e13), weeks=st.floats(13, 520))
def test_any_number_survives_the_text(toy, good, share, money, weeks):
    scenario = loads_as(
        toy, good, "f", {"budget.split.S": share, "budget.yearly": money, "horizon": f"{weeks!r} weeks"}
    )
    again = loads_as(toy, resolved_yaml(scenario))
    assert again.model_dump() == scenario.model_dump()
    assert again.horizon == weeks


def test_a_scenario_travels_between_processes():
    scenario = load("machinery")
    copy = pickle.loads(pickle.dumps(scenario))
    assert copy.model_dump() == scenario.model_dump()
    assert provenance_of(copy) == provenance_of(scenario)
    assert override(copy, "budget.split.B=0.2").budget.split["B"] == 0.2


def test_explain_an_assumption(toy, good):
    found = explain(loads_as(toy, good, "my.yaml"), "churn")
    assert (found.kind, found.unit, found.source, found.grade) == (
        "assumption",
        "share",
        "crm 2025",
        "fitted",
    )
    assert found.shown == "pert (low 2 %, mode 5 %, high 12 %)"
    assert (found.where, found.description) == ("my.yaml:4", "customers lost in a year")


def test_explain_leaves_sections_and_maps(toy, good):
    scenario = loads_as(toy, good, "my.yaml", "budget.split.S=0.5")
    assert explain(scenario, "budget.yearly").shown == "CNY 1.2 m / year"
    assert explain(scenario, "tiers.S.contact").shown == "weekly"
    assert explain(scenario, "budget.split.S").where == "override"
    assert explain(scenario, "horizon").where == "default"
    split = explain(scenario, "budget.split")
    assert split.children == (("budget.split.S", "50 %"), ("budget.split.普通", "50 %"))
    assert [path for path, _ in explain(scenario).children] == list(toy.model_fields)
    assert explain(scenario, "tiers.普通.cost").shown == "not set"


def test_explain_without_a_scenario(toy):
    assert explain(toy, "budget.yearly").description == "cap for a year"
    assert "rest" in explain(toy, "tiers.any.share").allowed


@pytest.mark.parametrize(
    ("path", "near"), [("budget.splt", "budget.split"), ("tiers.T", "tiers.S"), ("yearly", "budget.yearly")]
)
def test_explain_unknown_paths(toy, good, refused, path, near):
    problem = refused(explain, loads_as(toy, good, "f"), path)[0]
    assert (problem.path, problem.nearest) == (path, near)


def test_every_path_of_a_real_scenario_can_be_explained():
    scenario = load("machinery")
    todo, seen = [""], 0
    while todo:
        found = explain(scenario, todo.pop())
        todo += [path for path, _ in found.children]
        seen += 1
        if found.kind == "assumption" and found.value is not None:
            assert found.source and found.grade and found.description
    assert seen > 300
