"""Key figures are what one gets by adding up the tables by hand; CLV has its closed form."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import tiersim as ts
from tiersim.evaluation import clv, registry
from tiersim.runs.run import Run

CHANGES = {"customers": 200, "horizon": "1 year", "run_out": "26 weeks"}


@cache
def run() -> Run:
    return ts.simulate(
        ts.load("machinery").override(CHANGES), policy="tiered", replications=3, progress=False
    )


def _by_hand(name: str, tier: str | None, quarter: str | None) -> float:
    """The figure of replication 1 from the readable tables."""
    quarters = run().quarters[: run().horizon_quarters]
    kpis, ledger = run().kpis, run().ledger
    kpis = kpis[(kpis["replication"] == 1) & (kpis["cohort"] == "start") & kpis["quarter"].isin(quarters)]
    ledger = ledger[(ledger["replication"] == 1) & (ledger["cohort"] == "start")]
    ledger = ledger[ledger["order_quarter"].isin(quarters)]
    if tier is not None:
        kpis, ledger = kpis[kpis["tier0"] == tier], ledger[ledger["tier0"] == tier]
    else:
        kpis, ledger = (t[t["tier0"].isin(list(run().scenario.tiers))] for t in (kpis, ledger))
    if quarter is not None:
        kpis, ledger = kpis[kpis["quarter"] == quarter], ledger[ledger["order_quarter"] == quarter]
    years = 0.25 if quarter else 0.25 * len(quarters)
    paid = ledger[ledger["account"].isin(["revenue", "fees", "discounts"])]["cents"].sum() / 100
    total = {column: kpis[column].sum() for column in kpis.columns if kpis[column].dtype.kind in "iuf"}
    return {
        "revenue": paid / years,
        "profit": ledger["cents"].sum() / 100 / years,
        "arpu": 52 * paid / total["customer_weeks"],
        "order_size": paid / total["orders"],
        "nps": 100 * (total["promoters"] - total["detractors"]) / total["answered"],
        "late_share": total["late"] / total["tickets"],
        "repurchase": 1 - total["lapsed"] / total["active"],
        "true_satisfaction": total["true_satisfaction"] / total["customer_weeks"],
    }[name]


@pytest.mark.parametrize(
    "name",
    ["revenue", "profit", "arpu", "order_size", "nps", "late_share", "repurchase", "true_satisfaction"],
)
def test_figures_are_sums_of_the_tables(name: str) -> None:
    found, by_quarter = registry.value(run(), name), registry.series(run(), name)
    tiers = list(run().scenario.tiers)
    assert found.shape == (3, len(tiers) + 1) and by_quarter.shape == (3, 4, len(tiers) + 1)
    for code, tier in enumerate([*tiers, None]):
        assert found[1, code] == pytest.approx(_by_hand(name, tier, None), rel=1e-9)
    assert by_quarter[1, 2, 1] == pytest.approx(_by_hand(name, "A", run().quarters[2]), rel=1e-9)


def test_sums_of_tiers_are_the_whole() -> None:
    for name in ("revenue", "gross_margin", "profit"):
        found = registry.value(run(), name)
        assert found[:, :-1].sum(axis=1) == pytest.approx(found[:, -1], rel=1e-12)


def test_a_level_is_that_of_the_last_quarter() -> None:
    assert np.array_equal(registry.value(run(), "churn", 0, 3), registry.series(run(), "churn")[:, 2])
    churn = registry.value(run(), "churn")
    assert (churn >= 0).all() and (churn <= 1).all()


def test_every_figure_can_be_computed_or_says_why_not() -> None:
    for name, kpi in registry.KPIS.items():
        found = registry.value(run(), name)
        assert not np.isinf(found).any()
        assert kpi.missing and kpi.observed == (not name.startswith("true_"))
        if kpi.unit == "share" and name not in ("profit_margin", "true_churn"):
            inside = found[np.isfinite(found)]
            assert (inside >= 0).all() and (inside <= 1).all(), name


def test_a_window_outside_the_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="quarters 2 to 9 are not within"):
        registry.value(run(), "nps", 2, 9)


def test_ltv_is_the_present_value_of_the_ledger_by_customer() -> None:
    ledger = run().ledger
    ledger = ledger[(ledger["cohort"] == "start") & (ledger["replication"] == 0)]
    start = run().start
    heads = start[start["replication"] == 0].groupby("tier", observed=True)["customers"].sum()
    for code, tier in enumerate(run().scenario.tiers):
        worth = ledger[ledger["tier0"] == tier]["pv"].sum() / heads[tier]
        assert clv.ltv(run())[0, code] == pytest.approx(worth, rel=1e-9)


def test_clv_by_formula() -> None:
    assert clv.clv(100.0, 0.8, 0.1) == pytest.approx(100 * 1.1 / (1.1 - 0.8))
    by_hand = sum(100 * (0.8 / 1.1) ** t for t in range(5))
    assert clv.clv(100.0, 0.8, 0.1, 5) == pytest.approx(by_hand)
    assert clv.clv(100.0, 1.0, 0.0, 5) == pytest.approx(500.0)
    assert clv.clv(100.0, 0.0, 0.1) == pytest.approx(100.0)
    # The first margin is whole: neither discounted nor at risk; a geometric life has the mean 1 / (1 - r).
    assert clv.clv(100.0, 0.8, 0.1, 1) == pytest.approx(100.0)
    assert clv.clv(1.0, 0.8, 0.0) == pytest.approx(5.0)
    # The form of textbooks, margins at the end of the year: m r / (1 + d - r).
    assert clv.clv(100.0, 0.8, 0.1) * 0.8 / 1.1 == pytest.approx(100 * 0.8 / (1 + 0.1 - 0.8))
    with pytest.raises(ValueError, match="no finite sum"):
        clv.clv(1.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="0 to 1"):
        clv.clv(1.0, 1.2, 0.1)


def test_clv_of_a_run_grows_with_the_years() -> None:
    three, ever = clv.clv_of(run(), 3), clv.clv_of(run())
    profitable = three[:, -1] > 0
    assert (ever[profitable, -1] > three[profitable, -1]).all()
