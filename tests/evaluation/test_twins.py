"""Twins of the plan: what they are, and that without effects a lever loses exactly what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from tiersim.evaluation.marginal import STEP, budget_changes, marginal
from tiersim.evaluation.npv import money_by_account, spending
from tiersim.evaluation.roi import roi_findings
from tiersim.evaluation.strategy_worth import levers, strategy_worth
from tiersim.evaluation.twins import run_twins, twin_replications, with_twins
from tiersim.policy.plan import budget_of
from tiersim.runs import compare
from tiersim.scenario.load import load, override

SMALL = {"customers": 200, "horizon": "1 year", "run_out": "26 weeks", "budget.yearly": "3 m / year"}


def made(name, **more):
    return compare(load(name, SMALL | more), replications=4, workers=1, store=None, progress=False)


@pytest.fixture(scope="module")
def placebo():
    return made("placebo")


@pytest.fixture(scope="module")
def machinery():
    return made("machinery")


def test_a_twin_without_a_difference_is_the_plan_itself(machinery):
    twin = run_twins(machinery, [{}], 4, workers=1, store=None, progress=False)[0]
    np.testing.assert_array_equal(twin.npv(), machinery.run("tiered").npv())


def test_a_strategy_without_effect_loses_exactly_its_cost(placebo):
    rows = strategy_worth(placebo, 4, workers=1, store=None, progress=False)
    strategies = [row for row in rows if row.kind == "strategy"]
    assert [row.name for row in strategies] == list(placebo.scenario.strategies)
    assert sum(row.cost > 0 for row in strategies) >= 3
    for row in strategies:
        assert row.gain.mean == pytest.approx(-row.cost, abs=0.01), row.name
        assert row.break_even is None
        assert row.gain.high <= 0.0


def test_spending_is_that_of_the_ledger(machinery):
    name = next(iter(machinery.scenario.strategies))
    row = strategy_worth(machinery, 2, workers=1, store=None, progress=False)[0]
    assert row.name == name and row.tiers == machinery.scenario.strategies[name].tiers
    without = override(machinery.scenario, {"policies.tiered.strategies": {name: False}})
    alone = compare(without, replications=2, workers=1, store=None, progress=False).run("tiered")
    plan = machinery.run("tiered")

    def spent(run):
        ledger = run.data["ledger"]
        keep = ledger["account"] == run.names["accounts"].index("strategies")
        keep &= (ledger["order_quarter"] < 4) & (ledger["replication"] < 2)
        return -ledger["cents"][keep].sum() / 200.0

    assert row.spent_yearly == pytest.approx(spent(plan) - spent(alone), abs=0.005)
    assert row.gain.mean == pytest.approx((plan.npv()[:2] - alone.npv()).mean(), abs=0.005)
    if row.break_even is not None:
        assert row.break_even == pytest.approx(row.cost / (row.cost + row.gain.mean))


@pytest.mark.parametrize(("budget", "taken_up"), [("1.5 m / year", True), ("20 m / year", False)])
def test_money_is_taken_up_by_others_only_where_wishes_are_cut(budget, taken_up):
    # Each strategy alone frees what it took of all; less, where the others of its group take the money up.
    placebo = made("placebo", **{"budget.yearly": budget})
    rows = strategy_worth(placebo, 4, workers=1, store=None, progress=False)
    rows = [row for row in rows if row.kind == "strategy"]
    plan = placebo.run("tiered")
    spent = float(spending(plan, money_by_account(plan), ("strategies",)).mean())
    freed = sum(row.spent_yearly for row in rows)
    funded = [row.funded for row in rows if row.funded is not None]
    assert spent > 0.0
    if taken_up:
        assert min(funded) < 0.9 and freed < 0.9 * spent
    else:
        assert funded == pytest.approx([1.0] * 4) and freed == pytest.approx(spent, rel=1e-5)
    for row in rows:
        # Without effects the gain is exactly minus what is no longer spent by anybody.
        assert row.gain.mean == pytest.approx(-row.cost, abs=0.01)


def test_the_last_money_without_effect_is_lost_one_for_one(placebo):
    rows = marginal(placebo, 4, workers=1, store=None, progress=False)
    assert [(row.group, row.change) for row in rows] == [
        (None, -STEP), (None, STEP), ("S+A", STEP), ("B", STEP), ("C", STEP),
    ]  # fmt: skip
    assert [row.offered_yearly for row in rows] == pytest.approx([-15e4, 15e4, 9e4, 4.5e4, 1.5e4])
    assert any(not row.not_spent for row in rows)
    for row in rows:
        assert abs(row.spent_yearly) <= abs(row.offered_yearly) * 1.05
        if row.not_spent:
            assert row.per_unit is row.low is row.high is None
        else:
            assert row.per_unit == pytest.approx(-1.0, abs=1e-6)
            assert row.low <= row.per_unit <= row.high


def test_money_that_finds_nothing_to_pay_for_is_not_spent():
    rich = made("machinery", **{"budget.yearly": "60 m / year"})
    rows = marginal(rich, 2, workers=1, store=None, progress=False)
    assert all(row.not_spent and row.gain.mean == 0.0 for row in rows if row.change > 0)


def test_more_for_one_group_leaves_the_others_their_money(machinery):
    scenario = machinery.scenario
    yearly, split = budget_of(scenario, scenario.policies["tiered"])
    for group, share, offered, change in budget_changes(scenario, "tiered")[2:]:
        changed, (name,) = with_twins(scenario, "tiered", [change])
        whole, shares = budget_of(changed, changed.policies[name])
        for other, part in split.items():
            more = share * yearly * part if other == group else 0.0
            assert whole * shares[other] == pytest.approx(yearly * part + more)
            assert not more or more == pytest.approx(offered)


def test_rows_of_the_execution_plan_go_with_the_twins():
    dated = {"from": "2026-02-02", "to": "2026-11-02"}
    rows = [
        {"what": ["nurturing", "service rules"], **dated, "policies": ["tiered"]},
        {"what": "promotion plan", **dated},
    ]
    scenario = load("machinery", {"plan": rows})
    off = {"strategies": {"nurturing": False}}
    changed, names = with_twins(scenario, "tiered", [off, {"strategies": {"promotion plan": False}}])
    more = [(row.what, row.policies) for row in changed.plan[2:]]
    assert more == [(["service rules"], [names[0]]), (["nurturing", "service rules"], [names[1]])]
    assert changed.policies[names[0]].strategies == {"nurturing": False}
    assert changed.policies[names[0]].knowledge_base  # the rest is the plan's
    assert changed.compare == scenario.compare


def test_levers_are_what_the_plan_does(machinery):
    scenario = machinery.scenario
    kinds = [(lever.kind, lever.name) for lever in levers(scenario, "tiered")]
    assert kinds[:4] == [("strategy", name) for name in scenario.strategies]
    assert kinds[4:] == [("knowledge_base", "knowledge base"), ("win_back", "win-back")]
    assert levers(scenario, "today") == []
    less = override(
        scenario,
        {"policies.tiered.strategies": {"nurturing": False}, "policies.tiered.win_back": False,
         "policies.tiered.knowledge_base": False},
    )  # fmt: skip
    assert [lever.name for lever in levers(less, "tiered")] == [
        x for x in scenario.strategies if x != "nurturing"
    ]
    campaigns = load(
        "machinery",
        {"campaigns.spring": {"tiers": ["B"], "begins": "2 weeks", "discount": "5 %", "response": "10 %"}},
    )
    assert ("campaign", "spring") in [(lever.kind, lever.name) for lever in levers(campaigns, "tiered")]


def test_names_of_twins_are_free():
    scenario = load("machinery", {"policies.twin 1": {"care": "tiered"}})
    _, names = with_twins(scenario, "tiered", [{}, {}])
    assert names == ["twin 2", "twin 3"]


def test_twins_have_a_part_of_the_replications():
    assert [twin_replications(n) for n in (4, 20, 60, 200, 1010)] == [4, 20, 20, 20, 100]


def test_a_quick_answer_has_no_twins_and_progress_is_passed_on(fake, scenario):
    two = compare(scenario, replications=24, engine=fake.replicate, workers=1, store=None)
    quick = roi_findings(two, quick=True)
    assert quick.twin_replications == 0 and quick.breakeven_effect is None
    assert quick.strategies == quick.marginal == []
    calls = []
    told = roi_findings(
        two,
        engine=fake.replicate,
        workers=1,
        store=None,
        progress=lambda done, whole: calls.append((done, whole)),
    )
    assert told.twin_replications == 20
    # Twins are all one simulation of 20 replications.
    assert (20, 20) in calls
    # The engine knows no strategies: nothing is spent and nothing lost.
    assert len(told.strategies) == 6
    assert all(row.gain.mean == row.spent_yearly == 0.0 and row.break_even is None for row in told.strategies)
    assert all(row.not_spent for row in told.marginal)
