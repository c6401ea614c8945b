"""The notebook as committed, and how a notebook is run and fails."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4 as nbf
import pytest
from tests.notebooks import assert_bare_and_thin, assert_parameters

from tiersim.report import notebook
from tiersim.report.errors import ReportError, ReportFailed
from tiersim.report.kinds import KINDS, Kind

ROI = notebook.find("roi")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_committed_notebook_is_bare_and_knows_the_parameters(kind: Kind) -> None:
    committed = nbformat.read(notebook.find(kind.name), as_version=4)
    assert_bare_and_thin(committed)
    assert_parameters(committed, kind.parameters)


def test_unknown_parameter_is_refused_before_a_kernel_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "papermill", None)
    with pytest.raises(ReportError, match="unknown parameter 'sead'; did you mean seed") as caught:
        notebook.execute(ROI, {"sead": 1, "scenari": "x"}, tmp_path)
    assert "did you mean scenario" in str(caught.value)
    assert caught.value.exit_code == 2


def _written(folder: Path, *cells: Any) -> Path:
    made = nbf.new_notebook(cells=list(cells))
    # Somebody's own kernel, which nobody else has: it must not matter.
    made.metadata["kernelspec"] = {"name": "my-own-env", "display_name": "mine", "language": "python"}
    path = folder / "small.ipynb"
    nbformat.write(made, path)
    return path


def test_a_failing_cell_is_named_by_its_heading(tmp_path: Path) -> None:
    path = _written(
        tmp_path,
        nbf.new_code_cell("seed = 0", metadata={"tags": ["parameters"]}),
        nbf.new_markdown_cell("## First part"),
        nbf.new_code_cell("x = 1"),
        nbf.new_markdown_cell("Some prose\n\n### Second part"),
        nbf.new_code_cell("def deep():\n    raise ValueError(f'seed {seed} is bad')\ndeep()"),
        nbf.new_markdown_cell("## Third part"),
    )
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(ReportFailed) as caught:
        notebook.execute(path, {"seed": 7}, work)
    assert str(caught.value) == "small.ipynb, 'Second part': ValueError: seed 7 is bad"
    assert caught.value.exit_code == 1


def test_two_runs_leave_the_same_notebook(tmp_path: Path) -> None:
    cells = [nbf.new_code_cell("seed = 0", metadata={"tags": ["parameters"]}), nbf.new_code_cell("seed * 2")]
    path = _written(tmp_path, *cells)
    texts = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        made = notebook.execute(path, {"seed": 21}, folder, cwd=tmp_path)
        texts.append(nbformat.writes(made))
        shutil.rmtree(folder)
    assert texts[0] == texts[1]
    assert '"42"' in texts[0] and str(tmp_path) not in texts[0]


def test_silence_ends_with_the_last_of_the_notebooks_that_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import logging
    import os
    import warnings

    monkeypatch.delenv("PYDEVD_DISABLE_FILE_VALIDATION", raising=False)
    logger = logging.getLogger("papermill")
    before, filters = logger.level, list(warnings.filters)
    notebook._quiet.__enter__()
    notebook._quiet.__enter__()
    notebook._quiet.__exit__()
    assert logger.level == logging.CRITICAL and os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] == "1"
    notebook._quiet.__exit__()
    assert logger.level == before and list(warnings.filters) == filters
    assert "PYDEVD_DISABLE_FILE_VALIDATION" not in os.environ


def test_notebooks_run_side_by_side_each_in_its_own_folder(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    cells = [nbf.new_code_cell("seed = 0", metadata={"tags": ["parameters"]}),
             nbf.new_code_cell("import os; (seed, os.getcwd())")]  # fmt: skip
    path, here = _written(tmp_path, *cells), Path.cwd()
    places = [tmp_path / name for name in ("one", "two")]
    for place in places:
        place.mkdir()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda n: notebook.execute(path, {"seed": n}, places[n], places[n]), (0, 1)))
    for n, one in enumerate(made):
        (output,) = one.cells[-1].outputs
        assert ast.literal_eval(output["data"]["text/plain"]) == (n, str(places[n].resolve()))
    assert Path.cwd() == here, "this process never moved"


@pytest.mark.parametrize(("formats", "told"), [(("html", "docx"), True), (("html", "pdf"), False)])
def test_a_kernel_draws_pictures_only_for_formats_that_need_them(
    tmp_path: Path, formats: tuple[str, ...], told: bool
) -> None:
    cells = [
        nbf.new_code_cell("seed = 0", metadata={"tags": ["parameters"]}),
        nbf.new_code_cell("import os; bool(os.environ.get('TIERSIM_RASTER'))"),
    ]
    made = notebook.execute(_written(tmp_path, *cells), {}, tmp_path, cwd=tmp_path, formats=formats)
    assert made.cells[-1].outputs[0]["data"]["text/plain"] == repr(told)
    assert "TIERSIM_RASTER" not in __import__("os").environ
