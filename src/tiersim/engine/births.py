"""From drawn traits to a customer's state; founders, newcomers from channels and referred ones alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import MAX_LAG, WEEK_OF_YEAR
from tiersim.engine.state import allocate
from tiersim.population import (
    SignalTables,
    TraitTables,
    draw_signals,
    draw_traits,
    potential_share,
    traits,
)
from tiersim.random import fill_words
from tiersim.random.streams import START

Array = npt.NDArray[Any]


class Laws:
    """What decides a customer's traits in one world: tables of the draw and levels of the start."""

    def __init__(
        self,
        tables: TraitTables,
        signals: SignalTables,
        values: dict[str, float],
        mean_size: float,
        term: int | None,
        pairs: int,
    ) -> None:
        self.tables = tables
        self.signals = signals
        self.values = values
        self.mean_size = mean_size  # order rate a year x relative basket
        self.term = term
        self.pairs = pairs
        self.satisfaction = 75.0  # mean of baseline satisfaction
        self.log_scale = 0.0  # money in a basket of relative size 1
        self.margin_shift = 0.0


def customers(
    laws: Laws, birth: Array, entry: Array, seed: int, rep: int, region: Array | None = None
) -> tuple[dict[str, Array], Array]:
    """State of customers born with these ids, and their raw traits (float64, (traits, n)).

    Parameters
    ----------
    birth : ids, uint64, shape (n,).
    entry : first week, shape (n,).
    region : fixed regions (referred customers live where their referrer does), or None to draw them.
    """
    n, values = birth.size, laws.values
    state = allocate(n, laws.pairs, len(laws.signals.names))
    tables = laws.tables
    raw = np.empty((traits.N_TRAITS, n))
    fixed = np.full(n, -1, np.int16) if region is None else region.astype(np.int16)
    state["birth"][:] = birth
    draw_traits(
        state["birth"], seed, rep, tables.grid, tables.loadings, tables.s0, tables.s1, tables.regions,
        tables.industries, tables.channels, fixed, raw, state["region"], state["industry"], state["channel"],
    )  # fmt: skip
    noise = values["population.basket_noise"]
    state["entry_week"][:] = entry
    state["person_week"][:] = entry
    state["order_rate"][:] = raw[traits.ORDER_RATE] * WEEK_OF_YEAR
    state["log_basket"][:] = np.log(np.maximum(raw[traits.BASKET], 1e-30)) + laws.log_scale - noise**2 / 2
    state["margin"][:] = np.clip(raw[traits.MARGIN] + laws.margin_shift, 0.01, 0.95)
    state["lag"][:] = np.clip(raw[traits.PAY], 0, MAX_LAG)
    state["frailty"][:] = raw[traits.FRAILTY]
    state["response"][:] = raw[traits.RESPONSE]
    state["base_satisfaction"][:] = laws.satisfaction + raw[traits.SATISFACTION]
    state["wallet_start"][:] = raw[traits.WALLET]
    state["wallet_potential"][:] = potential_share(raw[traits.WALLET], raw[traits.ROOM])
    state["ticket_rate"][:] = raw[traits.TICKETS] * WEEK_OF_YEAR
    size = np.maximum(raw[traits.ORDER_RATE] * raw[traits.BASKET] / laws.mean_size, 1e-6)
    state["needs"][:] = size ** values["response.needs"]
    state["inverse_needs"][:] = 1.0 / state["needs"]
    state["favour"][:] = size ** values["today.favour"]
    state["favour_needs"][:] = state["favour"] * state["inverse_needs"]
    state["signal"][:] = draw_signals(laws.signals, tables, state["birth"], seed, rep)
    start = [np.empty(n, np.uint32) for _ in range(4)]
    fill_words(state["birth"], 0, START, 0, seed, rep, start[0], start[1], start[2], start[3], n)
    state["wave"][:] = values["population.demand_swing"] * _normals(start[0])
    state["contact_phase"][:] = (start[1].astype(np.float64) + 0.5) * 2.0**-32
    state["wallet"][:] = state["wallet_start"]
    state["content"][:] = np.clip(state["base_satisfaction"], 0.0, 100.0)
    if laws.term is not None:
        # The last week of the first term; the hazard of all its weeks counts.
        state["renew_week"][:] = entry + laws.term - 1
    return state, raw


def _normals(word: Array) -> npt.NDArray[np.float64]:
    from scipy.special import ndtri

    return np.asarray(ndtri((word.astype(np.float64) + 0.5) * 2.0**-32))
