"""What `run` says of its service desk is what the tables of the run hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.runs import fake_engine

from tiersim.cli.desk import print_desk
from tiersim.cli.printing import numbers
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_worlds
from tiersim.scenario.load import load


@pytest.fixture(scope="module")
def run():
    scenario = load("machinery", {"customers": 400})
    plan = [WorldPlan("tiered", "tiered")]
    return run_worlds(scenario, plan, 2, 1, "full", 1, False, store=None, engine=fake_engine.replicate)[0]


def said(run, capsys):
    print_desk(run, numbers("CNY"))
    return capsys.readouterr().out


def cells(text, label):
    """Cells of the line of a table that begins with `label`, units beside their number."""
    [line] = [line for line in text.splitlines() if line.startswith(f"{label} ")]
    return line.removeprefix(label).replace(" %", "%").replace(" h", "h").split()


def changed(run, table, **columns):
    return replace(run, data=run.data | {table: run.data[table] | columns})


def test_service_by_tier_and_people_by_team(run, capsys):
    text = said(run, capsys)
    assert cells(text, "A") == ["80", "70%", "2h", "6h", "70%", "25%", "2"]
    assert cells(text, "C") == ["80", "70%", "2h", "6h", "0%", "100%", "2"]
    # 6 of 8 end solved in three tiers, none of 2 in the fourth.
    assert cells(text, "all") == ["320", "70%", "2h", "6h", "52.5%", "31%", "8"]
    assert cells(text, "team managers") == ["10.1", "70%", "50%", "15%", "5%", "2.5", "8"]
    assert cells(text, "team agents")[0] == "4.08"
    assert "without end" not in text


def test_tiers_under_several_policies_carry_their_policy(run, capsys):
    policy = run.data["desk"]["policy"].copy()
    policy[run.data["desk"]["quarter"] < 6] = run.names["policies"].index("today")
    text = said(changed(run, "desk", policy=policy), capsys)
    assert cells(text, "A, tiered")[0] == cells(text, "A, today")[0] == "40"
    assert cells(text, "all")[0] == "320"


def test_queues_without_end_and_teams_without_people_are_findings(run, capsys):
    staff = run.data["staff"]
    hours = np.where(staff["pool"] == 0, 25.0 * staff["quarter"], 0.0)
    text = said(changed(run, "staff", backlog_hours=hours), capsys)
    assert (
        "The queue of team managers grows without end in 100 % of the outcomes: at the end of the plan 3.6 "
        "weeks of work for all its people wait." in text.replace("\n", " ")
    )
    text = said(changed(run, "staff", backlog_hours=hours, present_hours=0.0 * hours), capsys)
    assert "Team managers has nobody left in 100 % of the outcomes, and 280 hours of work wait" in text


def test_hours_that_nobody_knows_are_not_zero(run, capsys):
    desk = run.data["desk"]
    none = changed(run, "desk", answered=0 * desk["answered"], answer_p90_hours=np.nan * desk["sort_hours"])
    assert cells(said(none, capsys), "A")[2:4] == ["n/a", "n/a"]


def test_nothing_is_said_where_no_request_came_to_people(run, capsys):
    empty = {name: values[:0] for name, values in run.data["desk"].items()}
    assert said(replace(run, data=run.data | {"desk": empty}), capsys) == ""
