"""Campaigns, pressure, product lines and feedback in whole worlds: off, alone, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.test_minimal_difference import CHANGES, FROZEN, changed_start, touched
from tests.engine.test_reference import GROWTH, SALE
from tests.engine.worlds import differing, everyone, final, run, scenario

from tiersim.engine.accounts import ACCOUNTS, METRICS
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.policy.campaigns import promotion_cost, purchases, tier_offers
from tiersim.policy.laying import layout_of
from tiersim.policy.plan import count

PRODUCTS = GROWTH["products"]
FEEDBACK = {key: value for key, value in GROWTH.items() if "feedback" in key or "survey" in key}
STATED = {"source": "test", "grade": "assumed"}


def begun(name="machinery", **changes):
    s = scenario(name, **changes)
    return s, prepare(s, 1, 0)


def tables(policy="tiered", **changes):
    return run(scenario(customers=80, **changes), everyone(policy))[0].tables


def same_lives(one, other):
    """Columns that differ, but for the record of the draws, which knows more assumptions."""
    return [name for name in differing(one, other) if not name.startswith("draws.")]


@pytest.mark.parametrize(
    ("section", "flag"),
    [({"campaigns__sale": SALE}, "campaigns"), ({"products": PRODUCTS}, "products"), (FEEDBACK, "feedback")],
    ids=["campaigns", "products", "feedback"],
)
def test_switched_off_is_as_if_it_had_never_been_written(section, flag):
    # The starter promises answers to S and A by itself.
    without = {key: value for key, value in section.items() if not key.endswith("feedback_within")}
    nobody = {f"tiers__{tier}__feedback_within": None for tier in "SA"}
    without = without | nobody if flag == "feedback" else {}
    off = tables(**section, **{f"mechanisms__{flag}": False})
    assert same_lives(off, tables(**without)) == []
    assert same_lives(tables(**section), tables(**without)) != []


def test_pressure_switched_off_is_pressure_that_annoys_nobody():
    quiet = {"contact__annoys": 0}
    assert same_lives(tables(**quiet), tables(**quiet, mechanisms__pressure=False)) == []
    hard = {"contact__comfortable": 0, "contact__annoys": 10}
    assert same_lives(tables(**hard), tables(mechanisms__pressure=False)) != []


def test_informal_care_has_no_campaigns_and_a_policy_may_switch_one_off():
    assert same_lives(tables("today", campaigns__sale=SALE), tables("today")) == []
    off = tables(campaigns__sale=SALE, **{"policies.tiered.campaigns": {"sale": False}})
    assert same_lives(off, tables()) == []


def test_lines_that_nobody_takes_up_change_no_life():
    still = {"products": {"lines": 6, "adoption": {"value": 0, **STATED}}}
    assert same_lives(tables(**still), tables()) == ["kpis.products"]


def sums(outcome, account):
    ledger = outcome["ledger"]
    return int(ledger["cents"][ledger["account"] == ACCOUNTS.index(account)].sum())


def test_every_order_of_a_campaigns_weeks_has_its_discount_also_where_it_is_paid_later():
    sale = {**SALE, "tiers": ["S", "A", "B", "C"], "begins": "0 weeks", "every": "never", "lasts": "26 weeks"}
    found = tables(campaigns__sale=sale, run_out="0 weeks", population__days_to_pay="20 weeks")
    revenue, off = sums(found, "revenue"), -sums(found, "discounts")
    assert abs(off - 0.12 * revenue) <= found["kpis"]["orders"].sum() + 1e-6 * revenue and off > 0
    assert -sums(found, "campaigns") == found["kpis"]["offers"].sum() * 500


def test_a_discount_alone_takes_its_share_of_the_revenue_and_nothing_else():
    sale = {**SALE, "tiers": ["S", "A", "B", "C"], "lasts": "6 weeks", "cost": 0, "messages": 0,
            "response": {"value": 0, **STATED}}  # fmt: skip
    # Money enough, or what the discounts take would be lacking elsewhere.
    rich = {"budget__yearly": "1 b / year", "mechanisms__review": False}
    with_it, without = tables(campaigns__sale=sale, **rich), tables(**rich)
    for account in ("revenue", "goods"):
        assert sums(with_it, account) == sums(without, account)
    assert sums(with_it, "campaigns") == 0 > sums(with_it, "discounts")


def test_uniform_care_spends_the_same_a_head_on_campaigns():
    s, start = begun(
        customers=400, campaigns__sale=SALE, campaigns__second={**SALE, "tiers": ["A"], "discount": 0}
    )
    plan, even = (layout_of(s, policy, start.draw.values, start.census) for policy in ("tiered", "uniform"))
    n, bought = start.census.customers, purchases(s, start.census)
    for name in ("sale", "second"):
        for weights, what in ((n, "cost"), (bought, "discount"), (n, "messages")):
            spent = [
                sum(
                    float(w) * getattr(offers[name], what)
                    for w, offers in zip(weights, layout.offers, strict=True)
                    if name in offers
                )
                for layout in (plan, even)
            ]
            assert spent[0] == pytest.approx(spent[1])
    gain = {layout: layouts.offers[1]["second"].gain for layout, layouts in (("plan", plan), ("even", even))}
    assert 0 < gain["even"] < gain["plan"]


def test_campaigns_are_reserved_before_people_and_strategies():
    s, start = begun(customers=400, campaigns__sale=SALE)
    values, census = start.draw.values, start.census
    costs = promotion_cost(s, tier_offers(s, s.policies["tiered"], values), census)
    with_it = count(s, layout_of(s, "tiered", values, census), values, census)
    bare = scenario(customers=400)
    without = count(bare, layout_of(bare, "tiered", values, census), values, census)
    more = [a.reserved - b.reserved for a, b in zip(with_it.groups, without.groups, strict=True)]
    expected = [sum(costs[t] * census.customers[t] for t in group.tiers) for group in with_it.groups]
    assert more == pytest.approx(expected) and sum(more) > 0


def test_expected_cost_of_campaigns_is_about_what_is_spent():
    still = {f"mechanisms__{name}": False for name in ("review", "referral", "arrivals")}
    still |= {
        "baseline__churn": "1 %",
        "churn__bankruptcy": 0,
        "market__growth": "0 %",
        "contact__fatigue": 0,
    }
    s = scenario(customers=600, horizon="12 months", run_out="0 weeks", campaigns__sale=SALE, **still)
    start = prepare(s, 1, 0)
    values = start.draw.values
    expected = promotion_cost(s, tier_offers(s, s.policies["tiered"], values), start.census)
    found = run(s, everyone("tiered"))[0].tables
    spent = -(sums(found, "campaigns") + sums(found, "discounts")) / 100.0
    assert spent == pytest.approx(
        sum(a * b for a, b in zip(expected, start.census.customers, strict=True)), rel=0.15
    )


def test_nobodys_share_of_wallet_is_above_its_potential_nor_lines_above_all():
    many = {**PRODUCTS, "adoption": {"value": 20, **STATED}, "bundle": {"value": 0.5, **STATED}}
    s, start = begun(customers=80, products=many, **{"strategies.nurturing.effects.wallet_share": "+400 %"})
    memory, _ = final(s, start, everyone("tiered"))
    n = memory["clock"][1]
    assert (memory["wallet"][:n] <= memory["wallet_potential"][:n]).all()
    assert memory["lines"][:n].max() == 6 and (memory["lines_start"][:n] >= 1).all()


def test_an_answer_to_poor_feedback_pleases_if_it_comes_in_time_and_costs_if_it_does_not():
    content = {}
    for points, missed in ((0, 0), (15, 0), (0, 15)):
        for within in ("5 min", "48 h"):
            changes = {
                **FEEDBACK, "tiers.A.feedback_within": within, "tiers.B.feedback_within": within,
                "satisfaction__feedback": points, "satisfaction__feedback_missed": missed,
                "baseline__satisfaction": 60, "horizon": "12 months",
            }  # fmt: skip
            found = tables(**changes)["kpis"]
            assert 0 < found["feedback_held"].sum() <= found["feedback_due"].sum()
            content[points, missed, within] = found["true_satisfaction"].sum()
            if within == "5 min":
                assert found["feedback_held"].sum() < found["feedback_due"].sum()
    assert content[15, 0, "48 h"] > content[0, 0, "48 h"]
    assert content[0, 15, "5 min"] < content[0, 0, "5 min"]


def test_with_nobody_there_no_promise_of_an_answer_is_held():
    found = tables(**FEEDBACK, budget__yearly="0 / year")["kpis"]
    assert found["feedback_due"].sum() > 0 == found["feedback_held"].sum()


class Answers(Simulation):
    """Keeps the last survey answers at each quarter's end."""

    def _close_quarter(self, week, quarter):
        super()._close_quarter(week, quarter)
        self.told = [*getattr(self, "told", []), self.memory["answer_last"][:40].copy()]


