"""The return of the last unit of money: the plan with a little more and a little less of it (E4).

People are whole and strategies want no more than their dose, so that a little more money often finds
nothing to pay for. What is not spent returns to profit in both worlds (R16); the gain is therefore divided
by what was really spent, and where next to nothing was, no ratio is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.npv import CARE, ONCE, WINNING, money_by_account, pv_by_account, spending
from tiersim.evaluation.roi_parts import MarginalRow
from tiersim.evaluation.statistics import OUTCOMES, estimate
from tiersim.evaluation.twins import run_twins
from tiersim.policy.plan import budget_of

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison
    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

STEP = 0.05
"""Share by which money is changed."""

FELT = 0.1
"""Below this share of the offered money that is spent, the money counts as not spent."""

Change = tuple[str | None, float, float, dict[str, Any]]
"""Group (None: all), share, money a year, and the change of the policy."""


def budget_changes(scenario: Scenario, policy: str) -> list[Change]:
    """Less and more money in all, and more for each group of the split with that of the others kept.

    None under informal care, or where there is no budget. Under uniform care there is one group.
    """
    rules = scenario.policies[policy]
    if rules.care == "informal" or not scenario.mechanisms.budget:
        return []
    yearly, split = budget_of(scenario, rules)
    if yearly <= 0.0:
        return []
    found: list[Change] = [
        (None, step, step * yearly, {"budget": {"yearly": yearly * (1.0 + step)}}) for step in (-STEP, STEP)
    ]
    if rules.care == "uniform" or len(split) < 2:
        return found
    for group, share in split.items():
        more = STEP * yearly * share
        if more <= 0.0:
            continue
        whole = yearly + more
        shares = {name: (yearly * part + more * (name == group)) / whole for name, part in split.items()}
        found.append((group, STEP, more, {"budget": {"yearly": whole, "split": shares}}))
    return found


def marginal(comparison: Comparison, count: int, **simulation: Any) -> list[MarginalRow]:
    """One row for each of `budget_changes`.

    Parameters
    ----------
    count : replications of each twin, the first ones of the comparison.
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_groups`.
    """
    changes = budget_changes(comparison.scenario, comparison.roles["plan"])
    runs = run_twins(comparison, [change[3] for change in changes], count, **simulation)
    return marginal_of(comparison, changes, runs)


def marginal_of(comparison: Comparison, changes: list[Change], runs: list[Run]) -> list[MarginalRow]:
    """The rows of changes whose twins have been simulated."""
    plan = comparison.run(comparison.roles["plan"])
    return [_row(plan, *change[:3], twin) for change, twin in zip(changes, runs, strict=True)]


def _row(plan: Run, group: str | None, share: float, offered: float, twin: Run) -> MarginalRow:
    count, accounts = twin.replications, CARE + ONCE + WINNING
    gain = twin.npv() - plan.npv()[:count]

    def more(of: Any) -> float:
        return float((spending(twin, of(twin), accounts) - spending(plan, of(plan), accounts)[:count]).mean())

    yearly, spent = more(money_by_account), more(pv_by_account)
    # Both ways: of less money the saving has to be felt. What goes against the change is not its doing.
    felt = yearly / offered >= FELT and spent * offered > 0.0
    low, high = sorted(float(x) / spent for x in np.quantile(gain, OUTCOMES)) if felt else (None, None)
    return MarginalRow(
        group=group,
        change=share,
        offered_yearly=offered,
        spent_yearly=yearly,
        spent=spent,
        gain=estimate(gain),
        per_unit=float(gain.mean()) / spent if felt else None,
        low=low,
        high=high,
        not_spent=not felt,
    )
