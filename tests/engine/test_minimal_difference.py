"""Worlds differ only where policies do, and only through channels that are shared (R18, R22)."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from tests.engine.worlds import differing, everyone, final, later, run, same, scenario, started

from tiersim.engine import ArmRule, Assignment, World, replicate
from tiersim.engine.accounts import ACCOUNTS
from tiersim.engine.arrivals import referred_ids
from tiersim.engine.layout import N
from tiersim.engine.ledger import Books
from tiersim.engine.prepare import prepare
from tiersim.engine.state import FIELDS
from tiersim.engine.world import Simulation
from tiersim.policy.vocabulary import L_REFERRAL, LIFTS
from tiersim.random import FROM_REFERRER, newcomer_id


def chosen(start):
    """Slot of the customer that is changed: the one least likely to leave."""
    return int(start.state["frailty"].argmin())


STARTERS = ("machinery", "retail")


# -- policies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STARTERS)
def test_two_identical_policies_differ_by_exactly_zero(name):
    own = scenario(name).policies["tiered"].model_dump(exclude_defaults=True, exclude={"care", "description"})
    s = scenario(name, **{"policies.twin": {"care": "tiered", **own}})
    tiered, twin = run(s, everyone("tiered"), everyone("twin"))
    # Only the name of the policy tells them apart.
    assert all(name.endswith(".policy") for name in differing(tiered.tables, twin.tables))


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("policy", ["tiered", "uniform"])
def test_worlds_are_equal_until_the_policy_starts(name, policy):
    # No one-off payments: they fall due by the calendar, not by the step.
    s = scenario(name, horizon="12 months", run_out="0 weeks", one_off=None)
    today, changed = run(s, everyone("today"), later(policy, 26, name="today"))
    before = {"ledger": "order_quarter", "kpis": "quarter"}
    for table, quarter in before.items():
        a, b = (
            {k: c[t[quarter] < 2] for k, c in t.items()} for t in (today.tables[table], changed.tables[table])
        )
        assert differing({table: a}, {table: b}) == []
        assert not same(today.tables[table][quarter], changed.tables[table][quarter]) or differing(
            {table: today.tables[table]}, {table: changed.tables[table]}
        )


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("policy", ["today", "uniform"])
def test_care_without_tiers_does_not_depend_on_when_customers_are_reviewed(name, policy):
    """Moves at ends of months count nothing anew that the world would else count at the quarter's end."""
    books = []
    for period in ("1 month", "1 year"):
        s = scenario(name, customers=300, horizon="12 months", rating__review_every=period)
        ledger = run(s, everyone(policy))[0].tables["ledger"]
        cells = {}
        for quarter, account, cents in zip(
            ledger["order_quarter"].tolist(),
            ledger["account"].tolist(),
            ledger["cents"].tolist(),
            strict=True,
        ):
            cells[quarter, account] = cells.get((quarter, account), 0) + cents
        books.append(cells)
    assert books[0] == books[1] and len(books[0]) > 20


def test_a_policy_that_starts_later_loses_nobody_and_pays_nobody_twice():
    """People who were hired for today's pool when the plan starts work for the plan or leave."""
    s = scenario(
        customers=1200, horizon="12 months", run_out="0 weeks", staff__leaving="60 %", today__staff=60
    )
    world = run(s, later("tiered", 26))[0]
    staff, pools = world.tables["staff"], world.names["pools"]
    last = (staff["quarter"] == 3) & (staff["pool"] == pools.index("today"))
    assert staff["heads"][last].tolist() == [0.0]


def test_a_second_plan_in_the_same_world_pays_its_own_wages():
    cheap = {
        "policies.cheap": {
            "care": "tiered",
            "tiers": {"A": {"agents": True}, "S": {"round_the_clock": False}},
        }
    }
    s = scenario(customers=400, horizon="12 months", run_out="0 weeks", staff__leaving="0 %", **cheap)
    switched, cheap = run(s, later("cheap", 26, first="tiered"), everyone("cheap"))
    for account in ("staff", "on_call"):
        last = []
        for outcome in (switched, cheap):
            ledger = outcome.tables["ledger"]
            here = (ledger["account"] == ACCOUNTS.index(account)) & (ledger["order_quarter"] == 3)
            last.append(int(ledger["cents"][here].sum()))
        # Equal but for the growth of the base until then.
        assert last[0] == pytest.approx(last[1], rel=0.05)


