"""Early warning (L5): customers' health week by week, lists by four detectors, and how right they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import WARNING, WEEKS_PER_QUARTER
from tiersim.engine.foresight import USE_FIELDS, is_watched, signs_wanted, trivial_rule, use_memory
from tiersim.engine.layout import NEVER, OFFSET, N
from tiersim.engine.ledger import join
from tiersim.engine.mechanism import Mechanism, Parts, Place
from tiersim.engine.record import Records
from tiersim.engine.stages.alarms import ALARM_COLUMNS, ALARM_MEASURES, BANKRUPT, alarms, tell
from tiersim.engine.stages.health import (
    DETECTOR_COUNT,
    LOGISTIC_LIST,
    SCORE_LIST,
    SIGN_COUNT,
    TRIVIAL_LIST,
    health,
)
from tiersim.engine.stages.use import use
from tiersim.engine.state import Fields
from tiersim.engine.wiring import Stage
from tiersim.scenario.schema import Scenario
from tiersim.scenario.warning import DETECTORS, SIGNS, Rule

Array = npt.NDArray[Any]

BINS = 10
SAID_COLUMNS = ("looked_at", "said", "looked_left", "said_left")
LONGEST_LIST = 200
"""Customers on the list that a run keeps, the gravest first."""


class Warning(Mechanism):
    """The health score, its rivals, and their judge. It changes nothing: who is listed may be acted upon."""

    fields: ClassVar[Fields] = {
        **USE_FIELDS,
        "score": (np.float32, ()),
        "chance": (np.float32, ()),
        "cause_seen": (np.int8, ()),
        "listed": (np.int8, (DETECTOR_COUNT,)),
        "alarm_week": (np.int16, (DETECTOR_COUNT,)),
        "rescued": (np.int8, ()),  # would have left, had it not been won over this week
        "looked": (np.int8, (2,)),  # deciles of score and chance at the last quarter's end; -1: not looked at
        "looked_list": (np.int8, (DETECTOR_COUNT,)),  # grade on each list then
        "warned": (np.int8, ()),  # on the list that its policy acts on
        "told": (np.int8, ()),  # whether that changed this week
        "would_leave": (np.int8, ()),  # left, or would have, since then
    }

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._cells = parts.slots.count * parts.slots.tiers
        self._lists = lists_read(parts.scenario, parts.slots)
        self._sum = np.zeros((ALARM_MEASURES, DETECTOR_COUNT, self._cells))
        self._rows: list[dict[str, Array]] = []
        self._bins: list[dict[str, Array]] = []
        self._list: dict[str, Array] = {}

    @staticmethod
    def is_on(scenario: Scenario) -> bool:
        return is_watched(scenario)

    def memory(self) -> dict[str, Array]:
        scenario, foresight = self.parts.scenario, self.parts.start.foresight
        rules, f32 = scenario.warning, np.float32
        assert rules is not None and foresight is not None
        signs = np.zeros((6, SIGN_COUNT), f32)
        signs[2] = 1.0
        for name, indicator in rules.indicators.items():
            signs[:3, SIGNS.index(name)] = indicator.weight, indicator.worst, indicator.best - indicator.worst
        signs[3], signs[4], signs[5] = foresight.slopes, foresight.mean, foresight.scale
        asked = [trivial_rule(scenario), *rules.rules.values()]
        return {
            "sign_on": signs_wanted(scenario),
            "sign_par": signs,
            "rule_par": np.array([_row(rule) for rule in asked], f32).T.copy(),
            "health_par": np.array(
                [
                    rules.amber, rules.red, foresight.intercept, rules.amber_chance, rules.red_chance,
                    len(rules.rules),
                ],
                f32,
            ),
            "alarm_within": np.array([round(rules.within)], np.int64),
            "alarm_sum": self._sum,
            "reads": np.repeat(self._lists, self.parts.slots.tiers),
            **use_memory(self.parts.values),
        }  # fmt: skip

    def stages(self, place: Place, run_out: bool) -> Sequence[Stage]:
        if place is not Place.LAST or run_out:
            return ()
        return (use, health, alarms, tell) if self.parts.segments.has("warned") else (use, health, alarms)

    def seated(self, memory: dict[str, Array], first: int, last: int, week: int) -> None:
        memory["alarm_week"][:, first:last] = NEVER
        memory["looked"][:, first:last] = -1
        if first > 0 or week > 0:
            memory["use_fast"][first:last] = memory["use_slow"][first:last] = 1.0

    def begin_week(self, memory: dict[str, Array], week: int, run_out: bool) -> bool:
        rules = self.parts.scenario.warning
        assert rules is not None
        if rules.cost > 0 and not run_out and self._is_used(memory):
            weekly = round(100.0 * rules.cost / 52.0)
            memory["post"][WARNING, memory["clock"][OFFSET], self.parts.books.company] -= weekly
        return False

    def end_week(self, memory: dict[str, Array], week: int, run_out: bool) -> None:
        if not run_out:
            n = int(memory["clock"][N])
            self._tell(memory, n)
            if week == self.parts.horizon - 1:
                self._list = self._last_list(memory, n)

    def _tell(self, memory: dict[str, Array], n: int) -> None:
        """Strategies for the warned follow the list on which each policy acts."""
        segmenting = self.parts.segments
        if not segmenting.has("warned"):
            return
        told = memory["told"]
        changed = np.flatnonzero(told[:n] >= 0)
        segmenting.write(memory, "warned", changed, told[changed])

    def close_quarter(self, memory: dict[str, Array], records: Records, quarter: int) -> None:
        if (quarter + 1) * WEEKS_PER_QUARTER > self.parts.horizon:
            return
        slots = self.parts.slots
        measure = np.concatenate([self._sum, self._said(memory)]).reshape(-1, DETECTOR_COUNT * self._cells)
        some = np.flatnonzero(measure.any(axis=0))
        detector, cell = np.divmod(some, self._cells)
        slot, tier = np.divmod(cell, slots.tiers)
        self._rows.append(
            {
                "quarter": np.full(some.size, quarter, np.int16),
                **slots.columns(slot),
                "tier": tier.astype(np.int8),
                "detector": detector.astype(np.int8),
                **{name: measure[m, some].copy() for m, name in enumerate((*ALARM_COLUMNS, *SAID_COLUMNS))},
            }
        )
        self._sum.fill(0.0)
        self._compare(memory, quarter)

    def _said(self, memory: dict[str, Array]) -> npt.NDArray[np.float64]:
        """What lists said at the last quarter's end against what came, shape (columns, detectors, cells)."""
        n = int(memory["clock"][N])
        looked = memory["looked"][0, :n] >= 0
        cell, left = memory["cell"][:n][looked], memory["would_leave"][:n][looked]
        out = np.zeros((len(SAID_COLUMNS), DETECTOR_COUNT, self._cells))
        for d in range(DETECTOR_COUNT):
            said = memory["looked_list"][d, :n][looked] > 0
            for row, weights in enumerate((np.ones(said.size), said, left, said & (left > 0))):
                out[row, d] = np.bincount(cell, weights, self._cells)
        return out

    def _compare(self, memory: dict[str, Array], quarter: int) -> None:
        """By decile of what was said at the last quarter's end: how many, and how many left since."""
        n, slots = int(memory["clock"][N]), self.parts.slots
        slot = memory["cell"][:n] // slots.tiers
        for row, detector in ((0, SCORE_LIST), (1, LOGISTIC_LIST)):
            bins = memory["looked"][row, :n].astype(np.int64)
            code = (slot * BINS + bins)[bins >= 0]
            left = memory["would_leave"][:n][bins >= 0]
            customers = np.bincount(code, minlength=slots.count * BINS)
            leavers = np.bincount(code, left, slots.count * BINS)
            some = np.flatnonzero(customers)
            self._bins.append(
                {
                    "quarter": np.full(some.size, quarter, np.int16),
                    **slots.columns(some // BINS),
                    "detector": np.full(some.size, detector, np.int8),
                    "bin": (some % BINS).astype(np.int8),
                    "customers": customers[some].astype(float),
                    "true_left": leavers[some],
                }
            )
        # Whom to compare with at the next quarter's end: those who are known, and really still there.
        there = (memory["known"][:n] == 1) & (memory["alive"][:n] == 1)
        for row, said in ((0, memory["score"][:n] / 100.0), (1, memory["chance"][:n])):
            decile = np.minimum((said * BINS).astype(np.int64), BINS - 1)
            memory["looked"][row, :n] = np.where(there, decile, -1)
        memory["looked_list"][:, :n] = memory["listed"][:, :n]
        memory["would_leave"][:n] = 0

    def _is_used(self, memory: dict[str, Array]) -> bool:
        n = int(memory["clock"][N])
        slot = np.unique(memory["cell"][:n][memory["known"][:n] == 1] // self.parts.slots.tiers)
        read = self._lists[slot]
        return bool(((read >= 0) & (read != TRIVIAL_LIST)).any())  # the plain rule needs no system

    def _last_list(self, memory: dict[str, Array], n: int) -> dict[str, Array]:
        """The list of the horizon's last week, gravest first; each customer's is that of its policy."""
        rules = self.parts.scenario.warning
        assert rules is not None
        read = self._lists
        read = np.where(read >= 0, read, DETECTORS.index(rules.by))
        grade = memory["listed"][read[memory["cell"][:n] // self.parts.slots.tiers], np.arange(n)]
        who = np.flatnonzero(grade > 0)
        order = np.lexsort((memory["birth"][who], memory["score"][who], -grade[who].astype(int)))
        who = who[order][:LONGEST_LIST]
        return {
            "birth": memory["birth"][who],
            "tier": memory["tier_now"][who],
            "grade": grade[who],
            "score": memory["score"][who].astype(float),
            "chance": memory["chance"][who].astype(float),
            "sign": memory["cause_seen"][who],
            "true_leaving": ((memory["leaving"][who] > 0) & (memory["leaving"][who] < BANKRUPT)).astype(
                np.int8
            ),
        }

    def tables(self) -> dict[str, dict[str, Array]]:
        return {
            "warnings": join(self._rows),
            "calibration": join(self._bins),
            "watch_list": self._list,
        }


def lists_read(scenario: Scenario, slots: Any) -> npt.NDArray[np.int64]:
    """By slot: the detector whose list its policy acts on, -1 for none; informal care never does."""
    assert scenario.warning is not None
    own = scenario.warning.by
    found = []
    for name, _ in slots.pairs:
        policy = scenario.policies[name]
        by = own if policy.warning is True else policy.warning
        found.append(DETECTORS.index(by) if by and policy.care != "informal" else -1)
    return np.array(found, np.int64)


def _row(rule: Rule) -> tuple[float, float, float, float]:
    bound = rule.at_most if rule.at_least is None else rule.at_least
    assert bound is not None
    return SIGNS.index(rule.indicator), bound, rule.at_least is not None, 2.0 if rule.grade == "red" else 1.0
