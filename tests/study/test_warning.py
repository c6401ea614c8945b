"""The threshold study: costs after the fact against costs in the run, its figures by hand, and its page."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.study.small import SOFTWARE

import tiersim as ts
from tiersim.errors import TiersimError
from tiersim.report.studies.warning import Results, results
from tiersim.report.studies.warning_words import told
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_groups
from tiersim.study.warning import Study, crossing, plans, unit_cost

PATH = "scenarios/early_warning.yaml"


@pytest.fixture(scope="module")
def small() -> ts.Scenario:
    from pathlib import Path

    return ts.load(Path(__file__).parents[2] / PATH).override(SOFTWARE)


@pytest.fixture(scope="module")
def found(small: ts.Scenario) -> Results:
    return results(small, replications=4, quick=True, progress=False)


def test_a_dearer_attempt_costs_what_the_study_says_without_a_run(small: ts.Scenario, found: Results) -> None:
    # Twice the work: nothing but money may change, and by as much as the discounted attempts say.
    study, row = found.study, 1
    plan = plans(small, quick=True)[row]
    hours = {"value": "9 h", "source": "test", "grade": "assumed"}
    dear = small.override({**plan.overrides, "win_back.work": hours})
    quiet = small.override({"policies.tiered.win_back": False, "win_back.work": hours})
    world = [WorldPlan("tiered", "tiered")]
    (run,), (without,) = run_groups([(dear, world), (quiet, world)], 4, 1, "sums", None, False)
    cost = float(unit_cost(dear, run)[0])
    told_by = study.net(row, cost)
    assert (run.npv() - without.npv()) == pytest.approx(told_by, abs=1.0)
    assert study.asked[row].sum() > 0 and (study.net(row) > told_by).all()


def test_where_lines_go_up_through_zero() -> None:
    x = np.array([0.0, 0.1, 0.3])
    assert crossing(x, np.array([-1.0, -0.5, 0.5])) == pytest.approx(0.2)
    assert math.isnan(crossing(x, np.array([1.0, 2.0, 3.0])))
    assert math.isnan(crossing(x, np.array([-3.0, -2.0, -1.0])))


def made(before: list[list[float]], asked: list[float]) -> Study:
    frame = pd.DataFrame(
        {"group": "threshold", "detector": "score", "threshold": [40.0, 50.0, 60.0], "places": 1.0}
    )
    ones = np.ones((3, 4))
    scenario: Any = SimpleNamespace()
    return Study(scenario, 4, 1, frame, np.array(before), ones * np.array(asked)[:, None], np.full(4, 10.0),
                 0.0, 0.9)  # fmt: skip


def test_the_best_threshold_falls_as_attempts_get_dearer() -> None:
    noise = np.array([-1.0, 1.0, -1.0, 1.0])
    study = made([list(100 + noise), list(200 + noise), list(230 + noise)], [2.0, 5.0, 9.0])
    assert study.best(0.0) == 2 and study.best() == 1 and study.best(100.0) == 0
    assert study.net(1).tolist() == pytest.approx([149, 151, 149, 151])
    assert study.costs[2] == 10.0
    assert study.as_good() == [1]


def test_only_what_is_beyond_its_error_pays() -> None:
    assert told(np.array([1.0, 1.1, 0.9, 1.0, 1.05, 0.95])) == "pays"
    assert told(np.array([-1.0, -1.1, -0.9, -1.0, -1.05, -0.95])) == "loses"
    assert told(np.array([-5.0, 5.0, 9.0, -8.0, 1.0, 0.0])).startswith("cannot")


def test_a_scenario_without_a_list_to_act_on_is_refused() -> None:
    with pytest.raises(TiersimError, match="early warning"):
        plans(ts.load("machinery").override({"warning": None, "win_back": None}))


def test_parts_of_a_small_study_hang_together(found: Results) -> None:
    frame = found.study.frame
    own = frame[frame["group"] == "threshold"].set_index("threshold")
    assert own["attempts"].is_monotonic_increasing and own["recall"].is_monotonic_increasing
    never = frame[(frame["group"] == "chance") & (frame["chance"] == 0.0)]
    assert (never["saved"] == 0).all()
    assert ((frame["needless"] + frame["saved"]) <= frame["attempts"] + 1e-9).all()


def test_the_page_says_the_answer_first_and_shows_its_pictures(found: Results, tmp_path: Any) -> None:
    text = found.write_page(tmp_path).read_text(encoding="utf-8")
    assert text.startswith("# When is a warning worth acting on?\n\n**Ask customers whose health score")
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[0] == "## Why" and heads[-2:] == ["## What could make it wrong", "## Assumptions"]
    names = {path.name for path in (tmp_path / "images").iterdir()}
    assert names == {part.split(")")[0] for part in text.split("../images/")[1:]}
    assert "nan" not in text and found.markdown() == text
