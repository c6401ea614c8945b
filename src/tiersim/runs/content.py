"""The tidy tables of saved runs: readable frames, their files, and a hash of what they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tiersim.runs.columns.column import QUARTER
from tiersim.runs.errors import RunError, unread
from tiersim.runs.quarters import WEEKS, quarter_labels
from tiersim.runs.run import Run
from tiersim.runs.tables import COHORTS, OUTSIDE, labels_of

if TYPE_CHECKING:
    import pandas as pd

    from tiersim.scenario.schema import Scenario


def tidy(runs: Sequence[Run], table: str) -> pd.DataFrame:
    """Readable frame of a table of all runs, with the world's label in front."""
    import pandas as pd

    frames = []
    for run in runs:
        frame = run.frame(table)
        for name in frame.columns:
            if isinstance(frame[name].dtype, pd.CategoricalDtype):
                frame[name] = frame[name].astype("str")
        frame.insert(0, "world", run.label)
        frames.append(frame)
    whole = pd.concat(frames, ignore_index=True)
    words = [name for name in whole.columns if whole[name].dtype == "str"]
    return whole.astype(dict.fromkeys(words, "category"))


def content_hash(frame: pd.DataFrame) -> str:
    """sha256 of names, types and values of a table; the same whatever file it came from.

    Integers count as 64 bit and floats as float64, words by themselves, so that neither the width of a
    column nor the order of its categories matters; the order of rows and columns does.
    """
    import pandas as pd

    digest = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else "w"
        if kind not in "iufb":
            codes, words = pd.factorize(column.astype("str"), sort=True)
            kind, values = "w", codes.astype("<i8")
            digest.update(json.dumps([str(word) for word in words], ensure_ascii=False).encode())
        else:
            wide = {"f": "<f8", "u": "<u8"}.get(kind, "<i8")
            values = column.to_numpy().astype(wide)
        digest.update(f"{name} {kind} {len(values)}\n".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def write_table(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd")


def read_table(folder: Path, table: str) -> pd.DataFrame:
    """A saved table; raises `RunError` where it is missing or damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{table}.parquet"
    try:
        frame: pd.DataFrame = pq.read_table(path).to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise RunError(f"{path}: missing or damaged: {unread(error, 'a Parquet table')}") from None
    return frame


def codes_of(
    column: pd.Series[Any],
    table: str,
    name: str,
    names: dict[str, list[str]],
    scenario: Scenario,
    dtype: np.dtype[Any],
) -> Any:
    """Words back to codes."""
    kind = labels_of(table, name)
    if kind is None:
        return column.to_numpy().astype(dtype)
    # A table without rows comes back from its file without the type of its words.
    column = column.astype("category")
    if kind == QUARTER:
        words = column.cat.categories
        labels = quarter_labels(scenario.start, range(_enough_quarters(scenario, len(words))))
    else:
        labels = list(COHORTS) if kind == "cohorts" else names[kind]
    code = {word: number for number, word in enumerate(labels)}
    if kind in OUTSIDE:
        code.setdefault(OUTSIDE[kind], -1)
    by_category = np.array([code.get(word, -1) for word in column.cat.categories], dtype=np.int64)
    return by_category[column.cat.codes.to_numpy()].astype(dtype)


def _enough_quarters(scenario: Scenario, words: int) -> int:
    return round((scenario.horizon + scenario.run_out) / WEEKS) + words + 8
