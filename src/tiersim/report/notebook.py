"""Running a report's notebook: parameters are checked before a kernel starts, failures told in one line."""

from __future__ import annotations

import difflib
import logging
import os
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.drawing import RASTER
from tiersim.report.errors import ReportError, ReportFailed
from tiersim.report.formats import WITH_PICTURES
from tiersim.report.kinds import COMPARED, KINDS

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = "python3"  # never the one in the notebook's metadata, which may be somebody's own
TIMEOUT = 3600  # seconds for one cell; a report that takes longer hangs
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def find(kind: str, folder: str = "reports") -> Path:
    """The notebook of a report or study: beside the package when installed, else in the repository."""
    here = Path(__file__).resolve()
    below = Path(folder) / f"{kind}.ipynb"
    places = [here.parents[1] / "_notebooks" / below, here.parents[3] / "notebooks" / below]
    for place in places:
        if place.is_file():
            return place
    raise ReportFailed(f"the notebook {kind}.ipynb is missing; expected at {places[-1]}")


def check_parameters(given: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Refuse a parameter the notebook does not have; papermill itself would only warn and go on."""
    problems = []
    for name in given:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
            problems.append(f"unknown parameter {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
    if problems:
        raise ReportError("\n".join(problems) + f"\nAllowed here: {', '.join(allowed)}")


class _Shared:
    """What the first one inside begins and the last one ends: notebooks wait side by side in threads."""

    def __init__(self, begin: Callable[[ExitStack], None]) -> None:
        self._begin, self._lock, self._inside, self._stack = begin, threading.Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._begin(self._stack)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._stack.close()


def _told(stack: ExitStack, name: str) -> None:
    """Set a variable in the environment that kernels inherit."""
    before = os.environ.get(name)
    os.environ[name] = "1"
    stack.callback(_restore, name, before)


def _restore(name: str, before: str | None) -> None:
    if before is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = before


def _silence(stack: ExitStack) -> None:
    """Keep the machinery's own chatter off the user's screen."""
    for name in ("papermill", "nbclient", "traitlets"):
        logger = logging.getLogger(name)
        stack.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)
    _told(stack, "PYDEVD_DISABLE_FILE_VALIDATION")
    stack.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore")


_quiet = _Shared(_silence)
_dotted = _Shared(partial(_told, name=RASTER))


def heading_of(cells: list[Any], index: int) -> str:
    """The nearest heading above a cell, which is how a reader would call it."""
    for cell in reversed(cells[: index + 1]):
        if cell.get("cell_type") == "markdown":
            for line in str(cell.get("source", "")).splitlines():
                if line.startswith("#"):
                    return line.lstrip("#").strip()
    return f"cell {index + 1}"


def execute(
    path: Path,
    parameters: Mapping[str, Any],
    folder: Path,
    cwd: Path | None = None,
    formats: Iterable[str] = (),
) -> NotebookNode:
    """Executed notebook, without papermill's times and paths.

    Parameters
    ----------
    path : the notebook.
    parameters : values by name; unknown names are refused before a kernel starts.
    folder : where papermill may leave its working copy; somebody else's to delete.
    cwd : folder the kernel works in, so that relative paths mean what they mean to the caller.
    formats : that will be written; some need pictures that others do without.

    Raises
    ------
    ReportError : unknown parameter.
    ReportFailed : a cell failed, with its heading and the last line of the error.
    """
    check_parameters(parameters, KINDS[path.stem].parameters if path.stem in KINDS else COMPARED)
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    output = folder / path.name
    name = "/".join(path.parts[-3:]) if "notebooks" in path.parts[-3:] else path.name
    try:
        with _quiet, _dotted if WITH_PICTURES.intersection(formats) else nullcontext():
            executed = papermill.execute_notebook(
                str(path),
                str(output),
                parameters=dict(parameters),
                kernel_name=KERNEL,
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                execution_timeout=TIMEOUT,
                extra_arguments=["--log-level=CRITICAL"],  # it tells of its transport and of being stopped
                # The kernel's folder; papermill's own way would move this process, and all its threads.
                resources={"metadata": {"path": str((cwd or Path.cwd()).resolve())}},
            )
    except PapermillExecutionError as error:
        import nbformat

        cells = nbformat.read(output, as_version=4).cells if output.exists() else []
        shown = [cell for cell in cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
        last = _ANSI.sub("", str(error.evalue)).strip() or str(error.ename)
        raise ReportFailed(f"{name}, {heading_of(shown, _failed(shown))!r}: {error.ename}: {last}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        last = _ANSI.sub("", str(error)).strip().splitlines()[-1]
        raise ReportFailed(f"{name}: the kernel stopped: {last}") from None
    return clean(executed)


def _failed(cells: list[Any]) -> int:
    """Index of the cell whose outputs hold an error, else of the last one."""
    for index, cell in enumerate(cells):
        if any(out.get("output_type") == "error" for out in cell.get("outputs", [])):
            return index
    return len(cells) - 1


def clean(executed: NotebookNode) -> NotebookNode:
    """Without what differs between two equal runs: papermill's times and paths, execution times, cell ids."""
    executed.metadata.pop("papermill", None)
    for index, cell in enumerate(executed.cells):
        cell["id"] = f"cell-{index}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return executed
