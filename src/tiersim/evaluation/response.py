"""How the gain goes with each uncertain assumption: a linear fit of pair means on normal scores.

Every draw gives each assumption an independent normal score z (its quantile's). The fit is
gain = centre + sum of slope x z, by ridge regression with its penalty chosen by generalised
cross-validation (Golub, Heath and Wahba 1979), since there may be hardly more draws than assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.statistics import Values, pair_means

if TYPE_CHECKING:
    from tiersim.runs.run import Run
    from tiersim.scenario.assumption import Assumption
    from tiersim.scenario.schema import Scenario

PENALTIES = np.logspace(-4, 4, 49)
"""Candidates for the penalty, as multiples of the number of draws."""

MIN_DRAWS = 8
"""With fewer draws no fit is made."""

Z_LOW, Z_HIGH = -1.6448536269514722, 1.6448536269514722
"""Normal scores of the 5 % and 95 % points."""


@dataclass(frozen=True)
class Fit:
    """Slopes of the gain by assumption, in money for one normal score; `centre` is at all medians."""

    centre: float
    slopes: dict[str, float]
    draws: int
    leave_one_out_r2: float


def normal_score(u: Values) -> Values:
    """Standard normal quantile of u in (0, 1)."""
    from scipy.special import ndtri

    found: Values = ndtri(np.clip(u, 1e-12, 1 - 1e-12))
    return found


def normal_share(z: float) -> float:
    """Standard normal distribution function."""
    from scipy.special import ndtr

    return float(ndtr(z))


def uncertain(scenario: Scenario) -> dict[str, Assumption]:
    """Assumptions whose draws differ, by path in the order of the schema."""
    from tiersim.scenario.assumption import walk_assumptions

    return {path: found for path, found, _ in walk_assumptions(scenario) if found.is_uncertain}


def scores(run: Run) -> tuple[list[str], Values]:
    """Paths whose draws differ, and their normal scores, shape (draws, paths); complete pairs only."""
    draws = run.data["draws"]
    first = draws["replication"] % 2 == 0
    known = uncertain(run.scenario)
    paths = run.names["paths"]
    kept = [code for code, path in enumerate(paths) if path in known]
    table = np.full((run.replications // 2, len(paths)), 0.5)
    row = draws["replication"][first] // 2
    inside = row < table.shape[0]
    table[row[inside], draws["path"][first][inside].astype(np.int64)] = draws["u"][first][inside]
    return [paths[code] for code in kept], normal_score(table[:, kept])


def fit(run: Run, gain: Values) -> Fit | None:
    """Ridge fit of the gain on the assumptions of `run`; None with too few draws or nothing uncertain."""
    paths, z = scores(run)
    means = pair_means(gain)
    if not paths or means.size < MIN_DRAWS:
        return None
    slopes, centre, r2 = ridge(z, means)
    return Fit(centre, dict(zip(paths, slopes.tolist(), strict=True)), means.size, r2)


def ridge(z: Values, y: Values) -> tuple[Values, float, float]:
    """Slopes, intercept and leave-one-out R^2 of a ridge regression, penalty by cross-validation.

    Parameters
    ----------
    z : (draws, paths) scores of mean 0 and variance 1 in the population; not scaled here.
    y : (draws,)
    """
    rows = y.size
    zc, yc = z - z.mean(axis=0), y - y.mean()
    total = float(yc @ yc)
    if total == 0.0:
        return np.zeros(z.shape[1]), float(y.mean()), 0.0
    left, singular, right = np.linalg.svd(zc, full_matrices=False)
    along = left.T @ yc
    best = (np.inf, 0.0)
    for penalty in PENALTIES * rows:
        shrink = singular**2 / (singular**2 + penalty)
        freedom = 1 + shrink.sum()
        if freedom >= rows - 0.5:
            continue
        residual = yc - left @ (shrink * along)
        score = float(residual @ residual) / (rows - freedom) ** 2 * rows
        if score < best[0]:
            best = (score, float(penalty))
    penalty = best[1]
    slopes = right.T @ (singular / (singular**2 + penalty) * along)
    intercept = float(y.mean() - z.mean(axis=0) @ slopes)
    # rows * the least score estimates the squared error of leaving one draw out
    return slopes, intercept, float(max(0.0, 1 - best[0] * rows / total))
