"""No request is lost, answered twice or worked on by two, whatever the routing; Little's law on every run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.routings import Ledger, play, routing

from tiersim.desk.compiled import CompiledDesk
from tiersim.desk.process import SimpyDesk

ENGINES = [SimpyDesk, CompiledDesk]


@pytest.mark.parametrize("engine", ENGINES)
@given(seed=st.integers(0, 2**32 - 1), weeks=st.integers(1, 5))
def test_nothing_is_lost_and_nothing_happens_twice(engine, seed, weeks):
    plan = routing(seed, weeks)
    play(engine(plan.rules), plan, Ledger().week)


@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_is_lost_where_work_is_interrupted_or_chosen(seed):
    plan = routing(seed, 3)
    last = lambda waiting, person, second: waiting[-1]
    play(SimpyDesk(plan.rules, choose=last, preempt_grave=True), plan, Ledger().week)
