"""Which single assumption turns the answer, and at which value (break-even)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.findings import Flip
from tiersim.evaluation.response import Z_HIGH, Z_LOW, Fit, fit, normal_score, normal_share, uncertain
from tiersim.evaluation.statistics import Values, half_width

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.assumption import Assumption
    from tiersim.scenario.schema import Scenario

ALWAYS = ("population.value_correlation.responsiveness", "today.favour")
"""Always told, however small their part: targeting gains rest on them (R1, R7)."""

CONFIRMED = 3
"""Break-evens, nearest first, that are looked for by simulation."""

Z_END = 2.5758293035489004
"""Break-evens are looked for in the central 99 % of an assumption."""

EVALUATIONS = 6
"""Simulations for one break-even, at most."""

CLOSE = 0.02
"""Part of the gain at which a break-even counts as met."""

LEAST, MOST = 20, 60
"""Replications of such a simulation: a fifth of the comparison's, within these."""

OVERRIDDEN = "held at one value, to find where the answer turns"

Above = Callable[[float], tuple[float, float]]
"""Mean of gain - hurdle with an assumption held at a normal score, and its simulation error."""


def flips(comparison: Comparison, quick: bool = False, **simulation: Any) -> list[Flip]:
    """Uncertain assumptions, nearest break-even first, then those that turn nothing, widest bar first.

    Gains and break-evens are read off the linear fit of the comparison. The nearest break-evens are then
    looked for by simulation: the same draws, only this assumption held at a value. One that simulation
    does not find in the central 99 % loses its break-even, and the next takes its place.

    Parameters
    ----------
    quick : read everything off the fit.
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_worlds`.
    """
    gain = comparison.difference(comparison.roles["plan"], comparison.roles["today"])
    fitted = fit(comparison.run(comparison.roles["plan"]), gain)
    listed = from_fit(comparison.scenario, fitted, gain)
    if quick or fitted is None:
        return listed
    ready = [flip for flip in listed if flip.break_even is None]
    open_ones = [flip for flip in listed if flip.break_even is not None]
    found: list[Flip] = []
    tried = 0
    while open_ones and tried < 2 * CONFIRMED and sum(f.break_even is not None for f in found) < CONFIRMED:
        flip, tried = open_ones.pop(0), tried + 1
        assumption = uncertain(comparison.scenario)[flip.path]
        slope = fitted.slopes[flip.path]
        above = _simulated(comparison, flip.path, assumption, gain, slope, simulation)
        z = root(above, gain.mean() - comparison.scenario.money.hurdle, slope)
        value = None if z is None else assumption.quantile(normal_share(z))
        found.append(replace(flip, break_even=value, confirmed=True))
    return in_order(comparison.scenario, [*found, *open_ones, *ready])


def from_fit(scenario: Scenario, fitted: Fit | None, gain: Values) -> list[Flip]:
    """Entries for all uncertain assumptions, and for `ALWAYS`, by the linear fit."""
    from tiersim.scenario.assumption import walk_assumptions

    hurdle, centre = scenario.money.hurdle, float(gain.mean())
    listed = []
    for path, found, unit in walk_assumptions(scenario):
        if not found.is_uncertain and path not in ALWAYS:
            continue
        slope = fitted.slopes.get(path, 0.0) if fitted else math.nan
        if not found.is_uncertain:
            slope = 0.0
        clear = fitted is not None and fitted.is_clear(path)
        z = (hurdle - centre) / slope if clear else math.inf
        listed.append(
            Flip(
                path=path,
                label=label_of(scenario, path),
                unit=unit.name,
                value=found.central,
                break_even=found.quantile(normal_share(z)) if abs(z) <= Z_END else None,
                low=found.low,
                high=found.high,
                gain_low=centre + slope * Z_LOW,
                gain_high=centre + slope * Z_HIGH,
                grade=found.grade,
                source=found.source,
                confirmed=False,
            )
        )
    return in_order(scenario, listed)


def in_order(scenario: Scenario, listed: list[Flip]) -> list[Flip]:
    """Nearest break-even first, measured by the chance that the assumption lies beyond it."""
    inputs = uncertain(scenario)

    def rank(flip: Flip) -> tuple[bool, float]:
        if flip.break_even is None:
            width = abs(flip.gain_high - flip.gain_low)
            return True, -width if math.isfinite(width) else 0.0
        return False, abs(_position(inputs[flip.path], flip.break_even) - 0.5)

    return sorted(listed, key=rank)


