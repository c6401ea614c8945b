"""One way to override: the same for a dict, the command line and papermill."""

from __future__ import annotations

import pytest

from tiersim.scenario.load import loads_as, override, provenance_of
from tiersim.scenario.override import parse


@pytest.mark.parametrize(
    "spelling",
    [
        {"budget.split.S": "30 %", "churn": 0.07},
        "budget.split.S=30 %; churn=0.07",
        "budget.split.S = 30 %\n\nchurn= 0.07\n",
        ["budget.split.S=30 %", "churn=0.07"],
    ],
)
def test_spellings_agree(toy, good, spelling):
    assert parse(spelling) == {"budget.split.S": "30 %", "churn": 0.07}
    scenario = loads_as(toy, good, "my.yaml", spelling)
    assert scenario.budget.split == {"S": 0.3, "普通": 0.7}
    assert (scenario.churn.central, scenario.churn.source, scenario.churn.grade) == (
        0.07,
        "override",
        "assumed",
    )
    assert provenance_of(scenario)["budget.split.S"] == ("override", 0)
    assert provenance_of(scenario)["budget.split.普通"] == ("my.yaml", 10)


def test_nothing_to_override(toy, good):
    for nothing in (None, "", [], {}):
        assert loads_as(toy, good, "my.yaml", nothing).budget.split["S"] == 0.6


def test_the_old_scenario_stays(toy, good):
    old = loads_as(toy, good, "my.yaml")
    new = override(old, {"budget.split.S": 0.1, "visible": False})
    newer = override(new, "budget.split.S=0.2")
    assert [s.budget.split["S"] for s in (old, new, newer)] == [0.6, 0.1, 0.2]
    assert [s.visible for s in (old, new, newer)] == [True, False, False]
    assert provenance_of(old)["budget.split.S"] == ("my.yaml", 10)


def test_null_takes_away(toy, good):
    scenario = loads_as(toy, good, "f", "tiers.S=null; budget.split.S=null")
    assert list(scenario.tiers) == ["普通"]


def test_a_new_name_needs_its_mapping(toy, good, refused):
    scenario = loads_as(toy, good, "f", {"tiers.新": {"share": "5 %", "contact": "never"}})
    assert scenario.tiers["新"].share == 0.05
    for path, value in (("tiers.T.share", 0.1), ("budget.split.T", 0.1), ("tiers.T", 3)):
        problem = refused(loads_as, toy, good, "f", {path: value})[0]
        assert "a new name needs its whole mapping" in problem.message
        assert problem.allowed == "S, 普通"


def test_every_bad_path_at_once_with_the_nearest(toy, good, refused):
    problems = refused(
        loads_as,
        toy,
        good,
        "f",
        {"budget.splt.S": 1, "churn.value": 1, "tires.S.share": 1, "yearly": 1, "name.x": 1, "preset": "m"},
    )
    assert [(p.path, p.nearest) for p in problems] == [
        ("budget.splt.S", "budget.split.S"),
        ("churn.value", "churn"),
        ("tires.S.share", "tiers.S.share"),
        ("yearly", "budget.yearly"),
        ("name.x", "name"),
        ("preset", None),
    ]
    assert {p.file for p in problems} == {"override"}


def test_bad_values_of_good_paths_join_the_files_faults(toy, good, refused):
    text = good.replace("customers: 1,200", "customers: -1")
    problems = refused(loads_as, toy, text, "my.yaml", {"budget.yearly": "5 kg", "x": 1})
    assert [p.path for p in problems] == ["x", "customers", "budget.yearly"]
    assert (problems[2].file, problems[2].line) == ("override", None)


@pytest.mark.parametrize(
    "text", ["budget.yearly", "=3", "churn=[1", "churn=1;churn=2", "churn=!!python/name:os.x"]
)
def test_texts_that_are_no_overrides(refused, text):
    assert refused(parse, text)[0].file == "override"


@pytest.mark.parametrize(
    "path", ["", ".", "budget.", ".budget", "budget..split", "tiers.S.share.x", "compare.0"]
)
def test_odd_paths(toy, good, refused, path):
    assert refused(loads_as, toy, good, "f", {path: 1})[0].path == path
