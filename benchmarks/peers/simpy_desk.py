"""SimPy as its users write a desk: a source, a process per request, and a `PriorityResource`."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from benchmarks.tickets import Ints, Stream

Course = Generator[simpy.Event, None, None]


def request(
    env: simpy.Environment, desk: simpy.PriorityResource, number: int, tier: int, work: int, waits: list[int]
) -> Course:
    """A request from its arrival to its end."""
    came = env.now
    with desk.request(priority=tier) as turn:
        yield turn
        waits[number] = int(env.now - came)
        yield env.timeout(work)


def source(env: simpy.Environment, desk: simpy.PriorityResource, stream: Stream, waits: list[int]) -> Course:
    """Lets requests come."""
    columns = (column.tolist() for column in (stream.ready, stream.tier, stream.work))
    for number, (ready, tier, work) in enumerate(zip(*columns, strict=True)):
        yield env.timeout(ready - env.now)
        env.process(request(env, desk, number, tier, work, waits))


def serve(stream: Stream) -> Ints:
    """Seconds that each request waits."""
    env = simpy.Environment()
    waits = [-1] * len(stream)
    env.process(source(env, simpy.PriorityResource(env, capacity=stream.people), stream, waits))
    env.run()
    return np.array(waits, np.int64)
