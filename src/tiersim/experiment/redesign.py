"""The same experiment over a grid of designs on the same draws, and the cheapest one that is good enough."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.errors import TiersimError
from tiersim.experiment.design import design_of
from tiersim.experiment.diagnosands import Figure, mean, share
from tiersim.experiment.diagnose import Diagnosis, diagnose
from tiersim.experiment.trial import check_answers
from tiersim.runs.worlds import load_scenario

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario

MOST = 1000
"""Points of a grid beyond which a typing error is more likely than patience."""


class GridError(TiersimError):
    """A grid without values, or a target that no row can be held against."""

    exit_code = 2


def redesign(
    scenario: Scenario | str | os.PathLike[str],
    grid: Mapping[str, Sequence[Any]],
    replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> pd.DataFrame:
    """Diagnose each point of a grid of designs, on the same seed.

    Parameters
    ----------
    grid : values by path, such as ``{"experiment.lasts": ["13 weeks", "26 weeks"]}``; all combinations.

    Returns
    -------
    One row a point: the values by path, then ``power``, ``go``, ``hold``, ``stop``, ``wrong_go``,
    ``good_missed``, ``regret``, ``regret_never``, ``regret_always``, ``false_alarm`` (a go of the sound gate
    though the policy does nothing), ``cost`` of running it (the true net loss of money up to its end, below 0
    a gain) and ``value`` of a rollout, each with its Monte-Carlo error in ``*_error``. All are of the first
    treated arm.

    Raises
    ------
    ScenarioError
        An unknown path or a value that is not allowed, before anything is simulated.
    """
    import pandas as pd

    scenario = load_scenario(scenario)
    rows = []
    for changes, changed in points(scenario, grid):
        found = diagnose(changed, replications, seed, workers, progress)
        row: dict[str, Any] = dict(changes)
        for name, figure in figures(found).items():
            row[name], row[f"{name}_error"] = figure.value, figure.error
        rows.append(row)
    return pd.DataFrame(rows)


def points(scenario: Scenario, grid: Mapping[str, Sequence[Any]]) -> list[tuple[dict[str, Any], Scenario]]:
    """Every combination of a grid with its scenario, checked as any scenario is."""
    if not grid:
        raise GridError("grid: is empty; give a path with values, such as experiment.lasts=13 weeks,26 weeks")
    for path, values in grid.items():
        if isinstance(values, str) or not values:
            raise GridError(f"grid: {path} needs a list of values; got {values!r}")
    many = int(np.prod([len(values) for values in grid.values()]))
    if many > MOST:
        raise GridError(f"grid: has {many} points; at most {MOST} are allowed")
    found = []
    for values in product(*grid.values()):
        changes = dict(zip(grid, values, strict=True))
        changed = scenario.override(changes)
        check_answers(design_of(changed))
        found.append((changes, changed))
    return found


def figures(found: Diagnosis) -> dict[str, Figure]:
    """What a design is chosen by."""
    ones, level = np.ones(found.replications), float(found.design.test.looks.error)
    verdict, placebo = found.verdicts(), found.verdicts(placebo=True)
    made = {"power": share(found.significant(level), ones, found.pairs)}
    row = verdict[(verdict["menu"] == "sound")].iloc[0]
    for name in ("go", "hold", "stop", "wrong_go", "good_missed", "regret", "regret_never", "regret_always"):
        made[name] = Figure(float(row[name]), float(row[f"{name}_error"]))
    row = placebo[(placebo["menu"] == "sound")].iloc[0]
    made["false_alarm"] = Figure(float(row["go"]), float(row["go_error"]))
    made["cost"] = mean(-found.cost(), found.pairs)
    made["value"] = mean(found.value(), found.pairs)
    return made


def check_target(power: float | None, regret: float | None) -> None:
    """Refuse a power or a regret that no design could have.

    Raises
    ------
    GridError
        If it is so.
    """
    if power is not None and not 0.0 < power < 1.0:
        raise GridError(f"power: must lie between 0 % and 100 %, both excluded; got {100 * power:g} %")
    if regret is not None and not regret >= 0.0:
        raise GridError(f"regret: must not be below 0; got {regret:g}")


@dataclass(frozen=True, eq=False)
class Choice:
    """The cheapest design of a grid that reaches a target, or which came nearest.

    Parameters
    ----------
    row : its row in the frame.
    reached : whether it does; if not, it is the nearest.
    target : ``power`` or ``regret``, and how much of it is wanted.
    """

    row: pd.Series[Any]
    reached: bool
    target: str
    wanted: float


def cheapest(redesigned: pd.DataFrame, power: float | None = None, regret: float | None = None) -> Choice:
    """The design of least true cost whose power is at least, or whose regret is at most, what is wanted.

    Figures are taken as they were simulated; look at their errors before two designs are told apart.

    Raises
    ------
    GridError
        Neither or both targets are given, or a target that no design could have.
    """
    if (power is None) == (regret is None):
        raise GridError("cheapest: give either a power or a regret")
    check_target(power, regret)
    if redesigned.empty:
        raise GridError("cheapest: there is no design to choose from")
    if power is not None:
        name, wanted = "power", power
        good, gap = redesigned["power"] >= power, power - redesigned["power"]
    else:
        assert regret is not None
        name, wanted = "regret", regret
        good, gap = redesigned["regret"] <= regret, redesigned["regret"] - regret
    reached = bool(good.any())
    # Places and not labels, so that a frame may be sorted or cut.
    order = np.where(good, redesigned["cost"], np.inf) if reached else gap.to_numpy(float)
    return Choice(redesigned.iloc[int(np.nanargmin(order))], reached, name, wanted)
