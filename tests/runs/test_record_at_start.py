"""The record of a simulated start is the one that the engine rated, and its ids are those of the tables."""

from __future__ import annotations

import numpy as np
import pytest

import tiersim as ts
from tiersim.rating.errors import RatingError
from tiersim.rating.migration import transition_matrix
from tiersim.report.pictures.moving import flows_of
from tiersim.runs.record_at_start import start_record
from tiersim.runs.simulation import simulate

SMALL = {
    "customers": 160,
    "baseline.revenue": "64 m / year",
    "run_out": "13 weeks",
    "budget.yearly": "2 m / year",
}
DIRTY = {"data.wrong": {"value": "20 %", "source": "test", "grade": "assumed"}}


@pytest.fixture(scope="module")
def small() -> ts.Scenario:
    return ts.load("machinery").override(SMALL)


@pytest.fixture(scope="module")
def run(small: ts.Scenario) -> ts.Run:
    return simulate(small, replications=2, progress=False)


def test_tiers_of_the_record_are_those_of_the_world(small: ts.Scenario, run: ts.Run) -> None:
    for replication in range(2):
        found = start_record(small, 1, replication)
        start = run.start[run.start["replication"] == replication].set_index("tier")["customers"]
        counts = np.bincount(found.rating.tier, minlength=4)
        assert [float(start[name]) for name in small.tiers] == counts.tolist()
        assert len(found.observed) == small.customers and (found.ids == found.observed.birth).all()
        # Who moved first moved out of the tier of the record.
        moves = run.moves[(run.moves["replication"] == replication) & (run.moves["from_tier"] != "new")]
        tier = dict(zip(found.ids.tolist(), found.rating.tier.tolist(), strict=True))
        firsts = moves.drop_duplicates("birth")
        here = firsts[firsts["birth"].isin(list(tier))]
        assert len(here) > 5
        names = list(small.tiers)
        assert all(names[tier[row.birth]] == row.from_tier for row in here.itertuples())


def test_the_company_sees_its_errors(small: ts.Scenario) -> None:
    right, wrong = start_record(small).observed, start_record(small.override(DIRTY)).observed
    differ = (right.spend_12m != wrong.spend_12m) & ~(np.isnan(right.spend_12m) & np.isnan(wrong.spend_12m))
    assert 0.08 < differ.mean() < 0.35 and (right.birth == wrong.birth).all()


def test_a_bound_has_no_rating_of_a_record(small: ts.Scenario) -> None:
    with pytest.raises(RatingError):
        start_record(small.override({"rating.method": "oracle"}))


def test_flows_of_a_run_end_where_its_review_ends(run: ts.Run) -> None:
    """With contracts the company knows who is there: the review of week 52 counts the same customers."""
    found = flows_of(run)
    reviews = run.frame("reviews")
    after = reviews[reviews["week"] == 52].pivot(index="replication", columns="tier", values="customers")
    assert (found.counts.sum(axis=1) + found.joined).tolist() == after[list(found.tiers)].to_numpy().tolist()
    start = run.start.pivot(index="replication", columns="tier", values="customers")
    assert found.start.tolist() == start[list(found.tiers)].to_numpy().tolist()
    assert (found.left >= 0).all() and (found.counts >= 0).all() and (found.unrated >= 0).all()
    chain = transition_matrix(found)
    assert np.allclose(chain.matrix.sum(axis=1) + chain.leave, 1.0)
