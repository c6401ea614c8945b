"""Places of leavers: when they are given up is a question of speed and of nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.engine.worlds import everyone

from tiersim.engine import seats
from tiersim.engine.layout import N
from tiersim.engine.prepare import prepare
from tiersim.engine.state import empty, keep
from tiersim.engine.world import Simulation
from tiersim.scenario.load import load

EVERYTHING = Path(__file__).parents[2] / "benchmarks" / "everything.yaml"
NEVER, AT_ONCE = 2.0, 0.0
SMALL = {
    "retail": {"customers": 400, "baseline.revenue": "1.44 m / year", "budget.yearly": "120 k / year",
               "win_back.capacity": 5, "today.staff": 1, "market.size": 2000},
    "machinery": {"customers": 80, "win_back.who": ["red", "amber", "lost", "renewal"],
                  "baseline.churn": "35 %"},
}  # fmt: skip


def world(name, share, monkeypatch):
    monkeypatch.setattr(seats, "WORTH_WHILE", share)
    scenario = load(str(EVERYTHING) if name == "retail" else name, SMALL[name])
    simulation = Simulation(scenario, prepare(scenario, 5, 0), everyone("tiered"), 5, 0)
    return simulation.run(), int(simulation.memory["clock"][N])


@pytest.mark.parametrize("name", SMALL)
def test_when_leavers_give_up_their_places_changes_no_figure(name, monkeypatch):
    kept, most = world(name, NEVER, monkeypatch)
    dropped, least = world(name, AT_ONCE, monkeypatch)
    assert least < 0.7 * most
    assert kept.keys() == dropped.keys()
    for table, columns in kept.items():
        assert columns.keys() == dropped[table].keys()
        for column, values in columns.items():
            assert np.array_equal(values, dropped[table][column], equal_nan=values.dtype.kind == "f"), column


def test_those_who_stay_move_up_and_the_places_behind_them_are_empty():
    state = empty(
        {"last_order": (np.int16, ()), "answer_last": (np.float32, ()), "ring": (np.int32, (2,))}, 6
    )
    state["ring"][:] = np.arange(12).reshape(2, 6)
    state["last_order"][:], state["answer_last"][:] = np.arange(6), np.arange(6)
    keep(state, np.array([1, 3, 4]), 5)
    assert state["ring"].tolist() == [[1, 3, 4, 0, 0, 5], [7, 9, 10, 0, 0, 11]]
    assert state["last_order"][:3].tolist() == [1, 3, 4] and (state["last_order"][3:5] < -1000).all()
    assert np.isnan(state["answer_last"][3:5]).all() and state["answer_last"][5] == 5


def test_arrays_of_a_world_lie_side_by_side_and_do_not_overlap():
    state = empty(
        {"a": (np.int8, ()), "b": (np.float64, (3,)), "none": (np.int16, (0,)), "c": (np.uint64, ())}, 7
    )
    for number, array in enumerate(state.values()):
        array.fill(number + 1)
    assert [array.shape for array in state.values()] == [(7,), (3, 7), (0, 7), (7,)]
    assert all((array == number + 1).all() for number, array in enumerate(state.values()))
    assert all(array.ctypes.data % 64 == 0 and array.flags.c_contiguous for array in state.values())
