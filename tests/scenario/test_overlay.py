"""Files on files: who wins, what null does, and chains that lead nowhere."""

from __future__ import annotations

import pytest

from tiersim.scenario.load import load_as, provenance_of


def test_the_upper_file_wins_and_keeps_its_line(toy, good, write):
    write("base.yaml", good)
    write("my.yaml", "extends: base.yaml\nbudget:\n  split: {S: 30 %}\ntiers:\n  S: {contact: monthly}\n")
    scenario = load_as(toy, "my.yaml")
    assert scenario.budget.split == {"S": 0.3, "普通": 0.7}
    assert scenario.tiers["S"].share == 0.2
    provenance = provenance_of(scenario)
    assert provenance["budget.split.S"] == ("my.yaml", 3)
    assert provenance["budget.split.普通"] == ("base.yaml", 10)
    assert provenance["budget.yearly"] == ("base.yaml", 9)
    assert provenance["tiers.S.contact"] == ("my.yaml", 5)


def test_null_takes_a_key_away(toy, good, write):
    write("base.yaml", good)
    write("my.yaml", "extends: base.yaml\ntiers: {S: null}\nbudget: {split: {S: null}}\nhorizon: null\n")
    scenario = load_as(toy, "my.yaml")
    assert list(scenario.tiers) == ["普通"]
    assert scenario.horizon == 52.0
    assert not any(path.startswith("tiers.S") for path in provenance_of(scenario))


def test_taking_a_needed_key_away_says_so(toy, good, write, refused):
    write("base.yaml", good)
    problems = refused(load_as, toy, write("my.yaml", "extends: base.yaml\nbudget:\n  yearly: null\n"))
    assert [(p.path, p.message) for p in problems] == [("budget.yearly", "is missing")]


def test_an_assumption_is_replaced_whole(toy, good, write, refused):
    write("base.yaml", good)
    problem = refused(load_as, toy, write("my.yaml", "extends: base.yaml\nchurn: {value: 7 %}\n"))[0]
    assert "needs its own source" in problem.message
    assert (problem.file, problem.line, problem.path) == ("my.yaml", 2, "churn")
    churn = load_as(toy, write("my.yaml", "extends: base.yaml\nchurn: 7 %\n")).churn
    assert (churn.central, churn.source, churn.grade) == (0.07, "stated in my.yaml", "assumed")
    assert load_as(toy, "base.yaml").churn.source == "crm 2025"


def test_lists_are_replaced_whole(toy, good, write):
    write("base.yaml", good + "compare: [S, 普通]\n")
    assert load_as(toy, write("my.yaml", "extends: base.yaml\ncompare: [S]\n")).compare == ["S"]


def test_a_scalar_over_a_section_and_back(toy, good, write, refused):
    write("base.yaml", good)
    problem = refused(load_as, toy, write("my.yaml", "extends: base.yaml\nbudget: much\n"))[0]
    assert (problem.path, problem.line) == ("budget", 2)
    assert problem.message == "must be a mapping of keys to values"
    last = write("last.yaml", "extends: my.yaml\nbudget: {yearly: 1 m, split: {S: 100 %}}\n")
    assert load_as(toy, last).budget.split == {"S": 1.0}


def test_extends_is_relative_to_its_file(toy, good, write):
    write("base.yaml", good)
    write("deep/mid.yaml", "extends: ../base.yaml\nname: Mid\n")
    scenario = load_as(toy, write("my.yaml", "extends: deep/mid.yaml\n"))
    assert scenario.name == "Mid"
    assert provenance_of(scenario)["name"] == ("deep/mid.yaml", 2)


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_loops_name_the_chain(toy, write, refused, names):
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        write(f"{name}.yaml", f"name: x\nextends: {following}.yaml\n")
    problem = refused(load_as, toy, "a.yaml")[0]
    chain = " -> ".join(f"{name}.yaml" for name in [*names, "a"])
    assert problem.message == f"overlays go round in a circle: {chain}"
    assert (problem.file, problem.line) == (f"{names[-1]}.yaml", 2)


def test_endless_chains_stop(toy, write, refused):
    for i in range(20):
        write(f"{i}.yaml", f"extends: {i + 1}.yaml\n")
    assert "too many overlays" in refused(load_as, toy, "0.yaml")[0].message


def test_missing_overlays_name_file_and_line(toy, write, refused, good):
    write("base.yaml", good)
    problem = refused(load_as, toy, write("my.yaml", "name: x\nextends: bsae.yaml\n"))[0]
    assert (problem.file, problem.line, problem.nearest) == ("my.yaml", 2, "base.yaml")
    problem = refused(load_as, toy, write("my.yaml", "preset: machinry\n"))[0]
    assert (problem.line, problem.nearest) == (1, "machinery")
    assert "machinery" in problem.allowed
    for bad in ("extends: 3\n", "extends: [a, b]\n", "preset: {a: 1}\n", "preset: ''\n"):
        assert refused(load_as, toy, write("my.yaml", bad))[0].message == "must be text"


@pytest.mark.parametrize("target", ["x" * 300, "a\\0b", ".", "/", "..", "~", "no/such/folder/a.yaml"])
def test_odd_overlays(toy, write, refused, target):
    problem = refused(load_as, toy, write("my.yaml", f'name: x\nextends: "{target}"\n'))[0]
    assert (problem.file, problem.line, problem.path) == ("my.yaml", 2, "extends")


@pytest.mark.parametrize("name", ["x" * 300, "", ".", "/", "no/such.yaml", "a\0b"])
def test_odd_file_names(toy, refused, name):
    refused(load_as, toy, name)


def test_a_broken_overlay_is_named_itself(toy, write, refused):
    write("base.yaml", "a: 1\na: 2\n")
    problem = refused(load_as, toy, write("my.yaml", "extends: base.yaml\n"))[0]
    assert (problem.file, problem.line) == ("base.yaml", 2)


def test_a_preset_lies_below_an_extended_file(write):
    from tiersim.scenario.load import load

    write("mid.yaml", "budget: {yearly: 3 m}\nname: Mid\n")
    text = "preset: machinery\nextends: mid.yaml\nstart: 2026-01-05\ncustomers: 900\n"
    text += "baseline: {revenue: 48 m, margin: 20 %, churn: 10 %, satisfaction: 70}\n"
    scenario = load(write("my.yaml", text + "budget: {split: {S+A: 60 %, B: 30 %, C: rest}}\n"))
    assert (scenario.name, scenario.budget.yearly, scenario.customers) == ("Mid", 3e6, 900)
    assert provenance_of(scenario)["market.size"][0] == "preset machinery"
