"""Why the naive answer is wrong: its error by hazard, where the package can take it apart."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tiersim.experiment.answers.menus import reported

if TYPE_CHECKING:
    from tiersim.experiment.diagnose import Diagnosis
    from tiersim.report.experiments.told import Split

HOME = "tiersim.experiment.attribution"
MOST = 12
"""Replications of each scenario with hazards switched off; there are many such scenarios."""

SUMS = ("not attributed", "whole")
"""Rows of the frame that are no hazards."""


def parts_of(split: Split) -> Any:
    """Rows of the hazards alone: hazard, part, error."""
    frame = split.frame()
    return frame[~frame["hazard"].isin(SUMS)]


def split_of(found: Diagnosis, progress: Any = None) -> Split | None:
    """The error of the naive answer that reports reach for first, by hazard.

    None where attribution is not part of this package, or where no naive answer could be given.
    """
    try:
        home = import_module(HOME)
    except ModuleNotFoundError:
        return None
    name = naive_of(found)
    if name is None:
        return None
    split: Split = home.attribute(
        found.scenario, replications=min(found.replications, MOST), answer=name, seed=found.seed,
        progress=progress,
    )  # fmt: skip
    return split


def naive_of(found: Diagnosis, arm: int = 1) -> str | None:
    """The naive answer that most replications could give about the primary outcome, as reports prefer."""
    asked = [name for name in reported(found.design) if name in found.asked(None, arm)]
    given = [name for name in asked if found.replies(name, None, arm).ok.mean() > 0.5]
    return given[0] if given else None
