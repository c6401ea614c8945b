"""Balance: whether the arms were alike before the experiment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc

from tiersim.experiment.checks.check import Check
from tiersim.experiment.estimate import NotEstimable

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

THRESHOLD = 0.001
"""Level of the joint test: at a usual level one fair lot in twenty would be thrown away."""

LIMIT = 0.1
"""Standardised difference that is named; for few customers chance alone goes beyond it."""


def differences(before: Floats, treated: Bools) -> Floats:
    """Standardised mean differences by covariate, shape (k,).

    Mean of the treated minus that of the control, over the root of the mean of their variances; where an arm
    is a single unit, over the other's standard deviation. Unknown values (nan) are left out covariate by
    covariate. A covariate that never varies has difference 0, or infinity if each arm holds one value and
    these differ.

    Raises
    ------
    NotEstimable : one arm only, or a covariate that an arm does not know, or that each knows for one unit.
    """
    _two_arms(treated)
    found = []
    for column in before.T:
        x, y = (part[np.isfinite(part)] for part in (column[treated], column[~treated]))
        if min(x.size, y.size) < 1 or max(x.size, y.size) < 2:
            raise NotEstimable("a covariate is known for too few")
        gap = float(x.mean() - y.mean())
        variances = [float(part.var(ddof=1)) for part in (x, y) if part.size > 1]
        spread = math.sqrt(sum(variances) / len(variances))
        scale = max(abs(float(x[0])), abs(float(y[0])), 1e-300)
        if spread > 1e-12 * scale:
            found.append(gap / spread)
        else:
            found.append(0.0 if abs(gap) <= 1e-12 * scale else math.copysign(math.inf, gap))
    return np.array(found)


def balance(
    before: Floats,
    treated: Bools,
    stratum: npt.NDArray[Any] | None = None,
    draws: Bools | None = None,
    complete: bool = False,
    threshold: float = THRESHOLD,
    names: Sequence[str] = (),
) -> Check:
    """Whether covariates known before differ between one arm and the control by more than chance.

    Parameters
    ----------
    before : covariates, shape (n, k); nan where not known. Customers, or clusters where those were drawn.
    treated : who is in the arm, shape (n,); the others are the control.
    stratum : code of the stratum of the lot; arms are compared within strata.
    draws : other assignments that the lot could have given, shape (draws, n). With them the joint test is
        exact by permutation, which few clusters need; without, it is Hotelling's.
    complete : whether `draws` are all assignments possible, with the real one among them.
    threshold : the check fails where the joint p-value is not above it.
    names : of the covariates, for the message; default their numbers.

    Returns
    -------
    Check ; `details` hold the standardised difference of each covariate as ``difference 0``, ``difference 1``
    and so on, the ``largest`` of them in size, the ``statistic`` of the joint test and the ``floor`` that its
    p-value cannot go below: with few clusters the check can fail only if the threshold lies above it.

    Notes
    -----
    Joint test: T² = H d' S⁻¹ d with d the mean over strata of the differences, weighted by h = n₁ n₀ / n,
    H = Σ h, and S the covariance within strata and arms with v degrees of freedom; then
    T² (v - r + 1) / (v r) is F(r, v - r + 1) for r covariates (Hotelling 1931 for one stratum; for several
    the same with pooled covariance). With draws, S is the covariance within strata, the same for all of
    them, or only its diagonal if there are fewer than two degrees of freedom for each covariate: S then
    tells nothing of the directions. Rows with an unknown value are left out of Hotelling's test; with draws
    unknown values become their stratum's mean. Covariates that never vary within strata are left out.

    Raises
    ------
    NotEstimable : one arm only, no stratum with both arms, or too few customers for the joint test.
    """
    smd = differences(before, treated)
    code = np.zeros(treated.size, np.int64) if stratum is None else np.unique(stratum, return_inverse=True)[1]
    if draws is None:
        (statistic, p), floor = _hotelling(before, treated, code), 0.0
    else:
        statistic, p = _permuted(before, treated, code, np.asarray(draws, bool), complete)
        floor = 1.0 / (len(draws) + (not complete))
    largest = float(np.abs(smd).max()) if smd.size else 0.0
    details = {f"difference {k}": float(x) for k, x in enumerate(smd)}
    details |= {"largest": largest, "statistic": statistic, "floor": floor}
    told = list(names) or [f"covariate {k}" for k in range(smd.size)]
    far = [told[k] for k, x in enumerate(smd) if abs(x) > LIMIT]
    named = f" By more than {LIMIT:g} standard deviations: {', '.join(far)}." if far else ""
    if p > threshold:
        text = "Before the experiment the arms differ by no more than chance allows."
    else:
        text = f"The arms differed before the experiment (p = {p:.2g}): the lot was not drawn as planned."
    return Check("balance", p > threshold, p, text + named, details)


def _two_arms(treated: Bools) -> None:
    if treated.all() or not treated.any():
        raise NotEstimable("there is one arm only")


def _directions(scatter: Floats) -> Floats:
    """Directions in which a scatter matrix varies, shape (k, rank), that make it the unit matrix.

    Works on the small matrix: a decomposition of all rows takes many times as long.
    """
    norm = np.sqrt(np.diag(scatter))
    kept = np.flatnonzero(norm > 0.0)
    if kept.size == 0:
        return np.zeros((norm.size, 0))
    size, vectors = np.linalg.eigh(scatter[np.ix_(kept, kept)] / np.outer(norm[kept], norm[kept]))
    good = size > 1e-9 * size[-1]
    out = np.zeros((norm.size, int(good.sum())))
    out[kept] = vectors[:, good] / np.sqrt(size[good]) / norm[kept, None]
    return out


def _centred(before: Floats, group: npt.NDArray[np.int64]) -> Floats:
    """Columns minus the mean of their group; what is left of rounding is 0."""
    many = np.bincount(group).astype(np.float64)
    sums = np.stack([np.bincount(group, weights=column) for column in before.T], axis=1)
    centred = before - (sums / many[:, None])[group]
    return np.where(np.abs(centred) <= 1e-12 * np.abs(before).max(axis=0, initial=0.0), 0.0, centred)


def _hotelling(before: Floats, treated: Bools, code: npt.NDArray[np.int64]) -> tuple[float, float]:
    """T² and its p-value."""
    known = np.isfinite(before).all(axis=1)
    strata = int(code.max()) + 1
    ones = np.bincount(code[known & treated], minlength=strata)
    zeros = np.bincount(code[known & ~treated], minlength=strata)
    both = (ones > 0) & (zeros > 0)
    use = known & both[code]
    if not both.any():
        raise NotEstimable("no stratum has both arms")
    code, arm = np.unique(code[use], return_inverse=True)[1], treated[use]
    x = _centred(before[use], code)
    directions = _directions(x.T @ x)
    rank = directions.shape[1]
    if rank == 0:
        return 0.0, 1.0
    ones, zeros = ones[both], zeros[both]
    dof = int(ones.sum() + zeros.sum()) - 2 * ones.size
    if dof - rank + 1 < 1:
        raise NotEstimable("there are too few customers for so many covariates; give draws of the lot")
    within = _centred(x, 2 * code + arm)
    # Σ over strata of h · difference is Σ over the arm's customers of x minus their share of the stratum's,
    # and x has mean 0 in each stratum.
    weighted = x[arm].sum(axis=0) @ directions
    total = float((ones * zeros / (ones + zeros)).sum())
    scatter = directions.T @ (within.T @ within) @ directions
    if np.linalg.cond(scatter) > 1e12:
        return math.inf, 0.0
    t2 = float(weighted @ np.linalg.solve(scatter, weighted)) * dof / total
    return t2, float(fdtrc(rank, dof - rank + 1, t2 * (dof - rank + 1) / (dof * rank)))


def _permuted(
    before: Floats, treated: Bools, code: npt.NDArray[np.int64], draws: Bools, complete: bool
) -> tuple[float, float]:
    """Mahalanobis distance of the arms and its place among the draws."""
    if draws.ndim != 2 or draws.shape[1] != treated.size or not draws.size:
        raise ValueError(f"draws must have shape (draws, {treated.size})")
    if complete and not (draws == treated).all(axis=1).any():
        raise ValueError("the real assignment is not among the draws, so they are not complete")
    filled = _filled(before, code)
    centred = _centred(filled, code)
    norm = np.sqrt((centred * centred).sum(axis=0))
    x = centred[:, norm > 0.0] / norm[norm > 0.0]
    if treated.size - (int(code.max()) + 1) >= 2 * x.shape[1]:
        x = centred @ _directions(centred.T @ centred)
    # The sum over the treated of centred values is Σ h · difference, whatever the sizes of arms.
    size = np.square(np.vstack([treated[None, :], draws]) @ x).sum(axis=1)
    seen, others = float(size[0]), size[1:]
    as_large = int((others >= seen * (1.0 - 1e-9)).sum())
    p = as_large / others.size if complete else (1 + as_large) / (1 + others.size)
    return seen, min(1.0, p)


def _filled(before: Floats, code: npt.NDArray[np.int64]) -> Floats:
    """Unknown values as the mean of those known in the stratum, or of all where none is."""
    known = np.isfinite(before)
    if not known.any(axis=0).all():
        raise NotEstimable("a covariate is known for nobody")
    filled = before.copy()
    for k in range(before.shape[1]):
        good = known[:, k]
        many = np.bincount(code[good], minlength=int(code.max()) + 1)
        sums = np.bincount(code[good], weights=before[good, k], minlength=many.size)
        mean = np.where(many > 0, sums / np.maximum(many, 1), before[good, k].mean())
        filled[~good, k] = mean[code[~good]]
    return filled
