"""Two saved comparisons: what moved the net gain from one to the other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tiersim.evaluation.bridge import Bridge, bridge
from tiersim.runs.comparison import Comparison
from tiersim.runs.errors import RunError
from tiersim.runs.folder import RECORD, load_run, read_record

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress

LEDGER = "ledger"
"""The table that a headline is summed from."""

Saved = str | os.PathLike[str] | Comparison


def diff(
    old: Saved,
    new: Saved,
    quick: bool = False,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Bridge:
    """What moved the net gain of the plan from one comparison to another: see `tiersim.evaluation.bridge`.

    Parameters
    ----------
    old, new : folders of saved comparisons (`Comparison.save`, ``tiersim compare --to``), or comparisons,
        which count as made by the version that is installed.
    quick : steps from few replications.
    progress : called with (done, total) while it simulates; None shows a bar on a terminal, False nothing.

    Raises
    ------
    RunError : a folder is missing, damaged or holds no comparison; the two cannot be compared.
    ScenarioError : a scenario of another version cannot be used by this one.
    """
    (first, was), (second, now) = _opened(old), _opened(new)
    return bridge(first, second, progress, quick=quick, versions=(was, now), workers=workers)


def _opened(saved: Saved) -> tuple[Comparison, str | None]:
    """A comparison, and the version that made it."""
    if isinstance(saved, Comparison):
        return saved, None
    record = read_record(saved)
    if record.get("kind") != "comparison":
        raise RunError(
            f"{os.fspath(saved)}: holds a single run, which has no gain above today; a difference needs two "
            "comparisons (tiersim compare --to FOLDER)"
        )
    found = load_run(saved, other_version=True)
    if LEDGER not in record["tables"] or "engine" not in record:
        raise RunError(f"{Path(saved) / RECORD}: is damaged (names no table {LEDGER}, or no version)")
    assert isinstance(found, Comparison)
    return found, str(record["engine"])
