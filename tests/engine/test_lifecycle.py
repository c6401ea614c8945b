"""Stages of life in a world: off is absent, rows balance, strategies reach the stage they are for."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import differing, everyone, final, scenario

import tiersim as ts
from tiersim.engine.mechanisms.lifecycle import GONE, NEW, true_stages
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.evaluation.lifecycle import accuracy, confusion, stage_shares, transitions
from tiersim.policy.lifecycle import observed_stages
from tiersim.policy.vocabulary import CHANNELS
from tiersim.runs.columns import SPEC
from tiersim.runs.errors import RunError
from tiersim.runs.record_at_start import start_record
from tiersim.scenario.targets import STAGES

LIFE = {"lifecycle": {}, "customers": 150, "horizon": "12 months", "run_out": "3 months"}
FOR_GROWTH = {"strategies__nurturing__stages": ["growth"]}
DIRTY = {"data": {"wrong": {"value": 0.3, "source": "test", "grade": "assumed"}}}


def world(policy="tiered", kind=Simulation, name="machinery", **changes):
    s = scenario(name, **{**LIFE, **changes})
    start = prepare(s, 1, 0)
    return s, start, *final(s, start, everyone(policy), kind=kind)


def rows(tables):
    table = tables["lifecycle"]
    out = np.zeros((4, NEW + 1, NEW, NEW), np.int64)
    for quarter, start, to, true, count in zip(
        *(table[k] for k in ("quarter", "from_stage", "to_stage", "true_stage", "customers")), strict=True
    ):
        out[quarter, start, to, true] += count
    return out


# -- off, and on without a strategy that asks for it ------------------------------------------------


@pytest.mark.parametrize("name", ["machinery", "retail"])
def test_off_is_as_if_it_had_never_been_written(name):
    *_, plain = world(name=name, lifecycle=None)
    *_, off = world(name=name, mechanisms__lifecycle=False)
    *_, on = world(name=name)
    assert differing(plain, off) == []
    assert set(on) - set(off) == {"lifecycle"}
    on.pop("lifecycle")
    assert differing(plain, on) == []


def test_switched_off_a_strategy_for_a_stage_reaches_nobody():
    *_, off = world(**FOR_GROWTH, mechanisms__lifecycle=False)
    *_, without = world(lifecycle=None, policies__tiered__strategies={"nurturing": False})
    assert differing(off, without) == []


# -- what is told -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["machinery", "retail"])
@pytest.mark.parametrize("confirm", [1, 2])
def test_rows_of_transitions_balance(name, confirm):
    s, _, memory, tables = world(name=name, lifecycle={"confirm": confirm}, run_out="0 weeks")
    found = rows(tables).sum(axis=3)
    assert found[0, :GONE].sum() == s.customers
    for quarter in range(1, 4):
        assert found[quarter, :GONE].sum(axis=1).tolist() == found[quarter - 1, :, :GONE].sum(axis=0).tolist()
    assert (found[:, GONE, GONE] == 0).all()
    n = int(memory["clock"][1])
    known = (memory["known"][:n] == 1) & (memory["entry_week"][:n] < 52)
    assert found[3, :, :GONE].sum() == known.sum()
    assert (
        found[3, :, :GONE].sum(axis=0).tolist()
        == np.bincount(memory["stage"][:n][known], minlength=GONE)[:GONE].tolist()
    )


class Constructed(Simulation):
    """The first customers get pasts of our own making at the end of the third quarter."""

    def _close_quarter(self, week, quarter):
        if quarter == 2:
            m = self.memory
            m["entry_week"][:6] = (-300, -300, -300, 39 - 20, -300, -300)
            m["alive"][:6] = m["known"][:6] = 1
            m["last_order"][:6] = week
            for name, amount in (("spend_ring", 1000.0), ("orders_ring", 3), ("expected_ring", 10.0)):
                m[name][:, :6] = amount
            now = [(quarter - ago) % 17 for ago in range(4)]
            m["spend_ring"][now, 0] = 1200.0
            m["spend_ring"][now, 1] = 800.0
            m["orders_ring"][[(quarter - 4 - ago) % 10 for ago in range(4)], 5] = 0  # no base to speak of
            m["spend_ring"][now, 5] = 9000.0
            m["leaving"][4], m["leave_week"][4] = 1, 1000
        super()._close_quarter(week, quarter)
        if quarter == 2:
            self.told = self.memory["stage"][:6].copy()
            self.true = true_stages(self.memory, np.arange(6), 39, self.scenario.lifecycle)


def test_constructed_pasts_have_the_stages_of_the_rule():
    s = scenario(**LIFE)
    simulation = Constructed(s, prepare(s, 1, 0), everyone("today"), 1, 0)
    with np.errstate(under="ignore"):
        simulation.run()
    told = [STAGES[code] for code in simulation.told]
    assert told == ["growth", "decline", "maturity", "introduction", "maturity", "maturity"]
    # The quarter's own figure of what is expected is written anew at its end, so only these two are certain.
    assert STAGES[simulation.true[3]] == "introduction"
    assert STAGES[simulation.true[4]] == "decline"


def test_the_start_is_told_from_the_past_with_the_errors_of_the_data():
    for changes in ({}, DIRTY):
        s, start, *_ = world(**changes)
        simulation = Simulation(s, start, everyone("today"), 1, 0)
        seen = start_record(s)
        assert (
            simulation.memory["stage"][: s.customers] == observed_stages(seen.observed, s.lifecycle)
        ).all()


def test_errors_of_the_data_are_seen_as_stages_but_change_no_truth():
    clean, dirty = (rows(world("today", **changes)[3]) for changes in ({}, DIRTY))
    assert clean.sum(axis=(1, 2)).tolist() == dirty.sum(axis=(1, 2)).tolist()
    assert (clean != dirty).any()


# -- strategies for a stage --------------------------------------------------------------------------


class Doses(Simulation):
    """Looks at the dose of training in every week."""

    def _pay(self, week, offset):
        super()._pay(week, offset)
        m, n = self.memory, int(self.memory["clock"][1])
        given = m["dose"][CHANNELS.index("training"), :n] > 0
        of_b = m["tier_now"][:n] == list(self.scenario.tiers).index("B")
        grows = self.slots.segments.value(m["segment"][:n], "stage") == STAGES.index("growth")
        assert (m["stage"][:n] == self.slots.segments.value(m["segment"][:n], "stage")).all()
        if not self.run_out:
            assert given.any() and (given <= (of_b & grows)).all()
            assert (given == (of_b & grows))[m["tier_now"][:n] < self.tiers - 1].all()
        else:
            assert not given.any()


def test_a_strategy_reaches_exactly_the_customers_of_its_stage():
    world(kind=Doses, **FOR_GROWTH)


def test_what_a_group_wants_counts_the_customers_of_the_stage():
    *_, every = world(budget__yearly="CNY 1 bn / year")
    s, _, _, some = world(budget__yearly="CNY 1 bn / year", **FOR_GROWTH)
    group = list(s.budget.split).index("B")
    money = [
        tables["funds"]["strategies"][tables["funds"]["group"] == group].sum() for tables in (every, some)
    ]
    assert 0 < money[1] < money[0]


# -- what is read from it ----------------------------------------------------------------------------


def test_pivot_shares_and_accuracy_come_from_the_same_rows():
    s = scenario(**LIFE)
    run = ts.simulate(s, replications=2, workers=1, progress=False)
    assert set(run.lifecycle["to_stage"].cat.categories) >= set(STAGES)
    assert set(run.data["lifecycle"]) == set(SPEC["lifecycle"])
    matrix = transitions(run)
    used = matrix.dropna(how="all")
    assert used.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert stage_shares(run).sum(axis=1).to_numpy() == pytest.approx(1.0)
    whole = transitions(run, shares=False).to_numpy()[:, :GONE].sum()
    assert confusion(run).to_numpy().sum() == pytest.approx(whole)
    right = accuracy(run)
    hits = run.lifecycle[run.lifecycle["to_stage"].astype(str) == run.lifecycle["true_stage"].astype(str)]
    here = run.lifecycle[run.lifecycle["to_stage"] != "gone"]["customers"].sum()
    assert right.right == pytest.approx(hits[hits["to_stage"] != "gone"]["customers"].sum() / here)
    without = ts.simulate(scenario(customers=20, lifecycle=None), replications=1, workers=1, progress=False)
    with pytest.raises(RunError, match="lifecycle"):
        _ = without.lifecycle
