"""Costs of winning and keeping are sums over the ledger and the table of leads."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tiersim.cli.acquisition import print_acquisition, print_lead_loads, print_winning
from tiersim.cli.printing import numbers
from tiersim.evaluation.acquisition import channel_costs, keeping, one_more_kept, payback_weeks
from tiersim.evaluation.npv import CARE
from tiersim.runs import compare
from tiersim.scenario.load import load

LEADS = {
    "channels": {
        "Direct sales": {"spend": "1 m / year", "leads": 300},
        "Dealers": {"spend": "500 k / year", "leads": 200},
        "Fairs": {"spend": "500 k / year", "leads": 200},
    },
    "sales": {"people": 4},
}


@pytest.fixture(scope="module")
def made():
    s = load(
        "machinery",
        {"customers": 200, "horizon": "1 year", "run_out": "13 weeks", "acquisition": LEADS,
         "policies.tiered.acquisition": {"sales": {"order": "score", "people": 2}}},
    )  # fmt: skip
    return compare(s, replications=4, workers=1)


def money(run, *accounts):
    ledger = run.data["ledger"]
    codes = [run.names["accounts"].index(name) for name in accounts]
    here = np.isin(ledger["account"], codes) & (ledger["order_quarter"] < run.horizon_quarters)
    return -ledger["cents"][here].sum() / 100.0 / run.replications


@pytest.mark.parametrize("label", ["today", "tiered"])
def test_cost_of_one_won_is_what_the_ledger_holds_by_those_won(made, label):
    run = made.run(label)
    costs = channel_costs(run)
    won = run.leads["won"].sum() / run.replications
    assert [one.channel for one in costs] == ["Direct sales", "Dealers", "Fairs", None]
    assert costs[-1].cac == pytest.approx(money(run, "acquisition", "sales") / won)
    assert costs[-1].won == pytest.approx(won) == pytest.approx(sum(one.won for one in costs[:-1]))
    assert costs[-1].spend == pytest.approx(2e6)
    assert sum(one.cac * one.won for one in costs[:-1]) == pytest.approx(costs[-1].cac * won)
    for one in costs[:-1]:
        # More money brings fewer leads than the money that is there.
        assert one.next_cac > 0 and one.margin_year < one.lifetime


def test_uniform_care_wins_as_today_unless_it_says_otherwise(made):
    today, uniform = made.run("today").data["leads"], made.run("uniform").data["leads"]
    assert all((today[name] == uniform[name]).all() for name in today)


def test_keeping_is_care_by_customers_kept(made):
    run = made.run("tiered")
    found = keeping(run)
    care = money(run, *CARE)
    kpis = run.data["kpis"]
    inside = kpis["quarter"] < run.horizon_quarters
    weeks = kpis["customer_weeks"][inside].sum() / run.replications
    assert found.care == pytest.approx(care)
    assert found.customers == pytest.approx(weeks / 52)
    assert found.cost == pytest.approx(care / (found.customers - found.lost))


def test_one_more_kept_is_extra_money_by_losses_prevented(made):
    found = one_more_kept(made, "tiered", "today")
    back = one_more_kept(made, "today", "tiered")
    assert found.extra == pytest.approx(-back.extra) and found.prevented == pytest.approx(-back.prevented)
    assert (found.cost == math.inf) == (found.prevented <= 0)


def test_payback_is_read_between_known_weeks():
    even = [13.0, 26.0, 52.0, 104.0, 156.0, 260.0]
    assert payback_weeks(even, 70.0) == pytest.approx(70.0)
    assert payback_weeks(even, 0.0) == 0.0
    assert payback_weeks(even, 261.0) == math.inf
    assert math.isnan(payback_weeks(even, math.nan))


def test_the_tables_explain_themselves(made):
    run = made.run("today")
    told = run.describe()
    told = told[told["table"] == "leads"]
    assert set(told["column"]) == set(run.data["leads"]) and (told["meaning"] != "").all()
    assert list(run.leads["channel"].cat.categories) == ["Direct sales", "Dealers", "Fairs"]


def test_commands_print_channels_and_both_ratios(made, capsys):
    n = numbers("CNY")
    print_acquisition(made.run("tiered"), n)
    lines = capsys.readouterr().out.splitlines()
    all_of_them = channel_costs(made.run("tiered"))[-1]
    names = ("Direct sales", "Dealers", "Fairs", "all")
    assert [line.split("  ")[0] for line in lines if line.startswith(names)] == list(names)
    assert any(n.money(all_of_them.cac).replace("\u00a0", " ") in line for line in lines[-1:])
    assert lines[-1].endswith(" to 1.")
    print_winning(made, "today", n)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" ")[0] for line in lines[-3:]] == ["today", "uniform", "tiered"]


def test_commands_say_nothing_where_nobody_is_won_from_leads(capsys):
    print_lead_loads(load("machinery"), numbers("CNY"))
    assert capsys.readouterr().out == ""
    print_lead_loads(load("machinery", {"acquisition": LEADS}), numbers("CNY"))
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.split()[:3] == ["today", "700", "4"]
