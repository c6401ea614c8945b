"""Two engines written apart from one text agree event for event, and in all that they leave in the table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.desks import course
from tests.desk.routings import play, routing

from tiersim.desk.compiled import CompiledDesk
from tiersim.desk.process import SimpyDesk
from tiersim.desk.rules import EVENTS

ACCOUNTS = ("now", "count", "area", "waited", "busy", "present")


def trace(engine, plan):
    """All that an engine shows of itself after each week."""
    weeks = []

    def look(desk, week, log, kept):
        rows = zip(log.second, log.event, log.job, log.seat, log.band, strict=True)
        weeks.append(
            {
                "log": [
                    (int(t), EVENTS[e], int(job), int(seat), int(band)) for t, e, job, seat, band in rows
                ],
                "kept": None if kept is None else kept.tolist(),
                **{name: np.asarray(getattr(desk, name)).tolist() for name in ACCOUNTS},
                **course(desk),
            }
        )

    play(engine(plan.rules), plan, look)
    return weeks


def same(plan):
    for week, (ours, theirs) in enumerate(
        zip(trace(SimpyDesk, plan), trace(CompiledDesk, plan), strict=True)
    ):
        for number, (mine, other) in enumerate(zip(ours["log"], theirs["log"], strict=False)):
            assert mine == other, f"week {week}, event {number}: {ours['log'][max(0, number - 5) : number]}"
        assert ours.keys() == theirs.keys()
        for name in ours:
            assert ours[name] == theirs[name], f"{name} in week {week}"


@given(seed=st.integers(0, 2**32 - 1), weeks=st.integers(1, 6))
def test_random_routings_go_the_same_way_in_both_engines(seed, weeks):
    same(routing(seed, weeks))


@pytest.mark.slow
def test_many_more_routings_and_larger_ones(lean):
    for seed in range(200 if lean else 5000):
        same(routing(seed, 1 + seed % 6, most_jobs=10 if seed % 3 == 0 else 120))
