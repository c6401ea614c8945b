"""What a comparison found, ready to be told: the one object behind every page, table and export.

Money is in currency units, present value where a field says so; quarters are labels such as
``2026 Q1``; every uncertain figure is an `Estimate`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tiersim.evaluation.execution import PlanEntry
from tiersim.evaluation.roi_parts import (
    Benefit,
    Difference,
    EffectBreakEven,
    LedgerTotal,
    MarginalRow,
    MarginPath,
    StrategyWorth,
    TierQuarter,
    WaterfallStep,
)

Verdict = Literal["go", "pilot", "no"]


@dataclass(frozen=True)
class Estimate:
    """A figure over the replications: mean, central 95 % range of outcomes, chance to be above 0.

    ``simulation_error`` is the half width of the 95 % t interval of the mean; it shrinks with
    replications and says nothing about the world (R2).
    """

    mean: float
    low: float
    high: float
    p_positive: float
    simulation_error: float


@dataclass(frozen=True)
class TierRow:
    """One tier at the start (tier0), today against the plan."""

    tier: str
    customers: int
    revenue_today: float  # a year, at the start
    profit_today: float  # present value under today's care
    profit_plan: float
    gain: Estimate  # plan - today, present value
    gain_against_uniform: Estimate
    churn_today: float  # lost in the first year, share of the cohort
    churn_plan: float
    satisfaction_today: float  # mean over the horizon
    satisfaction_plan: float
    late_today: float  # share of requests answered late
    late_plan: float


@dataclass(frozen=True)
class CashPoint:
    """Cumulative net cash of the plan against today, at the end of a quarter."""

    quarter: str
    in_horizon: bool
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class AccountRow:
    """One account of the ledger over the horizon, undiscounted yearly mean by policy; income positive."""

    account: str
    by_policy: dict[str, float]


@dataclass(frozen=True)
class Flip:
    """The value of one assumption at which the plan stops paying, others at their central value."""

    path: str
    label: str
    unit: str
    value: float
    break_even: float | None  # None: no value inside its range turns the answer
    low: float
    high: float
    gain_low: float  # gain at the 5 % and 95 % points of the assumption
    gain_high: float
    grade: str
    source: str
    confirmed: bool  # the break-even was simulated, not only read off the fit


@dataclass(frozen=True)
class Worse:
    """Somebody for whom the plan is worse than today."""

    tier: str
    customers: int
    what: str  # key of the text resource: satisfaction, churn, late, profit
    today: float
    plan: float


@dataclass(frozen=True)
class MoveRow:
    """Customers that moved between tiers in the horizon, mean over replications."""

    from_tier: str
    to_tier: str
    customers: float


@dataclass(frozen=True)
class AssumptionRow:
    """One line of the list of assumptions."""

    path: str
    label: str
    shown: str
    source: str
    grade: str
    where: str  # file:line or preset
    stated: bool = False  # a plain value of the client's own file, which nothing backs but its author


@dataclass(frozen=True)
class QuarterRow:
    """Cash flow of one quarter, plan and today, mean."""

    quarter: str
    in_horizon: bool
    today: float
    uniform: float
    plan: float


@dataclass(frozen=True)
class RoiFindings:
    """Everything the ROI report says."""

    # what was compared
    name: str
    description: str
    policies: dict[str, str]  # role (today, uniform, plan) -> policy name; more under their own names
    policy_texts: dict[str, str]
    start: str  # ISO date
    first_quarter: str
    last_quarter: str
    horizon_years: float
    run_out_years: float
    customers: int
    revenue: float
    margin: float
    currency: str
    discount_rate: float
    hurdle: float
    go_at: float
    no_at: float
    budget_yearly: float
    baseline_gate: bool  # False: ILLUSTRATIVE on every page
    # the answer
    verdict: Verdict
    gain: Estimate  # plan - today, NPV over horizon and run-out
    p_hurdle: float
    gain_horizon: Estimate  # the same without the run-out
    p_hurdle_horizon: float  # chance that the plan years alone beat the hurdle
    more_money: Estimate  # uniform - today
    p_hurdle_uniform: float  # chance that the money spread evenly beats the hurdle
    better_aimed: Estimate  # plan - uniform
    payback_quarter: str | None  # of the mean curve
    payback_never: float  # share of outcomes that do not pay back by the end of the run-out
    deepest_cash: Estimate
    deepest_quarter: str
    money_needed: float  # yearly mean spending of the plan above today's
    extra_yearly: dict[str, float]  # by policy, yearly mean spending above today's, counted as `money_needed`
    spent_yearly: dict[str, float]  # by policy, budgeted spending a year
    peak_staff: dict[str, float]  # by policy
    roi_percent: Estimate | None  # only where the cost difference is above 5 % of the budget (R1)
    # why, and what could make it wrong
    tiers: list[TierRow]
    cash: list[CashPoint]
    quarters: list[QuarterRow]
    accounts: list[AccountRow]
    moves: list[MoveRow]
    range_from_assumptions: float  # share of the variance between parameter draws
    range_from_weak: float  # share due to claimed or assumed inputs
    gain_without_weak: Estimate | None  # effects that are claimed or assumed set to none, costs kept
    flips: list[Flip]  # nearest first
    worse_off: list[Worse]
    capped_share: float  # customer-weeks in which the combined lift met the cap (R7)
    profit_top20: float  # share of the base's margin that the top 20 % bring
    lorenz: list[tuple[float, float]]
    assumptions: list[AssumptionRow]
    # how it was computed
    replications: int
    draws: int
    seed: int
    variance_ratio: float  # what paired draws bought
    replications_for: dict[float, int] = field(default_factory=dict)  # half width -> replications
    scenario_sha256: str = ""
    version: str = ""
    command: str = ""
    warnings: list[str] = field(default_factory=list)
    execution: list[PlanEntry] = field(default_factory=list)  # the execution plan
    # inputs, outputs and levers
    tier_quarters: list[TierQuarter] = field(default_factory=list)
    strategies: list[StrategyWorth] = field(default_factory=list)  # none of a quick answer, likewise below
    marginal: list[MarginalRow] = field(default_factory=list)
    breakeven_effect: EffectBreakEven | None = None
    twin_replications: int = 0  # of `strategies`, `marginal` and `breakeven_effect`; 0: none simulated
    waterfall: list[WaterfallStep] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)
    benefits_constant: list[str] = field(default_factory=list)  # indicators that never differ
    margin_path: MarginPath = field(default_factory=MarginPath)
    difference_to_baseline: list[Difference] = field(default_factory=list)
    ledger_check: list[LedgerTotal] = field(default_factory=list)
