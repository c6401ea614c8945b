"""How likely customers are to leave at their present satisfaction, under today's care."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


def term_of(scenario: Scenario) -> float | None:
    """Length of contracts in weeks, if there are any."""
    return scenario.population.contract.term if scenario.population.contract else None


def expected_churn(
    scenario: Scenario, values: dict[str, float], hazard: float, z: Array, content: Array, leaving: Array
) -> Array:
    """Expected loss of each customer in a year at its present satisfaction, under today's care.

    Without contracts who has decided (`leaving` above 0) is lost, and who decides in the year is lost in it
    if its notice, exponential at rate mu, ends in it: 1 - e^-h - h (e^-h - e^-mu) / (mu - h).
    """
    rate, bankruptcy = yearly_hazard(scenario, values, hazard, z, content), values["churn.bankruptcy"]
    term = term_of(scenario)
    if term is None:
        total = rate + bankruptcy
        loss = -np.expm1(-total)
        if scenario.mechanisms.notice:
            mu = 52.0 / values["churn.notice"]
            gap = np.where(np.abs(mu - total) < 1e-6, 1e-6, mu - total)
            waiting = rate * (np.exp(-total) - np.exp(-mu)) / gap
            loss = np.where(leaving > 0, 1.0, loss - waiting)
        return np.asarray(loss)
    # At a uniform phase a year holds m or m + 1 renewals, each with the hazard of a whole term.
    years = term / 52.0
    m = math.floor(1.0 / years)
    more = 1.0 / years - m
    stay = (1.0 - more) * np.exp(-rate * m * years) + more * np.exp(-rate * (m + 1) * years)
    return np.asarray(1.0 - np.exp(-bankruptcy) * stay)


def yearly_hazard(
    scenario: Scenario, values: dict[str, float], hazard: float, z: Array, content: Array
) -> Array:
    """Hazard a year of all causes but bankruptcy at present satisfaction, under today's care."""
    service = float(scenario.churn.causes["service"])
    reference, beta = values["baseline.satisfaction"], values["churn.satisfaction_effect"]
    return np.asarray(z * hazard * (service * np.exp(-beta * (content - reference)) + 1.0 - service))
