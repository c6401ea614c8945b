"""Covariates known before the experiment, made fit for adjustment: filled, centred, without ballast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.experiment.answers.arms import Arms
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import Floats, Ints, Sample

ALONE = 1e-9
"""A leverage this close to 1 means that one customer alone decides a slope."""

DEPENDENT = 1e-8
"""A covariate of which less than this share of variance is its own says nothing new."""


@dataclass(frozen=True, eq=False)
class Covariates:
    """Usable covariates of the n customers who answered.

    Parameters
    ----------
    values : shape (n, k), centred on the mean of all assigned customers of both arms.
    within : the same less the means of their stratum and arm, shape (n, k).
    squares : crossproducts of `within` by arm, control first, shape (2, k, k).
    dropped : how many columns were not usable, indicators of missing values included.
    """

    values: Floats
    within: Floats
    squares: Floats
    dropped: int


def less_means(values: Floats, group: Ints, counts: Floats) -> Floats:
    """Columns of `values`, shape (n, k), less the mean of their group."""
    if counts.size == 1:
        return np.asarray(values - values.mean(axis=0))
    sums = [np.bincount(group, column, counts.size) for column in values.T]
    return np.asarray(values - (np.array(sums) / counts).T[group])


def covariates_of(sample: Sample, arms: Arms) -> Covariates:
    """Covariates of the customers who answered.

    A missing value is filled by the mean of the known ones, and each column that lacks some gets an indicator
    of it (Lin, Green and Coppock 2016, standard procedures): both are fixed before the lot, so they cannot
    bias. A column is dropped where it does not vary within the strata of an arm, where one customer alone
    carries it in an arm, or where it follows from columns before it.

    Raises
    ------
    NotEstimable : no covariate from before is known, none is usable, one is infinite, or fewer than two
        answers in a stratum of an arm.
    """
    counts = arms.counts().ravel()
    raw = sample.before[arms.assigned]
    if raw.shape[1] == 0:
        raise NotEstimable("no covariate from before is known")
    unknown = np.isnan(raw)
    if unknown.any():
        known = np.maximum(np.count_nonzero(~unknown, axis=0), 1)
        means = np.where(unknown, 0.0, raw).sum(axis=0) / known
        lacking = unknown.any(axis=0)
        raw = np.hstack([np.where(unknown, means, raw), unknown[:, lacking].astype(np.float64)])
    if not np.isfinite(raw).all():
        raise NotEstimable("a covariate from before is infinite")
    size = np.abs(raw).max(axis=0)
    values = (raw - raw.mean(axis=0))[arms.seen]
    cells = arms.cells()
    within = less_means(values, cells, counts)
    keep = np.ones(raw.shape[1], np.bool_)
    for treated in (False, True):
        part = np.square(within[arms.treated == treated])
        sums = part.sum(axis=0)
        varies = sums > np.square(1e-12 * size) * len(part)
        highest = part / np.where(varies, sums, 1.0) + (1.0 / counts[cells[arms.treated == treated]])[:, None]
        keep &= varies & (highest.max(axis=0) < 1.0 - ALONE)
    keep[keep] = _own(_squares(within[:, keep], arms.treated))
    if not keep.any():
        raise NotEstimable("no covariate from before varies freely in both arms")
    within = within[:, keep]
    return Covariates(values[:, keep], within, _squares(within, arms.treated), int(np.count_nonzero(~keep)))


def _squares(within: Floats, treated: npt.NDArray[np.bool_]) -> Floats:
    """Crossproducts by arm, shape (2, k, k)."""
    return np.array([within[treated == flag].T @ within[treated == flag] for flag in (False, True)])


def _own(squares: Floats) -> npt.NDArray[np.bool_]:
    """Columns that do not follow from those before them in either arm, mask of shape (k,)."""
    k = squares.shape[1]
    own = np.ones(k, np.bool_)
    if k < 2:
        return own
    scale = np.sqrt(np.einsum("ajj->aj", squares))
    related = squares / scale[:, :, None] / scale[:, None, :]
    if float(np.linalg.eigvalsh(related).min()) > DEPENDENT:
        return own
    for j in range(1, k):
        before = np.flatnonzero(own[:j])
        across = related[:, before, j]
        among = related[:, before[:, None], before]
        explained = (across * np.linalg.solve(among, across[:, :, None])[:, :, 0]).sum(axis=1)
        own[j] = bool((1.0 - explained).min() > DEPENDENT)
    return own
