"""The loyalty programme in a world: levels by observed spend, benefits, points and what is owed (P3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WEEKS_PER_QUARTER
from tiersim.engine.layout import OFFSET, RING, N
from tiersim.engine.ledger import join
from tiersim.engine.levels import level_of, trailing_spend
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.memory import half_life_factor
from tiersim.engine.stages.loyalty import LEVEL_SUMS, POINT_SUMS, benefits, settle, sum_levels
from tiersim.policy.points import (
    level_table,
    programme,
    runs_programme,
    spread_table,
    thresholds,
    with_activity,
)

if TYPE_CHECKING:
    from tiersim.engine.record import Records
    from tiersim.engine.wiring import Stage
    from tiersim.policy.points import LevelTable
    from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]
QUARTERS_A_YEAR = 4


class LoyaltyProgramme(Mechanism):
    """Levels are kept for everybody, also in worlds without the programme, where they give nothing.

    So results can be told apart by the level that customers have at the start (`level0`), the same people in
    every world.
    """

    owes = True

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        rules = programme(parts.scenario)
        assert rules is not None
        self._rules, values = rules, parts.values
        self._cuts = thresholds(rules)
        self._levels = len(rules.levels)
        self._outside, self._new = self._levels + 1, self._levels + 2
        self._grace = round(rules.grace / WEEKS_PER_QUARTER)
        self._rows = round(rules.expires / WEEKS_PER_QUARTER)
        self._redeem, self._cost = values["loyalty.redeem"], values["loyalty.redeem_cost"]
        assert parts.start.levels is not None
        self._start = parts.start.levels
        self._memory_by_cell(level_table(rules, values))
        self._rows_of: list[dict[str, Array]] = []
        self._before = np.zeros(0, np.int8)
        self._end = parts.horizon + round(parts.scenario.run_out)
        # Not of the class: how much a customer's state takes depends on the programme.
        self.fields = {  # type: ignore[misc]
            "level": (np.int8, ()),
            "level0": (np.int8, ()),
            "level_below": (np.int8, ()),  # quarters in a row below the level's spend
            "points_off": (np.int8, ()),  # weeks of the running quarter outside the programme
            "perk_weeks": (np.int8, ()),  # weeks of it in which the company pays for benefits
            "points_ring": (np.int32, (self._rows,)),  # cents of face value, by quarter earned
            "perk": (np.float32, (len(self._targets),)),
        }

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        return programme(scenario) is not None

    def _memory_by_cell(self, plan: LevelTable) -> None:
        """Rates, prices and effects by cell and level; nothing under a policy without the programme."""
        slots, scenario = self.parts.slots, self.parts.scenario
        cells, codes = slots.count * slots.tiers, self._new + 1
        values = self.parts.values
        even = with_activity(spread_table(plan, *self._start.by_level(self._levels)), values)
        plan = with_activity(plan, values)
        self._targets = sorted(plan.effects)
        self._rate, self._price = np.zeros((cells, codes)), np.zeros((cells, codes))
        self._effect = np.zeros((len(self._targets), cells, codes), np.float32)
        self._on = np.zeros((cells, codes), np.int8)
        for slot, (policy, _) in enumerate(slots.pairs):
            if not runs_programme(scenario, policy):
                continue
            table = even if scenario.policies[policy].care == "uniform" else plan
            at = slice(slot * slots.tiers, (slot + 1) * slots.tiers)
            self._rate[at, : self._new] = table.rate
            self._price[at, : self._new] = 100.0 * table.price
            self._on[at, : self._outside] = 1
            for t, lift in enumerate(self._targets):
                self._effect[t, at, : self._new] = table.effects[lift]

    def memory(self) -> dict[str, Array]:
        parts = self.parts
        moved = set(parts.slots.tables.pair_target.tolist()) if parts.scenario.mechanisms.levers else set()
        causes = parts.slots.memory()["cause_on"]
        for cause in range(1, causes.size):
            causes[cause] |= _lift_of_cause(cause) in self._targets
        return {
            "loyal_give": np.array([1.0 - half_life_factor(parts.values["response.half_life"])], np.float32),
            "loyal_target": np.array(self._targets, np.int64),
            "loyal_adds": np.array([lift in moved for lift in self._targets], np.int8),
            "loyal_effect": self._effect,
            "loyal_on": self._on,
            "cause_on": causes,
        }

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        return (benefits,) if place is Place.DEMAND else ()

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """Customers of the start have the level of their past; who comes begins without one."""
        if week == 0 and first == 0:
            memory["level"][first:last] = memory["level0"][first:last] = self._start.level
            self._tell(memory, np.arange(first, last))
            return
        member = self._start.joining.members(memory, slice(first, last), self.parts.address)
        memory["level"][first:last] = np.where(member, 0, self._outside)
        memory["level0"][first:last] = self._new

    def open_quarter(self, memory: dict[str, Array], week: int) -> None:
        self._before = memory["alive"][: int(memory["clock"][N])].copy()

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        clock = memory["clock"]
        n, ring = int(clock[N]), int(clock[RING])
        spend = memory["spend_ring"][ring % memory["spend_ring"].shape[0]]
        sums = np.zeros((len(POINT_SUMS), n), np.int64)
        last = (quarter + 1) * WEEKS_PER_QUARTER >= self._end
        settle(
            n, quarter, int(clock[OFFSET]), WEEKS_PER_QUARTER, last, self._redeem, self._cost, self._rate,
            self._price, memory["cell"], memory["level"], memory["alive"], memory["known"], spend,
            memory["points_off"], memory["perk_weeks"], memory["points_ring"],
            memory["ledger_cell"], memory["post"], *sums,
        )  # fmt: skip
        self._record(memory, n, ring, quarter, sums)
        self._assess(memory, n, ring)

    def _assess(self, memory: dict[str, Array], n: int, ring: int) -> None:
        """Up at once, down when the grace is over; by the spend of the last four quarters."""
        reached = level_of(trailing_spend(memory["spend_ring"], ring, n), self._cuts)
        level, below = memory["level"][:n], memory["level_below"][:n]
        member = level < self._outside
        low = member & (reached < level)
        below[:] = np.where(low, np.minimum(below + 1, 100), 0)
        moves = member & ((reached > level) | (low & (below > self._grace)))
        level[moves] = reached[moves]
        below[moves] = 0
        self._tell(memory, np.flatnonzero(moves))

    def _tell(self, memory: dict[str, Array], who: Array) -> None:
        """Strategies that are confined to levels follow; who holds none, or is no member, counts as 0."""
        level = memory["level"][who]
        self.parts.segments.write(memory, "level", who, np.where(level > self._levels, 0, level))

    def _record(self, memory: dict[str, Array], n: int, ring: int, quarter: int, sums: Array) -> None:
        """A row for each arm, level at the start and level held in the quarter."""
        codes = self._new + 1
        added = np.zeros((len(LEVEL_SUMS), max(len(self.parts.slots.arms), 1) * codes * codes))

        def row(name: str) -> Array:
            return np.asarray(memory[name][ring % memory[name].shape[0]])

        sum_levels(
            n, codes, memory["arm"], memory["level0"], memory["level"], memory["known"], memory["alive"],
            self._before, row("orders_ring"), row("spend_ring"), row("goods_ring"), sums, added,
        )  # fmt: skip
        # Sums of whole numbers below 2^53 are exact as floats.
        used = np.flatnonzero((added != 0.0).any(axis=0))
        rest, held = np.divmod(used, codes)
        whole = {"customers", "true_active", "true_lost", "orders", *POINT_SUMS}
        self._rows_of.append(
            {
                "quarter": np.full(used.size, quarter, np.int16),
                "arm": (rest // codes).astype(np.int8),
                "level0": (rest % codes).astype(np.int8),
                "level": held.astype(np.int8),
                **{
                    name: np.rint(values[used]).astype(np.int64) if name in whole else values[used]
                    for name, values in zip(LEVEL_SUMS, added, strict=True)
                },
            }
        )

    def tables(self) -> dict[str, dict[str, Array]]:
        return {"levels": join(self._rows_of)}


def _lift_of_cause(cause: int) -> int:
    from tiersim.policy.vocabulary import L_PRICE

    return L_PRICE + cause - 1
