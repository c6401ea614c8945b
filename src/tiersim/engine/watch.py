"""Writes the observed panel of a world: what its systems show at the ends of periods, and nothing else.

It reads what stages left and changes nothing, so that a world runs the same with or without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ACCOUNTS, MEMO_ACCOUNTS, WEEKS_PER_QUARTER
from tiersim.engine.layout import RING, N
from tiersim.engine.ledger import Books
from tiersim.engine.observe import lapsed
from tiersim.scenario.schema import Scenario
from tiersim.tables.panel import SUMS, Panel

Array = npt.NDArray[Any]

RINGS = {
    "revenue": "spend_ring", "goods": "goods_ring", "orders": "orders_ring", "requests": "requests_ring",
    "late": "late_ring", "grave": "grave_ring", "contacts": "contacts_ring", "referrals": "referrals_ring",
}  # fmt: skip
"""Measures that the systems remember by quarter."""

PAST = 8
"""Quarters before the start of which the panel keeps what the rings remember: two years."""

_MONEY = {"revenue", "goods"}
_NO_CARE = frozenset({"revenue", "goods", "discounts", *MEMO_ACCOUNTS})


@dataclass(frozen=True, eq=False)
class Hidden:
    """True state at the ends of periods, for the diagnosis only; the customers of a panel, in its order."""

    satisfaction: Array
    alive: Array


class Watch:
    """Collects the panel of one world.

    Parameters
    ----------
    ends : weeks from the start at which periods end, ascending, all above 0.
    """

    def __init__(self, scenario: Scenario, ends: Sequence[int]) -> None:
        self._contracts = scenario.population.contract is not None
        self._ends = np.array(ends, np.int64)
        self._stops = {int(week) for week in ends}
        self._rows: list[dict[str, Array]] = []
        self._gone: list[dict[str, Array]] = []
        self._answers: list[list[tuple[Array, Array]]] = []

    def begin(self, memory: dict[str, Array], books: Books, ring: int) -> None:
        """At the start: the past by quarter as the rings have it; `ring`: number of its last quarter."""
        n = int(memory["clock"][N])
        self._group, self._arm = _groups(books)
        self._care = np.array([name not in _NO_CARE for name in ACCOUNTS])
        self._past = {"birth": memory["birth"][:n].copy(), "tier": memory["tier_now"][:n].copy()}
        for name, key in RINGS.items():
            rows = memory[key]
            # The oldest row of a ring is the one that is written next.
            reach = min(PAST, rows.shape[0] - 1)
            out = np.full((PAST, n), np.nan, np.float32)
            for ago in range(reach):
                out[PAST - 1 - ago] = _money(name, rows[(ring - ago) % rows.shape[0], :n])
            self._past[name] = out
        # Since the last end of a period: what earlier quarters brought, and what this one's rows held then.
        self._carried: dict[str, Array] | None = None
        self._held: dict[str, Array] | None = None
        self._spent = np.zeros(int(self._group.max()) + 1)
        self._mark = np.zeros_like(self._spent)
        birth = self._past["birth"]
        self._last = {
            "birth": birth,
            "renew": memory["renew_week"][:n].astype(np.float32),
        }
        self._heard: list[tuple[Array, Array]] = []

    def week(self, memory: dict[str, Array], week: int) -> None:
        """After the stages of `week`, before newcomers of the next one are seated."""
        ends, closes = week + 1 in self._stops, (week + 1) % WEEKS_PER_QUARTER == 0
        if not (ends or closes):
            return
        n, ring = int(memory["clock"][N]), int(memory["clock"][RING])
        birth = memory["birth"][:n].copy()
        now = {
            name: _money(name, memory[key][ring % memory[key].shape[0], :n]) for name, key in RINGS.items()
        }
        since = dict(now)
        for part, sign in ((self._held, -1), (self._carried, 1)):
            if part is not None:
                at, known = _places(part["birth"], birth)
                for name in RINGS:
                    since[name] = since[name] + sign * np.where(known, part[name][at], np.float32(0.0))
        if ends:
            self._gone.append(_missing(self._carried, birth))
            self._rows.append({"birth": birth, **since})
            self._carried, self._held = None, None if closes else {"birth": birth, **now}
        else:
            rest = _missing(self._carried, birth)
            both = {name: np.concatenate([since[name], rest[name]]) for name in RINGS} if rest else since
            whole = np.concatenate([birth, rest["birth"]]) if rest else birth
            self._carried, self._held = {"birth": whole, **both}, None
        if not closes:
            self.paid(memory, week)

    @contextmanager
    def survey(self, memory: dict[str, Array]) -> Iterator[None]:
        """Around the stages in which customers are asked.

        Last answers are put aside meanwhile: at either end of the scale two answers may be the same.
        """
        last = memory["answer_last"][: int(memory["clock"][N])]
        before = last.copy()
        last.fill(np.nan)
        yield
        given = np.isfinite(last)
        self._heard.append((memory["birth"][: last.size][given], last[given]))
        last[:] = np.where(given, last, before)

    def paid(self, memory: dict[str, Array], week: int) -> None:
        """Once all that belongs to `week` is posted: at a quarter's end, before the ledger takes it over."""
        closes = (week + 1) % WEEKS_PER_QUARTER == 0
        posted = self._posted(memory)
        self._spent = self._spent + posted - self._mark
        self._mark = np.zeros_like(posted) if closes else posted
        if week + 1 in self._stops:
            row = self._rows[-1]
            row["cost"] = self._by_head(memory, self._known(memory, row["birth"].size, week))
            self._spent = np.zeros_like(posted)

    def closed(self, memory: dict[str, Array], week: int) -> None:
        """After `week` and, where it ends one, its quarter."""
        if week + 1 not in self._stops:
            return
        row = self._rows[-1]
        birth, n = row["birth"], row["birth"].size
        known = self._known(memory, n, week)
        at, seen = _places(self._last["birth"], birth)
        renew = np.where(seen, self._last["renew"][at], np.float32(np.inf))
        self._answers.append(self._heard)
        self._heard = []
        row["due"] = (renew <= week).astype(np.float32) * self._contracts
        row["renewed"] = row["due"] * known
        # Who did not renew and has given up its place since was due all the same.
        gone = (self._last["renew"] <= week) & ~np.isin(self._last["birth"], birth)
        row["known"] = known
        row["not_renewed"] = self._last["birth"][gone & self._contracts]
        row["tier_now"] = np.where(known, memory["tier_now"][:n], -1).astype(np.int8)
        row["satisfaction"] = memory["content"][:n].copy()
        row["alive"] = (memory["alive"][:n] == 1) & (memory["entry_week"][:n] <= week)
        row |= {name: memory[name][:n].copy() for name in ("entry_week", "region", "industry", "tier0")}
        # Who has left has no renewal to come.
        later = np.where(known, memory["renew_week"][:n], np.inf).astype(np.float32)
        self._last = {"birth": birth, "renew": later}

    def _posted(self, memory: dict[str, Array]) -> Array:
        """Cost of care posted in the running quarter so far, by group, in currency units."""
        cents = memory["post"][self._care, :WEEKS_PER_QUARTER].sum(axis=(0, 1))
        return np.bincount(self._group, -cents[: self._group.size] / 100.0)

    def _known(self, memory: dict[str, Array], n: int, week: int) -> npt.NDArray[np.bool_]:
        """Whom the company counts as a customer at the end of `week` (R12)."""
        came = memory["entry_week"][:n] <= week
        if self._contracts:
            return np.asarray((memory["alive"][:n] == 1) & came)
        return np.asarray(~lapsed(memory, n, week + 1) & came)

    def _by_head(self, memory: dict[str, Array], known: npt.NDArray[np.bool_]) -> Array:
        """What the books posted since the last period for a customer's group, by head, shape (n,).

        What was posted for groups that have no customer any more is borne by all heads of their arm.
        """
        group = self._group[memory["ledger_cell"][: known.size]]
        heads = np.bincount(group, known, self._spent.size)
        left, arms = heads == 0, int(self._arm.max()) + 1
        spare = np.bincount(self._arm[left], self._spent[left], arms)
        share = self._spent / np.where(left, 1.0, heads)
        share += (spare / np.maximum(np.bincount(self._arm, heads, arms), 1.0))[self._arm]
        return np.asarray(share[group] * known, np.float32)

    def panel(self) -> tuple[Panel, Hidden]:
        """All that was collected."""
        parts = [self._past["birth"], *(row["birth"] for row in self._rows)]
        parts += [row["not_renewed"] for row in self._rows]
        parts += [who for heard in self._answers for who, _ in heard]
        birth = np.unique(np.concatenate(parts + [part["birth"] for part in self._gone if part]))
        n, new = birth.size, len(self._rows)
        sums = {name: np.zeros((PAST + new, n), np.float32) for name in SUMS}
        known, answer = np.zeros((PAST + new, n), np.bool_), np.full((PAST + new, n), np.nan, np.float32)
        tier_now = np.full((PAST + new, n), -1, np.int8)
        content, alive = np.full((new, n), np.nan, np.float32), np.zeros((new, n), np.bool_)
        traits = {name: np.zeros(n, np.int16) for name in ("entry_week", "region", "industry", "tier0")}
        at = np.searchsorted(birth, self._past["birth"])
        known[:PAST, at] = True
        tier_now[PAST - 1, at] = self._past["tier"]
        for name in SUMS:
            if name in RINGS:
                sums[name][:PAST, at] = self._past[name]
                sums[name][:PAST][np.isnan(self._past[name]).all(axis=1)] = np.nan
            else:
                sums[name][:PAST] = np.nan
        for k in range(new - 1, -1, -1):  # so that traits are those of the first period
            row, gone, place = self._rows[k], self._gone[k], PAST + k
            at = np.searchsorted(birth, row["birth"])
            for name in SUMS:
                sums[name][place, at] = row[name]
            if gone:
                left = np.searchsorted(birth, gone["birth"])
                for name in RINGS:
                    sums[name][place, left] = gone[name]
            sums["due"][place, np.searchsorted(birth, row["not_renewed"])] = 1.0
            for who, values in self._answers[k]:
                answer[place, np.searchsorted(birth, who)] = values
            known[place, at] = row["known"]
            tier_now[place, at] = row["tier_now"]
            content[k, at], alive[k, at] = row["satisfaction"], row["alive"]
            for name, values in traits.items():
                values[at] = row[name]
        ends = np.concatenate([WEEKS_PER_QUARTER * np.arange(1 - PAST, 1), self._ends[:new]])
        begins = np.concatenate([[-WEEKS_PER_QUARTER * PAST], ends[:-1]])
        panel = Panel(
            birth, traits["entry_week"], traits["region"], traits["industry"], traits["tier0"], begins, ends,
            sums, known, answer, tier_now,
        )  # fmt: skip
        return panel, Hidden(content, alive)


