"""Four kinds of benefit (E5): only the economic one is money, the others are indicators with a grade.

Managerial: is the service steadier and better known; strategic: whom the company hangs on, and grows with;
social: what becomes of those who get least, and what customers say. Nothing here is turned into money:
what an indicator is worth is in the gain already, or nobody knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tiersim.evaluation import kpis
from tiersim.evaluation.npv import INCOME, table
from tiersim.evaluation.registry import same
from tiersim.evaluation.roi_parts import Benefit
from tiersim.evaluation.statistics import OUTCOMES, Values, estimate
from tiersim.evaluation.weak import is_effect
from tiersim.runs.reduce import sums
from tiersim.scenario.assumption import GRADES

if TYPE_CHECKING:
    from tiersim.evaluation.findings import Estimate
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

TOP = 10
"""Largest customers whose share of revenue is told."""

EFFECTS = "effects"
"""Stands for all effects of care in the lists of what an indicator rests on."""

STATED = "stated"
"""Grade of an indicator that rests on no assumption."""

FEW = 4
"""Replications that a change needs at least."""

ALL = ("",)
SERVICE = ("population.ticket_rate", "population.ticket_shape", "service", "staff", "desk")
PURCHASES = ("population.order_shape", "population.basket_spread", EFFECTS)
FELT = ("attention.satisfaction", "satisfaction", *SERVICE)


@dataclass(frozen=True)
class _Indicator:
    kind: Literal["managerial", "strategic", "social"]
    key: str
    unit: Literal["share", "points", "number"]
    direction: Literal["up", "down", "none"]
    rests_on: tuple[str, ...]
    values: Callable[[Run], Values]
    """One value a replication, nan where it has none; empty where the run cannot tell it."""


def benefits(comparison: Comparison) -> list[Benefit]:
    """The economic benefit and all indicators that both worlds can tell, today against the plan.

    An indicator whose section the scenario lacks is left out, and so is one of `constant`; one without any
    case has None.
    """
    roles, scenario = comparison.roles, comparison.scenario
    today, plan = comparison.run(roles["today"]), comparison.run(roles["plan"])
    a, b = today.npv(), plan.npv()
    grade = weakest(scenario, (EFFECTS,))
    found = [
        Benefit("economic", "gain", float(a.mean()), float(b.mean()), estimate(b - a), "money", "up", grade)
    ]
    for item in INDICATORS:
        before, after = item.values(today), item.values(plan)
        if (not before.size and not after.size) or same(before, after):
            continue
        found.append(
            Benefit(item.kind, item.key, _mean(before), _mean(after), _change(before, after), item.unit,
                    item.direction, weakest(scenario, item.rests_on))
        )  # fmt: skip
    at = next(i for i, row in enumerate(found) if row.kind != "economic") if len(found) > 1 else 1
    found.insert(at, _spread(a, b, weakest(scenario, ALL)))
    return found


def constant(comparison: Comparison) -> list[str]:
    """Indicators that are the same in every outcome, today and under the plan: they say nothing of it."""
    today, plan = (comparison.run(comparison.roles[role]) for role in ("today", "plan"))
    return [item.key for item in INDICATORS if same(item.values(today), item.values(plan))]


def weakest(scenario: Scenario, rests_on: tuple[str, ...]) -> str:
    """The weakest grade among the assumptions at or below some paths.

    From the strongest: fitted, published, claimed, assumed.
    """
    from tiersim.scenario.assumption import walk_assumptions

    grades = {
        found.grade
        for path, found, _ in walk_assumptions(scenario)
        if any(_rests(path, prefix) for prefix in rests_on)
    }
    return max(grades, key=GRADES.index, default=STATED)


def _rests(path: str, prefix: str) -> bool:
    if prefix == EFFECTS:
        return is_effect(path)
    return not prefix or path == prefix or path.startswith(prefix + ".")


def _mean(values: Values) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None


def _change(before: Values, after: Values) -> Estimate | None:
    if before.size != after.size:
        return None
    whole = (after - before)[: before.size // 2 * 2].reshape(-1, 2)
    # Pairs share their assumptions: half of one would count as a whole.
    known = whole[np.isfinite(whole).all(axis=1)].ravel()
    return estimate(known) if known.size >= FEW else None


def _spread(today: Values, plan: Values, grade: str) -> Benefit:
    """How far outcomes lie apart: central 95 % of the present value by its mean; less is easier to plan."""

    def width(values: Values) -> float | None:
        low, high = np.quantile(values, OUTCOMES)
        middle = abs(float(values.mean()))
        return float(high - low) / middle if middle > 0.0 else None

    return Benefit("managerial", "spread", width(today), width(plan), None, "share", "down", grade)


def _per(above: str, below: str, scale: float = 1.0) -> Callable[[Run], Values]:
    """Ratio of two KPIs over all customers of the horizon."""

    def ratio(run: Run) -> Values:
        return scale * kpis.rate(
            kpis.kpi_sum(run, above, cohort=None).sum(axis=1),
            kpis.kpi_sum(run, below, cohort=None).sum(axis=1),
        )

    return ratio


def _in_time(run: Run) -> Values:
    return 1.0 - _per("late", "tickets")(run)


def _nps(run: Run) -> Values:
    promoters, detractors, answered = (
        kpis.kpi_sum(run, column, cohort=None).sum(axis=1)
        for column in ("promoters", "detractors", "answered")
    )
    return 100.0 * kpis.rate(promoters - detractors, answered)


def _products(run: Run) -> Values:
    if "products" not in run.data["kpis"] or run.scenario.products is None:
        return np.zeros(0)
    return _per("products", "customer_weeks")(run)


def _lowest(values: Callable[[Run], Values]) -> Callable[[Run], Values]:
    """Of the customers who were in the lowest tier at the start."""
    return lambda run: values(run)[:, len(run.scenario.tiers) - 1]


def _right(run: Run) -> Values:
    """Share of customers in the tier of their score on data without errors, at reviews in the horizon."""
    table_ = run.data.get("reviews")
    if table_ is None or not table_["week"].size:
        return np.zeros(0)
    keep = table_["week"] <= run.scenario.horizon
    by = table_["replication"][keep].astype(np.int64)
    right, all_ = (sums(by, table_[name][keep], run.replications) for name in ("right", "customers"))
    return kpis.rate(right, all_)


def _largest(run: Run) -> Values:
    """Share of revenue of the largest customers at the end of the horizon."""
    table_ = run.data.get("concentration")
    if table_ is None or not (table_["top"] == TOP).any():
        return np.zeros(0)
    keep = table_["top"] == TOP
    keep &= table_["week"] == table_["week"][keep].max()
    share = np.full(run.replications, np.nan)
    share[table_["replication"][keep]] = table_["revenue_share"][keep]
    return share


def _top_tiers(run: Run) -> Values:
    """Share of the horizon's revenue from the customers who were in the upper two tiers at the start."""
    ledger, names = run.data["ledger"], run.names["accounts"]
    keep = np.isin(ledger["account"], [names.index(name) for name in INCOME if name in names])
    keep &= ledger["order_quarter"] < run.horizon_quarters
    revenue = table(run, "ledger", "tier0", keep, ledger["cents"] / 100.0)
    return kpis.rate(revenue[:, :2].sum(axis=1), revenue.sum(axis=1))


