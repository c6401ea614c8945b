"""Nothing is lost and nothing comes from nowhere: customers, money, hours."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.worlds import everyone, later, lost, run, scenario

from tiersim.desk.jobs import FOLLOW_WAITS, REQUEST, SORTING_WAIT, WAITS
from tiersim.engine import ArmRule, Assignment, World
from tiersim.engine.accounts import (
    ACCOUNTS,
    CONTACTS,
    LATE,
    ORDERS,
    REFERRALS,
    TICKETS,
    WEEKS_PER_QUARTER,
)
from tiersim.engine.clock import discount_factors
from tiersim.engine.filing import D_FILED, D_SOLVED, D_UNSOLVED
from tiersim.engine.layout import RING, WEEK
from tiersim.engine.ledger import Books, Ledger, spread
from tiersim.engine.observe import RINGS
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation


def stated(value):
    return {"value": value, "source": "test", "grade": "assumed"}


SIGNS = {
    "use": {"worst": "-50 %", "best": 0}, "silence": {"worst": "60 days", "best": "10 days"},
    "survey": {"worst": 40, "best": 90}, "late": {"worst": 2, "best": 0},
}  # fmt: skip


def mechanisms(tiers, strategy):
    """Each mechanism that a scenario may have, by name, often at an edge; `strategy`: one of its own."""
    top, low = tiers[0], tiers[-1]
    return {
        "warning": {
            "warning": {"indicators": SIGNS, "amber": 90, "red": 70},
            "win_back": {"who": ["red", "amber", "lost"], "capacity": 40, "again": "1 week",
                         "offer": {"discount": "20 %", "lasts": "3 weeks", "gift": 7, "reward": 11}},
        },
        "campaigns": {
            "campaigns.sale": {
                "tiers": [top, low], "begins": "1 week", "every": "every 3 weeks", "lasts": "2 weeks",
                "cost": 3, "discount": "30 %", "response": stated("+300 %"), "pull_forward": stated("100 %"),
                "recovery": stated("2 weeks"), "messages": 4,
            },
        },
        "products": {"products": {"lines": 5, "adoption": stated(3)}},
        "loyalty": {
            "loyalty": {"points": "5 %", "levels": {"Up": {"spend": 10, "price": 4, "points": 2},
                                                    "Top": {"spend": 1000, "price": 30, "points": 3}}},
            f"strategies.{strategy}.levels": ["Top"],
        },
        "lifecycle": {"lifecycle": {}, f"strategies.{strategy}.stages": ["introduction", "decline"]},
        "shocks": {
            "shocks.downturn": {"begins": "2 weeks", "lasts": "4 weeks", "demand": stated("-60 %"),
                                "churn": {"price": stated("+400 %"), "budget": stated("+100 %")},
                                "satisfaction": stated(-30)},
            "shocks.failure": {"rate": stated("8 / year"), "lasts": "1 week", "leaves": 1},
        },
        "budget": {
            "budget.carry_over": "100 %", "budget.follow_value": "50 %", "budget.freed_to": low,
            "budget.innovation": {"share": "10 %", "strategies": [strategy]},
        },
        "exit": {"exit": {"below": "100 k / year", "quarters": 1, "then": "let_go", "most": "40 %"}},
        "incentives": {"incentive": {}, "policies.tiered.incentives": {"tied": "40 %", "to": "satisfaction"}},
        "plan": {"plan": [{"what": [strategy], "from": "2026-01-12", "to": "2026-03-02"}]},
        "acquisition": {
            "acquisition": {"sales": {"people": 2}},
            "policies.tiered.acquisition.sales.order": "score",
        },
    }  # fmt: skip


CHANNEL = {"spend": "100 k / year", "leads": 400}
MECHANISMS = {
    "machinery": mechanisms(["S", "A", "B", "C"], "nurturing"),
    "retail": mechanisms(["Diamond", "Platinum", "Gold", "Ordinary"], "category offers"),
}
MECHANISMS["machinery"]["acquisition"]["acquisition"]["channels"] = {"Fairs": CHANNEL}
MECHANISMS["retail"]["acquisition"]["acquisition"]["channels"] = {"App": CHANNEL}

percent = st.integers(0, 100).map(lambda k: f"{k} %")


@st.composite
def scenarios(draw):
    """Small scenarios, often at an edge: hardly an order, no money, most leave, one customer."""
    name = draw(st.sampled_from(["machinery", "retail"]))
    churn = draw(st.integers(3, 70))
    changes = {
        "customers": draw(st.sampled_from([1, 2, 7, 30, 60])),
        "horizon": draw(st.sampled_from(["3 months", "6 months", "15 months"])),
        "run_out": draw(st.sampled_from(["0 weeks", "3 months"])),
        "baseline.churn": f"{churn} %",
        "churn.bankruptcy": draw(st.sampled_from([0.0, 0.004, 0.02])),
        # The longest frailty tail at which the churn above can be reached at all.
        "population.frailty_shape": 5,
        "service.grave": draw(st.sampled_from(["0 %", "1 %", "40 %"])),
        "population.contact_changes": draw(st.sampled_from([0, 0.2, 20])),
        "referral.rate": draw(st.sampled_from([0.0, 0.02])),
        "budget.yearly": draw(st.sampled_from(["0 / year", "1 k / year", "300 k / year", "20 m / year"])),
        "population.ticket_rate": draw(st.sampled_from(["0 / year", "3 / year", "120 / year"])),
        "population.order_rate": draw(st.sampled_from(["0.5 / year", "20 / year"])),
        "today.staff": draw(st.sampled_from([0.4, 1, 3, 40])),
        "staff.leaving": draw(st.sampled_from(["0 %", "15 %", "95 %"])),
        "satisfaction.late_shock": draw(st.sampled_from([0, 20])),
        "money.discount_rate": draw(st.sampled_from(["0 %", "8 %"])),
        "rating.recut": draw(st.booleans()),
        "freeze.staff": draw(st.booleans()),
        "freeze.market": draw(st.booleans()),
    }
    for part in draw(st.lists(st.sampled_from(sorted(MECHANISMS[name])), max_size=6, unique=True)):
        changes |= MECHANISMS[name][part]
    return scenario(name, **changes), draw(st.integers(0, 3))


@st.composite
def worlds(draw):
    """All under one policy, a later start, or two arms with a delay."""
    policy = draw(st.sampled_from(["today", "uniform", "tiered"]))
    kind = draw(st.sampled_from(["everyone", "later", "arms"]))
    if kind == "everyone":
        return everyone(policy)
    if kind == "later":
        return later(draw(st.sampled_from(["uniform", "tiered"])), draw(st.sampled_from([5, 13])))
    arms = (
        ArmRule("left", 0.3, ((0, policy),)),
        ArmRule("right", 0.7, ((0, "today"), (4, "tiered")), delay=6),
    )
    return World("arms", Assignment(arms))


class Watched(Simulation):
    """A world that keeps each week's postings and looks at its state after every week."""

    def __init__(self, *arguments):
        self.weekly = []
        super().__init__(*arguments)

    def _stages(self):
        super()._stages()
        self.bound = [*self.bound, (self._look, ())]

    def _look(self):
        m, n = self.memory, int(self.memory["clock"][1])
        assert ((m["content"][:n] >= 0) & (m["content"][:n] <= 100)).all()
        assert (m["wallet"][:n] > 0).all()
        assert (m["wallet"][:n] <= m["wallet_potential"][:n] * (1 + 1e-6)).all()
        for name in (
            "order_rate",
            "ticket_rate",
            "frailty",
            "response",
            "carried",
            "dose",
            "elapsed",
            "backlog",
        ):
            part = m[name][..., :n] if m[name].shape[-1] == m["alive"].size else m[name]
            assert (part >= 0).all() and np.isfinite(part).all(), name
        for name in ("delivered", "market_room"):
            assert ((m[name] >= 0) & (m[name] <= 1)).all(), name
        assert np.isin(m["alive"][:n], (0, 1)).all()
        assert (m["tier_now"][:n] < self.tiers).all()
        assert np.unique(m["birth"][:n]).size == n
        self._hours()
        self._remembered(n)

    def _remembered(self, n):
        """What the company remembers of a quarter is what happened in it, no more and no less."""
        m = self.memory
        row = {name: m[name][m["clock"][RING] % len(m[name])][:n] for name in RINGS}
        for ring, metric in (
            ("orders_ring", ORDERS),
            ("requests_ring", TICKETS),
            ("late_ring", LATE),
            ("contacts_ring", CONTACTS),
            ("referrals_ring", REFERRALS),
        ):
            assert row[ring].sum() == m["kpi"][metric].sum(), ring
        assert (row["grave_ring"] <= row["requests_ring"]).all()
        for name in RINGS:
            assert (m[name][:, :n] >= 0).all(), name
        person = m["person_week"][:n].astype(int)
        assert (person >= m["entry_week"][:n]).all()
        assert (person <= np.maximum(m["clock"][WEEK], m["entry_week"][:n])).all()

    def _hours(self):
        """Little's law, to the second: what waited in all is what waited at each second; nobody is lost."""
        if self.desk is None or self.run_out:
            return
        queue, m = self.desk.queue, self.memory
        table = {name: column[: queue.count] for name, column in queue.table.items()}
        waits = np.isin(table["stage"], (SORTING_WAIT, WAITS, FOLLOW_WAITS))
        still = (queue.now - table["since"][waits]).sum()
        assert queue.area.sum() == queue.waited.sum() + still
        # Open requests are those filed and not closed, and a person has one job at most.
        asked = table["kind"] == REQUEST
        closed = m["desk_sum"][[D_SOLVED, D_UNSOLVED]].sum()
        self.open_before = getattr(self, "open_before", 0.0)
        solved = (table["solved_at"] >= 0) | (table["unsolved"] == 1)
        filed = m["desk_sum"][D_FILED].sum()
        assert (asked & ~solved).sum() == self.open_before + filed - closed
        if (m["clock"][WEEK] + 1) % WEEKS_PER_QUARTER == 0:
            self.open_before = (asked & ~solved).sum()
        busy = table["seat"][table["seat"] >= 0]
        assert np.unique(busy).size == busy.size


