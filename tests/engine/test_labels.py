"""Labels of a lot in a running world: refusal, crossing, delay that is paid for, newcomers by place."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.engine.worlds import differing, everyone

from tiersim.engine import ArmRule, Assignment, World
from tiersim.engine.accounts import ACCOUNTS
from tiersim.engine.assignment import UNTAKEN, Labels
from tiersim.engine.layout import N
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.scenario.load import load

SMALL = {"customers": 120, "horizon": "9 months", "run_out": "0 weeks"}
UNIFORM, TIERED = ((0, "uniform"),), ((0, "uniform"), (13, "tiered"))


@cache
def company(name="machinery"):
    scenario = load(name, SMALL)
    return scenario, prepare(scenario, 2, 0)


class Kept(Simulation):
    """Takes down who is under which policy each week, and how many people are paid."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.policy, self.people = [], []

    def _pay(self, week, offset):
        super()._pay(week, offset)
        n = int(self.memory["clock"][N])
        slot = self.memory["cell"][:n] // self.tiers
        policies = np.array([policy for policy, _ in self.slots.pairs])
        self.policy.append(dict(zip(self.memory["birth"][:n].tolist(), policies[slot].tolist(), strict=True)))
        self.people.append(sum(pool.target for pool in self.slots.pools[1:]))


def simulate(assignment, name="machinery"):
    scenario, start = company(name)
    simulation = Kept(scenario, start, World("test", assignment), 2, 0)
    with np.errstate(under="ignore"):
        return simulation, simulation.run()


def two(labels, paid_early=False, delay=0, first="uniform"):
    rules = (
        ArmRule("control", 1.0, ((0, first),), settled=1),  # and all newcomers
        ArmRule("treated", 0.0, ((0, first), (13, "tiered")), (), delay, (), 1),
    )
    return Assignment(rules, labels, paid_early)


def test_who_refuses_stays_under_the_controls_policy():
    births = np.sort(company()[1].state["birth"])
    arm, refuses = np.arange(births.size) % 2, np.arange(births.size) % 4 == 1
    simulation, tables = simulate(two(Labels(births, arm, np.where(refuses, UNTAKEN, -1))))
    before, after = simulation.policy[12], simulation.policy[14]
    assert {before[b] for b in births.tolist() if b in before} == {"uniform"}
    for b, treated, refused in zip(births.tolist(), arm == 1, refuses, strict=True):
        assert after.get(b, "gone") in ("gone", "tiered" if treated and not refused else "uniform")
    assert set(tables["kpis"]["arm"].tolist()) <= {0, 1}


def test_who_refuses_from_the_first_week_is_not_under_todays_care():
    births = np.sort(company()[1].state["birth"])
    rules = (
        ArmRule("control", 0.5, UNIFORM, settled=1),
        ArmRule("treated", 0.5, ((0, "uniform"), (0, "tiered")), settled=1),
    )
    delay = np.where(np.arange(births.size) % 3 == 0, UNTAKEN, -1)
    simulation, _ = simulate(Assignment(rules, Labels(births, np.ones(births.size, int), delay)))
    first = simulation.policy[0]
    assert [first[b] for b in births.tolist()] == ["uniform" if d > 0 else "tiered" for d in delay.tolist()]


def test_a_company_that_refuses_is_the_one_in_which_nobody_is_treated():
    """What it costs and brings too: who will never come is not paid for, with or without paid resistance."""
    scenario, start = company()
    with np.errstate(under="ignore"):
        never = Simulation(scenario, start, everyone("uniform"), 2, 0).run()
    births = np.sort(start.state["birth"])
    for paid in (False, True):
        labels = Labels(births, np.zeros(births.size, int), np.full(births.size, UNTAKEN))
        rule = ArmRule("uniform", 1.0, TIERED[:1], settled=1)
        _, tables = simulate(Assignment((rule,), labels, paid))
        assert differing(never, tables) == []


def test_a_late_customer_is_under_the_controls_care_until_its_week():
    births = np.sort(company()[1].state["birth"])
    delay = np.arange(births.size) % 7
    simulation, _ = simulate(two(Labels(births, np.ones(births.size, int), delay), delay=6))
    for week in (5, 12, 13, 15, 19, 25):
        now = simulation.policy[week]
        for b, wait in zip(births.tolist(), delay.tolist(), strict=True):
            if b in now:
                assert now[b] == ("tiered" if week >= 13 + wait else "uniform"), (week, wait)


