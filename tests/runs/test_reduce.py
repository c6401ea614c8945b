"""Sums in the worker: exact, complete, and the same for the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tiersim.runs.reduce import join, reduce_tables, stack, sum_by

CODES = st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 2), st.integers(-(2**61), 2**61)), max_size=40)


@given(CODES)
def test_sums_are_those_of_a_group_by_in_whole_numbers(rows):
    a, b, cents = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    cents //= max(1, len(rows))
    found = sum_by({"a": a.astype(np.int8), "b": b.astype(np.int8), "cents": cents}, ("a", "b"), ("cents",))
    frame = pd.DataFrame({"a": a, "b": b, "cents": cents}).groupby(["a", "b"], as_index=False).sum()
    for name in ("a", "b", "cents"):
        assert found[name].tolist() == frame[name].tolist()
    assert found["cents"].dtype == np.int64


def test_reduced_ledger_keeps_every_cent_and_drops_what_it_sums_over(fake, scenario):
    from tiersim.runs.pieces import WorldPlan

    outcome = fake.replicate(scenario, [WorldPlan("tiered", "tiered")], 1, 0)[0]
    full, kept = outcome.tables, reduce_tables(outcome.tables, "sums")
    assert set(kept["ledger"]) == {
        "order_quarter",
        "cash_quarter",
        "cohort",
        "tier0",
        "account",
        "cents",
        "pv",
    }
    assert kept["ledger"]["cents"].sum() == full["ledger"]["cents"].sum()
    assert len(kept["ledger"]["cents"]) < len(full["ledger"]["cents"])
    assert kept["kpis"]["tickets"].sum() == full["kpis"]["tickets"].sum()
    assert not {"region", "tier_now", "arm"} & set(kept["kpis"])
    # Week 160 is quarter 12; two moves in week 26 differ in their rule.
    assert kept["moves"]["quarter"].tolist() == [1, 2, 2, 12]
    assert kept["moves"]["customers"].tolist() == [1, 1, 1, 1]


def test_full_reduction_changes_nothing(fake, scenario):
    from tiersim.runs.pieces import WorldPlan

    outcome = fake.replicate(scenario, [WorldPlan("today", "today")], 1, 0)[0]
    kept = reduce_tables(outcome.tables, "full")
    for table, columns in outcome.tables.items():
        assert list(kept[table]) == list(columns)
        assert all(np.array_equal(kept[table][name], values) for name, values in columns.items())


def test_stacking_in_pieces_is_stacking_at_once():
    parts = [(r, {"t": {"x": np.arange(r + 1) * 1.5}}) for r in range(4)]
    whole = stack(parts)["t"]
    joined = join([stack(parts[:1]), stack(parts[1:])])["t"]
    assert whole["replication"].tolist() == [0, 1, 1, 2, 2, 2, 3, 3, 3, 3]
    assert all(np.array_equal(whole[name], joined[name]) for name in whole)
