"""The studies' notebooks as committed, and one small run of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.notebooks import assert_bare_and_thin, assert_parameters
from tests.study.small import MACHINERY, RETAIL, SOFTWARE

from tiersim.report.errors import ReportError, ReportFailed
from tiersim.report.studies import notebook

SCENARIOS = Path(__file__).parents[2] / "scenarios"
RUNS = {
    "budget": ("machinery", MACHINERY, "# Which split of the budget?"),
    "loyalty": (SCENARIOS / "loyalty.yaml", RETAIL, "# Loyalty: selection against effect"),
    "rating": ("machinery", MACHINERY, "# Does the rating matter?"),
    "staffing": ("machinery", MACHINERY, "# How many people does service need?"),
    "warning": (SCENARIOS / "early_warning.yaml", SOFTWARE, "# When is a warning worth acting on?"),
}


@pytest.mark.parametrize("name", RUNS)
def test_committed_notebooks_are_bare_and_know_the_parameters(name: str) -> None:
    committed = nbformat.read(notebook.find(name), as_version=4)
    assert_bare_and_thin(committed)
    assert_parameters(committed, notebook.PARAMETERS)


def test_unknown_parameters_are_refused_before_a_kernel_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "papermill", None)
    with pytest.raises(ReportError, match="unknown parameter 'replication'; did you mean replications"):
        notebook.execute("rating", {"replication": 4}, tmp_path)
    with pytest.raises(ReportError, match="unknown parameter 'lang'"):  # other reports have it
        notebook.execute("rating", {"lang": "zh"}, tmp_path)


def test_a_notebook_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportFailed, match=r"the notebook nothing.ipynb is missing; expected at .*studies"):
        notebook.execute("nothing", {}, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_small_run_writes_the_page(name: str, tmp_path: Path) -> None:
    scenario, changes, title = RUNS[name]
    docs, work = tmp_path / "docs", tmp_path / "work"
    work.mkdir()
    given: dict[str, Any] = {"scenario": str(scenario), "set": changes, "replications": 4, "quick": True}
    executed = notebook.execute(name, given | {"out": str(docs)}, work)
    page = (docs / "studies" / f"{name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"{title}\n\n**")
    # The notebook shows the same answer and pictures as the page.
    shown = str([cell.get("outputs") for cell in executed.cells])
    assert " ".join(page.split("**")[1].split()[:6]) in shown and 'alt="' in shown
    linked = {part.split(")")[0] for part in page.split("../images/")[1:]}
    written = {path.name for path in (docs / "images").iterdir()}
    # What part of points is ever redeemed is shown in docs/loyalty.md, and drawn with the others.
    assert linked == written - {"loyalty-response.png"}