def simulate(s, world, replication):
    start = prepare(s, 5, replication)
    simulation = Watched(s, start, world, 5, replication)
    with np.errstate(under="ignore"):
        return start, simulation, simulation.run()


@settings(max_examples=40)
@given(scenarios(), worlds())
def test_customers_money_and_hours_balance(case, world):
    s, replication = case
    start, _, tables = simulate(s, world, replication)
    customers_balance(s, start, tables)
    money_balances(s, tables)
    kpis_are_sane(tables["kpis"], start)


def customers_balance(s, start, tables):
    """Start + new - lost + first ratings in - out = active, by arm and tier0, every quarter."""
    kpis, moves = tables["kpis"], tables["moves"]
    tiers = len(s.tiers) + 1
    arms = int(max(kpis["arm"].max(), 0)) + 1
    quarters = round(s.horizon + s.run_out) // WEEKS_PER_QUARTER
    held = np.zeros((arms, tiers))
    first_quarter = np.zeros((arms, tiers))
    for q in range(quarters):
        here = kpis["quarter"] == q
        where = (kpis["arm"][here].astype(int), kpis["tier0"][here].astype(int))
        change, active = np.zeros((arms, tiers)), np.zeros((arms, tiers))
        np.add.at(change, where, kpis["new"][here] + kpis["true_won_back"][here] - lost(kpis)[here])
        np.add.at(active, where, kpis["active"][here])
        if q == 0:
            first_quarter = active - change
            assert first_quarter.sum() == s.customers
            assert (first_quarter >= 0).all()
            assert first_quarter.sum(axis=0)[:-1].tolist() == start.tables["start"]["customers"].tolist()
            held = first_quarter
        held = held + change
        assert held.tolist() == active.tolist()
        # The review at the quarter's end gives newcomers their tier0.
        rated = (
            (moves["rule"] == 0)
            & (moves["true_active"] == 1)
            & (moves["week"] == (q + 1) * WEEKS_PER_QUARTER)
        )
        for arm, tier0 in zip(moves["arm"][rated], moves["tier0"][rated], strict=True):
            held[arm, tiers - 1] -= 1
            held[arm, tier0] += 1


