"""Why the naive answer is wrong: its error by hazard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiersim.experiment.answers.menus import reported

if TYPE_CHECKING:
    from tiersim.experiment.attributed import Attribution
    from tiersim.experiment.diagnose import Diagnosis

MOST = 12
"""Replications of each scenario with hazards switched off; there are many such scenarios."""


@dataclass(frozen=True)
class NoSplit:
    """Why the error could not be taken apart."""

    why: str


def split_of(found: Diagnosis, progress: Any = None) -> Attribution | NoSplit:
    """The error of the naive answer that reports reach for first, by hazard; or why there is none."""
    from tiersim.experiment.attribution import NoReplies, attribute

    name = naive_of(found)
    if name is None:
        return NoSplit("no naive answer could be given in half of the tests")
    try:
        return attribute(
            found.scenario, replications=min(found.replications, MOST), answer=name, seed=found.seed,
            progress=progress,
        )  # fmt: skip
    except NoReplies as silent:
        return NoSplit(silent.why)


def naive_of(found: Diagnosis, arm: int = 1) -> str | None:
    """The naive answer that most replications could give about the primary outcome, as reports prefer."""
    asked = [name for name in reported(found.design) if name in found.asked(None, arm)]
    given = [name for name in asked if found.replies(name, None, arm).ok.mean() > 0.5]
    return given[0] if given else None
