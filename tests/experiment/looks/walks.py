"""Random walks of z-scores over looks, and how far a share lies from what it should be."""

from __future__ import annotations

import numpy as np


def walks(paths: int, fractions, drift: float = 0.0, seed: int = 1) -> np.ndarray:
    """z-scores, shape (paths, looks): Brownian motion with a drift, seen at the fractions."""
    t = np.asarray(fractions, float)
    step = np.diff(t, prepend=0.0)
    draws = np.random.default_rng(seed).standard_normal((paths, t.size))
    return np.cumsum(draws * np.sqrt(step) + drift * step, axis=1) / np.sqrt(t)


def z_of_share(hits: np.ndarray, p: float) -> float:
    """z-score of the share of hits against a binomial with `p`."""
    return float((hits.mean() - p) / np.sqrt(p * (1.0 - p) / hits.size))
