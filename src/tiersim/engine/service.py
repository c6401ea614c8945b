"""The service desk of a world: its people and opening hours, week by week, and what came of its requests."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.desk.calendar import office_of, office_seconds, opened_before
from tiersim.desk.compiled import CompiledDesk
from tiersim.desk.rules import Rules
from tiersim.engine.accounts import FIXES, WEEKS_PER_QUARTER
from tiersim.engine.desk_tables import NEVER_YET, after_answers
from tiersim.engine.filing import (
    C_KNOWLEDGE,
    C_OVERFLOW_POOL,
    DESK_SUMS,
    WEEK_SECONDS,
)
from tiersim.engine.layout import OFFSET, TICKET_COUNT, WEEK
from tiersim.engine.record import Records
from tiersim.engine.roster import Roster
from tiersim.engine.service_sums import find_teams, open_requests, percentiles, set_moves, share_begun
from tiersim.engine.slots import Slots
from tiersim.engine.stages.answers import answers
from tiersim.engine.wiring import Bound
from tiersim.engine.wiring import bind as bind_stages
from tiersim.random import text_id
from tiersim.scenario.desk import CLASSES
from tiersim.scenario.opening import read_opening
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]

_TOLD_OF = (
    "kind", "stage", "customer", "request_class", "grave", "topic", "team", "ready", "piece", "sorted_at",
    "answered_at", "solved_at", "followed_at", "unsolved", "dropped", "moved", "served", "told",
)  # fmt: skip

FEW = 20
"""A question asked less often in a quarter is no ground for a product fix, whatever its share."""

SPARE_WEEKS = 104
"""Weeks of the calendar beyond the plan, for work that ends after it."""


class ServiceDesk:
    """Runs the compiled desk for the weeks of the plan on a world's `memory`."""

    def __init__(
        self, scenario: Scenario, slots: Slots, memory: dict[str, Array], values: dict[str, float],
        weeks: int, address: tuple[int, int],
    ) -> None:  # fmt: skip
        self._scenario, self._slots, self._values = scenario, slots, values
        cares = [pool.plan.care for pool in slots.pools]
        hours = read_opening(scenario.desk.opening)
        self._office = office_of(hours, weeks + SPARE_WEEKS, scenario.desk.closed, scenario.start)
        self._before = opened_before(self._office)
        self._roster = Roster(scenario, slots.pools, values, address)
        rules = Rules(
            office=self._office,
            team_pool=self._roster.team_pool,
            on_duty=np.array([scenario.desk.on_duty if care.on_call else 0 for care in cares], np.int64),
            room=np.full(self._roster.team_pool.size, -1, np.int64),
            seed=address[0],
            replication=address[1],
            **after_answers(scenario, values, slots.cares),
        )
        self.queue = CompiledDesk(rules)
        self._seen = {name: np.zeros_like(getattr(self.queue, name)) for name in ("area", "busy", "present")}
        pools, cells = len(slots.pools), len(slots.cares)
        meets = np.array([care.weekly_meeting for care in cares])
        self._meets = meets
        memory |= {
            "account_rest": np.zeros(pools),
            "pool_id": np.array([text_id("pool " + pool.key) for pool in slots.pools], np.uint64),
            "meeting_seats": np.zeros(pools, np.int64),
            "deal_first": np.zeros(pools + 1, np.int64),
            "deal": np.zeros(1, np.int64),
            "team_first": self._roster.team_first,
            "team_count": self._roster.team_count,
            "region_team": self._roster.region_team,
            "desk_sum": np.zeros((len(DESK_SUMS), cells, len(CLASSES))),
            "pool_done": np.zeros((4, pools)),
            "pool_waiting": np.zeros(pools),
        }
        self._memory = memory
        self._at = np.zeros(2, np.int64)
        self._sample = np.empty((4, 0), np.int64)
        self._told: Bound | None = None
        self._told_of: dict[str, Array] = {}
        self._samples: list[Array] = []
        self._missed = np.zeros(pools)

    def bind(self, memory: dict[str, Array]) -> None:
        """Take over the arrays of a world, which grow when customers do."""
        self._memory, self._told = memory, None

    def holds(self, n: int) -> npt.NDArray[np.bool_]:
        """Who of the first n customers still has a request in the queue; it is counted when it is solved."""
        customer = self.queue.table["customer"][: self.queue.count]
        held = np.zeros(n, bool)
        held[customer[(customer >= 0) & (customer < n)]] = True
        return held

    def renumber(self, stayed: npt.NDArray[np.int64]) -> None:
        """Customers were given new places (`stayed`: their old ones); the gone own none."""
        places = np.full(int(stayed.max(initial=-1)) + 2, -1, np.int32)
        places[stayed] = np.arange(stayed.size, dtype=np.int32)
        customer = self.queue.table["customer"][: self.queue.count]
        inside = (customer >= 0) & (customer < places.size)
        customer[:] = np.where(inside, places[np.where(inside, customer, 0)], -1)

    def make_room(self, by_cell: Array) -> bool:
        """Make `filed` long enough for any week with these customers; True if it was replaced.

        Parameters
        ----------
        by_cell : customers, requests a week, ... by cell (`tiersim.engine.money.count_cells`).
        """
        memory = self._memory
        contacts = by_cell[0] * np.where(memory["contact_auto"] == 1, 0.0, np.ceil(memory["contact_rate"]))
        pieces = 3600.0 * memory["account_hours"].sum() / memory["booking_par"][1]
        failures = by_cell[0].sum() * len(self._scenario.crises)
        people = memory["meeting_seats"].sum()
        people += memory["feedback_due"].sum(dtype=np.int64) if "feedback_due" in memory else 0
        need = int(2.0 * by_cell[1].sum() + contacts.sum() + pieces + failures + people) + 1000
        if need <= memory["filed"].shape[1]:
            return False
        memory["filed"] = np.zeros((memory["filed"].shape[0], int(1.3 * need)), np.int64)
        return True

    # -- the week -----------------------------------------------------------------------------------

    def open_week(self, week: int) -> bool:
        """Who is there this week, in which teams, and when the office is open.

        True if an array was replaced, so that stages are to be bound anew.
        """
        memory, queue, roster = self._memory, self.queue, self._roster
        seats = roster.week(week)
        replaced = roster.changed and self._reorganise(seats.team)
        queue.seat(seats)
        first = np.searchsorted(self._office.opens, week * WEEK_SECONDS)
        last = np.searchsorted(self._office.opens, (week + 1) * WEEK_SECONDS)
        memory["span_opens"].fill(0)
        memory["span_closes"].fill(0)
        memory["span_opens"][: last - first] = self._office.opens[first:last]
        memory["span_closes"][: last - first] = self._office.closes[first:last]
        memory["pool_skill"][:] = roster.skill
        return replaced

    def _reorganise(self, team: Array) -> bool:
        memory, queue, roster = self._memory, self.queue, self._roster
        for name in ("team_first", "team_count", "region_team"):
            memory[name][:] = getattr(roster, name)
        pool_of_seat = np.where(team >= 0, roster.team_pool[np.maximum(team, 0)], -1)
        order = np.argsort(pool_of_seat, kind="stable")
        order = order[pool_of_seat[order] >= 0]
        people = np.bincount(pool_of_seat[order], minlength=memory["account_hours"].size)
        memory["deal_first"][1:] = np.cumsum(people)
        longer = bool(memory["deal"].size < order.size)
        if longer:
            memory["deal"] = np.zeros(2 * order.size, np.int64)
        memory["deal"][: order.size] = team[order]
        memory["meeting_seats"][:] = np.where(self._meets, people, 0)
        if queue.count:
            new = {name: queue.table[name][: queue.count].copy() for name in ("team", "spare")}
            column = queue.table
            find_teams(
                queue.count, column["kind"], column["customer"], column["cell"], column["birth"], new["team"],
                new["spare"], memory["region"], memory["cell_par"][C_OVERFLOW_POOL], memory["pool_of_cell"],
                roster.team_pool, memory["team_first"], memory["team_count"], memory["region_team"],
            )  # fmt: skip
            queue.reteam(new["team"], new["spare"])
        return longer

    def week(self) -> None:
        """Serve what was filed until the week ends, tell customers and books, forget what is done with."""
        self.serve(int(self._memory["clock"][TICKET_COUNT]))
        self._tell()
        self.deliver()
        self.queue.sweep()

    def serve(self, count: int) -> None:
        """Give the first `count` jobs of ``memory["filed"]`` to the desk; it works to the week's end."""
        filed, office = self._memory["filed"], self._office
        set_moves(filed, count, office.opens, office.closes, self._before)
        self.queue.file_rows(filed, count)
        self.queue.run((int(self._memory["clock"][WEEK]) + 1) * WEEK_SECONDS)

    def office(self, second: int) -> int:
        """Office seconds before a second of the clock."""
        return int(office_seconds(second, self._office.opens, self._office.closes, self._before))

    @property
    def team_pool(self) -> Array:
        """Pool of each team."""
        return self._roster.team_pool

    def _tell(self) -> None:
        queue, clock = self.queue, self._memory["clock"]
        self._at[:] = queue.now, queue.count
        if self._sample.shape[1] < 2 * queue.count:
            self._sample, self._told = np.empty((4, 4 * queue.count), np.int64), None
        if self._told is None or queue.table is not self._told_of:
            self._bind_answers()
        assert self._told is not None
        stage, arguments = self._told
        stage(*arguments)
        many = int(clock[TICKET_COUNT])
        if many:
            self._samples.append(self._sample[:, :many].copy())
        clock[TICKET_COUNT] = 0

    def _bind_answers(self) -> None:
        """Arguments of `answers`, for as long as no array is replaced."""
        queue, office = self.queue, self._office
        column = self._told_of = queue.table
        named = {
            **self._memory,
            **{name: column[name] for name in _TOLD_OF},
            "desk_at": self._at,
            "job_cell": column["cell"],
            "again": column["answers"],
            "opens": office.opens,
            "closes": office.closes,
            "before": self._before,
            "team_pool": self._roster.team_pool,
            "sample": self._sample,
        }
        [self._told] = bind_stages([answers], named)

    def deliver(self) -> None:
        """Share of the planned contacts and account work that was begun, by pool."""
        memory, missed = self._memory, self._missed
        done, delivered = memory["pool_done"], memory["delivered"]
        share_begun(done, memory["booking_par"], memory["deal_first"], missed, delivered)

    # -- the quarter --------------------------------------------------------------------------------

    def close_quarter(self, records: Records, quarter: int) -> None:
        """Hand the quarter's sums to the records; questions that returned too often become product fixes."""
        memory, queue, roster = self._memory, self.queue, self._roster
        pools = memory["backlog"].size
        grown = {name: getattr(queue, name) - self._seen[name] for name in self._seen}
        self._seen = {name: getattr(queue, name).copy() for name in self._seen}
        present = grown["present"] / 3600.0
        busy = grown["busy"] / 3600.0
        hours = memory["pool_hours"]
        hours[0] = present
        hours[1], hours[2], hours[3] = busy[:, :3].sum(axis=1), busy[:, 3], busy[:, 4]
        hours[4], hours[5] = self._missed, memory["pool_waiting"]
        area = np.bincount(roster.team_pool, grown["area"].astype(float), pools)
        hours[6] = area / (WEEKS_PER_QUARTER * WEEK_SECONDS)
        self._missed = np.zeros(pools)
        with np.errstate(invalid="ignore", divide="ignore"):
            memory["pool_load"][0] = np.where(present > 0.0, busy.sum(axis=1) / present, 0.0)
        memory["pool_load"][1] = present > 0.0
        shape = memory["desk_sum"].shape[1:]
        late = percentiles(self._samples, shape)
        records.desk(self._slots, memory["desk_sum"], *late, open_requests(queue, shape), quarter)
        self._samples = []
        memory["desk_sum"].fill(0.0)
        if self._scenario.service.knowledge.fix_at is not None:
            self._fix(quarter)

    def _fix(self, quarter: int) -> None:
        """Questions above their share of a quarter's requests no longer come up when the fix is done."""
        memory, knowledge = self._memory, self._scenario.service.knowledge
        asked, fixed = memory["topic_count"], memory["topic_fixed"]
        files = memory["cell_par"][C_KNOWLEDGE][:: self._slots.tiers] > 0.0
        total = asked.sum(axis=1, keepdims=True)
        often = (asked >= knowledge.fix_at * np.maximum(total, 1)) & (total > 0) & (fixed == NEVER_YET)
        often &= files[:, None] & (asked >= FEW)
        done = ((quarter + 1) * WEEKS_PER_QUARTER + round(knowledge.fix_after)) * WEEK_SECONDS
        fixed[often] = done
        cost = round(100.0 * self._values["service.knowledge.fix_cost"])
        company = memory["post"].shape[2] - 1
        memory["post"][FIXES, int(memory["clock"][OFFSET]), company] -= int(often.sum()) * cost
        asked.fill(0)
