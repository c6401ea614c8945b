"""Concentration risk: what hangs on the largest customers, and what their leaving costs (L8)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.evaluation.statistics import estimate

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.run import Run
    from tiersim.scenario.schema import Scenario

LOSS = "loss of the largest"
"""Name of the shock by which `loss_of_largest` lets them leave."""


@dataclass(frozen=True)
class Held:
    """What the largest customers hold; means over the replications, `low` and `high` central 95 %."""

    week: int
    top: int
    revenue_share: float
    low: float
    high: float
    margin_share: float
    herfindahl: float
    profit_lost: float
    replace_years: float


def held(run: Run) -> list[Held]:
    """Rows of the table of concentration, one for each moment and number of largest customers."""
    table, found = run.data["concentration"], []
    for week, top in sorted(set(zip(table["week"].tolist(), table["top"].tolist(), strict=True))):
        rows = (table["week"] == week) & (table["top"] == top)
        shares = table["revenue_share"][rows]
        low, high = np.quantile(shares, [0.025, 0.975])
        years = table["true_replace_years"][rows]
        found.append(
            Held(
                int(week),
                int(top),
                float(shares.mean()),
                float(low),
                float(high),
                float(table["margin_share"][rows].mean()),
                float(table["herfindahl"][rows].mean()),
                float(table["true_profit_lost"][rows].mean()),
                float(years.mean()),
            )
        )
    return found


def loss_of_largest(
    scenario: Scenario | str | os.PathLike[str],
    policies: Sequence[str] | None = None,
    largest: Sequence[int] = (1, 5, 10),
    replications: int = 20,
    seed: int = 1,
    **simulation: Any,
) -> pd.DataFrame:
    """Profit lost if the N largest customers of the start left in the first week, by simulation.

    Each loss is simulated beside the same worlds without it, on the same draws: staff, budget, referral and
    newcomers react as they do. What is already planned for the scenario (its shocks) happens in both.

    Parameters
    ----------
    policies : policies of the scenario; default its plan.
    largest : numbers N of customers that leave.
    simulation : ``workers``, ``progress``.

    Returns
    -------
    One row a policy and N: ``loss`` (present value, horizon and run-out, mean), ``low`` and ``high`` (95 %
    of the outcomes), ``simulation_error`` (half width of the 95 % interval of the mean), ``share`` of the
    net present value, ``first_order`` (the table's estimate, which ends at the horizon).
    """
    import pandas as pd

    from tiersim.runs.simulation import simulate
    from tiersim.runs.worlds import load_scenario

    base = load_scenario(scenario)
    wanted = (
        [base.compare[-1] if len(base.compare) < 3 else base.compare[2]] if policies is None else policies
    )
    rows = []
    for policy in wanted:
        without = simulate(base, policy, replications, seed, **simulation)
        npv = without.npv()
        table = without.data["concentration"]
        for count in largest:
            gone = base.override({f"shocks.{LOSS}": {"begins": "0 weeks", "leaves": int(count)}})
            found = estimate(npv - simulate(gone, policy, replications, seed, **simulation).npv())
            known = (table["week"] == 0) & (table["top"] == count)
            rows.append(
                {
                    "policy": policy,
                    "largest": int(count),
                    "loss": found.mean,
                    "low": found.low,
                    "high": found.high,
                    "simulation_error": found.simulation_error,
                    "share": found.mean / float(npv.mean()),
                    "first_order": float(table["true_profit_lost"][known].mean()) if known.any() else np.nan,
                }
            )
    return pd.DataFrame(rows)
