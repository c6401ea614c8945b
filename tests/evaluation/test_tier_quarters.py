"""Tiers by quarter are the whole ledger, once; totals of the findings are those of its rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tiersim.evaluation.ledger_check import ledger_check
from tiersim.evaluation.roi import roi_findings
from tiersim.evaluation.tier_quarters import tier_quarters
from tiersim.evaluation.waterfall import OTHER, SMALL, STEPS, waterfall
from tiersim.runs import compare
from tiersim.scenario.load import load

REAL = {
    "run-out": {},
    "no run-out": {"run_out": "0 weeks"},
    "bare": {
        "mechanisms": {"warning": False, "win_back": False, "lifecycle": False, "tickets": False},
        "horizon": "39 weeks",
    },
}


@pytest.fixture(scope="module")
def comparison(fake, scenario):
    return compare(scenario, replications=8, engine=fake.replicate, workers=1, store=None)


@pytest.fixture(scope="module", params=REAL)
def real(request):
    small = {"customers": 120, "horizon": "1 year", "run_out": "26 weeks"} | REAL[request.param]
    return compare(load("machinery", small), replications=4, workers=1, store=None, progress=False)


def cents(run, keep=True):
    return int(run.data["ledger"]["cents"][keep].sum())


def test_rows_are_the_engine_s(fake, comparison):
    rows = {(row.tier, row.quarter): row for row in tier_quarters(comparison)}
    s = rows["S", "2026 Q3"]
    level = np.mean([1 + 0.05 * fake.chance(1, r)[0] for r in range(8)])
    assert s.revenue_today == pytest.approx(400_000 * level, abs=0.02)
    assert s.margin_today == pytest.approx(200_000 * level, abs=0.02)
    assert s.cost_today == s.cost_plan == 0.0
    company = rows["company", "2026 Q1"]
    # Pay of a quarter, and the change that is paid once.
    assert (company.cost_today, company.cost_plan) == (50_000.0, 100_000.0)
    assert company.gain == -50_000.0
    assert rows["new", "2031 Q4"].margin_plan == 5_000.0
    assert s.in_horizon and not rows["S", "2029 Q1"].in_horizon


def test_rows_add_up_to_the_ledger_to_the_cent(real):
    rows = tier_quarters(real)
    assert len({(row.tier, row.quarter) for row in rows}) == len(rows)
    for side in ("today", "plan"):
        run = real.run(real.roles[side])
        margin = sum(getattr(row, f"margin_{side}") for row in rows)
        cost = sum(getattr(row, f"cost_{side}") for row in rows)
        assert round(100 * (margin - cost) * run.replications) == cents(run)
        sold = np.isin(
            run.data["ledger"]["account"], [run.names["accounts"].index(x) for x in ("revenue", "fees")]
        )
        revenue = sum(getattr(row, f"revenue_{side}") for row in rows)
        assert round(100 * revenue * run.replications) == cents(run, sold)
        for name in ("orders", "referrals"):
            told = sum(getattr(row, f"{name}_{side}") for row in rows)
            assert round(told * run.replications) == run.data["kpis"][name].sum()
        for row in rows:
            if row.tier == "S" and row.quarter == run.quarters[1]:
                ledger = run.data["ledger"]
                here = (ledger["tier0"] == 0) & (ledger["order_quarter"] == 1)
                told = getattr(row, f"margin_{side}") - getattr(row, f"cost_{side}")
                assert round(100 * told * run.replications) == cents(run, here)


def test_steps_of_the_waterfall_are_the_gain_to_the_cent(real):
    gain = real.difference("tiered", "today").mean()
    steps = waterfall(real)
    assert sum(step.amount.mean for step in steps) == pytest.approx(gain, abs=0.005)
    keys = [step.key for step in steps]
    assert keys == [key for key in (*STEPS, OTHER) if key in keys]
    accounts = [account for step in steps for account in step.accounts]
    assert len(set(accounts)) == len(accounts)
    largest = max(abs(step.amount.mean) for step in steps)
    joined = [step for step in steps if step.key == OTHER]
    assert all(abs(step.amount.mean) >= SMALL * largest for step in steps if step not in joined)


def test_small_steps_are_joined(fake, comparison):
    # Revenue, goods, pay and the change: all are large here, and none is left out.
    steps = {step.key: step for step in waterfall(comparison)}
    assert list(steps) == ["revenue", "goods", "staff", "change"]
    assert steps["change"].amount.mean == pytest.approx(-fake.CHANGE)
    assert steps["staff"].amount.mean == pytest.approx(-10_000 * fake.care_pv(12))
    today, plan = (comparison.run(label) for label in ("today", "tiered"))
    for name in ("staff", "one_off"):
        code = plan.names["accounts"].index(name)
        for run in (today, plan):
            ledger = run.data["ledger"]
            ledger["pv"][ledger["account"] == code] /= 1000.0
    try:
        steps = waterfall(comparison)
    finally:
        for name in ("staff", "one_off"):
            code = plan.names["accounts"].index(name)
            for run in (today, plan):
                ledger = run.data["ledger"]
                ledger["pv"][ledger["account"] == code] *= 1000.0
    assert [step.key for step in steps] == ["revenue", "goods", "other"]
    assert set(steps[-1].accounts) == {"staff", "one_off"}
    want = -(10_000 * fake.care_pv(12) + fake.CHANGE) / 1000
    assert steps[-1].amount.mean == pytest.approx(want)


def test_every_total_of_the_findings_is_the_ledger_s(real):
    found = roi_findings(real, quick=True)
    assert {row.key for row in found.ledger_check} >= {"gain", "gain_by_step", "revenue", "profit", "cash"}
    assert [row for row in found.ledger_check if not row.agrees] == []


def test_a_lost_cent_is_found(comparison):
    found = roi_findings(comparison, quick=True)
    assert all(row.agrees for row in found.ledger_check)
    first = found.tier_quarters[0]
    wrong = replace(found, tier_quarters=[replace(first, gain=first.gain + 0.01), *found.tier_quarters[1:]])
    assert [row.key for row in ledger_check(comparison, wrong) if not row.agrees] == ["gain_by_tier"]
    step = found.waterfall[0]
    longer = replace(step, amount=replace(step.amount, mean=step.amount.mean + 0.01))
    wrong = replace(found, waterfall=[longer, *found.waterfall[1:]])
    assert [row.key for row in ledger_check(comparison, wrong) if not row.agrees] == ["gain_by_step"]
