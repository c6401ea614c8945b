"""Pressure of contacts and messages: what today's cadence already annoys is in the start (P2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.memory import half_life_factor
from tiersim.engine.stages.pressure import pressure_felt
from tiersim.engine.state import Fields
from tiersim.engine.wiring import Stage
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

CYCLES = 2_000
"""Weeks over which the mean excess of today's cadence is taken."""


class Pressure(Mechanism):
    """Contacts and messages a week, exponentially averaged; above the comfortable they cost satisfaction."""

    fields: ClassVar[Fields] = {
        "pressure": (np.float32, ()),
        "messages": (np.float32, ()),
        "contacts_before": (np.int16, ()),  # of the running quarter, at the end of the week before
    }

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        values, care = parts.values, parts.start.today
        give = 1.0 - half_life_factor(values["contact.memory"])
        weight, comfortable = values["contact.message_weight"], values["contact.comfortable"]
        rate = care.personal_rate + care.automatic_rate
        a_contact = weight if care.automatic_rate > care.personal_rate else 1.0
        self._today = rate * a_contact
        excess = mean_excess(rate, a_contact, give, comfortable)
        kappa = 1.0 - half_life_factor(parts.scenario.satisfaction.half_life)
        self._par = np.array([give, weight, comfortable, values["contact.annoys"], excess, kappa], np.float32)

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """Every scenario has the section."""
        on = scenario.mechanisms
        return on.pressure and on.satisfaction and on.contacts

    def memory(self) -> dict[str, Array]:
        """Parameters of the stage."""
        return {"pressure_par": self._par}

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        """It goes on in the run-out, where pressure falls back to today's."""
        return [pressure_felt] if place is Place.FELT else []

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """Everybody is used to today's contacts."""
        memory["pressure"][first:last] = self._today


def mean_excess(rate: float, a_contact: float, give: float, comfortable: float) -> float:
    """Mean of max(p - comfortable, 0) under a steady cadence of `rate` contacts a week worth `a_contact`.

    Contacts come in whole numbers, so that p swings around its mean, and its excess is more than that of the
    mean.
    """
    due = np.diff(np.floor(rate * np.arange(CYCLES + 1)))
    p, total, counted = rate * a_contact, 0.0, 0
    for week, made in enumerate(due.tolist()):
        p += give * (made * a_contact - p)
        if week >= CYCLES // 4:
            total += max(p - comfortable, 0.0)
            counted += 1
    return total / counted
