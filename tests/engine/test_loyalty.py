"""The loyalty programme: off is absent, points are conserved to the cent, levels move by the record (P3)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.engine.worlds import differing, everyone, final, later, run, same, scenario

from tiersim.engine.accounts import ACCOUNTS, LOYALTY, POINTS, POINTS_OWED
from tiersim.engine.layout import N
from tiersim.engine.levels import level_of, trailing_spend
from tiersim.engine.mechanisms.loyalty import LoyaltyProgramme
from tiersim.engine.prepare import prepare
from tiersim.engine.stages.loyalty import settle
from tiersim.policy.points import level_table, redeemed_share, spread_table, with_activity
from tiersim.policy.vocabulary import L_ORDERS, L_SATISFACTION

STATED = {"source": "test", "grade": "assumed"}


def fixed(value):
    return {"value": value, **STATED}


LEVELS = {
    "low": {"spend": 2000, "points": 1.5, "price": fixed("20 / year"), "satisfaction": fixed(2)},
    "high": {"spend": 8000, "points": 3, "price": fixed("100 / year"), "satisfaction": fixed(6),
             "effects": {"order_rate": fixed("+10 %"), "churn_price": fixed("-20 %")}},
}  # fmt: skip
SET = {"loyalty__redeem": fixed("10 %"), "loyalty__redeem_cost": fixed("60 %"),
       "loyalty__activity": fixed("+2 %")}  # fmt: skip
RETAIL = {
    "customers": 300, "baseline__revenue": "1.08 m / year", "market__size": 2000, "today__staff": 1,
    "budget__yearly": "60 k / year", "horizon": "18 months", "run_out": "9 months", **SET,
}  # fmt: skip
NO_EFFECT = {
    "loyalty__activity": fixed(0),
    "loyalty__levels": {"low": {"spend": 2000, "points": 1.5, "price": fixed("20 / year")},
                        "high": {"spend": 8000, "points": 3, "price": fixed("100 / year")}},
}  # fmt: skip


def retail(**changes):
    return scenario("retail", **{**RETAIL, "loyalty__levels": LEVELS, **changes})


def begun(**changes):
    s = retail(**changes)
    return s, prepare(s, 1, 0)


# -- off is off -------------------------------------------------------------------------------------


def test_switched_off_it_is_as_if_never_written():
    plain = {key: value for key, value in RETAIL.items() if key not in SET}
    without = run(scenario("retail", **plain), everyone("tiered"))[0]
    off = run(retail(mechanisms__loyalty=False), everyone("tiered"))[0]
    # Its assumptions are drawn all the same, each from words of its own.
    tables = [{k: t for k, t in o.tables.items() if k != "draws"} for o in (without, off)]
    assert differing(*tables) == []
    assert "levels" not in off.tables and "memo" not in off.tables


def test_a_policy_without_it_lives_in_a_world_without_it():
    """Levels are still kept there, so that customers can be compared by them."""
    s = retail(**{"policies.bare": {"care": "tiered", "loyalty": False, "knowledge_base": True}})
    bare = run(s, everyone("bare"))[0].tables
    plain = {key: value for key, value in RETAIL.items() if key not in SET}
    without = run(scenario("retail", **plain), everyone("tiered"))[0].tables
    own = {"levels", "memo", "draws"}
    assert [
        name
        for name in differing({k: t for k, t in without.items() if k != "draws"},
                              {k: t for k, t in bare.items() if k not in own})
        if not name.endswith(".policy")
    ] == []  # fmt: skip
    assert bare["memo"]["cents"].size == 0
    assert bare["levels"]["customers"].sum() > 0 == bare["levels"]["earned"].sum()


@pytest.mark.parametrize("policy", ["tiered", "uniform"])
def test_without_effects_customers_live_the_same_lives_and_it_loses_its_cost(policy):
    """Placebo: the budget is kept apart, as points take money from strategies."""
    rich = {"budget__yearly": "2 m / year", "strategies": None}
    s = retail(**{**NO_EFFECT, **rich})
    plain = {key: value for key, value in {**RETAIL, **rich}.items() if key not in SET}
    with_it, without = run(s, everyone(policy))[0], run(scenario("retail", **plain), everyone(policy))[0]
    assert differing({"k": with_it.tables["kpis"]}, {"k": without.tables["kpis"]}) == []

    def money(outcome):
        ledger = outcome.tables["ledger"]
        return np.array([ledger["cents"][ledger["account"] == a].sum() for a in range(len(ACCOUNTS))])

    more = money(with_it) - money(without)
    assert more[POINTS] < 0 > more[LOYALTY]
    assert more.sum() == more[POINTS] + more[LOYALTY]


# -- points -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["tiered", "uniform"])
@pytest.mark.parametrize("changes", [{}, {"run_out": "0 weeks"}, {"loyalty__expires": "6 months"}])
def test_what_is_earned_is_redeemed_expired_or_owed_to_the_cent(policy, changes):
    outcome = run(retail(**changes), everyone(policy))[0]
    levels, memo, ledger = (outcome.tables[name] for name in ("levels", "memo", "ledger"))
    quarters = np.unique(levels["quarter"])
    for last in quarters:
        until = levels["quarter"] <= last
        earned, redeemed, expired = (int(levels[k][until].sum()) for k in ("earned", "redeemed", "expired"))
        owed = int(levels["owed"][levels["quarter"] == last].sum())
        assert earned == redeemed + expired + owed
        # What is owed at its cost, each customer's rounded by itself.
        stands = -int(memo["cents"][memo["order_quarter"] <= last].sum())
        assert abs(stands - 0.6 * owed) <= 0.5 * 2 * RETAIL["customers"]
    assert owed == 0 == memo["cents"].sum(), "at the end of the run-out nothing is left behind"
    paid = -int(ledger["cents"][ledger["account"] == POINTS].sum())
    assert paid == pytest.approx(0.6 * redeemed, abs=quarters.size * 2 * RETAIL["customers"])
    assert min(earned, redeemed, expired) > 0
    assert POINTS_OWED not in ledger["account"]
    benefits = -int(ledger["cents"][ledger["account"] == LOYALTY].sum())
    assert benefits == int(levels["benefits"].sum()) > 0


def lone(quarters, share, keep, rate=0.01, spend=100_000_00, alive=1, last=False, cost=1.0):
    """One customer who spends the same each quarter: (earned, redeemed, expired, owed) by quarter."""
    state = {"points_ring": np.zeros((keep, 1), np.int32), "post": np.zeros((len(ACCOUNTS), 13, 1), np.int64)}
    rows = []
    for q in range(quarters):
        out = [np.zeros(1, np.int64) for _ in range(5)]
        settle(
            1, q, 12, 13, last and q == quarters - 1, share, cost, np.full((1, 1), rate), np.zeros((1, 1)),
            np.zeros(1, np.int32), np.zeros(1, np.int8), np.full(1, alive, np.int8),
            np.full(1, alive, np.int8), np.full(1, spend, np.float32), np.zeros(1, np.int8),
            np.full(1, 13, np.int8),
            state["points_ring"], np.zeros(1, np.int32), state["post"], *out,
        )  # fmt: skip
        rows.append([int(o[0]) for o in out[:4]])
    return np.array(rows), state["post"]


@pytest.mark.parametrize(("share", "keep"), [(0.1, 8), (0.05, 4), (0.25, 4), (0.4, 8), (1.0, 1), (0.0, 3)])
def test_steady_earning_has_its_closed_form(share, keep):
    """e a quarter, share q of what is held, K quarters: held e min(1/q, K), redeemed e min(1, q K)."""
    e = 100_000
    rows, _ = lone(200, share, keep)
    earned, redeemed, expired, owed = rows[-1]
    assert earned == e
    held = e * min(1 / share if share else math.inf, keep)
    assert redeemed == pytest.approx(e * redeemed_share(share, keep), abs=1)
    assert redeemed == pytest.approx(share * held, abs=1)
    assert expired == pytest.approx(e - e * min(1.0, share * keep), abs=1)
    # Held before redeeming, less what went, plus what came.
    assert owed == pytest.approx(held - redeemed - expired + e, abs=keep + 1)
    # The first quarters: nothing is held yet, then it builds up geometrically while none expires.
    early = [e * sum((1 - share) ** j for j in range(q + 1)) for q in range(min(keep, 5))]
    assert rows[: len(early), 3] == pytest.approx(early, abs=3)
    assert (rows[:, 0].cumsum() == rows[:, 1].cumsum() + rows[:, 2].cumsum() + rows[:, 3]).all()


def test_what_is_left_at_the_end_is_paid_as_it_would_be_redeemed():
    """Balance B after the last credit: B q a quarter, the oldest first, until the newest has expired."""
    share, keep, e = 0.1, 4, 100_000
    rows, post = lone(40, share, keep, last=True)
    plain, before = lone(40, share, keep)
    ring = [plain[-1, 3] - 3 * e, e, e, e]  # the oldest has been redeemed in part
    later = 0.0
    for oldest in range(4):
        want = share * sum(ring)
        later += want
        for row in range(4):
            part = min(want, ring[row])
            ring[row] -= part
            want -= part
        ring[oldest] = 0.0
    assert rows[-1, 1] - plain[-1, 1] == pytest.approx(later, abs=4)
    assert rows[-1, 3] == 0 and post[POINTS_OWED].sum() == 0
    assert before[POINTS_OWED].sum() == -plain[-1, 3]


def test_who_is_gone_redeems_nothing_and_is_written_off_when_given_up():
    rows, post = lone(3, 0.5, 4, alive=0)
    assert (rows[:, 1] == 0).all() and (rows[:, 3] == 0).all()
    assert (rows[:, 2] == rows[:, 0]).all() and post[POINTS].sum() == 0


# -- levels -----------------------------------------------------------------------------------------


def test_a_level_is_reached_with_its_spend_and_not_before():
    cuts = np.array([2000_00.0, 8000_00.0])
    spend = np.array([0.0, 1999_99.0, 2000_00.0, 7999_99.0, 8000_00.0, 1e12])
    assert level_of(spend, cuts).tolist() == [0, 0, 1, 1, 2, 2]


def test_levels_rise_at_once_and_fall_after_the_grace():
    for grace, quarters in (("0 weeks", 0), ("6 months", 2)):
        s, start = begun(loyalty__grace=grace)

        moves = []
        kept = LoyaltyProgramme._assess

        def watched(self, memory, n, ring, kept=kept, moves=moves):
            before, below = memory["level"][:n].copy(), memory["level_below"][:n].copy()
            kept(self, memory, n, ring)
            reached = level_of(trailing_spend(memory["spend_ring"], ring, n), self._cuts)
            moves.append((before, below, reached, memory["level"][:n].copy()))

        LoyaltyProgramme._assess = watched
        try:
            final(s, start, everyone("tiered"))
        finally:
            LoyaltyProgramme._assess = kept
        fell = 0
        for before, below, reached, after in moves:
            assert (after[reached > before] == reached[reached > before]).all()
            low = reached < before
            late = low & (below >= quarters)
            assert (after[late] == reached[late]).all()
            assert (after[low & ~late] == before[low & ~late]).all()
            assert (after[reached == before] == before[reached == before]).all()
            fell += int(late.sum())
        assert fell > 0


def test_the_level_at_the_start_is_the_same_in_all_worlds():
    s = retail(loyalty__joins="70 %")
    worlds = run(s, everyone("today"), everyone("uniform"), everyone("tiered"))
    counts = []
    for outcome in worlds:
        levels, names = outcome.tables["levels"], outcome.names["levels"]
        first = levels["quarter"] == 0
        start = first & (levels["level0"] != names.index("new"))
        # In the first quarter everybody of the start still holds that level.
        assert (levels["level"][start] == levels["level0"][start]).all()
        size = np.bincount(levels["level0"][start], levels["true_active"][start] + levels["true_lost"][start])
        counts.append(size)
    assert all((size == counts[0]).all() for size in counts)
    assert counts[0].sum() == s.customers
    outside = counts[0][outcome.names["levels"].index("outside")] / s.customers
    assert abs(outside - 0.3) < 4 * math.sqrt(0.3 * 0.7 / s.customers)


def test_big_buyers_join_rather_where_the_scenario_says_so():
    means = []
    for rho in (0, 0.9):
        _, start = begun(loyalty__joins="50 %", loyalty__joins_value=fixed(rho))

        at = start.levels
        inside = at.level <= 2
        means.append(at.spend[inside].mean() / at.spend[~inside].mean())
    assert means[1] > 1.8 * means[0]


def test_what_is_above_the_sum_of_members_is_the_same_money_a_head_under_uniform_care():
    s, start = begun()
    table = level_table(s.loyalty, start.draw.values)
    members, spend = np.array([60.0, 30.0, 10.0]), np.array([6e6, 9e6, 9e6])
    even = spread_table(table, members, spend)
    assert float(even.rate[:3] @ spend) == pytest.approx(float(table.rate[:3] @ spend))
    assert float(even.price[:3] @ members) == pytest.approx(float(table.price[:3] @ members))
    assert even.effects[L_SATISFACTION][0] == pytest.approx(0.3 * 2 + 0.1 * 6)
    assert even.rate[3] == even.price[3] == 0.0
    lifted = with_activity(table, start.draw.values).effects[L_ORDERS]
    assert lifted[0] == pytest.approx(math.log(1.02)) and lifted[3] == 0.0
    assert lifted[1] < 1.5 * lifted[0], "points saturate"


# -- in time ----------------------------------------------------------------------------------------


def test_a_programme_that_starts_later_earns_from_then_on():
    s = retail(horizon="12 months")
    levels = run(s, later("tiered", 20))[0].tables["levels"]
    earned, spend = (np.bincount(levels["quarter"], levels[name]) for name in ("earned", "spend"))
    assert earned[0] == 0 < earned[1]
    # It begins in the eighth week of the second quarter.
    assert 0.3 < earned[1] / spend[1] / (earned[2] / spend[2]) < 0.6


def test_benefits_build_up_and_fade_after_the_plan():
    s, start = begun(run_out="1 year", response__half_life=fixed("13 weeks"))
    memory, tables = final(s, start, everyone("tiered"))
    n = int(memory["clock"][N])
    assert abs(memory["perk"][:, :n]).max(axis=1).min() > 0
    # Four half-lives after the end a sixteenth is left of what a level does.
    assert memory["perk"][0, :n].max() <= 6 / 16
    levels = tables["levels"]
    after = levels["quarter"] >= 6
    assert levels["earned"][after].sum() == 0 == levels["benefits"][after].sum()
    assert levels["redeemed"][after].sum() > 0


def test_points_and_benefits_are_reserved_before_strategies():
    rich = retail(budget__yearly="300 k / year")
    bare = retail(budget__yearly="300 k / year", policies__tiered__loyalty=False)
    funds = [run(s, everyone("tiered"))[0].tables["funds"] for s in (rich, bare)]
    first = [f["quarter"] == 0 for f in funds]
    more = funds[0]["reserved"][first[0]].sum() - funds[1]["reserved"][first[1]].sum()
    levels = run(rich, everyone("tiered"))[0].tables["levels"]
    year = levels["quarter"] < 4
    cost = 0.6 * redeemed_share(0.1, 8) * levels["earned"][year].sum() + levels["benefits"][year].sum()
    assert more == pytest.approx(cost / 4, rel=0.25)


def test_the_programme_has_no_part_in_another_replication():
    s = retail()
    one = run(s, everyone("tiered"), replication=3)[0]
    run(s, everyone("tiered"), replication=0)
    again = run(s, everyone("tiered"), replication=3)[0]
    assert all(same(a, again.tables["levels"][k]) for k, a in one.tables["levels"].items())


@pytest.mark.parametrize("change", [{"order_rate": 3.0}, {"base_satisfaction": 99.0}, {"frailty": 500.0}])
def test_changing_one_customer_changes_only_that_customer(change):
    frozen = {f"freeze__{channel}": True for channel in ("staff", "budget", "referral", "cuts", "market")}
    s, start = begun(loyalty__joins="60 %", loyalty__joins_value=fixed(0.5), **frozen)
    other = replace(start, state={name: array.copy() for name, array in start.state.items()})
    who = int(start.state["frailty"].argmin())
    for name, value in change.items():
        other.state[name][who] = value
    worlds = [final(s, one, everyone("tiered"))[0] for one in (start, other)]
    names = ("level", "level0", "points_ring", "perk", "spend_ring", "content", "alive")
    found = []
    for memory in worlds:
        n = int(memory["clock"][N])
        found.append(
            {int(b): [memory[k][..., i].tobytes() for k in names] for i, b in enumerate(memory["birth"][:n])}
        )
    one, two = found
    differs = {b for b in one.keys() | two.keys() if one.get(b) != two.get(b)}
    assert differs <= {int(start.state["birth"][who])}
    assert differs or "frailty" in change
