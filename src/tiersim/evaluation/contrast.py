"""One world against another in figures: what `tiersim compare` tells of each pair."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiersim.evaluation.findings import Estimate, Verdict
from tiersim.evaluation.statistics import (
    Split,
    Values,
    estimate,
    half_width,
    replications_for,
    split,
    variance_ratio,
)
from tiersim.evaluation.verdict import chance_to_beat, verdict

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison


@dataclass(frozen=True)
class Contrast:
    """World `a` against world `b`: gain in present value, its range, and how sure the figures are.

    Attributes
    ----------
    gain, gain_horizon : with and without the run-out (R5).
    p_hurdle : chance that the gain is above the scenario's hurdle.
    split : chance against assumptions; None below 4 replications.
    variance_ratio : what the common draws bought, assumptions fixed.
    replications_for : simulation error -> replications that it needs.
    """

    a: str
    b: str
    gain: Estimate
    gain_horizon: Estimate
    p_hurdle: float
    verdict: Verdict
    split: Split | None
    variance_ratio: float
    replications_for: dict[float, int]


def contrast(comparison: Comparison, a: str, b: str) -> Contrast:
    """Figures of world `a` against world `b`."""
    gain = comparison.difference(a, b)
    rules = comparison.scenario.money
    chance = chance_to_beat(gain, rules.hurdle)
    enough = comparison.replications >= 4
    return Contrast(
        a,
        b,
        estimate(gain),
        estimate(comparison.difference(a, b, horizon_only=True)),
        chance,
        verdict(chance, rules.go_at, rules.no_at),
        split(gain) if enough else None,
        variance_ratio(comparison.run(a).npv(), comparison.run(b).npv()),
        needed(gain, comparison.half_widths) if enough else {},
    )


def needed(gain: Values, half_widths: tuple[float, ...] = ()) -> dict[float, int]:
    """Replications for the simulation errors that the user names; else for two round ones below today's."""
    widths = half_widths or _round_below(half_width(gain))
    return {width: replications_for(gain, width) for width in widths}


def _round_below(error: float) -> tuple[float, ...]:
    """The next two of 1, 2, 5, 10, ... below an error."""
    if not (math.isfinite(error) and error > 0):
        return ()
    power = 10.0 ** math.floor(math.log10(error))
    steps = [power * step for step in (5, 2, 1, 0.5, 0.2, 0.1)]
    return tuple([step for step in steps if step < error][:2])
