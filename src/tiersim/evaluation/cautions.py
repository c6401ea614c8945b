"""What the ROI report warns of: caps, queues without bound, a few large customers, too few replications."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tiersim.evaluation import kpis
from tiersim.evaluation.concentration import held
from tiersim.evaluation.desk import unbounded
from tiersim.evaluation.findings import Flip
from tiersim.evaluation.notes import note
from tiersim.evaluation.stacking import stacking_notes
from tiersim.evaluation.statistics import variance_ratio

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run

CAPPED_FROM = 0.01
"""From this share of customer-weeks at the cap on, the report warns."""

MANY = 10
"""Largest customers whose share of revenue is held against ``money.concentrated_at``."""

FEW = 40
"""Below so many replications the range of outcomes is rough: its ends rest on one outcome each."""


def cautions(comparison: Comparison, plan: Run, listed: list[Flip]) -> list[str]:
    """Warnings of the ROI report as notes, read back by `tiersim.evaluation.notes.read_note`.

    Parameters
    ----------
    plan : the run of the plan.
    listed : where the answer flips, one entry an assumption.
    """
    found = []
    capped = kpis.capped_share(plan)
    if capped >= CAPPED_FROM:
        found.append(note("capped", share=capped))
    found += stacking_notes(comparison.scenario, comparison.roles["plan"])
    found += _queues(comparison)
    found += concentrated(plan)
    if comparison.replications < FEW:
        found.append(note("few_replications", replications=comparison.replications))
    if any(math.isnan(flip.gain_low) for flip in listed):
        found.append(note("flips_unknown", replications=comparison.replications))
    if comparison.replications % 2:
        found.append(note("odd_replications", replications=comparison.replications))
    gain = comparison.difference(comparison.roles["plan"], comparison.roles["today"])
    if not math.isfinite(variance_ratio(plan.npv(), comparison.run(comparison.roles["today"]).npv())):
        found.append(note("no_chance" if gain.any() else "no_difference"))
    return found


def concentrated(plan: Run) -> list[str]:
    """A warning where much of the revenue hangs on the ten largest customers."""
    if "concentration" not in plan.data:
        return []
    top = next((row for row in held(plan) if row.week == 0 and row.top == MANY), None)
    if top is None or top.revenue_share < plan.scenario.money.concentrated_at:
        return []
    return [note("concentrated", top=top.top, share=top.revenue_share, lost=top.profit_lost)]


def _queues(comparison: Comparison) -> list[str]:
    """A warning for each queue that grows without bound, the plan's first."""
    found = []
    for policy in reversed(comparison.roles.values()):
        for queue in unbounded(comparison.run(policy)):
            told: dict[str, float | str] = {"policy": policy, "team": queue.team, "share": queue.share}
            if math.isinf(queue.weeks):
                found.append(note("no_people", hours=queue.backlog_hours, **told))
            else:
                found.append(note("unbounded", weeks=queue.weeks, **told))
    return found
