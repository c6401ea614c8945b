"""Did it work? Worlds whose truth is known are judged as they are."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

import tiersim as ts
from tiersim.evaluation.effect_parts import EffectFindings
from tiersim.evaluation.effects import effect_findings, judged, state_of
from tiersim.evaluation.registry import KPIS, PAID, everybody, series, value, whole
from tiersim.evaluation.score import effect_score, score_of_actual
from tiersim.evaluation.tracking import company_tells, tracked
from tiersim.runs.comparison import Comparison
from tiersim.runs.errors import RunError
from tiersim.tables.actuals import Actuals, as_export, read_actuals

SMALL = {"customers": 150, "horizon": "1 year", "run_out": "26 weeks"}


@cache
def made() -> Comparison:
    goals = [
        {"metric": "nps", "to": 30, "by": "1 year"},
        {"metric": "churn", "change": "-20 %", "by": "1 year"},
        {"metric": "revenue", "change": "+5 %", "by": "1 year"},
        {"metric": "arpu", "change": "+5 %", "by": "6 months"},
        {"metric": "churn", "to": 0.01, "by": "6 months", "tiers": ["C"]},
        {"metric": "cost_to_serve", "to": 1000, "by": "1 year"},
    ]
    return ts.compare(
        ts.load("machinery").override({**SMALL, "goals": goals}), replications=40, progress=False
    )


def happened(world: str, replication: int = 0, quarters: int = 4) -> Actuals:
    scenario = made().scenario
    other = ts.simulate(scenario, policy=world, replications=2, seed=99, progress=False)
    frame = tracked(other, replication)
    return read_actuals(frame[frame["period"].isin(other.quarters[:quarters])], tuple(scenario.tiers))


def found(world: str) -> EffectFindings:
    return effect_findings(made(), happened(world))


def test_an_export_of_a_world_reads_as_its_figures() -> None:
    run = made().run("today")
    actuals = read_actuals(tracked(run, 3), tuple(run.scenario.tiers))
    for metric in ("nps", "churn", "arpu"):
        figures = series(run, metric)[3]
        assert actuals.figure(metric, run.quarters[1]) == pytest.approx(whole(run, metric)[3, 1])
        assert actuals.figure(metric, run.quarters[2], "A") == pytest.approx(figures[2, 1])
    year = whole(run, "revenue")[3, 1]
    assert actuals.figure("revenue", run.quarters[1]) == pytest.approx(year / 4)
    assert not any(metric.startswith("true_") for metric in actuals.metrics)


def test_a_company_tells_of_customers_won_since_too() -> None:
    """Its totals grow as it wins customers; held against those of the start alone that would be an effect."""
    run = ts.simulate(made().scenario, policy="today", replications=2, seed=5, progress=False)
    ledger, names = run.data["ledger"], run.names["accounts"]
    sold = [names.index(name) for name in PAID if name in names]
    year = np.isin(ledger["account"], sold) & (ledger["order_quarter"] >= 0) & (ledger["order_quarter"] < 4)
    everything = [ledger["cents"][year & (ledger["replication"] == r)].sum() / 100 for r in range(2)]
    assert whole(run, "revenue")[:, :4].mean(axis=1) == pytest.approx(everything)
    assert value(everybody(run), "revenue", 0, 4)[:, -1] == pytest.approx(everything)
    assert (whole(run, "revenue")[:, 3] > 1.001 * series(run, "revenue")[:, 3, -1]).all()
    assert (whole(run, "churn") == series(run, "churn")[..., -1]).all()


def test_effects_are_the_difference_to_the_worlds_without_the_policy() -> None:
    told = found("tiered")
    by_metric = {row.metric: row for row in told.effects}
    row = by_metric["nps"]
    without = whole(made().run("today"), "nps").mean(axis=1)
    actual = np.mean([point.actual for point in row.points])
    assert row.effect.mean == pytest.approx(actual - without.mean())
    assert row.effect.low == pytest.approx(actual - np.quantile(without, 0.975))
    assert by_metric["revenue"].actual == pytest.approx(
        np.mean([4 * happened("tiered").figure("revenue", q) for q in made().run("today").quarters[:4]])
    )


def test_customers_lost_are_those_of_the_last_quarter() -> None:
    """They are a share lost since the start, so that a mean over quarters would be of no time at all."""
    row = next(row for row in found("tiered").effects if row.metric == "churn")
    lost = series(made().run("today"), "churn")[:, 3, -1]
    last = happened("tiered").figure("churn", made().run("today").quarters[3])
    assert row.actual == pytest.approx(last) and row.without.mean == pytest.approx(lost.mean())
    assert math.isnan(row.before) and math.isnan(row.naive)
    score = score_of_actual(made(), happened("tiered"))
    assert score is not None
    part = next(part for part in score.parts if part.metric == "churn")
    assert (part.today, part.plan) == pytest.approx((lost.mean(), last))


def test_score_of_a_plan_and_of_what_happened_are_of_the_same_customers() -> None:
    """Of the whole company both, so that what the plan expects is the mean of what may happen under it."""
    expected = {part.metric: part.plan for part in effect_score(made()).parts}
    by_hand = value(everybody(made().run("tiered")), "arpu")[:, -1].mean()
    assert expected["arpu"] == pytest.approx(by_hand)
    assert expected["arpu"] != pytest.approx(value(made().run("tiered"), "arpu")[:, -1].mean(), rel=1e-3)


def test_a_year_of_today_is_not_called_a_success() -> None:
    told = found("today")
    assert told.outcome in ("not_shown", "partly", "harmed")
    assert sum(row.state == "not_shown" for row in told.effects) >= 0.7 * len(told.effects)


def test_a_wild_success_and_a_wild_failure_are_called_so() -> None:
    run = made().run("today")
    rows = {"good": [], "bad": []}
    for quarter in run.quarters[:4]:
        for metric, kpi in KPIS.items():
            if kpi.direction and kpi.observed and metric in ("nps", "arpu", "late_share", "churn"):
                q = run.quarters.index(quarter)
                band = series(run, metric)[:, q, -1]
                far = 3 * (band.max() - band.min() + abs(band.mean()))
                for name, sign in (("good", 1), ("bad", -1)):
                    rows[name].append((quarter, "all", metric, band.mean() + sign * kpi.direction * far))
    tiers = tuple(run.scenario.tiers)
    outcomes = [effect_findings(made(), read_actuals(as_export(rows[k]), tiers)).outcome for k in rows]
    assert outcomes == ["worked", "harmed"]


def test_the_simulation_speaks_for_an_effect_only_where_its_past_agrees() -> None:
    told = found("tiered")
    past = {check.name: check.passed for check in told.checks}
    assert past == {"past": None, "year": True, "enough": True} and not told.agrees
    run = made().run("today")
    level = series(run, "nps")[:, :4, -1].mean()
    rows = [(q, "all", "nps", level) for q in ("2025 Q3", "2025 Q4", *run.quarters[:4])]
    agreeing = effect_findings(made(), read_actuals(as_export(rows), tuple(run.scenario.tiers)))
    assert agreeing.agrees and agreeing.effects[0].naive == pytest.approx(0.0)
    rows = [(q, tier, metric, x - 500 * (q < "2026")) for q, tier, metric, x in rows]
    other = effect_findings(made(), read_actuals(as_export(rows), tuple(run.scenario.tiers)))
    assert not other.agrees and other.effects[0].naive == pytest.approx(500.0)


def test_goals_are_judged_at_their_deadline_and_forecast_before() -> None:
    told = found("tiered")
    nps = told.goals[0]
    assert nps.reached is (nps.actual >= 30) and nps.p_by_deadline == float(nps.reached)
    half = effect_findings(made(), happened("tiered", quarters=2)).goals[0]
    assert half.reached is None and 0.0 <= half.p_by_deadline <= 1.0


@pytest.mark.parametrize("quarters", [1, 2, 3, 4])
def test_goals_of_a_time_without_the_plan_show_no_effect(quarters: int) -> None:
    run = made().run("today")
    tiers = ("all", *run.scenario.tiers)
    rows = [
        (
            quarter,
            tiers[code],
            name,
            company_tells(run, name, tiers[code])[:, q].mean() / (4 if name == "revenue" else 1),
        )
        for q, quarter in enumerate(run.quarters[:quarters])
        for name in ("nps", "churn", "revenue", "arpu", "cost_to_serve")
        for code in (0, 4)
    ]
    told = effect_findings(made(), read_actuals(as_export(rows), tuple(run.scenario.tiers)))
    assert len(told.goals) == 6
    for row in told.goals:
        if row.goal.metric == "churn":  # a mean of powers is hardly the power of the mean
            assert row.effect == pytest.approx(0.0, abs=0.005)
        else:
            assert row.effect == pytest.approx(0.0, abs=1e-6 * abs(row.without))
        assert (row.reached is None) == (quarters < row.goal.quarters)


def test_lost_customers_are_those_of_a_year() -> None:
    run = made().run("today")
    export = as_export([(q, "all", "churn", 0.03 * (k + 1)) for k, q in enumerate(run.quarters[:2])])
    churn = effect_findings(made(), read_actuals(export, tuple(run.scenario.tiers))).goals[1]
    assert churn.actual == pytest.approx(1 - 0.94**2)
    half = series(run, "churn")[:, 1, -1]
    assert churn.without == pytest.approx((1 - (1 - half) ** 2).mean())


def test_a_level_below_todays_cost_is_reached_from_above() -> None:
    run = made().run("today")
    for cost, reached in ((999.0, True), (1001.0, False)):
        export = as_export([(q, "all", "cost_to_serve", cost) for q in run.quarters[:4]])
        told = effect_findings(made(), read_actuals(export, tuple(run.scenario.tiers))).goals[5]
        assert told.goal.before > 1000 and told.reached is reached


def test_words_of_the_verdict() -> None:
    assert state_of(np.array([1.0, 2.0]), 1) == "better" and state_of(np.array([1.0, 2.0]), -1) == "worse"
    assert state_of(np.array([-1.0, 2.0]), 1) == "not_shown"
    assert judged([]) == "not_shown"


def test_an_export_of_another_time_is_refused() -> None:
    frame = as_export([("2019 Q1", "all", "nps", 1.0)])
    with pytest.raises(RunError, match="tells of no quarter of the plan, which runs from 2026 Q1"):
        effect_findings(made(), read_actuals(frame, tuple(made().scenario.tiers)))
