"""Portfolios: the customers of one manager, who go into an arm together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.experiment.lots.draws import ARM, uniform
from tiersim.scenario.schema import Scenario


def ratios(scenario: Scenario) -> npt.NDArray[np.float64]:
    """Customers of one manager by tier under the plan; infinite where a tier has no manager of its own."""
    found = []
    for tier in scenario.tiers.values():
        ratio = tier.customers_per_manager
        found.append(float(ratio) if isinstance(ratio, (int, float)) else np.inf)
    return np.array(found)


def portfolios(
    birth: npt.NDArray[Any],
    tier: npt.NDArray[Any],
    region: npt.NDArray[Any],
    ratio: npt.NDArray[np.float64],
    seed: int,
    replication: int,
) -> npt.NDArray[np.int64]:
    """Code of each customer's portfolio, shape (n,).

    Within a tier and region customers come to managers in the order of a lot, as many to each as the ratio
    says; where a tier has no manager of its own, all of its customers of a region are one portfolio.
    """
    u = uniform(birth, seed, replication, ARM + 8)
    code = np.zeros(birth.size, np.int64)
    place = tier.astype(np.int64) * (int(region.max(initial=0)) + 1) + region
    order = np.lexsort((u, place))
    edges = np.flatnonzero(np.diff(place[order])) + 1
    number = 0
    for members in np.split(order, edges):
        if members.size == 0:
            continue
        each = ratio[int(tier[members[0]])]
        teams = max(1, round(members.size / each)) if np.isfinite(each) else 1
        code[members] = number + np.arange(members.size) * teams // members.size
        number += teams
    return code
