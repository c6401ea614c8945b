"""A world as a company would track it: key figures by quarter and tier (E6), in the form of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiersim.evaluation.effect_parts import SUMS
from tiersim.evaluation.registry import KPIS, series
from tiersim.tables.actuals import ALL, as_export

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.run import Run


def tracked(run: Run, replication: int = 0) -> pd.DataFrame:
    """Observed key figures of one replication, one row a quarter and tier (and ``all``), one column each.

    Amounts are those of the quarter; what cannot be computed is empty.
    """
    tiers = [*run.scenario.tiers, ALL]
    rows = []
    for name, kpi in KPIS.items():
        if not kpi.observed:
            continue
        found = series(run, name)[replication] / (4.0 if name in SUMS else 1.0)
        rows += [
            (quarter, tier, name, float(found[q, code]))
            for q, quarter in enumerate(run.quarters[: run.horizon_quarters])
            for code, tier in enumerate(tiers)
            if np.isfinite(found[q, code])
        ]
    return as_export(rows)
