"""The findings behind the ROI report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation import kpis
from tiersim.evaluation.assumptions import assumption_rows as assumption_rows
from tiersim.evaluation.benefits import benefits, constant
from tiersim.evaluation.cash import cash_story
from tiersim.evaluation.cautions import cautions
from tiersim.evaluation.contrast import needed
from tiersim.evaluation.differences import differences
from tiersim.evaluation.execution import execution_plan
from tiersim.evaluation.findings import AccountRow, Estimate, MoveRow, RoiFindings
from tiersim.evaluation.flips import flips
from tiersim.evaluation.ledger_check import ledger_check
from tiersim.evaluation.margin_path import margin_path
from tiersim.evaluation.npv import (
    CARE,
    ONCE,
    WINNING,
    account_order,
    money_by_account,
    pv_by_account,
    spending,
)
from tiersim.evaluation.statistics import estimate, split, variance_ratio
from tiersim.evaluation.tier_quarters import tier_quarters
from tiersim.evaluation.tiers import tier_rows, worse_off
from tiersim.evaluation.twin_findings import twin_findings
from tiersim.evaluation.verdict import chance_to_beat, verdict
from tiersim.evaluation.waterfall import waterfall
from tiersim.evaluation.weak import gain_without_weak, share_from_weak

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

ROLES = ("today", "uniform", "plan")
ROI_FROM = 0.05
"""A ratio is told where the yearly cost difference is above this share of the budget (R1)."""


def roi_findings(comparison: Comparison, quick: bool | None = None, **simulation: Any) -> RoiFindings:
    """Everything that the ROI report says of a comparison of today, the money spread, and the plan (R1).

    Parameters
    ----------
    quick : no further simulation: no gain without weak effects, no worth of strategies, no return of the
        last money, no break-even of all effects, other break-evens off the fit; default as the comparison
        was made.
    simulation : ``workers``, ``progress``, for what is simulated further.

    Raises
    ------
    RunError
        The scenario compares fewer than three policies, or there are fewer than 4 replications.
    """
    _check(comparison)
    quick = comparison.quick if quick is None else quick
    scenario, roles = comparison.scenario, comparison.roles
    runs = {role: comparison.run(roles[role]) for role in ROLES}
    today, plan = runs["today"], runs["plan"]
    npv = {role: run.npv() for role, run in runs.items()}
    gain, spread = npv["plan"] - npv["today"], npv["uniform"] - npv["today"]
    within = plan.npv(True) - today.npv(True)
    chance = chance_to_beat(gain, scenario.money.hurdle)
    cash = cash_story(comparison)
    yearly = {label: money_by_account(run) for label, run in comparison.runs.items()}
    extra = {
        label: spending(comparison.run(label), money, CARE + ONCE + WINNING)
        for label, money in yearly.items()
    }
    above = {label: float((money - extra[roles["today"]]).mean()) for label, money in extra.items()}
    money_needed = above[roles["plan"]]
    budget = _budget(scenario, roles["plan"])
    lorenz = _lorenz(today)
    parts = split(gain)
    listed = flips(comparison, quick, **simulation)
    found = RoiFindings(
        name=scenario.name,
        description=scenario.description,
        policies=roles | {label: label for label in comparison.worlds if label not in roles.values()},
        policy_texts={
            label: run.scenario.policies[run.policy].description
            for label, run in comparison.runs.items()
            if run.policy is not None
        },
        start=scenario.start.isoformat(),
        first_quarter=plan.quarters[0],
        last_quarter=plan.quarters[plan.horizon_quarters - 1],
        horizon_years=scenario.horizon / 52,
        run_out_years=scenario.run_out / 52,
        customers=scenario.customers,
        revenue=scenario.baseline.revenue,
        margin=scenario.baseline.margin,
        currency=scenario.currency,
        discount_rate=scenario.money.discount_rate,
        hurdle=scenario.money.hurdle,
        go_at=scenario.money.go_at,
        no_at=scenario.money.no_at,
        budget_yearly=budget,
        baseline_gate=False,
        verdict=verdict(chance, scenario.money.go_at, scenario.money.no_at),
        gain=estimate(gain),
        p_hurdle=chance,
        gain_horizon=estimate(within),
        p_hurdle_horizon=chance_to_beat(within, scenario.money.hurdle),
        more_money=estimate(spread),
        p_hurdle_uniform=chance_to_beat(spread, scenario.money.hurdle),
        better_aimed=estimate(npv["plan"] - npv["uniform"]),
        payback_quarter=cash.payback_quarter,
        payback_never=cash.payback_never,
        deepest_cash=cash.deepest,
        deepest_quarter=cash.deepest_quarter,
        money_needed=money_needed,
        extra_yearly=above,
        spent_yearly={
            label: float(spending(comparison.run(label), money, CARE).mean())
            for label, money in yearly.items()
        },
        peak_staff={label: float(kpis.peak_staff(run).mean()) for label, run in comparison.runs.items()},
        roi_percent=_roi(today, plan, gain, money_needed, budget),
        tiers=tier_rows(comparison),
        cash=cash.points,
        quarters=cash.quarters,
        accounts=_accounts(comparison, yearly),
        moves=_moves(plan),
        range_from_assumptions=parts.share,
        range_from_weak=share_from_weak(plan, gain),
        gain_without_weak=None if quick else gain_without_weak(comparison, **simulation),
        flips=listed,
        worse_off=worse_off(comparison),
        capped_share=kpis.capped_share(plan),
        profit_top20=_at(lorenz, 0.2),
        lorenz=lorenz,
        assumptions=assumption_rows(scenario),
        replications=comparison.replications,
        draws=parts.draws,
        seed=comparison.seed,
        variance_ratio=variance_ratio(npv["plan"], npv["today"]),
        replications_for=needed(gain, comparison.half_widths),
        scenario_sha256=_sha256(scenario),
        version=_version(),
        warnings=cautions(comparison, plan, listed),
        execution=execution_plan(scenario),
        tier_quarters=tier_quarters(comparison),
        waterfall=waterfall(comparison),
        benefits=benefits(comparison),
        benefits_constant=constant(comparison),
        margin_path=margin_path(comparison),
        difference_to_baseline=differences(scenario, roles["today"], roles["plan"]),
    )
    if not quick:
        found = replace(found, **twin_findings(comparison, **simulation))
    return replace(found, ledger_check=ledger_check(comparison, found))


def _check(comparison: Comparison) -> None:
    from tiersim.runs.errors import RunError

    if len(comparison.scenario.compare) < len(ROLES):
        raise RunError(
            "compare: the ROI report needs three policies, in this order: today's care, the plan's money "
            f"spread evenly, the plan; got {', '.join(comparison.scenario.compare)}"
        )
    if comparison.replications < 4:
        raise RunError(f"replications: the ROI report needs at least 4; got {comparison.replications}")


def _budget(scenario: Scenario, policy: str) -> float:
    own = scenario.policies[policy].budget.yearly
    return scenario.budget.yearly if own is None else own


def _roi(
    today: Run, plan: Run, gain: np.ndarray[Any, Any], money_needed: float, budget: float
) -> Estimate | None:
    """Gain in percent of the mean present value of the extra cost; None where that is small (R1).

    Dividing by the mean keeps a replication with little extra cost from giving a boundless ratio.
    """
    before, after = (spending(run, pv_by_account(run), CARE + ONCE + WINNING) for run in (today, plan))
    cost = after - before
    extra = float(cost.mean())
    if money_needed <= ROI_FROM * budget or extra <= 0.0:
        return None
    return estimate(gain, 100.0 / extra)


def _accounts(comparison: Comparison, yearly: dict[str, np.ndarray[Any, Any]]) -> list[AccountRow]:
    names = comparison.run(comparison.roles["plan"]).names["accounts"]
    means = {label: money.mean(axis=0) for label, money in yearly.items()}
    return [
        AccountRow(names[code], {label: float(values[code]) for label, values in means.items()})
        for code in account_order(names)
        if any(values[code] != 0.0 for values in means.values())
    ]


def _moves(plan: Run) -> list[MoveRow]:
    """Moves at reviews within the horizon; the first rating of a newcomer is no move."""
    moves = plan.data["moves"]
    first = plan.names["rules"].index("first rating") if "first rating" in plan.names["rules"] else 0
    keep = (moves["quarter"] < plan.horizon_quarters) & (moves["rule"] != first)
    width = len(plan.names["tiers"])
    flat = moves["from_tier"][keep].astype(np.int64) * width + moves["to_tier"][keep]
    counts = np.bincount(flat, weights=moves["customers"][keep], minlength=width * width)
    tiers = plan.names["tiers"]
    return [
        MoveRow(tiers[code // width], tiers[code % width], float(count) / plan.replications)
        for code, count in enumerate(counts)
        if count
    ]


def _lorenz(run: Run) -> list[tuple[float, float]]:
    """Share of profit by share of customers, most profitable first, mean over replications."""
    table = run.data["lorenz"]
    customers = table["share_customers"].reshape(run.replications, -1).mean(axis=0)
    profit = table["share_profit"].reshape(run.replications, -1).mean(axis=0)
    middle = customers.size // 2
    if profit[middle] < customers[middle]:
        customers, profit = 1 - customers[::-1], 1 - profit[::-1]
    return [(float(x), float(y)) for x, y in zip(customers, profit, strict=True)]


def _at(curve: list[tuple[float, float]], share: float) -> float:
    return float(np.interp(share, [x for x, _ in curve], [y for _, y in curve]))


def _sha256(scenario: Scenario) -> str:
    from tiersim.scenario.write import content_hash

    return content_hash(scenario)


def _version() -> str:
    from tiersim.runs.pieces import package_version

    return package_version()
