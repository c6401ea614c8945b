"""What the keys of the service desk must say together, and hostile values in them."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scenario.hostile import load_or_be_told, paths_of

from tiersim.scenario.desk import (
    Crisis,
    CrisisResponse,
    Departments,
    Desk,
    Knowledge,
    Overflow,
    Requests,
    Target,
    Topsis,
)
from tiersim.scenario.load import load, loads
from tiersim.scenario.service import Package, Staff
from tiersim.scenario.write import resolved_tree, to_yaml

WAVE = {"begins": "1 year", "customers": "20 %", "damage": 5, "mended": "50 %"}
NONE_ASKED = {f"service.classes.{kind}.frequency": 0
              for kind in ("standard", "technical", "commercial", "complaint")}  # fmt: skip

FAULTS = [
    ({"tiers.A.overflow": {"after": "4 h", "to": "A"}}, "tiers.A.overflow.to", "itself", None),
    ({"tiers.A.overflow": {"after": "4 h", "to": "BB"}}, "tiers.A.overflow.to", "no tier", "B"),
    ({"policies.tiered.tiers": {"A": {"overflow": {"after": "4 h", "to": "A"}}}},
     "policies.tiered.tiers.A.overflow.to", "itself", None),
    ({"policies.uniform.package": {"overflow": {"after": "4 h", "to": "A"}}},
     "policies.uniform.package.overflow", "no effect in one package", None),
    ({"policies.uniform.package": {"targets": {"complaint": {"answer_within": "2 h"}}}},
     "policies.uniform.package.targets", "no effect in one package", None),
    ({"desk.priority": "grid", "desk.important": ["S", "AA"]}, "desk.important.1", "no tier", "A"),
    ({"desk.priority": "grid", "desk.important": ["S", "S"]}, "desk.important.1", "S twice", None),
    ({"desk.important": ["S"]}, "desk.important", "no effect under priority: tier", None),
    ({"desk.topsis.value": 0.9}, "desk.topsis", "no effect under priority: tier", None),
    ({"desk.priority": "topsis", "desk.topsis.industries": {"Minning": 0.9}},
     "desk.topsis.industries.Minning", "no industry", "Mining"),
    ({"desk.priority": "topsis", "desk.topsis": {"value": 0, "fit": 0, "feasibility": 0}}, "desk.topsis",
     "only weights of 0", None),
    (NONE_ASKED, "service.classes", "frequency 0", None),
    ({"service.classes.complaint": None, "tiers.A.targets": {"complaint": {"solve_within": "20 h"}}},
     "tiers.A.targets.complaint", "service.classes does not have", None),
    ({"tiers.A.targets": {"technical": {}}}, "tiers.A.targets.technical", "is empty", None),
    ({"tiers.A.targets": {"technical": {"answer_within": "90 h"}}}, "tiers.A.targets.technical.answer_within",
     "later than the solution (24 h)", None),
    ({"tiers.A.targets": {"technical": {"solve_within": "1 h"}}}, "tiers.A.targets.technical.solve_within",
     "within 4 h, later than the solution (1 h)", None),
    ({"tiers.C.answer_within": "30 h"}, "tiers.C.answer_within", "later than the solution (24 h)", None),
    ({"policies.tiered.tiers": {"C": {"solve_within": "10 h"}}}, "policies.tiered.tiers.C.solve_within",
     "within 16 h, later than the solution (10 h)", None),
    ({"policies.uniform.package": {"answer_within": "9 h", "solve_within": "8 h"}},
     "policies.uniform.package.answer_within", "later than the solution", None),
    ({"today.solve_within": "4 h"}, "today.answer_within", "later than the solution (4 h)", None),
    ({"tiers.S.round_the_clock": False, "staff.hours": "45 h / week"}, "staff.hours",
     "more than the office is open", None),
    ({"staff.hire_ahead": "10 weeks"}, "staff.hire_ahead", "longer than hiring takes", None),
    ({"tiers.S.round_the_clock": False, "desk.on_duty": 2}, "desk.on_duty", "no tier is served", None),
    ({"policies.today.weekly_meeting": True}, "policies.today.weekly_meeting",
     "no effect under informal", None),
    ({"crises.wave": WAVE | {"begins": "3 years"}}, "crises.wave.begins", "after the plan's end", None),
    ({"crises.wave": WAVE | {"regions": ["Eats"]}}, "crises.wave.regions.0", "no region", "East"),
    ({"crises.wave": WAVE | {"industries": ["Mining", "Mining"]}}, "crises.wave.industries.1",
     "Mining twice", None),
    ({"crises.wave": WAVE | {"customers": 0.0001}}, "crises.wave", "reaches nobody", None),
    ({"crises.wave": WAVE | {"regions": ["West"]}, "population.regions": {"East": "100 %", "South": 0,
      "North": 0, "Central": 0, "West": 0}}, "crises.wave", "reaches nobody", None),
    ({"crises.wave": WAVE, "service.classes.technical": None}, "crises.wave",
     "needs technical among service.classes", None),
    ({"crises.wave": WAVE, "service.classes.complaint": None, "tiers.A.targets": None}, "crises.wave",
     "needs complaint among service.classes", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def base():
    """The machinery starter with the desk's wishes taken away, so that each test says its own."""
    plain = {
        f"tiers.{tier}.{key}": None
        for tier in "SABC"
        for key in ("targets", "overflow", "follow_up", "self_service")
    }
    return load("machinery", {key: value for key, value in plain.items() if _has(key)})


