"""Errors in the company's records, and the cleaning that finds some of them (T8).

The record that ratings read is the right one with errors put in. Each customer has each kind of error in a
year of the world (52 weeks from the start) with the yearly rate of that kind, drawn by (birth, year, kind):
so an error stays for the rest of its year, whoever looks, and one customer's errors are nobody else's.
Cleaning finds each error with the chance of its kind; what it finds is right again. Survey answers,
complaints and who is lapsed are never wrong here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tiersim.random import fill_words
from tiersim.random.streams import DIRTY
from tiersim.scenario.data import ERRORS, Data, Error
from tiersim.tables.observed import QUARTERS, Observed

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Columns = dict[str, Array]

YEAR = 52

SPEND = ("spend_12m", "spend_prior_12m", "spend_3y_ago_12m", "spend_by_quarter")
ORDERS = ("orders_12m", "orders_prior_12m", "orders_by_quarter")
PURCHASES = (*SPEND, *ORDERS, "margin_rate", "recency_weeks")
"""What a wrong record takes over from another customer's."""

FIELDS: tuple[tuple[str, ...], ...] = (
    SPEND, ORDERS, ("margin_rate",), ("weeks_to_pay",), ("recency_weeks",), ("requests_12m",),
    ("referrals_12m",), ("contact_person_weeks",), ("contract_weeks_left",),
)  # fmt: skip
"""Fields that go missing, each as a whole; every signal is one more."""

MISSES = 0.3
"""Chance of each field to be missing in a record that is not complete; at least one is. Assumed."""

_PICK = len(ERRORS)  # block of the words that place customers on the ring of `_another`
_PART = 8  # first block of the words that say which fields are missing


def spoil(
    observed: Observed, data: Data | None, values: Mapping[str, float], seed: int, replication: int
) -> Observed:
    """What the company's systems show of the right record `observed`.

    Parameters
    ----------
    data : the scenario's errors; None leaves the record as it is.
    values : drawn assumptions by dotted path, such as ``"data.wrong"`` and ``"data.cleaning.wrong"``.
    """
    if data is None or len(observed) == 0:
        return observed
    draws = _Draws(observed.birth, observed.week // YEAR, seed, replication)
    hit: dict[Error, Array] = {}
    for kind, error in enumerate(ERRORS):
        has = draws.uniform(kind, 0) < values[f"data.{error}"]
        if data.cleaning is not None:
            has &= draws.uniform(kind, 2) >= values[f"data.cleaning.{error}"]
        if has.any():
            hit[error] = np.flatnonzero(has)
    if not hit:
        return observed
    columns = {
        name: np.array(getattr(observed, name), np.float64)
        for name in {*PURCHASES, *(name for part in FIELDS for name in part)}
    }
    signals = {name: np.array(column, np.float64) for name, column in observed.signals.items()}
    # Whose purchases they are comes first, how they are written down after that.
    steps: tuple[tuple[Error, Callable[..., None]], ...] = (
        ("wrong", _take_over),
        ("stale", _age),
        ("duplicate", _split),
        ("outlier", _slip),
    )
    for error, step in steps:
        if error in hit:
            step(columns, hit[error], draws, ERRORS.index(error))
    if "missing" in hit:
        _lose(columns, signals, hit["missing"], draws)
    return observed.replaced(signals=signals, **columns)


class _Draws:
    """Words of the customers `birth` in a year, by block; each block is drawn when first asked for."""

    def __init__(self, birth: Array, year: int, seed: int, replication: int) -> None:
        self._birth = np.ascontiguousarray(birth, np.uint64)
        self._at = (year, seed, replication)
        self._blocks: dict[int, list[Array]] = {}

    def words(self, block: int) -> list[Array]:
        """The four words of every customer, uint32 (n,) each."""
        if block not in self._blocks:
            year, seed, replication = self._at
            n = self._birth.size
            a, b, c, d = (np.empty(n, np.uint32) for _ in range(4))
            fill_words(self._birth, year, DIRTY, block, seed, replication, a, b, c, d, n)
            self._blocks[block] = [a, b, c, d]
        return self._blocks[block]

    def uniform(self, block: int, word: int) -> Floats:
        """Uniform numbers in (0, 1), shape (n,)."""
        return np.asarray((self.words(block)[word] + 0.5) * 2.0**-32)

    def place(self, block: int) -> npt.NDArray[np.uint64]:
        """64 random bits of every customer; not from the words that say who is hit and what is found."""
        _, high, _, low = self.words(block)
        return np.asarray((high.astype(np.uint64) << np.uint64(32)) | low)


def _take_over(columns: Columns, who: Array, draws: _Draws, kind: int) -> None:
    """Purchases of another customer, as they are right."""
    other = _another(draws, who, kind)
    for name in PURCHASES:
        columns[name][..., who] = columns[name][..., other]


def _another(draws: _Draws, who: Array, kind: int) -> Array:
    """Another customer for each of `who`, at random; positions.

    All customers stand on a ring at places drawn by their ids; who draws a place gets the next customer from
    there on. So the choice depends on no order, and who comes or goes changes only the choices that fall
    on it.
    """
    place = draws.place(_PICK)
    order = np.argsort(place, kind="stable")
    at = np.searchsorted(place[order], draws.place(kind)[who]) % order.size
    other = order[at]
    return np.where(other == who, order[(at + 1) % order.size], other)


def _age(columns: Columns, who: Array, draws: _Draws, kind: int) -> None:
    """Figures of a year ago, as far as the record still knows them; not known beyond."""
    for now, prior in (("spend_12m", "spend_prior_12m"), ("orders_12m", "orders_prior_12m")):
        columns[now][who] = columns[prior][who]
        columns[prior][who] = np.nan
    columns["spend_3y_ago_12m"][who] = np.nan
    for name in ("spend_by_quarter", "orders_by_quarter"):
        shifted = np.full((QUARTERS, who.size), np.nan)
        shifted[: QUARTERS - 4] = columns[name][4:, who]
        columns[name][:, who] = shifted
    # The last order that such a record holds lies in the middle of a quarter a year or more back.
    ordered = columns["orders_by_quarter"][: QUARTERS - 4, who] > 0
    seen = YEAR + 13.0 * ordered.argmax(axis=0) + 6.5
    recency = columns["recency_weeks"][who]
    aged = np.where(ordered.any(axis=0), seen, np.nan)
    columns["recency_weeks"][who] = np.where(recency >= YEAR, recency, aged)


def _split(columns: Columns, who: Array, draws: _Draws, kind: int) -> None:
    """The customer stands twice in the books; this record holds a share of its purchases and requests."""
    share = draws.uniform(kind, 1)[who]
    for name in (*SPEND, *ORDERS, "requests_12m"):
        columns[name][..., who] *= share


def _slip(columns: Columns, who: Array, draws: _Draws, kind: int) -> None:
    """Amounts ten times or a tenth of the right ones."""
    factor = np.where(draws.uniform(kind, 1)[who] < 0.5, 10.0, 0.1)
    for name in SPEND:
        columns[name][..., who] *= factor


def _lose(columns: Columns, signals: Columns, who: Array, draws: _Draws) -> None:
    """Some fields are not filled in."""
    fields: list[list[Array]] = [[columns[name] for name in part] for part in FIELDS]
    fields += [[signals[name]] for name in sorted(signals)]
    surely = (draws.uniform(ERRORS.index("missing"), 1)[who] * len(fields)).astype(np.int64)
    for number, part in enumerate(fields):
        lost = draws.uniform(_PART + number // 4, number % 4)[who] < MISSES
        gone = who[lost | (surely == number)]
        for column in part:
            column[..., gone] = np.nan
