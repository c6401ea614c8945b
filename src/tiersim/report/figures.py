"""The figures of a report as data: one JSON file with everything that the findings hold."""

from __future__ import annotations

import json
import math
import re
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tiersim.evaluation.findings import RoiFindings
from tiersim.report.atomic import write_all

RESOLVED = "resolved-scenario.yaml"
"""Name of the file that stands for a scenario which only exists in memory; no command can name it."""


def slug(name: str) -> str:
    """A file name made from a title: letters of any script and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:60].strip("-") or "scenario"


def command(kind: str, scenario: str | Path, changes: Mapping[str, Any] | None, **options: object) -> str:
    """The command that gives the same report; of absolute paths only the name is told.

    Empty for a scenario that has no file of its own. Options that are None or False are left out, those that
    are True are flags. Language and format are added where they are known (`tiersim.report.again`).
    """
    if Path(scenario).name == RESOLVED:
        return ""

    def told(path: object) -> str:
        return Path(str(path)).name if Path(str(path)).is_absolute() else str(path)

    words = ["tiersim", "report", kind, told(scenario)]
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    against = given.pop("against", [])
    for one in against if isinstance(against, list | tuple) else [against]:
        words += ["--against", told(one)]
    for path, value in (changes or {}).items():
        words += ["--set", f"{path}={_typed(value)}"]
    for name, value in given.items():
        words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return shlex.join(words)


def _typed(value: Any) -> str:
    """A value as one would type it behind ``--set path=``, where it is read as YAML."""
    from tiersim.errors import ScenarioError
    from tiersim.scenario.override import parse

    if isinstance(value, str):
        try:
            if parse(f"x={value}") == {"x": value}:
                return value
        except ScenarioError:
            pass
    # A semicolon would end the pair.
    return json.dumps(_plain(value), ensure_ascii=False).replace(";", r"\u003b")


def with_command(
    findings: RoiFindings,
    scenario: str | Path,
    against: object = None,
    changes: Mapping[str, Any] | None = None,
    quick: bool = False,
) -> RoiFindings:
    """Findings with the command that gives the same report; of absolute paths only the name is told."""
    said = command(
        "roi", scenario, changes, against=against, seed=findings.seed, replications=findings.replications,
        quick=quick,
    )  # fmt: skip
    return replace(findings, command=said) if said else findings


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(x) for key, x in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(x) for x in value]
    if isinstance(value, float) or hasattr(value, "item"):
        number = value.item() if hasattr(value, "item") else value
        return number if not isinstance(number, float) or math.isfinite(number) else None
    return value


def to_json(findings: Any) -> str:
    """Findings as JSON text; what is not a number is null."""
    figures = findings.figures() if hasattr(findings, "figures") else asdict(findings)
    return json.dumps(_plain(figures), ensure_ascii=False, indent=1) + "\n"


def save_figures(findings: Any, out: str | Path) -> Path | None:
    """Write the figures to the folder `out`; an empty name writes nothing."""
    if not str(out):
        return None
    path = Path(out) / f"{slug(findings.name)}-{getattr(findings, 'kind', 'roi')}.json"
    write_all({path: to_json(findings).encode()})
    return path
