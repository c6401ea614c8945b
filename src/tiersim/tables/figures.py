"""Columns of shares, durations and scores: what a column as a whole says of its unit and its odd values."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from tiersim.tables.columns import SPANS
from tiersim.tables.reading import Reading
from tiersim.tables.text import Mask
from tiersim.tables.values import Floats, numbers, share, span


def read_shares(reading: Reading, name: str) -> Floats:
    """Shares of a column as fractions of one: 24 %, 0.24 and 24 (where most of a column is beyond 1)."""
    read = reading.numbers(name, share)
    signed = reading.percents(name)
    plain = read.values[~signed & ~np.isnan(read.values)]
    percent = reading.mapped.columns[name].unit.percent and not (plain.size and np.abs(plain).max() <= 1)
    some = np.abs(plain[plain != 0])
    if percent or (some.size and (some > 1).mean() > 0.5):
        reading.quality.add("info", "percent_read", plain.size, column=reading.header(name))
        note_unreadable(reading, name, read.bad)
        return np.where(signed, read.values, read.values / 100.0)
    note_unreadable(reading, name, read.bad)
    return read.values


def read_spans(reading: Reading, name: str) -> Floats:
    """Durations of a column in days; plain numbers are in the unit of the header, or the usual one."""
    unit = reading.mapped.columns[name].unit.days or SPANS[name]
    plain = reading.plain(name)
    if plain is not None:
        return plain.values * unit
    text = reading.text(name)
    if pc.any(pc.match_substring_regex(text, "[前内]$")).as_py():
        text = pc.replace_substring_regex(text, "[前内]$", "")
    worded = pc.match_substring_regex(text, r"[^\d.,eE+\-]")
    read = numbers(text, span)
    scale = np.where(np.asarray(pc.fill_null(worded, False)).astype(bool), 1.0, unit)
    note_unreadable(reading, name, read.bad)
    return read.values * scale


def to_hundred(reading: Reading, values: Floats) -> Floats:
    """Satisfaction on a scale up to 1, 5 or 10 brought to 0 to 100."""
    highest = float(np.nanmax(values[reading.used], initial=0.0))
    top = next((top for top in (1, 5, 10) if highest <= top), 100)
    if top != 100 and highest > 0:
        column = reading.header("satisfaction_last")
        reading.quality.add("info", "scaled", int((~np.isnan(values)).sum()), column=column, top=top)
        return values * (100.0 / top)
    return values


def note_unreadable(reading: Reading, name: str, bad: Mask) -> None:
    """Count cells that cannot be read, of rows in use."""
    at = np.flatnonzero(bad & reading.used)
    if at.size:
        reading.quality.add(
            "warning",
            "unreadable_cells",
            at.size,
            reading.example(int(at[0]), name),
            column=reading.header(name),
        )


def log_outliers(values: Floats) -> Mask:
    """Positive values whose logarithm lies beyond 5 robust standard deviations (median, MAD)."""
    out = np.zeros(values.shape, bool)
    some = values > 0
    if some.sum() < 20:
        return out
    logs = np.log(values[some])
    centre = np.median(logs)
    spread = 1.4826 * np.median(np.abs(logs - centre))
    if spread > 0:
        out[some] = np.abs(logs - centre) > 5 * spread
    return out
