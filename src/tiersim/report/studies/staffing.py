"""The page of the study "How many people does service need?".

``python -m tiersim.report.studies.staffing`` writes it.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiersim.report.atomic import write_all
from tiersim.report.pictures.canvas import Picture, percent
from tiersim.report.studies.answer import each
from tiersim.report.studies.pyramid_words import change, verdict
from tiersim.report.studies.staffing_words import answer, between, findings, part, people, tiers
from tiersim.study.needed import TEAMS

if TYPE_CHECKING:
    from tiersim.runs.parallel import Progress
    from tiersim.scenario.schema import Scenario
    from tiersim.study.staffing import Study

REPLICATIONS = 16
DPI = 100
ASSUMED = (
    "population.ticket_rate", "service.handling", "service.handling_spread", "service.out_of_hours",
    "service.contact_time", "service.again_after", "service.departments.cycle", "staff.absence",
    "staff.hours",
    "staff.salary", "staff.agent_salary", "staff.on_call_pay", "desk.opening", "desk.piece", "today.staff",
    "satisfaction.late_shock", "satisfaction.cold_bot",
)  # fmt: skip
"""What the answers rest on most, by path."""


@dataclass(frozen=True, eq=False)
class Results:
    """All that the page shows."""

    study: Study
    pictures: dict[str, Picture]

    @property
    def answer(self) -> str:
        return answer(self.study)

    @property
    def findings(self) -> list[str]:
        return findings(self.study)

    @property
    def verdict(self) -> str:
        return verdict(self.study)


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


def write_page(found: Results, folder: str | os.PathLike[str], command: str = "") -> Path:
    """Write ``studies/staffing.md`` and ``images/staffing-*.png`` into a folder, all or nothing."""
    folder = Path(folder)
    page = folder / "studies" / "staffing.md"
    files = {page: markdown(found, command).encode()}
    for name, picture in found.pictures.items():
        files[folder / "images" / f"staffing-{name}.png"] = picture.png(DPI)
    write_all(files)
    return page


def markdown(found: Results, command: str = "") -> str:
    """The page as text; pictures lie in ``../images``."""
    study, scenario = found.study, found.study.scenario
    run = (
        f"{scenario.name}: {scenario.customers:,} customers; {study.draws} draws of the assumptions for "
        f"desks of their own, {study.replications} replications of {scenario.horizon / 52:g} years for "
        f"full runs ({study.grid_replications} for each set of conditions of the pyramid), seed "
        f"{study.seed}, scenario {scenario.sha256[:12]}. Every figure on this page comes from that run"
        + (f": `{command}`." if command else ".")
        + " In brackets: the central 95 % over the draws. ± is the simulation error of a mean; better and "
        f"worse are said only beyond an error widened for {len(study.frontier) - 1} comparisons at once."
    )
    parts = [
        "# How many people does service need?",
        f"**{_filled(found.answer)}**",
        f"**{_filled(found.verdict)}**",
    ]
    parts += [_filled(run), "## Why"]
    parts.append("\n".join(_filled(f"- {said}", "  ") for said in found.findings))
    parts += ["## People for the level", _shown(found, "needed"), _needed_table(study), _filled(NEEDED)]
    parts += ["## The ratios, and pool against own managers", _shown(found, "ratios")]
    parts += ["## Bot", _shown(found, "bot"), "## Cost, service and profit", _shown(found, "frontier")]
    parts += [_shown(found, "cadence"), "## The pyramid", _shown(found, "pyramid"), _pyramid_table(study)]
    parts += [_filled(PYRAMID), "## What could make it wrong"]
    parts.append("\n".join(_filled(f"- {said}", "  ") for said in WRONG))
    parts += ["## Assumptions", _assumptions(scenario)]
    return "\n\n".join(part for part in parts if part) + "\n"


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
WRONG = (
    "The desks of their own have people of equal skill who are all trained; in full runs some are new, and "
    "skill differs, so a few more people are needed.",
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
    "Mean hours to the answer are of answers that came. Where a queue grows without end, as in draws with "
    "many requests and few people, they look better than they are; shares in time do not.",
    "The level is read as being about all requests; the management plan states it for complaints of the "
    "highest tier, which need other departments more often than other requests do in the starters.",
)


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(text, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _shown(found: Results, name: str) -> str:
    picture = found.pictures.get(name)
    return f"![{picture.alt}](../images/staffing-{name}.png)" if picture else ""


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


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
    return _rows(heads, rows)


def _pyramid_table(study: Study) -> str:
    rows = [
        (
            f"{row.staff:g}", f"{row.ratios:g}", percent(row.bot), f"{row.agents:g}",
            f"{change(row.cost)} ({change(row.cost_low)} to {change(row.cost_high)})", row.cost_holds,
            f"{change(row.response)} ({change(row.response_low)} to {change(row.response_high)})",
            row.response_holds, row.verdict,
        )
        for row in each(study.pyramid.grid)
    ]  # fmt: skip
    heads = ("today's staff ×", "customers a manager ×", "bot", "agents' salary ×", "cost", "holds",
             "response", "holds", "both")  # fmt: skip
    return _rows(heads, rows)


def _assumptions(scenario: Scenario) -> str:
    from tiersim.errors import TiersimError
    from tiersim.scenario.explain import explain

    rows = []
    for path in ASSUMED:
        try:
            found = explain(scenario, path)
        except TiersimError:
            continue  # a scenario may lack a section
        rows.append((f"`{path}`", str(found.shown)))
    return _rows(("assumption", "value or range"), rows)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], Any] = sys.stdout.write) -> int:
    """Run the study on a scenario and write its page and pictures."""
    import argparse

    from tiersim.errors import TiersimError

    parser = argparse.ArgumentParser(
        prog="python -m tiersim.report.studies.staffing", description=main.__doc__
    )
    parser.add_argument("scenario", nargs="?", default="scenarios/machinery.yaml")
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="few draws, ratios and conditions")
    parser.add_argument("--to", default="docs", help="folder of the page")
    given = parser.parse_args(arguments)
    command = (
        f"python -m tiersim.report.studies.staffing {given.scenario} --replications {given.replications}"
    )
    command += (f" --seed {given.seed}" if given.seed != 1 else "") + (" --quick" if given.quick else "")
    try:
        found = results(given.scenario, given.replications, given.seed, given.quick)
        page = write_page(found, given.to, command)
    except TiersimError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    say(f"{found.answer}\n{found.verdict}\n{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
