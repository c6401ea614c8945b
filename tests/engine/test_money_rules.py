"""Money that moves: it is conserved, carried over to the cent, invested in stages, and off is off (P7)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import ALL_FROZEN, differing, everyone, final, run, same, scenario

from tiersim.engine.accounts import ACCOUNTS, ONE_OFF, SERVICE
from tiersim.engine.filing import C_BOT, C_KNOWLEDGE
from tiersim.engine.prepare import prepare
from tiersim.engine.purse import Purse
from tiersim.engine.world import Simulation
from tiersim.policy.check import check
from tiersim.policy.plan import GroupPlan, Plan
from tiersim.runs.columns import OPTIONAL, SPEC

YEAR = {"customers": 120, "horizon": "15 months", "run_out": "0 weeks", "budget__yearly": "2 m / year",
        "today__staff": 3}  # fmt: skip


def sure(value):
    return {"value": value, "source": "test", "grade": "assumed"}


RISES = {"when": {"group": "B", "customers": "-90 %"}, "move": "5 %", "take_from": "S+A"}
FALLS = {"when": {"group": "B", "purchases": "-1 %"}, "move": "7 %", "take_from": "S+A", "give_to": "C"}
FOLLOWS = {"budget__follow_value": "40 %", "budget__most": "15 %"}
RULED = {"budget__review": [FALLS | {"name": "B weakens"}], "budget__freed_to": "B", **FOLLOWS}


# -- carry-over -----------------------------------------------------------------------------------


def spent_in(weeks, carry, wanted, cap=5200.0, staff=1000.0):
    """Spending by quarter of one group whose wish changes each quarter, and what was carried in."""
    purse = Purse([None], [carry], 3)
    spent, carried = [], []
    for week in range(0, weeks, 13):
        plan = Plan([], [GroupPlan("all", (0,), cap, 200.0, staff, wanted[week // 13])])
        [plan] = purse.fill([plan], week)
        [group] = plan.groups
        purse.spend([plan], [[group.funded]])
        spent.append((group.staff + group.reserved + group.funded * group.wanted) / 4)
        carried.append(group.carried / 4)
    return spent, carried


def test_all_that_is_carried_over_is_spent_in_the_year():
    """Closed form: with a carry-over of 1 and enough to spend it on later, a year's spending is the cap."""
    spent, carried = spent_in(52, 1.0, [0.0, 2000.0, 9000.0, 90_000.0])
    assert sum(spent) == pytest.approx(5200.0)
    assert carried == pytest.approx([0, 1000, 1500, 250])
    assert spent == pytest.approx([300, 800, 2550, 1550])


def test_a_part_is_carried_over_and_the_rest_lost():
    spent, carried = spent_in(52, 0.5, [0.0, 90_000.0, 90_000.0, 90_000.0])
    assert carried == pytest.approx([0, 500, 0, 0]) and sum(spent) == pytest.approx(5200 - 500)


def test_nothing_is_carried_into_the_next_budget_year():
    spent, carried = spent_in(104, 1.0, [0.0, 0.0, 0.0, 0.0, *[90_000.0] * 4])
    assert carried == pytest.approx([0, 1000, 2000, 3000, 0, 0, 0, 0])
    assert sum(spent[4:]) == pytest.approx(5200.0)


def test_without_carry_over_plans_are_those_that_came():
    purse = Purse([None], [0.0], 3)
    plans = [Plan([], [GroupPlan("all", (0,), 1.0, 0.0, 0.0, 1.0)])]
    assert purse.fill(plans, 13) is plans


def test_carried_money_stands_in_the_funds():
    s = scenario(**YEAR, budget__carry_over="100 %")
    funds = run(s, everyone("tiered"))[0].tables["funds"]
    assert (funds["carried"] >= 0).all() and funds["carried"].any()
    assert not funds["carried"][np.isin(funds["quarter"], (0, 4))].any()
    assert funds["cap"].sum() == pytest.approx(5 * 100 * 2e6 / 4, abs=20)
    left = funds["cap"] + funds["carried"] - funds["staff"] - funds["reserved"] - funds["strategies"]
    assert (np.abs(left - funds["unspent"]) <= 3).all()
    # Kept until the next quarter, but for the last of a year, where people did not change within the quarter.
    by_group = {g: funds["group"] == g for g in np.unique(funds["group"])}
    same_people = 0
    for here in by_group.values():
        unspent, carried = funds["unspent"][here], funds["carried"][here]
        same_people += int((np.abs(np.maximum(unspent[:3], 0) - carried[1:4]) <= 2).sum())
    assert same_people > 0


