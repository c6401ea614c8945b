"""Win-back (L6, R12): who of the listed, the expiring and the lost is asked to stay, week by week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.foresight import is_watched
from tiersim.engine.layout import NEVER, RING, N
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.mechanisms.exit import ExitOfCustomers
from tiersim.engine.mechanisms.warning import lists_read
from tiersim.engine.observe import LAPSE
from tiersim.engine.stages.health import DETECTOR_COUNT
from tiersim.engine.stages.win_back import (
    LOST_WITHIN,
    SEEN_AFTER,
    attempts,
    offers,
    press,
    returns,
    year_spend,
)
from tiersim.engine.state import Fields
from tiersim.engine.wiring import Stage, argument_names
from tiersim.scenario.schema import Scenario
from tiersim.scenario.warning import CAUSES_OF_CHANCE

Array = npt.NDArray[Any]


class WinBack(Mechanism):
    """Chooses whom to call at the end of a week, within capacity, and makes the calls that are due."""

    fields: ClassVar[Fields] = {
        "offer_until": (np.int16, ()),
        "tried_week": (np.int16, ()),  # week of the last attempt, or of the one that is agreed
        "pressing": (np.int8, ()),
        "rescued": (np.int8, ()),  # won over this week; early warning judges by it
    }

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        rules = parts.scenario.win_back
        assert rules is not None
        self._rules = rules
        self._contracts = parts.scenario.population.contract is not None
        tiers = list(parts.scenario.tiers)
        chosen = [not rules.tiers or tier in rules.tiers for tier in tiers]
        used = users(parts.scenario, parts.slots)
        nobody = np.full(parts.slots.count, -1, np.int64)
        self._lists = lists_read(parts.scenario, parts.slots) if is_watched(parts.scenario) else nobody
        # Newcomers, not rated yet, are asked where no tiers are named; one package for all knows no tiers.
        asked = np.outer(used, [*chosen, not rules.tiers])
        even = used & ~parts.slots.is_tiered
        self._cells = (asked | even[:, None]).ravel()
        self._places = self._share_places()

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        return scenario.win_back is not None and scenario.mechanisms.win_back

    def _share_places(self) -> npt.NDArray[np.float64]:
        """Attempts a week by arm; one number for all where arms share them."""
        scenario, slots = self.parts.scenario, self.parts.slots
        if scenario.sharing.win_back == "all" or len(slots.arms) == 1:
            return np.array([float(self._rules.capacity)])
        return np.asarray(self._rules.capacity * slots.arm_shares)

    def memory(self) -> dict[str, Array]:
        rules, values, staff = self._rules, self.parts.values, self.parts.scenario.staff
        hour = staff.salary / 52.0 / staff.hours
        cost = values["win_back.work"] * hour + rules.offer.gift
        return {
            "win_par": np.array(
                [
                    round(100.0 * cost), round(100.0 * rules.offer.reward), rules.offer.discount,
                    round(rules.offer.lasts), values["win_back.fades"], values["win_back.relief"],
                ]
            ),
            "win_chance": np.array([values[f"win_back.chance.{cause}"] for cause in CAUSES_OF_CHANCE]),
            "ask_par": self._asking(),
            "asks": self._cells.astype(np.int8),
            "reads": np.repeat(self._lists, self.parts.slots.tiers),
            "pressing_sum": np.zeros(4, np.int64),
            **({} if is_watched(self.parts.scenario) else {"listed": np.zeros((DETECTOR_COUNT, 0), np.int8)}),
            **({} if ExitOfCustomers.is_on(self.parts.scenario) else {"exit_state": np.zeros(0, np.int8)}),
        }  # fmt: skip

    def _asking(self) -> npt.NDArray[np.int64]:
        """Whom the rules want to be asked, in weeks and switches; -1: nobody of that kind."""
        rules = self._rules
        lost = rules.lost_within + (0 if self._contracts else 2 * LAPSE)
        return np.array(
            [
                round(rules.again),
                math.floor(rules.remind) if "renewal" in rules.who else -1,
                math.floor(lost) if "lost" in rules.who else -1,
                self._contracts, "amber" in rules.who, "red" in rules.who,
            ],
            np.int64,
        )  # fmt: skip

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        if place is Place.DEMAND:
            return (offers,) if self._rules.offer.discount > 0 else ()
        return (returns,) if place is Place.LAST and not run_out else ()

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        memory["tried_week"][first:last] = NEVER

    def end_week(self, memory: dict[str, Array], week: int, run_out: bool) -> None:
        if run_out:
            return
        self._choose(memory, week)
        delay = round(self._rules.delay)
        n = int(memory["clock"][N])
        # Who is due was chosen so many weeks ago; who has failed or gone for good since is called in vain.
        due = np.flatnonzero(memory["tried_week"][:n] == week) if delay else self._chosen
        if memory["exit_state"].size:
            due = due[memory["exit_state"][due] == 0]
        if due.size:
            named = {**memory, "who": due}
            attempts(*(named[name] for name in argument_names(attempts)))

    def _choose(self, memory: dict[str, Array], week: int) -> None:
        """Note the week of the attempt with those who are chosen: by grade, then by purchases."""
        n = int(memory["clock"][N])
        press(*(memory[name] for name in argument_names(press)))
        grade = memory["pressing"][:n]
        if self.parts.scenario.freeze.win_back:
            who = np.flatnonzero(grade)
        elif self._places.size == 1:
            who = self._foremost(memory, grade, _room(float(self._places[0]), week))
        else:
            who = self._by_need(memory, np.flatnonzero(grade))
            arm = memory["arm"][who]
            rooms = [_room(places, week) for places in self._places.tolist()]
            who = np.concatenate([who[arm == number][:room] for number, room in enumerate(rooms)])
        who.sort()
        memory["tried_week"][who] = week + round(self._rules.delay)
        self._chosen = who

    def _foremost(self, memory: dict[str, Array], grade: Array, room: int) -> Array:
        """As many as there are places for, without putting those in order who come in or stay out anyhow."""
        waiting = memory["pressing_sum"]
        for least in (3, 2, 1):
            if waiting[least:].sum() >= room:
                break
        sure, rivals = np.flatnonzero(grade > least), np.flatnonzero(grade == least)
        room = min(room - sure.size, rivals.size)
        if room == 0:
            return sure
        spend = self._spend(memory, rivals)
        rivals = rivals[spend >= np.partition(spend, rivals.size - room)[rivals.size - room]]
        return np.concatenate([sure, self._by_need(memory, rivals)[:room]])

    def _by_need(self, memory: dict[str, Array], who: Array) -> Array:
        """Customers by grade, then by purchases, then by id."""
        grade = memory["pressing"][who].astype(int)
        return who[np.lexsort((memory["birth"][who], -self._spend(memory, who), -grade))]

    @staticmethod
    def _spend(memory: dict[str, Array], who: Array) -> Array:
        spend = np.empty(who.size)
        year_spend(memory["spend_ring"], int(memory["clock"][RING]), who, spend)
        return spend

    def holds(self, memory: dict[str, Array], n: int, week: int) -> Array:
        """Who may still be asked back, and who was asked so lately that an order would count as a return."""
        held = week - memory["tried_week"][:n].astype(np.int64) <= SEEN_AFTER
        if "lost" in self._rules.who:
            # Who is chosen in the last of these weeks is called `delay` weeks later; it is held as asked.
            seen_last = memory["leave_week" if self._contracts else "last_order"][:n].astype(np.int64)
            held |= (memory["leaving"][:n] > 0) & (week - seen_last <= self._asking()[LOST_WITHIN])
        return np.asarray(held)


def users(scenario: Scenario, slots: Any) -> npt.NDArray[np.bool_]:
    """By slot: whether its policy asks customers to stay; informal care never does."""
    policies = (scenario.policies[policy] for policy, _ in slots.pairs)
    return np.array([policy.care != "informal" and policy.win_back for policy in policies], bool)


def _room(places: float, week: int) -> int:
    """Whole attempts of a week; `places` a week on average."""
    return math.floor(places * (week + 1) + 1e-9) - math.floor(places * week + 1e-9)
