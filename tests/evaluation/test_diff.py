"""Folders of saved comparisons: what is read, and what is refused with one clear message."""

from __future__ import annotations

import json

import pytest

import tiersim as ts
from tiersim.errors import TiersimError
from tiersim.evaluation.diff import diff
from tiersim.runs import RunError, compare
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_worlds
from tiersim.scenario.load import override


@pytest.fixture
def saved(fake, scenario, tmp_path):
    def save(name, changes=None, **extra):
        changed = override(scenario, changes) if changes else scenario
        options = {"replications": 6, "engine": fake.replicate, "workers": 1, "store": None} | extra
        made = compare(changed, progress=False, **options)
        made.save(tmp_path / name)
        return tmp_path / name

    return save


def rewrite(folder, change):
    record = json.loads((folder / "run.json").read_text())
    change(record)
    (folder / "run.json").write_text(json.dumps(record))


def test_two_folders(saved):
    found = diff(saved("a"), saved("b", {"horizon": "2 years"}))
    assert [step.causes for step in found.steps if step.differs] == [("policy",)]
    assert sum(step.money for step in found.steps) == pytest.approx(found.moved, rel=1e-12)
    assert ts.diff is diff


def test_a_comparison_in_memory_counts_as_one_of_this_version(saved, fake, scenario):
    made = compare(scenario, replications=6, engine=fake.replicate, workers=1, store=None, progress=False)
    assert diff(saved("a"), made).same


def test_the_version_is_read_from_the_folder(saved):
    old, new = saved("a"), saved("b")
    rewrite(old, lambda record: record.update(engine="0.0.9 abc"))
    found = diff(old, new)
    assert found.old.version == "0.0.9 abc"
    assert [step.causes for step in found.steps if step.differs] == [("version",)]


def test_keys_that_an_older_version_did_not_know_are_at_their_defaults(saved):
    old, new = saved("a"), saved("b")

    def younger(record):
        record["engine"] = "0.0.9 abc"
        del record["scenarios"][0]["resolved"]["contact"]
        record["scenarios"][0]["sha256"] = "0" * 64

    rewrite(old, younger)
    assert diff(old, new).changes == ()


def test_a_missing_folder(saved, tmp_path):
    with pytest.raises(RunError, match="no run here") as caught:
        diff(saved("a"), tmp_path / "nothing")
    assert caught.value.exit_code == 2


def test_a_single_run(saved, fake, scenario, tmp_path):
    (run,) = run_worlds(
        scenario, [WorldPlan("tiered", "tiered")], 4, 1, "full", 1, False, None, fake.replicate
    )
    run.save(tmp_path / "single")
    with pytest.raises(RunError, match="holds a single run"):
        diff(saved("a"), tmp_path / "single")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda record: record.update(format=99), "not a run of format 1; got 99"),
        (lambda record: record.pop("kind"), "holds a single run"),
        (lambda record: record.pop("worlds"), "damaged"),
        (lambda record: record.pop("engine"), "damaged"),
        (lambda record: record.update(scenarios=[]), "damaged"),
        (lambda record: record["tables"].pop("ledger"), "damaged"),
        (lambda record: record["scenarios"][0]["resolved"].update(customers=401), "was changed"),
        (lambda record: record["scenarios"][0]["resolved"].update(customers="many"), "customers"),
    ],
)
def test_a_changed_record(saved, change, message):
    old, new = saved("a"), saved("b")
    rewrite(new, change)
    with pytest.raises(TiersimError, match=message) as caught:
        diff(old, new)
    assert caught.value.exit_code == 2


def test_changed_money(saved):
    import pandas as pd

    old, new = saved("a"), saved("b")
    frame = pd.read_parquet(new / "ledger.parquet")
    frame["pv"] = frame["pv"] * 2
    frame.to_parquet(new / "ledger.parquet", index=False)
    with pytest.raises(RunError, match="changed or damaged after it was written"):
        diff(old, new)
    (new / "ledger.parquet").write_bytes(b"nothing")
    with pytest.raises(RunError, match="missing or damaged"):
        diff(old, new)
