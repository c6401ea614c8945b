"""Four kinds of benefit: indicators are ratios of sums, graded by their weakest assumption; margins."""

from __future__ import annotations

import numpy as np
import pytest

from tiersim.evaluation.benefits import INDICATORS, benefits, constant, weakest
from tiersim.evaluation.margin_path import margin_path
from tiersim.runs import compare
from tiersim.scenario.load import load, override


@pytest.fixture(scope="module")
def comparison(fake, scenario):
    return compare(scenario, replications=8, engine=fake.replicate, workers=1, store=None)


@pytest.fixture(scope="module")
def real():
    s = load("machinery", {"customers": 120, "horizon": "1 year", "run_out": "26 weeks"})
    return compare(s, replications=4, workers=1, store=None, progress=False)


def test_only_the_economic_benefit_is_money(real):
    rows = benefits(real)
    assert [row.kind for row in rows if row.unit == "money"] == ["economic"]
    gain = real.difference("tiered", "today")
    assert rows[0].change.mean == pytest.approx(gain.mean())
    assert rows[0].plan - rows[0].today == pytest.approx(gain.mean())
    kinds = [row.kind for row in rows]
    assert kinds == sorted(kinds, key=["economic", "managerial", "strategic", "social"].index)
    assert {"managerial", "strategic", "social"} < set(kinds)
    assert len({row.key for row in rows}) == len(rows)


def test_indicators_are_those_of_the_engine(fake, comparison):
    rows = {row.key: row for row in benefits(comparison)}
    # 10 requests a row of a tier and region, one late; two under the plan in the lowest tier.
    assert rows["in_time"].today == pytest.approx(0.9)
    assert rows["in_time"].plan == pytest.approx(1 - (3 * 1 + 2) / 40)
    assert (rows["lowest_late"].today, rows["lowest_late"].plan) == pytest.approx((0.1, 0.2))
    assert rows["lowest_late"].change.mean == pytest.approx(0.1)
    assert rows["lowest_satisfaction"].change.mean == pytest.approx(5.0)
    # 5 promoters less 2 detractors of 10 answers, in every outcome of both worlds: it is left out.
    assert "nps" in constant(comparison) and not set(constant(comparison)) & set(rows)
    # Newcomers bring 5,000 beside the million of the tiers.
    level = np.array([1 + 0.05 * fake.chance(1, r)[0] for r in range(8)])
    want = (700_000 * level / (1_000_000 * level + 5_000)).mean()
    assert rows["top_tiers"].today == pytest.approx(want)
    # The engine has no reviews, no stages of life, no shares of the largest.
    assert not {"rating_right", "growing_kept", "largest", "lines_held"} & set(rows)


def test_indicators_are_sums_over_the_tables(real):
    rows = {row.key: row for row in benefits(real)}
    run = real.run("tiered")
    reviews = run.reviews
    share = reviews.groupby("replication")[["right", "customers"]].sum()
    (right,) = (item for item in INDICATORS if item.key == "rating_right")
    assert right.values(run) == pytest.approx(share["right"] / share["customers"])
    assert "rating_right" in constant(real) and (share["right"] == share["customers"]).all()
    last = run.concentration[(run.concentration["top"] == 10)]
    last = last[last["week"] == last["week"].max()]
    assert rows["largest"].plan == pytest.approx(last["revenue_share"].mean())
    life = run.lifecycle[run.lifecycle["from_stage"] == "growth"]
    life = life[life["quarter"].isin(run.quarters[: run.horizon_quarters])]
    there = life.groupby("replication")["customers"].sum()
    gone = life[life["to_stage"] == "gone"].groupby("replication")["customers"].sum()
    stay = (1 - gone.reindex(there.index, fill_value=0) / there) ** 4
    assert rows["growing_kept"].plan == pytest.approx(stay.mean())
    npv = run.npv()
    low, high = np.quantile(npv, [0.025, 0.975])
    assert rows["spread"].plan == pytest.approx((high - low) / npv.mean())


def test_what_has_no_case_is_none():
    silent = {"mechanisms": {"tickets": False, "surveys": False}}
    s = load("machinery", {"customers": 80, "horizon": "26 weeks", "run_out": "0 weeks", **silent})
    rows = {r.key: r for r in benefits(compare(s, replications=4, workers=1, store=None, progress=False))}
    for key in ("in_time", "lowest_late", "nps"):
        assert (rows[key].today, rows[key].plan, rows[key].change) == (None, None, None)


def test_the_grade_is_that_of_the_weakest_assumption(scenario):
    rate = "population.ticket_rate"

    def graded(grade):
        return override(scenario, {rate: {"value": "8 / year", "source": "test", "grade": grade}})

    for grade in ("fitted", "published", "claimed", "assumed"):
        assert weakest(graded(grade), (rate,)) == grade
    assert weakest(graded("fitted"), (rate, "population.ticket_shape")) == "assumed"
    # A key is not what merely begins like another.
    assert weakest(scenario, ("population.ticket",)) == "stated"
    assert weakest(load("placebo"), ("effects",)) == "assumed"
    assert all(weakest(scenario, item.rests_on) in ("claimed", "assumed", "stated") for item in INDICATORS)


def test_margins_are_money_by_income(fake, comparison):
    path = margin_path(comparison)
    assert [point.period for point in path.quarters] == comparison.run("tiered").quarters[:24]
    assert [point.in_horizon for point in path.years] == [True] * 3 + [False] * 3
    level = np.array([1 + 0.05 * fake.chance(1, r)[0] for r in range(8)])
    lift = np.array([fake.lift(comparison.scenario, 1, r) for r in range(8)])

    def margin(sold, pay):
        return 100 * (0.5 * sold + 5_000 - pay) / (sold + 5_000)

    today, plan = 1e6 * level, 1e6 * level * (1 + lift)
    want = {0: 100_000, 5: 60_000, 20: 50_000}
    for quarter, pay in want.items():
        point = path.quarters[quarter]
        assert point.today == pytest.approx(margin(today, 50_000).mean(), abs=1e-5)
        assert point.change.mean == pytest.approx(
            (margin(plan, pay) - margin(today, 50_000)).mean(), abs=1e-5
        )
    # A year's pay, and the change once.
    whole = 100 * (0.5 * 4 * plan + 20_000 - 280_000) / (4 * plan + 20_000)
    was = 100 * (0.5 * 4 * today + 20_000 - 200_000) / (4 * today + 20_000)
    assert path.years[0].change.mean == pytest.approx((whole - was).mean(), abs=1e-5)
    assert path.lowest_quarter == "2026 Q1"
    assert path.lowest == path.quarters[0].change.mean
    changes = [point.change.mean for point in path.quarters]
    ahead = next(i for i, change in enumerate(changes) if change > 0)
    assert path.first_ahead == path.quarters[ahead].period


def test_without_income_there_is_no_margin(comparison):
    run = comparison.run("tiered")
    ledger = run.data["ledger"]
    sold = ledger["account"] == run.names["accounts"].index("revenue")
    rows = sold & (ledger["order_quarter"] == 2) & (ledger["replication"] == 0)
    kept = ledger["cents"][rows].copy()
    ledger["cents"][rows] = 0
    try:
        path = margin_path(comparison)
    finally:
        ledger["cents"][rows] = kept
    assert path.quarters[2].change is None and path.quarters[2].plan is None
    assert path.quarters[3].change is not None and path.years[0].change is not None
