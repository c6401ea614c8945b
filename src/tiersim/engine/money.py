"""Budget and wages of a world: who is served by whom, what is funded, and what is posted when (R16, R17)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ON_CALL, STAFF, STRATEGIES
from tiersim.engine.layout import N
from tiersim.engine.ledger import Books, running_share, spread, spread_running
from tiersim.kernel import kernel
from tiersim.policy.care import Census

Array = npt.NDArray[Any]


@kernel
def count_cells(  # type: ignore[no-untyped-def]
    clock, segments, known, cell, segment, ledger_cell, ticket_rate, needs, favour, pool_of_cell, plan_even,
    plan_favour, spend_rate, by_cell, by_package, hours, spend,
):  # fmt: skip
    """Sums over customers as the company knows them.

    ``by_cell``: rows n, requests a week, needs, favour; ``by_package``: n, by cell x `segments` + segment;
    ``hours``: planned work by pool and ledger cell; ``spend``: money for strategies a week by ledger cell.
    """
    for i in range(clock[N]):
        if known[i] == 0:
            continue
        c, books = cell[i], ledger_cell[i]
        package = c * segments + segment[i]
        by_cell[0, c] += 1.0
        by_cell[1, c] += np.float64(ticket_rate[i])
        by_cell[2, c] += np.float64(needs[i])
        by_cell[3, c] += np.float64(favour[i])
        hours[pool_of_cell[c], books] += np.float64(plan_even[c] + plan_favour[c] * favour[i]) + 1e-9
        by_package[package] += 1.0
        spend[books] += spend_rate[package]


def censuses(by_cell: Array, by_package: Array, slots: int, tiers: int) -> list[Census]:
    """Census of each slot from the sums by cell (requests a week become requests a year)."""
    wide, parts = by_cell.reshape(4, slots, tiers), by_package.reshape(slots, tiers, -1)
    return [
        Census(wide[0, s], wide[1, s] * 365.25 / 7.0, wide[2, s], wide[3, s], by_segment=parts[s])
        for s in range(slots)
    ]


class Payments:
    """What is posted every week of a quarter: wages by pool, strategies, spread over ledger cells."""

    def __init__(self, books: Books, pools: int) -> None:
        self._books = books
        self.hours = np.zeros((pools, books.cells))
        self.spend = np.zeros(books.cells)
        self._strategies = np.zeros(books.cells, np.int64)
        self._shifted = False
        # Wages and duty surcharges of the last week, and their cents by ledger cell.
        self._paid: list[tuple[float, float]] | None = None
        self._week = np.zeros((2, books.cells), np.int64)
        self._wages: dict[tuple[int, int], npt.NDArray[np.int64]] = {}
        self._parts: dict[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = {}

    def renew(self) -> None:
        """After a recount: the week's cents of strategies by ledger cell."""
        self._wages.clear()
        self._parts.clear()
        self._paid = None
        self._renew_strategies()

    def shift(self, ledger_cell: Array, change: Array) -> None:
        """Change the week's money for strategies of some customers, in money a week; shape (n,) each."""
        self.spend += np.bincount(ledger_cell, change, self.spend.size)
        # What cancels leaves a rounding error, which must not become a cent of the wrong sign.
        self.spend[np.abs(self.spend) < 1e-9] = 0.0
        self._shifted = True

    def _renew_strategies(self) -> None:
        self._shifted = False
        total = round(100.0 * float(self.spend.sum()))
        used = np.flatnonzero(self.spend)
        self._strategies.fill(0)
        if total and used.size:
            self._strategies[used] = spread(total, self.spend[used])

    def post_week(self, post: Array, offset: int, wages: list[tuple[float, float]]) -> None:
        """Post (wages, duty surcharge) of each pool, in money a week, and the strategies."""
        if self._shifted:
            self._renew_strategies()
        post[STRATEGIES, offset] -= self._strategies
        # People seldom change from week to week, so neither does what is posted.
        if wages != self._paid:
            self._paid = wages
            for place, week in enumerate(self._week):
                week.fill(0)
                for pool, amounts in enumerate(wages):
                    cents = round(100.0 * amounts[place])
                    if cents:
                        week += self._by_hours(pool, cents)
        for account, week in zip((STAFF, ON_CALL), self._week, strict=True):
            post[account, offset] -= week

    def _by_hours(self, pool: int, cents: int) -> npt.NDArray[np.int64]:
        if (pool, cents) not in self._wages:
            self._wages[pool, cents] = self._spread(pool, cents)
        return self._wages[pool, cents]

    def _spread(self, pool: int, cents: int) -> npt.NDArray[np.int64]:
        if pool not in self._parts:
            used = np.flatnonzero(self.hours[pool])
            self._parts[pool] = used, running_share(self.hours[pool][used])
        used, running = self._parts[pool]
        out = np.zeros(self._books.cells, np.int64)
        if used.size == 0:
            out[self._books.company] = cents
        else:
            out[used] = spread_running(cents, running)
        return out
