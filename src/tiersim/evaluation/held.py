"""What the gain becomes when one assumption is held at a value and all else is drawn as before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.response import normal_score, normal_share, uncertain
from tiersim.evaluation.statistics import Values, half_width

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.scenario.schema import Scenario

HELD = "held at one value, to see what it decides"


@dataclass(frozen=True)
class Held:
    """Simulates the plan and today again, on the same draws but for one assumption.

    Attributes
    ----------
    gain : gain of each replication of the comparison.
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_groups`.
    """

    comparison: Comparison
    gain: Values
    simulation: dict[str, Any]

    def gains(self, held: Sequence[tuple[str, float]], count: int) -> list[Values]:
        """Gains of the first `count` replications for each (path, normal score), simulated side by side."""
        from tiersim.runs.pieces import WorldPlan
        from tiersim.runs.simulation import run_groups

        roles = self.comparison.roles
        worlds = [WorldPlan(roles[role], roles[role]) for role in ("today", "plan")]
        groups = [(self._scenario(path, z), worlds) for path, z in held]
        runs = run_groups(groups, count, self.comparison.seed, "sums", **self.simulation)
        return [plan.npv() - today.npv() for today, plan in runs]

    def mean(self, path: str, gains: Values, slope: float) -> tuple[float, float]:
        """Mean gain over all replications, judged from the first ones, and its simulation error.

        What the first ones differ by from themselves as drawn is added to the mean of all, so that it
        hardly matters which they are. As drawn the assumption itself differs too; its linear effect
        (`slope`) is taken out on both sides, a control variate: any slope leaves the mean right.
        """
        drawn = self.gain - slope * self.scores(path)
        shift = gains - drawn[: gains.size]
        return float(drawn.mean() + shift.mean()), half_width(shift)

    def scores(self, path: str) -> Values:
        """Normal score of an assumption in each replication."""
        run = self.comparison.run(self.comparison.roles["plan"])
        draws = run.data["draws"]
        rows = draws["path"] == run.names["paths"].index(path)
        found = np.zeros(run.replications)
        found[draws["replication"][rows]] = normal_score(draws["u"][rows])
        return found

    def _scenario(self, path: str, z: float) -> Scenario:
        from tiersim.scenario.load import override

        scenario = self.comparison.scenario
        assumption = uncertain(scenario)[path]
        value = assumption.unit.write(assumption.quantile(normal_share(z)), scenario.currency)
        return override(scenario, {path: {"value": value, "source": HELD, "grade": assumption.grade}})
