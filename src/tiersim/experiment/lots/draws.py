"""Numbers that lots are drawn by: one a unit, by its id alone, so that nobody's place depends on others'."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.kernel import kernel
from tiersim.random import u01d, words
from tiersim.random.streams import ASSIGN

Floats = npt.NDArray[np.float64]

ARM, COMPLIES, TRY = 1, 2, 16
"""Numbers of a unit's draws: its place in a lot, whether it complies, and the first of many tries.

Number 0 is the engine's own.
"""


@kernel
def _fill(birth, seed, rep, k, out):  # type: ignore[no-untyped-def]
    for i in range(birth.shape[0]):
        out[i] = u01d(words(seed, rep, birth[i], 0, ASSIGN, k)[0])


def uniform(birth: npt.NDArray[Any], seed: int, replication: int, k: int) -> Floats:
    """Uniform numbers of units with these ids, shape (n,)."""
    out = np.empty(birth.size)
    _fill(np.asarray(birth, np.uint64), seed, replication, k, out)
    return out


def by_share(u: Floats, shares: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """Arms drawn independently by share."""
    cumulative = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(cumulative, u, side="right"), len(shares) - 1)


def in_order(u: Floats, stratum: npt.NDArray[Any], shares: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """Arms within strata whose sizes are the shares to a whole unit: units by their number, dealt in order.

    Where the deal of a stratum begins depends on the stratum's own numbers, so that small strata do not all
    give their odd unit to the same arm.

    Examples
    --------
    >>> u = np.array([0.9, 0.1, 0.5, 0.3])
    >>> in_order(u, np.zeros(4, int), (0.5, 0.5)).sum()
    np.int64(2)
    """
    arm = np.zeros(u.size, np.int64)
    part = np.asarray(shares) / np.sum(shares)
    order = np.lexsort((u, stratum))
    edges = np.flatnonzero(np.diff(stratum[order])) + 1
    for members in np.split(order, edges):
        if members.size == 0:
            continue
        # Systematic sampling: one number, made of all of the stratum's, shifts its borders alike.
        shift = (u[members].sum() * 997.0) % 1.0
        borders = np.cumsum(part) * members.size
        at = (np.arange(members.size) + shift) % members.size
        arm[members] = np.minimum(np.searchsorted(borders, at, side="right"), part.size - 1)
    return arm
