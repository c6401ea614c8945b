"""A column of text: cells cleaned and missing ones found, without copying large files; codes of its words."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

MISSING = (
    "",
    "-",
    "--",
    "—",
    "/",
    "\\",
    "nan",
    "null",
    "none",
    "n/a",
    "na",
    "#n/a",
    "nil",
    "nat",
    "<na>",
    "无",
    "空",
    "未知",
    "暂无",
)
_BLANK = "\ufeff\u200b \t\r\n\u3000\u00a0"


def cleaned(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text without blanks around it and without Excel's ``="..."``; null where the cell is missing.

    A column that needs nothing of this is handed back as it is: large files are not copied.
    """
    if not _doubtful(column):
        return column
    text = column
    trimmed = pc.utf8_trim(text, _BLANK)
    if _any(pc.not_equal(pc.binary_length(trimmed), pc.binary_length(text))):
        text = trimmed
    del trimmed
    if _any(pc.starts_with(text, '="')) or _any(pc.starts_with(text, "'")):
        text = pc.replace_substring_regex(pc.replace_substring_regex(text, r'^="(.*)"$', r"\1"), r"^'", "")
    short = pc.less(pc.binary_length(text), 10)  # no word for "missing" is longer
    gone = pc.and_(short, pc.is_in(pc.utf8_lower(text), value_set=pa.array(MISSING, text.type)))
    return pc.if_else(gone, pa.scalar(None, text.type), text) if _any(gone) else text


def _doubtful(column: pa.ChunkedArray | pa.Array) -> bool:
    """Whether some cell is empty, or begins or ends with a byte that a cell to be cleaned may have there."""
    opening, closing = _edges()
    for piece in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        if not len(piece):
            continue
        if piece.null_count:
            return True
        at, letters = letters_of(piece)
        if (at[1:] == at[:-1]).any():
            return True
        if opening[letters[at[:-1]]].any() or closing[letters[at[1:] - 1]].any():
            return True
    return False


def letters_of(piece: pa.Array) -> tuple[npt.NDArray[Any], npt.NDArray[np.uint8]]:
    """Where each text begins and the last one ends, shape (rows + 1,), and the bytes; without a copy."""
    _, ends, data = piece.buffers()
    kind = np.int64 if pa.types.is_large_string(piece.type) else np.int32
    at = np.frombuffer(ends, kind)[piece.offset : piece.offset + len(piece) + 1]
    return at, np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)


@cache
def _edges() -> tuple[Mask, Mask]:
    """Bytes with which cells to be cleaned begin, and end; shape (256,)."""
    opening, closing = np.zeros(256, bool), np.zeros(256, bool)
    for word in (*_BLANK, *MISSING[1:], *(word.upper() for word in MISSING[1:]), "'", "="):
        opening[word.encode()[0]] = True
    for blank in _BLANK:
        closing[blank.encode()[-1]] = True
    return opening, closing


def _any(mask: Any) -> bool:
    return bool(pc.any(mask, min_count=0).as_py())


def mask_of(array: Any) -> Mask:
    """Which cells of a boolean array of arrow are true; null counts as false."""
    return np.asarray(pc.fill_null(array, False)).astype(bool)


def encoded(text: pa.ChunkedArray) -> pa.DictionaryArray:
    """Codes and different texts, one dictionary for all."""
    if isinstance(text, pa.ChunkedArray) and text.num_chunks > 1:
        coded = text.dictionary_encode().unify_dictionaries()  # without a copy of the text
        codes = pa.concat_arrays([chunk.indices for chunk in coded.chunks])
        return pa.DictionaryArray.from_arrays(codes, coded.chunk(0).dictionary)
    return joined(text).dictionary_encode()


def joined(text: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The same text in one piece."""
    array = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    if isinstance(array, pa.ChunkedArray):  # combining may keep pieces where text passes 2 GB
        array = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in array.chunks])
    return array
