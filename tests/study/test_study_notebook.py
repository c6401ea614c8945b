"""The study's notebook as committed, and one small run of it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tiersim.report.errors import ReportError
from tiersim.report.studies import notebook

PATH = notebook.find("rating")


@pytest.fixture(scope="module")
def committed() -> Any:
    return nbformat.read(PATH, as_version=4)


def test_committed_notebook_is_bare_and_thin(committed: Any) -> None:
    assert set(committed.metadata) == {"kernelspec", "language_info"}
    assert committed.metadata.kernelspec.name == "python3"
    for cell in committed.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert set(cell.metadata) <= {"tags"}
            assert len(cell.source.splitlines()) <= 12
    nbformat.validate(committed)


def test_notebook_and_wrapper_know_the_same_parameters(committed: Any) -> None:
    (cell,) = [c for c in committed.cells if "parameters" in c.metadata.get("tags", [])]
    names = [target.id for node in ast.parse(cell.source).body for target in node.targets]  # type: ignore[attr-defined]
    assert tuple(names) == notebook.PARAMETERS
    assert all(f"`{name}`" in committed.cells[0].source for name in names)


def test_unknown_parameters_are_refused_before_a_kernel_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "papermill", None)
    with pytest.raises(ReportError, match="unknown parameter 'replication'; did you mean replications"):
        notebook.execute("rating", {"replication": 4}, tmp_path)
    with pytest.raises(ReportError, match="unknown parameter 'lang'"):  # other reports have it
        notebook.execute("rating", {"lang": "zh"}, tmp_path)


@pytest.mark.slow
def test_a_small_run_writes_the_page(tmp_path: Path) -> None:
    changes = {"customers": 160, "baseline.revenue": "64 m / year", "budget.yearly": "2 m / year",
               "horizon": "1 year", "run_out": "13 weeks"}  # fmt: skip
    given = {
        "scenario": "machinery",
        "set": changes,
        "replications": 4,
        "quick": True,
        "out": str(tmp_path / "docs"),
    }
    work = tmp_path / "work"
    work.mkdir()
    executed = notebook.execute("rating", given, work)
    page = (tmp_path / "docs" / "studies" / "rating.md").read_text(encoding="utf-8")
    assert page.startswith("# Does the rating matter?\n\n**")
    shown = str([cell.get("outputs") for cell in executed.cells])
    first = page.split("**")[1].split()[:6]
    assert " ".join(first) in shown and 'alt="Lorenz curve.' in shown
    names = {path.name for path in (tmp_path / "docs" / "images").iterdir()}
    linked = {part.split(")")[0] for part in page.split("../images/")[1:]}
    assert linked == names and "rating-variants.png" in names and "rating-loyal.png" not in names
