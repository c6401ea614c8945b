"""A run on disk: tidy Parquet tables and ``run.json``, written whole or not at all.

``run.json`` holds all that is needed to make the tables again: resolved scenarios, worlds, seed,
replications, versions of the packages, and a hash of each table's content that does not depend on how
Parquet encodes it. It holds no date, path or user name, so that equal runs give equal files.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.errors import ScenarioError
from tiersim.runs.comparison import Comparison
from tiersim.runs.content import codes_of, content_hash, read_table, tidy, write_table
from tiersim.runs.errors import RunError, other_version_of, unread
from tiersim.runs.pieces import engine_version, package_version
from tiersim.runs.run import Run
from tiersim.runs.tables import Columns

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario

FORMAT = 1
RECORD = "run.json"
SHOWN = 5
"""Faults of a saved scenario that are told."""
PACKAGES = ("numpy", "numba", "scipy", "pandas", "pyarrow", "pydantic", "ruamel.yaml")


def save(
    runs: Sequence[Run],
    folder: str | os.PathLike[str],
    overwrite: bool = False,
    comparison: Comparison | None = None,
) -> Path:
    """Write runs of the same kind below each other, with a column ``world`` in front of every table.

    Raises
    ------
    RunError
        The folder exists (and `overwrite` is not given, or it holds no run), or can't be written.
    """
    target = Path(folder)
    _check_target(target, overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part"))
    except OSError as error:
        raise RunError(f"{target}: can't be written: {error.strerror}") from None
    try:
        draft.chmod(0o755)
        tables = {}
        for table in runs[0].data:
            frame = tidy(runs, table)
            write_table(frame, draft / f"{table}.parquet")
            tables[table] = {
                "rows": len(frame),
                "sha256": content_hash(frame),
                "columns": {name: str(values.dtype) for name, values in runs[0].data[table].items()},
            }
        text = json.dumps(_record(runs, comparison, tables), ensure_ascii=False, indent=1)
        (draft / RECORD).write_text(text + "\n", encoding="utf-8")
        move_into_place(draft, target)
    except OSError as error:
        raise RunError(f"{target}: can't be written: {error.strerror}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _check_target(target: Path, overwrite: bool) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not overwrite:
        raise RunError(f"{target}: already exists; name another folder, or allow overwriting")
    if not (target / RECORD).is_file():
        raise RunError(f"{target}: holds no {RECORD}, so it is not a run and is not overwritten")


def move_into_place(draft: Path, target: Path) -> None:
    """Move a finished folder to where it is wanted; what stood there comes back if that fails."""
    old = None
    if target.exists() and any(target.iterdir()):
        old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=".old"))
        os.replace(target, old)
    try:
        os.replace(draft, target)
    except BaseException:
        if old is not None:
            os.replace(old, target)
        raise
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def _record(runs: Sequence[Run], comparison: Comparison | None, tables: dict[str, Any]) -> dict[str, Any]:
    from tiersim.scenario.write import content_hash as scenario_hash
    from tiersim.scenario.write import resolved_tree

    scenarios: list[Scenario] = [comparison.scenario] if comparison is not None else []
    for run in runs:
        if not any(run.scenario is known for known in scenarios):
            scenarios.append(run.scenario)
    place = {id(scenario): number for number, scenario in enumerate(scenarios)}
    return {
        "format": FORMAT,
        "kind": "run" if comparison is None else "comparison",
        "name": scenarios[0].name,
        "seed": runs[0].seed,
        "replications": runs[0].replications,
        "reduction": runs[0].reduction,
        "quick": comparison is not None and comparison.quick,
        "half_widths": list(comparison.half_widths) if comparison is not None else [],
        "worlds": [
            {
                "label": run.label,
                "policy": run.policy,
                "scenario": place[id(run.scenario)],
                "names": run.names,
            }
            for run in runs
        ],
        "scenarios": [
            {"sha256": scenario_hash(scenario), "resolved": _as_json(resolved_tree(scenario))}
            for scenario in scenarios
        ],
        "engine": engine_version(),
        "versions": versions(),
        "tables": tables,
    }


def _as_json(tree: Any) -> Any:
    return json.loads(json.dumps(tree, default=str, ensure_ascii=False))


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a number may depend on."""
    import platform
    from importlib import metadata

    found = {"tiersim": package_version(), "python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def read_record(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """``run.json`` of a folder; raises `RunError` where there is none that this version reads."""
    path = Path(folder) / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(f"{folder}: no run here ({RECORD} is missing)") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: can't be read: {unread(error, 'a run record in JSON')}") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        found = record.get("format") if isinstance(record, dict) else None
        raise RunError(f"{path}: not a run of format {FORMAT}; got {found!r}{other_version_of(record)}")
    return record


def scenarios_of(record: dict[str, Any], other_version: bool = False) -> list[Scenario]:
    """The scenarios of a record; raises `RunError` where one is not what its hash says.

    `other_version` takes a record of another version as this one reads it: keys that it did not know yet
    are at their defaults, so that the hash need not agree.
    """
    from tiersim.scenario.load import loads
    from tiersim.scenario.write import content_hash as scenario_hash
    from tiersim.scenario.write import to_yaml

    found = []
    lenient = other_version and record.get("engine") != engine_version()
    for entry in record["scenarios"]:
        scenario = loads(to_yaml(entry["resolved"]), RECORD)
        if scenario_hash(scenario) != entry["sha256"] and not lenient:
            raise RunError(
                f"{RECORD}: its scenario does not have the hash that stands beside it; "
                "it was changed, or written by another version"
            )
        found.append(scenario)
    return found


def load_run(folder: str | os.PathLike[str], other_version: bool = False) -> Run | Comparison:
    """Read a saved `Run` or `Comparison`; `other_version` as in `scenarios_of`.

    Raises
    ------
    RunError
        No run there, a table is missing, damaged or not what its hash says, the record is damaged, or the
        scenario was changed.
    """
    place = Path(folder)
    record = read_record(place)
    try:
        return _read(place, record, scenarios_of(record, other_version))
    except ScenarioError as error:
        if not (other := other_version_of(record)):
            raise
        faults = "\n".join(str(error).splitlines()[:SHOWN])
        raise RunError(f"{place / RECORD}: its scenario cannot be used{other}. Faults:\n{faults}") from None
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        lacking = f" (it lacks {error})" if isinstance(error, KeyError) else ""
        raise RunError(f"{place / RECORD}: is damaged{lacking}{other_version_of(record)}") from None


def _read(place: Path, record: dict[str, Any], scenarios: list[Scenario]) -> Run | Comparison:
    frames = {table: _intact(place, table, entry["sha256"]) for table, entry in record["tables"].items()}
    runs = [_run(record, world, scenarios[world["scenario"]], frames) for world in record["worlds"]]
    if record["kind"] == "run":
        return runs[0]
    return Comparison(
        scenarios[0],
        {run.label: run for run in runs},
        record["seed"],
        record["replications"],
        record["quick"],
        tuple(record["half_widths"]),
    )


def _intact(place: Path, table: str, recorded: str) -> pd.DataFrame:
    """A table as it was written; raises `RunError` where its content is not what the record's hash says."""
    frame = read_table(place, table)
    if content_hash(frame) != recorded:
        raise RunError(f"{place / table}.parquet: was changed or damaged after it was written")
    return frame


def _run(
    record: dict[str, Any], world: dict[str, Any], scenario: Scenario, frames: dict[str, pd.DataFrame]
) -> Run:
    data: dict[str, Columns] = {}
    for table, entry in record["tables"].items():
        frame = frames[table]
        rows = frame[frame["world"] == world["label"]]
        data[table] = {
            name: codes_of(rows[name], table, name, world["names"], scenario, np.dtype(dtype))
            for name, dtype in entry["columns"].items()
        }
    return Run(
        scenario,
        world["label"],
        world["policy"],
        record["seed"],
        record["replications"],
        record["reduction"],
        data,
        world["names"],
    )
