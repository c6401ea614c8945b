"""What a company knows of its customers beside their purchases: signals that tell of a trait, not exactly.

A signal is 100 Phi(rho z + sqrt(1 - rho**2) e): z is the normal score of what it tells of, e a normal draw of
its own, so that it is uniform from 0 to 100 and its correlation with z, in normal scores, is rho. It is drawn
once at birth and stays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from tiersim.kernel import kernel
from tiersim.population.traits import (
    BASKET,
    FRAILTY,
    ORDER_RATE,
    RESPONSE,
    ROOM,
    SATISFACTION,
    WALLET,
    TraitTables,
)
from tiersim.random.address import text_id, words
from tiersim.random.quantile import ndtri64
from tiersim.random.streams import SIGNAL, TRAIT
from tiersim.random.uniform import u01d

if TYPE_CHECKING:
    from tiersim.scenario.schema import Scenario

_OF = {
    "value": -1,
    "wallet_share": WALLET,
    "wallet_room": ROOM,
    "satisfaction": SATISFACTION,
    "frailty": FRAILTY,
    "responsiveness": RESPONSE,
}


@dataclass(frozen=True)
class SignalTables:
    """The signals of a scenario under one parameter draw, in its order; arrays of shape (signals,).

    Parameters
    ----------
    names : their names.
    of : number of the trait that each tells of, or -1 for customer value.
    correlation : with the normal score of that.
    known : share of customers of whom it is known.
    address : block of each signal's words, from its name: one signal more or less moves no other.
    """

    names: tuple[str, ...]
    of: npt.NDArray[np.int64]
    correlation: npt.NDArray[np.float64]
    known: npt.NDArray[np.float64]
    address: npt.NDArray[np.uint32]


def tabulate_signals(scenario: Scenario, values: Mapping[str, float]) -> SignalTables:
    """Signals of a scenario; `values` are drawn values by dotted path."""
    signals = scenario.population.signals
    drawn = [values[f"population.signals.{name}.correlation"] for name in signals]
    return SignalTables(
        tuple(signals),
        np.array([_OF[signal.of] for signal in signals.values()], np.int64),
        np.array(drawn, np.float64),
        np.array([signal.known for signal in signals.values()], np.float64),
        np.array([text_id(name) & 0xFFFFFFFF for name in signals], np.uint32),
    )


@kernel
def signal_scores(  # type: ignore[no-untyped-def]
    birth, seed, rep, loadings, s0, s1, of, correlation, known, address, out
):
    """Fill `out`, float64 (n,), with the normal score of one signal; nan where it is not known."""
    scale = 1.0 / math.sqrt(s0 * s0 + s1 * s1)
    own = math.sqrt(1.0 - correlation * correlation)
    for i in range(birth.size):
        w = words(seed, rep, birth[i], 0, SIGNAL, address)
        if u01d(w[1]) >= known:
            out[i] = np.nan
            continue
        # Orders and baskets stand in the first block of the traits' words.
        first = words(seed, rep, birth[i], 0, TRAIT, 0)
        z = (s0 * ndtri64(u01d(first[ORDER_RATE])) + s1 * ndtri64(u01d(first[BASKET]))) * scale
        if of >= 0:
            block = words(seed, rep, birth[i], 0, TRAIT, of // 4)
            at = of % 4
            word = block[0] if at == 0 else block[1] if at == 1 else block[2] if at == 2 else block[3]
            c = loadings[of]
            z = c * z + math.sqrt(1.0 - c * c) * ndtri64(u01d(word))
        out[i] = correlation * z + own * ndtri64(u01d(w[0]))


def draw_signals(
    signals: SignalTables, traits: TraitTables, birth: npt.NDArray[np.uint64], seed: int, replication: int
) -> npt.NDArray[np.float64]:
    """Signals of the customers `birth` (shape (n,)), 0 to 100 or nan, shape (signals, n)."""
    out = np.empty((len(signals.names), birth.size))
    for row, of, correlation, known, address in zip(
        out, signals.of, signals.correlation, signals.known, signals.address, strict=True
    ):
        signal_scores(
            birth, seed, replication, traits.loadings, traits.s0, traits.s1, of, correlation, known, address,
            row,
        )  # fmt: skip
    return np.asarray(100.0 * ndtr(out))
