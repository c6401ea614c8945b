"""Diagnoses are the same on every machine, and say what they cannot tell."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiment.worlds import slim, small
from tiersim.errors import ScenarioError
from tiersim.experiment.diagnose import diagnose
from tiersim.experiment.run import experiment
from tiersim.experiment.trial import trial
from tiersim.runs.store import Store

TABLES = ("estimates", "gates", "checks", "truth", "money")


def scenario():
    return small(experiment__looks={"every": "4 weeks"})


@pytest.fixture(scope="module")
def once():
    return diagnose(scenario(), replications=4, workers=1, progress=False, store=None)


def differing(one, other):
    return [
        f"{table}.{column}"
        for table in TABLES
        for column in one.data[table]
        if one.data[table][column].tobytes() != other.data[table][column].tobytes()
    ]


def test_two_workers_say_what_one_says(once):
    other = diagnose(scenario(), replications=4, workers=2, progress=False, store=None)
    assert differing(once, other) == []


def test_a_store_gives_back_what_it_was_given(once, tmp_path, monkeypatch):
    store = Store(tmp_path)
    first = diagnose(scenario(), replications=4, workers=1, progress=False, store=store)
    monkeypatch.setattr("tiersim.experiment.trial.simulate_worlds", None)  # nothing is left to simulate
    again = diagnose(scenario(), replications=4, workers=1, progress=False, store=store)
    assert differing(once, first) == []
    assert differing(first, again) == []


def test_more_replications_begin_with_the_same_ones(once):
    fewer = diagnose(scenario(), replications=2, workers=1, progress=False, store=None)
    for table in TABLES:
        rows = once.data[table]["replication"] < 2
        for column, values in fewer.data[table].items():
            assert values.tobytes() == once.data[table][column][rows].tobytes(), (table, column)


def test_a_replication_alone_is_the_one_inside_a_run(once):
    alone = trial(scenario(), [None], 1, 3)[0].tables
    for table in TABLES:
        rows = once.data[table]["replication"] == 3
        for column, values in alone[table].items():
            inside = once.data[table][column][rows]
            assert np.array_equal(values, inside, equal_nan=values.dtype.kind == "f"), (table, column)


def test_an_experiment_is_one_replication_of_its_diagnosis(once):
    found = experiment(scenario(), seed=1, replication=2)
    name, estimate = found.estimate()
    replies = once.replies(name)
    assert replies.value[2] == estimate.value
    assert replies.low[2] == estimate.low
    assert once.truth()[2] == found.truth["true_as_run"][0]
    assert once.value()[2] == found.true_value()
    assert once.cost()[2] == found.true_cost()
    code, look = once.said("sound")
    verdict = found.verdict()
    assert ("go", "hold", "stop")[code[2]] == verdict.verdict
    assert look[2] == verdict.look


def test_tables_say_what_was_counted(once):
    assert once.replications == 4
    verdicts = once.verdicts().set_index("menu")
    code, _ = once.said("sound")
    assert verdicts.loc["sound", "go"] == np.mean(code == 0)
    total = verdicts[["go", "stop", "hold"]].sum(axis=1)
    assert total.to_numpy() == pytest.approx(1.0)
    stops = once.stops()
    assert stops[["go", "hold", "stop"]].to_numpy().sum() == pytest.approx(1.0)
    assert stops["week"].tolist() == [4, 8, 12, 13]
    assert once.reasons().sum() == pytest.approx(1.0)
    table = once.answers().set_index(["outcome", "answer"])
    assert table.loc[("profit", "cuped"), "leads"]
    assert not table.loc[("profit", "difference"), "leads"]
    replies = once.replies("difference", "margin")
    assert table.loc[("margin", "difference"), "bias"] == pytest.approx(
        np.mean(replies.value - replies.truth)
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"answer": "diference"}, "no answer 'diference'"),
        ({"answer": "collapsed"}, "collapsed was not asked about profit"),
        ({"answer": "difference", "outcome": "profits"}, "no outcome 'profits'; there are profit"),
        ({"answer": "difference", "look": 2}, "difference was not asked about profit at look 2"),
        ({"answer": "difference", "arm": 2}, "no treated arm 2; there are 1 to 1"),
    ],
)
def test_unknown_names_are_told(once, asked, told):
    with pytest.raises(KeyError, match=told):
        once.replies(**asked)


@pytest.mark.parametrize("table", ["said", "stops", "reasons"])
def test_unknown_menus_and_arms_are_told(once, table):
    with pytest.raises(KeyError, match="no menu 'loud'; there are naive, sound"):
        getattr(once, table)("loud")
    with pytest.raises(KeyError, match="no treated arm 0"):
        getattr(once, table)("sound", 0)
    for figure in (once.truth, once.value):
        with pytest.raises(KeyError, match="no treated arm 3"):
            figure(arm=3)


def test_answers_that_do_not_exist_or_fit_are_refused_before_anything_runs(monkeypatch):
    monkeypatch.setattr("tiersim.experiment.trial.simulate_worlds", None)
    with pytest.raises(ScenarioError, match="adjusted"):
        diagnose(slim(experiment__answers=["ajusted"]), 2, progress=False, store=None)
    with pytest.raises(ScenarioError, match="does not fit a lot by customer"):
        diagnose(slim(experiment__answers=["collapsed"]), 2, progress=False, store=None)


def test_a_scenario_without_an_experiment_is_refused():
    from tiersim.scenario.load import load

    with pytest.raises(ScenarioError, match="experiment"):
        diagnose(load("machinery"), 2, progress=False, store=None)


@pytest.mark.parametrize(
    ("given", "named"),
    [({"outcome": "profits"}, "profits"), ({"answer": "nothing"}, "nothing"), ({"look": 9}, "look 9")],
)
def test_one_run_tells_unknown_names_too(given, named):
    found = experiment(scenario())
    with pytest.raises(KeyError, match=named):
        found.estimate(**given)
    with pytest.raises(KeyError, match="menu"):
        found.verdict("loud")


def test_the_aa_test_of_an_answer_counts_what_it_finds_of_nothing(once):
    check = once.placebo("cuped")
    none = once.replies("cuped", placebo=True)
    assert check.name
    assert check.details["runs"] == np.isfinite(none.p).sum()
    assert check.details["rate"] == np.mean(none.p <= 0.05)
