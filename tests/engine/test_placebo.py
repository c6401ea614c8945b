"""A plan without effect loses exactly what it costs (N8 of the presets): to the cent, and nobody moves."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import everyone, run, same

from tiersim.engine.accounts import ACCOUNTS
from tiersim.scenario.load import load

EARNED = [ACCOUNTS.index(name) for name in ("revenue", "goods")]


DESK = {"self_served", "by_bot", "solved", "solved_late", "unsolved"}


@pytest.fixture(scope="module", params=[0, 1])
def outcomes(request):
    s = load("placebo", {"horizon": "15 months", "run_out": "6 months"})
    worlds = [everyone(policy) for policy in ("today", "uniform", "tiered")]
    return {o.label: o for o in run(s, *worlds, replication=request.param)}


def totals(outcome):
    ledger = outcome.tables["ledger"]
    return np.array([ledger["cents"][ledger["account"] == a].sum() for a in range(len(ACCOUNTS))])


@pytest.mark.parametrize("policy", ["uniform", "tiered"])
def test_the_plan_loses_its_extra_cost_to_the_cent(outcomes, policy):
    today, plan = totals(outcomes["today"]), totals(outcomes[policy])
    assert (today[EARNED] == plan[EARNED]).all()
    costs = np.delete(plan - today, EARNED)
    assert (plan - today).sum() == costs.sum() < 0
    for name in ("strategies", "one_off", "training"):
        assert plan[ACCOUNTS.index(name)] < today[ACCOUNTS.index(name)] == 0


@pytest.mark.parametrize("policy", ["uniform", "tiered"])
def test_the_money_of_customers_comes_in_the_same_weeks_from_the_same_tiers(outcomes, policy):
    """Row by row, not only in total; the ledger sorts revenue and goods by cell inside a quarter."""
    keys = (
        "order_quarter",
        "cash_quarter",
        "cohort",
        "tier_now",
        "tier0",
        "region",
        "account",
        "cents",
        "pv",
    )
    parts = []
    for label in ("today", policy):
        ledger = outcomes[label].tables["ledger"]
        earned = np.isin(ledger["account"], EARNED)
        parts.append([ledger[key][earned] for key in keys])
    assert all(same(a, b) for a, b in zip(*parts, strict=True))


@pytest.mark.parametrize("policy", ["uniform", "tiered"])
def test_customers_live_the_same_lives(outcomes, policy):
    """What happens to customers is equal; only service itself may differ."""
    today, plan = outcomes["today"].tables, outcomes[policy].tables
    asked = {"attempts", "true_needless", "returned", "feedback_due", "feedback_held"}
    service = {"contacts", "late", "answer_hours", "capped", *asked, *DESK}
    assert [
        name
        for name in today["kpis"]
        if name not in service and not same(today["kpis"][name], plan["kpis"][name])
    ] == []
    assert not same(today["kpis"]["contacts"], plan["kpis"]["contacts"])
    assert all(same(today["moves"][name], plan["moves"][name]) for name in today["moves"])
