"""The study of splits: its grid, one small run and its sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.study.small import MACHINERY

import tiersim as ts
from tiersim.errors import TiersimError
from tiersim.report.studies.budget import Results, results
from tiersim.study.budget_split import budget_split, simplex


@pytest.fixture(scope="module")
def found() -> Results:
    return results(ts.load("machinery").override(MACHINERY), replications=4, quick=True, progress=False)


def test_the_grid_is_the_whole_simplex() -> None:
    grid = simplex(10)
    assert len(grid) == len(set(grid)) == 66 and all(sum(shares) == 100 for shares in grid)
    assert (60, 30, 10) in grid and min(map(min, grid)) == 0
    assert len(simplex(5)) == 231 and simplex(25, 2) == [(0, 100), (25, 75), (50, 50), (75, 25), (100, 0)]


def test_splits_are_compared_on_the_same_draws(found: Results) -> None:
    study = found.study
    grid = study.grid
    assert len(grid) == 7 and grid["own"].sum() == 1
    assert study.shares(study.own) == (60, 30, 10)
    # As written it is the plan itself: the same gain as a plain comparison shows, and 0 against itself.
    plain = ts.compare(ts.load("machinery").override(MACHINERY), replications=4, progress=False)
    gain = plain.difference("tiered", "today")
    assert grid.loc[study.own, "gain"] == pytest.approx(float(gain.mean()), rel=1e-9)
    assert grid.loc[study.own, "against"] == 0 and grid.loc[study.best, "short"] == 0
    assert (grid["short"] >= 0).all() and grid["gain"].idxmax() == study.best
    assert study.best in study.flat.index
    assert np.isfinite(grid["gain_error"]).all() and (grid["wide"] >= grid["against_error"]).all()


def test_what_binds_is_told(found: Results) -> None:
    grid = found.study.grid.set_index([f"share of {group}" for group in found.study.groups])
    none_for_s = grid.loc[(0.0, 50.0, 50.0)]
    assert "S" in none_for_s["cut"] and none_for_s["binds"] in ("staff", "both")
    assert grid["paid"].between(0, 1).all() and (grid["unspent"] >= 0).all()


def test_the_page_says_what_was_found(found: Results, tmp_path: Path) -> None:
    page = found.markdown("x")
    assert page.startswith("# Which split of the budget?\n\n**60/30/10 (S+A / B / C) brings CNY ")
    assert "4 replications" in page and "nan" not in page and "None" not in page
    found.write_page(tmp_path)
    names = {path.name for path in (tmp_path / "images").iterdir()}
    assert names == {"split-map.png", "split-along.png"}
    assert all(f"../images/{name}" in page for name in names)
    assert all(picture.alt.endswith(".") for picture in found.pictures.values())


def test_other_numbers_of_groups_are_refused() -> None:
    base = ts.load("machinery")
    two = base.override({"budget.split": dict.fromkeys(base.budget.split) | {"S+A+B": "90 %", "C": "rest"}})
    with pytest.raises(TiersimError, match="three groups"):
        budget_split(two, 4)
    with pytest.raises(TiersimError, match="steps of 7"):
        budget_split("machinery", 4, step=7)
