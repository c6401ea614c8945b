"""What both kinds of export share: the file as read, its mapping, cleaned columns, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.errors import Problem
from tiersim.scenario.spelling import quoted
from tiersim.tables.dates import Days, Order, iso_days, read_days
from tiersim.tables.headers import Mapped
from tiersim.tables.quality import Quality, Refusals
from tiersim.tables.raw import Raw
from tiersim.tables.text import Mask, cleaned, encoded
from tiersim.tables.values import Floats, Numbers, numbers, percent_signs, plain_numbers

_LARGE = 100_000
"""Rows from which on a second thread spares more than it costs."""


@dataclass(frozen=True)
class Options:
    """What the caller said of the export; see `tiersim.tables.export.read_export`."""

    as_of: date | None
    today: date
    currency: str | None = None
    rates: Mapping[str, float] | None = None
    dates: Order | None = None
    clean: bool = False


@dataclass(eq=False)
class Reading:
    """One file on its way to an export.

    Parameters
    ----------
    raw, mapped : the table as text, and which column is what.
    problems : what makes the whole file unusable; raised together.
    used : rows not refused so far, bool, shape (rows,).
    """

    raw: Raw
    mapped: Mapped
    options: Options
    quality: Quality = field(default_factory=Quality)
    refusals: Refusals = field(default_factory=Refusals)
    problems: list[Problem] = field(default_factory=list)
    used: Mask = field(init=False)
    _texts: dict[str, pa.ChunkedArray] = field(default_factory=dict)
    _codes: dict[str, pa.DictionaryArray] = field(default_factory=dict)
    _plain: set[str] = field(default_factory=set)
    _ahead: dict[str, Future[pa.DictionaryArray]] = field(default_factory=dict)
    _ready: dict[str, Floats | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = len(self.raw.lines)
        self.used = np.ones(rows, bool)
        self.quality.rows_read = rows + len(self.raw.odd)
        if self.raw.odd:
            lines, cells = zip(*self.raw.odd, strict=True)
            got = [f"{c} cells, the header has {len(self.raw.headers)}" for c in cells]
            self.refusals.add("odd_cells", np.array(lines, np.int64), [""] * len(lines), got)

    def has(self, name: str) -> bool:
        """Whether the file has a column of this canonical name."""
        return name in self.mapped.columns

    def header(self, name: str) -> str:
        """The file's own header of a canonical column; the name itself where there is none."""
        return self.mapped.columns[name].header if self.has(name) else name

    def text(self, name: str) -> pa.ChunkedArray:
        """Cleaned text of a canonical column, null where missing; its share of missing cells is noted."""
        if name not in self._texts:
            column = self.raw.columns[self.mapped.columns[name].at]
            self._texts[name] = cleaned(column)
            self.quality.missing[name] = column_share(self._texts[name])
        return self._texts[name]

    def coded(self, name: str) -> pa.DictionaryArray:
        """Codes and different texts of a column; made once."""
        if name not in self._codes:
            ahead = self._ahead.pop(name, None)
            self._codes[name] = encoded(self.text(name)) if ahead is None else ahead.result()
        return self._codes[name]

    def encode_ahead(self, name: str) -> None:
        """Begin with `coded` of a large column while other columns are read."""
        if len(self.used) >= _LARGE:
            pool = ThreadPoolExecutor(1)
            self._ahead[name] = pool.submit(encoded, self.text(name))
            pool.shutdown(wait=False)

    def numbers(self, name: str, read: Callable[[str], float | None]) -> Numbers:
        """Numbers of a column; `read` reads a cell that is no plain one."""
        return self.plain(name) or numbers(self.text(name), read)

    def plain(self, name: str) -> Numbers | None:
        """Numbers of a column that holds plain ones and empty cells only; else ``None``."""
        if name in self._ready:
            values = self._ready.pop(name)
        else:
            values = plain_numbers(self.raw.columns[self.mapped.columns[name].at])
        if values is None:
            return None
        self._plain.add(name)
        missing = np.isnan(values)
        self.quality.missing[name] = float(missing.mean()) if missing.size else 0.0
        return Numbers(values, missing, np.zeros(missing.shape, bool))

    def prepare(self, names: Iterable[str]) -> None:
        """Parse columns that may be plain numbers, two at a time, before they are asked for."""
        found = {name: self.raw.columns[self.mapped.columns[name].at] for name in names if self.has(name)}
        if len(self.used) < _LARGE:
            return
        with ThreadPoolExecutor(2) as pool:
            self._ready = dict(zip(found, pool.map(plain_numbers, found.values()), strict=True))

    def cells(self, name: str, at: npt.NDArray[Any]) -> list[str]:
        """Cleaned text of a column in some rows, "" where missing."""
        column = self.raw.columns[self.mapped.columns[name].at]
        found: list[str] = cleaned(column.take(pa.array(at))).fill_null("").to_pylist()
        return found

    def percents(self, name: str) -> Mask:
        """Cells of a column, of which `numbers` were read, that are written as percentages."""
        return np.zeros(len(self.used), bool) if name in self._plain else percent_signs(self.text(name))

    def marks(self, name: str) -> pa.ChunkedArray | None:
        """Text of a column of amounts that may name a currency; ``None`` if all are plain numbers."""
        return None if name in self._plain else self.text(name)

    def release(self, *names: str) -> None:
        """Free the text of columns that are read, so that a large file is not held twice."""
        for name in names:
            if self.has(name):
                if name not in self.quality.missing:
                    self.text(name)  # notes its share of missing cells
                self.raw.columns[self.mapped.columns[name].at] = None
            self._texts.pop(name, None)
            self._codes.pop(name, None)

    def release_unused(self) -> None:
        """Free columns that serve for nothing but the comparison of whole rows."""
        used = {found.at for found in self.mapped.columns.values()}
        for j in range(len(self.raw.columns)):
            if j not in used:
                self.raw.columns[j] = None

    def refuse(self, key: str, mask: Mask, column: str | None = None) -> None:
        """Refuse the rows of `mask` that are still in use; `column` shows what stood there."""
        at = np.flatnonzero(mask & self.used)
        if not at.size:
            return
        self.used[at] = False
        ids = self.cells("customer", at)
        got = [""] * at.size
        if column is not None:
            got = [_short(word) for word in self.cells(column, at)]
        self.refusals.add(key, self.raw.lines[at], ids, got)

    def days(self, name: str) -> Days:
        """Dates of a column; a column that contradicts itself is a problem of the file."""
        raw = self.raw.columns[self.mapped.columns[name].at]
        plain = iso_days(raw)
        if plain is not None:
            self.quality.missing.setdefault(name, float(plain.missing.mean()))
            return plain
        text = self.text(name)
        found = read_days(raw, self.options.dates)
        column = self.header(name)
        if found.conflict is not None:
            places = [self._line_of(text, word) for word in found.conflict]
            self.problems.append(
                Problem(
                    self.raw.name,
                    places[0],
                    column,
                    "some dates can only be day first, others only month first",
                    got=" and ".join(
                        f"{quoted(w)} (line {p})" for w, p in zip(found.conflict, places, strict=True)
                    ),
                    allowed="one order in a file; or dates='dmy' or dates='mdy', and the others are refused",
                )
            )
        elif found.assumed:
            self.quality.add(
                "warning", "order_assumed", int((~found.missing).sum()), _first(text), column=column
            )
        elif found.order is not None:
            order = "day/month/year" if found.order == "dmy" else "month/day/year"
            self.quality.add(
                "info", "order_found", int((~found.missing).sum()), _first(text), column=column, order=order
            )
        return found

    def example(self, at: int, column: str | None = None) -> str:
        """Line and text of a row, for a finding."""
        held = column is not None and self.raw.columns[self.mapped.columns[column].at] is not None
        got = f": {_short(self.cells(column, np.array([at]))[0])}" if column is not None and held else ""
        return f"line {self.raw.lines[at]}{got}"

    def _line_of(self, text: pa.ChunkedArray, word: str) -> int:
        return int(self.raw.lines[pc.index(text, pa.scalar(word, text.type)).as_py()])


def _first(text: pa.ChunkedArray) -> str:
    return next((_short(word) for word in text.drop_null().slice(0, 1).to_pylist()), "")


def _short(word: str) -> str:
    return quoted(word)[1:-1]


def column_share(text: pa.ChunkedArray) -> float:
    """Share of missing cells."""
    return text.null_count / len(text) if len(text) else 0.0