def _has(path: str) -> bool:
    here: object = resolved_tree(load("machinery"))
    for key in path.split("."):
        if not isinstance(here, dict) or key not in here:
            return False
        here = here[key]
    return here is not None


@pytest.mark.parametrize(
    ("changes", "path", "word", "near"), FAULTS, ids=[f"{p}-{w}" for _, p, w, _ in FAULTS]
)
def test_each_rule_finds_its_fault(base, refused, changes, path, word, near):
    found = [problem for problem in refused(base.override, changes) if problem.path == path]
    assert len(found) == 1
    assert word in str(found[0])
    assert found[0].nearest == near


@pytest.mark.parametrize(("changes", "path", "word"), [
    ({"tiers.A.customers_per_manager": 0}, "tiers.A.customers_per_manager", "0"),
    ({"tiers.A.answer_within": "0 h"}, "tiers.A.answer_within", "must be more than 0"),
    ({"today.solve_within": "0 h"}, "today.solve_within", "must be more than 0"),
    ({"tiers.A.team": "regions"}, "tiers.A.team", "region"),
    ({"desk.piece": "0 min"}, "desk.piece", "at least"),
    ({"desk.on_duty": 0}, "desk.on_duty", "at least"),
    ({"desk.priority": "teir"}, "desk.priority", "tier"),
    ({"desk.opening": []}, "desk.opening", "at least 1 entry"),
    ({"desk.closed": ["2026-02-30"]}, "desk.closed.0", "date"),
    ({"service.classes": None}, "service.classes", "missing"),
    ({"service.classes.question": {"frequency": 1}}, "service.classes.question", "standard"),
    ({"service.classes.standard.work": 0}, "service.classes.standard.work", "more than 0"),
    ({"service.departments.rest": 0}, "service.departments.rest", "more than 0"),
    ({"crises.wave": WAVE | {"lasts": "0 weeks"}}, "crises.wave.lasts", "more than 0"),
    ({"crises.wave": WAVE | {"customers": 0}}, "crises.wave.customers", "more than 0"),
])  # fmt: skip
def test_a_value_that_cannot_be_is_told_well(base, refused, changes, path, word):
    [problem] = refused(base.override, changes)
    assert problem.path == path
    assert word in str(problem)


def test_all_faults_at_once(base, refused):
    changes = {"tiers.A.overflow": {"after": "4 h", "to": "A"}, "desk.important": ["X"],
               "crises.wave": WAVE | {"regions": ["Eats"], "begins": "9 years"}}  # fmt: skip
    paths = {problem.path for problem in refused(base.override, changes)}
    assert paths == {"tiers.A.overflow.to", "desk.important", "desk.important.0", "crises.wave.begins",
                     "crises.wave.regions.0"}  # fmt: skip


