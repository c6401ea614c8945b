"""What a report's kernel has to be told, and how a scenario gets a file that it can read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario


@dataclass(frozen=True)
class Request:
    """What a kernel has to be told so that it finds the run that was made here."""

    parameters: dict[str, Any]
    cwd: Path
    stem: str


def keep(scenario: Scenario, path: Path) -> str:
    """Write a scenario that has no file of its own; the name of the file."""
    from tiersim.scenario.write import resolved_yaml

    path.write_text(resolved_yaml(scenario), encoding="utf-8")
    return path.name
