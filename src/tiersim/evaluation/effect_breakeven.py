"""What one would have to believe: the share of all assumed effects at which the plan makes its hurdle (R25).

Every effect of care, today's included, is multiplied by one factor, so that each draw of it is the same
share of what it was; of claims, which are distributions of a logarithm, it is the logarithm. Costs stay.
The gain with no effect and as assumed is joined by a straight line; what the line says is simulated, and
corrected once.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tiersim.errors import ScenarioError
from tiersim.evaluation.findings import Estimate
from tiersim.evaluation.roi_parts import EffectBreakEven
from tiersim.evaluation.statistics import Values, estimate, half_width
from tiersim.evaluation.weak import effect_paths, without_effects
from tiersim.scenario.assumption import GRADES

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.scenario.schema import Scenario

SCALED = "a share of what is assumed, to see how much of it the plan needs"

CLOSE = 0.05
"""Part of the rise from no effect to the assumed one within which a simulated gain counts as the hurdle."""

MOST = 2.0
"""Beyond so many times the assumed effects no factor is looked for."""

PLAIN = ("sigma",)
"""Parameters of distributions that do not grow with the values."""


def scaled_effects(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with every effect of care times `factor`; 0 sets them to none.

    Raises
    ------
    ScenarioError
        An effect would leave the bounds of its field.
    """
    from tiersim.scenario.assumption import walk_assumptions
    from tiersim.scenario.load import override

    if factor == 0.0:
        return without_effects(scenario, GRADES)
    wanted = set(effect_paths(scenario, GRADES))
    changes = {}
    for path, found, _ in walk_assumptions(scenario):
        if path not in wanted:
            continue
        if found.distribution is None:
            changed = replace(found, value=found.central * factor)
        else:
            parameters = tuple(
                (name, _scaled(name, value, factor)) for name, value in found.distribution.parameters
            )
            changed = replace(found, distribution=replace(found.distribution, parameters=parameters))
        changes[path] = replace(changed, source=SCALED, note=None).written(scenario.currency)
    return override(scenario, changes) if changes else scenario


def _scaled(name: str, value: float, factor: float) -> float:
    if name in PLAIN:
        return value
    return math.expm1(factor * math.log1p(value)) if name == "claimed" else factor * value


def effect_breakeven(comparison: Comparison, count: int, **simulation: Any) -> EffectBreakEven | None:
    """The factor at which the mean gain is the hurdle; None where the scenario has no effects.

    Parameters
    ----------
    count : replications of each simulated point, the first ones of the comparison. What they differ by from
        themselves as assumed is added to the mean of all.
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_groups`.
    """
    scenario = comparison.scenario
    if not effect_paths(scenario, GRADES):
        return None
    gain = comparison.difference(comparison.roles["plan"], comparison.roles["today"])
    hurdle = scenario.money.hurdle

    def above(gains: Values) -> tuple[float, float]:
        shift = gains - gain[: gains.size]
        return float(gain.mean() + shift.mean()) - hurdle, half_width(shift)

    bare = _gains(comparison, 0.0, count, simulation)
    at_none = estimate(bare)
    none, full = above(bare)[0], float(gain.mean()) - hurdle
    rise = full - none
    why = reason(none, full)
    if why:
        return EffectBreakEven(None, False, at_none, None, None, why, count)
    points = [(0.0, none), (1.0, full)]
    factor, confirmed = crossing(points), False
    tried, at_factor = None, None
    for _ in range(2):
        try:
            gains = _gains(comparison, factor, count, simulation)
        except ScenarioError:  # an effect beyond its bounds, only above 1
            break
        tried, at_factor = factor, _shifted(gains, gain)
        value, error = above(gains)
        if abs(value) <= max(CLOSE * rise, error / 10 if math.isfinite(error) else 0.0):
            confirmed = True
            break
        points.append((factor, value))
        factor = crossing(points)
    return EffectBreakEven(factor, confirmed, at_none, tried, at_factor, "", count)


def reason(none: float, full: float) -> str:
    """Why there is no factor, given gain - hurdle without effects and as assumed; empty where there is one.

    Examples
    --------
    >>> reason(-2.0, 6.0), reason(1.0, 6.0), reason(-2.0, -3.0), reason(-8.0, -6.0)
    ('', 'always', 'never', 'beyond')
    """
    if none >= 0.0:
        return "always"
    if full <= none:
        return "never"
    return "beyond" if -none / (full - none) > MOST else ""


def crossing(points: list[tuple[float, float]]) -> float:
    """Where the line through the two points nearest to zero crosses it, one on each side if there are such.

    Examples
    --------
    >>> crossing([(0.0, -2.0), (1.0, 6.0)]), crossing([(0.0, -2.0), (1.0, 6.0), (0.25, -1.0)])
    (0.25, 0.35714285714285715)
    """
    below = [point for point in points if point[1] < 0.0]
    over = [point for point in points if point[1] >= 0.0]
    if below and over:
        a, b = max(below, key=lambda point: point[1]), min(over, key=lambda point: point[1])
    else:
        a, b = sorted(points, key=lambda point: abs(point[1]))[:2]
    return a[0] - a[1] * (b[0] - a[0]) / (b[1] - a[1])


def _shifted(gains: Values, gain: Values) -> Estimate:
    """Gains of the first replications, moved by what all differ from these as assumed."""
    return estimate(gains + (gain.mean() - gain[: gains.size].mean()))


def _gains(comparison: Comparison, factor: float, count: int, simulation: dict[str, Any]) -> Values:
    from tiersim.runs.pieces import WorldPlan
    from tiersim.runs.simulation import run_worlds

    roles = comparison.roles
    worlds = [WorldPlan(roles[role], roles[role]) for role in ("today", "plan")]
    today, plan = run_worlds(
        scaled_effects(comparison.scenario, factor), worlds, count, comparison.seed, "sums", **simulation
    )
    return plan.npv() - today.npv()
