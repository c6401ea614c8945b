"""How customers pass through the stages of life, and how often the company sees the right one (L1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tiersim.evaluation.kpis import rate
from tiersim.scenario.targets import STAGES

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.run import Run

Floats = NDArray[np.float64]

TO = (*STAGES, "gone")
FROM = (*TO, "new")


@dataclass(frozen=True)
class Accuracy:
    """How right observed stages are, over all quarters and replications; nan where nobody is.

    `right`: share of customers in their true stage. By stage: `found`, the share of those truly in it who
    are seen in it, and `sure`, the share of those seen in it who truly are.
    """

    right: float
    found: dict[str, float]
    sure: dict[str, float]


def has_lifecycle(run: Run) -> bool:
    """Whether the run assessed stages of life."""
    return "lifecycle" in run.data and run.data["lifecycle"]["customers"].size > 0


def counts(run: Run) -> NDArray[np.int64]:
    """Customers by quarter, stage before (`FROM`), after (`TO`) and true stage (`TO`), all replications."""
    table = run.data["lifecycle"]
    out = np.zeros((run.horizon_quarters, len(FROM), len(TO), len(TO)), np.int64)
    at = (table["quarter"], table["from_stage"], table["to_stage"], table["true_stage"])
    np.add.at(out, tuple(column.astype(np.int64) for column in at), table["customers"])
    return out


def transitions(run: Run, shares: bool = True) -> pd.DataFrame:
    """Transition matrix of a quarter: stage before by stage after.

    Parameters
    ----------
    shares : each row as shares of its customers; else customers a quarter, mean of the replications.
    """
    import pandas as pd

    found = counts(run).sum(axis=(0, 3)).astype(np.float64)
    whole = found.sum(axis=1, keepdims=True)
    shown = rate(found, whole) if shares else found / (run.replications * run.horizon_quarters)
    rows, columns = pd.Index(FROM, name="from_stage"), pd.Index(TO, name="to_stage")
    return pd.DataFrame(shown, index=rows, columns=columns)


def stage_shares(run: Run) -> pd.DataFrame:
    """Share of the customers in each stage at the start and at the end of every quarter of the plan."""
    import pandas as pd

    found = counts(run).sum(axis=3)
    at_end = found.sum(axis=1)[:, : len(STAGES)]
    at_start = found[0].sum(axis=1)[: len(STAGES)]
    stock = np.vstack([at_start, at_end]).astype(np.float64)
    rows = pd.Index(["start", *run.quarters[: len(at_end)]], name="end_of")
    return pd.DataFrame(rate(stock, stock.sum(axis=1, keepdims=True)), index=rows, columns=list(STAGES))


def confusion(run: Run) -> pd.DataFrame:
    """Customers a quarter by observed stage (rows) and true stage (columns), mean of the replications."""
    import pandas as pd

    found = counts(run).sum(axis=(0, 1))[: len(STAGES)].astype(np.float64)
    rows, columns = pd.Index(STAGES, name="stage"), pd.Index(TO, name="true_stage")
    return pd.DataFrame(found / (run.replications * run.horizon_quarters), index=rows, columns=columns)


def accuracy(run: Run) -> Accuracy:
    """How right observed stages are."""
    found = confusion(run).to_numpy()
    hits = np.diag(found)
    true, seen = rate(hits, found[:, : len(STAGES)].sum(axis=0)), rate(hits, found.sum(axis=1))
    return Accuracy(
        float(rate(hits.sum(keepdims=True), found.sum(keepdims=True).ravel())[0]),
        dict(zip(STAGES, true.tolist(), strict=True)),
        dict(zip(STAGES, seen.tolist(), strict=True)),
    )
