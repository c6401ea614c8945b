"""The usual course of requests: a desk of its own, run at the planned load, and a sample of what it did.

Where no queue is run (the past, the run-out, and when people are frozen) each request takes its course from
the sample. The same desk says how many points a request usually costs, which shocks are net of (R10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine import filing as f
from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.desk_tables import HOUR
from tiersim.engine.filing import WEEK_SECONDS
from tiersim.engine.lone_desk import LoneDesk, run_pool
from tiersim.engine.stages.usual import FOLLOWED_BIT, UNSOLVED_BIT
from tiersim.engine.usual_jobs import Draws, office_seconds_of
from tiersim.policy.care import Care
from tiersim.policy.requests import class_shares, solved_by_bot
from tiersim.scenario.desk import CLASSES
from tiersim.scenario.schema import Scenario

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
    heads = max(1, min(round(people), MOST_PEOPLE))
    served = customers * heads / max(people, 1e-9)
    weekly = served * tickets_year * WEEK_OF_YEAR
    # Hopelessly few people need no long look: the queue grows, whatever is asked.
    weekly = min(weekly, MOST_A_WEEK * heads)
    weeks = int(np.clip(np.ceil(REQUESTS / max(weekly, 1e-9)), SHORTEST, LONGEST)) + WARM_UP
    rng = Draws(seed, number, name)
    run = run_pool(scenario, values, care, heads, served, weekly, weeks, seed, number, rng)
    return _sample(scenario, values, care, run, rng)


def _sample(
    scenario: Scenario, values: dict[str, float], care: Care, run: LoneDesk, rng: Draws,
) -> Law:  # fmt: skip
    column, table, handed, office = run.course(), run.table, run.handed, run.office
    end = run.weeks * WEEK_SECONDS

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


def law_arrays(laws: Sequence[Law]) -> dict[str, Array]:
    """Laws of all pools as the stages read them, shape (pools, classes, draws)."""
    return {
        "law_answer": np.stack([law.answer for law in laws]),
        "law_solve": np.stack([law.solve for law in laws]),
        "law_pace": np.stack([law.pace for law in laws]),
        "law_flags": np.stack([law.flags for law in laws]),
    }