def _position(assumption: Assumption[Any], value: float) -> float:
    """Share of the assumption below a value, by bisection of its quantile function."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if assumption.quantile(middle) < value else (low, middle)
    return (low + high) / 2


def label_of(scenario: Scenario, path: str) -> str:
    """Words for a path: the schema's, with the name of the strategy or payment it belongs to."""
    from tiersim.scenario.fields import find

    place = find(type(scenario), path)
    description = place.description if place else ""
    keys = path.split(".")
    named = keys[1] if keys[0] in ("strategies", "one_off", "tiers", "policies") and len(keys) > 1 else ""
    words = description.split(";")[0].split(":")[0].strip() or keys[-1].replace("_", " ")
    if named and keys[-2] == "effects":
        words = keys[-1].replace("_", " ")
    return f"{named}: {words}" if named else words


@dataclass
class _Point:
    z: float
    above: float


def root(above: Above, centre: float, slope: float) -> float | None:
    """Normal score at which `above` is zero, within ±`Z_END`; None where it does not change its sign there.

    The side is the one that the fitted slope points to. Secant steps from the fitted break-even, kept
    inside the bracket; ends when the value is small beside the gain (`CLOSE`) or a tenth of its own
    simulation error, or after `EVALUATIONS` with the point between the two ends of the bracket.
    """
    if centre == 0.0:
        return 0.0
    side = -math.copysign(1.0, slope * centre)
    inner, outer = _Point(0.0, centre), None
    z = min(max(abs(centre / slope), 0.05), Z_END)
    for _ in range(EVALUATIONS):
        value, error = above(side * z)
        if abs(value) <= max(CLOSE * abs(centre), error / 10) and z < Z_END:
            return side * z
        if value * centre > 0:
            if z >= Z_END:
                return None
            inner = _Point(z, value)
        else:
            outer = _Point(z, value)
        z = _next(inner, outer)
    if outer is None:
        return None
    return side * _between(inner, outer)


def _between(inner: _Point, outer: _Point) -> float:
    return inner.z + (outer.z - inner.z) * inner.above / (inner.above - outer.above)


def _next(inner: _Point, outer: _Point | None) -> float:
    if outer is None:
        return min(Z_END, max(inner.z * 1.6, inner.z + 0.3))
    z = _between(inner, outer)
    # Never closer to an end than a tenth of the bracket, else false position creeps along one side.
    edge = (outer.z - inner.z) / 10
    return min(max(z, inner.z + edge), outer.z - edge)


def _simulated(
    comparison: Comparison,
    path: str,
    assumption: Assumption[Any],
    gain: Values,
    slope: float,
    simulation: dict[str, Any],
) -> Above:
    """`Above` by simulation of the plan and today.

    Only the first replications are simulated again; what they differ by from themselves as drawn is added
    to the mean of all, so that it hardly matters which they are. As drawn the assumption itself differs
    too; its fitted effect is taken out on both sides (a control variate: any slope leaves the mean right).
    """
    from tiersim.runs.pieces import WorldPlan
    from tiersim.runs.simulation import run_worlds
    from tiersim.scenario.load import override

    scenario, roles = comparison.scenario, comparison.roles
    count = min(comparison.replications, max(LEAST, min(MOST, comparison.replications // 5 // 2 * 2)))
    worlds = [WorldPlan(roles[role], roles[role]) for role in ("today", "plan")]
    drawn = gain - slope * _scores_of(comparison.run(roles["plan"]), path)

    def above(z: float) -> tuple[float, float]:
        value = assumption.unit.write(assumption.quantile(normal_share(z)), scenario.currency)
        fixed = {"value": value, "source": OVERRIDDEN, "grade": assumption.grade}
        held = override(scenario, {path: fixed})
        today, plan = run_worlds(held, worlds, count, comparison.seed, "sums", **simulation)
        shift = plan.npv() - today.npv() - drawn[:count]
        mean = float(drawn.mean() + shift.mean()) - scenario.money.hurdle
        return mean, half_width(shift)

    return above


def _scores_of(run: Run, path: str) -> Values:
    """Normal score of an assumption in each replication."""
    draws = run.data["draws"]
    rows = draws["path"] == run.names["paths"].index(path)
    found = np.zeros(run.replications)
    found[draws["replication"][rows]] = normal_score(draws["u"][rows])
    return found
