"""Which single assumption turns the answer, and at which value (break-even)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.breakeven import Z_END, first_guess, root
from tiersim.evaluation.findings import Flip
from tiersim.evaluation.held import Held
from tiersim.evaluation.response import Z_HIGH, Z_LOW, Fit, fit, normal_score, normal_share, uncertain
from tiersim.evaluation.statistics import Values

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.scenario.assumption import Assumption
    from tiersim.scenario.schema import Scenario

ALWAYS = ("population.value_correlation.responsiveness", "today.favour")
"""Always told, however small their part: targeting gains rest on them (R1, R7)."""

BARS = 6
"""Assumptions, beside `ALWAYS`, whose gains at both ends are simulated: the largest fitted effects."""

BAR_REPLICATIONS = 8
"""Replications of an end; the two ends meet the same draws, so that few tell their difference."""

CONFIRMED = 3
"""Break-evens, nearest first, that are looked for by simulation."""

TRIED = 4
"""Searches at most, also if some find nothing: each costs several simulations."""

LEAST, MOST = 12, 20
"""Replications of such a search: a fifth of the comparison's, within these."""


def flips(comparison: Comparison, quick: bool = False, **simulation: Any) -> list[Flip]:
    """Uncertain assumptions, nearest break-even first, then those that turn nothing, widest bar first.

    A linear fit of the comparison says which assumptions have the largest effects. These are simulated at
    their 5 % and 95 % points, on the same draws with only this assumption held. The nearest break-evens
    are then looked for in the same way; one that is not there loses its place to the next. All others
    have their bars from the fit, less what noise adds to a slope.

    Parameters
    ----------
    quick : read everything off the fit.
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_groups`.
    """
    gain = comparison.difference(comparison.roles["plan"], comparison.roles["today"])
    fitted = fit(comparison.run(comparison.roles["plan"]), gain)
    listed = from_fit(comparison.scenario, fitted, gain)
    if quick or fitted is None:
        return listed
    held = Held(comparison, gain, simulation)
    bars = with_bars(held, listed, candidates(fitted))
    return in_order(comparison.scenario, confirm(held, bars))


def from_fit(scenario: Scenario, fitted: Fit | None, gain: Values) -> list[Flip]:
    """Entries for all uncertain assumptions, and for `ALWAYS`, by the linear fit; nan without one."""
    from tiersim.scenario.assumption import walk_assumptions

    hurdle, centre = scenario.money.hurdle, float(gain.mean())
    listed = []
    for path, found, unit in walk_assumptions(scenario):
        if not found.is_uncertain and path not in ALWAYS:
            continue
        slope = fitted.shrunk(path) if fitted else math.nan
        if not found.is_uncertain:
            slope = 0.0
        z = (hurdle - centre) / slope if fitted is not None and fitted.is_clear(path) and slope else math.inf
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


def candidates(fitted: Fit) -> list[str]:
    """Paths that are worth a simulation: the largest effects, selected ones first, and `ALWAYS`."""
    by_size = sorted(fitted.slopes, key=lambda path: -abs(fitted.shrunk(path)))
    ranked = [*fitted.selected, *(path for path in by_size if path not in fitted.selected)]
    always = [path for path in ALWAYS if path in fitted.slopes and path not in ranked[:BARS]]
    return [*ranked[:BARS], *always]


def with_bars(held: Held, listed: list[Flip], paths: list[str]) -> list[Flip]:
    """Entries with simulated gains at both ends and a break-even by the lines through them, for `paths`.

    The others lose the break-even that the fit gave them: it was smaller than what was simulated.
    """
    count = min(held.gain.size, BAR_REPLICATIONS)
    ends = held.gains([(path, z) for path in paths for z in (Z_LOW, Z_HIGH)], count)
    inputs, hurdle = uncertain(held.comparison.scenario), held.comparison.scenario.money.hurdle
    found = {}
    for number, path in enumerate(paths):
        low, high = ends[2 * number : 2 * number + 2]
        slope = float((high - low).mean()) / (Z_HIGH - Z_LOW)
        gain_low, gain_high = (held.mean(path, gains, slope)[0] for gains in (low, high))
        centre = float((held.gain - slope * held.scores(path)).mean())
        z = first_guess(centre - hurdle, (Z_LOW, gain_low - hurdle), (Z_HIGH, gain_high - hurdle))
        value = None if z is None else inputs[path].quantile(normal_share(z))
        found[path] = {"gain_low": gain_low, "gain_high": gain_high, "break_even": value}
    return [replace(flip, **found.get(flip.path, {"break_even": None})) for flip in listed]  # type: ignore[arg-type]


def confirm(held: Held, listed: list[Flip]) -> list[Flip]:
    """Entries with the nearest break-evens looked for by simulation."""
    scenario = held.comparison.scenario
    inputs, hurdle = uncertain(scenario), scenario.money.hurdle
    waiting = in_order(scenario, [flip for flip in listed if flip.break_even is not None])
    rest = [flip for flip in listed if flip.break_even is None]
    size = held.gain.size
    count = min(size, max(LEAST, min(MOST, size // 5 // 2 * 2)))
    done: list[Flip] = []
    while waiting and len(done) < TRIED and sum(flip.break_even is not None for flip in done) < CONFIRMED:
        flip = waiting.pop(0)
        slope = (flip.gain_high - flip.gain_low) / (Z_HIGH - Z_LOW)

        def above(z: float, path: str = flip.path, slope: float = slope) -> tuple[float, float]:
            mean, error = held.mean(path, held.gains([(path, z)], count)[0], slope)
            return mean - hurdle, error

        assert flip.break_even is not None
        start = float(normal_score(np.array(position(inputs[flip.path], flip.break_even))))
        centre = float((held.gain - slope * held.scores(flip.path)).mean()) - hurdle
        z = root(above, centre, start)
        value = None if z is None else inputs[flip.path].quantile(normal_share(z))
        done.append(replace(flip, break_even=value, confirmed=True))
    return [*done, *waiting, *rest]


def in_order(scenario: Scenario, listed: list[Flip]) -> list[Flip]:
    """Nearest break-even first, measured by the chance that the assumption lies beyond it."""
    inputs = uncertain(scenario)

    def rank(flip: Flip) -> tuple[bool, float]:
        if flip.break_even is None:
            width = abs(flip.gain_high - flip.gain_low)
            return True, -width if math.isfinite(width) else 0.0
        return False, abs(position(inputs[flip.path], flip.break_even) - 0.5)

    return sorted(listed, key=rank)


def position(assumption: Assumption[Any], value: float) -> float:
    """Share of the assumption below a value, by bisection of its quantile function."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if assumption.quantile(middle) < value else (low, middle)
    return (low + high) / 2


def label_of(scenario: Scenario, path: str) -> str:
    """Words for a path: the schema's, with the name of the strategy, signal or class it belongs to."""
    from tiersim.scenario.fields import find

    root = type(scenario)
    place = find(root, path)
    description = place.description if place else ""
    keys = path.split(".")
    above = [(key, find(root, ".".join(keys[:i]))) for i, key in enumerate(keys)]
    # Of several under one name that the scenario gives, or that stands for a part with keys of its own.
    owners = [
        key
        for i, (key, map_of) in enumerate(above)
        if map_of and map_of.kind == "map" and (map_of.names is None or i < len(keys) - 1)
    ]
    named = owners[-1].replace("_", " ") if owners else ""
    words = description.split(";")[0].split(":")[0].strip() or keys[-1].replace("_", " ")
    if named and keys[-2] == "effects":
        words = keys[-1].replace("_", " ")
    return f"{named}: {words}" if named else words
