"""The Lorenz curve against small sums done by hand and the closed form of the lognormal."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from tiersim.population import lorenz, top_share


def test_small_sums_by_hand() -> None:
    at, curve = lorenz([1, 3, 6, 0, 0], points=6)
    assert np.allclose(at, [0, 0.2, 0.4, 0.6, 0.8, 1])
    assert np.allclose(curve, [0, 0, 0, 0.1, 0.4, 1])
    assert top_share([1, 3, 6, 0, 0], 0.2) == 0.6
    assert top_share([1, 3, 6, 0, 0], 0.3) == 0.75  # half of the second customer
    assert top_share([7.0]) == 0.2


def test_losses_and_nothing() -> None:
    _, curve = lorenz([-1, 2, 3], points=4)
    assert np.allclose(curve, [0, -0.25, 0.25, 1])
    assert top_share([-1, 2, 3], 2 / 3) == 1.25
    assert np.isnan(lorenz([1, -1])[1]).all() and np.isnan(top_share([0, 0]))


def test_lognormal() -> None:
    n, s = 400_000, 1.2
    x = np.exp(s * ndtri((np.arange(n) + 0.5) / n))
    at, curve = lorenz(x)
    assert curve.size == 21
    assert np.abs(curve[1:-1] - ndtr(ndtri(at[1:-1]) - s)).max() < 1e-4
    assert abs(top_share(x, 0.2) - (1 - curve[16])) < 1e-12