@pytest.mark.parametrize("changes", [
    {"tiers.A.overflow": {"after": "0 h", "to": "C"}},
    {"tiers.A.follow_up": "24 h"},
    {"tiers.C.self_service": "40 %"},
    {"tiers.A.targets": {"technical": {"answer_within": "2 h"}, "complaint": {"solve_within": "8 h"}}},
    {"tiers.A.answer_within": "30 h", "tiers.A.solve_within": "30 h"},
    {"desk.priority": "grid", "desk.important": ["S", "A", "B", "C"]},
    {"desk.priority": "topsis", "desk.topsis": {"industries": {"Mining": "90 %"}, "fit": 1}},
    {"desk.opening": ["Mon-Sun 0:00-24:00"], "staff.hours": "60 h / week"},
    {"staff.hours": "45 h / week"},  # S answers round the clock
    {"desk.on_duty": 3},
    {"population.ticket_rate": 0},
    NONE_ASKED | {"service.classes.standard.frequency": 3},
    {"population.regions": {"East": "100 %", "South": 0, "North": 0, "Central": 0, "West": 0}},
    {"crises.wave": WAVE | {"regions": ["West"], "industries": ["Ports"]}},
    {"policies.tiered.crisis": {"prevent": "50 %"}},
])  # fmt: skip
def test_what_fits_together_is_accepted(base, changes):
    assert base.override(changes) != base


def test_the_guide_names_every_key():
    """docs/desk.md has a row for every key of the desk's sections."""
    guide = (Path(__file__).parents[2] / "docs/desk.md").read_text(encoding="utf-8")
    for model, prefix in (
        (Desk, "desk"), (Topsis, "desk.topsis"), (Requests, "service.classes.CLASS"),
        (Departments, "service.departments"), (Knowledge, "service.knowledge"), (Package, "tiers.TIER"),
        (Overflow, "tiers.TIER.overflow"), (Target, "tiers.TIER.targets.CLASS"), (Staff, "staff"),
        (CrisisResponse, "policies.POLICY.crisis"), (Crisis, "crises.WAVE"),
    ):  # fmt: skip
        for key in model.model_fields:
            path = f"{prefix}.{key}"
            assert f"`{path}`" in guide or f"`{path}." in guide, path


ODD = [
    None, True, [], {}, [[]], {"a": {}}, "", "rest", "nan", "5 kg", "-1 h", "0 h", "1 h", "9000 h", "北",
    "S", "Mon 9:00-17:00", "2026-02-30", float("nan"), float("inf"), -1, 0, 1e-300, 1, 7, 1e300, 10**30,
    {"value": 0}, {"pert": [0, 0, 0], "source": "x", "grade": "assumed"},
    {"normal": [0, 1e9], "source": "x", "grade": "assumed"}, {"after": "1 h", "to": "S"},
    {"standard": {}}, {"technical": {"answer_within": "1 h"}}, ["S", "S"], ["Mon 9:00-8:00", 3],
]  # fmt: skip
SECTIONS = ("desk", "service", "crises", "today", "staff", "tiers", "policies")


@pytest.fixture(scope="module")
def rich(base):
    changes = {
        "crises.wave": WAVE | {"regions": ["East"], "industries": ["Mining"]},
        "tiers.A.overflow": {"after": "4 h", "to": "B"},
        "tiers.A.targets": {"complaint": {"answer_within": "2 h", "solve_within": "20 h"}},
        "desk.closed": ["2026-02-17"], "desk.priority": "grid", "desk.important": ["S"],
    }  # fmt: skip
    return resolved_tree(base.override(changes))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_mutated_desks_load_or_are_refused_clearly(rich, seed):
    rng, tree = random.Random(seed), copy.deepcopy(rich)
    for _ in range(rng.randint(1, 4)):
        section = rng.choice([name for name in SECTIONS if isinstance(tree.get(name), dict)] or ["name"])
        *above, last = rng.choice([(section, *path) for path in paths_of(tree[section])] or [(section,)])
        here = tree
        for key in above:
            here = here[key]
        kind = rng.choice(["replace", "replace", "replace", "delete", "rename"])
        if kind == "delete":
            del here[last]
        elif kind == "rename" and isinstance(here, dict):
            here[f"{last}x"] = here.pop(last)
        else:
            here[last] = copy.deepcopy(rng.choice(ODD))
    load_or_be_told(lambda: loads(to_yaml(tree), "my.yaml"), "my.yaml")
