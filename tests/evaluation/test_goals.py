"""Goals are counted over the outcomes; the effect score is the sum of its parts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import tiersim as ts
from tiersim.evaluation import registry
from tiersim.evaluation.goals import before_of, figure, goals_found
from tiersim.evaluation.lever import nearest_lever
from tiersim.evaluation.score import LIMIT, effect_score, phases, score_of
from tiersim.runs.comparison import Comparison
from tiersim.scenario.goals import METRICS, PHASES

SMALL = {"customers": 150, "horizon": "1 year", "run_out": "26 weeks"}
GOALS = [
    {"metric": "nps", "to": 30, "by": "6 months"},
    {"metric": "churn", "change": "-20 %", "by": "1 year"},
    {"metric": "order_frequency", "tiers": ["S", "A"], "change": "+5 %", "by": "3 months"},
    {"metric": "true_satisfaction", "to": 1, "by": "1 year"},
    {"metric": "true_satisfaction", "to": 100, "by": "1 year"},
]


@cache
def made() -> Comparison:
    scenario = ts.load("machinery").override({**SMALL, "goals": GOALS})
    return ts.compare(scenario, replications=6, progress=False)


def test_metrics_of_the_scenario_are_those_of_the_registry() -> None:
    assert tuple(registry.KPIS) == METRICS
    assert tuple(phases()["weights"]) == PHASES
    for weights in phases()["weights"].values():
        assert sum(weights.values()) == pytest.approx(1.0)
    assert {n for names in phases()["figures"].values() for n in names} <= set(registry.KPIS)


def test_a_goal_is_counted_over_the_outcomes() -> None:
    comparison = made()
    plan, today = comparison.run("tiered"), comparison.run("today")
    nps, churn, orders, low, high = goals_found(comparison)
    by_hand = registry.value(plan, "nps", 0, 2)[:, -1]
    assert nps.plan is not None and nps.plan.mean == pytest.approx(by_hand.mean())
    assert nps.p_plan == np.mean(by_hand >= 30)
    assert nps.effect is not None
    assert nps.effect.mean == pytest.approx((by_hand - registry.value(today, "nps", 0, 2)[:, -1]).mean())
    start = today.data["start"]
    assert churn.before == pytest.approx(
        float((start["expected_churn"] * start["customers"]).sum() / start["customers"].sum())
    )
    assert churn.wanted == pytest.approx(0.8 * churn.before) and churn.basis == "record"
    assert churn.p_plan == np.mean(registry.value(plan, "churn")[:, -1] <= churn.wanted)
    assert orders.tiers == ("S", "A") and orders.basis == "first_quarter"
    assert (low.p_plan, low.p_without, high.p_plan) == (1.0, 1.0, 0.0)
    assert low.reached and not high.reached


def test_figures_of_some_tiers_are_ratios_of_their_sums() -> None:
    run, kpi = made().run("today"), registry.KPIS["arpu"]
    above, below = (part(run)[:, :2, :2].sum(axis=(1, 2)) for part in (kpi.above, kpi.below))
    assert figure(kpi, run, ("S", "A"), 2) == pytest.approx(52 * above / below)
    revenue = before_of(registry.KPIS["revenue"], run, tuple(run.scenario.tiers))[0]
    assert revenue == pytest.approx(run.scenario.baseline.revenue, rel=0.02)


@pytest.mark.parametrize("phase", PHASES)
def test_parts_of_the_score_add_up(phase: str) -> None:
    score = effect_score(made(), phase=phase)
    assert sum(part.weight for part in score.parts) == pytest.approx(1.0)
    assert sum(part.points.mean for part in score.parts) == pytest.approx(score.total.mean)
    assert sum(e.mean for e in score.dimensions.values()) == pytest.approx(score.total.mean)
    for part in score.parts:
        assert abs(part.change) <= LIMIT
        assert part.points.mean == pytest.approx(100 * part.weight * part.change / LIMIT)


def test_no_difference_scores_nothing() -> None:
    today = made().run("today")
    assert score_of(today, today, "growth").total.mean == 0.0


def test_a_lever_is_named_only_where_it_stands_out() -> None:
    scenario = ts.load("machinery").override({**SMALL, "customers": 60})
    run = ts.simulate(scenario, policy="today", replications=60, progress=False)
    draws, paths = run.data["draws"], run.names["paths"]
    code = int(draws["path"][0])
    values = np.zeros(60)
    mine = draws["path"] == code
    values[draws["replication"][mine]] = -draws["value"][mine]
    assert nearest_lever(run, values) == paths[code]
    assert nearest_lever(run, np.ones(60)) is None
    assert nearest_lever(run, values[:10]) is None


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        ({"metric": "npss", "to": 5, "by": "1 year"}, "did you mean nps"),
        ({"metric": "nps", "by": "1 year"}, "has neither change nor to"),
        ({"metric": "nps", "to": 5, "change": "+1 %", "by": "1 year"}, "has both change and to"),
        ({"metric": "nps", "to": 5, "by": "5 years"}, "lies after the end of the plan"),
        ({"metric": "nps", "to": 5, "by": "1 year", "tiers": ["X"]}, "which is no tier"),
    ],
)
def test_goals_that_cannot_be_are_refused(goal: dict[str, object], message: str) -> None:
    with pytest.raises(ts.ScenarioError, match=message):
        ts.load("machinery").override({"goals": [goal]})
