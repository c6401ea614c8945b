"""Investments in stages: paid while they are built, felt once they work (P7, T8)."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from tiersim.engine.accounts import ONE_OFF, SERVICE, WEEKS_PER_QUARTER
from tiersim.engine.mechanism import Mechanism
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class InvestmentStages(Mechanism):
    """Posts cost and upkeep, and brings what is ready into the tables in that week."""

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """Whether anything is bought."""
        return scenario.mechanisms.investments and bool(scenario.budget.investments)

    def open_quarter(self, memory: dict[str, Array], week: int) -> None:
        """What is ready as a quarter begins; doses and money are counted anew then anyway."""
        if week < self.parts.horizon:
            self._relay(memory, week)

    def begin_week(self, memory: dict[str, Array], week: int, run_out: bool) -> bool:
        """What is ready within a quarter, and the week's money; cost of what is still built is paid on."""
        made = self.parts.slots.investments
        if made is None:
            return False
        offset, company = week % WEEKS_PER_QUARTER, self.parts.books.company
        cost, upkeep = made.due(week)
        memory["post"][ONE_OFF, offset, company] -= cost
        if run_out:
            return False
        memory["post"][SERVICE, offset, company] -= round(upkeep)
        return offset > 0 and self._relay(memory, week)

    def _relay(self, memory: dict[str, Array], week: int) -> bool:
        made = self.parts.slots.investments
        if made is None or week not in made.ready_week.values():
            return False
        self.parts.slots.relay(memory, made.ready(week))
        return True
