"""Pilot regions: named, drawn, or those most like the rest."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from tiersim.experiment.lots.alike import standardised
from tiersim.experiment.lots.draws import ARM, TRY, uniform

Floats = npt.NDArray[np.float64]

MANY = 20_000
"""Sets of regions that are compared at most."""


def ids(count: int) -> npt.NDArray[np.uint64]:
    """Ids of regions as units of a lot; no customer has such an id."""
    return np.arange(count, dtype=np.uint64) + np.uint64(2**63)


def drawn(count: int, number: int, seed: int, replication: int) -> tuple[int, ...]:
    """`number` of `count` regions by lot."""
    order = np.argsort(uniform(ids(count), seed, replication, ARM))
    return tuple(sorted(int(r) for r in order[:number]))


def likeness(known: Floats, size: Floats, chosen: tuple[int, ...]) -> float:
    """How far the chosen regions' mean is from that of the others: s.d. of regions, squared and summed.

    Parameters
    ----------
    known : what is known of each region before, by head, shape (regions, k).
    size : customers by region.
    """
    z, mine = standardised(known), np.zeros(size.size, bool)
    mine[list(chosen)] = True
    gap = np.average(z[mine], axis=0, weights=size[mine]) - np.average(z[~mine], axis=0, weights=size[~mine])
    return float(gap @ gap)


def _sets(count: int, number: int, seed: int, replication: int) -> list[tuple[int, ...]]:
    if comb(count, number) <= MANY:
        return list(combinations(range(count), number))
    units = ids(count)
    tries = (uniform(units, seed, replication, TRY + k) for k in range(2_000))
    return [tuple(sorted(int(r) for r in np.argsort(u)[:number])) for u in tries]


def alike(known: Floats, size: Floats, number: int, seed: int, replication: int) -> tuple[int, ...]:
    """The regions whose mean is nearest to that of the others: a choice, not a lot."""
    found = _sets(size.size, number, seed, replication)
    return min(found, key=lambda chosen: (likeness(known, size, chosen), chosen))


def rerandomised(
    known: Floats, size: Floats, number: int, accept: float, seed: int, replication: int
) -> tuple[int, ...]:
    """A lot among the `accept` share of sets that are most alike."""
    found = sorted(
        _sets(size.size, number, seed, replication),
        key=lambda chosen: (likeness(known, size, chosen), chosen),
    )
    kept = found[: max(1, int(len(found) * accept))]
    u = float(uniform(ids(1), seed, replication, ARM)[0])
    return kept[min(int(u * len(kept)), len(kept) - 1)]