# -- rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [RULED, {"budget__review": [RISES]}, {"budget__freed_to": "C"}],
                         ids=["all", "rule", "freed"])  # fmt: skip
def test_money_is_conserved_and_shares_stay_shares(changes):
    s = scenario(**YEAR, **changes)
    outcome = run(s, everyone("tiered"))[0]
    funds, moves = outcome.tables["funds"], outcome.tables["budget_moves"]
    for quarter in range(5):
        caps = funds["cap"][funds["quarter"] == quarter]
        assert caps.sum() == pytest.approx(100 * 2e6 / 4, abs=2)
        assert (caps >= 0).all()
    most = s.budget.most or 0.2
    written = dict(zip(("S+A", "B", "C"), (0.6, 0.3, 0.1), strict=True))
    for quarter in range(1, 5):
        here = moves["quarter"] == quarter
        last = {
            int(g): share for g, share in zip(moves["group"][here], moves["share_after"][here], strict=True)
        }
        assert sum(last.values()) == pytest.approx(1.0)
        for g, share in last.items():
            assert 0 <= share <= 1
            assert abs(share - written[outcome.names["groups"][g]]) <= most + 1e-9
            cap = funds["cap"][(funds["quarter"] == quarter) & (funds["group"] == g)]
            assert cap[0] == pytest.approx(share * 100 * 2e6 / 4, abs=2)


def test_the_table_tells_what_was_seen_and_what_moved():
    s = scenario(**YEAR, budget__review=[RISES | {"name": "B grows"}, FALLS])
    outcome = run(s, everyone("tiered"))[0]
    moves, names = outcome.tables["budget_moves"], outcome.names["money_causes"]
    assert names == ["kept", "B grows", "rule 2", "follow value", "freed", "limits"]
    assert names[int(moves["cause"][0])] in names
    for quarter in range(1, 5):
        here = moves["quarter"] == quarter
        for figure in ("purchases", "margin"):
            seen = {int(g): x for g, x in zip(moves["group"][here], moves[figure][here], strict=True)}
            assert sum(seen.values()) == pytest.approx(1.0)
        # Each cause goes on from the one before.
        for g in np.unique(moves["group"][here]):
            mine = here & (moves["group"] == g)
            assert (moves["share_before"][mine][1:] == moves["share_after"][mine][:-1]).all()
    changed = moves["share_before"] != moves["share_after"]
    assert (changed == (moves["cause"] != 0)).all()


def test_a_rule_waits_for_its_quarters_and_holds_anew_before_it_moves_more():
    always = {"when": {"group": "B", "customers": "-100 %", "over": "2 quarters"}, "move": "1 %",
              "take_from": "C"}  # fmt: skip
    never_falls = {"when": {"group": "B", "customers": "-1 %", "over": "2 quarters"}, "move": "1 %",
                   "take_from": "C"}  # fmt: skip
    s = scenario(**(YEAR | {"horizon": "24 months"}), budget__review=[always])
    assert set(run(s, everyone("tiered"))[0].tables["budget_moves"]["cause"].tolist()) == {0}
    changes = ALL_FROZEN | {"freeze.budget": False, "mechanisms.arrivals": False, "mechanisms.review": False,
                            "baseline.churn": "40 %"}  # fmt: skip
    s = scenario(**(YEAR | {"horizon": "24 months"}), budget__review=[never_falls], **changes)
    moves = run(s, everyone("tiered"))[0].tables["budget_moves"]
    fired = moves["quarter"][moves["cause"] == 1]
    assert (np.diff(np.unique(fired)) >= 2).all() and fired.size


def test_shares_move_in_cents_only_where_rules_say_so():
    """The first quarter is as without rules, to the bit; a rule that never holds changes nothing at all."""
    s = scenario(**YEAR)
    asleep = {"when": {"group": "B", "customers": "+900 %"}, "move": "5 %", "take_from": "C"}
    plain = run(s, everyone("tiered"))[0].tables
    ruled = run(scenario(**YEAR, budget__review=[asleep]), everyone("tiered"))[0].tables
    del ruled["budget_moves"]
    assert differing(plain, ruled) == []
    moved = run(scenario(**YEAR, **RULED), everyone("tiered"))[0].tables
    first = {name: {k: c[t["quarter"] == 0] for k, c in t.items()} for name, t in
             (("funds", plain["funds"]), ("moved", moved["funds"]))}  # fmt: skip
    assert all(same(first["funds"][k], first["moved"][k]) for k in first["funds"])
    assert differing(plain, {k: v for k, v in moved.items() if k != "budget_moves"})


