"""How right early warnings were, what a plain rule knows already, and what attempts came to (L5, L6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.errors import TiersimError

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.run import Run

NOBODY = "nobody leaves"


def accuracy(run: Run, policy: str | None = None) -> pd.DataFrame:
    """One row a detector, and one for saying of everybody that it stays.

    Columns
    -------
    alarms_a_week : customers put on the list a week.
    precision : share of judged alarms whose customer left in time, or would have.
    too_late : share of them whose customer had gone already.
    recall : share of those who left, of whom an alarm was open.
    lead_weeks : mean time from a right alarm to the last day.
    accuracy : share of customers of whom the list said rightly, at a quarter's beginning, whether they would
        leave in it. High for whoever says nothing, as most customers stay.
    lift : share of leavers among those listed against that among all.

    Parameters
    ----------
    policy : only customers under this policy; default: all.
    """
    import pandas as pd

    table = run.warnings if policy is None else run.warnings[run.warnings["policy"] == policy]
    if table.empty:
        raise TiersimError(f"no customer was under {policy or 'any policy'} while warnings were looked at")
    numbers = table.select_dtypes("number").columns.drop(["replication"])
    sums = table.groupby("detector", observed=True)[list(numbers)].sum()
    weeks = run.scenario.horizon * run.replications
    judged = sums["right"] + sums["too_late"] + sums["false"]
    looked, left = sums["looked_at"], sums["looked_left"]
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = (sums["said"] - sums["said_left"]) + (left - sums["said_left"])
        base = left / looked
        out = pd.DataFrame(
            {
                "alarms_a_week": sums["alarms"] / weeks,
                "precision": sums["right"] / judged,
                "too_late": sums["too_late"] / judged,
                "recall": sums["caught"] / sums["leavers"],
                "lead_weeks": sums["lead_weeks"] / sums["right"],
                "accuracy": 1.0 - wrong / looked,
                "lift": sums["said_left"] / sums["said"] / base,
            }
        )
        out.loc[NOBODY] = {
            "alarms_a_week": 0.0,
            "recall": 0.0,
            "accuracy": float(1.0 - left.sum() / looked.sum()),
        }
    return out.rename_axis("detector")


def calibration(run: Run) -> pd.DataFrame:
    """By detector and tenth of what it said: customers, how many left in the quarter, and their share."""
    table = run.calibration.groupby(["detector", "bin"], observed=True)[["customers", "true_left"]].sum()
    return table.assign(share=table["true_left"] / table["customers"])


def attempts(run: Run) -> dict[str, float]:
    """What attempts came to within the horizon, a replication.

    ``claimed`` is the share of attempts that a company would call successful, as the customer ordered within
    13 weeks; ``true`` the share that kept or won back a customer who was leaving. The difference are
    customers who were not leaving, or would have ordered again.
    """
    table = run.data["kpis"]
    inside = table["quarter"] < run.horizon_quarters
    names = ("attempts", "true_needless", "true_saved", "true_won_back", "returned")
    sums = {name: float(table[name][inside].sum()) / run.replications for name in names}
    many = sums["attempts"]
    kept = sums["true_saved"] + sums["true_won_back"]
    return {
        **sums,
        "claimed": sums["returned"] / many if many else 0.0,
        "true": kept / many if many else 0.0,
    }
