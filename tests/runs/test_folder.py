"""Runs on disk: whole or not at all, the same when read back, checked when asked."""

from __future__ import annotations

import getpass
import json
import os

import numpy as np
import pandas as pd
import pytest

from tiersim.runs import RunError, compare, load_run, verify
from tiersim.runs.content import content_hash, read_table, write_table
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_worlds
from tiersim.runs.verify import largest_difference


@pytest.fixture(scope="module")
def run(fake, scenario):
    return run_worlds(
        scenario, [WorldPlan("tiered", "tiered")], 4, 7, "full", 1, False, None, fake.replicate
    )[0]


@pytest.fixture(scope="module")
def comparison(fake, scenario):
    return compare(scenario, replications=4, half_width=1e5, engine=fake.replicate, workers=1, store=None)


def assert_same(left, right):
    assert left.names == right.names
    assert (left.label, left.policy, left.seed, left.replications) == (
        right.label, right.policy, right.seed, right.replications,
    )  # fmt: skip
    for table, columns in left.data.items():
        assert list(right.data[table]) == list(columns)
        for name, values in columns.items():
            assert right.data[table][name].dtype == values.dtype, (table, name)
            unknown = values.dtype.kind == "f"
            assert np.array_equal(right.data[table][name], values, equal_nan=unknown), (table, name)


def test_a_run_comes_back_as_it_was(run, tmp_path):
    folder = run.save(tmp_path / "a" / "run")
    back = load_run(folder)
    assert_same(run, back)
    pd.testing.assert_frame_equal(back.ledger, run.ledger)
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_a_comparison_comes_back_as_it_was(comparison, tmp_path):
    back = load_run(comparison.save(tmp_path / "c"))
    assert back.worlds == comparison.worlds
    assert back.half_widths == (1e5,)
    assert (back.difference("tiered", "today") == comparison.difference("tiered", "today")).all()
    for label in comparison.worlds:
        assert_same(comparison.runs[label], back.runs[label])


def test_the_record_says_how_to_repeat_it_and_nothing_of_the_machine(run, tmp_path):
    text = (run.save(tmp_path / "run") / "run.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["seed"] == 7 and record["replications"] == 4
    assert record["scenarios"][0]["resolved"]["customers"] == 400
    assert {"numpy", "numba", "python", "tiersim"} <= set(record["versions"])
    assert str(tmp_path) not in text and os.getcwd() not in text and os.path.expanduser("~") + "/" not in text
    assert f'"{getpass.getuser()}"' not in text


def test_equal_runs_give_equal_files(fake, scenario, run, tmp_path):
    again = run_worlds(
        scenario, [WorldPlan("tiered", "tiered")], 4, 7, "full", 1, False, None, fake.replicate
    )
    one, two = run.save(tmp_path / "1"), again[0].save(tmp_path / "2")
    assert sorted(p.name for p in one.iterdir()) == sorted(p.name for p in two.iterdir())
    assert all((two / path.name).read_bytes() == path.read_bytes() for path in one.iterdir())


def test_an_existing_folder_is_not_overwritten_unless_asked(run, comparison, tmp_path):
    folder = run.save(tmp_path / "run")
    with pytest.raises(RunError, match="already exists"):
        comparison.save(folder)
    comparison.save(folder, overwrite=True)
    assert load_run(folder).worlds == comparison.worlds
    foreign = tmp_path / "photos"
    foreign.mkdir()
    (foreign / "me.png").write_bytes(b"x")
    with pytest.raises(RunError, match="not a run"):
        run.save(foreign, overwrite=True)
    assert (foreign / "me.png").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cache") == ["photos", "run"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_save_leaves_what_was_there_before(run, tmp_path, monkeypatch, error):
    import tiersim.runs.folder as folder_module

    written = []

    def interrupted(frame, path):
        written.append(path)
        if len(written) == 3:
            raise error
        write_table(frame, path)

    kept = run.save(tmp_path / "kept")
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    monkeypatch.setattr(folder_module, "write_table", interrupted)
    for folder, overwrite in ((tmp_path / "new", False), (kept, True)):
        written.clear()
        with pytest.raises((KeyboardInterrupt, RunError)):
            run.save(folder, overwrite)
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == ["kept"]
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before


def test_verify_finds_an_untouched_run_identical(fake, comparison, tmp_path):
    found = verify(comparison.save(tmp_path / "c"), workers=1, engine=fake.replicate)
    assert found.ok
    assert not found.changed
    assert str(found) == "identical"


def test_verify_sees_one_changed_byte_of_a_table(fake, run, tmp_path):
    folder = run.save(tmp_path / "run")
    path = folder / "ledger.parquet"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 1
    path.write_bytes(bytes(raw))
    found = verify(folder, workers=1, engine=fake.replicate)
    assert not found.ok
    assert [check.table for check in found.tables if not check.intact] == ["ledger"]
    assert "ledger: the file was changed" in str(found)


def test_verify_sees_a_changed_amount_and_how_large_it_is(fake, run, tmp_path):
    folder = run.save(tmp_path / "run")
    frame = read_table(folder, "ledger")
    frame.loc[5, "cents"] += 300
    write_table(frame, folder / "ledger.parquet")
    check = next(c for c in verify(folder, workers=1, engine=fake.replicate).tables if c.table == "ledger")
    assert (check.intact, check.same, check.largest_difference, check.column) == (False, True, 300.0, "cents")


@pytest.mark.parametrize(
    ("left", "right", "gap"),
    [
        ([1.0, np.nan], [1.5, np.nan], 0.5),
        ([np.nan], [np.nan], 0.0),
        ([1.0, np.nan], [1.0, 2.0], np.inf),
        ([], [], 0.0),
    ],
)
def test_what_is_unknown_differs_only_from_what_is_known(left, right, gap):
    found = largest_difference(
        pd.DataFrame({"x": left}, dtype=float), pd.DataFrame({"x": right}, dtype=float)
    )
    assert found == (gap, "x" if gap else "")


def test_verify_tells_the_largest_difference_of_another_engine(fake, run, tmp_path):
    def other(scenario, worlds, seed, replication):
        outcomes = fake.replicate(scenario, worlds, seed, replication)
        outcomes[0].tables["staff"]["peak"] = outcomes[0].tables["staff"]["peak"] + 0.5
        return outcomes

    found = verify(run.save(tmp_path / "run"), workers=1, engine=other)
    checks = {check.table: check for check in found.tables}
    assert not checks["staff"].same and checks["staff"].intact
    assert (checks["staff"].largest_difference, checks["staff"].column) == (0.5, "peak")
    assert checks["ledger"].same
    assert "staff: largest difference 0.5 in peak" in str(found)


def test_a_changed_scenario_is_refused(run, tmp_path):
    folder = run.save(tmp_path / "run")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["scenarios"][0]["resolved"]["customers"] = 401
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RunError, match="hash"):
        load_run(folder)


