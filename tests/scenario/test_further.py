"""All faults of a file at once: those of single keys, and those between keys that can still be judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tiersim.errors import ScenarioError
from tiersim.scenario.assumption import STATED
from tiersim.scenario.further import further
from tiersim.scenario.load import load, loads, provenance_of
from tiersim.scenario.schema import Scenario

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
STARTER = """\
preset: machinery
name: Faults
start: 2026-01-05
horizon: 3 years
currency: CNY
customers: 1200
baseline: {revenue: 480 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
tiers:
  S: {share: 5 %, customers_per_manager: 5}
  A: {share: 15 %, customers_per_manager: 20}
  B: {share: 30 %, customers_per_manager: 30}
  C: {share: rest}
budget: {yearly: 16 m / year, split: {S+A: 80 %, B: 30 %, C: rest}}
strategies:
  visits:
    tiers: [X]
    channel: visits
    price: {value: 3 k / year, source: t, grade: assumed}
    effects: {order_rate: {pert: [0 %, 10 %, 40 %]}}
plan:
  - {what: [visits], from: 2026-09-06, to: 2026-04-06}
warning:
  rules: {r: {indicator: purchses, at_most: -20 %}}
shocks:
  s: {begins: 2025-01-01, lasts: 4 weeks, demand: {value: -20 %, source: t, grade: assumed}}
referral: {rate: {value: 3 / year, source: t, grade: assumed}}
"""
AT = {
    "budget.split": 13, "strategies.visits.tiers.0": 16, "strategies.visits.effects.order_rate": 19,
    "plan.0.from": 21, "warning.rules.r.indicator": 23, "shocks.s.begins": 25, "referral.rate": 26,
}  # fmt: skip


def test_faults_of_all_kinds_are_told_at_once_and_in_the_order_of_the_file() -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(STARTER)
    assert {problem.path: problem.line for problem in caught.value.problems} == AT
    assert list(AT) == [problem.path for problem in caught.value.problems]


@pytest.mark.parametrize("line", AT.values())
def test_each_is_told_alone_when_the_others_are_mended(line: int) -> None:
    """What is told beside the fault of one line is told without that fault too."""
    good = {13: STARTER.splitlines()[12].replace("80 %", "60 %"), 16: "    tiers: [A]",
            19: "    effects: {order_rate: {pert: [0 %, 10 %, 40 %], source: t, grade: assumed}}",
            21: "  - {what: [visits], from: 2026-04-06, to: 2026-09-06}",
            23: "  rules: {r: {indicator: purchases, at_most: -20 %}}",
            25: STARTER.splitlines()[24].replace("2025", "2027"),
            26: "referral: {rate: {value: 0.03 / year, source: t, grade: assumed}}"}  # fmt: skip
    lines = [text if i + 1 == line else good.get(i + 1, text) for i, text in enumerate(STARTER.splitlines())]
    with pytest.raises(ScenarioError) as caught:
        loads("\n".join(lines))
    assert [problem.line for problem in caught.value.problems] == [line]


def leaves(tree: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in inside:
        yield from leaves(child, (*path, key))
    if not isinstance(tree, (dict, list)):
        yield path


def spoilt(tree: object, path: tuple[str | int, ...]) -> object:
    if not path:
        return "§ no value"
    if isinstance(tree, list):
        return [spoilt(child, path[1:]) if i == path[0] else child for i, child in enumerate(tree)]
    assert isinstance(tree, dict)
    return {key: spoilt(child, path[1:]) if key == path[0] else child for key, child in tree.items()}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_one_spoilt_value_of_a_good_scenario_makes_no_other_key_wrong(path: Path) -> None:
    scenario = load(path)
    provenance = provenance_of(scenario)
    context = {"currency": scenario.currency, "stated": STATED}
    own = {key for key, (file, _) in provenance.items() if not file.startswith("preset ")}
    for leaf in leaves(provenance.tree):
        dotted = ".".join(map(str, leaf))
        if dotted in own and leaf[0] not in ("name", "description"):
            found = further(Scenario, spoilt(provenance.tree, leaf), context, provenance)  # type: ignore[arg-type]
            # A name that does not exist is no fault of its form, and is told here.
            assert [str(problem) for problem in found if problem.path != dotted] == [], dotted
