"""Which assumption moves a figure most: the lever that lies nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.statistics import Values, pair_means

if TYPE_CHECKING:
    from tiersim.runs.run import Run

LEAST_DRAWS = 20
"""Fewer draws of the assumptions tell nothing of single ones."""
LEAST_T = 3.0
"""Below so many standard errors a rank correlation may be chance, with as many assumptions as there are."""


def nearest_lever(run: Run, values: Values) -> str | None:
    """Path of the assumption whose rank goes most with that of the figure over the draws; None if none does.

    Parameters
    ----------
    values : the figure by replication; two replications share a draw of the assumptions (R2).
    """
    from scipy.stats import rankdata

    draws = run.data.get("draws")
    if draws is None or not draws["path"].size:
        return None
    figure = pair_means(values)
    if figure.size < LEAST_DRAWS or not np.isfinite(figure).all() or np.ptp(figure) == 0.0:
        return None
    names = run.names["paths"]
    u = np.full((run.replications, len(names)), np.nan)
    u[draws["replication"], draws["path"].astype(np.int64)] = draws["u"]
    u = u[: 2 * figure.size : 2]
    varied = np.flatnonzero(np.isfinite(u).all(axis=0) & (np.ptp(u, axis=0) > 0))
    if not varied.size:
        return None
    ranks = rankdata(u[:, varied], axis=0)
    ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    mine = rankdata(figure)
    mine = (mine - mine.mean()) / mine.std()
    correlation = ranks.T @ mine / figure.size
    best = int(np.abs(correlation).argmax())
    r = float(correlation[best])
    t = abs(r) * np.sqrt((figure.size - 2) / max(1e-12, 1 - r * r))
    return names[int(varied[best])] if t >= LEAST_T else None
