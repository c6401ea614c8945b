"""One world of a replication, week by week from the start through the horizon and the run-out."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ACTIVE, LAPSED, WEEKS_PER_QUARTER
from tiersim.engine.arrivals import Arrivals
from tiersim.engine.assignment import Assignment
from tiersim.engine.clock import demand_factors, discount_factors
from tiersim.engine.concentration import Concentration
from tiersim.engine.layout import OFFSET, OVERFLOW, QUARTER, WEEK, N
from tiersim.engine.ledger import Books, Ledger
from tiersim.engine.mechanism import Mechanisms, Parts
from tiersim.engine.mechanisms import MECHANISMS
from tiersim.engine.money import Payments
from tiersim.engine.observe import lapsed, roll_rings
from tiersim.engine.opening import first_memory
from tiersim.engine.prepare import Start
from tiersim.engine.record import Records
from tiersim.engine.review import Review
from tiersim.engine.seats import Seats
from tiersim.engine.segmenting import Segmenting
from tiersim.engine.service import ServiceDesk
from tiersim.engine.slots import Slots
from tiersim.engine.stages.expected import expected
from tiersim.engine.upkeep import Upkeep
from tiersim.engine.watch import Watch
from tiersim.engine.week import closing_stages, week_stages
from tiersim.engine.wiring import bind
from tiersim.errors import TiersimError
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class World:
    """A compared world: its label, and who is under which policy when."""

    label: str
    assignment: Assignment


class Simulation:
    """A world while it runs. Shared things are arrays in `memory`, by the names that stages ask for."""

    def __init__(
        self,
        scenario: Scenario,
        start: Start,
        world: World,
        seed: int,
        replication: int,
        watch: Watch | None = None,
    ) -> None:
        self.scenario, self.start, self.watch = scenario, start, watch
        self.values, address = start.draw.values, (seed, replication)
        self.horizon = round(scenario.horizon)
        self.end = self.horizon + round(scenario.run_out)
        self.tiers = len(scenario.tiers) + 1
        self.slots = Slots(scenario, world.assignment, self.values, start.census)
        arms = len(world.assignment.arms)
        self.books = Books(arms, self.tiers, len(scenario.population.regions))
        self.review = Review(scenario, start, arms, self.values, address)
        self.review.attach(self.slots)
        self.arrivals = Arrivals(scenario, start, world.assignment, seed, replication)
        self.records = Records(self.books)
        self.ledger = Ledger(self.books, discount_factors(scenario.money.discount_rate, self.end + 60))
        self.payments = Payments(self.books, len(self.slots.pools))
        self.segmenting = Segmenting(self.slots.segments, self.slots.tables, self.payments)
        brings = Parts(
            scenario, start, self.slots, self.books, self.values, address, self.horizon, self.segmenting,
            self.review.sight,
        )  # fmt: skip
        self.mechanisms = Mechanisms(MECHANISMS, brings)
        more = {**self.mechanisms.fields, **self.segmenting.fields}
        self.memory = first_memory(scenario, start, self.slots, self.books.cells, seed, replication, more)
        self.memory |= self.mechanisms.memory()
        self.seats = Seats(scenario, self.slots, self.books, self.memory, address, more)
        self.mechanisms.seated(self.memory, 0, scenario.customers, 0)
        self.upkeep = Upkeep(
            scenario, self.slots, self.seats, self.books, self.payments, self.values, address
        )
        queues = scenario.mechanisms.tickets and not scenario.freeze.staff
        parts = scenario, self.slots, self.memory, self.values, self.end, address
        self.desk = ServiceDesk(*parts) if queues else None
        self.factors = demand_factors(scenario, self.values["market.growth"], 0, self.end)
        self.concentration = Concentration(scenario, start)
        self.run_out = False
        self.pending = self.slots.steps.later

    def _stages(self) -> None:
        """Bind the stages of the week anew, after arrays were replaced or what takes part changed."""
        if self.desk is not None:
            self.desk.bind(self.memory)
        self.bound = bind(week_stages(self.scenario, self.mechanisms, self.desk, self.run_out), self.memory)
        self.closing = bind(closing_stages(self.scenario, self.run_out), self.memory)
        # The truth that triggers are judged by; kept up to date at ends of months, where no quarter closes.
        self.watching = bind([expected], self.memory)

    # -- the weeks ----------------------------------------------------------------------------------

    def run(self, weeks: int | None = None) -> dict[str, dict[str, Array]]:
        """Simulate and return the tables of the outcome; `weeks`: leave off at the end of their quarter."""
        clock = self.memory["clock"]
        self.concentration.look(self.memory, 0)
        if self.watch is not None:
            self.watch.begin(self.memory, self.books, self.start.ring)
        stop = self.end if weeks is None else -(-weeks // WEEKS_PER_QUARTER) * WEEKS_PER_QUARTER
        for week in range(min(stop, self.end)):
            quarter, offset = divmod(week, WEEKS_PER_QUARTER)
            clock[WEEK], clock[OFFSET], clock[QUARTER] = week, offset, quarter
            if week == self.horizon:
                self._switch_back()
            if offset == 0:
                self._open_quarter(week, quarter)
                clock = self.memory["clock"]
            elif (week in self.pending or self.slots.steps.delayed) and self.slots.advance(self.memory, week):
                self._replan(week, begin=True)
            elif week in self.upkeep.dates.turns:
                # People are planned by the quarter, with or without dates of the plan between.
                self._replan(week, begin=False, people=False)
            if self.mechanisms.begin_week(self.memory, week, self.run_out):
                self._replan(week, begin=False)
            self._pay(week, offset)
            if self.desk is not None and not self.run_out:
                if self.desk.open_week(week):
                    self._stages()
            self.memory["order_par"][2] = self.factors[week]
            for stage, arguments in self.bound:
                stage(*arguments)
            self.mechanisms.end_week(self.memory, week, self.run_out)
            if self.watch is not None:
                self.watch.week(self.memory, week)
            brought = self.arrivals.referred(self.memory, week)
            if brought is not None:
                self._seat(*brought, week + 1)
            if offset == WEEKS_PER_QUARTER - 1:
                self._close_quarter(week, quarter)
            if self.watch is not None:
                self.watch.closed(self.memory, week)
            if week + 1 == self.horizon:
                self.concentration.look(self.memory, week + 1)
            if self.scenario.mechanisms.review and not self.run_out:
                self._review(week + 1)
            if clock[OVERFLOW]:
                raise TiersimError(
                    f"more service requests and contacts in week {week} than a week can hold; lower "
                    "population.ticket_rate, or contact customers less often"
                )
        return {
            "ledger": self.ledger.table(),
            **({"memo": self.ledger.memo()} if self.mechanisms.owe else {}),
            **self.records.tables(),
            **self.review.tally.tables(),
            "concentration": self.concentration.table(),
            **self.mechanisms.tables(),
            **self.start.tables,
        }

    def _open_quarter(self, week: int, quarter: int) -> None:
        if week > 0:
            self._drop_leavers(week)
        roll_rings(self.memory, quarter)
        moved = False
        if not self.run_out:
            last = min(week + WEEKS_PER_QUARTER, self.horizon)
            self._seat(self.arrivals.from_channels(week, last), None, week)
            for fresh in self.mechanisms.newcomers(week, last):
                self._seat(fresh, None, week)
            moved = self.slots.advance(self.memory, week)
        self.mechanisms.open_quarter(self.memory, week)
        self._replan(week, begin=week == 0 or moved)
        if week == 0 or quarter % 4 == 0 or week == self.horizon:
            self._stages()

    def _drop_leavers(self, week: int) -> None:
        n = int(self.memory["clock"][N])
        # Nobody is asked back in the run-out, and no queue is run.
        held = np.zeros(n, bool) if self.run_out else self.mechanisms.holds(self.memory, n, week)
        if self.desk is not None and not self.run_out:
            held |= self.desk.holds(n)
        stayed = self.seats.compact(held)
        if self.desk is not None:
            self.desk.renumber(stayed)

    def _close_quarter(self, week: int, quarter: int) -> None:
        memory, n = self.memory, int(self.memory["clock"][N])
        with nullcontext() if self.watch is None else self.watch.survey(memory):
            for stage, arguments in self.closing:
                stage(*arguments)
        alive = memory["alive"][:n] == 1
        books = memory["ledger_cell"][:n]
        memory["kpi"][ACTIVE] += np.bincount(books[alive], minlength=self.books.cells)
        if not self.scenario.population.contract:
            silent = lapsed(memory, n, week + 1)
            memory["known"][:n] = (memory["entry_week"][:n] <= week) & ~silent
            gone = alive & silent
            memory["kpi"][LAPSED] += np.bincount(books[gone], minlength=self.books.cells)
        self.mechanisms.close_quarter(memory, self.records, quarter)
        self.records.kpis(memory["kpi"], quarter)
        if self.desk is not None and not self.run_out:
            self.desk.close_quarter(self.records, quarter)
        self.records.staff(self.slots, memory, quarter)
        if self.watch is not None:
            self.watch.paid(memory, week)
        self.ledger.flush(memory["post"], quarter)

    def _review(self, week: int) -> None:
        """Move customers at the beginning of `week`; their package, people and money follow at once."""
        memory, quarter_ends = self.memory, week % WEEKS_PER_QUARTER == 0
        if not quarter_ends and self.review.watches(week):
            for stage, arguments in self.watching:
                stage(*arguments)
        moves = self.review.step(memory, week, self.slots.is_tiered)
        if quarter_ends:
            self.review.tally.close_quarter(week // WEEKS_PER_QUARTER - 1)
        if moves is None:
            return
        if self.slots.purse:
            self.slots.purse.moved(memory, moves)
        self.records.moves(memory, moves.who, moves.old, moves.new, moves.rule, week)
        self.seats.code(0, int(memory["clock"][N]))
        # Who is under no tiers is served as before: else when others are looked at would change its world. At
        # a quarter's end the next quarter begins with it.
        if not quarter_ends and self.slots.is_tiered[memory["cell"][moves.who] // self.tiers].any():
            self._replan(week, begin=False)

    # -- what weeks are made of -----------------------------------------------------------------------

    def _replan(self, week: int, begin: bool, people: bool = True) -> None:
        self.upkeep.replan(self.memory, self.records, week, begin, self.run_out, people)
        if self.desk is not None and not self.run_out and self.desk.make_room(self.upkeep.by_cell):
            self._stages()

    def _pay(self, week: int, offset: int) -> None:
        self.upkeep.pay(self.memory, week, offset, self.run_out)

    def _seat(self, fresh: dict[str, Array], arms: Array | None, week: int) -> None:
        first = int(self.memory["clock"][N])
        replaced = self.seats.seat(fresh, arms, week)
        last = int(self.memory["clock"][N])
        if last > first:
            self.mechanisms.seated(self.memory, first, last, week)
        if replaced:
            self._stages()

    def _switch_back(self) -> None:
        """The run-out: all under today's care at its planned load, no arrivals, free in all arms (R5)."""
        self.run_out = True
        memory, n = self.memory, int(self.memory["clock"][N])
        memory["cell"][:n] %= self.tiers  # slot 0 is today
        # What stages of the plan last wrote there, nobody may be left to clear.
        memory["drive"].fill(0.0)
        memory["discount"].fill(0.0)
        memory["delivered"].fill(1.0)
        memory["backlog"].fill(0.0)
        memory["law_answer"][:] = self.start.solved.law.answer
        memory["law_solve"][:] = self.start.solved.law.solve
        memory["law_pace"][:] = self.start.solved.law.pace
        memory["law_flags"][:] = self.start.solved.law.flags
        self.slots.tables.spend_rate[: self.tiers * self.slots.segments.number] = 0.0
        self.mechanisms.switch_back(memory)
