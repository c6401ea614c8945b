"""The whole path: scenario file to finished report, by our wrapper and by papermill alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tiersim as ts
from tiersim.report import notebook

STARTER = notebook.find("roi").parents[2] / "scenarios" / "machinery.yaml"
SMALL = f"""\
extends: {STARTER.as_posix()}
name: Small <b>supplier</b>
customers: 90
horizon: 1 year
run_out: 1 year
"""
COUNT = 8
CHANGE = "budget.yearly=3000000"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(SMALL)
    return path


def _report(subject: Any, to: Path, **options: Any) -> list[Path]:
    with_defaults = {"formats": "html", "replications": COUNT, "quick": True, "progress": False, **options}
    return ts.report("roi", subject, to=to, **with_defaults)


@pytest.fixture(scope="module")
def from_file(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = _report(scenario, tmp_path_factory.mktemp("reports"), set=CHANGE)
    return path


def test_a_scenario_file_becomes_a_report_twice_the_same(
    scenario: Path, from_file: Path, tmp_path: Path
) -> None:
    (again,) = _report(scenario, tmp_path, set=CHANGE)
    text = from_file.read_text()
    assert text == again.read_text()
    assert again.name == "small-roi.html" and [path.name for path in tmp_path.iterdir()] == [again.name]
    assert "Small &lt;b&gt;supplier&lt;/b&gt;" in text and "<b>supplier" not in text
    assert str(STARTER.parents[2]) not in text and str(scenario.parent) not in text
    assert text.count("<section") == 12
    assert "tiersim report roi small.yaml --set budget.yearly=3000000" in text


def test_a_comparison_gives_the_pages_of_its_file(scenario: Path, from_file: Path, tmp_path: Path) -> None:
    plan = ts.load(scenario).override({"budget.yearly": 3_000_000})
    comparison = ts.compare(plan, replications=COUNT, quick=True, progress=False)
    (from_object,) = _report(comparison, tmp_path)
    assert from_object.name == "small-b-supplier-b-roi.html"

    def first_page(path: Path) -> str:
        return path.read_text().split('id="answer"')[1].split("</section>")[0]

    assert first_page(from_file) == first_page(from_object)


def test_papermill_alone_works_and_leaves_figures(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import papermill

    monkeypatch.chdir(tmp_path)
    parameters = {
        "scenario": str(scenario), "replications": COUNT, "quick": True, "out": "figures",
        "set": "budget.yearly=3 m; money.hurdle=CNY 1 k",
    }  # fmt: skip
    made = papermill.execute_notebook(
        str(notebook.find("roi")), "out.ipynb", parameters, progress_bar=False, log_output=False
    )
    shown = "".join(
        "".join(out["data"].get("text/html", ""))
        for cell in made.cells
        for out in cell.get("outputs", [])
        if "data" in out
    )
    assert "hurdle CNY\u00a01.0\u00a0k" in shown
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["small-b-supplier-b-roi.json"]


def test_a_wrong_scenario_is_told_before_a_kernel_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(notebook, "execute", never)
    bad = tmp_path / "bad.yaml"
    bad.write_text(SMALL + "custmers: 3\n")
    with pytest.raises(ts.ScenarioError, match="customers"):
        _report(bad, tmp_path / "out")
    assert not (tmp_path / "out").exists()
