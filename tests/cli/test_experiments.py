"""The commands `design`, `experiment` and `diagnose`, and their Python."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from tests.cli.conftest import SMALL

import tiersim as ts
from tiersim.cli.experiments import read_grid
from tiersim.errors import ScenarioError, TiersimError
from tiersim.experiment.redesign import GridError, cheapest, points

SLIM = ("customers=200", "market.size=9000", *SMALL[1:3])
AB = {"lasts": "26 weeks", "looks": {"every": "5 weeks"}}
PILOT = {
    "unit": "region", "lot": {"number": 2}, "begins": "26 weeks", "lasts": "26 weeks",
    "metrics": {"revenue": {"measure": "revenue", "role": "primary"}},
}  # fmt: skip


def scenario(experiment, *more):
    return ts.load("machinery", list(SLIM + more)).override({"experiment": experiment})


@pytest.fixture
def written(folder):
    """A function that writes a scenario with an experiment to a file."""
    from tiersim.scenario.write import resolved_yaml

    def write(experiment, *more):
        path = folder / "trial.yaml"
        path.write_text(resolved_yaml(scenario(experiment, *more)), encoding="utf-8")
        return path

    return write


def flat(text):
    """Text without its line breaks, so that wrapping hides no words."""
    return " ".join(text.split())


def fits(text):
    return max(len(line) for line in text.splitlines()) <= 80


class TestDesign:
    def test_looks_break_even_and_a_better_design_are_told(self, tiersim, written):
        path = written(AB | {"gate": {"least_gain": "CNY 3 m"}})
        text = tiersim("design", path, "--replications", 4, "--workers", 1).stdout
        page = ts.design(path, replications=4, workers=1)
        words, found = flat(text), page.figures()
        assert fits(text)
        assert "6 looks at 5 % each give 15.5 % false alarms" not in words  # the last interval is shorter
        assert f"{100 * found['naive_false_alarm']:.3g} % false alarms" in words
        assert "least gain CNY 3 m" in words
        assert found["break_even_money"] == pytest.approx(3e6)
        assert found["smallest_money"] > found["break_even_money"]
        assert "not feasible" in page.verdict
        assert "4 simulated replications" in words
        assert "contracts come up within 26 weeks" in words
        assert "It would take" in words
        # One page before any estimator is named.
        assert not {"cuped", "adjusted", "difference"} & set(words.replace(",", "").split())

    def test_python_and_command_line_write_the_same_page(self, tiersim, written):
        path = written(AB)
        shown = tiersim("design", path, "--replications", 2, "--workers", 1, "--power", "90 %").stdout
        assert shown.rstrip("\n") == ts.design(path, 0.9, replications=2, workers=1).text()

    def test_six_even_looks_give_the_known_false_alarms(self):
        page = ts.design(
            scenario({"lasts": "24 weeks", "looks": {"every": "4 weeks"}}), replications=2, workers=1
        )
        assert page.looking.number == 6
        assert page.looking.naive == pytest.approx(0.155, abs=5e-4)
        assert 1.0 < page.looking.inflation < 1.1
        assert "15.5 % false alarms" in flat(page.text())

    def test_few_regions_never_go_below_the_floor(self, tiersim, written):
        path = written(PILOT)
        text = flat(tiersim("design", path, "--replications", 2, "--workers", 1).stdout)
        assert "0.100: 2 of 5 regions can never go below it" in text
        assert "2 of 7 regions (0.048)" in text
        page = ts.design(path, replications=2, workers=1)
        assert page.floor == pytest.approx(0.1)
        assert page.verdict == "not feasible: floor above alpha"
        assert np.isinf(page.main.smallest)
        assert np.isfinite(page.main.without_floor)

    def test_the_smallest_gain_has_the_wanted_power(self):
        page = ts.design(scenario(AB), replications=2, workers=1)
        sight = page.main
        from tiersim.experiment.power.reading import MeanReading

        reading = MeanReading(sight.error, sight.dof, sight.rule)
        assert reading.power(sight.smallest) == pytest.approx(0.8, abs=1e-6)

    def test_the_metric_of_the_search_has_the_measured_error(self):
        from tiersim.experiment import inputs
        from tiersim.experiment.power.rule import Rule

        page = ts.design(scenario(AB | {"looks": {}}), replications=2, workers=1)
        design, noise = page.design, page.noise
        metric = inputs.metric_of(design, noise, 1, 1.0, True)
        read = metric.read(inputs.plan_of(design, noise, 1), Rule())
        assert read.error == pytest.approx(noise.error(), rel=1e-9)
        assert metric.past(26) ** 2 == pytest.approx(1.0 - inputs.kept(noise, 1), rel=1e-4)

    def test_simulated_power_comes_with_its_error(self, tiersim, written):
        text = tiersim("design", written(AB), "--replications", 2, "--simulate", 4, "--workers", 1).stdout
        assert "±" in text.split("Simulated")[1]
        assert "of 4 replications" in flat(text)

    def test_a_staged_rollout_has_a_page(self):
        waves = [{"regions": ["East"]}, {"regions": ["South", "North"], "after": "8 weeks"}]
        plan = PILOT | {"lot": {}, "waves": waves}
        page = ts.design(scenario(plan), replications=2, workers=1)
        assert "in 2 waves" in flat(page.text())
        assert np.isfinite(page.main.smallest)


class TestDiagnose:
    def test_tables_are_written_and_read_back(self, tiersim, written, folder):
        path = written(AB)
        text = tiersim("diagnose", path, "--replications", 6, "--workers", 1, "--to", "out").stdout
        assert fits(text)
        assert "Would this design find the truth?" in text
        for word in ("type S", "rmse", "expected regret", "When the gate ends it", "three estimands"):
            assert word in text
        found = ts.diagnose(path, 6, workers=1)
        record = json.loads((folder / "out" / "experiment.json").read_text())
        assert record["replications"] == 6
        assert record["tables"]["money"]["rows"] == 6
        answers = pd.read_csv(folder / "out" / "answers.csv")
        as_run = answers[answers["estimand"] == "as_run"].drop(columns="estimand").reset_index(drop=True)
        pd.testing.assert_frame_equal(as_run, found.answers(), check_dtype=False, rtol=1e-12)
        parquet = pd.read_parquet(folder / "out" / "money.parquet")
        assert parquet["true_value"].to_numpy() == pytest.approx(found.value())
        stops = pd.read_csv(folder / "out" / "stops.csv")
        assert stops.groupby("menu")[["go", "hold", "stop"]].sum().sum(axis=1).to_numpy() == pytest.approx(
            1.0
        )
        again = tiersim("diagnose", path, "--replications", 6, "--to", "out", code=2)
        assert "already exists" in again.stderr

    def test_a_grid_has_one_row_a_design_on_the_same_seed(self, tiersim, written, folder):
        path = written(AB)
        words = ("--grid", "experiment.lasts=13 weeks,26 weeks", "--replications", 4, "--workers", 1)
        text = tiersim("diagnose", path, *words, "--power", "99 %", "--to", "grid").stdout
        assert "No design reaches a power of 99 %" in flat(text)
        assert fits(text)
        frame = ts.redesign(path, {"experiment.lasts": ["13 weeks", "26 weeks"]}, 4, workers=1)
        saved = pd.read_csv(folder / "grid" / "grid.csv")
        pd.testing.assert_frame_equal(saved, frame, check_dtype=False, rtol=1e-12)
        alone = ts.diagnose(path, 4, workers=1)
        assert frame["value"][1] == pytest.approx(alone.value().mean())
        assert frame["power"][1] == pytest.approx(alone.significant().mean())
        assert frame["cost"][1] == pytest.approx(-alone.cost().mean())

    def test_unknown_paths_of_a_grid_are_told_before_anything_is_simulated(
        self, tiersim, written, monkeypatch
    ):
        def never(*_args, **_more):
            raise AssertionError("simulated")

        monkeypatch.setattr("tiersim.experiment.redesign.diagnose", never)
        shown = tiersim("diagnose", written(AB), "--grid", "experiment.lasst=13 weeks,26 weeks", code=2)
        assert "did you mean experiment.lasts" in shown.stderr
        with pytest.raises(ScenarioError, match=r"experiment\.lasts"):
            points(scenario(AB), {"experiment.lasts": ["13 weeks", "never"]})

    def test_values_of_a_grid_are_read_as_yaml(self):
        assert read_grid(["a.b=13 weeks,26 weeks", "c=2,3"]) == {"a.b": ["13 weeks", "26 weeks"], "c": [2, 3]}
        assert read_grid(["a=[East, South],[North]"]) == {"a": [["East", "South"], ["North"]]}
        with pytest.raises(TiersimError, match="PATH=V1,V2"):
            read_grid(["experiment.lasts"])
        with pytest.raises(GridError, match="list of values"):
            points(scenario(AB), {"experiment.lasts": "13 weeks"})


def test_the_cheapest_design_is_the_least_cost_of_those_that_do():
    frame = pd.DataFrame({"x": [1, 2, 3], "power": [0.9, 0.85, 0.5], "regret": [5.0, 6.0, 1.0],
                          "cost": [30.0, 20.0, 10.0]}, index=[7, 7, 9])  # fmt: skip
    assert cheapest(frame, power=0.8).row["x"] == 2
    assert cheapest(frame, regret=1.5).row["x"] == 3
    nearest = cheapest(frame, power=0.95)
    assert (nearest.reached, nearest.row["x"]) == (False, 1)
    for wrong in ({}, {"power": 0.5, "regret": 1.0}, {"power": 1.2}, {"regret": -1.0}):
        with pytest.raises(GridError):
            cheapest(frame, **wrong)


def test_a_run_shows_the_team_first_and_the_truth_under_its_heading(tiersim, written):
    path = written(AB)
    text = tiersim("experiment", path).stdout
    seen, truth = text.split("WHAT ONLY THE SIMULATION KNOWS")
    assert fits(text)
    assert "Verdict: " in seen
    assert "all against none" not in seen
    assert "all against none" in truth
    found = ts.experiment(path)
    assert f"Verdict: {found.verdict().verdict}" in seen
    assert "A rollout of treated to all is worth" in truth
    for week in found.by_look["week"]:
        assert f"\n{week} " in seen


def test_a_pilot_leaves_a_package_that_loads_and_is_not_overwritten(tiersim, written, folder):
    path = written(PILOT)
    text = tiersim("experiment", path, "--package", folder / "package").stdout
    assert "package.yaml, region " in flat(text)
    rollout = ts.load(folder / "package" / "package.yaml")
    assert rollout.experiment.waves
    again = tiersim("experiment", path, "--package", folder / "package", code=2)
    assert "exists already and is not overwritten" in flat(again.stderr)
    assert again.stdout == "", "told before the experiment is simulated"
    assert "is a file; name a folder" in tiersim("experiment", path, "--package", path, code=2).stderr


def test_ts_experiment_answers_a_call_after_its_package_is_loaded():
    import tiersim.experiment.diagnose  # noqa: F401

    assert ts.experiment(scenario({"lasts": "13 weeks"})).design.kind == "ab_test"


@pytest.mark.parametrize("command", ["design", "experiment", "diagnose"])
def test_a_scenario_without_an_experiment_is_an_error(tiersim, small, command):
    shown = tiersim(command, small, code=2)
    assert "experiment: is missing" in shown.stderr


WRONG = """\
preset: machinery
name: Wrong answers
start: 2026-01-05
customers: 1200
baseline: {revenue: 480 m / year, margin: 24 %, churn: 12 %, satisfaction: 74}
tiers:
  S: {share: 5 %, customers_per_manager: 5}
  A: {share: 15 %, customers_per_manager: 20}
  B: {share: 30 %, customers_per_manager: 30}
  C: {share: rest}
