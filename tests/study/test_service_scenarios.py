"""Crisis, N1 and N2: each comes out as it should, and for the reason that it states.

Few replications on common draws and a short plan: only directions are asserted, and that the stated cause is
the cause (without it the difference is gone).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import tiersim as ts
from tiersim.engine.assignment import Assignment
from tiersim.engine.replicate import World, replicate
from tiersim.scenario.schema import Scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHORT = {"run_out": "0 weeks", "horizon": "2 years", "customers": 600}
CLASSES = ("standard", "technical", "commercial", "complaint")
LOST = ("service", "price", "product", "budget", "other", "bankruptcy")


def outcomes(
    scenario: Scenario, policies: Sequence[str], replications: int, tiers: str
) -> dict[str, dict[str, np.ndarray]]:
    """Yearly figures of the customers of the start in `tiers` by policy, one value a replication."""
    wanted = [list(scenario.tiers).index(tier) for tier in tiers]
    found: dict[str, dict[str, list[float]]] = {name: {} for name in policies}
    worlds = [World(name, Assignment.everyone(name)) for name in policies]
    for replication in range(replications):
        for outcome in replicate(scenario, worlds, 7, replication):
            kpis, ledger = outcome.tables["kpis"], outcome.tables["ledger"]
            rows = (kpis["cohort"] == 1) & np.isin(kpis["tier0"], wanted)
            weeks = kpis["customer_weeks"][rows].sum()
            lost = sum(kpis[f"true_lost_{cause}"][rows].sum() for cause in LOST)
            for name, value in {
                "churn": 52.0 * lost / weeks,
                "offer_churn": 52.0
                * (kpis["true_lost_price"][rows].sum() + kpis["true_lost_product"][rows].sum())
                / weeks,
                "service_churn": 52.0 * kpis["true_lost_service"][rows].sum() / weeks,
                "satisfaction": kpis["true_satisfaction"][rows].sum() / weeks,
                "late": kpis["late"][rows].sum() / kpis["tickets"][rows].sum(),
                "solved_late": kpis["solved_late"][rows].sum() / kpis["tickets"][rows].sum(),
                "profit": ledger["pv"].sum(),
            }.items():
                found[outcome.label].setdefault(name, []).append(float(value))
    return {label: {k: np.array(v) for k, v in one.items()} for label, one in found.items()}


def more(found: dict[str, dict[str, np.ndarray]], name: str, one: str, other: str) -> tuple[float, float]:
    """Mean of the paired difference and its standard error."""
    gap = found[one][name] - found[other][name]
    return float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(gap.size))


@pytest.mark.parametrize("name", ["crisis", "n1_no_clear_duties", "n2_more_for_a"])
def test_the_scenarios_are_short_and_say_what_they_are(name: str) -> None:
    text = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 45
    assert ts.load(SCENARIOS / f"{name}.yaml").description.endswith("?")


@pytest.mark.slow
def test_without_clear_duties_core_customers_leave() -> None:
    scenario = ts.load(SCENARIOS / "n1_no_clear_duties.yaml").override(SHORT)
    found = outcomes(scenario, ("tiered", "clear duties"), 6, "SA")
    for name in ("solved_late", "service_churn"):
        gap, error = more(found, name, "tiered", "clear duties")
        assert gap > 2 * error > 0, name
    gap, error = more(found, "satisfaction", "tiered", "clear duties")
    assert gap < -2 * error
    # More churn, and neither next to none nor a collapse: the story says +15 %.
    assert 1.03 < found["tiered"]["churn"].mean() / found["clear duties"]["churn"].mean() < 1.4


@pytest.mark.slow
def test_it_is_passing_requests_on_that_drives_them_away() -> None:
    """Where no request needs another department, nobody's duties matter."""
    alone = {f"service.classes.{kind}.department": 0 for kind in CLASSES}
    scenario = ts.load(SCENARIOS / "n1_no_clear_duties.yaml").override(SHORT | alone)
    found = outcomes(scenario, ("tiered", "clear duties"), 3, "SA")
    gap, _ = more(found, "satisfaction", "tiered", "clear duties")
    assert abs(gap) < 0.5
    assert abs(more(found, "solved_late", "tiered", "clear duties")[0]) < 0.01


@pytest.mark.slow
def test_more_money_for_a_does_not_make_up_for_late_answers() -> None:
    scenario = ts.load(SCENARIOS / "n2_more_for_a.yaml").override(SHORT)
    found = outcomes(scenario, ("today", "tiered", "more for A", "answer first"), 4, "A")
    for policy in ("tiered", "more for A"):
        gap, error = more(found, "satisfaction", policy, "today")
        assert gap < -2 * error, policy
        gap, error = more(found, "late", policy, "answer first")
        assert gap > 2 * error > 0, policy
        gap, error = more(found, "service_churn", policy, "answer first")
        assert gap > 2 * error > 0, policy
    gap, error = more(found, "profit", "more for A", "tiered")
    assert gap < -2 * error, "the further money buys nothing"
    gap, error = more(found, "profit", "answer first", "more for A")
    assert gap > 2 * error > 0


@pytest.mark.slow
def test_it_is_the_late_answers_that_a_minds() -> None:
    """The same thin desk among customers who do not mind to wait: as content as with enough people."""
    calm = {f"satisfaction.{name}": 0 for name in ("late_shock", "late_solution", "quick_answer")}
    scenario = ts.load(SCENARIOS / "n2_more_for_a.yaml").override(SHORT | calm)
    found = outcomes(scenario, ("more for A", "answer first"), 4, "A")
    assert more(found, "late", "more for A", "answer first")[0] > 0.2
    assert abs(more(found, "satisfaction", "more for A", "answer first")[0]) < 2.0


@pytest.mark.slow
def test_who_is_prepared_for_a_wave_keeps_customers() -> None:
    scenario = ts.load(SCENARIOS / "crisis.yaml").override(SHORT)
    found = outcomes(scenario, ("tiered", "unprepared"), 6, "SABC")
    gap, error = more(found, "satisfaction", "tiered", "unprepared")
    assert gap > 2 * error > 0
    gap, error = more(found, "service_churn", "tiered", "unprepared")
    assert gap < -2 * error < 0
    # Without a wave, being prepared costs its upkeep and changes nothing else.
    calm = outcomes(scenario.override({"crises": None}), ("tiered", "unprepared"), 2, "SABC")
    assert more(calm, "satisfaction", "tiered", "unprepared") == (0.0, 0.0)
    paid = calm["unprepared"]["profit"] - calm["tiered"]["profit"]
    assert np.all((paid > 0.85 * 2 * 400_000) & (paid < 2 * 400_000))
