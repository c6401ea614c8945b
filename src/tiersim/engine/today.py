"""Today's care as the past knows it: one package for all, its usual course of requests, its tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.desk_tables import cell_tables, request_tables, topics
from tiersim.engine.law import Law, law_arrays, law_of
from tiersim.engine.teams import one_team
from tiersim.policy.care import Care, Census, today_care
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


def average_today(scenario: Scenario, values: dict[str, float]) -> Care:
    """Today's care for a census in which every customer is the average one."""
    n = np.array([float(scenario.customers)])
    return today_care(scenario, values, Census(n, n * values["population.ticket_rate"], n.copy(), n.copy()))


def today_law(scenario: Scenario, values: dict[str, float], seed: int, number: int) -> Law:
    """The usual course of requests: today's staff at its planned load."""
    return law_of(
        scenario, values, average_today(scenario, values), scenario.today.staff, float(scenario.customers),
        values["population.ticket_rate"], seed, number, "today",
    )  # fmt: skip


def today_desk(scenario: Scenario, law: Law, values: dict[str, float]) -> dict[str, Array]:
    """Tables of a world in which all are under today's care at its planned load (burn-in, one cell)."""
    care = average_today(scenario, values)
    rate = care.personal_rate
    f32 = np.float32
    regions = len(scenario.population.regions)
    return {
        **cell_tables(scenario, [care], 1, [[0]], [False]),
        **request_tables(scenario, values, 1.0),
        **topics(scenario, [care]),
        **law_arrays([law]),
        **one_team(1, regions),
        "contact_rate": np.array([rate], f32),
        "survey_push": np.zeros(1, f32),
        "contact_auto": np.zeros(1, np.int8),
        "pool_of_cell": np.zeros(1, np.int64),
        "pool_answers": np.zeros((3, 1)),
        "delivered": np.ones(1, f32),
    }
