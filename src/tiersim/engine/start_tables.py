"""Tables of a run that are the same in all worlds: customers of the start, their margin, drawn values."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.hazard import expected_churn
from tiersim.engine.layout import SPEND_QUARTERS
from tiersim.engine.parameters import Draw
from tiersim.engine.past import Solved
from tiersim.population import lorenz
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


def start_tables(
    scenario: Scenario,
    values: dict[str, float],
    solved: Solved,
    state: dict[str, Array],
    ring: int,
    revenue: Array,
) -> dict[str, dict[str, Array]]:
    """Customers of the start by tier, and how their margin is spread.

    Parameters
    ----------
    ring : place of the last quarter in the rings of the state.
    revenue : expected revenue of a year of each customer.
    """
    tiers = len(scenario.tiers)
    margin = revenue * state["margin"]
    tier = state["tier0"]
    loss = expected_churn(
        scenario,
        values,
        solved.hazard,
        state["frailty"].astype(float),
        state["content"].astype(float),
        state["leaving"],
    )

    def by_tier(weights: Array) -> npt.NDArray[np.float64]:
        return np.bincount(tier, weights, tiers).astype(float)

    n = np.bincount(tier, minlength=tiers).astype(float)
    many = np.maximum(n, 1.0)
    trailing = state["spend_ring"].astype(float)
    last_year = [(ring - ago) % SPEND_QUARTERS for ago in range(4)]
    share_customers, share_profit = lorenz(margin)
    return {
        "start": {
            "tier": np.arange(tiers, dtype=np.int8),
            "customers": n,
            "revenue_year": by_tier(revenue),
            "margin_year": by_tier(margin),
            "revenue_trailing": by_tier(trailing[last_year].sum(axis=0) / 100.0),
            "expected_churn": by_tier(loss) / many,
            "true_satisfaction": by_tier(state["content"].astype(float)) / many,
        },
        "lorenz": {"share_customers": share_customers, "share_profit": share_profit},
    }


def draw_tables(draw: Draw) -> dict[str, dict[str, Array]]:
    """The parameter draw."""
    return {
        "draws": {
            "path": np.arange(len(draw.paths), dtype=np.int16),
            "u": draw.u,
            "value": np.array([draw.values[path] for path in draw.paths]),
        }
    }
