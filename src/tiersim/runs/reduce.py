"""What a worker keeps of one replication: everything, or sums that a comparison needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tiersim.runs.quarters import WEEKS
from tiersim.runs.tables import Columns

Reduction = Literal["full", "sums"]

LEDGER_KEYS = ("order_quarter", "cash_quarter", "cohort", "tier0", "account")
KPI_KEYS = ("quarter", "cohort", "tier0")
MOVE_KEYS = ("quarter", "from_tier", "to_tier", "rule")


def reduce_tables(tables: Mapping[str, Columns], reduction: Reduction) -> dict[str, Columns]:
    """Tables of one replication as they are kept.

    ``full`` keeps all rows. ``sums`` adds the ledger and the KPIs up over region, tier_now and arm, and
    counts moves: some 100 kB a replication and world instead of several MB.
    """
    if reduction == "full":
        return {name: dict(columns) for name, columns in tables.items()}
    kept = {name: dict(columns) for name, columns in tables.items()}
    if "ledger" in kept:
        kept["ledger"] = sum_by(kept["ledger"], LEDGER_KEYS, ("cents", "pv"))
    if "memo" in kept:
        keys = tuple(key for key in LEDGER_KEYS if key != "cash_quarter")
        kept["memo"] = sum_by(kept["memo"], keys, ("cents",))
    if "kpis" in kept:
        keys = ("arm", "tier_now", "region", *KPI_KEYS)
        kept["kpis"] = sum_by(kept["kpis"], KPI_KEYS, [name for name in kept["kpis"] if name not in keys])
    if "moves" in kept:
        kept["moves"] = _count_moves(kept["moves"])
    return kept


def _count_moves(moves: Columns) -> Columns:
    week = moves["week"].astype(np.int64)
    counted: Columns = {"quarter": (week // WEEKS).astype(np.int16)}
    counted |= {name: moves[name] for name in MOVE_KEYS[1:]}
    counted["customers"] = np.ones(week.size, dtype=np.int64)
    return sum_by(counted, MOVE_KEYS, ("customers",))


def sum_by(columns: Columns, keys: Sequence[str], values: Sequence[str]) -> Columns:
    """Sums of `values` for each combination of `keys` that occurs, sorted by it.

    Integers are added as int64, exactly; floats as float64 in the order of the rows, so that the same
    rows always give the same sum.
    """
    size = columns[keys[0]].size
    code = np.zeros(size, dtype=np.int64)
    for key in keys:
        part = columns[key].astype(np.int64)
        if size:
            low, high = int(part.min()), int(part.max())
            code = code * (high - low + 1) + (part - low)
    order = np.argsort(code, kind="stable")
    sorted_code = code[order]
    first = np.flatnonzero(np.r_[True, sorted_code[1:] != sorted_code[:-1]]) if size else order[:0]
    summed: Columns = {key: columns[key][order][first] for key in keys}
    for name in values:
        column: NDArray[Any] = columns[name]
        exact = column.astype(np.float64 if column.dtype.kind == "f" else np.int64)
        summed[name] = np.add.reduceat(exact[order], first) if size else exact
    return summed


def sums(codes: NDArray[Any], weights: NDArray[Any], size: int) -> NDArray[np.float64]:
    """Sum of the weights of each code from 0 to `size` - 1."""
    return np.asarray(np.bincount(codes, weights=weights, minlength=size), dtype=np.float64)


def stack(parts: Sequence[tuple[int, Mapping[str, Columns]]]) -> dict[str, Columns]:
    """Tables of several replications below each other, with a column ``replication`` in front."""
    stacked: dict[str, Columns] = {}
    for table in parts[0][1]:
        columns: Columns = {}
        sizes = [next(iter(tables[table].values())).size for _, tables in parts]
        numbers = np.array([replication for replication, _ in parts], dtype=np.int32)
        columns["replication"] = np.repeat(numbers, sizes)
        for name in parts[0][1][table]:
            columns[name] = np.concatenate([tables[table][name] for _, tables in parts])
        stacked[table] = columns
    return stacked


def join(parts: Sequence[Mapping[str, Columns]]) -> dict[str, Columns]:
    """Stacked tables of several pieces below each other."""
    return {
        table: {name: np.concatenate([part[table][name] for part in parts]) for name in columns}
        for table, columns in parts[0].items()
    }
