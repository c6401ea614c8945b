"""What moved a headline, on the engine with known answers: every step against its own comparison."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.evaluation.test_changes import apart, base_with_shock

from tiersim.evaluation.bridge import bridge
from tiersim.evaluation.statistics import half_width
from tiersim.runs import RunError, compare
from tiersim.runs.pieces import engine_version
from tiersim.scenario.load import override

OLD = "0.0.9 0123456789abcdef0123"
FLAT = {"value": 5, "source": "a test", "grade": "assumed"}


@pytest.fixture(scope="module")
def sized(fake):
    """The engine with all money in proportion to the customers; `calls` are the worlds it made."""

    def engine(scenario, worlds, seed, replication):
        calls.append((scenario.sha256, seed, replication))
        made = fake.replicate(scenario, worlds, seed, replication)
        for one in made:
            ledger = one.tables["ledger"]
            for column in ("cents", "pv"):
                if column in ledger:
                    ledger[column] = ledger[column] * (scenario.customers // 400)
        return made

    calls = []
    engine.calls = calls
    return engine


@pytest.fixture(scope="module")
def options(sized):
    return {"engine": sized, "workers": 1, "store": None, "progress": False}


@pytest.fixture(scope="module")
def made(scenario, options):
    def make(changes=None, replications=8, seed=1):
        changed = override(scenario, changes) if changes else scenario
        return compare(changed, replications=replications, seed=seed, **options)

    return make


@pytest.fixture(scope="module")
def base(made):
    return made()


def gain(comparison):
    return comparison.difference("tiered", "today")


def by_cause(found):
    return {step.causes: step for step in found.steps}


def adds_up(found):
    moved = found.new.gain.mean - found.old.gain.mean
    assert sum(step.money for step in found.steps) == pytest.approx(moved, rel=1e-12, abs=1e-6)
    assert found.steps[-1].after == pytest.approx(found.new.gain.mean, rel=1e-12, abs=1e-6)
    before = found.old.gain.mean
    for step in found.steps:
        assert step.after == before + step.money
        before = step.after


def test_identical_runs_move_nothing(base, made, options):
    found = bridge(base, made(), **options)
    assert found.same
    assert found.simulated == 0
    assert [(step.money, step.error, step.differs) for step in found.steps] == [(0.0, 0.0, False)] * 5
    assert found.changes == ()
    assert found.old.verdict == found.new.verdict


@pytest.mark.parametrize(
    ("cause", "changes", "extra"),
    [
        ("data", {"customers": 800}, {}),
        ("assumption", {"attention.satisfaction": FLAT}, {}),
        ("policy", {"horizon": "2 years"}, {}),
        ("seed", None, {"seed": 2}),
        ("seed", None, {"replications": 12}),
        ("seed", None, {"seed": 5, "replications": 6}),
    ],
)
def test_one_cause_alone_moves_all_and_needs_no_simulation(base, made, options, cause, changes, extra):
    new = made(changes, **extra)
    found = bridge(base, new, **options)
    adds_up(found)
    assert found.simulated == 0
    assert abs(found.moved) > 1_000
    for step in found.steps:
        assert step.differs == (step.causes == (cause,))
        assert step.money == pytest.approx(found.moved if step.differs else 0.0, abs=1e-9)
    if cause != "seed":
        assert by_cause(found)[cause,].error == pytest.approx(half_width(gain(new) - gain(base)), rel=1e-9)


def test_each_step_is_the_difference_of_two_comparisons(base, made, options, sized):
    data, assumption, policy = {"customers": 800}, {"attention.satisfaction": FLAT}, {"horizon": "2 years"}
    new = made(data | assumption | policy, replications=10, seed=3)
    before = len(sized.calls)
    found = bridge(base, new, **options)
    assert found.simulated == 3
    assert len(sized.calls) - before == 3 * 8  # data; data and assumption; all with the old seed
    levels = [gain(base)]
    levels += [gain(made(changes)) for changes in (data, data | assumption, data | assumption | policy)]
    want = [0.0, *np.diff([x.mean() for x in levels]), gain(new).mean() - levels[-1].mean()]
    assert [step.causes for step in found.steps] == [
        ("version",), ("data",), ("assumption",), ("policy",), ("seed",)
    ]  # fmt: skip
    np.testing.assert_allclose([step.money for step in found.steps], want, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(
        [step.error for step in found.steps[1:4]],
        [half_width(b - a) for a, b in pairwise(levels)],
        rtol=1e-9,
    )
    assert [c.path for c in by_cause(found)["policy",].changes] == ["horizon"]
    adds_up(found)


def test_the_last_step_takes_the_new_run_as_it_is(base, made, options, sized):
    new = made({"customers": 800, "horizon": "2 years"})
    before = len(sized.calls)
    found = bridge(base, new, **options)
    assert found.simulated == 1
    assert len(sized.calls) - before == 8
    assert by_cause(found)["seed",].money == 0.0
    adds_up(found)


def test_another_version_is_its_own_step(base, made, options):
    new = made({"customers": 800})
    old = scaled(base, 0.5)
    found = bridge(old, new, versions=(OLD, engine_version()), **options)
    steps = by_cause(found)
    assert steps["version",].money == pytest.approx(gain(base).mean() / 2, rel=1e-9)
    assert steps["version",].error == pytest.approx(half_width(gain(base) / 2), rel=1e-9)
    assert steps["data",].money == pytest.approx(gain(new).mean() - gain(base).mean(), rel=1e-9)
    assert found.old.version == OLD
    assert found.present == engine_version()
    adds_up(found)


def test_a_version_that_made_neither_run_adds_up_too(base, made, options):
    new = made({"customers": 800}, seed=2)
    found = bridge(scaled(base, 0.5), scaled(new, 0.5), versions=(OLD, OLD), **options)
    here = made({"customers": 800})
    steps = by_cause(found)
    assert not steps["version",].differs
    want = gain(base).mean() / 2 - gain(new).mean() / 2
    assert steps["version",].money == pytest.approx(want, rel=1e-9)
    assert steps["data",].money == pytest.approx(gain(here).mean() - gain(base).mean(), rel=1e-9)
    assert steps["seed",].money == pytest.approx(gain(new).mean() - gain(here).mean(), rel=1e-9)
    adds_up(found)


def test_only_the_version_differs(base, options):
    found = bridge(scaled(base, 0.5), base, versions=(OLD, engine_version()), **options)
    assert found.simulated == 0
    assert by_cause(found)["version",].money == pytest.approx(found.moved, rel=1e-12)


def test_other_figures_under_one_record_are_told(base, options):
    found = bridge(scaled(base, 0.5), base, **options)
    assert found.unexplained
    assert by_cause(found)["version",].money == pytest.approx(found.moved, rel=1e-12)
    adds_up(found)


def test_changes_that_only_fit_together_are_one_step(scenario, options):
    old = compare(base_with_shock(scenario), replications=6, **options)
    new = compare(override(apart(scenario), {"horizon": "2 years"}), replications=6, **options)
    found = bridge(old, new, **options)
    assert [step.causes for step in found.steps] == [
        ("version",), ("data", "assumption"), ("policy",), ("seed",)
    ]  # fmt: skip
    assert [step.causes for step in found.joined] == [("data", "assumption")]
    assert {c.kind for c in found.joined[0].changes} == {"data", "assumption"}
    adds_up(found)


def test_words_move_nothing(base, made, options):
    found = bridge(base, made({"name": "Another title"}), **options)
    assert found.same
    assert [c.kind for c in found.changes] == ["words"]
    assert found.name == "Another title"


def test_a_quick_answer_leaves_its_rest_to_the_draws(scenario, options, monkeypatch):
    monkeypatch.setattr("tiersim.evaluation.bridge.quick_replications", lambda scenario, worlds: 4)
    old = compare(scenario, replications=8, **options)
    new = compare(override(scenario, {"customers": 800, "horizon": "2 years"}), replications=8, **options)
    found = bridge(old, new, quick=True, **options)
    assert (found.quick, found.replications) == (True, 4)
    left = (gain(old)[:4].mean() - gain(old).mean()) + (gain(new).mean() - gain(new)[:4].mean())
    assert by_cause(found)["seed",].money == pytest.approx(left, rel=1e-9)
    assert not by_cause(found)["seed",].differs
    adds_up(found)


def test_two_replications_have_no_error(made, options):
    found = bridge(made(replications=2), made({"customers": 800}, replications=2), **options)
    assert by_cause(found)["data",].error is None


def test_currencies_and_single_policies_are_refused(scenario, base, made, options):
    euro = scenario.model_copy(update={"currency": "EUR"})
    other = compare(euro, replications=2, **options)
    with pytest.raises(RunError, match="in CNY, the new one in EUR") as caught:
        bridge(base, other, **options)
    assert caught.value.exit_code == 2
    alone = made({"compare": ["today"]}, replications=2)
    with pytest.raises(RunError, match="the old comparison has one policy only, today"):
        bridge(alone, base, **options)


def scaled(comparison, factor):
    """The same comparison as another version might have made it: all money times a factor."""
    from dataclasses import replace

    runs = {}
    for label, run in comparison.runs.items():
        ledger = dict(run.data["ledger"])
        ledger["pv"] = ledger["pv"] * factor
        runs[label] = replace(run, data={**run.data, "ledger": ledger})
    return replace(comparison, runs=runs)
