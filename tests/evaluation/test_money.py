"""Present values, cash curves, verdict and tiers against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiersim.evaluation import kpis
from tiersim.evaluation.cash import cash_story
from tiersim.evaluation.contrast import contrast, needed
from tiersim.evaluation.npv import cash_by_quarter, npv_by_tier, payback
from tiersim.evaluation.tiers import is_worse, tier_rows, worse_off
from tiersim.evaluation.verdict import chance_to_beat, verdict
from tiersim.runs import compare


@pytest.fixture(scope="module")
def comparison(fake, scenario):
    return compare(scenario, replications=20, engine=fake.replicate, workers=1, store=None)


def test_npv_of_a_tier_is_its_margin(fake, comparison):
    level = np.array([1 + 0.05 * fake.chance(1, r)[0] for r in range(20)])
    want = level[:, None] * fake.BASE * fake.margin_pv(24)
    np.testing.assert_allclose(npv_by_tier(comparison.runs["today"]), want, rtol=0, atol=0.005 * 24 * 4)
    within = level[:, None] * fake.BASE * fake.margin_pv(12)
    np.testing.assert_allclose(
        npv_by_tier(comparison.runs["today"], True), within, rtol=0, atol=0.005 * 12 * 4
    )


def test_tiers_newcomers_and_company_add_up_to_the_whole(comparison):
    run = comparison.runs["tiered"]
    ledger = run.data["ledger"]
    rest = ledger["cohort"] == 0
    outside = np.bincount(ledger["replication"][rest], weights=ledger["pv"][rest])
    np.testing.assert_allclose(npv_by_tier(run).sum(axis=1) + outside, run.npv(), rtol=1e-12)


def test_cash_falls_when_it_is_paid(fake, comparison):
    cash = cash_by_quarter(comparison.runs["tiered"])
    assert cash.shape == (20, 25)
    goods = np.array(
        [
            fake.BASE.sum()
            * (1 + 0.05 * fake.chance(1, r)[0])
            * (1 + fake.lift(comparison.scenario, 1, r))
            / 2
            for r in range(20)
        ]
    )
    first = -goods + fake.NEWCOMERS - 60_000 - 40_000
    np.testing.assert_allclose(cash[:, 0], first, rtol=0, atol=0.05)
    np.testing.assert_allclose(cash[:, 24], 2 * goods, rtol=0, atol=0.05)
    total = comparison.runs["tiered"].data["ledger"]["cents"].sum() / 100
    assert cash.sum() == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize(
    ("curve", "quarter", "dip", "at"),
    [
        ([-3, -5, -1, 2, 4], 3, -5, 1),
        ([-3, 1, -1, 2, 4], 3, -3, 0),
        ([-3, 1, 2, -4], None, -4, 3),
        ([1, 2, 3], 0, 0, 0),
        ([-1, 0], 1, -1, 0),
    ],
)
def test_payback_is_when_the_curve_stays_up(curve, quarter, dip, at):
    found = payback(np.array(curve, dtype=float))
    assert (found.quarter, found.dip, found.dip_quarter) == (quarter, dip, at)


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=30))
def test_after_payback_the_curve_is_never_below_zero(steps):
    curve = np.cumsum(np.array(steps, dtype=float))
    found = payback(curve)
    assert (found.quarter is None) == (curve[-1] < 0)
    if found.quarter is not None:
        assert (curve[found.quarter :] >= 0).all()
        assert found.quarter == 0 or curve[found.quarter - 1] < 0
    assert found.dip == min(0.0, curve.min())


def test_cash_story_is_told_in_quarters(comparison):
    story = cash_story(comparison)
    assert story.points[0].quarter == "2026 Q1"
    assert [point.in_horizon for point in story.points] == [True] * 12 + [False] * 13
    flows = [row.plan - row.today for row in story.quarters]
    np.testing.assert_allclose(np.cumsum(flows), [point.mean for point in story.points], rtol=1e-9)
    assert story.payback_never == np.mean(
        [
            cash.sum() < 0
            for cash in cash_by_quarter(comparison.runs["tiered"]) - cash_by_quarter(comparison.runs["today"])
        ]
    )
    curve = [point.mean for point in story.points]
    assert story.deepest_quarter == story.points[int(np.argmin(curve))].quarter


def test_verdict_follows_its_thresholds():
    cases = [(1.0, "go"), (0.9, "go"), (0.8999, "pilot"), (0.5001, "pilot"), (0.5, "no"), (0.0, "no")]
    assert [verdict(chance) for chance, _ in cases] == [said for _, said in cases]
    assert verdict(0.7, go_at=0.7, no_at=0.2) == "go"
    # A gain of exactly the hurdle does not beat it.
    assert chance_to_beat(np.array([1.0, 2.0, 3.0, 4.0]), 2.0) == 0.5


def test_kpis_of_the_customers_of_the_start(fake, comparison):
    today, plan = comparison.runs["today"], comparison.runs["tiered"]
    np.testing.assert_array_equal(kpis.customers_at_start(today), np.tile(fake.CUSTOMERS, (20, 1)))
    # Two regions lose one customer a quarter for service, and today one more for price.
    np.testing.assert_allclose(kpis.first_year_churn(today)[0], 16 / fake.CUSTOMERS)
    np.testing.assert_allclose(kpis.first_year_churn(plan)[0], 8 / fake.CUSTOMERS)
    np.testing.assert_allclose(kpis.satisfaction(plan), 75.0)
    np.testing.assert_allclose(kpis.late_share(plan)[0], [0.1, 0.1, 0.1, 0.2])
    np.testing.assert_allclose(kpis.renewal_rate(plan), 0.75)
    np.testing.assert_allclose(kpis.nps(plan), 30.0)
    assert kpis.capped_share(today) == 0.0
    weeks = fake.CUSTOMERS * 13 // 2
    assert kpis.capped_share(plan) == pytest.approx((weeks // 10).sum() / weeks.sum())
    level = 1 + 0.05 * fake.chance(1, 0)[0]
    np.testing.assert_allclose(kpis.arpu(today)[0], fake.BASE * level / (2 * weeks) * 52, rtol=1e-6)


def test_peak_staff_adds_teams_up_before_it_looks_for_the_peak(comparison):
    assert kpis.peak_staff(comparison.runs["today"]).tolist() == [14.0] * 20
    assert kpis.peak_staff(comparison.runs["tiered"]).tolist() == [16.0] * 20


def test_tier_rows_are_the_pairs_of_the_same_customers(fake, comparison):
    rows = tier_rows(comparison)
    assert [row.tier for row in rows] == ["S", "A", "B", "C"]
    lifts = np.array([fake.lift(comparison.scenario, 1, r) for r in range(20)])
    levels = np.array([1 + 0.05 * fake.chance(1, r)[0] for r in range(20)])
    for row, base in zip(rows, fake.BASE, strict=True):
        assert row.gain.mean == pytest.approx((base * levels * lifts).mean() * fake.margin_pv(24), abs=1)
        spread = (base * levels * (lifts - fake.SPREAD)).mean() * fake.margin_pv(24)
        assert row.gain_against_uniform.mean == pytest.approx(spread, abs=1)
        assert row.profit_plan - row.profit_today == pytest.approx(row.gain.mean, rel=1e-9)
        assert row.revenue_today == 4 * base
    assert [row.late_plan for row in rows] == pytest.approx([0.1, 0.1, 0.1, 0.2])


def test_who_is_worse_off_is_told_by_what(comparison):
    # Satisfaction and churn are better everywhere; only C waits longer.
    told = [(row.what, row.tier) for row in worse_off(comparison) if row.what != "profit"]
    assert told == [("late", "C")]


def test_worse_only_beyond_the_simulation_error():
    assert is_worse(np.full(10, -1.0))
    assert not is_worse(np.zeros(10))
    assert not is_worse(np.array([-3.0, 3.0, -2.0, 1.9, -1.0, 0.9]))
    assert not is_worse(np.full(10, np.nan))
    assert is_worse(np.array([np.nan, 0.0, -1.0, -1.1, -0.9, -1.0]))


def test_contrast_says_what_compare_promises(comparison):
    found = contrast(comparison, "tiered", "today")
    gain = comparison.gain("tiered", "today")
    assert found.gain.mean == gain.mean()
    assert found.p_hurdle == (gain > 0).mean()
    assert found.gain_horizon.mean == comparison.gain("tiered", "today", horizon_only=True).mean()
    assert 0 <= found.split.low <= found.split.share <= found.split.high <= 1
    assert len(found.replications_for) == 2
    assert all(width < found.gain.simulation_error for width in found.replications_for)


def test_half_widths_of_the_user_are_answered(fake, scenario):
    made = compare(
        scenario,
        replications=20,
        half_width=(50_000.0, 10_000.0),
        engine=fake.replicate,
        workers=1,
        store=None,
    )
    told = contrast(made, "tiered", "today").replications_for
    assert list(told) == [50_000.0, 10_000.0]
    assert told[10_000.0] > 20 * told[50_000.0] > 0
    assert needed(np.zeros(8)) == {}
