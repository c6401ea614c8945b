"""The ledger: every amount once, in whole cents, by order quarter and cash quarter (R21)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.engine.accounts import ACCOUNTS, DISCOUNTS, MEMO_ACCOUNTS, REVENUE, WEEKS_PER_QUARTER

Array = npt.NDArray[Any]

PAID_LATER = np.array([REVENUE, DISCOUNTS])
"""Accounts of what customers pay, after their days to pay."""


class Books:
    """Codes of ledger cells: arm, cohort, tier now, tier at the start, region; one more for the company.

    The code is ((((arm x 2 + cohort) x tiers + tier_now) x tiers + tier0) x regions + region).
    """

    def __init__(self, arms: int, tiers: int, regions: int) -> None:
        self.arms, self.tiers, self.regions = arms, tiers, regions
        self.company = arms * 2 * tiers * tiers * regions
        self.cells = self.company + 1

    def code(
        self, arm: Array, cohort: Array, tier_now: Array, tier0: Array, region: Array
    ) -> npt.NDArray[np.int32]:
        """Codes of customers, shape (n,)."""
        wide = np.asarray(arm, np.int32) * 2 + cohort
        wide = (wide * self.tiers + tier_now) * self.tiers + tier0
        return np.asarray(wide * self.regions + region, np.int32)

    def columns(self, code: Array) -> dict[str, Array]:
        """Columns of codes; the company has the tier code `tiers`, region and arm -1, cohort 0."""
        company = code == self.company
        rest = np.where(company, 0, code)
        rest, region = np.divmod(rest, self.regions)
        rest, tier0 = np.divmod(rest, self.tiers)
        rest, tier_now = np.divmod(rest, self.tiers)
        arm, cohort = np.divmod(rest, 2)
        out = {
            "arm": np.where(company, -1, arm),
            "cohort": np.where(company, 0, cohort),
            "tier_now": np.where(company, self.tiers, tier_now),
            "tier0": np.where(company, self.tiers, tier0),
            "region": np.where(company, -1, region),
        }
        return {name: column.astype(np.int8) for name, column in out.items()}


class Ledger:
    """Rows collected quarter by quarter from the posting buffer (accounts, weeks of cash, cells)."""

    def __init__(self, books: Books, discount: npt.NDArray[np.float64]) -> None:
        self._books = books
        self._discount = discount
        self._rows: list[dict[str, Array]] = []

    def flush(self, post: Array, quarter: int) -> None:
        """Take over a quarter's postings and clear the buffer; cash weeks count from the quarter's first."""
        first = quarter * WEEKS_PER_QUARTER
        for later in range(0, post.shape[1], WEEKS_PER_QUARTER):
            # Only what customers pay is paid later than the quarter that caused it.
            weeks = slice(later, later + WEEKS_PER_QUARTER)
            part = post[:, weeks] if later == 0 else post[PAID_LATER, weeks]
            cents = part.sum(axis=1)
            # Not the sum: amounts may cancel in cents but not in time.
            row, cell = np.nonzero(part.any(axis=1))
            account = row if later == 0 else PAID_LATER[row]
            if row.size == 0:
                continue
            paid = first + later + np.arange(part.shape[1])
            worth = part.transpose(0, 2, 1)[row, cell] @ (self._discount[paid] / 100.0)
            self._rows.append(
                {
                    "order_quarter": np.full(account.size, quarter, np.int16),
                    "cash_quarter": np.full(account.size, quarter + later // WEEKS_PER_QUARTER, np.int16),
                    **self._books.columns(cell),
                    "account": account.astype(np.int8),
                    "cents": cents[row, cell],
                    "pv": worth,
                }
            )
        post.fill(0)

    def table(self) -> dict[str, Array]:
        """All money that moved: every total of money is a sum over these rows."""
        whole = join(self._rows)
        return _rows_of(whole, ~_is_memo(whole["account"])) if whole else whole

    def memo(self) -> dict[str, Array]:
        """What is owed, by the rows in which it changed: no money moved, so it has no present value."""
        whole = join(self._rows)
        names = [name for name in (whole or MEMO_COLUMNS) if name not in ("cash_quarter", "pv")]
        if not whole:
            return {name: np.zeros(0, MEMO_COLUMNS[name]) for name in names}
        return _rows_of({name: whole[name] for name in names}, _is_memo(whole["account"]))


MEMO_COLUMNS: dict[str, type] = {
    "order_quarter": np.int16, "arm": np.int8, "cohort": np.int8, "tier_now": np.int8, "tier0": np.int8,
    "region": np.int8, "account": np.int8, "cents": np.int64,
}  # fmt: skip


def _is_memo(account: Array) -> npt.NDArray[np.bool_]:
    return np.isin(account, [ACCOUNTS.index(name) for name in MEMO_ACCOUNTS])


def _rows_of(columns: dict[str, Array], keep: npt.NDArray[np.bool_]) -> dict[str, Array]:
    return {name: values[keep] for name, values in columns.items()}


def join(rows: list[dict[str, Array]]) -> dict[str, Array]:
    """One table from pieces with the same columns."""
    if not rows:
        return {}
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


def spread(cents: int, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Whole cents over weights (not all zero), to the cent: rounded on the running sum.

    Examples
    --------
    >>> spread(100, np.array([1.0, 1.0, 1.0])).tolist()
    [33, 34, 33]
    """
    return spread_running(cents, running_share(weights))


def running_share(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shares of weights (not all zero), summed up from the first."""
    return np.asarray(np.cumsum(weights) / weights.sum())


def spread_running(cents: int, running: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """`spread` over weights whose `running_share` is known."""
    out = np.rint(running * cents).astype(np.int64)
    out[-1] = cents
    out[1:] -= out[:-1].copy()
    return out
