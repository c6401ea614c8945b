"""Quarterly review of the budget: rules see the record and move money between groups (P7, R16)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.layout import RING, N
from tiersim.engine.mechanism import Mechanism, Parts
from tiersim.engine.purse import Split
from tiersim.engine.record import Records
from tiersim.engine.sight import Sighting
from tiersim.policy.budget_rules import (
    Floats,
    Seen,
    causes,
    followed,
    holds,
    moved,
    named,
    quarters,
    seen,
    terms_of,
    within,
)
from tiersim.scenario.schema import Scenario

Array = npt.NDArray[Any]


class MoneyReview(Mechanism):
    """Looks at each quarter's end, and moves money at the beginning of the next."""

    COLUMNS: ClassVar[dict[str, Any]] = {
        "quarter": np.int16, "arm": np.int8, "policy": np.int8, "group": np.int8, "cause": np.int8,
        "share_before": np.float64, "share_after": np.float64, "customers": np.float64,
        "purchases": np.float64, "margin": np.float64, "satisfaction": np.float64,
    }  # fmt: skip

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._causes = causes(parts.scenario)
        self._seen: dict[int, Seen] = {}
        self._changes: dict[int, list[tuple[str, Floats]]] = {}
        self._rows: list[tuple[float, ...]] = []

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        """Whether any policy's split may move."""
        return any(terms_of(scenario, policy).moves for policy in scenario.policies.values())

    def _splits(self) -> list[tuple[int, Split]]:
        purse = self.parts.slots.purse
        frozen = self.parts.scenario.freeze.budget
        return (
            [] if purse is None or frozen else [(n, s) for n, s in enumerate(purse.splits) if s is not None]
        )

    # -- looking ------------------------------------------------------------------------------------

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        """At the start: what is seen then is what changes are measured against."""
        if week == 0 and first == 0 and self._splits():
            clock = memory["clock"].copy()
            clock[RING] = self.parts.start.ring
            self._look(memory, self.parts.sight.take({**memory, "clock": clock}, 0))

    def _look(self, memory: dict[str, Array], sight: Sighting) -> None:
        slots, record, who = self.parts.slots, sight.shown, sight.slots
        slot = memory["cell"][who] // slots.tiers
        tier = memory["tier_now"][who]
        for number, split in self._splits():
            mine = np.flatnonzero((slot == number) & (split.group_of[tier] >= 0))
            if mine.size == 0:
                self._seen.pop(number, None)
                continue
            self._seen[number] = seen(
                split.group_of[tier[mine]], record.spend_by_quarter[0][mine], record.margin_rate[mine],
                record.satisfaction_last[mine], split.written.size,
            )  # fmt: skip
            if split.start is None:
                split.start = self._seen[number]

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        """Look, and let the rules move what they want to."""
        week = 13 * (quarter + 1)
        splits = self._splits()
        if not splits or week >= self.parts.horizon:
            return
        self._look(memory, self.parts.sight.at(memory, week))
        for number, split in splits:
            now = self._seen.get(number)
            if now is not None and split.start is not None:
                self._changes[number] = self._rule(split, split.start, now)

    def _rule(self, split: Split, start: Seen, now: Seen) -> list[tuple[str, Floats]]:
        """Ask the rules in their order, then follow value; each cause with what it changed."""
        terms, out = split.terms, []
        for k, (rule, name) in enumerate(zip(terms.review, terms.names, strict=True)):
            split.held[k] = split.held[k] + 1 if holds(rule, split.names, start, now) else 0
            if split.held[k] >= quarters(rule):
                split.held[k] = 0  # it must hold anew before it moves more
                give = named(split.names, rule.take_from)
                get = named(split.names, rule.give_to or rule.when.group)
                fresh = moved(split.ruled, split.written, give, get, rule.move, terms.most)
                out.append((name, fresh - split.ruled))
                split.ruled = fresh
        if terms.follow_value > 0.0:
            # What the limits cut off is not owed later.
            fresh = followed(split.ruled, now.margin, terms.follow_value)
            fresh = within(fresh, split.written, terms.most)
            out.append(("follow value", fresh - split.ruled))
            split.ruled = fresh
        return out

    # -- moving -------------------------------------------------------------------------------------

    def open_quarter(self, memory: dict[str, Array], week: int) -> None:
        """Bring the new split into force."""
        if week == 0 or week >= self.parts.horizon:
            return
        n = int(memory["clock"][N])
        slot = memory["cell"][:n] // self.parts.slots.tiers
        known = memory["known"][:n] == 1
        everybody = max(int(known.sum()), 1)
        for number, split in self._splits():
            if number not in self._seen:
                continue
            old = split.shares
            freed_before = split.freed
            after = split.settle(float((known & (slot == number)).sum()) / everybody)
            changes = [*self._changes.pop(number, []), ("freed", split.freed - freed_before)]
            changes.append(("limits", after - old - sum(change for _, change in changes)))
            self._tell(week // 13, number, split, old, changes)

    def _tell(
        self, quarter: int, number: int, split: Split, old: Floats, changes: list[tuple[str, Floats]]
    ) -> None:
        slots, now = self.parts.slots, self._seen[number]
        policy, arm = slots.pairs[number]
        at = list(self.parts.scenario.policies).index(policy)
        for g, name in enumerate(split.names):
            share, told = float(old[g]), []
            for cause, change in changes:
                if abs(change[g]) > 1e-12:
                    told.append((self._causes.index(cause), share, share + float(change[g])))
                    share += float(change[g])
            figures = tuple(float(getattr(now, name)[g]) for name in ("customers", "purchases", "margin"))
            for cause_code, was, is_now in told or [(0, share, share)]:
                self._rows.append(
                    (quarter, arm, at, slots.group_code(name), cause_code, was, is_now, *figures,
                     float(now.satisfaction[g]))
                )  # fmt: skip

    def tables(self) -> dict[str, dict[str, Array]]:
        """What was seen at each quarter's end, and what it changed."""
        columns = list(zip(*self._rows, strict=True)) or [()] * len(self.COLUMNS)
        return {
            "budget_moves": {
                name: np.array(column, kind)
                for (name, kind), column in zip(self.COLUMNS.items(), columns, strict=True)
            }
        }
