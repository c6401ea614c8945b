"""Everything of an ROI report that twins of the plan tell, simulated together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiersim.evaluation.effect_breakeven import effect_breakeven
from tiersim.evaluation.marginal import budget_changes, marginal_of
from tiersim.evaluation.strategy_worth import levers, worth_of
from tiersim.evaluation.twins import run_twins, twin_replications

if TYPE_CHECKING:
    from tiersim.runs.comparison import Comparison


def twin_findings(comparison: Comparison, **simulation: Any) -> dict[str, Any]:
    """Fields of the findings by name: worth of strategies, return of the last money, break-even effect.

    Twins by lever and by money are one simulation, since they share each replication's past.

    Parameters
    ----------
    simulation : ``workers``, ``progress``, ``store``, ``engine`` of `tiersim.runs.simulation.run_groups`.
    """
    scenario, policy = comparison.scenario, comparison.roles["plan"]
    count = twin_replications(comparison.replications)
    known, changes = levers(scenario, policy), budget_changes(scenario, policy)
    runs = run_twins(
        comparison,
        [lever.off for lever in known] + [change[3] for change in changes],
        count,
        **simulation,
    )
    return {
        "strategies": worth_of(comparison, known, runs[: len(known)]),
        "marginal": marginal_of(comparison, changes, runs[len(known) :]),
        "breakeven_effect": effect_breakeven(comparison, count, **simulation),
        "twin_replications": count,
    }
