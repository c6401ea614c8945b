"""Two to six policies: sums, chances and the axis agree with what the worlds' ledgers say."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import tiersim as ts
from tiersim.evaluation.policies import PolicyFindings, policy_findings
from tiersim.runs.comparison import Comparison
from tiersim.runs.errors import RunError
from tiersim.runs.worlds import groups_of

CHANGES = {"customers": 150, "horizon": "1 year", "run_out": "26 weeks"}


@cache
def made() -> tuple[Comparison, PolicyFindings]:
    comparison = ts.compare(ts.load("machinery").override(CHANGES), replications=6, progress=False)
    return comparison, policy_findings(comparison)


def test_gains_are_differences_of_the_ledgers() -> None:
    comparison, found = made()
    first = comparison.worlds[0]
    for row in found.policies:
        frame = comparison.run(row.label).ledger
        total = frame.groupby("replication", observed=True)["pv"].sum()
        base = comparison.run(first).ledger.groupby("replication", observed=True)["pv"].sum()
        assert row.gain.mean == pytest.approx(float((total - base).mean()), abs=0.005)
        cents = frame["cents"].sum() - comparison.run(first).ledger["cents"].sum()
        assert row.cash[-1] == pytest.approx(cents / 100 / comparison.replications, abs=0.005)


def test_the_best_is_counted_outcome_by_outcome() -> None:
    comparison, found = made()
    npv = np.array([comparison.run(label).npv() for label in comparison.worlds])
    winners = npv.argmax(axis=0)
    for k, row in enumerate(found.policies):
        assert row.p_best == pytest.approx(np.mean(winners == k))
        assert row.missed == pytest.approx(float((npv.max(axis=0) - npv[k]).mean()))
    assert sum(row.p_best for row in found.policies) == pytest.approx(1.0)
    for pair in found.pairs:
        a, b = (comparison.worlds.index(x) for x in (pair.a, pair.b))
        assert pair.p_above == np.mean(npv[a] > npv[b])


def test_one_policy_under_two_names_is_said_to_be_the_same() -> None:
    scenario = ts.load("machinery").override(CHANGES)
    comparison = ts.compare(scenario, ["uniform", scenario], replications=4, progress=False)
    assert len(comparison.worlds) == 4, "a policy that is there already is no further world"
    found = policy_findings(comparison)
    twins = [row for row in found.policies if row.same_as is not None]
    assert [row.same_as for row in twins] == ["tiered"]
    assert found.best is not found.runner_up and found.runner_up.same_as is None
    assert sum(row.p_best for row in found.policies) == pytest.approx(1.0)


def test_more_than_one_axis_holds_is_refused() -> None:
    scenario = ts.load("machinery").override(CHANGES)
    comparison = ts.compare(scenario, [scenario] * 4, replications=4, progress=False)
    with pytest.raises(RunError, match="2 to 6 policies side by side; got 7"):
        policy_findings(comparison)


def test_worlds_of_several_scenarios_have_names_of_their_own() -> None:
    scenario = ts.load("machinery")
    labels = [world.label for _, worlds in groups_of(scenario, [scenario, scenario]) for world in worlds]
    assert len(labels) == len(set(labels)) == 5
