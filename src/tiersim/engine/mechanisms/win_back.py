"""Win-back (L6, R12): who of the listed, the expiring and the lost is asked to stay, week by week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.layout import NEVER, RING, N
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.mechanisms.warning import lists_read
from tiersim.engine.observe import LAPSE
from tiersim.engine.stages.alarms import BANKRUPT
from tiersim.engine.stages.win_back import attempts, offers, returns
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
        self._lists = lists_read(parts.scenario, parts.slots) if parts.scenario.warning is not None else None
        # Newcomers, who are not rated yet, are asked where no tiers are named.
        self._cells = np.outer(used, [*chosen, not rules.tiers]).ravel()
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
        }  # fmt: skip

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
        if due.size:
            named = {**memory, "who": due}
            attempts(*(named[name] for name in argument_names(attempts)))

    def _choose(self, memory: dict[str, Array], week: int) -> None:
        """Note the week of the attempt with those who are chosen: by grade, then by purchases."""
        n = int(memory["clock"][N])
        since = week - memory["tried_week"][:n].astype(np.int64)
        able = self._cells[memory["cell"][:n]] & (since >= round(self._rules.again))
        able &= memory["entry_week"][:n] <= week
        if "exit_state" in memory:
            able &= memory["exit_state"][:n] == 0
        grade = np.where(able, self._grades(memory, n, week), 0)
        who = np.flatnonzero(grade > 0)
        if who.size and not self.parts.scenario.freeze.win_back:
            ring = int(memory["clock"][RING])
            rows = memory["spend_ring"]
            spend = sum(rows[(ring - ago) % rows.shape[0], who].astype(float) for ago in range(5))
            order = np.lexsort((memory["birth"][who], -spend, -grade[who]))
            who = who[order]
            arm = memory["arm"][who] if self._places.size > 1 else np.zeros(who.size, np.int64)
            kept = []
            for number, places in enumerate(self._places):
                room = math.floor(places * (week + 1) + 1e-9) - math.floor(places * week + 1e-9)
                kept.append(who[arm == number][:room])
            who = np.sort(np.concatenate(kept))
        memory["tried_week"][who] = week + round(self._rules.delay)
        self._chosen = who

    def _grades(self, memory: dict[str, Array], n: int, week: int) -> npt.NDArray[np.int64]:
        """How pressing a customer is: 3 red, 2 amber or about to renew, 1 seen to have left; else 0."""
        rules, grade = self._rules, np.zeros(n, np.int64)
        known = memory["known"][:n] == 1
        if "lost" in rules.who:
            grade[self._lost(memory, n, week) & ~known] = 1
        if "renewal" in rules.who and self._contracts:
            left = memory["renew_week"][:n].astype(np.int64) - week
            grade[known & (left >= 0) & (left <= rules.remind)] = 2
        if "red" in rules.who or "amber" in rules.who:
            assert self._lists is not None
            read = self._lists[memory["cell"][:n] // self.parts.slots.tiers]
            listed = np.where(read >= 0, memory["listed"][read, np.arange(n)], 0)
            if "amber" in rules.who:
                grade[known & (listed == 1)] = 2
            grade[known & (listed == 2)] = 3
        return grade

    def _lost(self, memory: dict[str, Array], n: int, week: int) -> npt.NDArray[np.bool_]:
        """Seen to have left: a contract that ended, or no order for so long that it has lapsed."""
        within = self._rules.lost_within
        if self._contracts:
            gone = memory["alive"][:n] == 0
            # A firm that failed is seen to have; whom the company let go it does not ask back.
            chose = (memory["leaving"][:n] > 0) & (memory["leaving"][:n] < BANKRUPT)
            return np.asarray(gone & chose & (week - memory["leave_week"][:n].astype(int) <= within))
        silent = week - memory["last_order"][:n].astype(int)
        return np.asarray(silent <= 2 * LAPSE + within)

    @property
    def keeps(self) -> int:
        """Weeks for which who has left must keep its place, to be asked back."""
        if "lost" not in self._rules.who:
            return round(self._rules.delay)
        return round(self._rules.lost_within + self._rules.delay) + (0 if self._contracts else 3 * LAPSE)


def users(scenario: Scenario, slots: Any) -> npt.NDArray[np.bool_]:
    """By slot: whether its policy asks customers to stay; informal care never does."""
    policies = (scenario.policies[policy] for policy, _ in slots.pairs)
    return np.array([policy.care != "informal" and policy.win_back for policy in policies], bool)
