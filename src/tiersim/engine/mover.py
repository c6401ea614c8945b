"""Moves as they are made: who sees a downgrade is hurt and may appeal; some moves wait for an answer (T5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.confirm import Board
from tiersim.engine.look import Look
from tiersim.engine.pending import Batch, Notes, Pending, places
from tiersim.engine.tally import Tally
from tiersim.scenario.moving import RESERVED
from tiersim.scenario.rating import RatingRules
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

FIRST, FIRST_RULE = 0, 1
"""Codes of reasons: the first rating, then the rules of the scenario, then the others of RESERVED."""


def reasons(rules: RatingRules) -> list[str]:
    """Names of the reasons of moves, by code."""
    return [RESERVED[0], *(rule.name for rule in rules.rules), *RESERVED[1:]]


def code_of(rules: RatingRules, name: str) -> int:
    """Code of a reason of RESERVED."""
    return FIRST_RULE + len(rules.rules) + RESERVED.index(name) - 1 if name != RESERVED[0] else FIRST


@dataclass(frozen=True, eq=False)
class Moves:
    """Customers (slots) that were moved, from which tier to which, and by which reason."""

    who: Array
    old: Array
    new: Array
    rule: Array


def join_moves(parts: list[Moves]) -> Moves | None:
    """All of them in one, in order; None without any."""
    parts = [part for part in parts if part.who.size]
    if not parts:
        return None
    names = ("who", "old", "new", "rule")
    return Moves(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class Mover:
    """Makes moves in a world's memory; keeps those that take effect later, by birth id."""

    def __init__(
        self, scenario: Scenario, tally: Tally, values: dict[str, float], address: tuple[int, int]
    ) -> None:
        self._rules, self._tally = scenario.rating, tally
        self._hurts = scenario.mechanisms.satisfaction
        self._shock = np.float32(values["satisfaction.downgrade_shock"])
        self._new = len(scenario.tiers)
        self._board = Board(scenario.rating, values, address)
        self._appeal = code_of(scenario.rating, "appeal")
        self._agreed, self._granted = Pending(), Pending()
        self._kept = Notes()

    def directions(self, birth: Array, week: int) -> Array | None:
        """Directions of moves that reviews must leave alone: 1 up, -1 down, 0 none; None: nobody has any."""
        self._kept.expire(week)
        return self._kept.of(birth)[2] if len(self._kept) else None

    def waiting(self) -> Array:
        """Birth ids of customers whose move was agreed and has not taken effect."""
        return self._agreed.births()

    def later(self, look: Look, who: Array, to: Array, codes: Array, week: int) -> None:
        """Make the moves of customers `who` (places in the look) in `week`; `to` and `codes` are of all."""
        batch = Batch(
            look.seen.birth[who], look.before[who], to[who], codes[who], self._wronged(look, who, to)
        )
        self._agreed.add(week, batch)

    def make(self, look: Look, to: Array, codes: Array, is_tiered: Array) -> Moves:
        """Make all moves of a look now, of whoever has another tier in `to` than before."""
        who = np.flatnonzero(to != look.before)
        wronged = self._wronged(look, who, to)
        return self._apply(look.memory, look.slots[who], to[who], codes[who], wronged, look.week, is_tiered)

    def effects(self, memory: dict[str, Array], week: int, is_tiered: Array) -> list[Moves]:
        """Make moves that were agreed, and give tiers back; who has left or moved since is passed over."""
        made = []
        for pending, returns in ((self._agreed, False), (self._granted, True)):
            for batch in pending.due(week):
                who, here = places(memory, batch.birth)
                now = memory["tier_now"][who]
                valid = here & (now < self._new) & ((now > batch.to) if returns else (now == batch.old))
                parts = who[valid], batch.to[valid], batch.rule[valid], batch.wronged[valid]
                made.append(self._apply(memory, *parts, week, is_tiered))
        return made

    def _wronged(self, look: Look, who: Array, to: Array) -> Bools:
        """Of those who go down: whether the right record deserves the tier they lose."""
        out = np.zeros(who.size, bool)
        if self._board.sits:
            down = np.flatnonzero((to[who] > look.before[who]) & (look.before[who] < self._new))
            out[down] = look.right_tier_of(who[down]) <= look.before[who[down]]
        return out

    def _apply(
        self, memory: dict[str, Array], who: Array, to: Array, codes: Array, wronged: Bools, week: int,
        is_tiered: Array,
    ) -> Moves:  # fmt: skip
        old, new = memory["tier_now"][who], to.astype(np.int8)
        first = old == self._new
        memory["tier_now"][who] = new
        memory["cell"][who] += new.astype(np.int32) - old
        memory["tier0"][who[first]] = new[first]
        felt = ~first & (new > old) & self._rules.visible & is_tiered[memory["cell"][who] // (self._new + 1)]
        if self._hurts:
            hurt = who[felt]
            memory["content"][hurt] = np.maximum(memory["content"][hurt] - self._shock, np.float32(0.0))
        if self._board.sits:
            self._hear(memory["birth"][who[felt]], old[felt], new[felt], wronged[felt], week)
        for number, rule in enumerate(self._rules.rules):
            mine = codes == FIRST_RULE + number
            if mine.any():
                self._tally.moved(number, memory["arm"][who[mine]])
                if rule.keep:
                    until = week + math.ceil(rule.keep)
                    self._kept.put(memory["birth"][who[mine]], until, np.sign(old[mine] - new[mine]))
        return Moves(who, old, new, codes.astype(np.int8))

    def _hear(self, birth: Array, old: Array, new: Array, wronged: Bools, week: int) -> None:
        """Appeals against downgrades that were just made; those granted take effect after the delay."""
        won = self._board.grants(birth, wronged, week)
        count = int(won.sum())
        back = Batch(birth[won], new[won], old[won], np.full(count, self._appeal), np.zeros(count, bool))
        self._granted.add(week + self._board.delay, back)
