"""Pictures of docs/warning.md and docs/win_back.md: ``python -m tiersim.report.warning``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.assignment import Assignment
from tiersim.engine.layout import N
from tiersim.engine.prepare import prepare
from tiersim.engine.stages.alarms import BANKRUPT
from tiersim.engine.world import Simulation, World
from tiersim.report.atomic import write_all
from tiersim.report.pictures import warning as drawn
from tiersim.report.pictures.canvas import Picture, listed
from tiersim.runs.worlds import load_scenario, plan_of
from tiersim.scenario.warning import CAUSES_OF_CHANCE

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
SCENARIO = "scenarios/early_warning.yaml"
REPLICATIONS, PATHS = 8, 4
"""Replications of the tables, and of the paths of the score."""
BACK = 26
"""Weeks before the last day that are shown."""
DPI = 100


class Watched(Simulation):
    """A world that remembers every week's scores, of those who are there."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.scores: dict[int, dict[int, float]] = {}
        self.last: dict[int, int] = {}

    def _review(self, week: int) -> None:
        n = int(self.memory["clock"][N])
        birth, leaving = self.memory["birth"][:n], self.memory["leaving"][:n]
        there = (self.memory["known"][:n] == 1) & (self.memory["alive"][:n] == 1)
        self.scores[week - 1] = dict(
            zip(birth[there].tolist(), self.memory["score"][:n][there].tolist(), strict=True)
        )
        gone = (self.memory["alive"][:n] == 0) & (leaving > 0) & (leaving < BANKRUPT)
        for who, last in zip(birth[gone].tolist(), self.memory["leave_week"][:n][gone].tolist(), strict=True):
            self.last.setdefault(who, last)
        super()._review(week)


def paths(scenario: Scenario, replications: int = PATHS, seed: int = 1) -> tuple[Floats, Floats]:
    """Score by weeks before the last day, of leavers and of stayers in the same weeks.

    Nobody is asked to stay. Shape (BACK + 1, 3) each: 5 %, median, 95 %; row 0 is a week before the last.
    """
    plan = plan_of(scenario)
    quiet = scenario.override({f"policies.{plan}.win_back": False, "run_out": "0 weeks"})
    left: list[list[float]] = [[] for _ in range(BACK + 1)]
    stayed: list[list[float]] = [[] for _ in range(BACK + 1)]
    for replication in range(replications):
        start = prepare(quiet, seed, replication)
        world = Watched(quiet, start, World(plan, Assignment.everyone(plan)), seed, replication)
        with np.errstate(under="ignore"):
            world.run()
        for back in range(BACK + 1):
            for who, last in world.last.items():
                seen = world.scores.get(last - 1 - back, {})
                if who in seen:
                    left[back].append(seen[who])
        # Stayers of a week: those who are there half a year later, in every fourth week.
        for week in range(BACK, max(world.scores) - BACK, 4):
            later = world.scores[week + BACK]
            for back in range(BACK + 1):
                stayed[back] += [s for who, s in world.scores[week - back].items() if who in later]
    return _three(left), _three(stayed)


def _three(rows: Sequence[Sequence[float]]) -> Floats:
    return np.array([np.quantile(row, (0.05, 0.5, 0.95)) for row in rows])


def pictures(
    scenario: Scenario | str = SCENARIO, replications: int = REPLICATIONS, followed: int = PATHS
) -> dict[str, Picture]:
    """The pictures by name, drawn from runs of the scenario's plan."""
    from tiersim.evaluation.warning import accuracy, calibration
    from tiersim.runs.simulation import simulate

    scenario = load_scenario(scenario)
    assert scenario.warning is not None and scenario.win_back is not None
    plan = plan_of(scenario)
    # Nobody is asked, so that who leaves really does.
    quiet = scenario.override({f"policies.{plan}.win_back": False})
    run = simulate(quiet, plan, replications, progress=False)
    reasons: dict[float, list[str]] = {}
    for name in CAUSES_OF_CHANCE:
        reasons.setdefault(getattr(scenario.win_back.chance, name).central, []).append(name)
    chance = {listed(names): value for value, names in reasons.items()}
    fades = scenario.win_back.fades
    return {
        "score": drawn.before_leaving(
            *paths(scenario, followed), scenario.warning.amber, scenario.warning.red
        ),
        "calibration": drawn.calibration(calibration(run)),
        "detectors": drawn.detectors(accuracy(run)),
        "chance": drawn.fading(chance, (fades.low, fades.central, fades.high)),
    }


def write_pictures(
    folder: str | os.PathLike[str] = "docs", scenario: Scenario | str = SCENARIO
) -> list[Path]:
    """Write ``images/warning-*.png`` into a folder, all or nothing."""
    images = Path(folder) / "images"
    files = {images / f"warning-{name}.png": picture.png(DPI) for name, picture in pictures(scenario).items()}
    write_all(files)
    return list(files)


if __name__ == "__main__":
    for file in write_pictures(*sys.argv[1:2]):
        sys.stdout.write(f"{file}\n")
