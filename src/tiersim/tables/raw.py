"""A table as it stands in a file, every cell as text, and where its header is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

LOOK = 20
"""Rows among which the header is looked for: exports like to begin with a title."""

Score = Callable[[list[str]], float]
"""How well a row's cells serve as a header."""


@dataclass(frozen=True, eq=False)
class Raw:
    """A table as it stands in the file, every cell as text.

    Parameters
    ----------
    name : what messages call it.
    headers : one a column.
    columns : text of each column, ``pyarrow`` strings of equal length, an empty cell is ""; ``None`` once
        the reader has released it.
    lines : line (row of the sheet) of each row, int64, shape (rows,).
    above : rows above the header that were passed over.
    odd : rows that have more or fewer cells than the header: (line, cells).
    how, stated : key of the sentence that names the format, and the encoding or sheet that stands in it.
    """

    name: str
    headers: list[str]
    columns: list[Any]
    lines: npt.NDArray[np.int64]
    above: int = 0
    odd: list[tuple[int, int]] = field(default_factory=list)
    how: str = "how_frame"
    stated: Mapping[str, str] = field(default_factory=dict)


def header_row(rows: list[list[str]], score: Score) -> int | None:
    """Place of the row that serves best as a header, the first of equal ones; ``None`` if all are empty."""
    some = [i for i, row in enumerate(rows) if any(row)]
    if not some:
        return None
    return max(some, key=lambda i: (score(rows[i]), -i))


def trimmed(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    last = max((j for j, cell in enumerate(row) if cell), default=-1)
    return [str(cell) for cell in row[: last + 1]]


def filled(rows: list[list[str]]) -> int:
    """Number of rows that hold something."""
    return sum(any(row) for row in rows)
