"""Who costs more than they return: moved to self-service or let go, and counted to the last one (P8)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.test_conservation import customers_balance, kpis_are_sane
from tests.engine.worlds import COUNTS, differing, everyone, final, run, scenario

from tiersim.engine import ArmRule, Assignment, World
from tiersim.engine.exits import contribution, unit_costs
from tiersim.engine.layout import N
from tiersim.engine.observe import observe
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation

YEAR = {"customers": 150, "horizon": "15 months", "run_out": "0 weeks", "budget__yearly": "2 m / year",
        "today__staff": 4, "baseline__revenue": "60 m / year"}  # fmt: skip
MANY = {"below": "90 k / year", "quarters": 1, "most": "50 %"}


def exits(s, policy="tiered", replication=0):
    return run(s, everyone(policy), replication=replication)[0]


# -- self-service -----------------------------------------------------------------------------------


def test_who_exits_to_self_service_goes_to_the_lowest_tier_and_stays():
    s = scenario(**YEAR, exit=MANY)
    outcome = exits(s)
    moves, table = outcome.tables["moves"], outcome.tables["exits"]
    code = outcome.names["rules"].index("exit")
    went = moves["rule"] == code
    assert went.sum() == table["exited"].sum() > 5
    assert (moves["to_tier"][went] == len(s.tiers) - 1).all()
    assert (moves["from_tier"][went] < len(s.tiers) - 1).all()
    for birth, week in zip(moves["birth"][went], moves["week"][went], strict=True):
        later = (moves["birth"] == birth) & (moves["week"] > week)
        assert not later.any()
    assert not outcome.tables["kpis"]["let_go"].any()


def test_a_visible_exit_hurts_as_a_downgrade_does():
    s = scenario(**YEAR, exit=MANY, satisfaction__downgrade_shock=20)
    blind = scenario(**YEAR, exit=MANY, satisfaction__downgrade_shock=20, rating__visible=False)
    seen, unseen = (o.tables["kpis"] for o in (exits(s), exits(blind)))
    mean = [k["true_satisfaction"].sum() / k["customer_weeks"].sum() for k in (seen, unseen)]
    assert mean[0] < mean[1] - 0.1


def test_who_wins_an_appeal_is_a_customer_as_before():
    appeals = {"share": {"value": 1, "source": "t", "grade": "assumed"}, "delay": "1 week",
               "grants_right": {"value": 1, "source": "t", "grade": "assumed"},
               "grants_wrong": {"value": 1, "source": "t", "grade": "assumed"}}  # fmt: skip
    s = scenario(**YEAR, exit=MANY, rating__appeals=appeals)
    moves, names = (o := exits(s)).tables["moves"], o.names["rules"]
    went, back = (moves["rule"] == names.index(name) for name in ("exit", "appeal"))
    assert back.sum() and set(moves["birth"][went].tolist()) & set(moves["birth"][back].tolist())
    # And may exit again.
    _, times = np.unique(moves["birth"][went], return_counts=True)
    assert times.max() > 1


# -- letting go -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["machinery", "retail"])
@pytest.mark.parametrize("replication", [0, 1])
def test_all_losses_are_causes_bankruptcies_and_who_is_let_go(name, replication):
    below = {"machinery": "90 k / year", "retail": "1 k / year"}[name]
    s = scenario(name, **(YEAR if name == "machinery" else {"customers": 150, "horizon": "15 months"}),
                 exit=MANY | {"below": below, "then": "let_go"})  # fmt: skip
    start = prepare(s, 1, replication)
    memory, tables = final(s, start, everyone("tiered"), replication=replication)
    customers_balance(s, start, tables)
    kpis_are_sane(tables["kpis"], start)
    gone, decided = tables["kpis"]["let_go"].sum(), tables["exits"]["exited"].sum()
    assert 0 < gone <= decided
    n = int(memory["clock"][N])
    left = (memory["exit_state"][:n] == 2) & (memory["alive"][:n] == 1)
    if s.population.contract is None:
        # All but who left of its own will in the meantime are let go at once.
        assert not left.any() and gone == decided
        assert not memory["known"][:n][memory["exit_state"][:n] == 2].any() or s.run_out
    else:
        assert gone < decided  # contracts run out first
    assert "let_go" in COUNTS


def test_nobody_is_let_go_within_a_contract():
    """Of one cohort none is lost before its renewal: as many are up for renewal as without exit, or gone."""
    s = scenario(**YEAR, exit=MANY | {"then": "let_go"}, baseline__arrivals=0)
    start = prepare(s, 1, 0)

    class Watched(Simulation):
        def _pay(self, week, offset):
            super()._pay(week, offset)
            n = int(self.memory["clock"][N])
            m = self.memory
            waits = (m["exit_state"][:n] == 2) & (m["alive"][:n] == 1)
            assert (m["renew_week"][:n][waits] >= week).all()

    _, tables = final(s, start, everyone("tiered"), kind=Watched)
    assert tables["kpis"]["let_go"].sum() > 0


# -- the accounting ---------------------------------------------------------------------------------


def test_contribution_is_margin_less_cost_by_hand():
    s = scenario(**YEAR)
    start = prepare(s, 1, 0)
    simulation = Simulation(s, start, everyone("tiered"), 1, 0)
    care, values = simulation.slots.layouts[1].care[0], start.draw.values
    request, contact, year = unit_costs(s, care, values)
    wage = (s.staff.salary + values["staff.on_call_pay"]) / (52 * s.staff.hours)
    assert contact == pytest.approx(values["service.contact_cost"] + values["service.contact_time"] * wage)
    assert year == pytest.approx(52 * care.account_hours * wage)
    assert request > values["service.cost"]  # S has no bot
    clerk, sent, _ = unit_costs(s, simulation.slots.layouts[1].care[3], values)
    assert clerk < request and sent == values["service.automatic_cost"]
    with np.errstate(under="ignore"):
        simulation.run()
    record, _ = observe(simulation.memory, 65, True)
    unit = np.repeat(np.array([[request], [contact], [year]]), len(record), axis=1)
    margin, cost = contribution(record, unit)
    by_hand = record.requests_12m * request + 4 * record.contacts_13w * contact + year
    assert cost == pytest.approx(by_hand)
    whole = np.isfinite(record.spend_12m) & np.isfinite(record.margin_rate)
    assert margin[whole] == pytest.approx((record.spend_12m * record.margin_rate)[whole])
    assert not np.isfinite(margin[~whole]).any()


def test_only_those_below_exit_and_the_worst_first():
    s = scenario(**YEAR, exit=MANY)
    table = exits(s).tables["exits"]
    assert (table["exited"] <= table["below"]).all() and (table["below"] <= table["looked"]).all()
    gone = table["exited"] > 0
    assert ((table["margin_year"] - table["cost_year"])[gone] < 90_000 * table["exited"][gone]).all()
    few = exits(scenario(**YEAR, exit=MANY | {"most": "1 %"})).tables["exits"]
    by_quarter = np.bincount(few["quarter"], few["exited"])
    assert by_quarter.max() == 1  # 1 % of 150
    first = table["quarter"] == table["quarter"].min()
    worst = (table["margin_year"] - table["cost_year"])[first & gone].sum() / table["exited"][first].sum()
    one = few["quarter"] == few["quarter"].min()
    assert (few["margin_year"] - few["cost_year"])[one].sum() < worst


def test_quarters_in_a_row_and_spared_tiers():
    one = exits(scenario(**YEAR, exit=MANY)).tables["exits"]
    three = exits(scenario(**YEAR, exit=MANY | {"quarters": 3})).tables["exits"]
    assert one["exited"][one["quarter"] == 0].sum() > 0
    assert three["exited"][three["quarter"] < 2].sum() == 0 < three["exited"].sum()
    spared = exits(scenario(**YEAR, exit=MANY | {"spares": ["S", "A"]})).tables["exits"]
    assert not np.isin(spared["tier"][spared["exited"] > 0], (0, 1)).any()


# -- off --------------------------------------------------------------------------------------------


def test_off_is_absent_and_alone():
    plain = exits(scenario(**YEAR)).tables
    off = exits(scenario(**YEAR, exit=MANY, mechanisms__exit=False)).tables
    assert differing(plain, off) == []
    twin = exits(scenario(**YEAR, exit=MANY, policies__tiered__exit=False)).tables
    twin.pop("exits")
    assert differing(plain, twin) == []
    for policy in ("today", "uniform"):
        with_exit = exits(scenario(**YEAR, exit=MANY), policy).tables
        with_exit.pop("exits")
        assert differing(exits(scenario(**YEAR), policy).tables, with_exit) == []
    nobody = exits(scenario(**YEAR, exit=MANY | {"below": "0 / year", "spares": ["A", "B"]})).tables
    assert nobody.pop("exits")["exited"].sum() == 0
    assert differing(plain, nobody) == []


def test_exits_are_of_the_arm_whose_policy_has_them():
    s = scenario(**YEAR, exit=MANY, **{"policies.kind": {"care": "tiered", "exit": False}})
    arms = (ArmRule("hard", 0.5, ((0, "tiered"),)), ArmRule("kind", 0.5, ((0, "kind"),)))
    table = run(s, World("arms", Assignment(arms)))[0].tables["exits"]
    assert set(table["arm"].tolist()) == {0} and table["exited"].sum() > 0