def money_balances(s, tables):
    ledger = tables["ledger"]
    assert ledger["cents"].dtype == np.int64
    if not ledger["cents"].size:
        return
    income = ledger["account"] == ACCOUNTS.index("revenue")
    assert (ledger["cents"][income] >= 0).all()
    assert (ledger["cents"][~income] <= 0).all()
    assert (ledger["cash_quarter"] >= ledger["order_quarter"]).all()
    paid_later = income | (ledger["account"] == ACCOUNTS.index("discounts"))
    assert (ledger["cash_quarter"][~paid_later] == ledger["order_quarter"][~paid_later]).all()
    by_account = [int(ledger["cents"][ledger["account"] == a].sum()) for a in range(len(ACCOUNTS))]
    assert sum(by_account) == int(ledger["cents"].sum())
    if s.money.discount_rate == 0:
        assert ledger["pv"] == pytest.approx(ledger["cents"] / 100.0, rel=1e-12, abs=1e-9)
    else:
        first = (1.08) ** (-(WEEKS_PER_QUARTER * ledger["cash_quarter"].astype(float)) / 52)
        last = (1.08) ** (-(WEEKS_PER_QUARTER * (ledger["cash_quarter"] + 1.0)) / 52)
        size = np.abs(ledger["cents"]) / 100.0
        assert (
            (np.abs(ledger["pv"]) <= size * first + 1e-9) & (np.abs(ledger["pv"]) >= size * last - 1e-9)
        ).all()


