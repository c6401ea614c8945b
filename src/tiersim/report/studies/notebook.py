"""Running a study's notebook by papermill: an unknown parameter is refused before a kernel starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report import notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

PARAMETERS = ("scenario", "set", "replications", "seed", "quick", "out")


def find(name: str) -> Path:
    """The notebook of a study."""
    return notebook.find(name, "studies")


def execute(name: str, parameters: Mapping[str, Any], folder: Path, cwd: Path | None = None) -> NotebookNode:
    """Executed notebook of a study; see `tiersim.report.notebook.execute`.

    Raises
    ------
    ReportError : unknown parameter.
    ReportFailed : a cell failed, with its heading and the last line of the error.
    """
    notebook.check_parameters(parameters, PARAMETERS)
    return notebook.execute(find(name), parameters, folder, cwd)
