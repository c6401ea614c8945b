"""Faults of the execution plan, all told at once; reading and writing it."""

from __future__ import annotations

import pytest

from tiersim.errors import ScenarioError
from tiersim.scenario.load import load
from tiersim.scenario.write import resolved_yaml

GOOD = {"what": "nurturing", "who": "sales lead", "from": "2026-04-06", "to": "2026-12-28",
        "resources": "40 sessions", "expects": "share of wallet +8 %"}  # fmt: skip


def test_it_is_written_as_it_is_read(tmp_path):
    s = load("machinery", {"plan": [GOOD, {**GOOD, "from": "2027-01-05", "to": "2027-03-01"}]})
    assert s.plan[0].what == ["nurturing"] and s.plan[0].weeks(s.start) == (13, 51)
    assert s.plan[1].weeks(s.start) == (53, 60)  # 5 January 2027 is a Tuesday
    file = tmp_path / "again.yaml"
    file.write_text(resolved_yaml(s), encoding="utf-8")
    again = load(file)
    assert again.sha256 == s.sha256 and again.plan == s.plan
    moved = s.override({"plan": [{**GOOD, "to": "2026-12-21"}]})
    assert moved.plan[0].weeks(s.start) == (13, 50)


FAULTS = {
    "unknown strategy": ({"what": "nurtering"}, "plan.0.what.0", "no strategy"),
    "twice": ({"what": ["nurturing", "nurturing"]}, "plan.0.what.1", "twice"),
    "from after to": ({"from": "2027-01-04"}, "plan.0.from", "is after to"),
    "no week": ({"from": "2026-04-07", "to": "2026-04-10"}, "plan.0.from", "no week"),
    "before the start": ({"from": "2025-12-29"}, "plan.0.from", "before the start"),
    "after the end": ({"to": "2029-06-01"}, "plan.0.to", "after the end"),
    "long after": ({"from": "2029-05-01", "to": "2029-06-01"}, "plan.0.from", "after the end"),
    "unknown policy": ({"policies": ["tierd"]}, "plan.0.policies.0", "no policy"),
    "policy without it": ({"policies": ["today"]}, "plan.0.policies.0", "does not run"),
    "payment by policy": (
        {"what": "", "policies": ["tiered"]},
        "plan.0.policies",
        "payment",
    ),
    "no date": ({"to": "soon"}, "plan.0.to", "is not a date"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_names_its_place(name):
    change, path, text = FAULTS[name]
    if change.get("what") == "":
        change = {**change, "what": next(iter(load("machinery").one_off))}
    with pytest.raises(ScenarioError) as error:
        load("machinery", {"plan": [{**GOOD, **change}]})
    assert path in str(error.value) and text in str(error.value)


def test_rows_of_one_strategy_may_touch_but_not_overlap():
    touching = {**GOOD, "from": "2026-12-28", "to": "2027-02-01"}
    load("machinery", {"plan": [GOOD, touching]})
    other = {**GOOD, "policies": ["uniform"]}
    load("machinery", {"plan": [{**GOOD, "policies": ["tiered"]}, other]})
    with pytest.raises(ScenarioError, match="overlaps row 1"):
        load("machinery", {"plan": [GOOD, {**touching, "from": "2026-12-21"}]})
    with pytest.raises(ScenarioError, match="overlaps row 1"):
        load("machinery", {"plan": [GOOD, other]})


def test_all_faults_are_told_at_once():
    rows = [{**GOOD, "what": "nurtering"}, {**GOOD, "from": "2025-01-06"}, GOOD, GOOD]
    with pytest.raises(ScenarioError) as error:
        load("machinery", {"plan": rows})
    text = str(error.value)
    for path in ("plan.0.what", "plan.1.from", "plan.3.from"):
        assert path in text
    assert "nurturing" in text  # the nearest name
