"""Ciw: one node with a priority class for each tier, fed with the stream's own times."""

from __future__ import annotations

import ciw
import numpy as np

from benchmarks.law import TIERS
from benchmarks.tickets import Ints, Stream


def serve(stream: Stream) -> Ints:
    """Seconds that each request waits."""
    arrivals, services = {}, {}
    places = {name: np.flatnonzero(stream.tier == t) for t, name in enumerate(TIERS)}
    for name, place in places.items():
        gaps = np.diff(stream.ready[place], prepend=0)
        # A sequence begins again at its end, so that one which ends must say that nobody comes any more.
        arrivals[name] = [ciw.dists.Sequential([*gaps.tolist(), float("inf")])]
        services[name] = [ciw.dists.Sequential(stream.work[place].tolist() or [0])]
    network = ciw.create_network(
        arrival_distributions=arrivals,
        service_distributions=services,
        priority_classes={name: t for t, name in enumerate(TIERS)},
        number_of_servers=[stream.people],
    )
    simulation = ciw.Simulation(network)
    # Later than the last end, whatever the order: all have come, and one person alone has done all the work.
    simulation.simulate_until_max_time(int(stream.ready.max(initial=0) + stream.work.sum()) + 1)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in TIERS}
    for record in simulation.get_all_records():
        found[record.customer_class].append((record.arrival_date, record.waiting_time))
    waits = np.full(len(stream), -1, np.int64)
    for name, place in places.items():
        times = sorted(found[name])
        waits[place[: len(times)]] = [round(wait) for _, wait in times]
    return waits
