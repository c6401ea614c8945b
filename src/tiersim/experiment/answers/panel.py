"""What all answers by region share: a checked panel, its two windows, and the t test over regions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.sample import Floats, Ints, RegionPanel

ROUNDING = 1e-12
"""Share of the largest outcome below which a difference counts as rounding."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Windows:
    """Level of each region before and after a common start; arrays of shape (regions,).

    Parameters
    ----------
    before, after : mean outcome, weighted by the length of periods.
    treated : which regions are treated.
    scale : the largest outcome in absolute terms, to tell differences from rounding.
    """

    before: Floats
    after: Floats
    treated: Mask
    scale: float

    @property
    def change(self) -> Floats:
        """After minus before, shape (regions,)."""
        return self.after - self.before

    def base(self, effect: float) -> float:
        """What the treated regions would have had without the effect."""
        return float(self.after[self.treated].mean()) - effect


def checked(panel: RegionPanel) -> float:
    """Refuse a panel that no answer can read; returns the largest outcome in absolute terms.

    Raises
    ------
    ValueError
        Arrays do not fit each other.
    NotEstimable
        A figure is missing, nothing lies before or in the experiment, or a region began too early.
    """
    regions, periods = panel.outcome.shape
    if panel.first.shape != (regions,) or panel.weeks.shape != (periods,):
        raise ValueError(
            f"outcome has shape {panel.outcome.shape}, first {panel.first.shape}, weeks {panel.weeks.shape}: "
            "they must be (regions, periods), (regions,) and (periods,)"
        )
    if panel.blocks.size not in (0, regions):
        raise ValueError(f"blocks has {panel.blocks.size} entries for {regions} regions")
    if not panel.weeks.min() > 0.0:
        raise ValueError("each period must be longer than 0 weeks")
    scale = float(np.abs(panel.outcome).max())
    if not math.isfinite(scale):
        i, t = np.argwhere(~np.isfinite(panel.outcome))[0]
        raise NotEstimable(f"region {panel.names[i]} has no outcome in period {t}")
    if panel.begins <= 0:
        raise NotEstimable("there is no period before the experiment")
    if panel.begins >= periods:
        raise NotEstimable("there is no period of the experiment yet")
    if panel.first.min() < panel.begins:
        early = panel.names[int(panel.first.argmin())]
        raise NotEstimable(f"region {early} is treated before the experiment begins")
    return scale


def compared(treated: Mask) -> None:
    """Refuse a comparison without a treated or without a control region."""
    count = int(treated.sum())
    if count == 0:
        raise NotEstimable("no region is treated")
    if count == treated.size:
        raise NotEstimable("there is no control region")


def windows(panel: RegionPanel) -> Windows:
    """Levels before the experiment and from the common start on.

    Periods between the begin of the experiment and the start of the treatment (a run-in) count for neither.

    Raises
    ------
    NotEstimable
        Besides what `checked` refuses: no treated or no control region, different starts.
    """
    scale = checked(panel)
    treated = panel.treated
    compared(treated)
    starts = panel.first[treated]
    start = int(starts[0])
    if int(starts.min()) != int(starts.max()):
        raise NotEstimable("regions begin in different periods; a common start is needed")
    if start >= panel.outcome.shape[1]:
        raise NotEstimable("no treated region has begun yet")
    past, during = panel.weeks[: panel.begins], panel.weeks[start:]
    before = panel.outcome[:, : panel.begins] @ (past / past.sum())
    after = panel.outcome[:, start:] @ (during / during.sum())
    return Windows(before, after, treated, scale)


def two_sample(figures: Floats, treated: Mask, scale: float) -> tuple[float, float, int]:
    """Difference of two means over regions, its pooled standard error, G - 2 degrees of freedom.

    Parameters
    ----------
    figures : one figure of each region, shape (regions,).
    treated : which regions are treated, shape (regions,).
    scale : the size of a figure that rounding is measured by.

    Raises
    ------
    NotEstimable
        Fewer than three regions, or no spread within the two groups.
    """
    regions, ones = treated.size, int(treated.sum())
    if regions < 3:
        raise NotEstimable("one treated and one control region leave no degree of freedom")
    a, b = figures[treated], figures[~treated]
    # Dot products, since np.var costs several times as much on a handful of regions.
    top, low = float(a.sum()) / ones, float(b.sum()) / (regions - ones)
    a, b = a - top, b - low
    variance = (float(a @ a) + float(b @ b)) / (regions - 2)
    if variance <= (ROUNDING * scale) ** 2:
        raise NotEstimable("the outcome never varies between regions of the same arm")
    return top - low, math.sqrt(variance * (1.0 / ones + 1.0 / (regions - ones))), regions - 2


def block_codes(panel: RegionPanel) -> Ints:
    """Code of each region's block, shape (regions,); all 0 without blocks."""
    return panel.blocks if panel.blocks.size else np.zeros(panel.first.size, np.int64)


def starts_within(panel: RegionPanel) -> Ints:
    """Start of each region, the number of periods where it does not begin within the panel."""
    return np.minimum(panel.first, panel.outcome.shape[1])
