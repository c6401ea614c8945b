"""The record of a simulated world's customers at the start, as its company sees them, with their rating."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiersim.runs.worlds import load_scenario

if TYPE_CHECKING:
    from tiersim.rating import Rating
    from tiersim.scenario.schema import Scenario
    from tiersim.tables.observed import Observed


class StartRecord(NamedTuple):
    """Customers of one replication at week 0.

    Parameters
    ----------
    observed : what the company's systems show of them, errors included.
    rating : by the scenario's own method.
    ids : birth ids, uint64, shape (n,), the same in every world and in the table ``moves``.
    """

    observed: Observed
    rating: Rating
    ids: NDArray[np.uint64]


def start_record(
    scenario: Scenario | str | os.PathLike[str], seed: int = 1, replication: int = 0
) -> StartRecord:
    """Simulate the past of one replication and give the record at the start, for rating and pictures.

    Raises
    ------
    ScenarioError
        The scenario cannot be used.
    RatingError
        Its method reads no record (oracle, random), or cannot rate these customers.
    """
    from tiersim.engine.dirt import spoil
    from tiersim.engine.layout import CLOCK_SIZE, REPLICATION, RING, SEED, N
    from tiersim.engine.observe import observe
    from tiersim.engine.prepare import prepare
    from tiersim.rating import fit

    scenario = load_scenario(scenario)
    start = prepare(scenario, seed, replication)
    clock = np.zeros(CLOCK_SIZE, np.int64)
    clock[[N, RING, SEED, REPLICATION]] = scenario.customers, start.ring, seed, replication
    right, _ = observe(
        {**start.state, "clock": clock}, 0, scenario.population.contract is not None, start.laws.signals.names
    )
    seen = spoil(right, scenario.data, start.draw.values, seed, replication)
    rules = scenario.rating
    method = start.methods[rules.phase] if start.methods else fit(seen, rules, scenario.tiers)
    return StartRecord(seen, method.rate(seen), seen.birth)
