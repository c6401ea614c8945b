"""A policy fixed at the start: who gets which care, who serves whom, which money pays for whom.

`tiersim.policy.laying` lays it out, `tiersim.policy.plan` counts it for some customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from tiersim.policy.campaigns import Offers
from tiersim.policy.care import Care, Census


@dataclass(frozen=True)
class Fund:
    """Innovation fund: yearly cap, and the strategies that it pays in all tiers."""

    cap: float
    strategies: frozenset[str]


@dataclass(frozen=True)
class Layout:
    """A policy fixed at the start: packages, who serves whom, which money pays for whom.

    `care` by tier (newcomers last); `pools`: (name, tiers, care); `groups`: (name, tiers, yearly cap, numbers
    of the pools it pays, in order); ``wishes[tier][strategy]``: money a head and year at the wanted dose;
    ``offers[tier]``: campaigns, none under informal care; ``reach[strategy]``: whether it is for each
    segment (all, where it does not stand there); `promised`: money a head and year by tier that points and
    benefits of levels are expected to take; `fund`: money kept aside from the groups.
    """

    care: list[Care]
    pools: list[tuple[str, tuple[int, ...], Care]]
    groups: list[tuple[str, tuple[int, ...], float, tuple[int, ...]]]
    wishes: list[dict[str, float]]
    offers: Offers = field(default_factory=list)
    reach: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    promised: tuple[float, ...] = ()
    fund: Fund | None = None

    @property
    def aside(self) -> frozenset[str]:
        """Strategies that the innovation fund pays, in all tiers."""
        return self.fund.strategies if self.fund else frozenset()

    def pool_of(self, tier: int) -> int:
        """Number of the pool that serves a tier (or newcomers)."""
        return next(i for i, (_, tiers, _) in enumerate(self.pools) if tier in tiers)

    def group_of(self, tier: int) -> int | None:
        """Number of the budget group of a tier; None under informal care."""
        return next((i for i, (_, tiers, _, _) in enumerate(self.groups) if tier in tiers), None)

    def without(self, resting: frozenset[str]) -> Layout:
        """The same while some strategies do not run."""
        if not resting:
            return self
        wishes = [{k: money for k, money in tier.items() if k not in resting} for tier in self.wishes]
        return replace(self, wishes=wishes)

    def wishes_in(self, tier: int, segment: int) -> dict[str, float]:
        """Money a head and year for the strategies that reach a segment of a tier."""
        wishes = self.wishes[tier]
        return {k: money for k, money in wishes.items() if k not in self.reach or self.reach[k][segment]}

    def wanted(self, census: Census, tier: int, of_fund: bool = False) -> float:
        """Yearly money that strategies of a tier want, those of its group or those of the innovation fund.

        Every strategy is for all of the tier where nobody counted parts of it.
        """

        def sum_of(wishes: dict[str, float]) -> float:
            return sum(money for name, money in wishes.items() if (name in self.aside) == of_fund)

        if census.by_segment is None:
            return float(census.customers[tier]) * sum_of(self.wishes[tier])
        counted = enumerate(census.by_segment[tier])
        return sum(float(n) * sum_of(self.wishes_in(tier, segment)) for segment, n in counted)