class UntilStep(Simulation):
    """Keeps the training that is posted by offset in the quarter when the plan starts in week 6."""

    def _pay(self, week, offset):
        super()._pay(week, offset)
        if week == 6:
            self.training = self.memory["post"][ACCOUNTS.index("training")].sum(axis=1)


def test_the_start_of_a_policy_costs_nothing_before_it_starts():
    s = scenario(customers=400, run_out="0 weeks", one_off=None)
    simulation = UntilStep(s, prepare(s, 1, 0), later("tiered", 6), 1, 0)
    simulation.run()
    assert np.flatnonzero(simulation.training).tolist() == [6]


def test_worlds_together_are_worlds_alone_in_any_order():
    s = scenario(customers=80)
    worlds = [everyone(policy) for policy in ("today", "uniform", "tiered")]
    together = run(s, *worlds)
    backwards = run(s, *reversed(worlds))[::-1]
    for number, world in enumerate(worlds):
        alone = run(s, world)[0]
        assert differing(alone.tables, together[number].tables) == []
        assert differing(alone.tables, backwards[number].tables) == []


def test_a_replication_alone_is_the_same_as_in_company():
    s = scenario()
    world = everyone("tiered")
    for r in (3, 0, 2, 1):
        run(s, world, replication=r)
    again = replicate(s, [world], 1, 3)[0]
    first = run(scenario(), world, replication=3)[0]
    assert differing(again.tables, first.tables) == []


@pytest.mark.parametrize("change", [{"seed": 2}, {"replication": 1}, {"replication": 2}])
def test_another_seed_or_replication_changes_everything_but_shared_parameters(change):
    s = scenario()
    one, other = run(s, everyone("today"))[0], run(s, everyone("today"), **change)[0]
    wrong = differing(one.tables, other.tables)
    assert {"ledger.cents", "kpis.orders", "kpis.true_satisfaction", "lorenz.share_profit"} <= set(wrong)
    # R2: replications 2 p and 2 p + 1 share a parameter draw.
    assert ("draws.value" in wrong) == (change != {"replication": 1})


def test_arms_and_what_they_share_are_the_same_world_if_arms_do_the_same():
    """Two arms under one policy that share everything are one arm, but for the label."""
    shared = {f"sharing__{channel}": "all" for channel in ("staff", "budget", "referral", "cuts", "market")}
    s, start = started("machinery", customers=80, **shared)
    halves = World("halves", Assignment(tuple(ArmRule(n, 0.5, ((0, "tiered"),)) for n in ("left", "right"))))
    one, _ = final(s, start, everyone("tiered"))
    two, _ = final(s, start, halves)
    n = int(one["clock"][N])
    assert n == int(two["clock"][N])
    assert set(np.unique(two["arm"][:n])) == {0, 1}
    labels = {"arm", "cell", "ledger_cell"}
    wrong = [
        f for f in FIELDS if f not in labels and not same(one[f][..., :n].copy(), two[f][..., :n].copy())
    ]
    assert wrong == []


# -- one customer ---------------------------------------------------------------------------------


def changed_start(start, **columns):
    """The start with some columns of one customer changed; the census, and so all plans, as they were."""
    other = copy.copy(start)
    other.state = {name: array.copy() for name, array in start.state.items()}
    other.newcomers = {name: array.copy() for name, array in start.newcomers.items()}
    for name, value in columns.items():
        other.state[name][..., chosen(start)] = value
    return other


def people(memory):
    """State of each customer by birth id."""
    n = int(memory["clock"][N])
    return {int(b): i for i, b in enumerate(memory["birth"][:n])}