def test_looking_for_poor_answers_leaves_the_record_as_it_is():
    told = []
    for on in (True, False):
        quiet = {**FEEDBACK, "satisfaction__survey_share": "50 %", "satisfaction__feedback": 0}
        s = scenario(**quiet, satisfaction__feedback_missed=0, mechanisms__feedback=on)
        simulation = Answers(s, prepare(s, 1, 0), everyone("tiered"), 1, 0)
        simulation.run()
        told.append(np.array(simulation.told))
    assert np.array_equal(told[0][0], told[1][0], equal_nan=True) and not np.isnan(told[0]).all()
    assert (np.isnan(told[0]) == np.isnan(told[1])).all()


ALL = {key: value for key, value in GROWTH.items() if key != "horizon"}
LONG = {"customers": 60, "horizon": "12 months", "run_out": "3 months"}


@pytest.mark.parametrize("change", ["buys more", "is happier", "leaves soon", "responds to care"])
def test_changing_one_customer_changes_only_that_customer(change):
    s, start = begun("machinery", **LONG, **FROZEN, **ALL)
    one, _ = final(s, start, everyone("tiered"))
    other, _ = final(s, changed_start(start, **CHANGES[change]), everyone("tiered"))
    assert touched(start, one, other)[0] == set()


def test_after_the_horizon_nothing_is_offered_but_what_was_bought_ahead_is_used_up():
    last = {**SALE, "begins": "24 weeks", "every": "never", "lasts": "2 weeks", "tiers": ["S", "A", "B", "C"],
            "recovery": {"value": "3 weeks", **STATED}}  # fmt: skip
    s, start = begun(customers=80, campaigns__sale=last, run_out="12 months")
    memory, found = final(s, start, everyone("tiered"))
    assert memory["ahead"].max() < 1e-4
    quarters = found["kpis"]["quarter"][found["kpis"]["offers"] > 0]
    assert set(quarters.tolist()) == {1}


