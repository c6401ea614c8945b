"""Sample-ratio mismatch: whether the arms have as many customers as the lot should have given them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, gammaln

from tiersim.experiment.checks.check import Check, holm_least
from tiersim.experiment.estimate import NotEstimable

THRESHOLD = 0.001
"""Level of the check: low, as it is run on every experiment and a mismatch discredits all its results."""

SMALL = 5.0
"""Expected count below which chi-square is not trusted (Cochran 1954)."""

MOST = 20_000
"""Outcomes of a multinomial that are enumerated at most."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def ratio_mismatch(
    arm: npt.NDArray[Any], stratum: npt.NDArray[Any], shares: npt.ArrayLike, threshold: float = THRESHOLD
) -> Check:
    """Whether counts by arm fit the planned shares, in each stratum and over all.

    Parameters
    ----------
    arm : arm of each customer who is in the analysis, shape (n,), 0 to arms - 1.
    stratum : code of the stratum, shape (n,), 0 or above.
    shares : planned share by arm, shape (arms,), or by stratum and arm, shape (strata, arms).
    threshold : the check fails where the smallest p-value, adjusted by Holm (1979), is not above it.

    Returns
    -------
    Check ; its p is that adjusted p-value. `details` hold the ``overall`` p-value (counts of all strata
    together, which finds a small loss that is the same everywhere), the smallest by stratum ``least``, the
    stratum where it stands (``stratum``), and the observed share of arm 0 with the planned one.

    Notes
    -----
    The lot is taken as one draw a customer. A lot with fixed numbers leaves counts that vary less, so the
    check is then conservative; so is the overall test where planned shares differ by stratum. Pearson's
    chi-square; exact where an expected count is below `SMALL`.

    Raises
    ------
    ValueError : shares that are negative, of another shape, or do not add up to 1.
    NotEstimable : nobody is in the analysis.
    """
    if arm.size == 0:
        raise NotEstimable("nobody is in the analysis")
    codes, place = np.unique(stratum, return_inverse=True)
    planned = np.asarray(shares, np.float64)
    if planned.ndim == 2:
        if int(codes.max()) >= planned.shape[0]:
            raise ValueError(f"stratum {codes.max()} has no planned shares")
        planned = planned[codes]
    elif planned.ndim == 1:
        planned = np.tile(planned, (codes.size, 1))
    else:
        raise ValueError("planned shares go by arm, or by stratum and arm")
    arms = planned.shape[1]
    if (planned < 0.0).any() or not np.allclose(planned.sum(axis=1), 1.0, rtol=0.0, atol=1e-9):
        raise ValueError("planned shares must be 0 or above and add up to 1")
    if int(arm.min()) < 0 or int(arm.max()) >= arms:
        raise ValueError(f"there are planned shares for arms 0 to {arms - 1}")
    counts = np.bincount(place * arms + arm, minlength=codes.size * arms).reshape(codes.size, arms)
    by_stratum = _p_values(counts, planned)
    family = by_stratum
    if codes.size > 1:
        expected = (counts.sum(axis=1)[:, None] * planned).sum(axis=0)
        overall = float(_p_values(counts.sum(axis=0)[None, :], (expected / expected.sum())[None, :])[0])
        family = np.append(by_stratum, overall)
    else:
        overall = float(by_stratum[0])
    p = holm_least([float(x) for x in family])
    worst = int(by_stratum.argmin())
    details = {
        "overall": overall, "least": float(by_stratum[worst]), "stratum": float(codes[worst]),
        "share": float(counts[:, 0].sum() / arm.size),
        "planned": float((counts.sum(axis=1) * planned[:, 0]).sum() / arm.size),
    }  # fmt: skip
    if p > threshold:
        return Check("sample ratio", True, p, "The arms are as large as planned.", details)
    where = f"in stratum {codes[worst]}" if by_stratum[worst] <= family.min() else "over all strata together"
    seen = " : ".join(str(c) for c in (counts[worst] if where.startswith("in") else counts.sum(axis=0)))
    return Check(
        "sample ratio", False, p,
        f"The arms are not as large as planned {where} ({seen}; p = {p:.2g}). Customers are lost or assigned "
        "otherwise than the lot says; no effect can be believed before that is explained.",
        details,
    )  # fmt: skip


def _p_values(counts: Ints, shares: Floats) -> Floats:
    """p-value of each row of counts against its shares: chi-square, or exact where an arm is small."""
    total = counts.sum(axis=1)
    expected = total[:, None] * shares
    empty = shares == 0.0
    safe = np.where(empty, 1.0, expected)
    statistic = np.where(empty, 0.0, (counts - expected) ** 2 / safe).sum(axis=1)
    used = (~empty).sum(axis=1)
    p = np.where(used > 1, chdtrc(np.maximum(used - 1, 1), statistic), 1.0)
    small = (np.where(empty, math.inf, expected) < SMALL).any(axis=1) & (used > 1)
    for row in np.flatnonzero(small):
        p[row] = _exact(counts[row][~empty[row]], shares[row][~empty[row]])
    # Somebody in an arm that should have none cannot be chance.
    p[(empty & (counts > 0)).any(axis=1)] = 0.0
    return np.asarray(p)


def _exact(counts: Ints, shares: Floats) -> float:
    """Exact multinomial p-value: the probability of all outcomes that are not more likely than the observed.

    Where there are more than `MOST` outcomes: the smallest binomial one of a single arm, times their number.
    """
    n, arms = int(counts.sum()), counts.size
    if math.comb(n + arms - 1, arms - 1) <= MOST:
        return _tail(_outcomes(n, arms), counts, shares)
    if arms == 2:
        k = np.arange(n + 1)
        return _tail(np.column_stack([k, n - k]), counts, shares)
    single = [
        _exact(np.array([c, n - c]), np.array([s, 1.0 - s])) for c, s in zip(counts, shares, strict=True)
    ]
    return min(1.0, arms * min(single))


def _tail(outcomes: Ints, counts: Ints, shares: Floats) -> float:
    def log_chance(x: Ints) -> Floats:
        return np.asarray(
            (x * np.log(shares) - gammaln(x + 1.0)).sum(axis=-1) + gammaln(x.sum(axis=-1) + 1.0)
        )

    chance = log_chance(outcomes)
    # Outcomes that are as likely but for rounding count as not more likely.
    return min(1.0, float(np.exp(chance[chance <= float(log_chance(counts)) + 1e-7]).sum()))


@lru_cache(maxsize=32)
def _outcomes(n: int, arms: int) -> Ints:
    """All ways to share n customers among arms, shape (ways, arms)."""
    if arms == 1:
        return np.array([[n]], np.int64)
    parts = []
    for first in range(n + 1):
        rest = _outcomes(n - first, arms - 1)
        parts.append(np.column_stack([np.full(rest.shape[0], first, np.int64), rest]))
    return np.concatenate(parts)
