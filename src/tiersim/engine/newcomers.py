"""Customers who come through channels, as many under every policy (R18)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine import births
from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.births import Laws
from tiersim.kernel import kernel
from tiersim.policy.acquisition import wins_customers
from tiersim.random import FROM_CHANNEL, newcomer_id, poisson_inv, u01, words
from tiersim.random.streams import NEWCOMER
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest

Array = npt.NDArray[Any]


@kernel
def arrivals_from_channels(  # type: ignore[no-untyped-def]
    seed, rep, first, last, rate, births_out, week_out, channel_out, region_out, limit
):
    """Poisson arrivals by (channel, region) and week; ids are hashes of their origin (R18)."""
    found = 0
    channels, regions = rate.shape
    for week in range(first, last):
        for c in range(channels):
            for r in range(regions):
                w = words(seed, rep, np.uint64(c * 1000 + r), week, NEWCOMER, 0)
                for k in range(poisson_inv(u01(w[0]), np.float32(rate[c, r]))):
                    if found < limit:
                        births_out[found] = newcomer_id(FROM_CHANNEL, c, r, week, k)
                        week_out[found] = week
                        channel_out[found] = c
                        region_out[found] = r
                    found += 1
    return found


def newcomers(scenario: Scenario, laws: Laws, seed: int, rep: int, yearly: float) -> dict[str, Array]:
    """State of all who come through a channel within the horizon, ordered by week; active a week later.

    Parameters
    ----------
    yearly : how many come in a year on average.
    """
    horizon = round(scenario.horizon)
    shares = resolve_rest(dict(scenario.population.channels))
    if wins_customers(scenario) and scenario.acquisition is not None:
        shares |= dict.fromkeys(scenario.acquisition.channels, 0.0)  # they come from leads
    channels = np.array(list(shares.values()))
    regions = np.array(list(resolve_rest(dict(scenario.population.regions)).values()))
    rate = np.outer(channels, regions) * yearly * WEEK_OF_YEAR
    expected = yearly * WEEK_OF_YEAR * horizon
    limit = int(expected + 10 * math.sqrt(expected) + 100)
    birth, week = np.zeros(limit, np.uint64), np.zeros(limit, np.int64)
    channel, region = np.zeros(limit, np.int8), np.zeros(limit, np.int8)
    found = arrivals_from_channels(seed, rep, 0, horizon, rate, birth, week, channel, region, limit)
    found = min(int(found), limit)
    state, _ = births.customers(laws, birth[:found], week[:found] + 1, seed, rep, region[:found])
    state["channel"][:] = channel[:found]
    return state
