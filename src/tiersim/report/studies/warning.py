"""The page of the study "When is a warning worth acting on?".

``python -m tiersim.report.studies.warning`` writes it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from tiersim.report.pictures.canvas import percent, short
from tiersim.report.pictures.warning_study import label
from tiersim.report.studies.command import Command
from tiersim.report.studies.page import Page, filled, table
from tiersim.report.studies.warning_words import answer, claim, findings, net_of
from tiersim.report.studies.words import give_or_take, money

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.warning import Study

REPLICATIONS = 36

TABLE = (
    "Right: share of the alarms whose customer left within the time that a warning is for, or would have. "
    "Found: share of those who left of whom an alarm was open. Needless: attempts with customers who were "
    "not leaving. Kept: customers a year who stay because of an attempt. Claimed and true: shares of the "
    "attempts. Net: present value against the same plan that asks nobody, without the cost of the warning "
    "system."
)
GRID = (
    "Thresholds down, costs of one attempt across; currency units, mean ± simulation error. What an attempt "
    "costs moves nothing but money, so all columns of a row are one run: gain before the cost of attempts, "
    "less their discounted number times that cost."
)


class Results(Page["Study"]):
    """All that the page shows."""

    name = "warning"
    images = "warning-study"
    title = "When is a warning worth acting on?"
    wrong = (
        "The chance that an attempt keeps a customer, and how it fades, decide the answer. Nobody has "
        "measured them; a test with lots is the way to: ask half of a list, and compare who is still there "
        "after the renewal.",
        "The falls of use and of orders before the last day are assumed too. Without them the score sees "
        "little more than the calendar.",
        "Amber is set equal to red here, so that the list is whom the plan asks. Weights and ends of the "
        "indicators are as the scenario says and not fitted.",
        "Attempts take capacity of their own. Hours are paid but not taken from the desk, so an attempt "
        "makes nobody else wait.",
        "The best threshold is chosen from the same runs that say what it brings, so its figure is a little "
        "too good.",
        "Customers do not learn that threatening to leave earns a discount.",
        "With contracts all decide the same time before the renewal, which makes the calendar a better list "
        "than it would be where people decide at any time.",
    )
    assumed = (
        "churn.notice", "churn.winding_down", "warning.use.winding_down", "warning.use.noise",
        "win_back.work", "win_back.fades", "win_back.relief", "win_back.chance.service",
        "win_back.chance.price", "win_back.chance.product", "win_back.chance.budget", "win_back.chance.other",
        "win_back.capacity", "win_back.again", "win_back.offer.discount", "win_back.offer.lasts",
        "baseline.churn", "baseline.margin", "baseline.revenue",
    )  # fmt: skip

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def claim(self) -> str:
        """What a company would claim, against the truth."""
        return claim(self.study)

    @property
    def said_first(self) -> list[str]:
        return [self.answer, self.claim]

    @property
    def findings(self) -> list[str]:
        return findings(self.study)

    @property
    def reading(self) -> str:
        return (
            "It is one made-up company whose assumptions nobody measured. ± is the simulation error of a "
            "mean; what is said to pay, to lose or to be better is so beyond an error widened for so many "
            "comparisons."
        )

    def sections(self) -> list[str]:
        return [
            "## Threshold, cost and capacity", self.shown("thresholds"), _table(self.study), filled(TABLE),
            "## Net gain by threshold and cost of an attempt", _grid(self.study), filled(GRID),
            "## Which list", self.shown("lists"),
            "## The chance that is needed", self.shown("chance"),
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
    quick : few thresholds, one capacity, two chances.
    """
    from tiersim.report.pictures import warning_study as drawn
    from tiersim.study.warning import threshold_study

    study = threshold_study(scenario, replications, seed, quick, progress)
    pictures = {"thresholds": drawn.thresholds(study), "lists": drawn.lists(study)}
    return Results(study, pictures | {"chance": drawn.chance_needed(study)})


def _table(study: Study) -> str:
    part = study.frame[study.frame["group"] != "chance"]
    assert study.scenario.win_back is not None
    capacity = study.scenario.win_back.capacity
    records: list[Any] = part.to_dict("records")
    rows = [
        (
            label(row), f"{row['places'] * capacity:g}", short(row["attempts"]), percent(row["precision"]),
            percent(row["recall"]), percent(row["needless"] / row["attempts"]) if row["attempts"] else "–",
            short(row["saved"]), percent(row["claimed"]), percent(row["true"]),
            give_or_take(row["net"], row["net_error"]),
        )
        for row in records
    ]  # fmt: skip
    heads = ("list", "places a week", "attempts a year", "right", "found", "needless", "kept a year",
             "claimed", "true", f"net, {study.scenario.currency}")  # fmt: skip
    return table(heads, rows)


def _grid(study: Study) -> str:
    rows = []
    for row in study.rows("threshold", places=1.0):
        shown = [net_of(study, row, cost).removeprefix(f"{study.scenario.currency} ") for cost in study.costs]
        rows.append((f"below {float(study.frame['threshold'].iloc[row]):g}", *shown))
    return table(("asked", *(money(study, cost) for cost in study.costs)), rows)


main = Command(
    "warning",
    results,
    "scenarios/early_warning.yaml",
    REPLICATIONS,
    "few thresholds, one capacity, two chances",
)

if __name__ == "__main__":
    sys.exit(main())
