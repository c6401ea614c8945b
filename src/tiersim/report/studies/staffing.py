"""The page of the study "How many people does service need?".

``python -m tiersim.report.studies.staffing`` writes it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tiersim.report.pictures.canvas import percent
from tiersim.report.studies.command import Command
from tiersim.report.studies.page import Page, filled, table
from tiersim.report.studies.pyramid_words import change, verdict
from tiersim.report.studies.staffing_words import answer, between, findings, part, people, tiers
from tiersim.report.studies.words import each, ranged
from tiersim.study.needed import TEAMS

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.staffing import Study

REPLICATIONS = 16

NEEDED = (
    "The fewest people of one tier's desk that answer the wanted share in time: found by doubling and "
    "halving, on the same requests and absences for every number. Own manager: each person answers for "
    "customers of its own and nobody helps out. Work beside requests (contacts and account work of the "
    "plan) stays the same; account work gives way. Out of reach: not even with as many people as "
    "customers, 200 at most."
)
PYRAMID = (
    "Service cost: pay, round-the-clock duty, requests, bot and contacts a year; hiring, training and "
    "strategies are left out. Response: mean hours to the answer of people for the customers who are in "
    "the two highest tiers at the start, the same people under both. Yes: in the central 95 % of the "
    "outcomes; open: in part of it. Today's staff changes the customers' past as well as today's care."
)


class Results(Page["Study"]):
    """All that the page shows."""

    name = images = "staffing"
    title = "How many people does service need?"
    wrong = (
        "The desks of their own have people of equal skill who are all trained; in full runs some are new, "
        "and skill differs, so a few more people are needed.",
        "Requests come evenly over the opening hours and weeks. Peaks by the hour, season or a wave of "
        "failures need more people, or let more answers be late.",
        "Absence is drawn by day for each person by itself: no summer in which half of a team is away, and "
        "nobody plans holidays so that the pool is covered.",
        "A pool of everybody is taken to know every customer as well as its own manager does. What a "
        "relationship is worth is not in the waits.",
        "Answers to customers served round the clock are measured in hours of the clock, others in office "
        "hours, as they were promised; that makes the round-the-clock tier look slower by its nights, never "
        "faster.",
        "In full runs the budget caps people: where ratios ask for more than the money pays, cost no longer "
        "rises.",
        "Mean hours to the answer are of answers that came. Where a queue grows without end, as in draws "
        "with many requests and few people, they look better than they are; shares in time do not.",
        "The level is read as being about all requests; the management plan states it for complaints of the "
        "highest tier, which need other departments more often than other requests do in the starters.",
    )
    assumed = (
        "population.ticket_rate", "service.handling", "service.handling_spread", "service.out_of_hours",
        "service.contact_time", "service.again_after", "service.departments.cycle", "staff.absence",
        "staff.hours", "staff.salary", "staff.agent_salary", "staff.on_call_pay", "desk.opening",
        "desk.piece", "today.staff", "satisfaction.late_shock", "satisfaction.cold_bot",
    )  # fmt: skip

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def verdict(self) -> str:
        """The pyramid of the management plan in one sentence."""
        return verdict(self.study)

    @property
    def said_first(self) -> list[str]:
        return [self.answer, self.verdict]

    @property
    def findings(self) -> list[str]:
        return findings(self.study)

    @property
    def run(self) -> str:
        study = self.study
        return (
            f"; {study.draws} draws of the assumptions for desks of their own, {study.replications} "
            f"replications of {study.scenario.horizon / 52:g} years for full runs "
            f"({study.grid_replications} for each set of conditions of the pyramid),"
        )

    @property
    def reading(self) -> str:
        return (
            "In brackets: the central 95 % over the draws. ± is the simulation error of a mean; better and "
            f"worse are said only beyond an error widened for {len(self.study.frontier) - 1} comparisons at "
            "once."
        )

    def sections(self) -> list[str]:
        study = self.study
        return [
            "## People for the level", self.shown("needed"), _needed_table(study), filled(NEEDED),
            "## The ratios, and pool against own managers", self.shown("ratios"),
            "## Bot", self.shown("bot"),
            "## Cost, service and profit", self.shown("frontier"), self.shown("cadence"),
            "## The pyramid", self.shown("pyramid"), _pyramid_table(study), filled(PYRAMID),
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
    replications : of the full runs; the desks of their own have a number of draws of theirs.
    quick : few draws, office hours only, two bot shares, few ratios and conditions.
    """
    from tiersim.report.pictures import staffing as desks
    from tiersim.report.pictures import staffing_runs as runs
    from tiersim.study.staffing import staffing

    study = staffing(scenario, replications, seed=seed, quick=quick, progress=progress)
    pictures = {"needed": desks.needed(study), "ratios": desks.ratios(study), "bot": desks.bot(study)}
    pictures |= {"frontier": runs.frontier(study)}
    if (study.frontier["group"] == "cadence").any():
        pictures |= {"cadence": runs.cadence(study)}
    return Results(study, pictures | {"pyramid": runs.pyramid(study)})


def _needed_table(study: Study) -> str:
    rows = []
    for clock in dict.fromkeys(study.needed["clock"]):
        for tier in tiers(study.needed):
            for team in TEAMS:
                frame = part(study.needed, clock=clock, tier=tier, team=team)
                rows.append((f"{tier}, {clock}", team, f"{frame['planned'].mean():.1f}", people(frame),
                             between(frame["wait"]), between(frame["asked"], "share"),
                             between(frame["solved"], "share"),
                             between(frame["best_solved"], "share")))  # fmt: skip
    heads = ("tier", "team", "at the plan's ratio", "people needed", "mean wait, h", "hours on requests",
             f"solved in {study.level.solve:g} h", "at best")  # fmt: skip
    return table(heads, rows)


def _pyramid_table(study: Study) -> str:
    rows = [
        (
            f"{row.staff:g}", f"{row.ratios:g}", percent(row.bot), f"{row.agents:g}",
            ranged(row.cost, row.cost_low, row.cost_high, change), row.cost_holds,
            ranged(row.response, row.response_low, row.response_high, change), row.response_holds,
            row.verdict,
        )
        for row in each(study.pyramid.grid)
    ]  # fmt: skip
    heads = ("today's staff ×", "customers a manager ×", "bot", "agents' salary ×", "cost", "holds",
             "response", "holds", "both")  # fmt: skip
    return table(heads, rows)


main = Command(
    "staffing", results, "scenarios/machinery.yaml", REPLICATIONS, "few draws, ratios and conditions"
)

if __name__ == "__main__":
    sys.exit(main())
