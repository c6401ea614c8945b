"""How the gain goes with each uncertain assumption: a linear fit of pair means on normal scores.

Every draw gives each assumption an independent normal score z (its quantile's). The fit is
gain = centre + sum of slope x z. There may be hardly more draws than assumptions, and few assumptions
matter, so that the strong ones are selected first (forward, by an extended Bayesian information
criterion) and the slope of each other one is fitted beside them: least squares without shrinking, as
scores are independent, with a standard error that says which slopes are more than noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.statistics import Values, pair_means

if TYPE_CHECKING:
    from tiersim.runs.run import Run
    from tiersim.scenario.assumption import Assumption
    from tiersim.scenario.schema import Scenario

MIN_DRAWS = 20
"""With fewer draws no fit is made."""

CLEAR = 2.0
"""A slope of fewer standard errors is not told from noise."""

Z_LOW, Z_HIGH = -1.6448536269514722, 1.6448536269514722
"""Normal scores of the 5 % and 95 % points."""


@dataclass(frozen=True)
class Fit:
    """Slopes of the gain by assumption, money for one normal score, and their standard errors.

    ``centre`` is the fitted gain with every selected assumption at its median.
    """

    centre: float
    slopes: dict[str, float]
    errors: dict[str, float]
    selected: tuple[str, ...]
    draws: int

    def is_clear(self, path: str) -> bool:
        """Whether the slope is more than noise."""
        return abs(self.slopes.get(path, 0.0)) > CLEAR * self.errors.get(path, np.inf)

    def shrunk(self, path: str) -> float:
        """The slope less what noise is expected to have added to it, 0 where noise may be all of it."""
        slope = self.slopes.get(path, 0.0)
        return slope * self.variance_of(path) / slope**2 if slope else 0.0

    def variance_of(self, path: str) -> float:
        """Variance that the assumption brings, without what noise adds to a squared slope; not below 0."""
        return max(0.0, self.slopes.get(path, 0.0) ** 2 - self.errors.get(path, 0.0) ** 2)


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
    """Fit of the gain on the assumptions of `run`; None with nothing uncertain or too few draws."""
    paths, z = scores(run)
    means = pair_means(gain)
    if not paths or means.size < MIN_DRAWS:
        return None
    chosen = select(z, means)
    slopes, errors, centre = regress(z, means, chosen)
    return Fit(
        centre,
        dict(zip(paths, slopes.tolist(), strict=True)),
        dict(zip(paths, errors.tolist(), strict=True)),
        tuple(paths[column] for column in chosen),
        means.size,
    )


def select(z: Values, y: Values) -> list[int]:
    """Columns of `z` that matter, strongest first: forward selection, stopped by extended BIC.

    The criterion is n log(RSS / n) + m (log n + 2 log k) for m of k columns: 2 log k beyond the usual
    BIC, since the best of k columns of pure noise is not noise of one column.
    """
    rows, width = z.shape
    columns, residual = z - z.mean(axis=0), y - y.mean()
    chosen: list[int] = []
    charge = math.log(rows) + 2 * math.log(width)
    while len(chosen) < rows // 3 and float(residual @ residual) > 0.0:
        # Columns are kept orthogonal to those chosen, so that each gain in fit is a simple projection.
        norms = np.einsum("ij,ij->j", columns, columns)
        usable = norms > 1e-9 * rows
        along = np.where(usable, (columns.T @ residual) ** 2 / np.where(usable, norms, 1.0), 0.0)
        best = int(along.argmax())
        before = float(residual @ residual)
        after = max(before - float(along[best]), 0.0)
        if after > 0.0 and rows * math.log(after / before) + charge >= 0.0:
            break
        direction = columns[:, best] / math.sqrt(norms[best])
        residual = residual - direction * (direction @ residual)
        columns = columns - np.outer(direction, direction @ columns)
        chosen.append(best)
        if after <= 1e-18 * float(y @ y):
            break
    return chosen


def regress(z: Values, y: Values, chosen: list[int]) -> tuple[Values, Values, float]:
    """Least-squares slopes and standard errors, and the intercept.

    Chosen columns are fitted together; each other one is fitted beside them.
    """
    rows, width = z.shape
    slopes, errors = np.zeros(width), np.full(width, np.inf)
    base = np.column_stack([np.ones(rows), z[:, chosen]])
    whole, error = _least_squares(base, y)
    slopes[chosen], errors[chosen] = whole[1:], error[1:]
    for column in set(range(width)) - set(chosen):
        beside, error = _least_squares(np.column_stack([base, z[:, column]]), y)
        slopes[column], errors[column] = beside[-1], error[-1]
    return slopes, errors, float(whole[0])


def _least_squares(x: Values, y: Values) -> tuple[Values, Values]:
    found, _, rank, _ = np.linalg.lstsq(x, y, rcond=None)
    residual = y - x @ found
    spread = float(residual @ residual) / max(1, y.size - int(rank))
    errors = np.sqrt(spread * np.diag(np.linalg.pinv(x.T @ x)))
    return np.asarray(found, dtype=np.float64), np.asarray(errors, dtype=np.float64)
