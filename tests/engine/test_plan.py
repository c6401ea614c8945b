"""The execution plan: strategies start and stop on its dates, and nothing else does."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from tests.engine.worlds import differing, everyone, run, same, scenario

from tiersim.engine.accounts import ACCOUNTS
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.policy.vocabulary import CHANNELS

START = date(2026, 1, 5)
STRATEGIES, TRAINING = ACCOUNTS.index("strategies"), CHANNELS.index("training")
YEAR = {"customers": 150, "horizon": "12 months", "run_out": "3 months"}
OTHERS = ("executive visits", "promotion plan", "service rules")
ALONE = {"policies__tiered__strategies": dict.fromkeys(OTHERS, False)}
RICH = {"budget__yearly": "CNY 1 bn / year"}
NEVER = {"policies__tiered__strategies": dict.fromkeys([*OTHERS, "nurturing"], False)}


def day(week):
    return (START + timedelta(weeks=week)).isoformat()


def row(first, last, what="nurturing", **more):
    return {"what": what, "from": day(first), "to": day(last), **more}


class Weekly(Simulation):
    """Keeps what strategies cost in each week, and how much training is carried over."""

    def _pay(self, week, offset):
        super()._pay(week, offset)
        n = int(self.memory["clock"][1])
        self.spent = [*getattr(self, "spent", []), -int(self.memory["post"][STRATEGIES, offset].sum())]
        self.carried = [*getattr(self, "carried", []), float(self.memory["carried"][TRAINING, :n].max())]


def world(policy="tiered", **changes):
    s = scenario(**{**YEAR, **changes})
    simulation = Weekly(s, prepare(s, 1, 0), everyone(policy), 1, 0)
    with np.errstate(under="ignore"):
        tables = simulation.run()
    return simulation, tables


def outcome(policy="tiered", **changes):
    return run(scenario(**{**YEAR, **changes}), everyone(policy))[0].tables


# -- off --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["today", "uniform", "tiered"])
def test_switched_off_and_all_the_time_are_as_if_there_were_no_plan(policy):
    plain = outcome(policy)
    rows = [row(8, 20), row(3, 40, "service rules")]
    assert differing(plain, outcome(policy, plan=rows, mechanisms__plan=False)) == []
    always = [row(0, 52, [*scenario().strategies])]
    assert differing(plain, outcome(policy, plan=always)) == []


def test_todays_care_knows_no_plan():
    assert differing(outcome("today"), outcome("today", plan=[row(8, 20)])) == []


# -- dates ------------------------------------------------------------------------------------------


def test_money_is_spent_in_the_weeks_of_the_rows_only():
    simulation, tables = world(plan=[row(5, 9), row(9, 16), row(30, 47)], **ALONE)
    runs = np.array([5 <= week < 16 or 30 <= week < 47 for week in range(52 + 13)])
    assert ((np.array(simulation.spent) > 0) == runs).all()
    ledger = tables["ledger"]
    mine = ledger["account"] == STRATEGIES
    assert -ledger["cents"][mine].sum() == sum(simulation.spent)
    assert set(ledger["order_quarter"][mine].tolist()) == {0, 1, 2, 3}


def test_what_was_carried_over_fades_by_itself():
    simulation, _ = world(plan=[row(4, 20)], **ALONE)
    carried = np.array(simulation.carried)
    assert carried[4] == 0.0 and (np.diff(carried[5:20]) > 0).all()
    assert (np.diff(carried[21:40]) < 0).all() and carried[30] > 0.0


def test_days_that_are_no_mondays_are_moved_to_the_next():
    thursday = [{"what": "nurturing", "from": "2026-02-05", "to": "2026-05-07"}]
    monday = [{"what": "nurturing", "from": "2026-02-09", "to": "2026-05-11"}]
    assert differing(outcome(plan=thursday), outcome(plan=monday)) == []
    simulation, _ = world(plan=thursday, **ALONE)
    assert np.flatnonzero(simulation.spent).tolist() == list(range(5, 18))


def test_worlds_are_the_same_until_the_first_date():
    planned, _ = world(plan=[row(20, 40)], **ALONE, **RICH)
    without, _ = world(**NEVER, **RICH)
    assert planned.spent[:20] == without.spent[:20] == [0] * 20

    class Until(Simulation):
        def _pay(self, week, offset):
            if week == 20:
                n = int(self.memory["clock"][1])
                self.copy = {
                    k: v[..., :n].copy() for k, v in self.memory.items() if v.ndim and v.shape[-1] > n
                }
            super()._pay(week, offset)

    copies = []
    for changes in ({"plan": [row(20, 40)], **ALONE}, NEVER):
        s = scenario(**{**YEAR, **changes, **RICH})
        simulation = Until(s, prepare(s, 1, 0), everyone("tiered"), 1, 0)
        with np.errstate(under="ignore"):
            simulation.run()
        copies.append(simulation.copy)
    wrong = {name for name in copies[0] if not same(copies[0][name], copies[1][name])}
    # What the week itself brings: the dose and what it does.
    assert wrong == {"dose", "effect"}


def test_the_table_of_funds_counts_the_weeks_of_a_quarter():
    kept = {"mechanisms__arrivals": False, **ALONE, **RICH}
    _, whole = world(plan=[row(0, 52)], **kept)
    simulation, part = world(plan=[row(3, 8), row(13, 22)], **kept)
    group = list(simulation.scenario.budget.split).index("B")

    def money(tables, quarter):
        at = (tables["funds"]["group"] == group) & (tables["funds"]["quarter"] == quarter)
        return int(tables["funds"]["strategies"][at].sum())

    assert money(part, 0) == pytest.approx(money(whole, 0) * 5 / 13, abs=1)
    assert money(part, 0) == pytest.approx(sum(simulation.spent[:13]), rel=0.05)
    assert money(part, 1) == pytest.approx(sum(simulation.spent[13:26]), rel=0.05)
    assert money(part, 2) == 0 == sum(simulation.spent[26:])


def test_dates_move_nobody_in_the_teams_and_hours_add_up():
    # Nurturing raises the share of wallet: who is served, and asks what, stays the same.
    plan = [row(5, 9), row(16, 20), row(31, 45)]
    (_, dated), (_, without) = world(plan=plan, **ALONE), world(**NEVER)
    for column in ("heads", "hired", "left", "dismissed", "present_hours"):
        assert same(dated["staff"][column], without["staff"][column]), column
    staff = dated["staff"]
    busy = staff["request_hours"] + staff["contact_hours"] + staff["account_hours"]
    assert (busy <= staff["present_hours"] * 1.000001 + 40.0 * staff["peak"]).all()


# -- policies and payments --------------------------------------------------------------------------


def test_a_row_for_one_policy_is_for_that_one_only():
    rows = [row(5, 30, policies=["tiered"])]
    both = [row(5, 30)]
    assert differing(outcome(plan=rows), outcome(plan=both)) == []
    never = outcome("uniform", plan=rows)
    assert differing(never, outcome("uniform", policies__uniform__strategies={"nurturing": False})) == []
    assert differing(never, outcome("uniform", plan=both)) != []


def test_a_dated_payment_falls_due_on_its_date():
    names = list(scenario().one_off)
    rows = [row(20, 22, name) for name in names]
    dated, plain = (outcome(plan=plan)["ledger"] for plan in (rows, []))
    at, before = (ledger["account"] == ACCOUNTS.index("one_off") for ledger in (dated, plain))
    assert set(dated["cash_quarter"][at].tolist()) == {1}
    assert dated["cents"][at].sum() == plain["cents"][before].sum()
