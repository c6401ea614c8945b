"""How unequal customers are: the Lorenz curve and the share of the biggest ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def lorenz(values: npt.ArrayLike, points: int = 21) -> tuple[Floats, Floats]:
    """Lorenz curve at evenly spaced shares of customers, from the smallest customer up.

    Parameters
    ----------
    values : one amount a customer, shape (n,), n >= 1; negative amounts are allowed.

    Returns
    -------
    Share of customers and share of the total, shape (points,) each; shares of the total are nan where the
    total is not above 0.
    """
    ordered = np.sort(np.asarray(values, float))
    at = np.linspace(0, 1, points)
    curve = np.interp(
        at * ordered.size, np.arange(ordered.size + 1), np.concatenate([[0], np.cumsum(ordered)])
    )
    total = ordered.sum()
    return at, curve / total if total > 0 else np.full(points, np.nan)


def top_share(values: npt.ArrayLike, share: float = 0.2) -> float:
    """Share of the total that the biggest `share` of customers hold; may exceed 1 if others lose money."""
    ordered = -np.sort(-np.asarray(values, float))
    total = ordered.sum()
    if total <= 0:
        return float("nan")
    upto = np.interp(
        share * ordered.size, np.arange(ordered.size + 1), np.concatenate([[0], np.cumsum(ordered)])
    )
    return float(upto / total)
