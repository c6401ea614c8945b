"""One pool as a desk of its own, at its planned load: all there but for leave and sickness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk import jobs
from tiersim.desk.calendar import office_of
from tiersim.desk.compiled import CompiledDesk
from tiersim.desk.rules import Office, Rules, Seats
from tiersim.engine.desk_tables import after_answers, request_tables
from tiersim.engine.filing import WEEK_SECONDS
from tiersim.engine.usual_jobs import Draws, requests_of, served_by, teams_of_seats, whole, work_of
from tiersim.policy.care import BY_REGION, Care
from tiersim.scenario.opening import hours_a_week, read_opening
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest

Array = npt.NDArray[Any]

SPARE_WEEKS = 52
"""Weeks of the calendar behind the last, for work that ends after it."""


@dataclass(frozen=True, eq=False)
class LoneDesk:
    """A desk that was run for some `weeks`.

    `handed`: which of its requests a bot had handed over; `table`: parameters of requests
    (`tiersim.engine.desk_tables.request_tables`).
    """

    desk: CompiledDesk
    office: Office
    table: dict[str, Array]
    handed: Array
    weeks: int

    def course(self) -> dict[str, Array]:
        """Columns of `tiersim.desk.jobs` of all requests, in the order in which they came."""
        return {name: self.desk.table[name][: self.handed.size] for name in jobs.FILED | jobs.COURSE}


def run_pool(
    scenario: Scenario, values: dict[str, float], care: Care, people: int, customers: float, weekly: float,
    weeks: int, seed: int, number: int, rng: Draws,
) -> LoneDesk:  # fmt: skip
    """Serve `weekly` requests, bot included, and the planned work of `customers`.

    `seed`, `number`: address of what comes after answers; all else is drawn from `rng`.
    """
    hours = read_opening(scenario.desk.opening)
    office = office_of(hours, weeks + SPARE_WEEKS, [], scenario.start)
    table = request_tables(scenario, values, 1.0)
    region = np.array(list(resolve_rest(dict(scenario.population.regions)).values()))
    by_region = care.team == BY_REGION
    teams = region.size if by_region else max(1, people // care.team)
    chance = region / region.sum() if by_region else np.full(teams, 1.0 / teams)
    team = teams_of_seats(people, teams, chance)
    chance = served_by(chance, team)
    on_duty = min(scenario.desk.on_duty, people) if care.on_call else 0
    desk = CompiledDesk(
        Rules(
            office=office,
            team_pool=np.zeros(teams, np.int64),
            on_duty=np.array([on_duty], np.int64),
            room=np.full(teams, -1, np.int64),
            seed=seed,
            replication=number,
            **after_answers(scenario, values, [care]),
        )
    )
    asked, handed = requests_of(scenario, care, table, rng, weekly, weeks, office, chance)
    desk.file(whole(asked))
    desk.file(whole(work_of(scenario, values, care, rng, customers, weeks, office, chance)))
    on_site = min(1.0, scenario.staff.hours / max(hours_a_week(hours), 1e-9))
    on_site *= 1.0 - values["staff.absence"]
    for week in range(weeks):
        present = rng.uniform(7 * people).reshape(people, 7) < on_site
        desk.seat(
            Seats(
                team=team,
                speed=np.ones(people),
                slip=np.ones(people),
                days=(present << np.arange(7)).sum(axis=1).astype(np.int64),
                duty=((np.arange(people) - week * on_duty) % people < on_duty).astype(np.int64),
            )
        )
        desk.run((week + 1) * WEEK_SECONDS)
    return LoneDesk(desk, office, table, handed, weeks)
