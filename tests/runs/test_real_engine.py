"""The same promises with the real engine, on a base small enough for every push."""

from __future__ import annotations

import pytest

from tiersim.runs import compare, load_run, simulate, verify
from tiersim.runs.columns import OPTIONAL, SPEC
from tiersim.runs.content import content_hash, tidy
from tiersim.runs.pieces import WorldPlan
from tiersim.runs.simulation import run_worlds
from tiersim.scenario.load import load, override

ONLY_COUNTED = {"quarter", "customers"}
"""Columns that moves have only once they are counted."""

NOT_ALWAYS = {"desk": {"answer_p90_hours", "solve_p90_hours"}}
"""Columns that are unknown where nothing was answered or solved."""


@pytest.fixture(scope="module")
def small():
    bare = {"warning": None, "win_back": None, "lifecycle": None}
    return load("machinery", {"customers": 120, "horizon": "1 year", "run_out": "6 months", **bare})


def test_tables_of_the_engine_are_those_described(small):
    # Tables of mechanisms are there where the scenario has them.
    flood = {"begins": "3 months", "regions": ["East"], "satisfaction": -5}
    run = simulate(override(small, {"shocks.flood": flood}), replications=2, workers=1)
    assert set(run.data) == set(SPEC) - OPTIONAL | {"shocks"}
    run = simulate(small, replications=2, workers=1)
    assert set(run.data) == set(SPEC) - OPTIONAL
    for table, columns in run.data.items():
        missing = set(SPEC[table]) - set(columns)
        assert set(columns) <= set(SPEC[table]), table
        assert missing <= (ONLY_COUNTED if table == "moves" else set()), table
        unknown = run.frame(table).isna().any()
        assert set(unknown.index[unknown]) <= NOT_ALWAYS.get(table, set()), table


@pytest.mark.parametrize("customers", [120, 2100])
def test_content_does_not_depend_on_the_number_of_workers(small, customers):
    sized = override(small, {"customers": customers, "market.size": 20_000})
    worlds = [WorldPlan("today", "today"), WorldPlan("tiered", "tiered")]
    count = 12 if customers < 2000 else 5
    one, two = (run_worlds(sized, worlds, count, 3, "sums", workers, False, store=None) for workers in (1, 2))
    for table in one[0].data:
        assert content_hash(tidy(one, table)) == content_hash(tidy(two, table)), table


def test_identical_policies_differ_by_exactly_zero(small):
    twin = override(small, {"policies.twin": {"care": "tiered", "knowledge_base": True}})
    made = compare(twin, "twin", replications=2, workers=1)
    assert (made.difference("twin", "tiered") == 0.0).all()
    assert (made.difference("tiered", "today") != 0.0).any()


def test_another_scenario_on_the_same_customers_starts_from_the_same_world(small):
    other = override(small, {"budget.yearly": "0.3 m / year"})
    made = compare(small, other, replications=2, workers=1)
    added, plan = made.runs["against"], made.runs["tiered"]
    for column, values in plan.data["start"].items():
        assert (added.data["start"][column] == values).all(), column
    assert (made.difference("against", "tiered") != 0.0).any()


def test_sums_of_a_comparison_are_those_of_the_full_run(small):
    made = compare(small, replications=2, workers=1)
    full = simulate(small, "tiered", replications=2, workers=1)
    assert made.runs["tiered"].npv() == pytest.approx(full.npv(), rel=1e-12)
    assert made.runs["tiered"].data["ledger"]["cents"].sum() == full.data["ledger"]["cents"].sum()
    assert made.runs["tiered"].data["moves"]["customers"].sum() == len(full.moves)


def test_a_saved_comparison_is_verified_by_simulating_it_again(small, tmp_path):
    folder = compare(small, replications=4, workers=2).save(tmp_path / "run")
    found = verify(folder, workers=1)
    assert found.ok, str(found)
    assert load_run(folder).replications == 4
