"""Writes the package: one scenario file, and a sheet for each region that is left."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tiersim.errors import Problem, ScenarioError
from tiersim.experiment.package.contents import Contents
from tiersim.experiment.package.extend import package_yaml
from tiersim.experiment.package.sheet import region_sheet

SCENARIO = "package.yaml"


def save(
    contents: Contents,
    to: str | os.PathLike[str],
    every: float | None = None,
    regions_a_wave: int | None = None,
) -> list[Path]:
    """Write ``package.yaml`` and ``region NAME.xlsx`` into a folder; the files, the scenario first.

    Nothing is overwritten, since a region may have filled in its sheet. Parameters but `to` are those of
    `tiersim.experiment.package.rollout`.

    Raises
    ------
    ScenarioError
        A file exists already or cannot be written, or no region is left.
    """
    folder = Path(to)
    text = package_yaml(contents, every, regions_a_wave)
    left = [name for name in contents.scenario.population.regions if name not in contents.pilot]
    files = {folder / SCENARIO: text.encode()}
    for name in left:
        files[folder / _file_name(name, files, folder)] = region_sheet(contents, name, every, regions_a_wave)
    there = [path for path in files if path.exists()]
    if there:
        raise ScenarioError(
            [
                Problem(str(path), None, "", "exists already and is not overwritten; name another folder")
                for path in there
            ]
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            path.write_bytes(data)
    except OSError as error:
        text = f"cannot be written: {error.strerror}"
        raise ScenarioError(Problem(str(error.filename or folder), None, "", text)) from None
    return list(files)


def check_package(to: str | os.PathLike[str]) -> None:
    """Refuse a folder that is a file or has a package already, before an experiment is simulated for it.

    Raises
    ------
    ScenarioError
    """
    folder = Path(to)
    if folder.exists() and not folder.is_dir():
        raise ScenarioError(Problem(str(folder), None, "", "is a file; name a folder"))
    if (folder / SCENARIO).exists():
        text = "exists already and is not overwritten; name another folder"
        raise ScenarioError(Problem(str(folder / SCENARIO), None, "", text))


def _file_name(region: str, taken: dict[Path, bytes], folder: Path) -> str:
    """A name that every system accepts; letters of all scripts stay."""
    base = re.sub(r"[^\w -]", "_", region).strip() or "region"
    name, number = f"region {base}.xlsx", 2
    while folder / name in taken:
        name, number = f"region {base} {number}.xlsx", number + 1
    return name
