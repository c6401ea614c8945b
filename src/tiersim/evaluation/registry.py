"""The key figures of a customer base (E1, E2): one registry, from ledger and recorders only.

Every figure is a ratio of sums, times a factor: ratios are never averaged, so that a tier, all tiers
together, a quarter and a year are computed alike. Figures whose name begins with ``true_`` rest on what only
the simulation knows; a company could not compute them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from tiersim.evaluation import cubes
from tiersim.evaluation.cubes import Measure, counted, money
from tiersim.evaluation.kpis import BACK, GONE, rate
from tiersim.evaluation.npv import CARE, INCOME
from tiersim.evaluation.statistics import Values

if TYPE_CHECKING:
    from tiersim.runs.run import Run

Dimension = Literal["financial", "behaviour", "relationship", "process"]
Unit = Literal["share", "money", "points", "hours", "number"]
DIMENSIONS: tuple[Dimension, ...] = ("financial", "behaviour", "relationship", "process")


@dataclass(frozen=True)
class Kpi:
    """One key figure: ``factor × Σ above ÷ Σ below``, or one minus it.

    Attributes
    ----------
    direction : 1 where more is better, -1 where less is, 0 where neither is by itself: what a plan puts in
        (contacts, cost of care) is no success and no failure.
    level : a state at the end of a time rather than something that happens in it; only the last quarter of
        a window counts.
    missing : key of the reason why there may be no figure (nothing to divide by).
    """

    name: str
    dimension: Dimension
    unit: Unit
    direction: int
    formula: str
    above: Measure
    below: Measure
    factor: float = 1.0
    complement: bool = False
    level: bool = False
    missing: str = "nobody"

    @property
    def observed(self) -> bool:
        """Whether a company could compute it."""
        return not self.name.startswith("true_")

    @property
    def aggregation(self) -> str:
        """How quarters and tiers are put together, in words."""
        return "ratio of the sums, of the last quarter" if self.level else "ratio of the sums"


PAID = (*INCOME, "discounts")
WEEKS = counted("customer_weeks")
_ANSWERED = counted("answered")
_LOST = counted(*GONE, minus=(BACK,))


def _gross(run: Run) -> Values:
    return money(*PAID, "goods")(run)


def _still_buying(run: Run) -> Values:
    return counted("active", minus=("lapsed",))(run)


_ALL = [
    Kpi("revenue", "financial", "money", 1, "revenue and fees less discounts, a year",
        money(*PAID), cubes.years),
    Kpi("gross_margin", "financial", "money", 1, "revenue and fees less discounts and cost of goods, a year",
        _gross, cubes.years),
    Kpi("profit", "financial", "money", 1, "all accounts of these customers, cost of care included, a year",
        money(), cubes.years),
    Kpi("profit_margin", "financial", "share", 1, "profit ÷ revenue", money(), money(*PAID),
        missing="no_revenue"),
    Kpi("arpu", "financial", "money", 1, "revenue of an active customer a year", money(*PAID), WEEKS, 52.0),
    Kpi("cost_to_serve", "financial", "money", 0,
        "cost of care of an active customer a year (service, staff, contacts, strategies, campaigns, points)",
        money(*CARE, sign=-1.0), WEEKS, 52.0),
    Kpi("order_frequency", "behaviour", "number", 1, "orders of an active customer a year",
        counted("orders"), WEEKS, 52.0),
    Kpi("order_size", "behaviour", "money", 1, "revenue ÷ orders", money(*PAID), counted("orders"),
        missing="no_orders"),
    Kpi("repurchase", "behaviour", "share", 1,
        "active customers who are not lapsed (R12) ÷ active customers, at the end of a quarter",
        _still_buying, counted("active")),
    Kpi("interactions", "behaviour", "number", 0, "contacts of an active customer a year",
        counted("contacts"), WEEKS, 52.0),
    Kpi("products", "behaviour", "number", 1, "product lines held by an active customer",
        counted("products"), WEEKS, missing="no_products"),
    Kpi("churn", "relationship", "share", -1,
        "customers of the start who are gone or lapsed at the end ÷ customers of the start",
        _still_buying, cubes.at_start, complement=True, level=True),
    Kpi("renewal", "relationship", "share", 1, "contracts renewed ÷ contracts due", counted("renewed"),
        counted("renewals_due"), missing="no_contracts"),
    Kpi("referral", "relationship", "number", 1, "newcomers brought by 100 active customers a year",
        counted("referrals"), WEEKS, 5200.0),
    Kpi("nps", "relationship", "points", 1, "(answers of 9 or 10 − answers of 0 to 6) ÷ answers × 100",
        counted("promoters", minus=("detractors",)), _ANSWERED, 100.0, missing="no_answers"),
    Kpi("csat", "relationship", "points", 1, "mean of the answers, 0 to 100", counted("csat"), _ANSWERED,
        missing="no_answers"),
    Kpi("negative_share", "relationship", "share", -1, "answers of 0 to 6 ÷ answers", counted("detractors"),
        _ANSWERED, missing="no_answers"),
    Kpi("response_hours", "process", "hours", -1, "hours until the answer ÷ service requests",
        counted("answer_hours"), counted("tickets"), missing="no_requests"),
    Kpi("late_share", "process", "share", -1, "requests answered later than promised ÷ requests",
        counted("late"), counted("tickets"), missing="no_requests"),
    Kpi("solved_in_time", "process", "share", 1, "requests solved within the time promised ÷ requests ended",
        counted("solved", minus=("solved_late",)), counted("solved", "unsolved"), missing="no_requests"),
    Kpi("self_service", "process", "share", 0,
        "questions answered by customers themselves or by the bot ÷ all questions and requests",
        counted("self_served", "by_bot"), counted("self_served", "tickets"), missing="no_requests"),
    Kpi("true_churn", "relationship", "share", -1,
        "customers lost or let go, less those won back ÷ customer-years", _LOST, WEEKS, 52.0),
    Kpi("true_satisfaction", "relationship", "points", 1, "mean satisfaction of active customers",
        counted("true_satisfaction"), WEEKS),
    Kpi("true_wallet_share", "behaviour", "share", 1, "mean share of what active customers buy at all",
        counted("wallet_share"), WEEKS),
]  # fmt: skip

KPIS: dict[str, Kpi] = {kpi.name: kpi for kpi in _ALL}
"""All key figures by name, in the order in which they are listed."""


def value(run: Run, name: str, first: int = 0, last: int | None = None) -> Values:
    """A key figure over quarters `first` to `last` - 1 (default: the horizon).

    Returns
    -------
    Shape (replications, tiers + 1), customers of the start by tier at the start; the last column is all of
    them together. nan where there is nothing to divide by; `Kpi.missing` says why that may be.

    Raises
    ------
    ValueError : a window that holds no quarter of the horizon.
    KeyError : no such figure.
    """
    stop = run.horizon_quarters if last is None else last
    if not 0 <= first < stop <= run.horizon_quarters:
        raise ValueError(f"quarters {first} to {stop} are not within the plan's 0 to {run.horizon_quarters}")
    kpi = KPIS[name]
    window = slice(stop - 1, stop) if kpi.level else slice(first, stop)
    return ratio(kpi, *(part(run)[:, window].sum(axis=1) for part in (kpi.above, kpi.below)))


def series(run: Run, name: str) -> Values:
    """A key figure quarter by quarter, shape (replications, quarters of the horizon, tiers + 1)."""
    kpi = KPIS[name]
    return ratio(kpi, kpi.above(run), kpi.below(run))


def everybody(run: Run) -> Run:
    """The same run with customers won since counted like those of the start.

    Only what `value` and `series` say of all tiers together means anything then. Costs that belong to no
    customer stay out.
    """
    data = dict(run.data)
    for name in ("kpis", "ledger"):
        columns = data[name]
        tier = columns["tier0"]
        data[name] = columns | {
            "cohort": np.ones_like(columns["cohort"]),
            "tier0": np.where(tier == run.names["tiers"].index("new"), 0, tier),
        }
    return replace(run, data=data)


def company(run: Run, name: str) -> Values:
    """A key figure of the whole company over the plan, shape (replications,); who counts is as in `whole`."""
    return value(run if KPIS[name].level else everybody(run), name)[:, -1]


def whole(run: Run, name: str) -> Values:
    """A key figure of the whole company quarter by quarter, shape (replications, quarters of the horizon).

    Customers won since count, as they do in what a company reports of itself; but of a share lost since the
    start, which is one of those who were there.
    """
    return series(run if KPIS[name].level else everybody(run), name)[..., -1]


def constant(name: str, *runs: Run) -> bool:
    """Whether a figure is one and the same number in all runs, outcomes, tiers and quarters.

    Such a figure follows from how the company was described (with contracts nobody lapses, without product
    lines nobody holds one): it says nothing of a plan, and is neither shown nor judged.
    """
    return same(*(series(run, name) for run in runs))


def same(*values: Values) -> bool:
    """Whether all known values, of which there are some, are the same but for the last digits of sums."""
    known = np.concatenate([found[np.isfinite(found)] for found in values])
    return bool(known.size) and float(np.ptp(known)) <= 1e-12 * float(np.abs(known).max())


def ratio(kpi: Kpi, above: Values, below: Values) -> Values:
    """A figure from its sums, by tier on the last axis, and of all tiers together behind them."""
    tiers = above.shape[-1]
    # Time is the same for every tier: it is repeated for tiers, and not added up over them.
    by_tier = np.broadcast_to(below, above.shape)
    together = below[..., 0] if below.shape[-1] != tiers else below.sum(axis=-1)
    found = rate(
        np.concatenate([above, above.sum(axis=-1)[..., None]], axis=-1),
        np.concatenate([by_tier, together[..., None]], axis=-1),
    )
    found = kpi.factor * found
    return 1.0 - found if kpi.complement else found
