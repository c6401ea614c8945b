"""Do all peers simulate the same law? Their sums, compared as z-scores over many replications."""

from __future__ import annotations

from collections.abc import Iterable
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from benchmarks.law import TIERS, Sums, Traits, broken_laws
from benchmarks.peers import Simulate

LIMIT = 4.0
"""Seeds are fixed, so a pass stays a pass; by chance one in 16,000 true comparisons exceeds it."""
COUNTS = ("customer_weeks", "orders", "revenue", "goods", "tickets", "late", "lost", "satisfaction")
RATIOS = {
    "order rate": ("orders", "customer_weeks"),
    "mean basket": ("revenue", "orders"),
    "goods share": ("goods", "revenue"),
    "ticket rate": ("tickets", "customer_weeks"),
    "late share": ("late", "tickets"),
    "mean satisfaction": ("satisfaction", "customer_weeks"),
}
"""Sharper than the sums: the noise of how many were there cancels."""

Sample = npt.NDArray[np.float64]


def labels() -> list[str]:
    """Names of the columns of a sample."""
    return [f"{name}, tier {tier}" for name in (*COUNTS, *RATIOS) for tier in (*TIERS, "all")]


def statistics(sums: Sums) -> Sample:
    """Sums and ratios by tier and over all, shape (len(labels()),); a ratio without its base is nan."""
    whole = {name: np.append(value, value.sum()).astype(float) for name, value in sums.items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = [whole[above] / whole[below] for above, below in RATIOS.values()]
    return np.concatenate([*(whole[name] for name in COUNTS), *ratios])


def sample(simulate: Simulate, traits: Traits, weeks: int, seeds: Iterable[int]) -> Sample:
    """Statistics of one peer, shape (replications, len(labels())).

    Raises
    ------
    ValueError
        A replication whose sums cannot be: customers lost from the books, more late than tickets.
    """
    rows = []
    for seed in seeds:
        sums = simulate(traits, weeks, seed)
        if broken := broken_laws(traits, weeks, sums):
            raise ValueError(f"{simulate.__module__}, seed {seed}, breaks: {'; '.join(broken)}")
        rows.append(statistics(sums))
    return np.array(rows)


def normal_score(t: float, freedom: float) -> float:
    """z with the same tail as Student's t, to within 0.02 for 10 degrees of freedom or more (Wallace)."""
    z = (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log(1 + t * t / freedom))
    return z if t > 0 else -z


def scores(one: Sample, other: Sample) -> Sample:
    """z of the difference of means of each column (Welch); nan where a column has no base, inf where
    two constants differ."""
    result = np.empty(one.shape[1])
    for k, (a, b) in enumerate(zip(one.T, other.T, strict=True)):
        if np.isnan(a).any() or np.isnan(b).any():
            result[k] = np.nan
            continue
        va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
        gap = a.mean() - b.mean()
        if va + vb == 0.0:
            result[k] = 0.0 if gap == 0.0 else np.inf
            continue
        freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        result[k] = normal_score(gap / sqrt(va + vb), freedom)
    return result


def disagreements(z: Sample) -> list[str]:
    """Columns beyond `LIMIT`, worst first, and those that could not be compared at all."""
    names = labels()
    order = sorted(range(len(z)), key=lambda k: -np.nan_to_num(abs(z[k]), nan=np.inf))
    return [
        f"{names[k]}: {'nothing to compare' if np.isnan(z[k]) else f'z = {z[k]:+.1f}'}"
        for k in order
        if not abs(z[k]) <= LIMIT
    ]
