"""The page of the study "Does the rating matter?": ``python -m tiersim.report.studies.rating``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tiersim.report.pictures.canvas import percent, short
from tiersim.report.studies.command import Command
from tiersim.report.studies.page import Page, filled, table
from tiersim.report.studies.rating_words import answer, findings, simulation_note
from tiersim.report.studies.words import each, give_or_take, ranged

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.loyal import Loyal
    from tiersim.study.rating_matters import Study

REPLICATIONS = 48
STARTS, FOLLOWED, SHOWN = 8, 24, 20
"""Replications of tier changes, of loyal customers, and of the run behind the pictures of migration."""
FAILURE = ("n6_purchases_only.yaml", "n6_three_dimensions.yaml")

COLUMNS = (
    "Gain: net present value of the plan above today's care, with the central 95 % of outcomes. Against "
    "own: the same replications, paired. Value on top and customers on top: shares of the true yearly "
    "margin and of customers in the two highest tiers, at the ends of the years. Moves: tier changes a "
    "customer-year. Right: customers in the tier that the same rating gives on records without errors; "
    "triggers and grace move customers off it too."
)
CHANGES = (
    "Each change is fitted anew on the customers of the start, so tiers keep their shares wherever they "
    "are cut by shares; clusters do not. Out of the top: customers of the first tier who are no longer in "
    "it."
)
LOYAL = (
    "Loyal: five years or more and at least as content as the mean, at the start. Compare the two bars of "
    "a pair: they are the same people with the same luck. The pairs are not alike: who left early could "
    "not be demoted any more. For the same reason the difference between demoted people is rather too "
    "small. How hard customers take a downgrade is assumed in these scenarios and decides the case."
)
PICTURES = (
    "All of the scenario's own rating: the record at the start of the first replication, and moves of a year."
)
METHOD = (
    "Customers, their past, demand and all other draws do not depend on the rating, so all variants meet "
    "the same ones. The oracle reads true margin and responsiveness; it bounds what knowing customers "
    "could bring under this plan, but is not the best plan. Tiers by lot know nothing. Care works here on "
    "what customers buy and on whether they stay, so that a year's spend lies close to what pays; where "
    "potential or loyalty pay in ways that are not modelled, other ratings would gain. Variants:"
)


@dataclass(frozen=True, eq=False)
class Results(Page["Study"]):
    """All that the page shows; what could make it wrong is told with each part and under the method."""

    changes: pd.DataFrame
    loyal: Loyal | None

    name = images = "rating"
    title = "Does the rating matter?"
    why = ""

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def findings(self) -> list[str]:
        return findings(self.study, self.changes, self.loyal)

    @property
    def reading(self) -> str:
        return (
            "It is one made-up company whose assumptions nobody measured; with other customers the order may "
            "differ."
        )

    def sections(self) -> list[str]:
        study = self.study
        parts = [
            filled(simulation_note(study)),
            "## What each rating brings", self.shown("variants"), _table(study), filled(COLUMNS),
            "## Who changes tier", self.shown("changes"), _change_table(self.changes), filled(CHANGES),
        ]  # fmt: skip
        if self.loyal is not None:
            parts += ["## A loyal customer in a bad year (N6)", self.shown("loyal"), filled(LOYAL)]
        parts += ["## The customers behind it", filled(PICTURES)]
        for name in ("lorenz", "heatmap", "radar", "value-matrix", "migration", "flow"):
            parts.append(self.shown(name))
        return [*parts, "## How it was done", filled(METHOD), _ways(study)]


def failure_case(beside: Path | None = None) -> tuple[Path, Path] | None:
    """The two scenarios of N6: beside the given one, in the working folder, or in the checkout; else None."""
    places = [Path("scenarios"), Path(__file__).resolve().parents[4] / "scenarios"]
    for place in [*([beside] if beside else []), *places]:
        first, second = (place / name for name in FAILURE)
        if first.is_file() and second.is_file():
            return first, second
    return None


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
    quick : methods and bounds only, few starts, no failure case.
    """
    from tiersim.report.pictures import for_run, heatmap, radar, studies, value_matrix
    from tiersim.runs.record_at_start import start_record
    from tiersim.runs.simulation import simulate
    from tiersim.runs.worlds import load_scenario
    from tiersim.study.changes import changes_at_start
    from tiersim.study.loyal import loyal_customers
    from tiersim.study.rating_matters import rating_matters
    from tiersim.study.variants import GROUPS as ALL

    loaded = load_scenario(scenario)
    study = rating_matters(loaded, replications, seed, ["method"] if quick else ALL, progress=progress)
    changes = changes_at_start(loaded, 2 if quick else STARTS, seed)
    case = None if quick else failure_case(
        Path(scenario).parent if isinstance(scenario, (str, os.PathLike)) else None
    )  # fmt: skip
    loyal = loyal_customers(*case, min(FOLLOWED, replications), seed, progress=progress) if case else None
    found = start_record(loaded, seed)
    tiers = list(loaded.tiers)
    shown = for_run(simulate(loaded, replications=2 if quick else min(SHOWN, replications), seed=seed,
                             progress=progress))  # fmt: skip
    pictures = {"variants": studies.ratings(study), "changes": studies.changes(changes)}
    pictures |= {"loyal": studies.loyal(loyal)} if loyal else {}
    pictures |= {
        "lorenz": shown["lorenz"],
        "heatmap": heatmap(found.observed, found.rating, tiers),
        "radar": radar(found.observed, found.rating, tiers),
        "value-matrix": value_matrix(found.observed, found.rating, tiers),
        "migration": shown["migration"],
        "flow": shown["flow"],
    }
    return Results(study, pictures, changes, loyal)


def _table(study: Study) -> str:
    heads = (
        "rating", f"gain, {study.scenario.currency}", "95 % of outcomes", "against own", "verdict",
        "value on top", "customers on top", "moves", "right",
    )  # fmt: skip
    rows = [
        (
            row.variant, give_or_take(row.gain, row.gain_error),
            f"{short(row.gain_low)} to {short(row.gain_high)}",
            "" if row.group == "own" else give_or_take(row.against_own, row.against_own_error),
            row.verdict,
            percent(row.top_value), percent(row.top_customers), f"{row.moves_a_year:.2f}", percent(row.right),
        )
        for row in each(study.frame)
    ]  # fmt: skip
    return table(heads, rows)


def _change_table(frame: pd.DataFrame) -> str:
    rows = [
        (
            f"{row.kind}: {row.what} {row.how}",
            row.note or ranged(row.share, row.low, row.high, percent),
            percent(row.top), "" if row.note else f"{row.furthest:.0f}",
        )
        for row in each(frame)
    ]  # fmt: skip
    return table(("change", "customers who change tier", "out of the top", "furthest, tiers"), rows)


def _ways(study: Study) -> str:
    rows = each(study.frame[study.frame["group"] != "own"])
    return "\n".join(f"- {row.variant}: {row.about}" for row in rows)


main = Command("rating", results, "scenarios/machinery.yaml", REPLICATIONS, "methods only")

if __name__ == "__main__":
    sys.exit(main())