@pytest.mark.parametrize("content", [None, "{", "[]", '{"format": 99}'])
def test_what_is_no_run_is_said_so(tmp_path, content):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match="run"):
        load_run(tmp_path)


def test_a_table_that_is_not_what_its_hash_says_is_not_read(run, tmp_path):
    folder = run.save(tmp_path / "run")
    table = next(t for t in sorted(run.data) if t != "ledger" and len(run.data[t]))
    frame = read_table(folder, table)
    number = next(name for name in frame.columns if frame[name].dtype.kind in "iuf")
    frame.loc[0, number] = frame.loc[0, number] + 1
    write_table(frame, folder / f"{table}.parquet")
    with pytest.raises(RunError, match=rf"{table}\.parquet: was changed or damaged") as caught:
        load_run(folder)
    assert caught.value.exit_code == 2
    (folder / f"{table}.parquet").write_bytes(b"PAR1")
    with pytest.raises(RunError, match=r"missing or damaged: it is not a Parquet table, or was cut short$"):
        load_run(folder)
    (folder / f"{table}.parquet").unlink()
    with pytest.raises(RunError, match=r"missing or damaged: there is no such file$"):
        load_run(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda record: record.update(format=2), "not a run of format 1; got 2"),
        (lambda record: record.pop("worlds"), r"is damaged \(it lacks 'worlds'\)"),
        (lambda record: record["scenarios"][0]["resolved"].update(colour="red"), "scenario cannot be used"),
    ],
)
def test_what_another_version_wrote_and_this_one_cannot_read_says_so(run, tmp_path, change, message):
    folder = run.save(tmp_path / "run")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["engine"] = "9.0.0 abc"
    change(record)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RunError, match=f"(?s){message}.*written by tiersim 9.0.0 abc.*again") as caught:
        load_run(folder, other_version=True)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("key", ["worlds", "tables", "scenarios", "seed"])
def test_a_record_that_lacks_something_is_told_in_one_line(run, tmp_path, key):
    folder = run.save(tmp_path / "run")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    del record[key]
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RunError, match=r"run\.json: is damaged"):
        load_run(folder)


def test_content_hash_sees_content_and_not_its_encoding():
    frame = pd.DataFrame(
        {"a": np.array([1, 2, 3], dtype=np.int8), "w": ["x", "y", "x"], "f": [0.5, 1.0, 2.0]}
    )
    wide = frame.astype({"a": "int64", "w": pd.CategoricalDtype(["z", "y", "x"])})
    assert content_hash(frame) == content_hash(wide)
    changes = [
        frame.assign(a=[1, 2, 4]),
        frame.assign(w=["x", "y", "y"]),
        frame.assign(f=np.nextafter(frame["f"], 9)),
        frame.rename(columns={"a": "b"}),
        frame.iloc[::-1],
        frame[["w", "a", "f"]],
    ]
    assert len({content_hash(frame), *(content_hash(changed) for changed in changes)}) == 7
