"""The page of the study "Loyalty: selection against effect".

``python -m tiersim.report.studies.loyalty`` writes it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from tiersim.report.studies.command import Command
from tiersim.report.studies.loyalty_words import answer, findings, verdict
from tiersim.report.studies.page import Page, filled, table
from tiersim.report.studies.words import ranged
from tiersim.study.loyalty import GROUPINGS

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.loyalty import Study

REPLICATIONS = 24

HOW = (
    "Customers of the start, in two worlds on the same luck: the plan with its programme, and the same plan "
    "without. Seen: mean spend of the plan's last year against that of ordinary members, with the programme. "
    "Selection: the same ratio of the same people without it. Effect: the one divided by the other. Lift: "
    "what the level itself spends against without, so that what ordinary members gain is not taken off. Who "
    "has left counts with a spend of 0."
)


class Results(Page["Study"]):
    """All that the page shows."""

    name = images = "loyalty"
    title = "Loyalty: selection against effect"
    wrong = (
        "Who holds a level at the end is known only in the world with the programme: among them are those "
        "whom it moved most, and those who were lucky in it. The table by the level at the start has "
        "neither, but speaks of fewer customers and of levels that some have lost since.",
        "Nobody has measured what points and benefits do here: the effect is what the assumptions say it is. "
        "What does not hang on them is how large the ratio is without any effect.",
        "Members do not buy more to reach a level that is near, nor less once they have it, and nobody minds "
        "losing one. Points of one programme against those of a rival are not in the model.",
        "Redeeming is spread evenly over members. If a few redeem everything and most never do, more expires "
        "and less is paid.",
    )
    assumed = (
        "loyalty.activity", "loyalty.redeem", "loyalty.redeem_cost", "loyalty.joins", "loyalty.joins_value",
        "response.half_life", "response.curvature", "population.order_shape", "population.basket_spread",
        "population.demand_swing", "population.value_correlation.responsiveness",
    )  # fmt: skip

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def verdict(self) -> str:
        """Whether the programme pays."""
        return verdict(self.study)

    @property
    def said_first(self) -> list[str]:
        return [self.answer, self.verdict]

    @property
    def findings(self) -> list[str]:
        return findings(self.study)

    @property
    def run(self) -> str:
        years = self.study.scenario.horizon / 52
        return f", {self.study.replications} replications of {years:g} years,"

    @property
    def reading(self) -> str:
        return (
            "In brackets: the central 95 % of the outcomes over chance and assumptions. ± is the simulation "
            "error of a mean."
        )

    def sections(self) -> list[str]:
        return [
            "## What is seen, and what it is made of", self.shown("parts"), _table(self.study), filled(HOW),
            "## The same people, before and after", self.shown("years"),
            "## Points owed", self.shown("owed"),
        ]  # fmt: skip

    def paths(self) -> list[str]:
        """Beside the study's own, the effects and prices of each level."""
        from tiersim.scenario.assumption import walk_assumptions

        found = [path for path, _, _ in walk_assumptions(self.study.scenario)]
        return [*self.assumed, *(path for path in found if path.startswith("loyalty.levels."))]


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
    quick : without the documents' claim taken at its word.
    """
    from tiersim.report.pictures import loyalty as drawn
    from tiersim.study.loyalty import loyalty

    study = loyalty(scenario, replications, seed, claim=not quick, progress=progress)
    pictures = {"parts": drawn.parts(study), "years": drawn.years(study), "owed": drawn.owed(study)}
    return Results(study, pictures | {"response": drawn.response()})


def _table(study: Study) -> str:
    rows = [
        _row(row, f"{row['level']}, {grouping}{said}")
        for variant, said in (("own", ""), ("claim", ", claim at its word"))
        if (study.ratios["variant"] == variant).any()
        for grouping in GROUPINGS
        for row in study.table(grouping, variant).to_dict("records")
    ]
    return table(("level", "year before the start", "seen", "selection", "effect", "±", "lift"), rows)


def _row(row: dict[Hashable, Any], name: str) -> tuple[str, ...]:
    def told(column: str, digits: int) -> str:
        mean, low, high = (row[key] for key in (column, f"{column}_low", f"{column}_high"))
        return ranged(mean, low, high, f"{{:.{digits}f}}".format)

    return (
        name, f"{row['before']:.1f}", told("seen", 1), told("selection", 1), told("effect", 2),
        f"{row['effect_error']:.2f}", f"{row['lift']:.2f}",
    )  # fmt: skip


main = Command("loyalty", results, "scenarios/loyalty.yaml", REPLICATIONS, "without the documents' claim")

if __name__ == "__main__":
    sys.exit(main())