def kpis_are_sane(kpis, start):
    for name, column in kpis.items():
        if name not in ("quarter", "arm", "cohort", "tier_now", "tier0", "region"):
            assert (column >= 0).all() and np.isfinite(column).all(), name
    within = {
        "renewed": "renewals_due",
        "answered": "asked",
        "lapsed": "active",
        "capped": "customer_weeks",
        "wallet_share": "customer_weeks",
    }
    for less, more in within.items():
        assert (kpis[less] <= kpis[more] + 1e-6).all(), less
    # A request may be late in another quarter than the one in which it was made, but only once.
    for told in ("late", "solved_late", "unsolved"):
        assert kpis[told].sum() <= kpis["tickets"].sum(), told
    assert (kpis["promoters"] + kpis["detractors"] <= kpis["answered"]).all()
    assert (kpis["true_satisfaction"] <= 100 * kpis["customer_weeks"] + 1e-6).all()
    assert (kpis["csat"] <= 100 * kpis["answered"] + 1e-6).all()


# -- money, account by account --------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan():
    """A tiered machinery world of ordinary size, with its simulation at the end."""
    s = scenario(customers=300, horizon="12 months", run_out="3 months", budget__yearly="5 m / year")
    simulation = Posted(s, prepare(s, 3, 0), everyone("tiered"), 3, 0)
    return s, simulation, simulation.run()


class Posted(Simulation):
    """Keeps what every week was paid to whom, from the people and the heads rather than from the postings."""

    def __init__(self, *arguments):
        self.wages, self.volume = Counter(), Counter()
        super().__init__(*arguments)

    def _pay(self, week, offset):
        super()._pay(week, offset)
        if not self.run_out:
            for pool in self.slots.pools:
                self.wages["staff"] += round(100 * pool.payroll * pool.plan.salary / 52)
                self.wages["on_call"] += round(100 * pool.payroll * pool.plan.on_call / 52)


def account(tables, name, until=99):
    ledger = tables["ledger"]
    return int(
        ledger["cents"][(ledger["account"] == ACCOUNTS.index(name)) & (ledger["order_quarter"] < until)].sum()
    )


def test_wages_are_those_of_the_payroll(plan):
    _, simulation, tables = plan
    assert account(tables, "staff", 4) == -simulation.wages["staff"]
    assert account(tables, "on_call", 4) == -simulation.wages["on_call"]
    assert simulation.wages["on_call"] > 0


def test_strategies_cost_what_the_funds_say(plan):
    s, _, tables = plan
    ledger, funds = tables["ledger"], tables["funds"]
    for quarter in range(4):
        here = (ledger["account"] == ACCOUNTS.index("strategies")) & (ledger["order_quarter"] == quarter)
        posted = -int(ledger["cents"][here].sum())
        planned = int(funds["strategies"][funds["quarter"] == quarter].sum())
        # A week is posted in whole cents, a group's quarter is rounded once.
        assert abs(posted - planned) <= 13 * 0.5 + len(s.budget.split)
        assert planned > 0
    assert account(tables, "strategies") == account(tables, "strategies", 4), "nothing after the horizon"


def test_funds_add_up_to_the_cap(plan):
    s, _, tables = plan
    funds = tables["funds"]
    parts = funds["staff"] + funds["reserved"] + funds["strategies"] + funds["unspent"]
    assert np.abs(parts - funds["cap"]).max() <= 2
    yearly = sum(funds["cap"][funds["quarter"] == q].sum() for q in range(4))
    assert yearly == round(100 * s.budget.yearly)
    assert ((funds["funded"] >= 0) & (funds["funded"] <= 1)).all()


