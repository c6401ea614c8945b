"""Stages of life at the end of each quarter: seen on the record, counted, and told to strategies (L1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.layout import RING, N
from tiersim.engine.ledger import join
from tiersim.engine.mechanism import Mechanism, Parts
from tiersim.engine.sight import Sighting
from tiersim.engine.state import Fields
from tiersim.engine.truth import expected_purchases
from tiersim.policy.lifecycle import Stages, confirmed, is_young, observed_stages, staged
from tiersim.policy.segments import NO_STAGE
from tiersim.scenario.lifecycle import Lifecycle as Rules

if TYPE_CHECKING:
    from tiersim.engine.record import Records
    from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

GONE, NEW = NO_STAGE, NO_STAGE + 1
"""Codes beside the stages: no customer in the company's eyes (left, or lapsed); came in this quarter."""

COLUMNS = {
    "quarter": np.int16, "arm": np.int8, "from_stage": np.int8, "to_stage": np.int8, "true_stage": np.int8,
    "customers": np.int64,
}  # fmt: skip


class Lifecycle(Mechanism):
    """Assesses stages; customers do nothing differently for it, but strategies may be confined to stages.

    ``stage``: as it was told last; ``stage_seen``, ``stage_times``: another stage, and looks in a row that
    saw it.
    """

    fields: ClassVar[Fields] = {
        "stage": (np.int8, ()),
        "stage_seen": (np.int8, ()),
        "stage_times": (np.int8, ()),
    }

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        rules = parts.scenario.lifecycle
        assert rules is not None
        self._rules: Rules = rules
        self._rows: list[dict[str, Array]] = []

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """With the section, unless switched off."""
        return scenario.lifecycle is not None and scenario.mechanisms.lifecycle

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """Founders have a past, and so a stage, from the first day; whoever comes later is new."""
        if week == 0 and first == 0:
            clock = memory["clock"].copy()
            clock[RING] = self.parts.start.ring
            who, seen = self._stages_of(self.parts.sight.take({**memory, "clock": clock}, 0))
            memory["stage"][who] = memory["stage_seen"][who] = seen
            self.parts.segments.write(memory, "stage", who, seen)

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        """Look at everybody; the plan of the next quarter counts the stages that are told now."""
        week = (quarter + 1) * WEEKS_PER_QUARTER
        if week > self.parts.horizon:
            return
        n = int(memory["clock"][N])
        before = memory["stage"][:n].copy()
        entry = memory["entry_week"][:n]
        before[entry >= week - WEEKS_PER_QUARTER] = NEW
        who, seen = self._stages_of(self.parts.sight.at(memory, week))
        self._tell(memory, who, seen)
        # Whoever comes in a later week has a place already; one may come and leave in one quarter.
        gone = np.flatnonzero((memory["known"][:n] == 0) & (entry < week) & (before != GONE))
        memory["stage"][gone] = GONE
        memory["stage_times"][gone] = 0
        here = np.concatenate([who, gone])
        self._count(memory, here, before[here], quarter, week)
        self.parts.segments.write(memory, "stage", here, memory["stage"][here])

    def _stages_of(self, seen: Sighting) -> tuple[Array, Stages]:
        """Places of all customers, and their stages on the record with its errors."""
        return seen.slots, observed_stages(seen.shown, self._rules)

    def _tell(self, memory: dict[str, Array], who: Array, seen: Stages) -> None:
        """Change the stages that are confirmed; who was gone is back with what is seen."""
        names = ("stage", "stage_seen", "stage_times")
        stage, asked, times = (memory[name][who] for name in names)
        stage = np.where(stage == GONE, seen, stage).astype(np.int8)
        told = confirmed(stage, asked, times, seen, self._rules.confirm)
        for name, column in zip(names, told, strict=True):
            memory[name][who] = column

    def _count(self, memory: dict[str, Array], who: Array, before: Stages, quarter: int, week: int) -> None:
        true = true_stages(memory, who, week, self._rules)
        kinds = NEW + 1
        code = memory["arm"][who].astype(np.int64)
        for part in (before, memory["stage"][who], true):
            code = code * kinds + part
        found = np.bincount(code)
        codes = np.flatnonzero(found)
        customers = found[codes]
        rest, true_code = np.divmod(codes, kinds)
        rest, to = np.divmod(rest, kinds)
        arm, start = np.divmod(rest, kinds)
        values = (np.full(codes.size, quarter), arm, start, to, true_code, customers)
        self._rows.append(
            {name: value.astype(kind) for (name, kind), value in zip(COLUMNS.items(), values, strict=True)}
        )

    def tables(self) -> dict[str, dict[str, Array]]:
        """Customers by quarter, stage before, stage after, and true stage."""
        return {"lifecycle": join(self._rows) or {name: np.zeros(0, kind) for name, kind in COLUMNS.items()}}


def true_stages(memory: dict[str, Array], who: Array, week: int, rules: Rules) -> Stages:
    """Stages by the truth, codes of the stages or GONE, shape (n,).

    Purchases to be expected in place of those made; who has decided to leave declines, however it buys.
    """
    expected = expected_purchases(memory, who, week)
    span = 4 if rules.compare == "year" else 2
    now, base = expected[:span].sum(axis=0), expected[4 : 4 + span].sum(axis=0)
    tenure = week - memory["entry_week"][who].astype(np.int64)
    ring = memory["orders_ring"]
    orders = sum(ring[(int(memory["clock"][RING]) - ago) % ring.shape[0]][who] for ago in range(4))
    # As on the record, a change needs the whole of both periods inside the relation.
    covered = tenure >= 52 + WEEKS_PER_QUARTER * span
    stage = staged(rules, is_young(rules, tenure, orders), memory["leaving"][who] > 0, now, base, covered)
    stage[memory["alive"][who] == 0] = GONE
    return stage
