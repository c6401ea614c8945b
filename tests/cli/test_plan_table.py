"""The command `plan`."""

from __future__ import annotations

from tiersim.cli.plan import print_plan
from tiersim.evaluation.execution import execution_plan
from tiersim.scenario.load import load


def test_the_table_has_who_when_resources_and_effect(capsys):
    rows = [{"what": "nurturing", "who": "sales lead", "from": "2026-04-06", "to": "2026-12-30",
             "resources": "40 sessions", "expects": "share of wallet +8 %"}]  # fmt: skip
    print_plan(load("machinery", {"plan": rows}))
    shown = capsys.readouterr().out
    for text in ("sales lead", "2026-04-06 to 2027-01-04", "39", "40 sessions", "+8 %", "all the time",
                 "moved to the next"):  # fmt: skip
        assert text in shown
    print_plan(load("machinery"))
    assert "every strategy runs from the start" in capsys.readouterr().out


def test_a_row_is_told_under_the_policies_that_have_its_strategy(capsys):
    row = {"what": ["nurturing"], "who": "sales", "from": "2026-04-06", "to": "2026-12-28"}
    without = {"care": "tiered", "strategies": {"nurturing": False}}
    scenario = load("machinery", {"plan": [row], "policies.without": without})
    assert [entry.policies for entry in execution_plan(scenario)] == ["uniform, tiered"]
    print_plan(scenario)
    shown = " ".join(capsys.readouterr().out.split())
    assert "uniform, tiered" in shown and "without" not in shown
    both = {**row, "what": ["nurturing", "executive visits"]}
    (entry,) = execution_plan(load("machinery", {"plan": [both], "policies.without": without}))
    assert entry.policies == "uniform, tiered, without (only executive visits)"
    (entry,) = execution_plan(load("machinery", {"plan": [{**row, "policies": ["tiered"]}]}))
    assert entry.policies == "tiered"
