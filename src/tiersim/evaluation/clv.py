"""Value of a customer over time: of the cohort as simulated (LTV), and by formula from rates (CLV)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation import kpis, registry
from tiersim.evaluation.npv import npv_by_tier
from tiersim.evaluation.statistics import Values

if TYPE_CHECKING:
    from tiersim.runs.run import Run


def ltv(run: Run, horizon_only: bool = False) -> Values:
    """Present value that a customer of the start brings, shape (replications, tiers + 1) (R5).

    All accounts of these customers, cost of care included, over the horizon and its run-out (or the horizon
    alone), ÷ customers at the start; the last column is all tiers together.
    """
    worth, there = npv_by_tier(run, horizon_only), kpis.customers_at_start(run)
    return kpis.rate(np.column_stack([worth, worth.sum(axis=1)]), np.column_stack([there, there.sum(axis=1)]))


def clv(margin: Values | float, retention: Values | float, discount: float, years: float = np.inf) -> Values:
    """Discounted margin of a customer who is kept with the same chance every year.

    The first year's margin is had whole and now: neither discounted nor at risk; that of year t with chance
    ``retention ** t``, t years later. With q = retention / (1 + discount) this is the sum
    Σ margin q^t, t = 0 to years - 1, = margin (1 - q^years) / (1 - q); without end margin / (1 - q)
    = margin (1 + d) / (1 + d - r). It is the form for customers whom one has already (an annuity due).

    Two other forms are in use, so name yours when you compare. Margins at the end of each year, the first
    already at risk, for a customer about to be won: this times r / (1 + d), without end m r / (1 + d - r).
    Margins spread over each year: this divided by (1 + d)^½.

    Raises
    ------
    ValueError : a retention outside 0 to 1, or no discount where everybody is kept without end.
    """
    kept = np.asarray(retention, dtype=np.float64)
    known = kept[np.isfinite(kept)]
    if known.size and (known.min() < 0 or known.max() > 1):
        raise ValueError("retention is a share from 0 to 1")
    q = kept / (1.0 + discount)
    if np.isinf(years) and known.size and known.max() >= 1 + discount:
        raise ValueError("a customer kept for ever is worth no finite sum without a discount")
    worth = np.where(q == 1.0, years, (1.0 - q**years) / np.where(q == 1.0, 1.0, 1.0 - q))
    return np.asarray(margin * worth)


def clv_of(run: Run, years: float = np.inf) -> Values:
    """`clv` from a run's own rates, shape (replications, tiers + 1).

    Margin: profit of an active customer a year over the horizon; retention: 1 − the yearly rate of losses
    of the horizon. It takes both as constant, which they are not; `ltv` does not.
    """
    profit = registry.KPIS["profit"].above(run).sum(axis=1)
    weeks = registry.WEEKS(run).sum(axis=1)
    margin = 52.0 * kpis.rate(
        np.column_stack([profit, profit.sum(axis=1)]), np.column_stack([weeks, weeks.sum(axis=1)])
    )
    kept = np.exp(-registry.value(run, "true_churn"))
    return clv(margin, np.clip(kept, 0.0, 1.0), run.scenario.money.discount_rate, years)
