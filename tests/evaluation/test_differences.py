"""What the plan does otherwise than today, and a scenario otherwise than its preset."""

from __future__ import annotations

from pathlib import Path

from tiersim.evaluation.differences import differences, policy_differences, preset_differences
from tiersim.scenario.load import load, loads

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_policies_differ_in_what_they_say():
    s = load(
        "machinery",
        {
            "policies.tiered.strategies": {"nurturing": False},
            "policies.tiered.tiers.S": {"contact_every": "2 weeks"},
        },
    )
    rows = {row.path: (row.was, row.now) for row in policy_differences(s, "today", "tiered")}
    assert rows["care"] == ("informal", "tiered")
    assert rows["knowledge_base"] == ("false", "true")
    assert rows["strategies.nurturing"] == (None, "false")
    assert rows["tiers.S.contact_every"] == (None, "fortnightly")
    assert not any("description" in path for path in rows)
    assert policy_differences(s, "tiered", "tiered") == []


def test_overrides_stand_beside_what_the_preset_says():
    s = load(
        "machinery",
        {"money.discount_rate": 0.1, "population.ticket_rate": "9 / year", "staff.salary": "200 k / year"},
    )
    rows = {row.path: row for row in preset_differences(s)}
    assert rows["population.ticket_rate"].was.startswith("pert (low 4 / year")
    assert rows["population.ticket_rate"].now == "9 / year"
    assert rows["baseline.churn"].was is None and rows["baseline.churn"].now == "12 %"
    # The preset leaves it at the default, which no file says.
    assert rows["money.discount_rate"].now == "10 %"
    assert not {"name", "description", "referral.rate"} & set(rows)


def test_another_spelling_of_the_same_is_no_difference():
    text = (SCENARIOS / "machinery.yaml").read_text(encoding="utf-8")
    same = loads(text + "population: {demand_memory: {value: 12 months, source: x, grade: assumed}}\n")
    assert "population.demand_memory" not in {row.path for row in preset_differences(same)}
    other = loads(text + "population: {demand_memory: 2 years}\n")
    row = next(row for row in preset_differences(other) if row.path == "population.demand_memory")
    assert (row.was, row.now) == ("1 year", "2 years")


def test_a_preset_on_a_preset_is_the_one_that_was_named():
    rows = {row.path for row in preset_differences(load("placebo"))}
    assert rows and not any(path.startswith(("strategies", "attention")) for path in rows)
    assert rows <= {row.path for row in preset_differences(load("machinery"))} | {"currency"}


def test_every_scenario_of_the_package_can_be_told():
    for file in sorted(SCENARIOS.glob("*.yaml")):
        s = load(file)
        rows = differences(s, s.compare[0], s.compare[-1])
        assert any(row.of == "scenario" for row in rows), file.name
        for row in rows:
            assert row.was != row.now and row.path, file.name
