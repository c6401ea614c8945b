"""The table of `tiersim check` against a computation by hand, and its warnings."""

from __future__ import annotations

import math

import pytest

from tiersim.policy.check import check
from tiersim.scenario.load import load

HAND = {
    "customers": 1000,
    "staff.hours": "40 h / week",
    "staff.load": 0.8,
    "staff.salary": 200_000,
    "staff.agent_salary": 100_000,
    "staff.on_call_pay": 20_000,
    "population.ticket_rate": 365.25 / 7 / 10,  # a tenth of a request a week
    "service.handling": "2 h",
    "service.sorting": "0 h",
    "service.classes": {"standard": {"frequency": 1, "work": 1, "department": 0, "unsolved": 0, "bot": 1},
                        "technical": None, "commercial": None, "complaint": None},
    "service.cost": 100,
    "service.bot_cost": 10,
    "service.contact_time": "1 h",
    "service.contact_cost": 50,
    "service.automatic_cost": 1,
    "budget": {"yearly": 10_000_000, "split": {"S+A": 0.6, "B": 0.3, "C": "rest"}},
    "tiers": {
        "S": {"share": 0.05, "customers_per_manager": 5, "contact_every": "weekly", "answer_within": "2 h",
              "round_the_clock": True, "account_hours": "fill", "follow_up": None},
        "A": {"share": 0.15, "customers_per_manager": 20, "contact_every": "every 2 weeks",
              "answer_within": "4 h", "account_hours": "1 h / week", "targets": None, "overflow": None},
        "B": {"share": 0.30, "customers_per_manager": 15, "team": "pool", "contact_every": "never",
              "answer_within": "8 h", "account_hours": "1 h / week"},
        "C": {"share": "rest", "customers_per_manager": 150, "agents": True,
              "contact_every": "every 10 weeks", "contact_automatic": True, "answer_within": "8 h",
              "bot": 0.5, "account_hours": "0.1 h / week", "self_service": 0},
    },
    "strategies": {
        "visits": {"tiers": ["S"], "channel": "visits", "price": 10_000},
        "training": {"tiers": ["B"], "channel": "training", "price": 1_000, "dose": 2},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def base():
    scenario = load("machinery", {"mechanisms.feedback": False})
    gone = {f"strategies.{name}": None for name in scenario.strategies}
    return scenario.override(gone | HAND)


@pytest.fixture(scope="module")
def plan(base):
    [found] = check(base)
    return found


def test_people(plan):
    """50/5, 150/20, 300/15 and 500/150 rounded up; of B's 3 m 2.84 m are left, which pay 14 of its 20."""
    assert [tier.customers for tier in plan.tiers] == [50, 150, 300, 500]
    assert [tier.needed for tier in plan.tiers] == [10, 8, 20, 4]
    assert [tier.paid for tier in plan.tiers] == [10, 8, 14, 4]
    assert [tier.binds for tier in plan.tiers] == ["ratio", "ratio", "money", "ratio"]
    assert plan.people == 36
    assert (plan.today_people, plan.today_wages) == (30, 6_000_000)


def test_money(plan):
    requests = 365.25 / 7 / 10  # a year
    s = 50 * (requests * 100 + 52 * 50)
    a = 150 * (requests * 100 + 26 * 50)
    b = 300 * requests * 100
    c = 500 * (requests * (0.5 * 100 + 0.5 * 10) + 5.2 * 1)
    assert [tier.volume for tier in plan.tiers] == pytest.approx([s, a, b, c])
    assert [tier.wages for tier in plan.tiers] == pytest.approx([2_200_000, 1_600_000, 2_800_000, 400_000])
    assert [group.name for group in plan.groups] == ["S+A", "B", "C"]
    assert [tier.group for tier in plan.tiers] == [0, 0, 1, 2]
    assert [group.cap for group in plan.groups] == pytest.approx([6e6, 3e6, 1e6])
    assert [group.reserved for group in plan.groups] == pytest.approx([s + a, b, c])
    assert [group.wanted for group in plan.groups] == pytest.approx([50 * 10_000, 300 * 2 * 1_000, 0])
    left = 3e6 - b - 2_800_000
    assert [group.funded for group in plan.groups] == pytest.approx([1, left / 600_000, 0])
    assert [group.unspent for group in plan.groups] == pytest.approx(
        [6e6 - s - a - 3_800_000 - 500_000, 0, 1e6 - c - 400_000], abs=1e-6
    )
    for group in plan.groups:
        spent = group.reserved + group.staff + group.funded * group.wanted + group.unspent
        assert spent == pytest.approx(group.cap)


def test_utilisation(plan):
    """S fills the planned load; A: 1 + 1/2 + 0.2 h; B: 1 + 0.2 h; C: 0.1 + half of 0.2 h, contacts sent."""
    hand = [0.8, 150 * 1.7 / (8 * 40), 300 * 1.2 / (14 * 40), 500 * 0.2 / (4 * 40)]
    assert [tier.utilisation for tier in plan.tiers] == pytest.approx(hand)
    assert plan.warnings == ()


def warnings_of(base, changes):
    return "\n".join(warning for plan in check(base.override(changes)) for warning in plan.warnings)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"budget.yearly": 3_000_000}, "B: people would be busy 300 % of their hours"),
        ({"budget.yearly": 1_000_000}, "B: the money pays nobody"),
        ({"budget.yearly": 100_000}, "B: requests and contacts alone cost more than its money"),
        ({"tiers.C.customers_per_manager": 4}, "C: 1:4 needs 125 people"),
        ({"customers": 19}, "S: its share gives 0.95 customers"),
        ({"customers": 100, "staff.on_call_pay": 0}, "S: answers round the clock with 1 people"),
        ({"budget.split": {"S+A": "rest", "B": 0.2966, "C": 0.1}}, "B: what is left pays 2 % of its"),
    ],
)  # fmt: skip
def test_warnings(base, changes, text):
    assert text not in warnings_of(base, {})
    assert text in warnings_of(base, changes)