def _money(name: str, values: Array) -> Array:
    """A row of a ring as it is shown: money in currency units, counts as they are."""
    return np.asarray(values, np.float32) / np.float32(100.0 if name in _MONEY else 1.0)


def _places(own: Array, birth: Array) -> tuple[Array, Array]:
    """Places in `own` of customers `birth`, and whether they stand there."""
    if own.size >= birth.size and np.array_equal(own[: birth.size], birth):
        return np.arange(birth.size), np.ones(birth.size, bool)
    order = np.argsort(own)
    at = order[np.minimum(np.searchsorted(own, birth, sorter=order), own.size - 1)]
    return at, own[at] == birth


def _missing(part: dict[str, Array] | None, birth: Array) -> dict[str, Array]:
    """The rows of `part` whose customers have given up their place since; empty if there are none."""
    if part is None:
        return {}
    left = ~np.isin(part["birth"], birth)
    return {name: values[left] for name, values in part.items()} if left.any() else {}


def _groups(books: Books) -> tuple[Array, Array]:
    """Group of each ledger cell by which care is counted, and the arm of each group.

    Groups are of arm, cohort, tier at the start and region.
    """
    columns = books.columns(np.arange(books.company))
    code = columns["arm"].astype(np.int64)
    for name, size in (("cohort", 2), ("tier0", books.tiers), ("region", books.regions)):
        code = code * size + columns[name]
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    return group, columns["arm"].astype(np.int64)[first]