# -- innovation fund ------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["tiered", "uniform"])
def test_the_innovation_fund_is_taken_first_and_pays_its_strategies_alone(policy):
    s = scenario(**YEAR, budget__innovation={"share": "5 %", "strategies": ["nurturing"]})
    outcome = run(s, everyone(policy))[0]
    funds, names = outcome.tables["funds"], outcome.names["groups"]
    fund = funds["group"] == names.index("innovation")
    assert (funds["cap"][fund] == round(100 * 0.05 * 2e6 / 4)).all()
    for quarter in range(5):
        assert funds["cap"][funds["quarter"] == quarter].sum() == pytest.approx(100 * 2e6 / 4, abs=3)
    assert not funds["staff"][fund].any() and not funds["reserved"][fund].any()
    assert (funds["strategies"][fund] <= funds["cap"][fund]).all() and funds["strategies"][fund].all()


# -- investments ----------------------------------------------------------------------------------

BOT = {"cost": sure("130 k"), "after": "1 month", "takes": "9 weeks", "upkeep": "52 k / year",
       "gives": {"bot": {"C": "80 %", "B": "30 %"}, "knowledge_base": True}}  # fmt: skip
PLATFORM = {"cost": sure("99999.97"), "after": "3 months", "takes": "3 months",
            "gives": {"data": {"errors": sure("-60 %"), "found": sure("50 %")}}}  # fmt: skip


class Bots(Simulation):
    """Keeps the bot's share by cell, and whether there is a knowledge base, week by week."""

    def __init__(self, *arguments):
        self.bots = []
        super().__init__(*arguments)

    def _pay(self, week, offset):
        super()._pay(week, offset)
        table = self.memory["cell_par"]
        self.bots.append((table[C_BOT].copy(), table[C_KNOWLEDGE].copy()))


@pytest.mark.parametrize("takes, ready", [("9 weeks", 13), ("6 weeks", 10)])
def test_a_bot_works_from_its_week_on(takes, ready):
    s = scenario(
        **YEAR, budget__investments={"bot": BOT | {"after": "4 weeks", "takes": takes}}, one_off=None
    )
    start = prepare(s, 1, 0)
    simulation = Bots(s, start, everyone("tiered"), 1, 0)
    with np.errstate(under="ignore"):
        tables = simulation.run()
    tiers = len(s.tiers) + 1
    for week, (bot, library) in enumerate(simulation.bots):
        mine = bot[tiers:]
        assert mine[2] == (0.3 if week >= ready else s.today.bot), week
        assert mine[3] == mine[4] == (0.8 if week >= ready else s.today.bot), week
        assert (library[tiers:] == (week >= ready)).all()
        assert (bot[:tiers] == s.today.bot).all()
    ledger = tables["ledger"]
    cost = -ledger["cents"][ledger["account"] == ONE_OFF].sum()
    assert cost == 13_000_000
    quarter = ledger["order_quarter"][ledger["account"] == ONE_OFF]
    assert set(quarter.tolist()) == {0}
    # The tables of the slot are those of a policy that has had it from the start.
    packages = {"B": {"bot": "30 %"}, "C": {"bot": "80 %"}}
    whole = scenario(**YEAR, policies__tiered__tiers=packages, policies__tiered__knowledge_base=True)
    other = Simulation(whole, start, everyone("tiered"), 1, 0)
    for name in ("bot", "contact_rate", "plan_even", "account_even", "plan_favour"):
        assert same(getattr(simulation.slots.tables, name), getattr(other.slots.tables, name)), name
    assert simulation.slots.layouts[1].care == other.slots.layouts[1].care


def test_cost_falls_while_it_is_built_and_upkeep_after():
    s = scenario(**YEAR, budget__investments={"bot": BOT, "data platform": PLATFORM}, one_off=None,
                 data__wrong=sure("10 %"), data__cleaning=True)  # fmt: skip
    tables = run(s, everyone("today"), everyone("tiered"))
    today, plan = (o.tables["ledger"] for o in tables)
    one_off = plan["account"] == ONE_OFF
    assert -plan["cents"][one_off].sum() == 13_000_000 + 9_999_997
    assert set(plan["order_quarter"][one_off].tolist()) == {0, 1}
    assert not (today["account"] == ONE_OFF).any()
    off = run(scenario(**YEAR, one_off=None, budget__investments={"bot": BOT | {"upkeep": 0}}),
              everyone("tiered"))[0].tables["ledger"]  # fmt: skip
    on = run(scenario(**YEAR, one_off=None, budget__investments={"bot": BOT}),
             everyone("tiered"))[0].tables["ledger"]  # fmt: skip
    spent = {
        name: ledger["cents"][(ledger["account"] == SERVICE)].sum() for name, ledger in
        (("off", off), ("on", on))
    }  # fmt: skip
    ready = 4 + 9
    assert spent["off"] - spent["on"] == 100_000 * (65 - ready)


