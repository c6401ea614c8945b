"""Goals are counted over the outcomes; the effect score is the sum of its parts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import tiersim as ts
from tiersim.evaluation import registry
from tiersim.evaluation.goals import RECORDS, before_of, figure, goals_found, is_up
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
    by_hand = registry.value(registry.everybody(plan), "nps", 0, 2)[:, -1]
    assert nps.plan is not None and nps.plan.mean == pytest.approx(by_hand.mean())
    assert nps.p_plan == np.mean(by_hand >= 30)
    assert nps.effect is not None
    without = registry.value(registry.everybody(today), "nps", 0, 2)[:, -1]
    assert nps.effect.mean == pytest.approx((by_hand - without).mean())
    start = today.data["start"]
    assert churn.before == pytest.approx(
        float((start["expected_churn"] * start["customers"]).sum() / start["customers"].sum())
    )
    assert churn.wanted == pytest.approx(0.8 * churn.before) and churn.basis == "record"
    records = [
        np.average(start["expected_churn"][mine], weights=start["customers"][mine])
        for mine in (start["replication"] == r for r in range(6))
    ]
    assert churn.p_plan == np.mean(registry.value(plan, "churn")[:, -1] <= 0.8 * np.array(records))
    assert orders.tiers == ("S", "A") and orders.basis == "first_year"
    assert (low.p_plan, low.p_without, high.p_plan) == (1.0, 1.0, 0.0)
    assert low.reached and not high.reached


def test_figures_of_some_tiers_are_ratios_of_their_sums() -> None:
    run, kpi = made().run("today"), registry.KPIS["arpu"]
    above, below = (part(run)[:, :2, :2].sum(axis=(1, 2)) for part in (kpi.above, kpi.below))
    assert figure(kpi, run, ("S", "A"), 2) == pytest.approx(52 * above / below)
    revenue = before_of(registry.KPIS["revenue"], run, tuple(run.scenario.tiers), 4)[0]
    assert revenue.mean() == pytest.approx(run.scenario.baseline.revenue, rel=0.02)


STEADY = ("revenue", "gross_margin", "arpu", "order_frequency", "cost_to_serve", "csat", "true_satisfaction")
"""Figures that no luck moves by 15 % with so many customers."""


@cache
def unchanged() -> Comparison:
    """Today's care as the plan, too, over two years."""
    changes = {"customers": 300, "horizon": "2 years", "run_out": "13 weeks", "compare": ["today", "uniform"]}
    goals = [
        {"metric": metric, "change": change, "by": f"{13 * quarters} weeks"}
        for metric in STEADY
        for change in ("+15 %", "-15 %", "+0.1 %")
        for quarters in (1, 2, 4, 8)
    ]
    return ts.compare(
        ts.load("machinery").override({**changes, "goals": goals}), replications=24, progress=False
    )


def test_no_season_reaches_a_goal_and_none_keeps_one_from_it() -> None:
    by_change: dict[float, list[tuple[str, int, float]]] = {}
    for goal in goals_found(unchanged(), "today"):
        assert goal.change is not None and goal.p_plan == goal.p_without
        by_change.setdefault(goal.change, []).append((goal.metric, goal.quarters, goal.p_without))
    up, down, hardly = (by_change[change] for change in (0.15, -0.15, 0.001))
    assert len(up) == len(STEADY) * 4
    # A company that wins customers sells more in its second year: growth, and no season.
    grown = [row for row in up if row[1] == 8 and row[0] in ("revenue", "gross_margin")]
    assert [row for row in up if row[2] > 0.1 and row not in grown] == []
    # Customers of the start leave, so that money of them all falls in two years.
    stay = [row for row in down if row[0] not in ("revenue", "gross_margin")]
    assert [row for row in stay if row[2] > 0.1] == []
    # Figures on record drift a little from it, as customers leave and satisfaction is what it is now.
    season = [row for row in hardly if row[1] < 8 and row[0] not in RECORDS]
    assert len(season) == 12 and [row for row in season if not 0.2 <= row[2] <= 0.8] == []


def test_the_figure_before_is_of_the_same_quarters() -> None:
    run = unchanged().run("today")
    tiers = tuple(run.scenario.tiers)
    company = registry.everybody(run)
    arpu, revenue = (registry.KPIS[name] for name in ("arpu", "revenue"))
    for told, quarters, first, stop in ((1, 1, 0, 1), (3, 3, 0, 3), (4, 4, 0, 4), (4, 8, 4, 8)):
        before, basis = before_of(arpu, run, tiers, quarters)
        mine = registry.value(company, "arpu", 0, told)[:, -1]
        twins = np.repeat(mine.reshape(-1, 2).mean(axis=1), 2)
        assert basis == "first_year" and before == pytest.approx(twins)
        assert figure(arpu, run, tiers, quarters) == pytest.approx(
            registry.value(company, "arpu", first, stop)[:, -1]
        )
    year, basis = before_of(revenue, run, tiers, 8)
    quarter, _ = before_of(revenue, run, tiers, 1)
    path = registry.series(run, "revenue")[:, :4, -1].mean(axis=0)
    assert basis == "record" and quarter / year == pytest.approx(path[0] / path.mean())
    assert path[0] / path.mean() < 0.9, "the first quarter is the low season"
    lost = registry.series(run, "churn")[..., -1]
    churn = registry.KPIS["churn"]
    assert figure(churn, run, tiers, 8) == pytest.approx(1 - (1 - lost[:, 7]) / (1 - lost[:, 3]))
    assert figure(churn, run, tiers, 1) == pytest.approx(1 - (1 - lost[:, 0]) ** 4)


def test_where_a_level_lies_says_from_which_side_it_is_reached() -> None:
    assert is_up(0.1, 0.0, 5.0, -1) and not is_up(-0.1, 9.0, 5.0, 1)
    assert is_up(None, 1.0, 5.0, 1) and not is_up(None, 9.0, 5.0, -1)
    assert is_up(None, 9.0, 5.0, 0) and not is_up(None, 1.0, 5.0, 0)


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
