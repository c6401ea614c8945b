"""Priorities of one matrix of comparisons, with every step towards them (T3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tiersim.scenario.pairwise import Floats, Triad, checked, geometric, principal, worst_triad
from tiersim.scenario.random_index import RandomIndex, random_index

Method = Literal["eigenvector", "geometric_mean"]
METHODS: tuple[Method, ...] = ("eigenvector", "geometric_mean")


@dataclass(frozen=True, eq=False)
class Priorities:
    """Weights of compared items, and how far the comparisons agree.

    Parameters
    ----------
    items : names, in the order of the matrix.
    matrix : judgements, row over column, reciprocals filled, nan where not compared, shape (n, n).
    method : the method of `weights`.
    weights : sum 1, shape (n,); equal to one of the next two.
    eigenvector, geometric_mean : weights by either method, shape (n,).
    lambda_max : principal eigenvalue, of the matrix completed with ratios of the eigenvector where it has
        gaps; n for consistent judgements. It does not depend on the method.
    consistency_index : (lambda_max - n) / (n - 1), never below 0.
    random_index : the index that it is divided by; 0 for two items.
    consistency_ratio : consistency index over random index; 0 for two items, which cannot contradict.
    gaps : number of pairs that were not compared. The random index is that of full matrices, so the ratio
        reads low where there are gaps.
    worst_triad : the triad that agrees least, or ``None``.
    """

    items: tuple[str, ...]
    matrix: Floats
    method: Method
    weights: Floats
    eigenvector: Floats
    geometric_mean: Floats
    lambda_max: float
    consistency_index: float
    random_index: float
    consistency_ratio: float
    gaps: int
    worst_triad: Triad | None

    @property
    def completed(self) -> Floats:
        """The matrix with ratios of the weights in its gaps, shape (n, n)."""
        return np.where(np.isnan(self.matrix), self.weights[:, None] / self.weights[None, :], self.matrix)

    @property
    def contradiction(self) -> str | None:
        """The triad that agrees least, in words."""
        return None if self.worst_triad is None else self.worst_triad.words(self.items)


def priorities(
    matrix: npt.ArrayLike,
    method: Method = "eigenvector",
    *,
    items: Sequence[str] | None = None,
    index: RandomIndex = "saaty",
) -> Priorities:
    """Priorities of a reciprocal matrix; nan or ``None`` where a pair was not compared.

    Parameters
    ----------
    matrix : shape (n, n); of each pair one judgement is enough.
    items : names; default 1 to n.
    index : table of the random index, or values by size.

    Raises
    ------
    ValueError : a matrix of another form (see `tiersim.scenario.pairwise.checked`) or another method.
    KeyError : a size that the random index lacks.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is no method; there are {' and '.join(METHODS)}")
    full = checked(matrix)
    n = len(full)
    names = tuple(str(i + 1) for i in range(n)) if items is None else tuple(items)
    if len(names) != n:
        raise ValueError(f"{len(names)} names for {n} items")
    eigenvector, lambda_max = principal(full)
    means = geometric(full)
    spread = max(0.0, (lambda_max - n) / (n - 1)) if n > 2 else 0.0
    expected = random_index(n, index)
    for array in (full, eigenvector, means):
        array.setflags(write=False)
    return Priorities(
        items=names,
        matrix=full,
        method=method,
        weights=eigenvector if method == "eigenvector" else means,
        eigenvector=eigenvector,
        geometric_mean=means,
        lambda_max=lambda_max,
        consistency_index=spread,
        random_index=expected,
        consistency_ratio=spread / expected if expected else 0.0,
        gaps=int(np.isnan(full).sum()) // 2,
        worst_triad=worst_triad(full),
    )
