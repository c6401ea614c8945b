"""Tables of an outcome beside the ledger: KPI sums, moves, staff, the service desk, funds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import METRICS
from tiersim.engine.filing import DESK_SUMS
from tiersim.engine.ledger import Books, join
from tiersim.policy.plan import Plan

if TYPE_CHECKING:
    from tiersim.engine.slots import Slots

Array = npt.NDArray[Any]

POOL_HOURS = (
    "present_hours", "request_hours", "contact_hours", "account_hours", "missed_contacts", "waiting",
    "waiting_mean",
)  # fmt: skip
"""Rows of ``memory["pool_hours"]`` as columns of the staff table."""

DESK_HOURS = tuple(name for name in DESK_SUMS if name.endswith("_hours"))


class Records:
    """Collects rows quarter by quarter."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._kpis: list[dict[str, Array]] = []
        self._moves: list[dict[str, Array]] = []
        self._staff: list[dict[str, Array]] = []
        self._desk: list[dict[str, Array]] = []
        self._funds: list[dict[str, Array]] = []

    def kpis(self, kpi: Array, quarter: int) -> None:
        """Take over a quarter's sums and clear them."""
        cell = np.flatnonzero(kpi.any(axis=0))
        columns = self._books.columns(cell)
        self._kpis.append(
            {
                "quarter": np.full(cell.size, quarter, np.int16),
                **columns,
                **{name: kpi[m, cell].copy() for m, name in enumerate(METRICS)},
            }
        )
        kpi.fill(0.0)

    def moves(
        self, memory: dict[str, Array], who: Array, old: Array, new: Array, rule: Array, week: int
    ) -> None:
        """Customers that changed tier at the review at the beginning of `week`."""
        self._moves.append(
            {
                "week": np.full(who.size, week, np.int16),
                "birth": memory["birth"][who],
                "arm": memory["arm"][who],
                "from_tier": old.astype(np.int8),
                "to_tier": new.astype(np.int8),
                "tier0": memory["tier0"][who],
                "rule": rule,
                "true_active": memory["alive"][who],
            }
        )

    def staff(self, slots: Slots, memory: dict[str, Array], quarter: int) -> None:
        """People and queues of every pool in a quarter; clears the quarter's sums."""
        pools = slots.pools
        load, answered = memory["pool_load"], memory["pool_answers"]
        with np.errstate(invalid="ignore", divide="ignore"):
            utilisation = np.where(load[1] > 0, load[0] / load[1], 0.0)
        count = len(pools)
        self._staff.append(
            {
                "quarter": np.full(count, quarter, np.int16),
                "arm": np.full(count, -1, np.int8),
                "pool": np.arange(count, dtype=np.int8),
                "heads": np.array([pool.payroll for pool in pools], float),
                "peak": np.array([pool.peak for pool in pools], float),
                "hired": np.array([pool.hired for pool in pools], float),
                "left": np.array([pool.left for pool in pools], float),
                "dismissed": np.array([pool.dismissed for pool in pools], float),
                "utilisation": utilisation,
                "tickets": answered[0].copy(),
                "late": answered[1].copy(),
                "answer_hours": answered[2].copy(),
                "backlog_hours": memory["backlog"].copy(),
                **dict(zip(POOL_HOURS, memory["pool_hours"].copy(), strict=True)),
                "skill": memory["pool_skill"].copy(),
            }
        )
        load.fill(0.0)
        answered.fill(0.0)
        memory["pool_hours"].fill(0.0)
        for pool in pools:
            pool.hired = pool.left = pool.dismissed = pool.peak = 0

    def desk(
        self, slots: Slots, sums: Array, p90_answer: Array, p90_solve: Array, open_: Array, quarter: int
    ) -> None:
        """A quarter's service levels, by cell and class of request, where anything was asked or is open.

        Parameters
        ----------
        sums : by row of `DESK_SUMS`, shape (rows, cells, classes); not cleared.
        p90_answer, p90_solve : hours, nan where nothing was answered or solved; shape (cells, classes).
        open_ : requests not closed, shape (cells, classes).
        """
        cell, kind = np.nonzero(sums.any(axis=0) | (open_ != 0.0))
        slot, tier = np.divmod(cell, slots.tiers)
        kinds = {name: np.float64 if name in DESK_HOURS else np.int32 for name in DESK_SUMS}
        self._desk.append(
            {
                "quarter": np.full(cell.size, quarter, np.int16),
                **slots.columns(slot),
                "tier": tier.astype(np.int8),
                "request_class": kind.astype(np.int8),
                **{name: sums[row, cell, kind].astype(kinds[name]) for row, name in enumerate(DESK_SUMS)},
                "answer_p90_hours": p90_answer[cell, kind],
                "solve_p90_hours": p90_solve[cell, kind],
                "open": open_[cell, kind].astype(np.int32),
            }
        )

    def funds(self, slots: Slots, plans: list[Plan], funded: list[list[float]], quarter: int) -> None:
        """Cents of each budget group for a quarter: cap, staff, volume, strategies, what is left."""
        rows = []
        for slot, plan in enumerate(plans):
            for number, group in enumerate(plan.groups):
                share = funded[slot][number]
                strategies = share * group.wanted
                rest = group.cap - group.staff - group.reserved - strategies
                rest += group.carried
                amounts = (group.cap, group.staff, group.reserved, strategies, rest, group.carried)
                rows.append(
                    (
                        slots.pairs[slot][1],
                        slots.group_code(group.name),
                        *(round(25 * a) for a in amounts),
                        share,
                    )
                )
        if not rows:
            return
        names = ("arm", "group", "cap", "staff", "reserved", "strategies", "unspent", "carried", "funded")
        kinds = (np.int8, np.int8, *[np.int64] * 6, np.float64)
        columns = zip(*rows, strict=True)
        self._funds.append(
            {
                "quarter": np.full(len(rows), quarter, np.int16),
                **{
                    name: np.array(list(column), kind)
                    for name, kind, column in zip(names, kinds, columns, strict=True)
                },
            }
        )

    def tables(self) -> dict[str, dict[str, Array]]:
        """All tables, each with its columns even if empty."""
        i8, i16 = np.int8, np.int16
        empty_moves = {
            "week": i16, "birth": np.uint64, "arm": i8, "from_tier": i8, "to_tier": i8, "tier0": i8,
            "rule": i8, "true_active": i8,
        }  # fmt: skip
        empty_funds = {
            "quarter": i16, "arm": i8, "group": i8, "cap": np.int64, "staff": np.int64, "reserved": np.int64,
            "strategies": np.int64, "unspent": np.int64, "carried": np.int64, "funded": np.float64,
        }  # fmt: skip
        empty_desk = {
            "quarter": i16, "arm": i8, "policy": i8, "tier": i8, "request_class": i8,
            **{name: np.float64 if name in DESK_HOURS else np.int32 for name in DESK_SUMS},
            "answer_p90_hours": np.float64, "solve_p90_hours": np.float64, "open": np.int32,
        }  # fmt: skip
        return {
            "kpis": join(self._kpis),
            "moves": join(self._moves) or {name: np.zeros(0, kind) for name, kind in empty_moves.items()},
            "staff": join(self._staff),
            "desk": join(self._desk) or {name: np.zeros(0, kind) for name, kind in empty_desk.items()},
            "funds": join(self._funds) or {name: np.zeros(0, kind) for name, kind in empty_funds.items()},
        }
