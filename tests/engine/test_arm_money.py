"""Money of arms: of each group an arm has the part that its customers are of the group (R17)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tiersim.engine import ArmRule, Assignment, World
from tiersim.engine.assignment import Labels
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.policy.plan import budget_of
from tiersim.scenario.load import load

BASE = {"customers": 240, "horizon": "6 months", "run_out": "0 weeks"}


@cache
def company(budget="arm", staff="arm", yearly="16 m / year"):
    sharing = {"sharing.budget": budget, "sharing.staff": staff, "budget.yearly": yearly}
    scenario = load("machinery", {**BASE, **sharing})
    return scenario, prepare(scenario, 4, 0)


def funds(assignment, *keys):
    """Cap, and what strategies get, in cents, by arm and group, of the first quarter; and the simulation."""
    scenario, start = company(*keys)
    simulation = Simulation(scenario, start, World("test", assignment), 4, 0)
    with np.errstate(under="ignore"):
        table = simulation.run()["funds"]
    first = table["quarter"] == 0
    names = simulation.slots.group_names
    keys = zip(table["arm"][first].tolist(), (names[g] for g in table["group"][first]), strict=True)
    columns = zip(*(table[name][first].tolist() for name in ("cap", "strategies", "funded")), strict=True)
    return dict(zip(keys, columns, strict=True)), simulation


def whole(scenario):
    """Cents a quarter by group of the budget."""
    yearly, split = budget_of(scenario, scenario.policies["tiered"])
    return {group: round(25 * yearly * share) for group, share in split.items()}


def halves(tiers, share=0.5):
    """Of customers of these tiers a share is treated, of the others nobody."""
    _, start = company()
    order = np.argsort(start.state["birth"])
    birth, tier = start.state["birth"][order], start.state["tier_now"][order]
    arm = np.zeros(birth.size, int)
    for t in tiers:
        mine = np.flatnonzero(tier == t)
        arm[mine[: round(share * mine.size)]] = 1
    rules = (ArmRule("control", 0.5, ((0, "today"),)), ArmRule("treated", 0.5, ((0, "tiered"),)))
    return Assignment(rules, Labels(birth, arm, np.full(birth.size, -1))), arm, tier


def test_half_of_b_gets_half_of_bs_money_and_nobody_elses():
    assignment, arm, tier = halves([2])
    found, _ = funds(assignment)
    part = ((arm == 1) & (tier == 2)).sum() / (tier == 2).sum()
    assert part == pytest.approx(0.5, abs=0.01)
    wanted = whole(company()[0])
    assert found[1, "B"][0] == pytest.approx(wanted["B"] * part, abs=1)
    assert found[1, "S+A"][0] == found[1, "C"][0] == 0
    assert found[1, "S+A"][1] == 0


@pytest.mark.parametrize("share", [0.2, 0.5, 0.75])
def test_the_caps_of_arms_add_up_to_the_whole_cap(share):
    """Two arms under one policy have between them what one company has."""
    assignment, arm, tier = halves([0, 1, 2, 3], share)
    both = Assignment(
        (ArmRule("one", 0.5, ((0, "tiered"),)), ArmRule("other", 0.5, ((0, "tiered"),))), assignment.labels
    )
    found, _ = funds(both)
    wanted, groups = whole(company()[0]), {"S+A": [0, 1], "B": [2], "C": [3]}
    for group, cents in wanted.items():
        caps = [found[a, group][0] for a in (0, 1)]
        assert sum(caps) == pytest.approx(cents, abs=1)
        mine = np.isin(tier, groups[group])
        assert caps[1] == pytest.approx(cents * (arm[mine] == 1).mean(), abs=1)


def test_a_world_of_one_policy_has_the_whole_money():
    found, _ = funds(Assignment.everyone("tiered"))
    assert {group: row[0] for (_, group), row in found.items()} == pytest.approx(whole(company()[0]), abs=1)


def test_arms_that_share_everything_are_one_company():
    """Under one policy, with one budget and one staff, it is no matter into how many arms it is cut."""
    assignment, _, _ = halves([0, 1, 2, 3], 0.3)
    both = Assignment(
        (ArmRule("one", 0.5, ((0, "tiered"),)), ArmRule("other", 0.5, ((0, "tiered"),))), assignment.labels
    )
    cut, _ = funds(both, "all", "all")
    alone, _ = funds(Assignment.everyone("tiered"), "all", "all")
    assert {k[1]: v for k, v in cut.items()} == {k[1]: v for k, v in alone.items()}


def test_a_common_budget_funds_all_arms_alike():
    """One arm's people may cost more than its part: with `all` the others' money helps, with `arm` not."""
    assignment, _, _ = halves([0, 1, 2, 3], 0.2)
    both = Assignment(
        (ArmRule("one", 0.5, ((0, "tiered"),)), ArmRule("other", 0.5, ((0, "tiered"),))), assignment.labels
    )
    common, _ = funds(both, "all", "arm", "2 m / year")
    own, _ = funds(both, "arm", "arm", "2 m / year")
    for group in whole(company()[0]):
        assert common[0, group][2] == common[1, group][2]
        assert common[0, group][0] == own[0, group][0]
    assert any(own[0, group][2] != own[1, group][2] for group in whole(company()[0]))
