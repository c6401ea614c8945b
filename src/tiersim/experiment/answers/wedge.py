"""Stepped wedge: regions change over one wave after the other, and a mixed model takes time out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tiersim.experiment.answers.lots import drawn_by_lot
from tiersim.experiment.answers.panel import ROUNDING, checked, starts_within
from tiersim.experiment.answers.staggered import deal_starts
from tiersim.experiment.estimate import Estimate, NotEstimable, from_error
from tiersim.experiment.sample import Floats, RegionPanel


def wedge_variance(design: npt.ArrayLike, sigma2: float, tau2: float) -> float:
    """Variance of the effect in a stepped wedge with known components (Hussey & Hughes 2007).

    I sigma2 (sigma2 + T tau2) / ((I U - W) sigma2 + (U^2 + I T U - T W - I V) tau2), where U is the sum of
    the design, W the sum of its squared column sums and V of its squared row sums. Any design of 0 and 1.

    Parameters
    ----------
    design : 1 where a region is treated, shape (I regions, T periods).
    sigma2 : variance of a cell's mean within its region.
    tau2 : variance between regions; both in the outcome's unit squared.

    Raises
    ------
    NotEstimable
        The design does not tell the treatment from time.

    Examples
    --------
    >>> wedge_variance([[0, 1], [0, 0]], 1.0, 0.0)
    2.0
    """
    x = np.asarray(design, float)
    regions, periods = x.shape
    u, w, v = float(x.sum()), float(np.sum(x.sum(axis=0) ** 2)), float(np.sum(x.sum(axis=1) ** 2))
    known = (regions * u - w) * sigma2 + (u * u + regions * periods * u - periods * w - regions * v) * tau2
    if known <= 0.0:
        raise NotEstimable("all regions change over together, so the treatment cannot be told from time")
    return regions * sigma2 * (sigma2 + periods * tau2) / known


def stepped_wedge(
    panel: RegionPanel,
    level: float = 0.95,
    sigma2: float | None = None,
    tau2: float | None = None,
    inference: str = "t",
    seed: int = 0,
) -> Estimate:
    """Effect by generalised least squares: region random effects, period effects, treatment.

    The model of Hussey & Hughes (2007) on cell means. Components are given, or estimated by restricted
    maximum likelihood, whose profile has closed form on a balanced panel (derived here). The t test has
    G - 2 degrees of freedom, since what tells the effect is regions and not cells.

    The t test takes a region's errors as exchangeable over time. With serial correlation it rejects too
    often; ``randomisation`` then keeps its level, as it deals the starts out anew. Its weights come from
    the components as given, or as estimated without treatment, so they are the same under each lot.
    Periods of different length count alike.

    Parameters
    ----------
    panel : one metric by region and period.
    level : of the interval.
    sigma2, tau2 : variance of a cell's mean and between regions; both or neither.
    inference : ``t`` or ``randomisation``.
    seed : of the sample of lots, where one is drawn.

    Returns
    -------
    Estimate
        `details`: ``sigma2`` and ``tau2``, given or estimated.

    Raises
    ------
    NotSupported
        Randomisation asked for starts that were chosen by hand.
    NotEstimable
        No past, nobody treated, fewer than three regions, all change over together, no spread.
    """
    if (sigma2 is None) != (tau2 is None):
        raise ValueError("give both sigma2 and tau2, or neither")
    if inference not in ("t", "randomisation"):
        raise ValueError(f"unknown inference {inference!r}; there are t, randomisation")
    scale = checked(panel)
    regions, periods = panel.outcome.shape
    if regions < 3:
        raise NotEstimable("two regions leave no degree of freedom")
    starts = starts_within(panel)
    treated = np.arange(periods) >= starts[:, None]
    x = treated - treated.mean(axis=0)
    if not x.any():
        started = bool(treated.any())
        why = "all regions change over together, so the treatment cannot be told from time"
        raise NotEstimable(why if started else "no region is treated within the panel")
    y = panel.outcome - panel.outcome.mean(axis=0)
    if np.abs(y).max() <= ROUNDING * scale:
        raise NotEstimable("the outcome never varies between regions")
    if sigma2 is None or tau2 is None:
        shrink, sigma2 = _components(x if inference == "t" else None, y)
        tau2 = sigma2 * (1.0 / shrink - 1.0) / periods
        # Within regions nothing is left, so the search ended at its edge.
        if sigma2 <= 1e-10 * float(np.mean(y * y)):
            raise NotEstimable("the outcome never varies besides region, period and treatment")
    elif sigma2 <= 0.0 or tau2 < 0.0:
        raise ValueError("sigma2 must be above 0 and tau2 not below")
    else:
        shrink = sigma2 / (sigma2 + periods * tau2)
    # The inverse covariance leaves deviations from a region's mean as they are and shrinks the mean itself.
    weighed = x - (1.0 - shrink) * x.mean(axis=1, keepdims=True)
    known = float(np.sum(weighed * x))
    if known <= ROUNDING:
        raise NotEstimable("all regions change over together, so the treatment cannot be told from time")
    value = float(np.sum(weighed * y)) / known
    base = float(panel.outcome[treated].mean()) - value
    details = {"sigma2": sigma2, "tau2": tau2}
    if inference == "t":
        return from_error(value, math.sqrt(sigma2 / known), regions - 2, level, base, details=details)
    drawn_by_lot(panel)
    _, where, kinds = np.unique(starts, return_index=True, return_inverse=True)
    return deal_starts(panel, kinds, weighed[where] / known, treated, level, seed, scale, base, details)


def _components(x: Floats | None, y: Floats) -> tuple[float, float]:
    """Share s = sigma2 / (sigma2 + T tau2) and sigma2 that maximise the restricted likelihood.

    With the sums of squares within (w) and between regions (b), A = xx_w + s xx_b and
    Q = yy_w + s yy_b - (xy_w + s xy_b)^2 / A, minus twice its logarithm is, up to a constant,
    m log Q + log A - (G - 1) log s, m the degrees of freedom left; and sigma2 = Q / m (derived here).

    Parameters
    ----------
    x, y : treatment (None without) and outcome minus their period means, shape (regions, periods).
    """
    regions, periods = y.shape
    yy_b = periods * float(np.sum(y.mean(axis=1) ** 2))
    yy_w = float(np.sum(y * y)) - yy_b
    xx_b = xx_w = xy_b = xy_w = 0.0
    free = (regions - 1) * periods
    if x is not None:
        free -= 1
        xx_b = periods * float(np.sum(x.mean(axis=1) ** 2))
        xx_w = float(np.sum(x * x)) - xx_b
        xy_b = periods * float(x.mean(axis=1) @ y.mean(axis=1))
        xy_w = float(np.sum(x * y)) - xy_b
    tiny = ROUNDING * (yy_w + yy_b)

    def profile(log_s: Floats) -> tuple[Floats, Floats]:
        s = np.exp(log_s)
        a = xx_w + s * xx_b if x is not None else np.ones_like(s)
        q = np.maximum(yy_w + s * yy_b - (xy_w + s * xy_b) ** 2 / a, tiny)
        return free * np.log(q) + np.log(a) - (regions - 1) * log_s, q

    # Nested grids: the profile is smooth in log s, and each grid is 16 times as fine as the last.
    low, high = -30.0, 0.0
    for _ in range(6):
        grid = np.linspace(low, high, 33)
        criterion, q = profile(grid)
        best = int(criterion.argmin())
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 32)])
    return math.exp(float(grid[best])), float(q[best]) / free
