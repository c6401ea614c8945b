"""Steps between means over replications: their money and their simulation error."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tiersim.evaluation.statistics import LEVEL, Values, t_quantile


@dataclass(frozen=True, eq=False)
class Level:
    """A headline before it is averaged: one value a replication, shape (replications,), from one seed."""

    seed: int
    values: Values

    def first(self, replications: int) -> Level:
        """The same from its first replications only."""
        return self if replications >= self.values.size else Level(self.seed, self.values[:replications])


Term = tuple[int, Level]
"""A level that is added (1) or taken away (-1)."""


def money_of(terms: Sequence[Term]) -> float:
    """Sum of the means; equal levels with opposite signs cancel to exactly 0."""
    return math.fsum(sign * float(level.values.mean()) for sign, level in terms)


def error_of(terms: Sequence[Term]) -> float | None:
    """Half width of the 95 % t interval of `money_of`; None below 3 replications in one of them.

    Replications 2p and 2p + 1 of one seed share a draw of the assumptions and are a cluster; levels of the
    same seed are paired by it, those of different seeds are independent. With two levels of one seed and size
    this is the error of their paired difference (`tiersim.evaluation.statistics.half_width`). The degrees of
    freedom are those of the smallest level, which errs to the wide side.
    """
    least = min((_draws(level) for _, level in terms), default=2)
    if least < 2:
        return None
    parts: defaultdict[int, list[Values]] = defaultdict(list)
    for sign, level in terms:
        values, draws = level.values, _draws(level)
        weight = sign * math.sqrt(draws / (draws - 1)) / values.size
        shares: Values = weight * (values - values.mean())
        sums = np.bincount(np.arange(values.size) // 2, weights=shares).astype(np.float64)
        parts[level.seed].append(sums)
    total = 0.0
    for own in parts.values():
        longest = max(part.size for part in own)
        whole = sum(np.pad(part, (0, longest - part.size)) for part in own)
        total += float(np.sum(np.square(whole)))
    return t_quantile(0.5 + LEVEL / 2, least - 1) * math.sqrt(total)


def _draws(level: Level) -> int:
    return (level.values.size + 1) // 2