def posted(tables, quarter, *names):
    ledger = tables["ledger"]
    accounts = [ACCOUNTS.index(name) for name in names]
    rows = np.isin(ledger["account"], accounts) & (ledger["order_quarter"] == quarter)
    return -ledger["cents"][rows].sum()


def test_resistance_is_paid_for_while_nobody_is_served():
    """Nobody changes over before week 26: with `paid` the people of the plan are there from its step on."""
    births = np.sort(company()[1].state["birth"])
    labels = Labels(births, np.ones(births.size, int), np.full(births.size, 13))
    # Delay counts from week 13, so that all change over in week 26; today's care is the control.
    worlds = {paid: simulate(two(labels, paid, 13, "today")) for paid in (False, True)}
    for simulation, _ in worlds.values():
        assert set(simulation.policy[25].values()) == {"today"}
        assert "tiered" in simulation.policy[26].values()
    assert not any(worlds[False][0].people[:26]) and worlds[False][0].people[26] > 0
    assert not any(worlds[True][0].people[:13]) and worlds[True][0].people[13] > 0
    for names in (("strategies",), ("hiring", "training")):
        early, late = (posted(worlds[paid][1], 1, *names) for paid in (True, False))
        assert early > 2 * late
        assert posted(worlds[True][1], 0, *names) == posted(worlds[False][1], 0, *names)
    assert posted(worlds[False][1], 1, "strategies") == 0 < posted(worlds[False][1], 2, "strategies")


def test_the_people_of_a_step_are_planned_in_its_week_although_nobody_has_moved():
    births = np.sort(company()[1].state["birth"])
    treated = ArmRule("treated", 0.0, ((0, "today"), (5, "tiered")), (), 9, (), 1)
    rules = (treated, ArmRule("newcomers", 1.0, ((0, "today"),)))
    labels = Labels(births, np.zeros(births.size, int), np.full(births.size, 8))
    simulation, _ = simulate(Assignment(rules, labels, True))
    assert simulation.people[4] == 0 and simulation.people[5] > 0
    assert set(simulation.policy[12].values()) == {"today"}


def test_newcomers_follow_the_rule_of_their_place():
    scenario, start = company("retail")
    regions, industries = list(scenario.population.regions), list(scenario.population.industries)
    births = np.sort(start.state["birth"])
    inside = ((regions[1], industries[0]), (regions[2], industries[2]))
    rules = (
        ArmRule("rest", 1.0, ((0, "today"),)),
        ArmRule("some", 0.0, ((0, "tiered"),), places=inside),
        ArmRule("whole", 0.0, ((0, "uniform"),), (regions[0],), 0, (industries[1],)),
    )
    labels = Labels(births, np.zeros(births.size, int), np.full(births.size, -1))
    simulation, _ = simulate(Assignment(rules, labels), "retail")
    memory, n = simulation.memory, int(simulation.memory["clock"][N])
    new = (~np.isin(memory["birth"][:n], births)) & (memory["referrer"].size > 0)
    code = memory["region"][:n].astype(int) * len(industries) + memory["industry"][:n]
    wanted = np.zeros(len(regions) * len(industries), int)
    wanted[[len(industries), 2 * len(industries) + 2]], wanted[1] = 1, 2
    came = new & (memory["entry_week"][:n] >= 0)
    assert came.sum() > 15
    own = memory["arm"][:n][came] == wanted[code[came]]
    # Who is brought by a customer is in its referrer's arm.
    assert own.mean() > 0.9
    assert (memory["arm"][:n][~new] == 0).all()


@pytest.mark.parametrize("part", [slice(None), slice(0, None, 3)])
def test_labels_are_put_by_name(part):
    births = np.arange(10, 50, dtype=np.uint64)
    labels = Labels(
        births[part], np.where(births % 2 == 0, 3, -1)[part], np.where(births % 5 == 0, 7, -1)[part]
    )
    who = np.array([49, 10, 12, 500, 11, 15, 25], np.uint64)
    arm, delay = np.full(7, 9), np.full(7, 2)
    labels.put(who, arm, delay)
    known = np.isin(who, births[part])
    assert arm.tolist() == np.where(known & (who % 2 == 0), 3, 9).tolist()
    assert delay.tolist() == np.where(known & (who % 5 == 0), 7, 2).tolist()
