"""What moved a result, as a report: from two folders to files, and what is refused before a kernel starts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import tiersim as ts
from tiersim.errors import TiersimError
from tiersim.report import bridge as pages
from tiersim.report.errors import ReportError

SMALL = {"customers": 60, "horizon": "1 year", "run_out": "0 weeks"}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two small comparisons that differ in data, an assumption and the seed."""
    folder = tmp_path_factory.mktemp("runs")
    base = ts.load("machinery").override(SMALL)
    changed = base.override({"customers": 70, "attention.order_rate": "12 %"})
    ts.compare(base, replications=4, progress=False).save(folder / "march")
    ts.compare(changed, replications=4, seed=2, progress=False).save(folder / "april")
    return folder / "march", folder / "april"


def test_two_folders_become_files_with_the_figures_of_the_bridge(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    found = ts.report("diff", two, to=tmp_path, formats="html,xlsx", lang="en,zh", progress=False)
    assert [path.name for path in found] == [
        f"april-diff-{lang}.{ending}" for lang in ("en", "zh") for ending in ("html", "xlsx")
    ]
    bridge = ts.diff(*two, progress=False)
    v = pages.told(bridge, *two).view("en")
    html = found[0].read_text(encoding="utf-8")
    for value in (*v.values.values(), "attention.order_rate", "customers", "tiersim diff march april"):
        assert str(value) in html, value
    assert bridge.old.scenario_sha256[:12] in html and bridge.new.scenario_sha256[:12] in html
    chinese = found[2].read_text(encoding="utf-8")
    assert "结论因何变动" in chinese and "What moved" not in chinese


def test_comparisons_in_memory_are_told_too(two: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = (ts.load_run(folder) for folder in two)
    (path,) = ts.report("diff", (old, new), to=tmp_path, formats="html", quick=True, progress=False)
    assert "Random draws" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("subject", ["runs/old", ("a",), ("a", "b", "c"), ("a", 3), 4])
def test_what_is_not_two_comparisons_is_refused(subject: object, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="two saved comparisons") as caught:
        ts.report("diff", subject, to=tmp_path / "out")
    assert caught.value.exit_code == 2 and not (tmp_path / "out").exists()


def test_finished_runs_take_no_changes(two: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot take 'set'"):
        ts.report("diff", two, set={"customers": 3}, to=tmp_path)


def test_a_missing_and_a_damaged_table_are_told(two: tuple[Path, Path], tmp_path: Path) -> None:
    old, _ = two
    for name, harm, message in (
        ("gone", lambda path: path.unlink(), "missing or damaged"),
        ("changed", lambda path: pd.read_parquet(path).iloc[1:].to_parquet(path), "was changed or damaged"),
    ):
        harmed = ts.load_run(old).save(tmp_path / name)
        tables = json.loads((harmed / "run.json").read_text(encoding="utf-8"))["tables"]
        harm(harmed / f"{sorted(set(tables) - {'ledger'})[0]}.parquet")
        with pytest.raises(TiersimError, match=message) as caught:
            ts.report("diff", (old, harmed), to=tmp_path / "out")
        assert caught.value.exit_code == 2
    assert not (tmp_path / "out").exists()
