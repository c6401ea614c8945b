"""Who exits: customers that cost more than they return, on the record as it is seen (P8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.look import Look
from tiersim.engine.mover import code_of
from tiersim.policy.care import Care, Values, salary_of
from tiersim.policy.layout import Layout
from tiersim.policy.requests import bot_share, request_hours
from tiersim.scenario.exit import Exit
from tiersim.scenario.schema import Scenario

if TYPE_CHECKING:
    from tiersim.tables.observed import Observed

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

STAYS, SELF_SERVICE, LET_GO = 0, 1, 2
"""What is decided about a customer, in ``exit_state``."""

EXITS = {
    "quarter": np.int16, "arm": np.int8, "policy": np.int8, "tier": np.int8, "looked": np.int64,
    "below": np.int64, "exited": np.int64, "margin_year": np.float64, "cost_year": np.float64,
}  # fmt: skip


def unit_costs(scenario: Scenario, care: Care, values: Values) -> tuple[float, float, float]:
    """What a request, a contact and a year's account work cost, by the company's own costing.

    Hours are the planned ones, at the yearly pay of the pool over its 52 weeks of hours.
    """
    salary, on_call = salary_of(scenario, care, values)
    wage = (salary + on_call) / (52.0 * scenario.staff.hours)
    bot = bot_share(scenario, values, care.bot)
    hours = request_hours(scenario, values, care.bot, care.follow_up > 0.0)
    request = (1.0 - bot) * values["service.cost"] + bot * values["service.bot_cost"] + hours * wage
    if care.automatic_rate > care.personal_rate:
        contact = values["service.automatic_cost"]
    else:
        contact = values["service.contact_cost"] + values["service.contact_time"] * wage
    return request, contact, 52.0 * care.account_hours * wage


def contribution(record: Observed, unit: Floats) -> tuple[Floats, Floats]:
    """Yearly gross margin and cost to serve as recorded, shape (n,) each; nan where the record is not whole.

    Parameters
    ----------
    unit : of each customer, rows as in `unit_costs`, shape (3, n).
    """
    margin = record.spend_12m * record.margin_rate
    cost = record.requests_12m * unit[0] + 4.0 * record.contacts_13w * unit[1] + unit[2]
    return np.asarray(margin), np.asarray(cost)


class Exits:
    """Decides at ends of quarters; `slots` are those of policies under which customers exit."""

    def __init__(
        self, scenario: Scenario, rule: Exit, pairs: Sequence[tuple[str, int]], slots: Sequence[int],
        layouts: Callable[[], Sequence[Layout]], values: Values,
    ) -> None:  # fmt: skip
        self._scenario, self.rule, self._pairs, self._slots = scenario, rule, pairs, list(slots)
        self._layouts, self._values = layouts, values
        self._tiers = len(scenario.tiers)
        self._spared = [list(scenario.tiers).index(name) for name in rule.spares]
        self._code = code_of(scenario.rating, "exit")
        self._policies = list(scenario.policies)
        self._rows: list[tuple[float, ...]] = []

    def due(self, week: int) -> bool:
        """Whether a quarter of the plan ends as `week` begins, and another follows."""
        return 0 < week < round(self._scenario.horizon) and week % 13 == 0

    def hold(self, look: Look, to: Array) -> None:
        """Who was moved to self-service stays there; who won it back by an appeal is a customer as before."""
        state = look.memory["exit_state"]
        gone = state[look.slots] == SELF_SERVICE
        back = gone & (look.before < self._tiers - 1)
        state[look.slots[back]] = STAYS
        to[gone & ~back] = look.before[gone & ~back]

    def apply(self, look: Look, to: Array, codes: Array) -> None:
        """Count quarters below, and let the worst exit: new tiers into `to`, reasons into `codes`."""
        memory, rule, lowest = look.memory, self.rule, self._tiers - 1
        slot = memory["cell"][look.slots] // (self._tiers + 1)
        tier = look.before
        able = (look.before < self._tiers) & np.isin(slot, self._slots) & ~np.isin(tier, self._spared)
        able &= memory["exit_state"][look.slots] == STAYS
        margin, cost = contribution(look.seen, self._unit(memory["cell"][look.slots]))
        judged = able & np.isfinite(margin - cost)
        low = judged & (margin - cost < rule.below)
        count = memory["exit_count"]
        count[look.slots] = np.where(low, np.minimum(count[look.slots] + 1, 100), 0)
        ripe = low & (count[look.slots] >= rule.quarters)
        if rule.then == "self_service":
            ripe &= tier < lowest
        goes = np.zeros(len(look), bool)
        for number in self._slots:
            here = np.flatnonzero(ripe & (slot == number))
            most = int(rule.most * (slot == number).sum() + 1e-9)
            worst = np.lexsort((look.seen.birth[here], (margin - cost)[here]))[:most]
            goes[here[worst]] = True
        self._tell(look, slot, judged, low, goes, margin, cost)
        self._carry_out(look, goes, to, codes)

    def _carry_out(self, look: Look, goes: npt.NDArray[np.bool_], to: Array, codes: Array) -> None:
        who = look.slots[goes]
        look.memory["exit_count"][who] = 0
        if self.rule.then == "self_service":
            to[goes], codes[goes] = self._tiers - 1, self._code
            look.memory["exit_state"][who] = SELF_SERVICE
        else:
            look.memory["exit_state"][who] = LET_GO

    def _unit(self, cell: Array) -> Floats:
        cares = [care for layout in self._layouts() for care in layout.care]
        table = np.zeros((3, len(cares)))
        for number in self._slots:
            for c in range(number * (self._tiers + 1), (number + 1) * (self._tiers + 1)):
                table[:, c] = unit_costs(self._scenario, cares[c], self._values)
        return np.asarray(table[:, cell])

    def _tell(
        self, look: Look, slot: Array, judged: Array, low: Array, goes: Array, margin: Floats, cost: Floats
    ) -> None:
        quarter = look.week // 13 - 1
        key = look.arm.astype(np.int64) * 1000 + look.before
        for number in self._slots:
            for one in np.unique(key[judged & (slot == number)]).tolist():
                here = judged & (slot == number) & (key == one)
                out = here & goes
                self._rows.append(
                    (quarter, one // 1000, self._policies.index(self._pairs[number][0]), one % 1000,
                     here.sum(), (here & low).sum(), out.sum(), margin[out].sum(), cost[out].sum())
                )  # fmt: skip

    def table(self) -> dict[str, Array]:
        """Rows so far, by quarter, arm, policy and tier of before."""
        columns = list(zip(*self._rows, strict=True)) or [()] * len(EXITS)
        return {
            name: np.array(column, kind) for (name, kind), column in zip(EXITS.items(), columns, strict=True)
        }


def exits_of(
    scenario: Scenario,
    pairs: Sequence[tuple[str, int]],
    layouts: Callable[[], Sequence[Layout]],
    values: Values,
) -> Exits | None:
    """The exits of a world; None where nobody exits in it."""
    if scenario.exit is None or not scenario.mechanisms.exit:
        return None
    policies = scenario.policies
    slots = [
        n for n, (name, _) in enumerate(pairs) if policies[name].care == "tiered" and policies[name].exit
    ]
    return Exits(scenario, scenario.exit, pairs, slots, layouts, values) if slots else None
