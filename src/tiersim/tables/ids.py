"""Customers' ids to codes: which are the same, which only look alike, and which rows say the same twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.scenario.spelling import quoted
from tiersim.tables.reading import Reading
from tiersim.tables.text import Mask, encoded, joined, letters_of


def normal_ids(ids: pa.Array) -> pa.Array:
    """Ids without case, blanks and full-width forms: what they are compared by for suspected duplicates."""
    if not pc.all(pc.string_is_ascii(ids), min_count=0).as_py():
        ids = pc.utf8_normalize(ids, form="NFKC")
    ids = pc.utf8_lower(ids)
    if pc.any(pc.match_substring_regex(ids, r"\s"), min_count=0).as_py():
        ids = pc.replace_substring_regex(ids, r"\s+", "")
    return ids


def code_ids(reading: Reading) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Codes of the customers of all used rows (-1 elsewhere), and their ids, sorted strings.

    Ids are compared as written but for blanks around them. Ids that differ only by case, inner blanks or
    full-width signs are reported; with ``clean`` they are merged under the first of them in sorted order.
    """
    codes, words = _all_different(reading) or _by_dictionary(reading)
    if _never_alike(words):
        return codes, words
    alike = normal_ids(words).dictionary_encode()
    group = np.asarray(alike.indices)
    first = np.full(len(alike.dictionary), -1, np.int64)
    first[group[::-1]] = np.arange(len(group))[::-1]
    double = np.flatnonzero(first[group] != np.arange(len(group)))
    if double.size:
        names = words.take(pa.array([int(first[group[double[0]]]), int(double[0])])).to_pylist()
        example = " / ".join(quoted(name) for name in names)
        if reading.options.clean:
            kept = np.setdiff1d(np.arange(len(words)), double)
            place = np.full(len(words) + 1, -1, np.int32)
            place[kept] = np.arange(kept.size, dtype=np.int32)
            place[:-1] = place[first[group]]
            codes, words = place[codes], words.take(pa.array(kept))
            reading.quality.add("info", "merged_ids", double.size, example)
        else:
            reading.quality.add("warning", "alike_ids", double.size, example)
    return codes, words


def _all_different(reading: Reading) -> tuple[npt.NDArray[np.int32], pa.Array] | None:
    """Codes and sorted ids of a table in which no id repeats, without a dictionary; else ``None``."""
    text = reading.text("customer")
    head = text.slice(0, 1000)
    if not reading.used.all() or text.null_count or len(head.unique()) < len(head):
        return None
    whole = joined(text)
    order = pc.sort_indices(whole)
    words = whole.take(order)
    if pc.any(pc.equal(words[1:], words[:-1]), min_count=0).as_py():
        return None
    codes = np.empty(len(words), np.int32)
    codes[np.asarray(order)] = np.arange(len(words), dtype=np.int32)
    return codes, words


def _by_dictionary(reading: Reading) -> tuple[npt.NDArray[np.int32], pa.Array]:
    coded = reading.coded("customer")
    words = coded.dictionary
    codes = np.asarray(coded.indices.fill_null(len(words)))
    if not reading.used.all():  # only the used ones shall have a code
        codes = np.where(reading.used, codes, len(words))
    seen = np.zeros(len(words) + 1, bool)
    seen[codes] = True
    order = np.asarray(pc.sort_indices(words))
    order = order[seen[order]]
    place = np.full(len(words) + 1, -1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place[codes], words.take(pa.array(order))


def _never_alike(words: pa.Array) -> bool:
    """Whether different ids stay different without case and blanks, by a look at their letters alone."""
    at, letters = letters_of(words)
    letters = letters[at[0] : at[-1]]
    if not letters.size or letters.min() <= 32 or letters.max() >= 127:
        return False
    upper, lower = letters - np.uint8(ord("A")), letters - np.uint8(ord("a"))
    return not ((upper < 26).any() and (lower < 26).any())


def equal_rows(columns: list[pa.ChunkedArray], among: npt.NDArray[Any]) -> Mask:
    """Which of the rows `among` repeat an earlier one of them in every cell; shape (len(among),)."""
    take = pa.array(among)
    codes = [np.asarray(encoded(column.take(take)).indices) for column in columns]
    _, first = np.unique(np.stack(codes, axis=1), axis=0, return_index=True)
    repeats = np.ones(len(among), bool)
    repeats[first] = False
    return repeats
