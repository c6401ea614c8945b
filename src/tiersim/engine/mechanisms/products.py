"""Product lines of customers: how many, what binds them, what share of wallet they open (L4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEK_OF_YEAR
from tiersim.engine.layout import REPLICATION, SEED
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.stages.products import (
    OTHER_CAUSE,
    PRICE_CAUSE,
    bind_customers,
    count_lines,
    hold_lines,
    take_up,
    widen,
)
from tiersim.engine.state import Fields
from tiersim.engine.wiring import Stage
from tiersim.scenario.customers import CAUSES
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class Products(Mechanism):
    """Customers take up further lines, under every policy; cross-sell makes that quicker."""

    fields: ClassVar[Fields] = {
        "lines": (np.int8, ()),
        "lines_start": (np.int8, ()),
        "strain": (np.float32, (len(CAUSES),)),
    }

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        products, values = parts.scenario.products, parts.values
        assert products is not None
        self._par = np.array(
            [
                products.lines,
                values["products.adoption"] * WEEK_OF_YEAR,
                values["products.bundle"],
                values["products.keeps"],
            ],
            np.float32,
        )

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """The scenario has product lines."""
        return scenario.products is not None and scenario.mechanisms.products

    def memory(self) -> dict[str, Array]:
        """Parameters, and the causes of leaving that lines act on."""
        on = np.zeros(len(CAUSES), np.int8)
        on[[PRICE_CAUSE, OTHER_CAUSE]] = 1
        return {"product_par": self._par, "strain_on": on}

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        """Lines are taken up and held after the horizon too, at today's rate."""
        if place is Place.LEAVING:
            return [take_up, bind_customers]
        if place is Place.LAST:
            return [widen, count_lines] if self.parts.scenario.mechanisms.growth else [count_lines]
        return []

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """Lines that they hold when they come."""
        clock = memory["clock"]
        hold_lines(
            first, last, self._par, int(clock[SEED]), int(clock[REPLICATION]), memory["birth"],
            memory["wallet_start"], memory["wallet_potential"], memory["lines"], memory["lines_start"],
        )  # fmt: skip
