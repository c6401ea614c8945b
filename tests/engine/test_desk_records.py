"""Tables of staff and desk are the arrays that they were made from."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tiersim.engine.filing import DESK_SUMS
from tiersim.engine.ledger import Books
from tiersim.engine.record import DESK_HOURS, POOL_HOURS, Records
from tiersim.engine.slots import Slots
from tiersim.runs.columns import SPEC
from tiersim.scenario.desk import CLASSES

TIERS = 3
PAIRS = [("today", -1), ("new", 1), ("old", 0)]


@pytest.fixture
def slots():
    pool = SimpleNamespace(payroll=4, peak=5, hired=1, left=2, dismissed=0)
    found = SimpleNamespace(
        pairs=PAIRS,
        tiers=TIERS,
        pools=[pool, SimpleNamespace(**vars(pool))],
        scenario=SimpleNamespace(policies={"old": None, "today": None, "new": None}),
    )
    found.columns = lambda slot: Slots.columns(found, slot)
    return found


@pytest.fixture
def records():
    return Records(Books(1, TIERS, 1))


def desk_arrays(seed=1):
    """Sums, both percentiles and open requests of every cell and class, none of them 0."""
    rng = np.random.default_rng(seed)
    shape = (len(PAIRS) * TIERS, len(CLASSES))
    sums = rng.integers(1, 100, (len(DESK_SUMS), *shape)).astype(float)
    return sums, rng.uniform(1, 9, shape), rng.uniform(1, 9, shape), rng.integers(1, 9, shape).astype(float)


def test_a_row_for_each_cell_and_class_with_its_sums(records, slots):
    sums, p90_answer, p90_solve, left = desk_arrays()
    before = sums.copy()
    records.desk(slots, sums, p90_answer, p90_solve, left, 3)
    desk = records.tables()["desk"]
    assert list(desk) == [name for name in SPEC["desk"] if name != "replication"]
    seen = set()
    for row in range(desk["quarter"].size):
        slot = [("today", "new", "old")[k] for k in range(3)].index(
            ("old", "today", "new")[desk["policy"][row]]
        )
        cell, kind = slot * TIERS + desk["tier"][row], desk["request_class"][row]
        seen.add((int(cell), int(kind)))
        assert desk["arm"][row] == PAIRS[slot][1] and desk["quarter"][row] == 3
        assert [desk[name][row] for name in DESK_SUMS] == before[:, cell, kind].tolist()
        assert desk["answer_p90_hours"][row] == p90_answer[cell, kind]
        assert desk["solve_p90_hours"][row] == p90_solve[cell, kind]
        assert desk["open"][row] == left[cell, kind]
    assert len(seen) == desk["quarter"].size == before[0].size
    assert (sums == before).all()
    assert {desk[name].dtype for name in DESK_HOURS} == {np.dtype(np.float64)}


def test_cells_without_anything_have_no_row_and_one_with_open_requests_has(records, slots):
    sums, nothing, _, left = (np.zeros_like(made) for made in desk_arrays())
    nothing.fill(np.nan)
    left[4, 2] = 7.0
    records.desk(slots, sums, nothing, nothing, left, 0)
    sums[DESK_SUMS.index("late"), 8, 0] = 1.0
    left.fill(0.0)
    records.desk(slots, sums, nothing, nothing, left, 1)
    desk = records.tables()["desk"]
    assert list(zip(desk["quarter"], desk["tier"], desk["request_class"], desk["open"], strict=True)) == [
        (0, 1, 2, 7), (1, 2, 0, 0),
    ]  # fmt: skip
    assert desk["late"].tolist() == [0, 1] and np.isnan(desk["answer_p90_hours"]).all()


def test_without_a_desk_the_table_has_its_columns_and_types(records, slots):
    empty = records.tables()["desk"]
    records.desk(slots, *desk_arrays(), 0)
    full = records.tables()["desk"]
    assert {name: column.dtype for name, column in empty.items()} == {
        name: column.dtype for name, column in full.items()
    }
    assert all(column.size == 0 for column in empty.values())


def test_staff_takes_the_quarter_over_and_clears_it(records, slots):
    hours = np.arange(1.0, 15.0).reshape(7, 2)
    memory = {
        "pool_load": np.array([[1.2, 0.0], [2.0, 0.0]]),
        "pool_answers": np.array([[9.0, 8.0], [3.0, 2.0], [40.0, 30.0]]),
        "backlog": np.array([11.0, 0.5]),
        "pool_hours": hours.copy(),
        "pool_skill": np.array([0.25, -0.5]),
    }
    records.staff(slots, memory, 2)
    staff = records.tables()["staff"]
    assert list(staff) == [name for name in SPEC["staff"] if name != "replication"]
    assert [staff[name].tolist() for name in POOL_HOURS] == hours.tolist()
    assert staff["skill"].tolist() == [0.25, -0.5]
    assert staff["utilisation"].tolist() == [0.6, 0.0]
    assert staff["backlog_hours"].tolist() == [11.0, 0.5]
    assert staff["heads"].tolist() == [4.0, 4.0] and staff["left"].tolist() == [2.0, 2.0]
    assert not memory["pool_hours"].any() and not memory["pool_load"].any()
    assert not memory["pool_answers"].any() and slots.pools[0].left == 0
    # What is a state is no sum: it stays, and the table keeps what it was.
    assert memory["backlog"].tolist() == [11.0, 0.5] and memory["pool_skill"].tolist() == [0.25, -0.5]
