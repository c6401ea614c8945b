"""Strategies for a part of a tier: who is reached, what it costs, and who is left as before."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worlds import ALL_FROZEN, differing, everyone, final, same, scenario

import tiersim.engine.world as world_module
from tiersim.engine.accounts import ACCOUNTS
from tiersim.engine.mechanism import Mechanism
from tiersim.engine.prepare import prepare
from tiersim.engine.world import Simulation
from tiersim.policy.vocabulary import CHANNELS
from tiersim.scenario.targets import TOLD_BY

LONG = {"customers": 120, "horizon": "12 months"}
WARNED = {"strategies.nurturing.warned": True}


@pytest.fixture
def warns(monkeypatch):
    """Warnings are told, and given out by a plan: {week: {place: value}}; -1 is before the first week."""
    plan: dict[int, dict[int, int]] = {}

    class Warnings(Mechanism):
        @staticmethod
        def is_on(scenario):
            return True

        def seated(self, memory, first, last, week):
            if first == 0:
                self.begin_week(memory, -1, False)

        def begin_week(self, memory, week, run_out):
            for place, value in plan.get(week, {}).items():
                self.parts.segments.write(memory, "warned", np.array([place]), value)
            return False

    monkeypatch.setitem(TOLD_BY, "warned", "rating")
    monkeypatch.setattr(world_module, "MECHANISMS", (Warnings,))
    return plan


def world(policy="tiered", kind=Simulation, **changes):
    s = scenario(**{**LONG, **{key.replace(".", "__"): value for key, value in changes.items()}})
    start = prepare(s, 1, 0)
    return s, start, *final(s, start, everyone(policy), kind=kind)


def test_a_strategy_for_nobody_is_as_if_it_were_not_run(warns):
    *_, memory, confined = world(**WARNED)
    assert memory["segment"].max() == 0
    *_, without = world(**{"policies.tiered.strategies": {"nurturing": False}})
    assert differing(confined, without) == []


def test_a_strategy_for_everybody_is_as_if_it_were_not_confined(warns):
    warns[-1] = dict.fromkeys(range(120), 1)
    no_arrivals = {"mechanisms.arrivals": False}
    *_, memory, confined = world(**WARNED, **no_arrivals)
    assert memory["segment"][: memory["clock"][1]].all()
    *_, plain = world(**no_arrivals)
    assert differing(confined, plain) == []


class Watched(Simulation):
    """Looks at doses before and after the mechanisms of each week, and adds money up by segment."""

    def _pay(self, week, offset):
        m, n, tables = self.memory, int(self.memory["clock"][1]), self.slots.tables
        package = m["cell"][:n].astype(int) * tables.segments + m["segment"][:n]
        paid = m["paid_for"][:n] == 1
        self.seen = getattr(self, "seen", [])
        weekly = tables.spend_rate[package][paid].sum()
        super()._pay(week, offset)
        cents = int(m["post"][ACCOUNTS.index("strategies"), offset].sum())
        assert cents == -round(100 * weekly), week
        by_part = [tables.spend_rate[package][paid & (m["segment"][:n] == k)].sum() for k in range(2)]
        assert sum(by_part) == pytest.approx(weekly)
        assert self.payments.spend.min() >= 0.0
        self.seen.append((cents, by_part))
        dose, effect = m["dose"][:, :n].copy(), m["effect"][:, :n].copy()
        self.seats.set_doses(0, n)
        assert same(dose, m["dose"][:, :n]) and same(effect, m["effect"][:, :n])


@pytest.mark.parametrize("policy", ["today", "uniform", "tiered"])
def test_money_by_segment_adds_up_to_the_strategies_account_to_the_cent(warns, policy):
    seen = []

    class Kept(Watched):
        def run(self):
            try:
                return super().run()
            finally:
                seen.extend(self.seen)

    for week in range(1, 52, 3):
        warns[week] = {(7 * week + k) % 100: (week + k) % 2 for k in range(9)}
    *_, tables = world(policy, Kept, **WARNED)
    ledger = tables["ledger"]
    mine = ledger["account"] == ACCOUNTS.index("strategies")
    assert ledger["cents"][mine].sum() == sum(cents for cents, _ in seen)
    if policy == "tiered":
        assert any(part[1] > 0 for _, part in seen)


def _doses_around(week, **changes):
    """Doses and effects of all before and after the mechanisms of a week, and rates of spending."""
    held = {}

    class Around(Simulation):
        def _replan(self, at, begin):
            super()._replan(at, begin)
            if at > week:
                return
            n = int(self.memory["clock"][1])
            held["before"] = {k: self.memory[k][:, :n].copy() for k in ("dose", "effect")}
            held["spend"] = self.payments.spend.sum()

        def _pay(self, at, offset):
            super()._pay(at, offset)
            if at == week:
                n = int(self.memory["clock"][1])
                held["after"] = {k: self.memory[k][:, :n].copy() for k in ("dose", "effect")}
                held["change"] = self.payments.spend.sum() - held["spend"]
                held["rate"] = self.slots.tables.spend_rate.copy()
                held["cell"] = self.memory["cell"][:n].copy()

    world("tiered", Around, **changes)
    return held


def test_only_the_doses_of_whoever_changes_change(warns):
    s, start, *_ = world(**WARNED)
    tier = start.state["tier_now"][:120]
    place = int(np.flatnonzero(tier == list(s.tiers).index("B"))[3])
    warns[4] = {place: 1}
    held = _doses_around(4, **WARNED)
    for name in ("dose", "effect"):
        a, b = held["before"][name][:, :120], held["after"][name][:, :120]  # founders
        others = np.arange(a.shape[1]) != place
        assert same(a[:, others], b[:, others])
    training = CHANNELS.index("training")
    assert held["before"]["dose"][training, place] == 0.0 < held["after"]["dose"][training, place]
    package = 2 * int(held["cell"][place])
    assert held["change"] == pytest.approx(held["rate"][package + 1] - held["rate"][package])
    assert held["change"] > 0.0


def test_with_frozen_channels_one_customers_segment_changes_one_customer(warns):
    frozen = {**ALL_FROZEN, **WARNED, "mechanisms.arrivals": False}
    s, start, *_ = world(**frozen)
    tier = start.state["tier_now"][:120]
    b = np.flatnonzero(tier == list(s.tiers).index("B"))
    warns[-1] = {int(place): 1 for place in b[:5]}  # so that the strategy is funded at all
    _, _, before, _ = world(**frozen)
    who = int(b[8])
    warns[6] = {who: 1}
    _, _, after, _ = world(**frozen)
    n = int(before["clock"][1])
    assert n == int(after["clock"][1])
    changed = np.zeros(n, bool)
    for name in ("carried", "wallet", "content", "wave", "spend_ring", "alive", "segment"):
        a, b_ = (np.atleast_2d(m[name])[:, :n] for m in (before, after))
        changed |= (a != b_).any(axis=0)
    assert before["birth"][:n][changed].tolist() == [start.state["birth"][who]]


def test_uniform_care_spreads_a_strategys_money_over_all_whatever_their_segment(warns):
    warns[3] = dict.fromkeys(range(60), 1)
    *_, confined = world("uniform", **WARNED)
    *_, plain = world("uniform")
    assert differing(confined, plain) == []
