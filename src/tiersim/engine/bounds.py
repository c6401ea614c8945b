"""Ratings that no company can make: the oracle sees the truth, the lottery sees nothing. Bounds for studies.

The **oracle** ranks customers by what a year of care for them has at stake,

    true yearly margin  x  responsiveness,

with the order rate, the wave of demand and the share of wallet as they are in that week, season apart. Care
lifts a customer's purchases and satisfaction in proportion to its responsiveness, so that this product is
what an equal dose of care moves; margin alone would spend on those whom care does not reach. Room in the
wallet or frailty as further factors make no difference that can be told from chance in the starters. It is an
upper bound of what knowing customers better could bring under the given policy, not the best policy.

The **lottery** gives every customer one uniform number for life: tiers of the same size that mean nothing,
from which nobody ever moves.

Both are cut by the same shares, which become thresholds at the start, and moved by the same rules of review
as any rating. Errors in the data cannot touch them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.confirm import LOTTERY, uniforms
from tiersim.rating import cuts
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest
from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

BOUNDS = ("oracle", "random")
"""Methods of the scenario that are bounds."""


def is_bound(method: str) -> bool:
    """Whether a scenario's method is a bound rather than a rating."""
    return method in BOUNDS


def true_margin(memory: dict[str, Array], slots: Array, noise: float) -> Floats:
    """Expected margin of a year of customers at their present share of wallet, currency units, shape (n,).

    Season and wave of demand are at their mean, and lifts by care are not in it; who has left has none.
    """
    part = {
        name: memory[name][slots].astype(np.float64)
        for name in ("order_rate", "wallet", "wallet_start", "log_basket", "margin")
    }
    rate = part["order_rate"] / WEEK_OF_YEAR * part["wallet"] / part["wallet_start"]
    margin = rate * np.exp(part["log_basket"] + noise**2 / 2) * part["margin"]
    return np.asarray(np.where(memory["alive"][slots] == 1, margin, 0.0))


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound that was fitted at the start; the same face to a review as a rating on the record."""

    kind: Literal["oracle", "random"]
    noise: float
    address: tuple[int, int]
    margin: float
    shares: tuple[float, ...]
    ladder: Floats
    thresholds: Floats

    reads_record = False

    def score(self, memory: dict[str, Array], slots: Array) -> Floats:
        """From 0 to 1, shape (n,): the oracle's rank among the customers of the start, or the lottery's."""
        if self.kind == "random":
            return np.asarray(uniforms(memory["birth"][slots], 0, LOTTERY, *self.address)[0])
        worth = at_stake(memory, slots, self.noise)
        below = np.searchsorted(self.ladder, worth, "left") + np.searchsorted(self.ladder, worth, "right")
        return below / (2.0 * max(self.ladder.size, 1))

    def rate(
        self, memory: dict[str, Array], slots: Array, observed: Observed, current: Array
    ) -> tuple[Array, Array]:
        """Score and tier; moves need the hysteresis margin, as in a rating."""
        score = self.score(memory, slots)
        return score, cuts.hysteresis(score, self.thresholds, current, self.margin)

    def recut(self, memory: dict[str, Array], slots: Array, observed: Observed) -> Bound:
        """The same scores with thresholds that give the stated shares among these customers."""
        return replace(self, thresholds=cuts.thresholds(self.score(memory, slots), self.shares))


def at_stake(memory: dict[str, Array], slots: Array, noise: float) -> Floats:
    """What the oracle ranks by, up to a factor that is the same for all, shape (n,)."""
    now = np.exp(memory["wave"][slots].astype(np.float64))
    return true_margin(memory, slots, noise) * now * memory["response"][slots].astype(np.float64)


def fit_bound(
    scenario: Scenario, memory: dict[str, Array], values: dict[str, float], seed: int, replication: int
) -> Bound:
    """Freeze ranks and thresholds of ``rating.method`` oracle or random on the customers of the start.

    Parameters
    ----------
    memory : state of the customers of the start, n >= 1, all of them rated.
    """
    kind = scenario.rating.method
    if kind not in ("oracle", "random"):
        raise ValueError(f"{kind} is a rating, not a bound")
    slots = np.arange(memory["birth"].size)
    noise = values["population.basket_noise"]
    shares = resolve_rest({name: tier.share for name, tier in scenario.tiers.items()})
    ladder = np.sort(at_stake(memory, slots, noise))
    unfinished = Bound(
        kind, noise, (seed, replication), scenario.rating.hysteresis, tuple(shares.values()), ladder,
        np.zeros(0),
    )  # fmt: skip
    return replace(unfinished, thresholds=cuts.thresholds(unfinished.score(memory, slots), unfinished.shares))
