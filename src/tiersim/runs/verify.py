"""Make a saved run again and compare it, table by table."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.runs.content import content_hash, read_table, tidy
from tiersim.runs.errors import RunError
from tiersim.runs.folder import RECORD, read_record, scenarios_of, versions
from tiersim.runs.pieces import WorldPlan, engine_version
from tiersim.runs.run import Run
from tiersim.runs.simulation import run_worlds

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.runs.pieces import Engine


@dataclass(frozen=True)
class TableCheck:
    """One table: is the file what the record says, and does the new run say the same?

    ``largest_difference`` is the largest of |saved - new| over all numbers; inf where rows or words
    differ, nan where the file can't be read.
    """

    table: str
    intact: bool
    same: bool
    largest_difference: float
    column: str = ""


@dataclass(frozen=True)
class Verification:
    """What `verify` found. ``changed`` names versions that are not those of the record: saved, here."""

    tables: tuple[TableCheck, ...]
    changed: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Every file intact and every table the same."""
        return all(check.intact and check.same for check in self.tables)

    def __str__(self) -> str:
        lines = ["identical" if self.ok else "not identical"]
        for check in self.tables:
            if not check.intact:
                lines.append(f"{check.table}: the file was changed or damaged after it was written")
            if not check.same and np.isinf(check.largest_difference):
                lines.append(f"{check.table}: other rows or words{_in(check.column)}")
            elif not check.same and not np.isnan(check.largest_difference):
                lines.append(
                    f"{check.table}: largest difference {check.largest_difference:g}{_in(check.column)}"
                )
        lines += [f"{name}: {was} then, {now} here" for name, (was, now) in self.changed.items()]
        return "\n".join(lines)


def _in(column: str) -> str:
    return f" in {column}" if column else ""


def verify(
    folder: str | os.PathLike[str],
    workers: int | None = None,
    progress: Progress | bool | None = None,
    *,
    engine: Engine | None = None,
) -> Verification:
    """Simulate a saved run again, without the store, and compare.

    With the versions of the record the tables must be identical, whatever the number of workers.

    Raises
    ------
    RunError
        No run there, its record is damaged, or its scenario was changed.
    """
    place = Path(folder)
    record = read_record(place)
    _whole(place, record)
    runs = _again(record, workers, progress, engine)
    here = versions() | {"engine": engine_version()}
    then: dict[str, str] = record["versions"] | {"engine": record["engine"]}
    changed = {
        name: (then.get(name, "-"), here.get(name, "-"))
        for name in then | here
        if then.get(name) != here.get(name)
    }
    checks = tuple(
        _check(place, table, entry["sha256"], tidy(runs, table)) for table, entry in record["tables"].items()
    )
    return Verification(checks, changed)


def _whole(place: Path, record: dict[str, Any]) -> None:
    """Refuse a record that lacks what simulating it again needs, before it is simulated."""
    try:
        for key in ("seed", "replications", "reduction", "versions", "engine"):
            _ = record[key]
        for world in record["worlds"]:
            _ = world["label"], world["policy"], record["scenarios"][world["scenario"]]["resolved"]
        for entry in record["tables"].values():
            _ = entry["sha256"]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        lacking = f" (it lacks {error})" if isinstance(error, KeyError) else ""
        raise RunError(f"{place / RECORD}: is damaged{lacking}") from None


def _again(
    record: dict[str, Any], workers: int | None, progress: Progress | bool | None, engine: Engine | None
) -> list[Run]:
    by_label: dict[str, Run] = {}
    for number, scenario in enumerate(scenarios_of(record)):
        worlds = [
            WorldPlan(world["label"], world["policy"])
            for world in record["worlds"]
            if world["scenario"] == number
        ]
        if worlds:
            runs = run_worlds(
                scenario, worlds, record["replications"], record["seed"], record["reduction"],
                workers, progress, None, engine,
            )  # fmt: skip
            by_label |= {run.label: run for run in runs}
    return [by_label[world["label"]] for world in record["worlds"]]


def _check(place: Path, table: str, recorded: str, new: pd.DataFrame) -> TableCheck:
    same = content_hash(new) == recorded
    try:
        saved = read_table(place, table)
    except RunError:
        return TableCheck(table, False, same, 0.0 if same else np.nan)
    intact = content_hash(saved) == recorded
    if intact and same:
        return TableCheck(table, True, True, 0.0)
    difference, column = largest_difference(saved, new)
    return TableCheck(table, intact, same, difference, column)


def largest_difference(saved: pd.DataFrame, new: pd.DataFrame) -> tuple[float, str]:
    """Largest |saved - new| and its column; inf where shape, names or words differ."""
    if list(saved.columns) != list(new.columns) or len(saved) != len(new):
        return np.inf, ""
    worst, where = 0.0, ""
    for name in saved.columns:
        left, right = saved[name], new[name]
        if left.dtype.kind in "iufb" and right.dtype.kind in "iufb":
            gap = _largest_gap(left.to_numpy().astype(np.float64), right.to_numpy().astype(np.float64))
        else:
            gap = 0.0 if (left.astype("str").to_numpy() == right.astype("str").to_numpy()).all() else np.inf
        if gap > worst:
            worst, where = gap, name
    return worst, where


def _largest_gap(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Largest |left - right|; what is unknown in both is the same, in one of them it is inf."""
    unknown = np.isnan(left)
    if (unknown != np.isnan(right)).any():
        return np.inf
    return float(np.abs(left - right)[~unknown].max(initial=0.0))