def test_a_data_platform_halves_errors_and_no_more():
    s = scenario(**YEAR, budget__investments={"data platform": PLATFORM}, data__wrong=sure("10 %"),
                 data__stale=sure("5 %"), data__cleaning=True)  # fmt: skip
    start = prepare(s, 1, 0)
    made = Simulation(s, start, everyone("tiered"), 1, 0).slots.investments
    before, after = made.values_at(25), made.values_at(26)
    assert before is start.draw.values
    assert after["data.wrong"] == pytest.approx(0.04) and after["data.stale"] == pytest.approx(0.02)
    found = before["data.cleaning.wrong"]
    assert after["data.cleaning.wrong"] == pytest.approx(1 - (1 - found) / 2)
    assert Simulation(s, start, everyone("today"), 1, 0).slots.investments is None
    many = {"customers": 600, "horizon": "12 months", "run_out": "0 weeks", "data__wrong": sure("40 %")}
    rated = {}
    for name, built in (
        ("with", {"data platform": PLATFORM | {"after": "0 weeks", "takes": "0 weeks"}}),
        ("without", {}),
    ):
        built = {k: v | {"gives": {"data": {"errors": sure("-100 %")}}} for k, v in built.items()}
        reviews = run(scenario(**many, budget__investments=built), everyone("tiered"))[0].tables["reviews"]
        rated[name] = reviews["right"].sum() / reviews["customers"].sum()
    assert rated["with"] > rated["without"] + 0.05


def test_an_investment_that_comes_too_late_is_told():
    late = BOT | {"after": "6 months", "takes": "2 years"}
    [plan] = check(scenario(horizon="2 years", budget__investments={"bot": late}))
    assert any("bot: works" in text and "gives nothing" in text for text in plan.warnings)
    own = {"policies__tiered__budget": {"investments": {"bot": False}}}
    [plan] = check(scenario(horizon="2 years", budget__investments={"bot": late}, **own))
    assert not any("gives nothing" in text for text in plan.warnings)


# -- off ------------------------------------------------------------------------------------------


def test_each_is_off_alone_and_off_is_absent():
    plain = run(scenario(**YEAR), everyone("tiered"))[0].tables
    everything = RULED | {"budget__carry_over": "100 %",
                          "budget__innovation": {"share": "5 %", "strategies": ["nurturing"]}}  # fmt: skip
    off = scenario(**YEAR, **everything, mechanisms__budget_rules=False)
    assert differing(plain, run(off, everyone("tiered"))[0].tables) == []
    off = scenario(**YEAR, budget__investments={"bot": BOT}, mechanisms__investments=False)
    assert differing(plain, run(off, everyone("tiered"))[0].tables) == []
    own = {"policies__tiered__budget": {
        "review": [], "freed_to": False, "follow_value": 0, "carry_over": 0, "innovation": {"share": 0},
        "investments": {"bot": False}}}  # fmt: skip
    twin = run(scenario(**YEAR, **everything, budget__investments={"bot": BOT}, **own), everyone("tiered"))[0]
    del twin.tables["budget_moves"]
    assert differing(plain, twin.tables) == []


def test_today_has_none_of_it():
    plain = run(scenario(**YEAR), everyone("today"))[0].tables
    s = scenario(**YEAR, **RULED, budget__investments={"bot": BOT, "data platform": PLATFORM},
                 data__wrong=sure("10 %"), data__cleaning=True)  # fmt: skip
    both = run(s, everyone("today"))[0].tables
    without = run(scenario(**YEAR, data__wrong=sure("10 %"), data__cleaning=True), everyone("today"))[
        0
    ].tables
    assert both.pop("budget_moves")["quarter"].size == 0
    assert differing(without, both) == [] and plain["ledger"]["cents"].size


def test_a_budget_that_moves_is_the_same_run_again():
    s = scenario(**YEAR, **RULED, budget__investments={"bot": BOT})
    start = prepare(s, 1, 1)
    one, other = (final(s, start, everyone("tiered"), replication=1)[1] for _ in range(2))
    assert differing(one, other) == []
    assert len(ACCOUNTS) >= 16


def test_every_column_of_the_tables_is_described():
    s = scenario(**YEAR, **RULED, exit={"below": "90 k / year"})
    tables = run(s, everyone("tiered"))[0].tables
    for name in OPTIONAL & {"budget_moves", "exits"}:
        assert {"replication", *tables[name]} == set(SPEC[name])
        assert all(column.unit and column.meaning for column in SPEC[name].values())
