"""People and money of a world: who is needed, what is funded, what is posted each week (R16, R17)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import HIRING, ONE_OFF, SERVICE, SEVERANCE, TRAINING, WEEKS_PER_QUARTER
from tiersim.engine.dates import Dates
from tiersim.engine.layout import N
from tiersim.engine.ledger import Books
from tiersim.engine.money import Payments, censuses, count_cells
from tiersim.engine.record import Records
from tiersim.engine.seats import Seats
from tiersim.engine.sharing import funded_shares, paid_people
from tiersim.engine.slots import Slots
from tiersim.engine.staffing import Change, Staffing
from tiersim.policy.cells import Funding
from tiersim.policy.plan import count
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class Upkeep:
    """Staff, budget and market of a world."""

    def __init__(
        self,
        scenario: Scenario,
        slots: Slots,
        seats: Seats,
        books: Books,
        payments: Payments,
        values: dict[str, float],
        address: tuple[int, int],
    ) -> None:
        self._scenario, self._slots, self._seats, self._books = scenario, slots, seats, books
        self._payments, self._values = payments, values
        self.staffing = Staffing(scenario, slots.pools, values, *address)
        self._funding = Funding(scenario, slots.layouts, values, slots.tables)
        self._funded: list[list[float]] | None = None
        self.dates = Dates(scenario, slots)
        self.by_cell = np.zeros((4, slots.tables.bot.size))
        self._by_package = np.zeros(slots.tables.spend_rate.size)

    def replan(
        self, memory: dict[str, Array], records: Records, week: int, begin: bool, run_out: bool,
        people: bool = True,
    ) -> None:  # fmt: skip
        """Count customers, set people's targets, fund strategies, refresh doses and what is posted weekly.

        Without `people` their targets stay.
        """
        scenario, slots = self._scenario, self._slots
        by_cell = self._count(memory, week, run_out)
        counted = censuses(by_cell, self._by_package, slots.count, slots.tiers)
        everybody = by_cell[0].reshape(slots.count, slots.tiers).sum(axis=0)
        if not run_out:
            layouts = self.dates.layouts(week)
            plans = [
                count(scenario, layout, self._values, census, everybody)
                for layout, census in zip(layouts, counted, strict=True)
            ]
            plans = slots.purse.fill(plans, week) if slots.purse else plans
            targets = paid_people(plans, slots.pool_number, len(slots.pools))
            changes: list[Change] = []
            if begin:
                ready = slots.steps.is_complete(week)
                changes = self.staffing.begin(targets, week, ready, slots.beginning(week))
            elif people and not scenario.freeze.staff:
                self.staffing.aim(targets)
            self._post_changes(memory, changes, week % WEEKS_PER_QUARTER)
            if self._funded is None or begin or not scenario.freeze.budget:
                on = scenario.mechanisms.budget
                self._funded = funded_shares(scenario, plans) if on else slots.unfunded()
            if slots.purse:
                slots.purse.spend(plans, self._funded)
            if week % WEEKS_PER_QUARTER == 0:
                whole = self.dates.over_quarter(week, counted, plans, self._funded)
                records.funds(slots, *whole, week // WEEKS_PER_QUARTER)
            self._funding.apply(self._funded, layouts)
        n = int(memory["clock"][N])
        self._seats.set_doses(0, n)
        memory["channel_on"][:] = (memory["dose"][:, :n].any(axis=1)) | (memory["carried"][:, :n] > 1e-7).any(
            axis=1
        )
        counted_anew = self._count(memory, week, run_out)
        memory["account_hours"][:] = self._account_hours(memory, counted_anew)
        self._payments.renew()
        self.by_cell = counted_anew
        # Counted each quarter: moves between tiers, in whatever weeks they are, are no news of the market.
        if week % WEEKS_PER_QUARTER == 0 or begin:
            self._market(memory)

    def _count(self, memory: dict[str, Array], week: int, run_out: bool) -> Array:
        cell = memory["cell"] if run_out else self._slots.paid_cells(memory, week)
        tables, payments = self._slots.tables, self._payments
        by_cell = np.zeros((4, tables.bot.size))
        self._by_package.fill(0.0)
        payments.hours.fill(0.0)
        payments.spend.fill(0.0)
        count_cells(
            memory["clock"], tables.segments, memory["known"], cell, memory["segment"],
            memory["ledger_cell"], memory["ticket_rate"], memory["needs"], memory["favour"],
            memory["pool_of_cell"], memory["plan_even"], memory["plan_favour"], tables.spend_rate, by_cell,
            self._by_package, payments.hours, payments.spend,
        )  # fmt: skip
        if "paid_for" in memory:
            n = int(memory["clock"][N])
            memory["paid_for"][:n] = memory["known"][:n]
        return by_cell

    def _account_hours(self, memory: dict[str, Array], by_cell: Array) -> Array:
        """Hours of account work a week that are planned, by pool."""
        tables = self._slots.tables
        hours = by_cell[0] * tables.account_even + by_cell[3] * tables.plan_favour
        return np.bincount(memory["pool_of_cell"], hours, len(self._slots.pools))

    def _market(self, memory: dict[str, Array]) -> None:
        """Room left in the market by arm; all arms share it unless each has a market of its own."""
        scenario, arms = self._scenario, len(self._slots.arms)
        n = int(memory["clock"][N])
        alive = np.bincount(memory["arm"][:n], memory["alive"][:n], arms)
        held = np.full(arms, float(scenario.customers if scenario.freeze.market else alive.sum()))
        size = np.full(arms, float(scenario.market.size))
        if scenario.sharing.market == "arm" and not scenario.freeze.market:
            held, size = alive, size * self._slots.arm_shares
        memory["market_room"][:] = np.clip(1.0 - held / np.maximum(size, 1.0), 0.0, 1.0)

    def pay(self, memory: dict[str, Array], week: int, offset: int, run_out: bool) -> None:
        """Weekly staffing and wages; one-off payments of the plan when they fall due."""
        scenario, slots = self._scenario, self._slots
        pools = slots.pools
        if run_out:
            n = int(memory["clock"][N])
            people = [0.0] * len(pools)
            people[0] = float(memory["known"][:n].sum()) / pools[0].plan.care.ratio
        elif scenario.freeze.staff:
            people = [float(pool.target) for pool in pools]
        else:
            self._post_changes(memory, self.staffing.step(week), offset)
            people = [float(pool.payroll) for pool in pools]
        self._payments.post_week(
            memory["post"],
            offset,
            [
                (k * p.plan.salary / 52.0, k * p.plan.on_call / 52.0)
                for k, p in zip(people, pools, strict=True)
            ],
        )
        if not run_out:
            self._foresee(memory, offset)
        if slots.plan_start is not None and not run_out:
            for name, item in scenario.one_off.items():
                if self.dates.due(name, slots.plan_start + round(item.after)) == week:
                    amount = self._values[f"one_off.{name}.amount"]
                    memory["post"][ONE_OFF, offset, self._books.company] -= round(100.0 * amount)

    def _foresee(self, memory: dict[str, Array], offset: int) -> None:
        """Week's cost of foreseeing failures, for each policy that some customers are under."""
        yearly = {policy: self._scenario.policies[policy].crisis.upkeep for policy, _ in self._slots.pairs}
        if not any(yearly.values()):
            return
        n = int(memory["clock"][N])
        slots = np.unique(memory["cell"][:n] // self._slots.tiers)
        for policy in {self._slots.pairs[slot][0] for slot in slots.tolist()}:
            memory["post"][SERVICE, offset, self._books.company] -= round(100.0 * yearly[policy] / 52.0)

    def _post_changes(self, memory: dict[str, Array], changes: list[Change], offset: int) -> None:
        post, company = memory["post"], self._books.company
        for change in changes:
            for account, people, path in (
                (HIRING, change.hired, "staff.hiring_cost"),
                (TRAINING, change.trained, "staff.training_cost"),
                (SEVERANCE, change.dismissed, "staff.severance"),
            ):
                if people:
                    post[account, offset, company] -= people * round(100.0 * self._values[path])