# One person a team whose week is full of account work of an hour: most answers take longer than five minutes.
OWN = {"tiers.B.team": 1, "tiers.B.answer_within": "5 min", "tiers.B.account_hours": "1.5 h / week"}


@pytest.mark.parametrize(
    ("changes", "text", "mended"),
    [
        (OWN, "B: answers are promised within 5 min, but about 1", {"tiers.B.team": "pool"}),
        ({"tiers.B.team": "region", "tiers.B.customers_per_manager": 100}, "B: 3 people for 5 regions",
         {"tiers.B.customers_per_manager": 60}),
        ({"desk.on_duty": 11}, "S: desk.on_duty wants 11 people at night, and it has 10",
         {"desk.on_duty": 10}),
        ({"tiers.C.self_service": 0.3, "policies.tiered.knowledge_base": False},
         "C: self_service has no effect, as tiered keeps no knowledge base",
         {"policies.tiered.knowledge_base": True}),
        ({"tiers.C.self_service": 0.3, "mechanisms.knowledge": False}, "C: self_service has no effect",
         {"mechanisms.knowledge": True}),
    ],
)  # fmt: skip
def test_warnings_about_the_desk(base, changes, text, mended):
    assert text in warnings_of(base, changes)
    assert text not in warnings_of(base, changes | mended)


def test_requests_and_promises(base, plan):
    """A tenth of a request a week takes 2 h; a bot that solves half of them leaves the other half."""
    assert [tier.requests for tier in plan.tiers] == pytest.approx([10, 30, 60, 50])
    assert [tier.promise for tier in plan.tiers] == [2, 4, 8, 8]
    assert [tier.round_the_clock for tier in plan.tiers] == [True, False, False, False]
    [called] = check(base.override({"tiers.S.follow_up": "24 h", "service.follow_up_time": "30 min"}))
    assert [tier.requests for tier in called.tiers] == pytest.approx([12.5, 30, 60, 50])
    [own] = check(base.override({"tiers.B.targets": {"standard": {"answer_within": "1 h"}}}))
    assert own.tiers[2].promise == 1


def test_on_call_pay_or_a_full_seat_is_enough(base):
    assert "round the clock" not in warnings_of(base, {"customers": 100})
    assert "round the clock" not in warnings_of(base, {"staff.on_call_pay": 0})  # ten people


def test_nobody_is_no_utilisation(base):
    [plan] = check(base.override({"budget.yearly": 1_000_000}))
    b = plan.tiers[2]
    assert (b.paid, b.utilisation) == (0, math.inf)


def test_every_tiered_policy_that_is_compared_has_its_table(base):
    more = {"policies.rich": {"care": "tiered", "budget": {"yearly": 20_000_000}}}
    assert [plan.policy for plan in check(base.override(more))] == ["tiered"]
    both = base.override(more | {"compare": ["today", "rich", "tiered"]})
    assert [(plan.policy, plan.yearly) for plan in check(both)] == [("rich", 2e7), ("tiered", 1e7)]
    assert [plan.policy for plan in check(base.override(more | {"compare": ["today"]}))] == ["tiered", "rich"]


@pytest.mark.parametrize("name", ["machinery", "retail", "placebo"])
def test_starters_need_no_warning(name):
    for plan in check(load(name)):
        assert plan.warnings == ()
        assert all(0 < tier.utilisation <= 0.95 for tier in plan.tiers)


FOR_THE_WARNED = {"strategies.visits.warned": True}


@pytest.mark.parametrize(
    ("changes", "text", "mended"),
    [
        ({"mechanisms.warning": False}, "win_back asks those who are red", {"mechanisms.win_back": False}),
        ({"mechanisms.warning": False, **FOR_THE_WARNED}, "visits: warned confines it",
         {"mechanisms.warning": True}),
    ],
)  # fmt: skip
def test_what_waits_for_a_mechanism_that_is_off_is_told(base, changes, text, mended):
    assert text in warnings_of(base, changes)
    assert text not in warnings_of(base, changes | mended)
