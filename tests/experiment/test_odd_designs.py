"""Designs at the edge run through: an odd customer without partner, waves named by hand, tiers of a pilot."""

from __future__ import annotations

import numpy as np
import pytest

from tiersim.experiment.gates import REASONS
from tiersim.experiment.lots.draw import NO_PART
from tiersim.experiment.run import experiment
from tiersim.experiment.worlds import simulate_worlds
from tiersim.scenario.load import load

SMALL = {"customers": 201, "run_out": "0 weeks", "horizon": "1 year"}
HAND = {"unit": "region", "begins": "26 weeks", "waves": [{"regions": ["East"]}, {"after": "8 weeks",
        "regions": ["South"]}]}  # fmt: skip


def scenario(design, **more):
    return load("machinery", {**SMALL, "experiment": design, **more})


def test_a_rollout_whose_waves_are_named_has_no_interval_by_lot():
    done = experiment(scenario(HAND))
    _, found = done.estimate(answer="staggered")
    assert found.ok and np.isfinite(found.value) and np.isnan(found.low)
    assert done.estimate()[0] == "staggered", "no model stands in for the lot that was not drawn"
    assert done.verdict().verdict == "hold"
    assert REASONS[done.verdict().reason] == "no estimate with a range"


def test_the_odd_one_of_pairs_lives_on_under_the_control():
    worlds = simulate_worlds(scenario({"lot": {"how": "pairs", "by": ["tier"]}}), 1, 0)
    lot = worlds.lot
    left = lot.birth[lot.arm == NO_PART]
    assert left.size == 1 + 2 * (left.size // 2), "201 customers: an odd number is left over"
    run = worlds.run.panel
    at = np.searchsorted(run.birth, left)
    there = run.known[-1, at]
    assert there.any() and (run.sums["cost"][-1, at][there] > 0).all()
    # The others' halves are as even as pairs are.
    assert (worlds.lot.arm == 1).sum() == (worlds.lot.arm == 0).sum() == (201 - left.size) / 2


@pytest.mark.parametrize("design", [
    {"who": {"tiers": ["B"]}},
    {"unit": "region", "begins": "13 weeks", "lot": {"number": 2}, "who": {"tiers": ["B"]}},
])  # fmt: skip
def test_a_test_of_nothing_changes_nothing(design):
    """The control against itself: the run, nobody treated and all treated are one world, newcomers too."""
    same = {"arms": {"control": "today", "treated": "today"}}
    worlds = simulate_worlds(scenario(design | same), 1, 0)
    for twin in worlds.everybody:
        assert twin.ledger["cents"].sum() == worlds.none.ledger["cents"].sum()
        assert np.array_equal(twin.panel.sums["orders"], worlds.none.panel.sums["orders"], equal_nan=True)
    run = worlds.run.panel
    assert np.array_equal(run.birth, worlds.none.panel.birth)
    assert np.array_equal(run.sums["orders"], worlds.none.panel.sums["orders"], equal_nan=True)
    # Its own world ends with the experiment.
    quarters = worlds.design.stop // 13
    run_cents, none_cents = (
        twin.ledger["cents"][twin.ledger["order_quarter"] < quarters].sum()
        for twin in (worlds.run, worlds.none)
    )
    assert run_cents == none_cents != 0
