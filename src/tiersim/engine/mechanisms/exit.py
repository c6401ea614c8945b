"""Exit: what is remembered of customers for it, and the leaving of those let go (P8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.exits import EXITS, LET_GO
from tiersim.engine.layout import N
from tiersim.engine.mechanism import Mechanism, Place
from tiersim.engine.record import Records
from tiersim.engine.stages.letting_go import letting_go
from tiersim.engine.state import Fields
from tiersim.engine.wiring import Stage
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class ExitOfCustomers(Mechanism):
    """Two bytes a customer: quarters below in a row, and what was decided. The review decides."""

    fields: ClassVar[Fields] = {"exit_count": (np.int8, ()), "exit_state": (np.int8, ())}

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """Whether customers exit under any policy."""
        return scenario.exit is not None and scenario.mechanisms.exit

    def memory(self) -> dict[str, Array]:
        """Whether contracts must run out."""
        return {"exit_par": np.array([self.parts.scenario.population.contract is not None], np.int8)}

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        """Letting go, before anybody leaves of its own will."""
        exits = self.parts.slots.exits
        if place is not Place.LEAVING or run_out or exits is None or exits.rule.then != "let_go":
            return ()
        return (letting_go,)

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        """Who was let go is no customer in the company's eyes, however short its silence."""
        n = int(memory["clock"][N])
        gone = (memory["exit_state"][:n] == LET_GO) & (memory["alive"][:n] == 0)
        memory["known"][:n][gone] = 0

    def tables(self) -> dict[str, dict[str, Array]]:
        """Who was looked at, and who exited."""
        exits = self.parts.slots.exits
        empty = {name: np.zeros(0, kind) for name, kind in EXITS.items()}
        return {"exits": empty if exits is None else exits.table()}
