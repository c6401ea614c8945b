"""Who changes tier when the rating is made differently, over several simulated starts of a scenario."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tiersim.rating.sensitivity import tier_changes
from tiersim.runs.record_at_start import start_record
from tiersim.runs.worlds import load_scenario

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario


def changes_at_start(
    scenario: Scenario | str | os.PathLike[str], replications: int = 8, seed: int = 1, step: float = 0.2
) -> pd.DataFrame:
    """Share of customers in another tier at the start, by what is changed of the rating.

    Returns
    -------
    One row a change: kind, what, how; share, low and high of it (mean, least and most over the starts); top
    (mean share of the first tier's customers who are no longer in it); furthest (most tiers that a customer
    moves); note (why a change could not be made, in a start at least).
    """
    import pandas as pd

    scenario = load_scenario(scenario)
    parts = []
    for replication in range(replications):
        found = start_record(scenario, seed, replication)
        parts.append(tier_changes(found.observed, scenario.rating, scenario.tiers, step))
    whole = pd.concat(parts, ignore_index=True)
    keys = ["kind", "what", "how"]
    return whole.groupby(keys, sort=False, as_index=False).agg(
        share=("share", "mean"), low=("share", "min"), high=("share", "max"), top=("top", "mean"),
        furthest=("furthest", "max"), note=("note", "max"),
    )  # fmt: skip
