"""A world as a company would track it: key figures by quarter and tier (E6), in the form of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.effect_parts import SUMS
from tiersim.evaluation.registry import KPIS, series, whole
from tiersim.evaluation.statistics import Values
from tiersim.tables.actuals import ALL, as_export

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.run import Run


def tracked(run: Run, replication: int = 0) -> pd.DataFrame:
    """Observed key figures of one replication, one row a quarter and tier (and ``all``), one column each.

    Amounts are those of the quarter; what cannot be computed is empty.
    """
    rows = []
    for name, kpi in KPIS.items():
        if not kpi.observed:
            continue
        for tier in (*run.scenario.tiers, ALL):
            found = company_tells(run, name, tier)[replication] / (4.0 if name in SUMS else 1.0)
            told = zip(run.quarters[: run.horizon_quarters], found.tolist(), strict=True)
            rows += [(quarter, tier, name, x) for quarter, x in told if np.isfinite(x)]
    return as_export(rows)


def company_tells(run: Run, metric: str, tier: str) -> Values:
    """A key figure as a company tells of it, shape (replications, quarters of the horizon).

    Of a tier, the customers of the start by their tier then; of ``all``, everybody
    (`tiersim.evaluation.registry.whole`).
    """
    if tier == ALL:
        return whole(run, metric)
    return series(run, metric)[..., list(run.scenario.tiers).index(tier)]
