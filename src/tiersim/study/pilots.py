"""Would your pilot find it? Designs of several scenarios, diagnosed side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.experiment.answers.menus import leading
from tiersim.experiment.diagnosands import Figure
from tiersim.experiment.diagnose import Diagnosis, diagnose
from tiersim.runs.simulation import check_counts
from tiersim.scenario.load import load

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario

SCENARIOS = ("ab_training", "ab_upgrade", "pilot_13_weeks", "pilot_three_regions", "pilot_naive_go")
"""Files beside the one that is named, in the order of the page."""

QUICK = 4
"""Replications of the quick version."""


@dataclass(frozen=True, eq=False)
class Study:
    """Diagnoses by name of the scenario's file."""

    diagnoses: Mapping[str, Diagnosis]
    replications: int
    seed: int

    @property
    def scenario(self) -> Scenario:
        """The scenario of the first design."""
        return next(iter(self.diagnoses.values())).scenario

    def lead(self, name: str) -> str:
        """The sound answer that most replications lead with, about the primary outcome."""
        found = self.diagnoses[name]
        table: Any = found.answers()
        mine = table[(table["outcome"] == found.design.primary.name) & (table["menu"] == "sound")]
        order = [
            answer for answer in leading(found.design, found.design.primary) if answer in set(mine["answer"])
        ]
        ready = [answer for answer in order if float(mine.set_index("answer").loc[answer, "failed"]) < 0.5]
        return (ready or order)[0]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a design: true effect, naive and leading answer, verdicts of both gates, money."""
        import pandas as pd

        rows = []
        for name, found in self.diagnoses.items():
            table: Any = found.answers().set_index(["outcome", "answer"])
            outcome = found.design.primary.name
            lead, naive = table.loc[(outcome, self.lead(name))], _naive(table, outcome)
            said: Any = found.verdicts().set_index("menu")
            nothing: Any = found.verdicts(placebo=True).set_index("menu")
            row: dict[str, object] = {
                "design": name, "outcome": outcome, "lead": self.lead(name), "naive": naive.name[1],
                "truth": lead["truth"], "value": float(found.value().mean()),
                "value_error": mean_error(found.value()), "good": float(np.mean(found.value() > 0.0)),
                "cost": float(found.cost().mean()),
            }  # fmt: skip
            for part, answer in (("naive", naive), ("lead", lead)):
                for figure in ("estimate", "bias", "coverage", "power", "false_alarm", "type_m", "placebo"):
                    row[f"{part}_{figure}"] = answer[figure]
                    row[f"{part}_{figure}_error"] = answer[f"{figure}_error"]
            for menu in ("naive", "sound"):
                for figure in ("go", "stop", "hold", "wrong_go", "good_missed", "regret"):
                    row[f"{menu}_{figure}"] = said.loc[menu, figure]
                    row[f"{menu}_{figure}_error"] = said.loc[menu, f"{figure}_error"]
                row[f"{menu}_false_go"] = nothing.loc[menu, "go"]
                row[f"{menu}_false_go_error"] = nothing.loc[menu, "go_error"]
            row["regret_never"] = said.loc["sound", "regret_never"]
            row["regret_always"] = said.loc["sound", "regret_always"]
            rows.append(row)
        return pd.DataFrame(rows).set_index("design", drop=False)


def _naive(table: Any, outcome: str) -> Any:
    """The naive answer that a report would print: the first that is estimable at least every second time."""
    for answer in ("before_after", "year_on_year", "treated_untreated"):
        row = table.loc[(outcome, answer)]
        if row["failed"] < 0.5:
            return row
    return table.loc[(outcome, "treated_untreated")]


def mean_error(values: np.ndarray) -> float:
    """Monte-Carlo error of a mean, over pairs of replications."""
    from tiersim.experiment.diagnosands import mean

    figure: Figure = mean(values, np.arange(values.size) // 2)
    return figure.error


def pilot_study(
    scenario: Scenario | str | os.PathLike[str] = "scenarios/ab_training.yaml",
    replications: int = 60,
    seed: int = 1,
    quick: bool = False,
    progress: Progress | bool | None = None,
    names: Sequence[str] = SCENARIOS,
) -> Study:
    """Diagnose the designs that lie beside a scenario file.

    Parameters
    ----------
    scenario : a file; the designs `names` are looked for in its folder. A scenario, or a file elsewhere, is
        diagnosed alone.
    replications : of each design; two share a draw of the assumptions.
    quick : few replications.
    """
    check_counts(replications, seed, None)
    many = min(replications, QUICK) if quick else replications
    if not isinstance(scenario, (str, os.PathLike)):
        return Study({scenario.name: diagnose(scenario, many, seed, progress=progress)}, many, seed)
    path = Path(scenario)
    beside = {name: path.parent / f"{name}.yaml" for name in names}
    if path.stem not in names or not all(file.is_file() for file in beside.values()):
        beside = {path.stem: path}
    found = {name: diagnose(load(file), many, seed, progress=progress) for name, file in beside.items()}
    return Study(found, many, seed)