def touched(start, one, other, ignore=()):
    """Births other than the changed customer's whose state differs, or who are in one world only."""
    a, b = people(one), people(other)
    born = int(start.state["birth"][chosen(start)])
    out = set(a) ^ set(b)
    for birth in set(a) & set(b):
        if any(
            one[f][..., a[birth]].tobytes() != other[f][..., b[birth]].tobytes()
            for f in FIELDS
            if f not in ignore
        ):
            out.add(birth)
    return out - {born}, born in a and born in b and any(
        one[f][..., a[born]].tobytes() != other[f][..., b[born]].tobytes() for f in FIELDS
    )


FROZEN = {f"freeze__{channel}": True for channel in ("staff", "budget", "referral", "cuts", "market")}
LONG = {"customers": 60, "horizon": "12 months", "run_out": "3 months"}

CHANGES = {
    "buys more": {"order_rate": 2.0},
    "asks more": {"ticket_rate": 3.0},
    "is happier": {"base_satisfaction": 99.0},
    "leaves soon": {"frailty": 500.0},
    "responds to care": {"response": 9.0},
    "is in the first tier": {"tier_now": 0, "tier0": 0},
    "pays late": {"lag": 26},
}


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("change", CHANGES)
def test_changing_one_customer_changes_only_that_customer(name, change):
    s, start = started(name, **LONG, **FROZEN)
    one, _ = final(s, start, everyone("tiered"))
    other, _ = final(s, changed_start(start, **CHANGES[change]), everyone("tiered"))
    others, itself = touched(start, one, other)
    assert others == set()
    assert itself or change in ("leaves soon", "pays late")


# Errors that stay with one customer; a wrong record shows another's purchases, so it is a channel by itself.
ERRORS = {f"data__{kind}": "30 %" for kind in ("missing", "duplicate", "stale", "outlier")}


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("change", ["buys more", "is happier", "leaves soon"])
def test_errors_in_the_records_are_each_customers_own(name, change):
    s, start = started(name, **LONG, **FROZEN, **ERRORS)
    one, tables = final(s, start, everyone("tiered"))
    other, _ = final(s, changed_start(start, **CHANGES[change]), everyone("tiered"))
    assert touched(start, one, other)[0] == set()
    _, clean = final(*started(name, **LONG, **FROZEN), everyone("tiered"))
    assert not same(tables["moves"]["birth"], clean["moves"]["birth"]), "errors move customers"


# Who tells everybody: no lever of the starters touches referral, so that this lift stays.
TELLS = {"lift": np.where(np.arange(LIFTS) == L_REFERRAL, np.float32(3.0), np.float32(0.0))}
# Who leaves in the fourth week: its contract ends, and it has decided not to renew.
LEAVES = {"renew_week": 3, "leaving": 5}

# One shared channel open at a time, in a scenario where it binds; (scenario, what is changed).
OPEN = {
    "staff": ({"today__staff": 3, "tiers.S.customers_per_manager": 20}, {"ticket_rate": 300.0}, "tiered"),
    "budget": ({"budget__yearly": "100 k / year"}, LEAVES, "uniform"),
    "referral": ({"referral__rate": 0.4, "baseline__churn": "50 %"}, TELLS, "today"),
    "cuts": ({"rating__recut": True, "rating__hysteresis": "0 %"}, {"order_rate": 9.0}, "today"),
}


def opened(channel, changes):
    return started(
        "machinery", **LONG, **{k: v for k, v in FROZEN.items() if k != f"freeze__{channel}"}, **changes
    )


@pytest.mark.parametrize("channel", OPEN)
def test_a_shared_channel_carries_the_change_to_others_and_only_when_open(channel):
    changes, columns, policy = OPEN[channel]
    s, start = opened(channel, changes)
    one, _ = final(s, start, everyone(policy))
    other, _ = final(s, changed_start(start, **columns), everyone(policy))
    assert touched(start, one, other)[0]
    s, start = started("machinery", **LONG, **FROZEN, **changes)
    one, _ = final(s, start, everyone(policy))
    other, _ = final(s, changed_start(start, **columns), everyone(policy))
    assert not touched(start, one, other)[0]


