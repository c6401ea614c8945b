"""One world of a replication, week by week from the start through the horizon and the run-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk.waiting import wait_law
from tiersim.engine.accounts import ACTIVE, HIRING, LAPSED, ONE_OFF, SEVERANCE, TRAINING, WEEKS_PER_QUARTER
from tiersim.engine.arrivals import Arrivals
from tiersim.engine.assignment import Assignment
from tiersim.engine.clock import demand_factors, discount_factors
from tiersim.engine.layout import OFFSET, OVERFLOW, QUARTER, REPLICATION, SEED, WEEK, N
from tiersim.engine.ledger import Books, Ledger
from tiersim.engine.memory import cause_hazards, draws, scratch, stage_parameters
from tiersim.engine.money import Payments, censuses, count_cells
from tiersim.engine.observe import lapsed, roll_rings, survey_parameters, surveys
from tiersim.engine.prepare import Start, curve_of, saturation, today_doses
from tiersim.engine.record import Records
from tiersim.engine.review import Review
from tiersim.engine.slots import Slots
from tiersim.engine.staffing import Change, Staffing
from tiersim.engine.stages.answers import answers
from tiersim.engine.stages.churn import churn, renewal
from tiersim.engine.stages.contacts import contacts
from tiersim.engine.stages.demand import demand
from tiersim.engine.stages.desk import desk
from tiersim.engine.stages.entry import entry
from tiersim.engine.stages.expected import expected
from tiersim.engine.stages.growth import growth
from tiersim.engine.stages.levers import levers, set_doses
from tiersim.engine.stages.orders import orders
from tiersim.engine.stages.persons import persons
from tiersim.engine.stages.record import record
from tiersim.engine.stages.referral import referral
from tiersim.engine.stages.satisfaction import satisfaction
from tiersim.engine.stages.tickets import tickets
from tiersim.engine.state import allocate, take
from tiersim.engine.wiring import bind
from tiersim.errors import TiersimError
from tiersim.policy.cells import Funding
from tiersim.policy.plan import count
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class World:
    """A compared world: its label, and who is under which policy when."""

    label: str
    assignment: Assignment


class Simulation:
    """A world while it runs. Shared things are arrays in `memory`, by the names that stages ask for."""

    def __init__(self, scenario: Scenario, start: Start, world: World, seed: int, replication: int) -> None:
        self.scenario, self.start, self.seed, self.replication = scenario, start, seed, replication
        self.values = start.draw.values
        self.horizon = round(scenario.horizon)
        self.end = self.horizon + round(scenario.run_out)
        self.tiers = len(scenario.tiers) + 1
        self.slots = Slots(scenario, world.assignment, self.values, start.census)
        self.arms = len(world.assignment.arms)
        self.books = Books(self.arms, self.tiers, len(scenario.population.regions))
        self.review = Review(scenario, start.method, self.arms, self.values)
        self.arrivals = Arrivals(scenario, start, world.assignment, seed, replication)
        self.records = Records(self.books)
        self.ledger = Ledger(self.books, discount_factors(scenario.money.discount_rate, self.end + 60))
        self.payments = Payments(self.books, len(self.slots.pools))
        self.memory = self._memory()
        self.staffing = Staffing(scenario, self.slots.pools, self.values, seed, replication)
        self.funding = Funding(scenario, self.slots.layouts, self.values, self.slots.tables)
        self.funded: list[list[float]] | None = None
        self.factors = demand_factors(scenario, self.values["market.growth"], 0, self.end)
        self.run_out = False
        self.pending = self.slots.later_steps

    # -- set-up -------------------------------------------------------------------------------------

    def _memory(self) -> dict[str, Array]:
        scenario, start = self.scenario, self.start
        n = scenario.customers
        self.capacity = int(1.25 * n + start.newcomers["birth"].size + 200)
        memory: dict[str, Array] = dict(take(start.state, np.arange(n), self.capacity))
        memory |= stage_parameters(scenario, self.values)
        rate = 1.3 * float(start.state["ticket_rate"].mean()) * self.capacity if n else 0.0
        memory |= scratch(self.books.cells, self.capacity, rate)
        clock = memory["clock"]
        clock[SEED], clock[REPLICATION], clock[N] = self.seed, self.replication, n
        memory["cause_hazard"][:] = cause_hazards(scenario, start.solved.hazard)
        memory["satisfaction_par"][2] = start.solved.usual_late * (1 - scenario.today.bot)
        memory["survey_par"] = survey_parameters(scenario.satisfaction.survey_share, self.values)
        memory |= self.slots.memory()
        attention, contact = today_doses(start.today, start.census, self.values)
        memory["entry_dose"][:] = attention, contact
        today = np.zeros(1, np.float32)
        inverse, gain = curve_of(self.values)
        saturation(np.full(1, contact, np.float32), inverse, gain, today)
        memory["lever_par"][3] = today[0]
        memory["market_room"] = np.ones(max(self.arms, 1), np.float32)
        self._usual_waits(memory)
        self._see_contracts(memory)
        self.slots.assign(memory, 0, n, self.seed, self.replication)
        self._code(memory, 0, n)
        return memory

    def _see_contracts(self, memory: dict[str, Array]) -> None:
        """A contract that ends is seen at once: then who is active is who is known."""
        if self.scenario.population.contract is not None:
            memory["known"] = memory["alive"]

    def _usual_waits(self, memory: dict[str, Array]) -> None:
        """Waits of every pool at its planned load: the burn-in's for today, and all if staff is frozen."""
        for p, pool in enumerate(self.slots.pools):
            if p == 0:
                memory["wait_chance"][p] = self.start.solved.wait_chance
                memory["wait_rate"][p] = self.start.solved.wait_rate
                continue
            care, load, hours = pool.plan.care, self.scenario.staff.load, self.scenario.staff.hours
            requests = self.start.census.overall("tickets") * 7 / 365.25 * (1 - care.bot) * care.ratio
            share = min(requests * self.values["service.handling"] / hours, load)
            chance, rate = wait_law(
                float(max(pool.plan.paid, 1)), care.team, load, share, self.values["service.handling"]
            )
            memory["wait_chance"][p], memory["wait_rate"][p] = chance, rate

    def _code(self, memory: dict[str, Array], first: int, last: int) -> None:
        """Ledger codes of customers first..last-1."""
        part = {name: memory[name][first:last] for name in ("arm", "cohort", "tier_now", "tier0", "region")}
        memory["ledger_cell"][first:last] = self.books.code(**part)

    def _stages(self) -> None:
        """The week as a list; a mechanism that is switched off, or that has nothing to act on, is absent."""
        on, frozen = self.scenario.mechanisms, self.scenario.freeze
        week: list[Any] = [draws] if self.run_out else [entry, draws]
        week += [levers] if on.levers else []
        week += [demand, orders]
        if on.tickets:
            week += [tickets]
            week += [] if frozen.staff or self.run_out else [desk]
            week += [answers]
        week += [contacts] if on.contacts else []
        week += [satisfaction] if on.satisfaction else []
        week += [renewal if self.scenario.population.contract else churn]
        week += [growth] if on.growth else []
        if on.referral and on.arrivals and not frozen.referral and not self.run_out:
            week += [referral]
        week += [record]
        self.bound = bind(week, self.memory)
        closing: list[Any] = [surveys] if on.surveys else []
        closing += [] if self.run_out else [persons, expected]
        self.closing = bind(closing, self.memory)

    # -- the weeks ----------------------------------------------------------------------------------

    def run(self) -> dict[str, dict[str, Array]]:
        """Simulate and return the tables of the outcome."""
        clock = self.memory["clock"]
        for week in range(self.end):
            quarter, offset = divmod(week, WEEKS_PER_QUARTER)
            clock[WEEK], clock[OFFSET], clock[QUARTER] = week, offset, quarter
            if week == self.horizon:
                self._switch_back()
            if offset == 0:
                self._open_quarter(week, quarter)
                clock = self.memory["clock"]
            elif week in self.pending or self.slots.delayed:
                if self.slots.advance(self.memory, week):
                    self._replan(week, begin=True)
            self._pay(week, offset)
            self.memory["order_par"][2] = self.factors[week]
            for stage, arguments in self.bound:
                stage(*arguments)
            brought = self.arrivals.referred(self.memory, week)
            if brought is not None:
                self._seat(*brought, week + 1)
            if offset == WEEKS_PER_QUARTER - 1:
                self._close_quarter(week, quarter)
            if clock[OVERFLOW]:
                raise TiersimError(
                    f"more service requests in week {week} than a world can hold; lower ticket rates"
                )
        return {
            "ledger": self.ledger.table(),
            **self.records.tables(),
            **self.start.tables,
        }

    def _open_quarter(self, week: int, quarter: int) -> None:
        memory = self.memory
        if week > 0 and quarter % 4 == 0:
            self._compact()
            memory = self.memory
        roll_rings(memory, quarter)
        moved = False
        if not self.run_out:
            last = min(week + WEEKS_PER_QUARTER, self.horizon)
            self._seat(self.arrivals.from_channels(week, last), None, week)
            memory = self.memory
            moved = self.slots.advance(memory, week)
        self._replan(week, begin=week == 0 or moved)
        if week == 0 or quarter % 4 == 0 or week == self.horizon:
            self._stages()

    def _close_quarter(self, week: int, quarter: int) -> None:
        memory, n = self.memory, int(self.memory["clock"][N])
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
        self.records.kpis(memory["kpi"], quarter)
        self.records.staff(self.slots, memory, quarter)
        self.ledger.flush(memory["post"], quarter)
        every = round(self.scenario.rating.review_every / WEEKS_PER_QUARTER)
        if self.scenario.mechanisms.review and (quarter + 1) % every == 0 and not self.run_out:
            moves = self.review.apply(memory, week + 1, self.slots.is_tiered)
            if moves is not None:
                self.records.moves(memory, moves.who, moves.old, moves.new, moves.rule, week + 1)
                self._code(memory, 0, n)

    # -- money and people ---------------------------------------------------------------------------

    def _replan(self, week: int, begin: bool) -> None:
        """Count customers, set people's targets, fund strategies, refresh doses and what is posted weekly."""
        memory, scenario = self.memory, self.scenario
        by_cell = self._count()
        counted = censuses(by_cell, self.slots.count, self.tiers)
        everybody = max(by_cell[0].sum(), 1.0)
        if not self.run_out:
            plans = [
                count(scenario, layout, self.values, census, float(census.customers.sum()) / everybody)
                for layout, census in zip(self.slots.layouts, counted, strict=True)
            ]
            targets = self.slots.targets(plans)
            changes: list[Change] = []
            if begin:
                changes = self.staffing.begin(targets, week, self.slots.is_complete(week))
            elif not scenario.freeze.staff:
                self.staffing.aim(targets)
            self._post_changes(changes, week % WEEKS_PER_QUARTER)
            if self.funded is None or begin or not scenario.freeze.budget:
                on = scenario.mechanisms.budget
                self.funded = self.slots.funded(plans) if on else self.slots.unfunded()
            if week % WEEKS_PER_QUARTER == 0:
                self.records.funds(self.slots, plans, self.funded, week // WEEKS_PER_QUARTER)
            self.funding.apply(self.funded)
        n = int(memory["clock"][N])
        self._set_doses(0, n)
        memory["channel_on"][:] = (memory["dose"][:, :n].any(axis=1)) | (memory["carried"][:, :n] > 1e-7).any(
            axis=1
        )
        self._count()
        self.payments.renew()
        self._market()

    def _count(self) -> Array:
        memory, tables = self.memory, self.slots.tables
        by_cell = np.zeros((4, tables.bot.size))
        self.payments.hours.fill(0.0)
        self.payments.spend.fill(0.0)
        count_cells(
            memory["clock"], memory["known"], memory["cell"], memory["ledger_cell"], memory["ticket_rate"],
            memory["needs"], memory["favour"], memory["pool_of_cell"], memory["plan_even"],
            memory["plan_favour"], tables.spend_rate, by_cell, self.payments.hours, self.payments.spend,
        )  # fmt: skip
        return by_cell

    def _market(self) -> None:
        """Room left in the market by arm; all arms share it unless each has a market of its own."""
        memory, scenario = self.memory, self.scenario
        n = int(memory["clock"][N])
        alive = np.bincount(memory["arm"][:n], memory["alive"][:n], self.arms)
        held = np.full(self.arms, float(scenario.customers if scenario.freeze.market else alive.sum()))
        size = np.full(self.arms, float(scenario.market.size))
        if scenario.sharing.market == "arm" and not scenario.freeze.market:
            held, size = alive, size * self.slots.arm_shares
        memory["market_room"][:] = np.clip(1.0 - held / np.maximum(size, 1.0), 0.0, 1.0)

    def _pay(self, week: int, offset: int) -> None:
        """Weekly staffing and wages; one-off payments of the plan when they fall due."""
        memory, scenario = self.memory, self.scenario
        pools = self.slots.pools
        if self.run_out:
            n = int(memory["clock"][N])
            people = [0.0] * len(pools)
            people[0] = float(memory["known"][:n].sum()) / pools[0].plan.care.ratio
        elif scenario.freeze.staff:
            people = [float(pool.target) for pool in pools]
        else:
            self._post_changes(self.staffing.step(week), offset)
            memory["pool_people"][:] = self.staffing.strength()
            people = [float(pool.payroll) for pool in pools]
        self.payments.post_week(
            memory["post"],
            offset,
            [
                (k * p.plan.salary / 52.0, k * p.plan.on_call / 52.0)
                for k, p in zip(people, pools, strict=True)
            ],
        )
        if self.slots.plan_start is not None and not self.run_out:
            for name, item in scenario.one_off.items():
                if self.slots.plan_start + round(item.after) == week:
                    amount = self.values[f"one_off.{name}.amount"]
                    memory["post"][ONE_OFF, offset, self.books.company] -= round(100.0 * amount)

    def _post_changes(self, changes: list[Change], offset: int) -> None:
        post, company = self.memory["post"], self.books.company
        for change in changes:
            for account, people, path in (
                (HIRING, change.hired, "staff.hiring_cost"),
                (TRAINING, change.trained, "staff.training_cost"),
                (SEVERANCE, change.dismissed, "staff.severance"),
            ):
                if people:
                    post[account, offset, company] -= people * round(100.0 * self.values[path])

    # -- customers ----------------------------------------------------------------------------------

    def _seat(self, fresh: dict[str, Array], arms: Array | None, week: int) -> None:
        """Newcomers take their places behind the others; the entry stage makes them active in their week."""
        n, more = int(self.memory["clock"][N]), fresh["birth"].size
        if more == 0:
            return
        if n + more > self.capacity:
            self._grow(int(1.5 * (n + more)))
        memory = self.memory
        for name, column in fresh.items():
            memory[name][..., n : n + more] = column
        memory["clock"][N] = n + more
        arms = np.full(more, -1) if arms is None else arms
        self.slots.enter(memory, n, n + more, week, self.seed, self.replication, arms)
        self._code(memory, n, n + more)
        self._set_doses(n, n + more)

    def _set_doses(self, first: int, last: int) -> None:
        memory, tables = self.memory, self.slots.tables
        set_doses(
            first, last, memory["cell"], memory["inverse_needs"], memory["favour_needs"], tables.dose_flat,
            tables.dose_even, tables.dose_favour, tables.pair_channel, tables.pair_effect, memory["dose"],
            memory["effect"],
        )  # fmt: skip

    def _grow(self, capacity: int) -> None:
        self._replace(np.arange(int(self.memory["clock"][N])), capacity)

    def _compact(self) -> None:
        """Drop who has left; the order of the others, and so every sum, stays."""
        memory = self.memory
        n = int(memory["clock"][N])
        stay = np.flatnonzero(
            (memory["alive"][:n] == 1)
            | (memory["known"][:n] == 1)
            | (memory["entry_week"][:n] >= memory["clock"][WEEK])
        )
        self._replace(stay, self.capacity)

    def _replace(self, index: npt.NDArray[np.int64], capacity: int) -> None:
        names = allocate(0, self.memory["effect"].shape[0])
        self.memory |= take({name: self.memory[name] for name in names}, index, capacity)
        self.memory["clock"][N] = index.size
        self._see_contracts(self.memory)
        self.capacity = capacity
        self._stages()

    def _switch_back(self) -> None:
        """The run-out: all under today's care at its planned load, no arrivals, free in all arms (R5)."""
        self.run_out = True
        memory, n = self.memory, int(self.memory["clock"][N])
        memory["cell"][:n] %= self.tiers  # slot 0 is today
        memory["delivered"].fill(1.0)
        memory["wait_delay"].fill(0.0)
        memory["backlog"].fill(0.0)
        memory["pool_hours"].fill(0.0)
        self._usual_waits(memory)
        self.slots.tables.spend_rate[: self.tiers] = 0.0


def outcome_tables(start: Start) -> dict[str, dict[str, Array]]:
    """Tables that do not depend on the world: the parameter draw."""
    draw = start.draw
    return {
        "draws": {
            "path": np.arange(len(draw.paths), dtype=np.int16),
            "u": draw.u,
            "value": np.array([draw.values[path] for path in draw.paths]),
        }
    }
