"""Shocks in a file: every wrong key is told with its place, what is allowed and the nearest name."""

from __future__ import annotations

from datetime import date

import pytest

import tiersim as ts
from tiersim.errors import ScenarioError
from tiersim.scenario.load import load
from tiersim.scenario.write import resolved_yaml

SHOCK = {"begins": "9 months", "demand": {"value": "-20 %", "source": "test", "grade": "assumed"}}
STATED = {"value": 1, "source": "test", "grade": "assumed"}


def faults(*shocks):
    with pytest.raises(ScenarioError) as error:
        load("machinery", {f"shocks.{name}": content for name, content in shocks})
    return error.value.problems


def less(key):
    return {name: value for name, value in SHOCK.items() if name != key}


@pytest.mark.parametrize(
    ("content", "path", "text", "near"),
    [
        (SHOCK | {"begins": "2025-12-29"}, "begins", "before the plan's start", None),
        (SHOCK | {"begins": "2029-01-01"}, "begins", "after the plan's end", None),
        (SHOCK | {"begins": "3 years"}, "begins", "after the plan's end", None),
        (SHOCK | {"begins": "-3 months"}, "begins", "neither a date nor a time", None),
        (SHOCK | {"begins": "soon"}, "begins", "neither a date nor a time", None),
        (SHOCK | {"begins": 0}, "begins", "neither a date nor a time", None),
        (SHOCK | {"regions": ["Eats"]}, "regions.0", "no region", "East"),
        (SHOCK | {"industries": ["Mining", "Minin"]}, "industries.1", "no industry", "Mining"),
        (SHOCK | {"churn": {"prize": STATED}}, "churn.prize", "not one of the words", "price"),
        (SHOCK | {"churn": {"service": STATED}}, "churn.service", "price, product, budget, other", None),
        (SHOCK | {"rate": STATED}, "", "it comes once, or by chance", None),
        (less("begins"), "", "never comes", None),
        (less("demand"), "", "does nothing", None),
        (SHOCK | {"demand": STATED | {"value": "-120 %"}}, "demand", "bounds", None),
        (SHOCK | {"demand": STATED | {"value": "-100 %"}}, "demand", "bounds", None),
        (SHOCK | {"churn": {"price": STATED | {"value": "-100 %"}}}, "churn.price", "bounds", None),
        (SHOCK | {"satisfaction": STATED | {"value": -120}}, "satisfaction", "bounds", None),
        (SHOCK | {"lasts": "0 weeks"}, "lasts", "more than 0", None),
        (SHOCK | {"fades": "-1 week"}, "fades", "bounds", None),
        (SHOCK | {"largest": 0}, "largest", "at least 1", None),
        (SHOCK | {"largest": 1201}, "largest", "more than there are customers", None),
        (SHOCK | {"leaves": 1500}, "leaves", "at most", None),
        (SHOCK | {"cause": "price"}, "cause", "nobody leaves at once", None),
        (SHOCK | {"leaves": 1, "cause": "bankrupcy"}, "cause", "not one of the words", "bankruptcy"),
        (SHOCK | {"buffer": STATED | {"value": -1}}, "buffer", "bounds", None),
        (SHOCK | {"last": "3 weeks"}, "last", "unknown key", "lasts"),
    ],
)
def test_a_wrong_key_is_told_with_its_place(content, path, text, near):
    found = faults(("downturn", content))
    wanted = f"shocks.downturn.{path}" if path else "shocks.downturn"
    here = [problem for problem in found if problem.path == wanted]
    assert here, [(problem.path, problem.message) for problem in found]
    told = f"{here[0].message} {here[0].allowed or ''}"
    assert text in told, told
    if near:
        assert (here[0].nearest or "").rpartition(".")[2] == near


def test_all_faults_at_once():
    found = faults(
        ("a", SHOCK | {"begins": "2025-01-06", "regions": ["Eats"], "largest": 5000}),
        ("b", less("begins")),
        ("c", less("demand") | {"rate": STATED}),
    )
    assert {problem.path for problem in found} == {
        "shocks.a.begins", "shocks.a.regions.0", "shocks.a.largest", "shocks.b", "shocks.c",
    }  # fmt: skip


def test_a_fault_names_file_and_line(tmp_path):
    text = (
        "preset: machinery\nname: x\nstart: 2026-01-05\ncustomers: 100\n"
        "baseline: {revenue: 10 m / year, margin: 20 %, churn: 10 %, satisfaction: 70}\n"
        "tiers: {S: {share: 5 %}, A: {share: 15 %}, B: {share: 30 %}, C: {share: rest}}\n"
        "budget: {yearly: 1 m / year, split: {S+A: 60 %, B: 30 %, C: rest}}\n"
        "shocks:\n  flood:\n    begins: 2026-03-01\n    satisfaction: -5\n    regions: [Esat]\n"
    )
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(ScenarioError) as error:
        load(tmp_path / "x.yaml")
    (problem,) = error.value.problems
    assert problem.line == 12 and problem.nearest == "East"


def test_dates_and_times_are_read_and_written_back():
    shocks = {
        "shocks.a": SHOCK | {"begins": date(2026, 10, 7)},
        "shocks.b": SHOCK | {"begins": "2026-10-07"},
        "shocks.c": SHOCK,
        "shocks.d": less("begins") | {"rate": "0.2 / year", "leaves": 2},
    }
    s = load("machinery", shocks)
    assert s.shocks["a"].begins == s.shocks["b"].begins == date(2026, 10, 7)
    assert s.shocks["c"].begins == 39.0
    assert s.shocks["d"].rate.central == 0.2
    again = ts.Scenario.model_validate(_tree(resolved_yaml(s)), context={"currency": "CNY"})
    assert again.shocks == s.shocks


def _tree(text):
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text)


def test_the_page_has_every_key():
    from pathlib import Path

    from tiersim.scenario.shocks import Shock

    page = (Path(__file__).parents[2] / "docs" / "shocks.md").read_text(encoding="utf-8")
    for key in Shock.model_fields:
        assert f"`shocks.SHOCK.{key}" in page, key
