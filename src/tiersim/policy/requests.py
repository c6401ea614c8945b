"""What requests come to before any queue: shares by class, what a bot takes, hours of work they mean."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiersim.scenario.desk import CLASSES
from tiersim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Values = dict[str, float]


def by_class(scenario: Scenario, values: Values, name: str) -> Floats:
    """An assumption of every class of request, shape (classes,); 0 where the scenario has no such class."""
    paths = (f"service.classes.{kind}.{name}" for kind in CLASSES)
    return np.array([values.get(path, 0.0) for path in paths])


def class_shares(scenario: Scenario, values: Values) -> Floats:
    """Share of requests by class; their sum is 1."""
    frequency = by_class(scenario, values, "frequency")
    return np.asarray(frequency / frequency.sum())


def class_work(scenario: Scenario, values: Values) -> Floats:
    """Mean hours of work on one request by class; over all requests the mean is ``service.handling``."""
    work = by_class(scenario, values, "work")
    mean = float((class_shares(scenario, values) * work).sum())
    return np.asarray(values["service.handling"] * work / mean)


def bot_success(scenario: Scenario) -> Floats:
    """The bot's success by class against its success with standard enquiries."""
    return np.array([float(scenario.service.classes[k].bot) if k in scenario.service.classes else 0.0
                     for k in CLASSES])  # fmt: skip


def grave_shares(scenario: Scenario, values: Values) -> Floats:
    """Share of grave complaints by class."""
    return np.array([values["service.grave"] if kind == "complaint" else 0.0 for kind in CLASSES])


def solved_by_bot(scenario: Scenario, values: Values, bot: float) -> Floats:
    """Share of the requests of each class that a bot solves; grave complaints go to people."""
    return np.asarray(bot * bot_success(scenario) * (1.0 - grave_shares(scenario, values)))


def bot_share(scenario: Scenario, values: Values, bot: float) -> float:
    """Share of all requests that a bot solves."""
    return float((class_shares(scenario, values) * solved_by_bot(scenario, values, bot)).sum())


def pieces_of_work(scenario: Scenario, values: Values) -> Floats:
    """Expected work of people on one request against its first answer, by class: returns and repeats in it.

    An answer that needs another department costs its rest again, for each time it is passed on; an answer
    that does not solve is given anew, three times at most (the limits of `tiersim.desk.jobs`).
    """
    department = by_class(scenario, values, "department")
    unsolved = by_class(scenario, values, "unsolved")
    back = values["service.departments.pass_back"]
    passed = department / max(1.0 - back, 1e-9)
    answer = 1.0 + scenario.service.departments.rest * passed
    return np.asarray(answer * (1.0 + unsolved + unsolved**2))


def request_hours(scenario: Scenario, values: Values, bot: float, follow_up: bool) -> float:
    """Expected hours of people's work for one request that is made, whoever answers it."""
    people = class_shares(scenario, values) * (1.0 - solved_by_bot(scenario, values, bot))
    sorting = 0.0 if bot > 0.0 else values["service.sorting"]
    calls = values["service.follow_up_time"] if follow_up else 0.0
    work = class_work(scenario, values) * pieces_of_work(scenario, values)
    return float((people * (work + sorting + calls)).sum())
