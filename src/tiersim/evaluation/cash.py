"""Cash as it falls, told by quarter: cumulative curve with band, payback, dip, cash flow by policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.findings import CashPoint, Estimate, QuarterRow
from tiersim.evaluation.npv import cash_by_quarter, payback
from tiersim.evaluation.statistics import OUTCOMES, estimate

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison


@dataclass(frozen=True)
class CashStory:
    """Everything that the report says of cash, plan against today."""

    points: list[CashPoint]
    quarters: list[QuarterRow]
    payback_quarter: str | None
    payback_never: float
    deepest: Estimate
    deepest_quarter: str


def cash_story(comparison: Comparison) -> CashStory:
    """Cash of the comparison; payback is that of the mean curve, the dip also of each outcome (R5)."""
    roles = comparison.roles
    runs = [comparison.run(roles[role]) for role in ("today", "uniform", "plan")]
    cash = [cash_by_quarter(run) for run in runs]
    # Receivables may end in another quarter in another world.
    width = max(part.shape[1] for part in cash)
    today, uniform, plan = (np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in cash)
    labels = max((run.quarters for run in runs), key=len)
    horizon = runs[2].horizon_quarters
    cumulative = np.cumsum(plan - today, axis=1)
    low, high = np.quantile(cumulative, OUTCOMES, axis=0)
    curve = cumulative.mean(axis=0)
    outcomes = [payback(row) for row in cumulative]
    central = payback(curve)
    return CashStory(
        [
            CashPoint(labels[q], q < horizon, float(curve[q]), float(low[q]), float(high[q]))
            for q in range(width)
        ],
        [
            QuarterRow(
                labels[q], q < horizon, float(today[:, q].mean()), float(uniform[:, q].mean()),
                float(plan[:, q].mean()),
            )
            for q in range(width)
        ],
        None if central.quarter is None else labels[central.quarter],
        float(np.mean([outcome.quarter is None for outcome in outcomes])),
        # The dip of the drawn curve, in its quarter; the range is that of each outcome's own dip.
        replace(estimate(np.array([outcome.dip for outcome in outcomes])), mean=float(central.dip)),
        labels[central.dip_quarter],
    )  # fmt: skip
