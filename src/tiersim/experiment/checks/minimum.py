"""Whether each group that is compared is large enough to be compared at all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.experiment.checks.check import Check
from tiersim.experiment.estimate import NotEstimable


def minimum(
    arm: npt.NDArray[Any],
    stratum: npt.NDArray[Any],
    smallest: int = 30,
    cluster: npt.NDArray[Any] | None = None,
    clusters: int = 4,
) -> Check:
    """Sizes of arms, arms within strata, and clusters by arm.

    Parameters
    ----------
    arm : arm of each customer in the analysis, shape (n,), 0 or above.
    stratum : code of the stratum, shape (n,), 0 or above.
    smallest : customers that each arm must have.
    cluster : code of the unit of assignment, shape (n,); None where customers were assigned.
    clusters : units of assignment that each arm must have.

    Returns
    -------
    Check ; `details` hold ``smallest`` (of the arms), ``alone`` (cells of stratum and arm with one customer:
    they give no variance), ``empty`` (strata without some arm: they compare nothing), ``cells`` and, with
    clusters, ``clusters`` (the fewest of an arm). It passes if all of these are as they should be.

    Raises
    ------
    NotEstimable : nobody is in the analysis, or one arm only.
    """
    if arm.size == 0:
        raise NotEstimable("nobody is in the analysis")
    arms, which = np.unique(arm, return_inverse=True)
    if arms.size < 2:
        raise NotEstimable("there is one arm only")
    codes, place = np.unique(stratum, return_inverse=True)
    counts = np.bincount(place * arms.size + which, minlength=codes.size * arms.size)
    counts = counts.reshape(codes.size, arms.size)
    least = int(counts.sum(axis=0).min())
    alone, empty = int((counts == 1).sum()), int((counts == 0).any(axis=1).sum())
    details = {
        "smallest": float(least),
        "alone": float(alone),
        "empty": float(empty),
        "cells": float(counts.size),
    }
    wrong = []
    if least < smallest:
        wrong.append(f"the smallest arm has {least} customers, {smallest} are needed")
    if alone:
        wrong.append(
            f"{alone} of {counts.size} cells of stratum and arm hold one customer: nothing varies there"
        )
    if empty:
        wrong.append(f"{empty} of {codes.size} strata lack an arm")
    if cluster is not None:
        units = np.unique(np.column_stack([which, np.unique(cluster, return_inverse=True)[1]]), axis=0)
        fewest = int(np.bincount(units[:, 0]).min())
        details["clusters"] = float(fewest)
        if fewest < clusters:
            wrong.append(f"an arm has {fewest} units of assignment, {clusters} are needed")
    text = "; ".join(wrong) if wrong else "each group is large enough to be compared"
    return Check("minimum sample", not wrong, math.nan, text[0].upper() + text[1:] + ".", details)
