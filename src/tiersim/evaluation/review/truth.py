"""How right the rating is, which only a simulation can know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.kpis import rate
from tiersim.evaluation.review.findings import Placed, Truth
from tiersim.evaluation.review.held import known
from tiersim.evaluation.statistics import Values, estimate
from tiersim.evaluation.twins import twin_replications
from tiersim.rating.triggers import asks_purchases
from tiersim.runs.reduce import sums

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario


def truth(comparison: Comparison, plan: Run, run: Run, quick: bool, **simulation: Any) -> Truth:
    """Rightness of the tiers.

    Parameters
    ----------
    plan : the plan's run of the comparison.
    run : the same world with every row, fewer replications.
    quick : nothing is simulated further, so that the cost of misplaced customers is not told.
    """
    cost = None if quick else misplacement_cost(comparison, plan, **simulation)
    moves, years = run.data["moves"], run.scenario.horizon / 52.0
    inside = (moves["week"] >= 0) & (moves["week"] < run.scenario.horizon)
    gone = float((inside & (moves["true_active"] == 0)).sum()) / run.replications / years
    placed, share = _placed(plan)
    return Truth(placed, share, _noise(plan), gone, cost, 0 if cost is None else _count(comparison))


def _placed(plan: Run) -> tuple[list[Placed], Estimate | None]:
    """Tiers after the last review of the plan."""
    reviews, tiers = plan.data["reviews"], list(plan.scenario.tiers)
    inside = reviews["week"] <= plan.scenario.horizon
    if not inside.any():
        return [], None
    last = inside & (reviews["week"] == reviews["week"][inside].max())
    codes = reviews["tier"][last].astype(np.int64)

    def summed(column: str) -> Values:
        return sums(codes, reviews[column][last].astype(np.float64), len(tiers)) / plan.replications

    all_, high, low, right, margin = (
        summed(name) for name in ("customers", "true_too_high", "true_too_low", "right", "true_margin_year")
    )
    by = reviews["replication"][last].astype(np.int64)
    wrong, rated = (
        sums(by, sum(reviews[name][last].astype(np.float64) for name in columns), plan.replications)
        for columns in (("true_too_high", "true_too_low"), ("customers",))
    )
    rows = [
        Placed(
            tier, float(all_[k]), float(high[k]), float(low[k]), float(rate(right[k], all_[k])),
            float(rate(margin[k], margin.sum())),
        )
        for k, tier in enumerate(tiers)
    ]  # fmt: skip
    return rows, known(rate(wrong, rated))


def _noise(plan: Run) -> float:
    """Share of the triggers on purchases that fired although expected purchases had not changed so."""
    triggers, rules = plan.data["triggers"], plan.scenario.rating.rules
    asked = [k + 1 for k, rule in enumerate(rules) if asks_purchases(rule.when)]
    keep = np.isin(triggers["rule"], asked)
    return float(rate(triggers["true_noise"][keep].sum(), triggers["fired"][keep].sum()))


def misplacement_cost(comparison: Comparison, plan: Run, **simulation: Any) -> Estimate | None:
    """What the plan would gain if tiers were given by true margin and responsiveness (upper bound).

    None where the scenario rates by a bound already.
    """
    from tiersim.runs.pieces import WorldPlan
    from tiersim.runs.simulation import run_worlds

    knowing = all_knowing(plan.scenario)
    if knowing is None:
        return None
    count = _count(comparison)
    world = WorldPlan(plan.label, plan.policy)
    run = run_worlds(knowing, [world], count, comparison.seed, "sums", **simulation)[0]
    return estimate(run.npv() - plan.npv()[:count])


def _count(comparison: Comparison) -> int:
    return twin_replications(comparison.replications)


def all_knowing(scenario: Scenario) -> Scenario | None:
    """The scenario with a rating that sees the truth, and cuts that such a rating can have."""
    from tiersim.scenario.load import override

    if scenario.rating.method in ("oracle", "random"):
        return None
    changes: dict[str, Any] = {"rating.method": "oracle"}
    if scenario.rating.cut in ("thresholds", "natural_breaks"):
        changes |= {"rating.cut": "shares", "rating.thresholds": []}
    return override(scenario, changes)
