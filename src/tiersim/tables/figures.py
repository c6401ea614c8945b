"""Columns of shares, durations and scores, with what a column as a whole says of its unit."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from tiersim.tables.columns import SPANS
from tiersim.tables.reading import Reading
from tiersim.tables.values import Floats, Mask, numbers, percent_signs, share, span


def read_shares(reading: Reading, name: str) -> Floats:
    """Shares of a column as fractions of one: 24 %, 0.24 and 24 (where most of a column is beyond 1)."""
    text = reading.text(name)
    read = numbers(text, share)
    signed = percent_signs(text)
    plain = read.values[~signed & ~np.isnan(read.values)]
    percent = reading.mapped.columns[name].unit.percent and not (plain.size and np.abs(plain).max() <= 1)
    if percent or (
        plain.size and (np.abs(plain[plain != 0]) > 1).mean() > 0.5 if (plain != 0).any() else False
    ):
        read.values[~signed] /= 100.0
        reading.quality.add("info", "percent_read", plain.size, column=reading.header(name))
    bad = read.bad & reading.used
    if bad.any():
        example = reading.example(int(np.flatnonzero(bad)[0]), name)
        reading.quality.add(
            "warning", "unreadable_cells", int(bad.sum()), example, column=reading.header(name)
        )
    return read.values


def read_spans(reading: Reading, name: str) -> Floats:
    """Durations of a column in days; plain numbers are in the unit of the header, or the usual one."""
    text = reading.text(name)
    if pc.any(pc.match_substring_regex(text, "[前内]$")).as_py():
        text = pc.replace_substring_regex(text, "[前内]$", "")
    unit = reading.mapped.columns[name].unit.days or SPANS[name]
    worded = pc.match_substring_regex(text, r"[^\d.,eE+\-]")
    read = numbers(text, span)
    scale = np.where(np.asarray(pc.fill_null(worded, False)).astype(bool), 1.0, unit)
    bad = read.bad & reading.used
    if bad.any():
        example = reading.example(int(np.flatnonzero(bad)[0]), name)
        reading.quality.add(
            "warning", "unreadable_cells", int(bad.sum()), example, column=reading.header(name)
        )
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
