"""Tables that a run holds, and how their codes become readable frames."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiersim.runs.columns import SPEC
from tiersim.runs.columns.column import QUARTER, Column
from tiersim.runs.quarters import quarter_labels

if TYPE_CHECKING:
    import pandas as pd

Columns = dict[str, NDArray[Any]]
"""One table: columns of equal length."""

COHORTS = ["new", "start"]

OUTSIDE = {"arms": "shared", "regions": "company"}
"""What a code of -1 is called."""


def labels_of(table: str, column: str) -> str | None:
    """Name of the list that the codes of a column point into; None for numbers."""
    known = SPEC.get(table, {}).get(column)
    return known.names if known else None


def last_quarter(tables: Mapping[str, Columns]) -> int:
    """Highest quarter that any table speaks of; -1 without rows."""
    found = -1
    for table, columns in tables.items():
        for name, values in columns.items():
            if labels_of(table, name) == QUARTER and values.size:
                found = max(found, int(values.max()))
    return found


def to_frame(
    table: str, columns: Columns, names: Mapping[str, list[str]], start: date, last: int
) -> pd.DataFrame:
    """Readable frame of a table: codes become categories in the scenario's order, quarters their names.

    Parameters
    ----------
    names : lists of names by kind; a code of -1 stands for what is shared or the company's.
    last : last quarter among the categories, so that all tables of a run have the same ones.
    """
    import pandas as pd

    data: dict[str, Any] = {}
    for name, values in columns.items():
        kind = labels_of(table, name)
        if kind is None:
            data[name] = values
            continue
        labels, codes = _labels(kind, values, names, start, last)
        data[name] = pd.Categorical.from_codes(
            codes, categories=pd.Index(labels, dtype="str"), ordered=kind in (QUARTER, "tiers")
        )
    return pd.DataFrame(data)


def _labels(
    kind: str, codes: NDArray[Any], names: Mapping[str, list[str]], start: date, last: int
) -> tuple[list[str], NDArray[np.int32]]:
    """Names by code and the codes from 0; a code of -1 becomes the one after the last name."""
    whole = codes.astype(np.int32)
    if kind == QUARTER:
        return quarter_labels(start, range(last + 1)), whole
    labels = list(COHORTS) if kind == "cohorts" else list(names[kind])
    if kind in OUTSIDE and whole.size and int(whole.min()) < 0:
        if OUTSIDE[kind] not in labels:
            labels.append(OUTSIDE[kind])
        whole = np.where(whole < 0, labels.index(OUTSIDE[kind]), whole).astype(np.int32)
    return labels, whole


def describe(tables: Mapping[str, Columns]) -> pd.DataFrame:
    """Data dictionary of the columns that are there: table, column, unit, meaning."""
    import pandas as pd

    rows = []
    for table, columns in tables.items():
        for name in columns:
            known = SPEC.get(table, {}).get(name, Column("", ""))
            rows.append((table, name, known.unit, known.meaning))
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])
