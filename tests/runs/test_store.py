"""Finished pieces: found again, never half-written, never believed when damaged."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tiersim.runs.pieces import WorldPlan, compute, cut
from tiersim.runs.store import Store, decode, encode

PLANS = [WorldPlan("today", "today"), WorldPlan("tiered", "tiered")]


@pytest.fixture(scope="module")
def piece(fake, scenario):
    return cut(scenario, PLANS, 1, 2, "sums", "fake")[0]


@pytest.fixture(scope="module")
def finished(fake, piece):
    return compute(piece, fake.replicate)


def same(left, right):
    return all(
        a.names == b.names
        and list(a.tables) == list(b.tables)
        and all(
            list(a.tables[t]) == list(b.tables[t])
            and all(
                x.dtype == y.dtype and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
                for x, y in zip(a.tables[t].values(), b.tables[t].values(), strict=True)
            )
            for t in a.tables
        )
        for a, b in zip(left, right, strict=True)
    )


def test_what_was_kept_is_found_again(piece, finished, tmp_path):
    store = Store(tmp_path / "pieces")
    assert store.get(piece) is None
    store.put(piece, finished)
    assert same(store.get(piece), finished)


def test_no_changed_byte_passes(finished):
    raw = encode(finished)
    rng = np.random.default_rng(1)
    head = raw.index(b"\n")
    places = [0, 70, head - 1, head, head + 1, len(raw) - 1, *rng.integers(0, len(raw), 200)]
    for at in places:
        changed = bytearray(raw)
        changed[at] ^= 1 << int(rng.integers(8))
        assert decode(bytes(changed)) is None
    for end in (0, 10, head, head + 1, len(raw) - 1):
        assert decode(raw[:end]) is None


def test_a_damaged_piece_is_deleted_and_made_again(piece, finished, tmp_path):
    store = Store(tmp_path / "pieces")
    store.put(piece, finished)
    path = next((tmp_path / "pieces").rglob("*.piece"))
    path.write_bytes(path.read_bytes()[:-5])
    assert store.get(piece) is None
    assert not path.exists()


def test_every_part_of_the_question_is_part_of_the_name(scenario):
    from tiersim.scenario.load import override

    base = ([*PLANS], 1, 4, "sums", "fake")
    other = override(scenario, {"budget.yearly": "17.5 m / year"})
    keys = {cut(scenario, *base)[0].key, cut(other, *base)[0].key}
    for at, value in enumerate([PLANS[:1], 2, 2, "full", "fake 2"]):
        changed = list(base)
        changed[at] = value
        keys.add(cut(scenario, *changed)[0].key)
    assert len(keys) == 7
    assert cut(override(scenario, {}), *base)[0].key == cut(scenario, *base)[0].key


def test_a_folder_that_cannot_be_written_gives_one_warning(piece, finished, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = Store(blocked / "pieces")
    with pytest.warns(UserWarning, match="TIERSIM_CACHE"):
        store.put(piece, finished)
    store.put(piece, finished)
    assert store.get(piece) is None


def test_interrupted_writing_leaves_no_file(piece, finished, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path / "pieces").put(piece, finished)
    assert [path for path in (tmp_path / "pieces").rglob("*") if path.is_file()] == []


def test_old_pieces_are_dropped(piece, finished, tmp_path):
    store = Store(tmp_path / "pieces")
    store.put(piece, finished)
    path = next((tmp_path / "pieces").rglob("*.piece"))
    store.drop_old()
    assert path.exists()
    os.utime(path, (1, 1))
    store.drop_old()
    assert not path.exists()


def test_pieces_cover_every_replication_once(scenario):
    pieces = cut(scenario, PLANS, 1, 37, "sums", "fake")
    assert [(piece.first, piece.stop) for piece in pieces] == [(0, 10), (10, 20), (20, 30), (30, 37)]
