"""Natural breaks: classes of one variable with the least sum of squares inside them (Fisher, Jenks)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiersim.rating.errors import RatingError

Floats = npt.NDArray[np.float64]

MOST = 1_500
"""Distinct values up to which the classes are exact; beyond it a break lies between two of so many bins."""


def natural_breaks(values: Floats, classes: int) -> Floats:
    """Values that part `values` into `classes` with the least sum of squares, rising, shape (classes - 1,).

    A break lies halfway between the last value below and the first above it. Found by dynamic programming
    over sorted distinct values: best[c, j] = min over i of best[c - 1, i - 1] + cost[i, j], where cost is the
    sum of squares of the class from i to j around its mean.

    Parameters
    ----------
    values : shape (n,), finite, with at least `classes` distinct ones.
    """
    distinct, count = np.unique(values, return_counts=True)
    if distinct.size < classes:
        raise RatingError(
            f"{classes} tiers by natural breaks need customers with at least {classes} different scores; "
            f"here are {distinct.size}"
        )
    groups = np.arange(distinct.size)
    if distinct.size > MOST:
        share = (distinct - distinct[0]) / (distinct[-1] - distinct[0])
        groups = np.unique(np.minimum((share * MOST).astype(int), MOST - 1), return_inverse=True)[1]
        # A few values far from all others leave most bins empty: bins of equally many part the rest.
        if groups[-1] + 1 < MOST // 2:
            crowd = (np.arange(distinct.size) * (MOST // 2)) // distinct.size
            apart = (np.diff(groups) > 0) | (np.diff(crowd) > 0)
            groups = np.concatenate([[0], np.cumsum(apart)])
    first = np.searchsorted(groups, np.arange(groups[-1] + 1))
    starts = first[_starts(distinct, count, first, classes)]
    return np.asarray((distinct[starts] + distinct[starts - 1]) / 2)


def _starts(
    distinct: Floats, count: npt.NDArray[np.intp], first: npt.NDArray[np.intp], classes: int
) -> npt.NDArray[np.intp]:
    """Group with which each class but the lowest begins, rising, shape (classes - 1,)."""
    # Taken from the mean first, so that no digits are lost in differences of large sums of squares.
    centred = distinct - np.average(distinct, weights=count)
    sums = [np.add.reduceat(count * centred**power, first).cumsum() for power in (0, 1, 2)]
    weight, total, squares = (np.concatenate([[0.0], part]) for part in sums)
    w = weight[None, 1:] - weight[:-1, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = squares[None, 1:] - squares[:-1, None] - (total[None, 1:] - total[:-1, None]) ** 2 / w
    cost[np.tril_indices_from(cost, -1)] = np.inf
    best = cost[0]
    begins = np.zeros((classes, best.size), np.intp)
    for c in range(1, classes):
        ways = best[:-1, None] + cost[1:]
        begins[c] = 1 + ways.argmin(axis=0)
        best = ways.min(axis=0)
    starts = np.zeros(classes - 1, np.intp)
    end = begins.shape[1] - 1
    for c in range(classes - 1, 0, -1):
        starts[c - 1] = begins[c, end]
        end = starts[c - 1] - 1
    return starts