budget: {yearly: 16 m / year, split: {S+A: 60 %, B: 30 %, C: rest}}
experiment:
  lasts: 26 weeks
  answers:
    - difference
    - cupd
    - synthetic_control
    - befor_after
"""


@pytest.mark.parametrize("command", ["check", "design", "experiment", "diagnose"])
def test_all_wrong_answers_are_told_at_once_with_file_and_line(tiersim, folder, command):
    """Before anything is simulated; an answer for regions is none for customers."""
    path = folder / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    shown = tiersim(command, path, code=2)
    words, told = WRONG.splitlines(), flat(shown.stderr)
    for i, (name, text) in enumerate([
        ("cupd", "names 'cupd', which is no answer; did you mean cuped?"),
        ("synthetic_control", "synthetic_control does not fit a lot by customer."),
        ("befor_after", "names 'befor_after', which is no answer; did you mean before_after?"),
    ], 1):  # fmt: skip
        assert f"wrong.yaml:{words.index(f'    - {name}') + 1}: experiment.answers.{i}: {text}" in told
    assert told.count("experiment.answers.") == 3
    assert "no mistakes found" not in shown.stdout


def test_right_answers_are_no_mistake(tiersim, folder):
    path = folder / "right.yaml"
    right = (
        WRONG.replace("cupd", "cuped").replace("befor_", "before_").replace("    - synthetic_control\n", "")
    )
    path.write_text(right, encoding="utf-8")
    assert "no mistakes found" in tiersim("check", path).stdout


@pytest.mark.parametrize("words, text", [
    (("design", "--power", "120 %"), "--power: must lie between"),
    (("design", "--power", "much"), "--power"),
    (("design", "--power", "5 %"), "power: must lie between 5 %"),
    (("diagnose", "--power", "80 %"), "add --grid"),
    (("diagnose", "--grid", "experiment.lasts=13 weeks", "--power", "80 %", "--regret", "1 m"), "not both"),
    (("diagnose", "--replications", "0"), "replications: must be"),
    (("experiment", "--replication", "-1"), "must not be below 0"),
])  # fmt: skip
def test_wrong_options_are_told_in_one_message(tiersim, written, words, text):
    command, *rest = words
    shown = tiersim(command, written(AB), *rest, code=2)
    assert text in shown.stderr


@pytest.mark.parametrize("command", ["design", "experiment", "diagnose"])
def test_every_option_is_explained(tiersim, command):
    text = tiersim(command, "--help").stdout
    assert "--seed" in text and "--set" in text
