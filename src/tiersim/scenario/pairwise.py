"""Arithmetic of comparisons in pairs: priorities, principal eigenvalue, most inconsistent triad (T3).

It stands beside the schema because a scenario whose judgements contradict each other is refused when it is
read. A matrix is float64 of shape (n, n): row over column, 1 on the diagonal, nan where nobody compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RECIPROCAL = 1e-9
"""Relative distance from 1 that a_ij * a_ji may have: fractions are exact, 0.33 against 3 is not."""


def checked(matrix: npt.ArrayLike) -> Floats:
    """`matrix` as float64 with its reciprocals filled in.

    Raises
    ------
    ValueError : not square, a diagonal other than 1, a value that is not above 0, two values of one pair that
        are not reciprocal, or items that no chain of comparisons joins.
    """
    given = np.array(matrix, np.float64)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not given.size:
        raise ValueError(f"a matrix of comparisons is square, not of shape {given.shape}")
    diagonal = np.diagonal(given)
    if np.any(~np.isnan(diagonal) & (diagonal != 1)):
        raise ValueError("the diagonal holds 1: an item against itself")
    known = given[~np.isnan(given)]
    if np.any(known <= 0) or np.any(np.isinf(known)):
        raise ValueError("judgements are finite and above 0")
    if np.any(np.abs(given * given.T - 1) > RECIPROCAL):
        raise ValueError("the two judgements of a pair are reciprocal: a_ij * a_ji = 1")
    full = np.where(np.isnan(given), 1 / given.T, given)
    np.fill_diagonal(full, 1.0)
    if len(groups(full)) > 1:
        raise ValueError("no chain of comparisons joins all items")
    return full


def groups(matrix: Floats) -> list[list[int]]:
    """Items that chains of comparisons join, each group and the groups in the order of the items."""
    left = list(range(len(matrix)))
    found: list[list[int]] = []
    while left:
        reached, waiting = {left[0]}, [left[0]]
        while waiting:
            row = matrix[waiting.pop()]
            fresh = {int(j) for j in np.flatnonzero(~np.isnan(row))} - reached
            reached |= fresh
            waiting += fresh
        found.append(sorted(reached))
        left = [item for item in left if item not in reached]
    return found


def principal(matrix: Floats) -> tuple[Floats, float]:
    """Principal eigenvector, sum 1, shape (n,), and its eigenvalue; Saaty (1980).

    A gap counts as the ratio of the priorities sought (Harker 1987): it becomes 0, and the diagonal 1 + the
    gaps of its row. The eigenvalue is then that of the matrix completed with these ratios.
    """
    gaps = np.isnan(matrix)
    harker = np.where(gaps, 0.0, matrix) + np.diag(gaps.sum(axis=1).astype(np.float64))
    values, vectors = np.linalg.eig(harker)
    # Perron: of a connected matrix the largest eigenvalue is real and simple, its vector of one sign.
    at = int(values.real.argmax())
    vector = np.abs(vectors[:, at].real)
    return vector / vector.sum(), float(values[at].real)


def geometric(matrix: Floats) -> Floats:
    """Row geometric means, sum 1, shape (n,): logarithmic least squares, over the judged pairs where some are
    missing (Crawford and Williams 1985 for full matrices)."""
    logs = np.where(np.isnan(matrix), 0.0, np.log(matrix))
    judged = (~np.isnan(matrix)).astype(np.float64)
    if judged.all():
        means = logs.mean(axis=1)
    else:
        laplacian = np.diag(judged.sum(axis=1)) - judged
        means = np.linalg.lstsq(laplacian, logs.sum(axis=1), rcond=None)[0]
    weights = np.exp(means - means.max())
    return weights / weights.sum()


@dataclass(frozen=True)
class Triad:
    """Three items whose judgements agree least; in an order that makes the first two judgements 1 or more.

    Parameters
    ----------
    items : positions of the first, second and third item.
    first, second : first over second item, second over third.
    direct : first over third item, as judged.
    """

    items: tuple[int, int, int]
    first: float
    second: float
    direct: float

    @property
    def consistent(self) -> float:
        """First over third item, as the other two judgements have it."""
        return self.first * self.second

    def words(self, names: Sequence[str]) -> str:
        """The contradiction in one sentence; `names` in the order of the matrix."""
        a, b, c = (names[i] for i in self.items)
        return (
            f"{a} over {b} {said(self.first)}, {b} over {c} {said(self.second)}, "
            f"but {a} over {c} {said(self.direct)}; consistent would be {said(self.consistent)}"
        )


def worst_triad(matrix: Floats) -> Triad | None:
    """The triad with the largest |log(a_ij a_jk / a_ik)|, or ``None`` where all triads agree, or no three
    items are all compared."""
    logs = np.log(matrix)
    miss = np.abs(logs[:, :, None] + logs[None, :, :] - logs[:, None, :])
    # Ties, as between the six orders of one triad, are told apart by the rounding alone: go by decimals.
    miss = np.round(np.where(np.isnan(miss), 0.0, miss), 9)
    if not miss.size or miss.max() == 0:
        return None
    worst = np.argwhere(miss == miss.max())
    items = tuple(sorted(int(i) for i in worst[0]))
    orders = [
        tuple(int(i) for i in order) for order in worst if tuple(sorted(int(i) for i in order)) == items
    ]
    # All six orders of a triad miss by the same; the clearest begins with two judgements of 1 or more.
    i, j, k = max(orders, key=lambda o: (min(logs[o[0], o[1]], logs[o[1], o[2]]), -o[0], -o[1]))
    return Triad((i, j, k), float(matrix[i, j]), float(matrix[j, k]), float(matrix[i, k]))


def said(value: float) -> str:
    """A judgement as a person says it: ``3``, ``1/5``, ``2.45``."""
    return f"{value:.3g}" if value >= 1 - 1e-12 else f"1/{1 / value:.3g}"