def test_requests_and_contacts_cost_their_price_each(plan):
    _, simulation, tables = plan
    kpis, cents = tables["kpis"], simulation.memory
    person, bot = cents["ticket_cents"].tolist()
    by_people = (kpis["tickets"] - kpis["by_bot"] - kpis["self_served"]).sum()
    assert account(tables, "service") == -person * by_people
    assert account(tables, "bot") == -bot * kpis["by_bot"].sum()
    assert kpis["tickets"].sum() > by_people > 0
    filed = tables["desk"]["filed"].sum()
    assert filed == by_people - kpis_of_run_out(kpis, simulation)
    made = kpis["contacts"].sum()
    personal, automatic = cents["contact_cents"].tolist()
    assert -made * personal <= account(tables, "contact") <= -made * automatic


def kpis_of_run_out(kpis, simulation):
    """Requests for people after the plan, which no desk is run for."""
    later = kpis["quarter"] >= simulation.horizon // WEEKS_PER_QUARTER
    return (kpis["tickets"] - kpis["by_bot"] - kpis["self_served"])[later].sum()


def test_one_off_payments_are_made_once_when_they_are_due(plan):
    s, simulation, tables = plan
    ledger = tables["ledger"]
    here = ledger["account"] == ACCOUNTS.index("one_off")
    paid = sorted(zip(ledger["order_quarter"][here].tolist(), ledger["cents"][here].tolist(), strict=True))
    wanted = sorted(
        (round(item.after) // 13, -round(100 * simulation.values[f"one_off.{name}.amount"]))
        for name, item in s.one_off.items()
    )
    assert paid == wanted


def test_people_balance_pool_by_pool(plan):
    _, simulation, tables = plan
    staff = tables["staff"]
    trained = 0
    for number, pool in enumerate(simulation.slots.pools):
        here = (staff["pool"] == number) & (staff["quarter"] < 4)
        change = staff["hired"][here] - staff["left"][here] - staff["dismissed"][here]
        heads = staff["heads"][here]
        assert (np.diff(heads) == change[1:]).all(), pool.key
        trained += heads[0] - change[0]
    # The plan's start moves people between pools; together they were today's staff.
    assert trained == round(simulation.scenario.today.staff)


# -- parts ----------------------------------------------------------------------------------------


@given(
    st.integers(0, 10**15),
    st.lists(st.floats(0, 1e9), min_size=1, max_size=40).filter(lambda w: sum(w) > 1e-3),
)
def test_spread_gives_out_every_cent_and_no_share_is_off_by_more_than_one(cents, weights):
    weights = np.array(weights)
    parts = spread(cents, weights)
    assert parts.sum() == cents
    assert (parts >= 0).all()
    exact = weights / weights.sum() * cents
    assert np.abs(parts - exact).max() <= 1 + 1e-12 * cents
    assert not parts[weights == 0].any()


@given(
    st.integers(0, 12), st.integers(0, 3), st.lists(st.integers(-(10**12), 10**12), min_size=39, max_size=39)
)
def test_the_ledger_books_each_posting_once_at_its_cash_week(quarter, cell, amounts):
    books = Books(1, 3, 2)
    rate = 0.1
    ledger = Ledger(books, discount_factors(rate, 300))
    post = np.zeros((len(ACCOUNTS), 39, books.cells), np.int64)
    post[0, :, cell] = amounts
    ledger.flush(post, quarter)
    assert not post.any()
    table = ledger.table()
    if not any(amounts):
        assert table == {}
        return
    for block in range(3):
        part = amounts[13 * block : 13 * block + 13]
        row = table["cash_quarter"] == quarter + block
        assert row.sum() == any(part)
        if any(part):
            assert table["cents"][row].tolist() == [sum(part)]
            weeks = 13 * (quarter + block) + np.arange(13)
            worth = float(
                sum(c / 100 * (1 + rate) ** (-(w + 0.5) / 52) for c, w in zip(part, weeks, strict=True))
            )
            assert table["pv"][row][0] == pytest.approx(
                worth, rel=1e-9, abs=1e-9 * sum(map(abs, part)) / 100 + 1e-9
            )


def test_revenue_that_is_paid_after_the_end_is_counted():
    s = scenario(customers=60, horizon="3 months", run_out="0 weeks", population__days_to_pay="20 weeks")
    ledger = run(s, everyone("today"))[0].tables["ledger"]
    revenue = ledger["account"] == ACCOUNTS.index("revenue")
    assert set(ledger["order_quarter"].tolist()) == {0}
    assert {1, 2} <= set(ledger["cash_quarter"][revenue].tolist())
