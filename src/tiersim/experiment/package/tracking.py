"""The tracking table (E6): by quarter and tier what a company sees of its customers' loyalty."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.experiment.outcomes import measured
from tiersim.experiment.run import Experiment
from tiersim.runs.quarters import quarter_labels
from tiersim.tables.panel import Panel

LTV_YEARS = 3
"""Years that the LTV of the table looks ahead."""


@dataclass(frozen=True)
class Tracked:
    """A row, of the customers there when the quarter begins.

    Shares from 0 to 1, NPS from -100 to 100, LTV in currency units a customer; nan where not known.
    """

    period: str
    tier: str
    customers: int
    repurchase: float
    churn: float
    nps: float
    ltv: float


def tracked(found: Experiment, arm: int) -> list[Tracked]:
    """The quarters of an experiment that lie in it whole, of the customers assigned to an arm.

    Tiers are those of the start, so that who moves makes no difference (R6).
    """
    design, seen = found.design, found.seen
    first, stop = -(-design.begins // WEEKS_PER_QUARTER), design.stop // WEEKS_PER_QUARTER
    panel = seen.panel.take(seen.members[seen.cohort & (seen.lot.arm == arm)])
    labels = quarter_labels(design.scenario.start, range(max(stop, 1)))
    rate = float(design.scenario.money.discount_rate)
    return [
        _row(panel, labels[quarter], name, panel.tier == code, quarter, rate)
        for quarter in range(first, stop)
        for code, name in enumerate(design.scenario.tiers)
    ]


def _row(
    panel: Panel, period: str, tier: str, mine: npt.NDArray[np.bool_], quarter: int, rate: float
) -> Tracked:
    begin, end = quarter * WEEKS_PER_QUARTER, (quarter + 1) * WEEKS_PER_QUARTER
    # Sums of who has gone stand at 0 in the panel; churn is applied to the margin of who has not.
    there = mine & np.isfinite(measured(panel, "conversion", begin, end))

    def mean(measure: str) -> float:
        values = measured(panel, measure, begin, end)[there]
        known = np.isfinite(values)
        return float(values[known].mean()) if known.any() else math.nan

    churn = mean("churn")
    return Tracked(
        period, tier, int(there.sum()), mean("conversion"), churn, mean("nps"),
        ltv(mean("margin"), churn, rate),
    )  # fmt: skip


def ltv(margin: float, churn: float, rate: float, years: int = LTV_YEARS) -> float:
    """Discounted margin of a customer over some years at an even margin and churn.

    margin · Σ ((1 - churn)⁴ / (1 + rate))ᵗ for t = 0 to years - 1: a plain forecast from one quarter, derived
    here; the ROI report simulates what it leaves out.

    Parameters
    ----------
    margin : gross margin a customer and year, currency units.
    churn : share lost in a quarter.
    rate : yearly discount rate.

    Examples
    --------
    >>> ltv(100.0, 0.0, 0.0), round(ltv(100.0, 0.0, 0.25, 2), 1)
    (300.0, 180.0)
    """
    keep = (1.0 - churn) ** 4 / (1.0 + rate)
    return margin * math.fsum(keep**year for year in range(years))
