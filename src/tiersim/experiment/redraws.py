"""What an answer says by the luck of a few regions: other lots on one and the same world.

A lot of regions leads nobody astray on average, but one draw can. The world in which nobody is treated is
simulated once a replication and answered under many lots, as if those regions had been treated. The truth is
0 in all of them, and customers and their luck are the same, so that what differs is the draw of regions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tiersim.experiment.answers.menus import ALL, answers_for
from tiersim.experiment.design import Design, Outcome
from tiersim.experiment.diagnosands import Figure, mean
from tiersim.experiment.estimate import NotEstimable
from tiersim.experiment.samples import Seen
from tiersim.experiment.trial import TrialOutcome
from tiersim.experiment.worlds import opening
from tiersim.runs.tables import Columns
from tiersim.scenario.schema import Scenario

LOTS = 20
"""Lots a replication; the s.d. of so many is known to a sixth, and better over replications."""

_APART = 1_000_000
"""Between the addresses of lots, so that none is that of another replication of fewer than a million."""


def by_lot(design: Design) -> bool:
    """Whether chance chooses the regions."""
    return design.kind == "pilot" and design.how in ("simple", "rerandomised")


def redraw(scenario: Scenario, worlds: Sequence[Any], seed: int, replication: int) -> list[TrialOutcome]:
    """Answer one world in which nobody is treated under `LOTS` lots; all answers of the scenario.

    The table ``redraws`` has a row an outcome, answer and lot; ``value`` is nan where there is no estimate.
    """
    first = opening(scenario, seed, replication)
    design, panel = first.design, first.nobody().panel
    rows: list[tuple[int, int, int, float]] = []
    for k in range(LOTS):
        seen = Seen(design, panel, first.lot(replication + _APART * (k + 1)))
        for number, outcome in enumerate(design.outcomes):
            rows += [
                (number, list(ALL).index(name), k, _said(seen, name, outcome))
                for name in answers_for(design, outcome)
            ]
    outcome_of, answer_of, lot_of, value = zip(*rows, strict=True)
    table: Columns = {
        "outcome": np.array(outcome_of, np.int16), "answer": np.array(answer_of, np.int16),
        "lot": np.array(lot_of, np.int16), "value": np.array(value, np.float64),
    }  # fmt: skip
    return [TrialOutcome({"redraws": table}, {"answers": list(ALL)})]


def _said(seen: Seen, name: str, outcome: Outcome) -> float:
    answer = ALL[name]
    try:
        made = seen.sample if answer.unit == "customer" else seen.regions
        found = answer.answer(made(outcome, seen.design.stop), 1)
    except NotEstimable:
        return float("nan")
    return found.value if found.ok else float("nan")


def spread(table: Columns, outcome: int, answer: str, replications: int) -> Figure:
    """Standard deviation of an answer from one draw of regions to another, and its Monte-Carlo error.

    Variances within replications are averaged; the error of the root is that of the mean by the delta
    method.

    Parameters
    ----------
    table : the table ``redraws`` of all replications.
    outcome : its place in the design.
    """
    mine = (table["outcome"] == outcome) & (table["answer"] == list(ALL).index(answer))
    variance = np.full(replications, np.nan)
    for replication in range(replications):
        said = table["value"][mine & (table["replication"] == replication)]
        said = said[np.isfinite(said)]
        if said.size > 1:
            variance[replication] = said.var(ddof=1)
    within = mean(variance, np.arange(replications) // 2)
    root = float(np.sqrt(within.value)) if within.value >= 0.0 else float("nan")
    return Figure(root, within.error / (2.0 * root) if root > 0.0 else float("nan"))
