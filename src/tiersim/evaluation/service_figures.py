"""What the customers of the start notice of a policy: churn, satisfaction, late answers, NPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiersim.evaluation import kpis
from tiersim.evaluation.statistics import Values

if TYPE_CHECKING:
    from tiersim.runs.run import Run

SERVICE = ("churn", "satisfaction", "late", "nps")
"""Churn of the first year; satisfaction, share of late answers and NPS of the plan years."""


def _share(above: Values, below: Values) -> Values:
    """Ratio of the sums over tiers, by replication."""
    return kpis.rate(above[:, : below.shape[1]].sum(axis=1), below.sum(axis=1))


def service_figures(run: Run) -> dict[str, Values]:
    """Figures of `SERVICE` by replication, over all tiers together; nan where one has none."""
    churn = _share(kpis.losses(run, kpis.FIRST_YEAR), kpis.customers_at_start(run))
    satisfaction = _whole(run, "true_satisfaction", "customer_weeks")
    return {
        "churn": churn, "satisfaction": satisfaction, "late": _whole(run, "late", "tickets"), "nps": _nps(run)
    }  # fmt: skip


def _whole(run: Run, above: str, below: str) -> Values:
    tiers = len(run.scenario.tiers)
    parts = (kpis.kpi_sum(run, name)[:, :tiers].sum(axis=1) for name in (above, below))
    return kpis.rate(*parts)


def _nps(run: Run) -> Values:
    tiers = len(run.scenario.tiers)
    promoters, detractors, answered = (
        kpis.kpi_sum(run, name)[:, :tiers].sum(axis=1) for name in ("promoters", "detractors", "answered")
    )
    return 100 * kpis.rate(promoters - detractors, answered)
