"""Synthetic control: a mixture of control regions that had the same past as a treated one."""

from __future__ import annotations

import math

import numpy as np

from tiersim.experiment.answers.panel import ROUNDING, windows
from tiersim.experiment.estimate import Estimate, NotEstimable
from tiersim.experiment.sample import Floats, RegionPanel


def simplex_weights(target: Floats, controls: Floats) -> Floats:
    """Weights, none negative and with sum 1, of the mixture of controls nearest to the target.

    The least squares problem on the simplex is solved as plain non-negative least squares. With C the
    controls minus the target, min |C w|^2 over the simplex has the same w, up to its sum, as
    min |C u|^2 + (sum u - 1)^2 over u >= 0: for u = s w the minimum over s is m / (1 + m), which rises with
    m = |C w|^2 (derived here). Lawson & Hanson's (1974) active set then stops at an optimum, not near one.
    Data are scaled first. With more controls than periods weights may not be unique; one optimum is given.

    Parameters
    ----------
    target : shape (periods,).
    controls : shape (regions, periods).

    Raises
    ------
    NotEstimable
        The solver gave up.
    """
    from scipy.optimize import nnls

    away = controls - target
    # So scaled the nearest control alone has m = 1, hence s stays above one half.
    scale = math.sqrt(float(np.einsum("ij,ij->i", away, away).min()))
    if scale == 0.0:
        scale = float(np.abs(away).max()) or 1.0
    matrix = np.vstack([away.T / scale, np.ones(away.shape[0])])
    aim = np.zeros(matrix.shape[0])
    aim[-1] = 1.0
    try:
        found, _ = nnls(matrix, aim, maxiter=30 * away.shape[0])
    except RuntimeError:
        raise NotEstimable("the weights of the synthetic control were not found") from None
    return np.asarray(found / found.sum())


def synthetic_control(panel: RegionPanel, level: float = 0.95, worst_fit: float = 0.5) -> Estimate:
    """Mean gap between treated regions and their synthetic controls after the start.

    Each treated region gets weights of control regions fitted to its outcomes of all past periods (Abadie,
    Diamond & Hainmueller 2010, without further predictors); gaps are averaged over treated regions.

    The fit must be good: the root mean square gap of the past as a share of the spread between regions
    within past periods. At the default of one half the mixture explains three quarters of that variance; the
    limit is a choice, not a law.

    p is the rank of the gap among placebo gaps, each control region in turn posing as treated with the other
    controls as its pool. Its floor is 1 / (controls + 1). With several treated regions their mean gap is
    ranked among gaps of single regions, which is cautious. The interval takes the effect as constant.

    Ranks keep about their level where treated and control regions are of one kind, as a lot makes them. A
    region chosen because it is better than others is matched by controls that were lucky; their luck ends
    with the past, and this regression to the mean looks like an effect: placebo tests reject up to two times
    in five. Illenberger, Small & Shaw (2020) report .26 and .16 for 10 past periods with serial correlation 0
    and .5, and .40 for 4 periods. The gate of fit does not cure it.

    Parameters
    ----------
    panel : one metric by region and period, a common start.
    level : of the interval.
    worst_fit : largest fit that is accepted; infinite for no gate.

    Returns
    -------
    Estimate
        `details`: ``fit``, ``largest`` (the largest weight of a control region, mean over treated regions).

    Raises
    ------
    NotEstimable
        As `collapsed`; fewer than two control regions or past periods; the fit is not good enough.
    """
    seen = windows(panel)
    treated, begins = seen.treated, panel.begins
    controls = int((~treated).sum())
    if controls < 2:
        raise NotEstimable("a synthetic control needs at least two control regions")
    if begins < 2:
        raise NotEstimable("a synthetic control needs at least two periods before the experiment")
    weights_of_time = panel.weeks[:begins] / panel.weeks[:begins].sum()
    past = panel.outcome[:, :begins]
    past = past - past.mean(axis=0)
    spread = math.sqrt(float(weights_of_time @ past.var(axis=0)))
    if spread <= ROUNDING * seen.scale:
        raise NotEstimable("the outcome never varies between regions")
    scaled = past * np.sqrt(weights_of_time) / spread
    pool, pool_after = scaled[~treated], seen.after[~treated]
    gaps, misses, largest = [], [], []
    for own, after in zip(scaled[treated], seen.after[treated], strict=True):
        weights = simplex_weights(own, pool)
        gaps.append(float(after - weights @ pool_after))
        misses.append(float(np.sum((own - weights @ pool) ** 2)))
        largest.append(float(weights.max()))
    fit = math.sqrt(math.fsum(misses) / len(misses))
    if fit > worst_fit:
        raise NotEstimable(
            f"the synthetic control does not fit the past (its error is {fit:.0%} of the spread between "
            f"regions, above {worst_fit:.0%})"
        )
    value = math.fsum(gaps) / len(gaps)
    placebo = np.array([_placebo(pool, pool_after, j) for j in range(controls)])
    extreme = int(np.count_nonzero(np.abs(placebo) >= abs(value) - ROUNDING * seen.scale))
    # The observed gap counts itself, so the end is the placebo of this rank, if there is one.
    rank = math.floor((1.0 - level) * (controls + 1) + 1e-9)
    half = float(np.sort(np.abs(placebo))[-rank]) if rank else math.inf
    floor = 1.0 / (controls + 1)
    details = {"fit": fit, "largest": math.fsum(largest) / len(largest)}
    return Estimate(
        value, math.nan, value - half, value + half, (1 + extreme) * floor, "placebo", math.inf, floor, level,
        seen.base(value), "", details,
    )  # fmt: skip


def _placebo(pool: Floats, after: Floats, j: int) -> float:
    """Gap of control region `j` as if it were treated, with the other controls as its pool."""
    others = np.arange(after.size) != j
    return float(after[j] - simplex_weights(pool[j], pool[others]) @ after[others])
