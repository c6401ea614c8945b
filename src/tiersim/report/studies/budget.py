"""The page of the study "Which split of the budget?".

``python -m tiersim.report.studies.budget`` writes it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tiersim.report.pictures.canvas import percent, short
from tiersim.report.studies.budget_words import answer, findings, split_words
from tiersim.report.studies.command import Command
from tiersim.report.studies.page import Page, filled, table
from tiersim.report.studies.words import give_or_take, ranged

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.budget_split import Study

REPLICATIONS = 16
SHOWN = 8
"""Rows of the table at either end."""

MAP = (
    "Each square is a split, its number the mean net present value above today's care in millions; the "
    "lighter, the more. The group that is on neither axis has the rest."
)
COLUMNS = (
    "Gain: net present value above today's care, mean, with the central 95 % of the outcomes in brackets. "
    "Cut: tiers with fewer people than their ratios need, and paid: share of the strategies' wish, both as "
    "counted before the simulation from central values. Unspent money returns to profit."
)


class Results(Page["Study"]):
    """All that the page shows."""

    name = "budget"
    images = "split"
    title = "Which split of the budget?"
    wrong = (
        "Strategies, their prices and effects are the starter's, and assumed. A tier without a strategy "
        "worth its price has nothing to buy with more money, whatever the tier is worth.",
        "Money beyond people and the wanted dose of all strategies is not spent; so a corner of the map "
        "shows what too little does to the others rather than what too much does to one.",
        "Responsiveness may go with value or against it; nobody has measured that, and the place of the best "
        "split rests on it.",
        "Splits are fixed for the whole plan. Rules that move money (budget.review) are another study.",
        "The best of many splits is partly the luckiest; the sentence on half of the replications says how "
        "much of it holds.",
        "People are whole: a step of 10 % buys some or none, which makes the map rough where pools are "
        "small.",
    )
    # Beside the strategies' prices and effects.
    assumed = (
        "population.value_correlation.responsiveness", "response.curvature", "response.half_life",
        "response.needs", "attention.satisfaction", "attention.order_rate", "attention.standard_hours",
        "churn.satisfaction_effect", "satisfaction.late_shock", "wallet.reversion", "staff.salary",
        "today.favour",
    )  # fmt: skip

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def findings(self) -> list[str]:
        return findings(self.study)

    @property
    def run(self) -> str:
        study, scenario = self.study, self.study.scenario
        return (
            f", {scenario.currency} {short(scenario.budget.yearly)} a year; {len(study.grid)} splits in "
            f"steps of {study.step} %, {study.replications} replications each of {scenario.horizon / 52:g} "
            "years with run-out, on the same draws;"
        )

    @property
    def reading(self) -> str:
        return (
            "± is the simulation error of a mean; better and worse are said only beyond an error widened for "
            f"{len(self.study.grid) - 1} comparisons at once. Not told apart from the best: what a split "
            "falls short of it is within its own error, not widened."
        )

    def sections(self) -> list[str]:
        return [
            "## The map", self.shown("map"), filled(MAP),
            "## Against the split as written", self.shown("along"),
            "## Best and worst", _table(self.study), filled(COLUMNS),
        ]  # fmt: skip


def results(
    scenario: Scenario | str | os.PathLike[str],
    replications: int = REPLICATIONS,
    seed: int = 1,
    quick: bool = False,
    progress: Progress | bool | None = None,
) -> Results:
    """Simulate everything that the page shows.

    Parameters
    ----------
    replications : of each split, on the same draws.
    quick : six splits beside the one as written.
    """
    from tiersim.report.pictures import budget as drawn
    from tiersim.study.budget_split import budget_split

    study = budget_split(scenario, replications, seed, quick=quick, progress=progress)
    return Results(study, {"map": drawn.splits(study), "along": drawn.along(study)})


def _table(study: Study) -> str:
    order = study.grid.sort_values("gain", ascending=False).index.tolist()
    keep = order if len(order) <= 2 * SHOWN else [*order[:SHOWN], *order[-SHOWN:]]
    rows = []
    for row in [row for row in order if row in keep or row == study.own]:
        one = study.grid.loc[row]
        rows.append(
            (
                split_words(study, row) + (" (as written)" if row == study.own else ""),
                ranged(one["gain"], one["gain_low"], one["gain_high"]),
                give_or_take(one["against"], one["against_error"]), one["verdict"] or "–",
                one["cut"] or "none", percent(one["paid"]), short(one["unspent"]),
            )
        )  # fmt: skip
    heads = (" / ".join(study.groups), "gain", "against the written", "", "people cut in", "strategies paid",
             "unspent a year")  # fmt: skip
    return table(heads, rows)


main = Command(
    "budget", results, "scenarios/machinery.yaml", REPLICATIONS, "six splits beside the one as written"
)

if __name__ == "__main__":
    sys.exit(main())