def test_the_market_carries_a_loss_to_other_customers_referrals():
    """Room in the market changes who brings whom, so it needs referral; frozen, nobody else moves."""
    changes = {"referral__rate": 0.45, "market__size": 200, "baseline__churn": "50 %"}
    for frozen in (False, True):
        s, start = started("machinery", **LONG, **{k: v for k, v in FROZEN.items() if k not in (
            "freeze__referral", "freeze__market")}, freeze__market=frozen, **changes)  # fmt: skip
        start = copy.copy(start)
        start.state = {**start.state, "lift": np.repeat(0.7 * TELLS["lift"][:, None], s.customers, axis=1)}
        born = int(start.state["birth"][chosen(start)])
        one, _ = final(s, start, everyone("today"))
        other, _ = final(s, changed_start(start, **LEAVES), everyone("today"))
        others = touched(start, one, other)[0]
        assert others, "the leaver's own referrals are missing at least"
        assert bool(others - descendants(s, born)) == (not frozen)


def descendants(s, born):
    """Ids that a customer's referrals, and theirs, could have within the horizon."""
    found, front = set(), [born]
    with np.errstate(over="ignore"):
        for _ in range(3):
            front = [
                int(newcomer_id(FROM_REFERRER, np.uint64(b), np.uint64(0), week, k))
                for b in front
                for week in range(round(s.horizon))
                for k in range(3)
            ]
            found |= set(front)
            front = front if len(front) < 500 else []
    return found


def test_one_more_referral_renumbers_nobody():
    s, start = opened("referral", {"referral__rate": 0.4, "baseline__churn": "50 %"})
    one, _ = final(s, start, everyone("today"))
    other, _ = final(s, changed_start(start, **TELLS), everyone("today"))
    a, b = people(one), people(other)
    new = set(b) - set(a)
    assert new and not set(a) - set(b)
    # Everybody else is as before, newcomers that stand in later slots now among them.
    shifted = [birth for birth in a if a[birth] != b[birth]]
    assert shifted
    assert touched(start, one, other)[0] == new


def test_a_referred_id_is_a_hash_of_its_origin():
    birth = np.array([5, 9], np.uint64)
    out = np.empty(3, np.uint64)
    referred_ids(birth, np.array([1, 0, 1]), np.array([0, 0, 1], np.int32), 7, 3, out)
    with np.errstate(over="ignore"):
        wanted = [
            newcomer_id(FROM_REFERRER, np.uint64(b), np.uint64(0), 7, k) for b, k in ((9, 0), (5, 0), (9, 1))
        ]
    assert out.tolist() == [int(w) for w in wanted]


def test_the_same_newcomers_come_from_channels_in_all_worlds():
    s = scenario(customers=80, horizon="12 months", run_out="0 weeks", mechanisms__referral=False)
    today, tiered = run(s, everyone("today"), everyone("tiered"))
    channels = [o.tables["kpis"]["new"].sum() for o in (today, tiered)]
    assert channels[0] == channels[1] > 0


def test_ledger_codes_are_read_back_as_written():
    books = Books(3, 5, 4)
    grid = np.meshgrid(*(np.arange(k) for k in (3, 2, 5, 5, 4)), indexing="ij")
    parts = dict(
        zip(("arm", "cohort", "tier_now", "tier0", "region"), (g.ravel() for g in grid), strict=True)
    )
    code = books.code(**parts)
    assert np.unique(code).size == code.size == books.company
    back = books.columns(code)
    assert all((back[name] == parts[name]).all() for name in parts)
    company = books.columns(np.array([books.company]))
    assert {k: c[0] for k, c in company.items()} == {
        "arm": -1,
        "cohort": 0,
        "tier_now": 5,
        "tier0": 5,
        "region": -1,
    }
