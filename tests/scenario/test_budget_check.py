"""Bad input on money, exit and incentives: one clear message each, with the nearest name, all at once."""

from __future__ import annotations

import pytest

from tiersim.errors import ScenarioError
from tiersim.scenario.load import load, loads
from tiersim.scenario.write import resolved_tree, to_yaml


def sure(value):
    return {"value": value, "source": "test", "grade": "assumed"}


BOT = {"cost": sure("100 k"), "gives": {"bot": {"C": "60 %"}}}
TIED = {"tied": "20 %", "to": "retention"}


def rule(group="B", take="C", **more):
    return [{"when": {"group": group, "purchases": "+10 %"}, "move": "5 %", "take_from": take, **more}]


FAULTS = [
    ({"budget.split": {"S+A": "60 %", "B": "45 %", "C": "10 %"}}, "budget.split", "sum to 115 %", None),
    ({"budget.innovation": {"share": "5 %", "strategies": ["nurtring"]}},
     "budget.innovation.strategies.0", "no strategy", "nurturing"),
    ({"budget.innovation": {"share": "100 %", "strategies": ["nurturing"]}},
     "budget.innovation.share", "leaves nothing for the split", None),
    ({"budget.innovation": {"share": "5 %"}}, "budget.innovation", "pays for nothing", None),
    ({"budget.innovation": {"share": "130 %", "strategies": ["nurturing"]}},
     "budget.innovation.share", "outside its bounds", None),
    ({"budget.review": rule("BB")}, "budget.review.0.when.group", "no group of the split", "B"),
    ({"budget.review": rule("S")}, "budget.review.0.when.group", "no group of the split", None),
    ({"budget.review": rule(take="D")}, "budget.review.0.take_from", "no group of the split", None),
    ({"budget.review": rule(give_to="CC")}, "budget.review.0.give_to", "no group of the split", "C"),
    ({"budget.review": rule(take="B")}, "budget.review.0.take_from", "to itself", None),
    ({"budget.review": rule(name="freed")}, "budget.review.0.name", "table itself uses", None),
    ({"budget.review": rule(name="x") + rule(name="x")}, "budget.review.1.name", "twice", None),
    ({"budget.review": [{"when": {"group": "B"}, "move": "5 %", "take_from": "C"}]},
     "budget.review.0.when", "asks nothing", None),
    ({"budget.review": [{"when": {"group": "B", "margin": "5 %", "over": "20 weeks"}, "move": "5 %",
                         "take_from": "C"}]}, "budget.review.0.when.over", "whole quarters", None),
    ({"budget.freed_to": "D"}, "budget.freed_to", "no group of the split", None),
    ({"budget.carry_over": "120 %"}, "budget.carry_over", "outside its bounds", None),
    ({"budget.investments": {"bot": BOT | {"gives": {"bot": {"CC": "60 %"}}}}},
     "budget.investments.bot.gives.bot.CC", "no tier", "C"),
    ({"budget.investments": {"bot": BOT | {"after": "4 years"}}}, "budget.investments.bot.after",
     "after the plan's end", None),
    ({"budget.investments": {"bot": BOT | {"gives": {}}}}, "budget.investments.bot.gives",
     "gives nothing", None),
    ({"budget.investments": {"p": BOT | {"gives": {"data": {"errors": sure("-60 %")}}}}},
     "budget.investments.p.gives.data", "records are without errors", None),
    ({"data.wrong": sure("5 %"),
      "budget.investments": {"p": BOT | {"gives": {"data": {"found": sure("60 %")}}}}},
     "budget.investments.p.gives.data.found", "without data.cleaning", None),
    ({"policies.tiered.budget": {"investments": {"bto": False}}, "budget.investments": {"bot": BOT}},
     "policies.tiered.budget.investments.bto", "no investment", "bot"),
    ({"policies.tiered.budget": {"split": {"S": "40 %", "A": "20 %", "B": "30 %", "C": "rest"}},
      "budget.freed_to": "S+A"}, "policies.tiered.budget.split", "rules of its own", None),
    ({"policies.uniform.budget": {"freed_to": "B"}}, "policies.uniform.budget.freed_to", "one purse", None),
    ({"policies.today.budget": {"carry_over": "10 %"}}, "policies.today.budget", "not planned", None),
    ({"exit": {"spares": ["AA"]}}, "exit.spares.0", "no tier", "A"),
    ({"exit": {"spares": ["S", "A", "B"]}}, "exit.spares", "spares everybody", None),
    ({"exit": {"then": "sell"}}, "exit.then", "self_service", None),
    ({"policies.tiered.incentives": TIED}, "policies.tiered.incentives", "needs the section incentive", None),
    ({"incentive": {}, "policies.today.incentives": TIED}, "policies.today.incentives", "informal", None),
    ({"incentive": {}, "policies.tiered.incentives": TIED | {"tied": "120 %"}},
     "policies.tiered.incentives.tied", "outside its bounds", None),
    ({"incentive": {}, "policies.tiered.incentives": TIED | {"to": "retntion"}},
     "policies.tiered.incentives.to", "retention", None),
]  # fmt: skip


@pytest.mark.parametrize("changes, path, word, near", FAULTS, ids=[f"{f[1]}: {f[2]}" for f in FAULTS])
def test_each_fault_is_told_at_its_key(changes, path, word, near):
    with pytest.raises(ScenarioError) as caught:
        load("machinery", changes)
    mine = [problem for problem in caught.value.problems if problem.path == path]
    assert mine, [str(problem) for problem in caught.value.problems]
    assert any(word in str(problem) for problem in mine), [str(problem) for problem in mine]
    if near is not None:
        assert any(problem.nearest == near for problem in mine)


TEXT = """\
preset: machinery
name: All wrong
start: 2026-01-05
customers: 1200
baseline: {revenue: 480 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
tiers: {S: {share: 5 %}, A: {share: 15 %}, B: {share: 30 %}, C: {share: rest}}
budget:
  yearly: 16 m / year
  split: {S+A: 60 %, B: 30 %, C: rest}
  freed_to: D
  innovation: {share: 5 %, strategies: [nurtring]}
  review:
    - {when: {group: BB, purchases: +10 %}, move: 5 %, take_from: C}
exit: {spares: [AA]}
policies:
  tiered:
    incentives: {tied: 20 %, to: retention}
"""


def test_all_at_once_with_their_lines(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    found = {problem.path: problem.line for problem in caught.value.problems}
    lines = TEXT.splitlines()
    for path, word in (
        ("budget.freed_to", "freed_to"), ("budget.innovation.strategies.0", "innovation"),
        ("budget.review.0.when.group", "BB"), ("exit.spares.0", "spares"),
        ("policies.tiered.incentives", "incentives"),
    ):  # fmt: skip
        assert word in lines[found[path] - 1], (path, found)


def test_what_is_read_is_written_and_read_again():
    changes = {
        "budget.innovation": {"share": "5 %", "strategies": ["nurturing"]}, "budget.carry_over": "50 %",
        "budget.review": rule(name="B grows"), "budget.follow_value": "50 %", "budget.freed_to": "B",
        "budget.investments": {"bot": BOT}, "exit": {"spares": ["S"]}, "incentive": {},
        "policies.tiered.incentives": TIED,
        "policies.tiered.budget": {"freed_to": False, "investments": {"bot": False}},
    }  # fmt: skip
    scenario = load("machinery", changes)
    again = loads(to_yaml(resolved_tree(scenario)))
    assert again == scenario and again.budget == scenario.budget
