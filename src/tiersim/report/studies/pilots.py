"""The page of the study "Would your pilot find it?".

``python -m tiersim.report.studies.pilots`` writes it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from tiersim.report.pictures.canvas import percent
from tiersim.report.pictures.pilots import label
from tiersim.report.studies.command import Command
from tiersim.report.studies.page import Page, filled, table
from tiersim.report.studies.pilots_words import CUT, answer, findings, pm
from tiersim.report.studies.words import money

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.pilots import Study

REPLICATIONS = 60

ANSWERS = (
    "True: mean effect on the primary outcome as the experiment ran. Naive: the answer a report without "
    "control prints. Sound: the answer the gate reads. Error: mean of estimate less truth. Tells apart: "
    "share of replications with an effect told apart from nothing at the end. Nothing: the same where the "
    "plan does nothing, which should be 5 % or less."
)
VERDICTS = (
    "Go, wrong go (a rollout that is worth less than it needs), missed (not rolled out though it is worth "
    "more), and the expected regret: money lost against a team that knows the truth. Beside them what never "
    "and what always rolling out would lose. Worth: mean true net value of a rollout over the time that the "
    "scenario states, with its simulation error."
)


class Results(Page["Study"]):
    """All that the page shows."""

    name = images = "pilots"
    title = "Would your pilot find it?"
    wrong = (
        "These are made-up companies. How noisy customers are, how alike regions are and how large effects "
        "are decides everything, and none of it is yours; run `tiersim design` and `tiersim diagnose` on "
        "your own figures.",
        "The truth varies between replications, since each pair draws the assumptions anew. Shares are over "
        "what is thought possible, not for one true effect.",
        "Bounds over looks take information to grow with time. Totals of customers know more early than "
        "that, so the gate stops a little too seldom early on, never too often.",
        "What does not go is counted as never rolled out. A team that holds and tests again loses less.",
        "Satisfaction is asked, and who answers differs from who does not. Against the truth of everybody "
        "that is an error of every answer, naive or sound.",
        "Regions differ by chance and by their customers only. Real regions have managers, seasons and "
        "rivals of their own, and pilots in them say less than here.",
    )
    assumed = (
        "population.order_rate", "population.order_shape", "population.basket_spread",
        "population.demand_swing", "population.demand_memory", "market.growth", "response.half_life",
        "churn.satisfaction_effect", "satisfaction.survey_answers",
    )  # fmt: skip

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def findings(self) -> list[str]:
        return findings(self.study)

    @property
    def run(self) -> str:
        designs = len(self.study.diagnoses)
        return f" in the first of {designs} designs, {self.study.replications} replications each,"

    @property
    def reading(self) -> str:
        return "± is the simulation error of a share or mean."

    def sections(self) -> list[str]:
        return [
            "## What is said in the end", self.shown("verdicts"), _verdicts(self.study), filled(VERDICTS),
            "## What the answers say", _answers(self.study), filled(ANSWERS),
            "## Looking every two weeks", self.shown("peeking"),
            "## Two or three regions", self.shown("floors"),
            "## A quarter, and contracts of a year", self.shown("renewals"),
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
    quick : few replications.
    """
    from tiersim.report.pictures import pilots as drawn
    from tiersim.study.pilots import pilot_study

    study = pilot_study(scenario, replications, seed, quick, progress)
    pictures = {"verdicts": drawn.verdicts(study), "peeking": drawn.peeking(), "floors": drawn.floors()}
    if "pilot_13_weeks" in study.diagnoses:
        case = study.diagnoses["pilot_13_weeks"].scenario
        assert case.population.contract is not None
        term = case.population.contract.term
        pictures["renewals"] = drawn.renewals(case.customers, case.baseline.churn.central, CUT, term)
    return Results(study, pictures)


def _verdicts(study: Study) -> str:
    rows: list[Any] = study.frame.to_dict("records")
    shown = [
        (
            label(row["design"]), money(study, row["value"], row["value_error"]),
            *(
                f"{percent(row[f'{menu}_go'])}, {percent(row[f'{menu}_wrong_go'])}, "
                f"{percent(row[f'{menu}_good_missed'])}"
                for menu in ("naive", "sound")
            ),
            money(study, row["naive_regret"]), money(study, row["sound_regret"]),
            f"{money(study, row['regret_never'])}, {money(study, row['regret_always'])}",
        )
        for row in rows
    ]  # fmt: skip
    heads = (
        "design", "worth of a rollout", "without control: go, wrong go, missed", "gate: go, wrong go, missed",
        "regret without control", "regret with the gate", "never, always",
    )  # fmt: skip
    return table(heads, shown)


def _answers(study: Study) -> str:
    from tiersim.report.pictures.canvas import short

    rows: list[Any] = study.frame.to_dict("records")

    def shown(row: Any, part: str) -> tuple[str, ...]:
        return (
            f"{short(row[f'{part}_estimate'])} ({short(row[f'{part}_bias'])})",
            pm(row[f"{part}_power"], row[f"{part}_power_error"]),
            pm(row[f"{part}_false_alarm"], row[f"{part}_false_alarm_error"]),
        )

    cells = [
        (
            f"{label(row['design'])}: {row['outcome']}", short(row["truth"]),
            row["naive"].replace("_", " "), *shown(row, "naive"),
            row["lead"].replace("_", " "), *shown(row, "lead"),
        )
        for row in rows
    ]  # fmt: skip
    heads = (
        "design: outcome", "true", "naive", "says (error)", "tells apart", "nothing",
        "sound", "says (error)", "tells apart", "nothing",
    )  # fmt: skip
    return table(heads, cells)


main = Command(
    "pilots", results, "scenarios/ab_training.yaml", REPLICATIONS, "four replications of each design"
)

if __name__ == "__main__":
    sys.exit(main())
