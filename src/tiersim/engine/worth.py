"""What a newcomer is expected to bring: discounted gross margin under today's care, by time since entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.clock import discount_factors
from tiersim.engine.hazard import term_of, yearly_hazard
from tiersim.engine.past import Solved
from tiersim.engine.prepare import expected_revenue
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

HORIZONS = (13, 26, 52, 104, 156, 260)
"""Weeks from entry over which margin is summed up."""

_BATCH = 4096


def discounted_margin(
    scenario: Scenario,
    values: dict[str, float],
    solved: Solved,
    state: dict[str, Array],
    share: Array,
    lasts: int,
) -> npt.NDArray[np.float64]:
    """Expected discounted margin of each newcomer until `HORIZONS`, currency units, shape (horizons, n).

    At its first share of wallet and satisfaction, without season, market growth and waves of demand; who has
    left brings nothing. The discount is to the day of entry.

    Parameters
    ----------
    state : of the newcomers, shape (..., n).
    share : first-order discount of each, taken off in its first `lasts` weeks.
    """
    n = state["birth"].size
    out = np.zeros((len(HORIZONS), n))
    weeks = np.arange(HORIZONS[-1])
    worth = discount_factors(scenario.money.discount_rate, HORIZONS[-1])[: HORIZONS[-1]]
    revenue = expected_revenue(state, values["population.basket_noise"]) * WEEK_OF_YEAR
    z, content = state["frailty"].astype(float), state["content"].astype(float)
    hazard = yearly_hazard(scenario, values, solved.hazard, z, content)
    term, bankrupt = term_of(scenario), values["churn.bankruptcy"] * WEEK_OF_YEAR
    # Weeks whose hazard counts: with contracts those of whole terms that have ended.
    exposed = weeks if term is None else weeks // round(term) * round(term)
    ends = np.array(HORIZONS) - 1
    for low in range(0, n, _BATCH):
        part = slice(low, min(low + _BATCH, n))
        stays = np.exp(-WEEK_OF_YEAR * np.outer(hazard[part], exposed) - bankrupt * weeks)
        margin = state["margin"][part].astype(float)[:, None] - np.outer(share[part], weeks < lasts)
        running = np.cumsum(stays * margin * worth, axis=1)
        out[:, part] = (running[:, ends] * revenue[part, None]).T
    return out
