"""Lots drawn by manager or region: clusters count, not the customers in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tiersim.experiment.answers.arms import Arms, coded, concluded, two_arms
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, Ints, Sample


@dataclass(frozen=True, eq=False)
class Clusters:
    """Means of C clusters: outcome less `middle`, covariates, customers who answered, arm and stratum."""

    arms: Arms
    middle: float
    mean: Floats
    before: Floats
    size: Floats
    treated: Ints
    stratum: Ints
    strata: int
    details: dict[str, float]


def clusters_of(sample: Sample, arm: int) -> Clusters:
    """Customers of both arms, summed up by cluster.

    Raises
    ------
    NotEstimable : no clusters are known, one lies in both arms, or fewer than two in each and three in all.
    """
    if sample.cluster is None:
        raise NotEstimable("the sample has no cluster")
    arms = two_arms(sample, arm)
    labels, place = coded(arms.part(sample.cluster))
    size = np.bincount(place, minlength=labels.size).astype(np.float64)
    treated = np.bincount(place, arms.treated, labels.size)
    torn = np.flatnonzero((treated > 0.0) & (treated < size))
    if torn.size:
        raise NotEstimable(f"cluster {labels[torn[0]]} lies in both arms")
    if labels.size < 3:
        raise NotEstimable(f"there are {labels.size} of at least 3 clusters")
    middle = float(arms.outcome[0])
    mean = np.bincount(place, arms.outcome - middle, labels.size) / size
    known = arms.part(sample.before)
    before = np.empty((labels.size, known.shape[1]))
    for j, column in enumerate(known.T):
        there = ~np.isnan(column)
        answers = np.bincount(place[there], minlength=labels.size)
        sums = np.bincount(place[there], column[there], labels.size)
        filled = sums.sum() / max(float(answers.sum()), 1.0)
        before[:, j] = np.where(answers > 0, sums / np.maximum(answers, 1), filled)
    first = np.bincount(place, arms.stratum, labels.size) / size
    inside = first.astype(np.int64)
    # Strata that cut through clusters were not those of the lot of clusters.
    nested = bool((inside[place] == arms.stratum).all())
    counts = np.bincount(treated.astype(np.int64) > 0, minlength=2)
    details = {
        **arms.details,
        "clusters_treated": float(counts[1]),
        "clusters_control": float(counts[0]),
        "size_variation": float(size.std() / size.mean()),
    }
    return Clusters(
        arms, middle, mean, before, size, (treated > 0.0).astype(np.int64),
        inside if nested else np.zeros_like(inside), arms.labels.size if nested else 1, details,
    )  # fmt: skip


def clustered(
    sample: Sample, arm: int = 1, inference: str = "cluster", level: float = 0.95, adjust: bool = False
) -> Estimate:
    """Difference of the means of clusters, each counted once, with pooled error and t.

    Degrees of freedom are clusters less coefficients (two arms, further strata, covariates). With normal
    means of equal variance this is exact however few clusters there are, even one against many; errors
    that let each cluster speak for itself reject far too often there. The price: it tells the effect on the
    mean of clusters, which is that on the mean of customers only where the effect does not go with the size
    of a cluster; `clustered_weighted` tells the other. Strata that hold whole clusters are coefficients;
    others are ignored.

    Parameters
    ----------
    adjust : with the clusters' means of the covariates from before, one slope each for both arms.

    Raises
    ------
    NotEstimable : as `clusters_of`; no cluster is left over after the coefficients; arms do not differ within
        strata; cluster means never vary.
    """
    found = clusters_of(sample, arm)
    columns = [np.eye(found.strata)[found.stratum]]
    if adjust:
        if found.before.shape[1] == 0:
            raise NotEstimable("no covariate from before is known")
        columns.append(found.before - found.before.mean(axis=0))
    others = np.hstack(columns)
    others = others[:, np.abs(others).max(axis=0) > 0.0]
    # The arm, and the outcome, less all that the other columns explain of them (Frisch, Waugh and Lovell).
    basis, values, _ = np.linalg.svd(others / np.abs(others).max(axis=0), full_matrices=False)
    basis = basis[:, values > 1e-10 * values[0]]
    arm_left = found.treated - basis @ (basis.T @ found.treated)
    mean_left = found.mean - basis @ (basis.T @ found.mean)
    size = float(arm_left @ arm_left)
    dof = found.mean.size - basis.shape[1] - 1.0
    if dof < 1.0:
        raise NotEstimable(
            f"{found.mean.size} clusters leave none over after {basis.shape[1] + 1} coefficients"
        )
    if size < 1e-10:
        raise NotEstimable("strata and covariates of the clusters tell the arms apart")
    value = float(arm_left @ mean_left) / size
    residual = mean_left - value * arm_left
    variance = float(residual @ residual) / dof / size
    base = float(found.mean.mean()) - value * float(found.treated.mean()) + found.middle
    return concluded(
        value, variance, _spread(found), dof, inference, level, base, found.details,
        "the means of clusters never vary",
    )  # fmt: skip


def clustered_adjusted(
    sample: Sample, arm: int = 1, inference: str = "cluster", level: float = 0.95
) -> Estimate:
    """As `clustered`, with the clusters' means of the covariates from before."""
    return clustered(sample, arm, inference, level, adjust=True)


