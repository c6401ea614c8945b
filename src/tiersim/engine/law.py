"""The usual course of requests: a desk of its own, run at the planned load, and a sample of what it did.

Where no queue is run (the past, the run-out, and when people are frozen) each request takes its course from
the sample. The same desk says how many points a request usually costs, which shocks are net of (R10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk import jobs
from tiersim.desk.calendar import office_of
from tiersim.desk.compiled import CompiledDesk
from tiersim.desk.rules import Office, Rules, Seats
from tiersim.engine import filing as f
from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.desk_tables import HOUR, after_answers, request_tables
from tiersim.engine.filing import WEEK_SECONDS
from tiersim.engine.stages.usual import FOLLOWED_BIT, UNSOLVED_BIT
from tiersim.engine.usual_jobs import (
    Draws,
    office_seconds_of,
    requests_of,
    served_by,
    teams_of_seats,
    whole,
    work_of,
)
from tiersim.policy.care import BY_REGION, WHOLE_POOL, Care
from tiersim.policy.requests import class_shares, solved_by_bot
from tiersim.scenario.desk import CLASSES
from tiersim.scenario.opening import hours_a_week, read_opening
from tiersim.scenario.schema import Scenario
from tiersim.scenario.shares import resolve_rest

Array = npt.NDArray[Any]

DRAWS = 512
"""Courses kept of each class of request."""

REQUESTS = 8_000
"""Requests that the desk serves, if that takes no more than the longest time."""

SHORTEST, LONGEST, WARM_UP = 26, 104, 4
"""Weeks."""

MOST_A_WEEK = 1_000
"""Requests a person and week beyond which a desk is not told apart from one that drowns."""

MOST_PEOPLE = 200
"""Larger pools are run with so many people and their part of the work: no wait is left to pool away."""


@dataclass(frozen=True, eq=False)
class Law:
    """Courses by class, shape (classes, draws): seconds in the promise's hours to answer and solution, flags.

    `pace`: log2 of the clock's seconds to the answer, no less than what is felt as at once, and `mean_pace`
    that of all requests, bot included. `felt`: mean points of satisfaction of one request, but for how quick
    its answer is; below 0 where service disappoints.
    """

    answer: Array
    solve: Array
    pace: Array
    flags: Array
    felt: float
    mean_pace: float


def law_of(
    scenario: Scenario, values: dict[str, float], care: Care, people: float, customers: float,
    tickets_year: float, seed: int, number: int, name: str,
) -> Law:  # fmt: skip
    """Run a pool of `people` for `customers` with `tickets_year` requests each, at its planned load."""
    rng = Draws(seed, number, name)
    heads = max(1, min(round(people), MOST_PEOPLE))
    served = customers * heads / max(people, 1e-9)
    weekly = served * tickets_year * WEEK_OF_YEAR
    # Hopelessly few people need no long look: the queue grows, whatever is asked.
    weekly = min(weekly, MOST_A_WEEK * heads)
    weeks = int(np.clip(np.ceil(REQUESTS / max(weekly, 1e-9)), SHORTEST, LONGEST)) + WARM_UP
    hours = read_opening(scenario.desk.opening)
    office = office_of(hours, weeks + 52, [], scenario.start)
    table = request_tables(scenario, values, 1.0)
    region = np.array(list(resolve_rest(dict(scenario.population.regions)).values()))
    teams = region.size if care.team == BY_REGION else max(1, heads // min(care.team, WHOLE_POOL))
    on_duty = min(scenario.desk.on_duty, heads) if care.on_call else 0
    rules = Rules(
        office=office,
        team_pool=np.zeros(teams, np.int64),
        on_duty=np.array([on_duty], np.int64),
        room=np.full(teams, -1, np.int64),
        seed=seed,
        replication=number,
        **after_answers(scenario, values, [care]),
    )
    chance = region / region.sum() if care.team == BY_REGION else np.full(teams, 1.0 / teams)
    team = teams_of_seats(heads, teams, chance)
    chance = served_by(chance, team)
    desk = CompiledDesk(rules)
    columns, handed = requests_of(scenario, care, table, rng, weekly, weeks, office, chance)
    desk.file(whole(columns))
    desk.file(whole(work_of(scenario, values, care, rng, served, weeks, office, chance)))
    share = min(1.0, scenario.staff.hours / max(hours_a_week(hours), 1e-9))
    on_site = share * (1.0 - values["staff.absence"])
    for week in range(weeks):
        present = rng.uniform(7 * heads).reshape(heads, 7) < on_site
        desk.seat(
            Seats(
                team=team,
                speed=np.ones(heads),
                slip=np.ones(heads),
                days=(present << np.arange(7)).sum(axis=1).astype(np.int64),
                duty=((np.arange(heads) - week * on_duty) % heads < on_duty).astype(np.int64),
            )
        )
        desk.run((week + 1) * WEEK_SECONDS)
    return _sample(scenario, values, care, table, office, desk, columns["ready"].size, handed, weeks, rng)


def _sample(
    scenario: Scenario, values: dict[str, float], care: Care, table: dict[str, Array], office: Office,
    desk: CompiledDesk, count: int, handed: Array, weeks: int, rng: Draws,
) -> Law:  # fmt: skip
    column = {name: desk.table[name][:count] for name in jobs.FILED | jobs.COURSE}
    end = weeks * WEEK_SECONDS

    def measure(seconds: Array) -> Array:
        return np.asarray(seconds, np.int64) if care.on_call else office_seconds_of(office, seconds)

    came = measure(column["ready"])
    # What still waits at the end has waited so long at least.
    answered = np.where(column["answered_at"] >= 0, column["answered_at"], end)
    answer = measure(answered) - came
    pace = np.log2(np.maximum(answered - column["ready"], f.AT_ONCE))
    solve = measure(np.where(column["solved_at"] >= 0, column["solved_at"], end)) - came
    lost = column["unsolved"] == 1
    called = column["followed_at"] - column["solved_at"]
    in_time = (column["followed_at"] >= 0) & (called <= HOUR * care.follow_up)
    flags = lost * UNSOLVED_BIT + in_time * FOLLOWED_BIT
    counts = column["ready"] >= WARM_UP * WEEK_SECONDS
    # Of the last weeks those would be left that were solved soon.
    counts &= column["ready"] < end - 2 * WEEK_SECONDS
    kind = column["request_class"]
    promised = np.array(care.answer)[kind] * HOUR, np.array(care.solve)[kind] * HOUR
    par = table["request_par"]
    felt = -par[f.SHOCK_LATE] * (answer > promised[0]) - par[f.SHOCK_UNSOLVED] * lost
    felt -= par[f.SHOCK_LATE_SOLUTION] * (lost | (solve > promised[1]))
    felt += par[f.SHOCK_FOLLOW_UP] * in_time - par[f.SHOCK_HAND_OVER] * handed
    felt -= par[f.SHOCK_PAID] * care.pays * table["class_par"][f.A_PAID, kind]
    shape = (len(CLASSES), DRAWS)
    none = float(np.log2(f.AT_ONCE))
    flat = np.full(shape, none)
    law = Law(np.zeros(shape), np.zeros(shape), flat, np.zeros(shape, np.int8), 0.0, none)
    shares, by_bot = class_shares(scenario, values), solved_by_bot(scenario, values, care.bot)
    total, mean_pace = 0.0, 0.0 if counts.any() else none
    for k in range(len(CLASSES)):
        some = np.flatnonzero(counts & (kind == k))
        if some.size == 0:
            some = np.flatnonzero(counts)
        if some.size == 0:
            continue
        pick = some[np.minimum((rng.uniform(DRAWS) * some.size).astype(np.int64), some.size - 1)]
        law.answer[k], law.solve[k], law.flags[k] = answer[pick], solve[pick], flags[pick]
        law.pace[k] = pace[pick]
        mean_pace += shares[k] * ((1.0 - by_bot[k]) * pace[some].mean() + by_bot[k] * none)
        total += shares[k] * ((1.0 - by_bot[k]) * felt[some].mean() - by_bot[k] * par[f.SHOCK_BOT])
    return Law(law.answer, law.solve, law.pace, law.flags, float(total), float(mean_pace))