def _growing(run: Run) -> Values:
    """Share of customers seen as growing who are still there a year on: four quarters at the mean rate."""
    table_ = run.data.get("lifecycle")
    if table_ is None or not table_["quarter"].size:
        return np.zeros(0)
    stages = run.names["stages"]
    keep = (table_["quarter"] < run.horizon_quarters) & (table_["from_stage"] == stages.index("growth"))
    gone = keep & (table_["to_stage"] == stages.index("gone"))
    lost, there = (
        sums(table_["replication"][rows].astype(np.int64), table_["customers"][rows], run.replications)
        for rows in (gone, keep)
    )
    return (1.0 - kpis.rate(lost, there)) ** 4


INDICATORS = (
    _Indicator("managerial", "in_time", "share", "up", SERVICE, _in_time),
    _Indicator("managerial", "rating_right", "share", "up", ("data", "population.signals"), _right),
    _Indicator("strategic", "largest", "share", "down", PURCHASES, _largest),
    _Indicator("strategic", "top_tiers", "share", "none", PURCHASES, _top_tiers),
    _Indicator("strategic", "growing_kept", "share", "up", ("churn", EFFECTS), _growing),
    _Indicator("strategic", "wallet", "share", "up", ("population.wallet_share", "wallet", EFFECTS),
               _per("wallet_share", "customer_weeks")),
    _Indicator("strategic", "lines_held", "number", "up", ("products", EFFECTS), _products),
    _Indicator("social", "lowest_late", "share", "down", SERVICE, _lowest(kpis.late_share)),
    _Indicator("social", "lowest_satisfaction", "points", "up", FELT, _lowest(kpis.satisfaction)),
    _Indicator("social", "lowest_churn", "share", "down", ("churn", *FELT), _lowest(kpis.first_year_churn)),
    _Indicator("social", "nps", "points", "up", FELT, _nps),
    _Indicator("social", "referrals", "number", "up", ("referral", *FELT),
               _per("referrals", "customer_weeks", 52_000.0)),
)  # fmt: skip
"""Every indicator; referrals are those of 1,000 customers in a year, lines held those of a customer."""
