"""The observed panel is what the books say, customer by customer, and nothing of what nobody can see."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.engine.watched import booked, care, during, periods, watched

from tiersim.engine import ArmRule, Assignment, World, seats
from tiersim.engine.prepare import prepare
from tiersim.engine.watch import PAST, RINGS, Watch
from tiersim.engine.world import Simulation
from tiersim.runs.record_at_start import start_record
from tiersim.scenario.load import load
from tiersim.tables.panel import SUMS, Panel

EVERYTHING = Path(__file__).parents[2] / "benchmarks" / "everything.yaml"
COMPANIES = {
    "machinery": {"customers": 200, "baseline.churn": "35 %", "horizon": "1 year"},
    "retail": {"customers": 300, "horizon": "1 year"},
    "everything": {"customers": 300, "baseline.revenue": "1.08 m / year", "budget.yearly": "90 k / year",
                   "win_back.capacity": 5, "today.staff": 1, "market.size": 1500},
}  # fmt: skip
HALF = World(
    "half", Assignment((ArmRule("old", 0.5, ((0, "today"),)), ArmRule("new", 0.5, ((8, "tiered"),))))
)
KPIS = {"orders": "orders", "requests": "tickets", "late": "late", "contacts": "contacts",
        "referrals": "referrals", "renewed": "renewed"}  # fmt: skip


@cache
def company(name):
    scenario = load(
        str(EVERYTHING) if name == "everything" else name, {**COMPANIES[name], "run_out": "0 weeks"}
    )
    return scenario, prepare(scenario, 3, 0)


@cache
def world(name, length):
    scenario, start = company(name)
    simulation, *rest = watched(scenario, HALF, periods(length, round(scenario.horizon)), 3, 0, start)
    return scenario, simulation, *rest


@pytest.mark.parametrize("length", [2, 3, 5, 26])
@pytest.mark.parametrize("name", COMPANIES)
def test_the_panel_adds_up_to_the_books(name, length):
    _, _, tables, panel, _ = world(name, length)
    # A customer's quarter is kept in single precision, the books in cents.
    exact = pytest.approx
    assert during(panel, "revenue").sum() == exact(booked(tables, "revenue", "discounts"), rel=2e-8)
    assert during(panel, "goods").sum() == exact(-booked(tables, "goods"), rel=2e-8)
    cost = care(tables, 0) + care(tables, 1)
    assert during(panel, "cost").sum() == exact(cost, rel=1e-7)
    kpis = tables["kpis"]
    for measure, kpi in KPIS.items():
        assert during(panel, measure).sum() == kpis[kpi].sum(), measure
    # Who goes bankrupt shortly before its renewal has not renewed, as the company sees it.
    more = during(panel, "due").sum() - kpis["renewals_due"].sum()
    assert 0 <= more <= kpis["true_lost_bankruptcy"].sum()


@pytest.mark.parametrize("name", COMPANIES)
def test_each_arm_has_its_own_figures(name):
    scenario, simulation, tables, panel, _ = world(name, 3)
    arm = np.zeros(len(panel), np.int8)
    region, industry = panel.region.astype(np.int8), panel.industry.astype(np.int8)
    wait = np.zeros(len(panel), np.int16)
    memory = {"birth": panel.birth, "region": region, "industry": industry, "arm": arm, "delay": wait}
    simulation.slots.steps.label(memory, 0, len(panel), 3, 0)
    kpis = tables["kpis"]
    old = kpis["cohort"] == 1
    for number in (0, 1):
        mine = (arm == number) & (panel.tier < len(scenario.tiers))
        assert mine.sum() > 50
        # Customers of the start are a cohort of their own in the books.
        ledger = tables["ledger"]
        here = (ledger["arm"] == number) & (ledger["cohort"] == 1)
        cents = ledger["cents"][here & np.isin(ledger["account"], [0, 15])].sum()
        assert during(panel, "revenue")[mine].sum() == pytest.approx(cents / 100.0, rel=2e-8)
        rows = (kpis["arm"] == number) & old
        for measure, kpi in KPIS.items():
            assert during(panel, measure)[mine].sum() == kpis[kpi][rows].sum(), measure


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("length", [2, 5])
def test_answers_are_those_of_the_survey(name, length):
    _, _, tables, panel, _ = world(name, length)
    given = panel.answer[panel.ends > 0]
    assert np.isfinite(given).sum() == tables["kpis"]["answered"].sum() > 10
    assert np.nansum(np.asarray(given, float)) == pytest.approx(tables["kpis"]["csat"].sum(), rel=1e-6)
    asked = np.isfinite(panel.answer).any(axis=1)
    quarter_in = (panel.ends // 13 > panel.begins // 13) & (panel.ends > 0)
    assert not (asked & ~quarter_in).any(), "surveys go out at ends of quarters"


@pytest.mark.parametrize("name", COMPANIES)
def test_periods_of_any_length_tell_the_same(name):
    """The sums over the whole time do not depend on where the periods end."""
    panels = [world(name, length)[3] for length in (2, 3, 26)]
    birth = panels[0].birth
    for other in panels[1:]:
        # Who was nobody's customer at any end has no row: it came and left between two.
        common = np.isin(birth, other.birth)
        assert np.isin(other.birth, birth).all()
        for measure in sorted({*SUMS} - {"cost", "due", "renewed"}):
            mine = during(panels[0], measure)
            assert not mine[~common].any()
            np.testing.assert_allclose(mine[common], during(other, measure), rtol=3e-6, atol=0.05)


@pytest.mark.parametrize("name", COMPANIES)
def test_who_watches_changes_nothing(name):
    scenario, start = company(name)
    _, _, tables, *_ = world(name, 3)
    with np.errstate(under="ignore"):
        alone = Simulation(scenario, start, HALF, 3, 0).run()
    assert alone.keys() == tables.keys()
    for table, columns in alone.items():
        for column, values in columns.items():
            there = tables[table][column]
            assert values.dtype == there.dtype and values.tobytes() == there.tobytes(), (table, column)


@pytest.mark.parametrize("name", COMPANIES)
def test_places_given_up_and_arrays_that_grow_change_no_figure(name, monkeypatch):
    scenario, start = company(name)
    ends = periods(5, round(scenario.horizon))
    panels = []
    for share in (2.0, 0.0):  # no place is given up; each at once
        monkeypatch.setattr(seats, "WORTH_WHILE", share)
        simulation, _, panel, hidden = watched(scenario, HALF, ends, 3, 0, start)
        panels.append((simulation, panel, hidden))
    (kept, one, _), (dropped, other, _) = panels
    assert dropped.memory["clock"][1] < kept.memory["clock"][1]
    assert kept.memory["birth"].size > scenario.customers  # and the arrays have grown
    # A place that is kept may be that of somebody who came and left within a period.
    assert np.isin(other.birth, one.birth).all()
    here = np.isin(one.birth, other.birth)
    one = one.take(here)
    for measure in SUMS:
        assert np.array_equal(one.sums[measure], other.sums[measure], equal_nan=True), measure
    assert np.array_equal(one.known, other.known)
    assert np.array_equal(one.answer, other.answer, equal_nan=True)
    assert np.array_equal(one.tier_now, other.tier_now)


@pytest.mark.parametrize("name", ["machinery", "retail"])
def test_past_quarters_are_those_of_the_record(name):
    scenario, _ = company(name)
    record = start_record(scenario.model_copy(update={"data": load(name).data}), 3, 0)
    panel = world(name, 2)[3]
    at = np.searchsorted(panel.birth, record.ids)
    seen = record.observed
    spend, orders = seen.spend_by_quarter, seen.orders_by_quarter
    for ago in range(min(PAST, spend.shape[0])):
        row = PAST - 1 - ago
        for name_of, known in (("revenue", spend[ago]), ("orders", orders[ago])):
            mine, there = panel.sums[name_of][row, at], np.isfinite(known)
            assert there.any()
            np.testing.assert_allclose(mine[there], known[there], rtol=1e-6)
    year = panel.sums["requests"][PAST - 4 : PAST, at].sum(axis=0)
    np.testing.assert_array_equal(year, seen.requests_12m)
    np.testing.assert_array_equal(panel.sums["contacts"][PAST - 1, at], seen.contacts_13w)
    assert np.isnan(panel.sums["contacts"][PAST - 3]).all(), "the systems do not remember older contacts"
    assert np.isnan(panel.sums["cost"][:PAST]).all()
    assert panel.ends[:PAST].tolist() == [-91, -78, -65, -52, -39, -26, -13, 0]


def test_nothing_true_is_in_the_panel():
    assert {field.name for field in fields(Panel)} == {
        "birth", "entry_week", "region", "industry", "tier", "begins", "ends", "sums", "known", "answer",
        "tier_now",
    }  # fmt: skip
    assert set(SUMS) == {*RINGS, "cost", "due", "renewed"}
    assert not any(name.startswith("true_") for name in SUMS)


def test_a_silent_leaver_cannot_be_told_by_its_cost():
    """Without contracts nobody knows at once who has left, so the books spread cost over all on the list."""
    _, _, _, panel, hidden = world("retail", 3)
    rows = np.flatnonzero(panel.ends > 0)
    silent = panel.known[rows] & ~hidden.alive
    assert silent.sum() > 20
    cost = panel.sums["cost"][rows]
    assert (cost[silent] > 0).mean() == pytest.approx((cost[panel.known[rows]] > 0).mean(), abs=0.02)
    assert not cost[~panel.known[rows]].any()


def test_whoever_leaves_at_its_renewal_was_due(monkeypatch):
    """Also where it has given up its place before the period ends."""
    monkeypatch.setattr(seats, "WORTH_WHILE", 0.0)
    scenario, start = company("machinery")
    _, tables, panel, _ = watched(scenario, HALF, [8, 16, 24, 32, 40, 48, 52], 3, 0, start)
    kpis, rows = tables["kpis"], panel.ends > 0
    lost = panel.sums["due"][rows].sum() - panel.sums["renewed"][rows].sum()
    assert lost == (kpis["renewals_due"] - kpis["renewed"]).sum() > 10


@pytest.mark.parametrize("name", ["machinery", "retail"])
def test_one_customer_moved_to_another_panel_keeps_its_rows(name):
    panel = world(name, 5)[3]
    some = panel.take(np.array([3, 7, 11]))
    assert len(some) == 3 and some.birth.tolist() == panel.birth[[3, 7, 11]].tolist()
    assert np.array_equal(some.sums["orders"], panel.sums["orders"][:, [3, 7, 11]])
    mask = panel.region == 0
    assert len(panel.take(mask)) == mask.sum()


def test_a_window_takes_parts_of_periods():
    panel = world("retail", 5)[3]
    row = panel.period_at(10)
    whole = panel.window("orders", 5, 10)
    np.testing.assert_array_equal(whole, panel.sums["orders"][row])
    np.testing.assert_allclose(panel.window("orders", 5, 7), 0.4 * whole, rtol=1e-12)
    both = panel.window("orders", 5, 15)
    np.testing.assert_allclose(
        panel.window("orders", 5, 12) + panel.window("orders", 12, 15), both, atol=1e-9
    )
    assert np.isnan(panel.window("orders", 50, 53)).all() and np.isnan(panel.window("orders", -105, 0)).all()
    assert panel.period_at(7) == -1 and panel.periods == PAST + 11


def test_a_period_without_end_is_left_out():
    """Of a world that ends before the last of the periods, the panel has those that ended."""
    scenario, start = company("retail")
    watch = Watch(scenario, [10, 20, 60])
    with np.errstate(under="ignore"):
        Simulation(scenario, start, HALF, 3, 0, watch).run()
    assert watch.panel()[0].ends.tolist()[-2:] == [10, 20]
