"""Leads: whom worlds win, what people have time for, what it costs, and that off means absent (L2, R22)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import everyone, run, same, scenario

from tiersim.engine import ArmRule, Assignment, World
from tiersim.engine.accounts import ACCOUNTS
from tiersim.engine.layout import N
from tiersim.engine.mechanisms.acquisition import Winning
from tiersim.engine.prepare import prepare
from tiersim.engine.sales import Team
from tiersim.engine.world import Simulation

CHANNELS = {
    "Direct sales": {
        "spend": "100 k / year",
        "leads": 200,
        "saturation": {"value": 3, "source": "test", "grade": "assumed"},
    },
    "Dealers": {"spend": "200 k / year", "leads": 150},
    "Fairs": {"spend": "300 k / year", "leads": 250},
}
LEADS = {"channels": CHANNELS, "sales": {"people": 100, "decision": "2 weeks"}}
MANY = {"baseline__arrivals": "60 / year", "horizon": "1 year", "run_out": "0 weeks"}
PLAN = "policies.tiered.acquisition"


def leads(**changes):
    return scenario(**{"acquisition": LEADS, **MANY, **changes})


def arms(**steps):
    share = 1.0 / len(steps)
    return World("arms", Assignment(tuple(ArmRule(k, share, ((0, policy),)) for k, policy in steps.items())))


def winning(s, world, replication=0):
    """The mechanism of a world whose weeks have not been run, and the newcomers of each quarter."""
    simulation = Simulation(s, prepare(s, 1, replication), world, 1, replication)
    (mechanism,) = [part for part in simulation.mechanisms._all if isinstance(part, Winning)]
    quarters = range(round(s.horizon) // 13)
    return mechanism, [mechanism.newcomers(13 * q, 13 * q + 13) for q in quarters]


def who(s, world, replication=0):
    """Traits of all who are won, by birth id."""
    _, quarters = winning(s, world, replication)
    names = ("order_rate", "log_basket", "margin", "frailty", "entry_week", "channel", "region", "needs")
    return {
        int(birth): tuple(float(part[name][i]) for name in names)
        for part in quarters
        for i, birth in enumerate(part["birth"])
    }


def table(s, world, replication=0):
    return winning(s, world, replication)[0].tables()["leads"]


# -- off means absent --------------------------------------------------------------------------------


def test_switched_off_it_is_the_run_without_it_bit_for_bit():
    without = run(scenario(**MANY), everyone("tiered"))[0].tables
    off = leads(mechanisms__acquisition=False, **{PLAN: {"first_order_discount": "10 %"}})
    tables = run(off, everyone("tiered"))[0].tables
    assert tables.keys() == without.keys()
    # Its assumptions are still drawn, at addresses of their own.
    for name in without.keys() - {"draws"}:
        assert all(same(tables[name][key], without[name][key]) for key in without[name]), name


def test_channels_that_are_not_listed_bring_the_same_newcomers_as_without_the_section():
    few = leads(acquisition={**LEADS, "channels": {"Fairs": CHANNELS["Fairs"]}})
    fixed = prepare(scenario(**MANY), 1, 0).newcomers
    left = prepare(few, 1, 0).newcomers
    others = fixed["channel"] != 2
    assert 0 < left["birth"].size < fixed["birth"].size
    assert all(same(column[..., others], left[name]) for name, column in fixed.items())
    assert {traits[5] for traits in who(few, everyone("today")).values()} == {2.0}


def test_without_arrivals_nobody_is_won_and_nothing_is_paid():
    outcome = run(leads(mechanisms__arrivals=False), everyone("today"))[0]
    assert "leads" not in outcome.tables
    assert not np.isin(outcome.tables["ledger"]["account"], [ACCOUNTS.index("acquisition")]).any()


# -- whom worlds win -----------------------------------------------------------------------------------


def test_more_money_wins_the_same_customers_and_more():
    changes = {PLAN: {"channels": {"Fairs": {"spend": "2 m / year"}, "Dealers": {"spend": "200 k / year"}}}}
    s = leads(**changes, acquisition={**LEADS, "sales": {"people": 5000, "decision": "2 weeks"}})
    today, more = who(s, everyone("today")), who(s, everyone("tiered"))
    assert today.items() <= more.items() and len(more) > len(today)
    assert {traits[5] for birth, traits in more.items() if birth not in today} == {2.0}


def test_less_money_wins_some_of_the_same_customers():
    s = leads(**{PLAN: {"channels": {"Fairs": {"spend": 0}}}})
    today, less = who(s, everyone("today")), who(s, everyone("tiered"))
    assert less.items() < today.items()


def test_a_discount_wins_the_same_customers_and_more():
    effect = {"value": 1.0, "source": "test", "grade": "assumed"}
    s = leads(
        **{PLAN: {"first_order_discount": "20 %"}},
        acquisition={**LEADS, "first_order": {"effect": effect, "lasts": "4 weeks"}},
    )
    today, given = who(s, everyone("today")), who(s, everyone("tiered"))
    assert today.items() < given.items()


def test_under_scarce_people_whoever_is_won_in_two_worlds_is_the_same_customer():
    """Work in another order only changes who is won, and when."""
    s = leads(acquisition={**LEADS, "sales": {"people": 0.8}}, **{PLAN: {"sales": {"order": "score"}}},
              baseline__arrivals="20 / year")  # fmt: skip
    today, scored = who(s, everyone("today")), who(s, everyone("tiered"))
    both = today.keys() & scored.keys()
    assert both and today.keys() != scored.keys()
    for birth in both:
        assert [x for k, x in enumerate(today[birth]) if k != 4] == [
            x for k, x in enumerate(scored[birth]) if k != 4
        ]


def test_worlds_are_equal_until_the_policy_begins():
    s = leads(**{PLAN: {"channels": {"Fairs": {"spend": "3 m / year"}}, "sales": {"people": 130}}})
    later = World("later", Assignment((ArmRule("all", 1.0, ((0, "today"), (26, "tiered"))),)))
    a, b = table(s, everyone("today")), table(s, later)
    before = a["quarter"] < 2
    assert all(same(a[name][before], b[name][before]) for name in a)
    assert (b["leads"][~before].sum() > a["leads"][~before].sum()) and b["spend"].sum() > a["spend"].sum()


# -- arms and the channel of sales people (R22) --------------------------------------------------------

SCARCE = {"acquisition": {**LEADS, "sales": {"people": 0.8}}, "baseline__arrivals": "20 / year"}
MORE = {PLAN: {"channels": {"Direct sales": {"spend": "3 m / year"}}, "sales": {"order": "score"}}}


def of_arm(s, world, arm):
    mechanism, quarters = winning(s, world)
    arms_of = [mechanism.parts.slots.arms_of(part["birth"], part["region"], 1, 0) for part in quarters]
    births = [part["birth"][arms == arm] for part, arms in zip(quarters, arms_of, strict=True)]
    return set(np.concatenate(births).tolist())


@pytest.mark.parametrize("changes", [{"sharing__sales": "arm"}, {"freeze__sales": True}])
def test_what_one_arm_does_leaves_the_other_arms_newcomers_alone(changes):
    s = leads(**SCARCE, **MORE, **changes)
    before, after = (arms(one="today", two="today"), arms(one="today", two="tiered"))
    assert of_arm(s, before, 0) == of_arm(s, after, 0) != set()
    assert of_arm(s, before, 1) != of_arm(s, after, 1)


def test_arms_that_share_sales_people_feel_each_other():
    s = leads(**SCARCE, **MORE, sharing__sales="all")
    assert of_arm(s, arms(one="today", two="today"), 0) != of_arm(s, arms(one="today", two="tiered"), 0)


def test_frozen_one_lead_holds_up_no_other():
    """More leads through one channel leave those of the others as they are."""
    s = leads(**SCARCE, freeze__sales=True, **{PLAN: {"channels": {"Fairs": {"spend": "2 m / year"}}}})
    today, more = who(s, everyone("today")), who(s, everyone("tiered"))
    assert today.items() < more.items()
    s = s.override({"freeze.sales": False})
    today, more = who(s, everyone("today")), who(s, everyone("tiered"))
    assert not today.keys() <= more.keys()


# -- people ----------------------------------------------------------------------------------------------


def waiting(week, n, score=None):
    birth = np.arange(n, dtype=np.uint64) + np.uint64(1000 * week)
    score = np.zeros(n) if score is None else np.asarray(score, float)
    return {"birth": birth, "week": np.full(n, week), "moment": np.linspace(0, 0.9, n), "score": score}


def test_people_work_on_as_many_leads_as_they_have_time_for():
    team, worked, lost, came = Team(), 0, 0, 0
    for week in range(200):
        done, late = team.week(waiting(week, 7), week, 4.3, 3, False)
        worked, lost, came = worked + done["week"].size, lost + late["week"].size, came + 7
        assert week < 1 or done["week"].size in (4, 5)
        assert (done["week"] >= week - 3).all() and (late["week"] == week - 4).all()
    assert worked == int(200 * 4.3)
    assert came == worked + lost + team.waiting["week"].size


def test_by_arrival_the_eldest_by_score_the_best_go_first_and_ties_by_id():
    first = Team()
    first.week(waiting(0, 4), 0, 0.0, 9, False)
    done, _ = first.week(waiting(1, 4), 1, 6.0, 9, False)
    assert done["birth"].tolist() == [0, 1, 2, 3, 1000, 1001]
    best = Team()
    best.week(waiting(0, 4, [3, 1, 1, 0]), 0, 0.0, 9, True)
    done, _ = best.week(waiting(1, 3, [2, 1, -1]), 1, 4.0, 9, True)
    assert set(done["birth"].tolist()) == {0, 1000, 1, 2}


def test_every_lead_is_worked_on_lost_or_waiting():
    s = leads(**SCARCE)
    mechanism, _ = winning(s, everyone("today"))
    counts = mechanism.tables()["leads"]
    came, done, late = (int(counts[name].sum()) for name in ("leads", "worked", "lost_waiting"))
    left = mechanism._teams[0].waiting["week"]
    # Those of before the start are counted when they are worked on or lost, not when they came.
    before = came - done - late - left.size
    assert (left >= 0).all() and -(mechanism.laws.life + 1) * 20 < before <= 0
    assert late > 0 and (counts["won"] <= counts["worked"]).all()
    capacity = 0.8 * mechanism.laws.a_week * 52
    assert abs(done - capacity) <= 1


def test_working_by_score_wins_more_of_the_same_leads():
    tells = {"correlation": {"value": 0.7, "source": "test", "grade": "assumed"}}
    effect = {"value": 1.5, "source": "test", "grade": "assumed"}
    s = leads(
        acquisition={**LEADS, "sales": {"people": 0.8}, "fit_effect": effect,
                     "score": {"interactions": tells, "decision_maker": tells}},
        **{PLAN: {"sales": {"order": "score"}}}, baseline__arrivals="20 / year",
    )  # fmt: skip
    more = []
    for replication in range(6):
        by = {policy: table(s, everyone(policy), replication) for policy in ("today", "tiered")}
        assert same(by["today"]["leads"], by["tiered"]["leads"])
        more.append(int(by["tiered"]["won"].sum()) - int(by["today"]["won"].sum()))
    assert min(more) > 0


# -- money -----------------------------------------------------------------------------------------------


def totals(outcome):
    ledger = outcome.tables["ledger"]
    return {a: int(ledger["cents"][ledger["account"] == k].sum()) for k, a in enumerate(ACCOUNTS)}


@pytest.mark.parametrize("world", [everyone("today"), everyone("tiered"), arms(one="today", two="tiered")])
def test_the_ledger_holds_what_channels_and_sales_people_cost_busy_or_not(world):
    change = {"channels": {"Fairs": {"spend": "500 k / year"}}, "sales": {"people": 130}}
    s = leads(run_out="13 weeks", **{PLAN: change})
    outcome = run(s, world)[0]
    paid, counts = totals(outcome), outcome.tables["leads"]
    assert -paid["acquisition"] == counts["spend"].sum()
    assert -paid["sales"] == counts["sales_cost"].sum()
    plan = {"today": 0.0, "tiered": 1.0}.get(world.label, 0.5)
    assert abs(paid["acquisition"] / -100.0 - (600_000 + plan * 200_000)) < 1.0
    salary = s.staff.salary
    assert abs(paid["sales"] / -100.0 - (100 + 30 * plan) * salary) < 1.0
    # Not in the run-out, and in weeks without a lead too.
    ledger = outcome.tables["ledger"]
    kinds = [ACCOUNTS.index(name) for name in ("acquisition", "sales")]
    assert set(ledger["order_quarter"][np.isin(ledger["account"], kinds)].tolist()) == {0, 1, 2, 3}


def test_people_who_come_for_the_plan_are_hired():
    same_people, more = (
        leads(**{PLAN: {"sales": {"people": people}}}, strategies=None, one_off=None) for people in (100, 110)
    )
    hired = [totals(run(s, everyone("tiered"))[0])["hiring"] for s in (same_people, more)]
    start = prepare(more, 1, 0)
    assert hired[0] - hired[1] == round(1000 * start.draw.values["staff.hiring_cost"])


def test_a_discount_is_taken_off_the_first_weeks_of_those_who_were_won_with_it():
    off = leads(**{PLAN: {"first_order_discount": "20 %"}}, mechanisms__referral=False, horizon="6 months",
                acquisition={**LEADS, "first_order": {"lasts": "4 weeks"}})  # fmt: skip
    seen = []

    class Watched(Simulation):
        def _pay(self, week, offset):
            super()._pay(week, offset)
            memory, n = self.memory, int(self.memory["clock"][N])
            here = memory["entry_week"][:n] < week
            young = here & (memory["entry_week"][:n] >= week - 4) & (memory["offer"][:n] > 0)
            # What the last week left behind, of those who had come.
            seen.append((here & (memory["discount"][:n] > 0), young, week))

    simulation = Watched(off, prepare(off, 1, 0), everyone("tiered"), 1, 0)
    with np.errstate(under="ignore"):
        simulation.run()
    assert sum(given.sum() for given, _, _ in seen) > 0
    for given, young, week in seen:
        if week % 13 and week < off.horizon:
            assert (given == young).all()


def test_newcomers_who_are_won_today_pay_full_prices():
    outcome = run(leads(**{PLAN: {"first_order_discount": "20 %"}}), everyone("today"))[0]
    assert totals(outcome)["discounts"] == 0
