"""One setting of a package: what it is, before and in the package, and what may stand there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tiersim.scenario.fields import Place, find
from tiersim.scenario.load import provenance_of
from tiersim.scenario.schema import Scenario
from tiersim.scenario.units import Unit

NOT_SET = "not set"
DECISION = "decision"
"""Grade of what a company decides; only assumptions have a grade of evidence."""


@dataclass(frozen=True)
class Setting:
    """One difference between the treated policy and the control.

    Parameters
    ----------
    path : dotted path at which a rollout sets it.
    tier : that it is about; empty where it is about none.
    meaning : what it is, as the schema says.
    control, treated : values as a person writes them.
    unit : unit of a number, or None.
    choices : words that may stand there; with a `unit` besides numbers, without one instead of them.
    allowed : in words.
    source, grade : where the value comes from, and how good the evidence; ``decision`` where there is none.
    settable : whether a region may put its own value at `path`.
    """

    path: str
    tier: str
    meaning: str
    control: str
    treated: str
    unit: Unit | None
    choices: tuple[str, ...]
    allowed: str
    source: str
    grade: str
    settable: bool = True


def meaning(path: str) -> str:
    """What a package's key means: policies repeat the keys of tiers without their meaning."""
    key = path.rpartition(".")[2]
    for known in (f"tiers.any.{key}", f"budget.{key}"):
        place = find(Scenario, known)
        if place is not None and place.description:
            return place.description
    return "share of the yearly money" if ".budget.split." in path else key.replace("_", " ")


def allowed(place: Place, choices: tuple[str, ...]) -> str:
    parts = []
    if place.unit is not None:
        parts.append(place.unit.allowed)
        bounded = math.isfinite(place.unit.low) or math.isfinite(place.unit.high)
        if bounded and place.unit.high < 1e12:
            parts[-1] += f" ({place.unit.bounds()})"
    if choices:
        parts.append("one of " + ", ".join(choices) if not parts else "or " + ", ".join(choices))
    return "; ".join(parts)


def file_of(scenario: Scenario, path: str) -> str:
    """File and line of the value, or of the nearest section above that a file mentions; without folders."""
    provenance = provenance_of(scenario)
    while path:
        if path in provenance:
            file, line = provenance[path]
            name = file.replace("\\", "/").rpartition("/")[2]
            return f"{name}:{line}" if line else name
        path = path.rpartition(".")[0]
    return "default of tiersim"