def test_new_metrics_and_accounts_are_named():
    assert {"offers", "products", "feedback_due", "feedback_held"} <= set(METRICS)
    assert "campaigns" in ACCOUNTS


class Watched(Simulation):
    """Looks every week for what must not be."""

    def _pay(self, week, offset):
        super()._pay(week, offset)
        n = self.memory["clock"][1]
        part = {
            name: self.memory[name][..., :n] for name in ("drive", "discount", "content", "ahead", "wallet")
        }
        assert all(np.isfinite(column).all() for column in part.values())
        assert (part["discount"] >= 0).all() and (part["discount"] < 1).all()
        assert (part["content"] >= 0).all() and (part["content"] <= 100).all()
        assert (part["ahead"] >= 0).all() and (part["drive"] <= 2).all()
        assert (part["wallet"] <= self.memory["wallet_potential"][:n]).all()
        assert (self.memory["pressure"][:n] >= 0).all()


@pytest.mark.parametrize("name", ["machinery", "retail"])
def test_the_edges_of_all_ranges_make_no_rate_below_0_and_no_share_above_1(name):
    tiers = list(scenario(name).tiers)
    edge = {
        "tiers": tiers, "begins": "0 weeks", "every": "weekly", "lasts": "1 week", "discount": "99 %",
        "cost": 1e6,
        "response": {"value": 10, **STATED}, "pull_forward": {"value": 1, **STATED}, "messages": 50,
        "recovery": {"value": "1 week", **STATED},
    }  # fmt: skip
    s, start = begun(
        name, customers=40, campaigns__one=edge, campaigns__two={**edge, "begins": "1 week"},
        products={"lines": 50, "adoption": {"value": 1e4, **STATED}, "keeps": {"value": 50, **STATED}},
        contact__comfortable=0, contact__annoys=100, contact__memory="0 weeks", contact__fatigue=0,
        **{f"tiers.{tier}.feedback_within": "1 min" for tier in tiers},
    )  # fmt: skip
    for policy in ("today", "uniform", "tiered"):
        simulation = Watched(s, start, everyone(policy), 1, 0)
        with np.errstate(under="ignore"):
            simulation.run()
