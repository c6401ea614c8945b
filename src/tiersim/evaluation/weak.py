"""How much of the answer rests on weak evidence: claimed figures and assumptions that nobody knows."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.response import fit, uncertain
from tiersim.evaluation.statistics import Values, estimate, split

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

WEAK = ("claimed", "assumed")
NO_EFFECT = "set to no effect, to see what the plan makes without it"


def share_from_weak(run: Run, gain: Values, grades: Collection[str] = WEAK) -> float:
    """Share of the variance of the gain that comes from inputs of these grades.

    The share between draws (all assumptions), times the part of the fitted variance that belongs to weak
    inputs: scores are independent, so that variances add up as squares of slopes. Where all uncertain
    inputs are weak no fit is needed; where no fit can be made, all is put down to the weak ones,
    which is the cautious side.
    """
    inputs = uncertain(run.scenario)
    weak = {path for path, found in inputs.items() if found.grade in grades}
    if not weak:
        return 0.0
    between = split(gain).share
    if len(weak) == len(inputs):
        return between
    fitted = fit(run, gain)
    if fitted is None:
        return between
    brought = {path: fitted.variance_of(path) for path in inputs}
    whole = sum(brought.values())
    return between * sum(brought[path] for path in weak) / whole if whole else between


def effect_paths(scenario: Scenario, grades: Collection[str] = WEAK) -> list[str]:
    """Dotted paths of all effects of care and strategies whose evidence has one of these grades."""
    from tiersim.scenario.assumption import walk_assumptions

    return [
        path
        for path, found, _ in walk_assumptions(scenario)
        if found.grade in grades and is_effect(path) and not _is_none(found)
    ]


def is_effect(path: str) -> bool:
    """Whether an assumption says what care does to customers (not what it costs, nor who they are)."""
    if path in ("attention.satisfaction", "attention.order_rate", "service.contact_effect"):
        return True
    keys = path.split(".")
    if keys[0] == "loyalty":
        return keys[1] == "activity" or (len(keys) > 3 and keys[3] in ("effects", "satisfaction"))
    return keys[0] == "strategies" and len(keys) > 2 and keys[2] in ("effects", "satisfaction")


def without_effects(scenario: Scenario, grades: Collection[str] = WEAK) -> Scenario:
    """The scenario with effects of these grades set to none; what the plan costs stays."""
    from tiersim.scenario.load import override

    paths = effect_paths(scenario, grades)
    if not paths:
        return scenario
    none: dict[str, Any] = {path: {"value": 0, "source": NO_EFFECT, "grade": "assumed"} for path in paths}
    return override(scenario, none)


def gain_without_weak(comparison: Comparison, **simulation: Any) -> Estimate:
    """Gain with claimed and assumed effects set to none, costs kept; same seed, fewer replications."""
    from tiersim.runs.pieces import WorldPlan
    from tiersim.runs.simulation import run_worlds

    roles = comparison.roles
    count = min(comparison.replications, max(20, comparison.replications // 5 // 2 * 2))
    worlds = [WorldPlan(roles[role], roles[role]) for role in ("today", "plan")]
    today, plan = run_worlds(
        without_effects(comparison.scenario), worlds, count, comparison.seed, "sums", **simulation
    )
    return estimate(plan.npv() - today.npv())


def _is_none(found: Any) -> bool:
    return not found.is_uncertain and found.central == 0.0