def clustered_weighted(
    sample: Sample, arm: int = 1, inference: str = "cluster", level: float = 0.95
) -> Estimate:
    """Difference of the means of customers, with CR2 errors by cluster and Satterthwaite's t.

    Within strata that hold whole clusters, weighed by their customers, if each has two clusters an arm; else
    without strata. For arms that consist of whole clusters CR2 (Bell and McCaffrey 2002) has a closed form:
    each cluster's sum of residuals counts 1 / (1 - h) times, h its share of the customers of its arm and
    stratum. Degrees of freedom of a stratum are those of Bell and McCaffrey under independent customers,
    here in closed form too (derived here; with equal clusters and arms they are clusters less two); strata,
    whose customers may vary by much more or less, are put together by Satterthwaite 1946. For the effect on
    customers where clusters differ in size, and best with 10 or more clusters an arm.

    Raises
    ------
    NotEstimable : as `clusters_of`; an arm of one cluster; clusters never vary.
    """
    found = clusters_of(sample, arm)
    counts = np.zeros((found.strata, 2), np.int64)
    np.add.at(counts, (found.stratum, found.treated), 1)
    used = np.flatnonzero(counts.sum(axis=1) > 0)
    inside = found.stratum if (counts[used] >= 2).all() else np.zeros_like(found.stratum)
    value = variance = below = base = 0.0
    for number in np.unique(inside):
        share = float(found.size[inside == number].sum() / found.size.sum())
        parts = []
        for treated in (0, 1):
            rows = (found.treated == treated) & (inside == number)
            if np.count_nonzero(rows) < 2:
                raise NotEstimable(f"{found.arms.name(bool(treated))} has 1 of at least 2 clusters")
            parts.append(_cell(found.size[rows], found.mean[rows]))
        (control, *spread), (other, *more) = parts
        own, traces, squares = (one + two for one, two in zip(spread, more, strict=True))
        value += share * (other - control)
        base += share * control
        variance += share**2 * own
        below += (share**2 * own) ** 2 * squares / traces**2
    dof = variance * variance / below if below > 0.0 else math.inf
    return concluded(
        value, variance, _spread(found), dof, inference, level, base + found.middle, found.details,
        "the means of clusters never vary",
    )  # fmt: skip


def _cell(heads: Floats, means: Floats) -> tuple[float, float, float, float]:
    """Mean of the customers of some clusters and its CR2 variance; trace and trace of squares of the latter.

    Both are of the quadratic form under independent customers with a variance of 1.
    """
    customers = float(heads.sum())
    part = heads / customers
    mean = float(part @ means)
    variance = float((np.square(part * (means - mean)) / (1.0 - part)).sum())
    own = part / (customers * (1.0 - part))
    squares = float((np.square(own) * (1.0 - 2.0 * part)).sum()) + float(own @ part) ** 2
    return mean, variance, 1.0 / customers, squares


def _spread(found: Clusters) -> float:
    """Largest deviation of an outcome from the first."""
    return float(np.abs(found.arms.outcome - found.middle).max())
