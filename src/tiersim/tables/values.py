"""Text to numbers and durations, a column at a time; what cannot be read is marked, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.scenario.spelling import SpellingError
from tiersim.scenario.spelling_money import read_money
from tiersim.scenario.spelling_time import read_weeks

Floats = npt.NDArray[np.float64]
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
_PLAIN = r"^[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,2})?$"
_GROUPED = r"^([¥￥$€£]|CNY|RMB|USD|EUR|GBP)?\s?[+-]?\d{1,3}(,\d{3})+(\.\d*)?\s?元?$"
_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d{1,2}$"
_MARKS = r"(?:US\$|HK\$|[¥￥$€£元]|[A-Za-z]{3,})"
_CURRENCY = {
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "rmb": "CNY",
    "yuan": "CNY",
    "us$": "USD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "hk$": "HKD",
    "人民币": "CNY",
    "美元": "USD",
    "美金": "USD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
    "港币": "HKD",
    "港元": "HKD",
}


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers of a column, shape (rows,).

    Parameters
    ----------
    values : float64; nan where missing or bad.
    missing : the cell is empty or says so.
    bad : the cell says something that is no such number.
    """

    values: Floats
    missing: Mask
    bad: Mask


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


def plain_numbers(column: pa.ChunkedArray) -> Floats | None:
    """Values of a column that holds plain numbers and empty cells (nan) only, as most do; else ``None``."""
    try:
        try:
            found = pc.cast(column, pa.float64())
        except pa.ArrowInvalid:
            empty = pc.equal(column, "")
            found = pc.cast(pc.if_else(empty, pa.scalar(None, column.type), column), pa.float64())
    except pa.ArrowInvalid:
        return None
    values = np.asarray(found, np.float64)  # nan where empty
    ordinary = int((np.abs(values) < 1e18).sum()) + found.null_count
    return values if ordinary == len(values) else None


def _mask(array: Any) -> Mask:
    return np.asarray(pc.fill_null(array, False)).astype(bool)


def numbers(text: pa.ChunkedArray, read: Callable[[str], float | None]) -> Numbers:
    """Numbers of cleaned text: plain ones and those with thousands set off at once, `read` for the others."""
    missing = np.asarray(pc.is_null(text)).astype(bool)
    values = np.full(len(text), np.nan)
    plain = pc.match_substring_regex(text, _PLAIN)
    plain_at = _mask(plain)
    values[plain_at] = np.asarray(pc.cast(pc.filter(text, plain), pa.float64()))
    if (plain_at | missing).all():
        return _finite(values, missing)
    comma = pc.match_substring_regex(text, _COMMA)
    grouped = pc.match_substring_regex(text, _GROUPED)
    comma_at, grouped_at = _mask(comma), _mask(grouped)
    if comma_at.any() and not (grouped_at & ~comma_at).any():
        # A decimal comma: then a point sets off thousands, also where it could be read as a decimal point.
        dotted = _mask(pc.match_substring_regex(text, r"^[+-]?\d{1,3}(\.\d{3})+$"))
        for part in (comma_at, dotted):
            there = pc.replace_substring(pc.filter(text, pa.array(part)), ".", "")
            values[part] = np.asarray(pc.cast(pc.replace_substring(there, ",", "."), pa.float64()))
        grouped_at = np.zeros(len(text), bool)
        plain_at = plain_at | comma_at | dotted
    else:
        there = pc.replace_substring_regex(pc.filter(text, grouped), r"[^\d.+\-]", "")
        values[grouped_at] = np.asarray(pc.cast(there, pa.float64()))
    rest = ~(plain_at | grouped_at | missing)
    if rest.any():
        values[rest] = each(pc.filter(text, pa.array(rest)), read)
    return _finite(values, missing)


def _finite(values: Floats, missing: Mask) -> Numbers:
    values = np.where(np.abs(values) < 1e18, values, np.nan)
    return Numbers(values, missing, np.isnan(values) & ~missing)


def each(text: pa.ChunkedArray, read: Callable[[str], float | None]) -> Floats:
    """`read` of every cell, called once a different text; nan where it gives ``None``."""
    coded = encoded(text)
    found = [read(word) for word in coded.dictionary.to_pylist()]
    table = np.array([np.nan if value is None else value for value in found] or [np.nan], np.float64)
    return table[np.asarray(coded.indices)]


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


def money(text: str) -> float | None:
    """One amount: ``(1,200)``, ``1,200-``, ``-¥3.5万``, ``CNY 1.2 m``."""
    plain = (
        unicodedata.normalize("NFKC", text)
        .strip()
        .replace("\u2212", "-")
        .replace("US$", "$")
        .replace("HK$", "$")
    )
    plain = re.sub(r"(?<=\d)[\s'’](?=\d{3}(\D|$))", "", plain)
    plain = re.sub(r"美元|美金|欧元|英镑|日元|港币|港元|人民币|yuan", "", plain, flags=re.IGNORECASE)
    sign = 1.0
    if match := re.fullmatch(r"\((.*)\)", plain) or re.fullmatch(r"(.*\d.*)-", plain):
        sign, plain = -1.0, match[1].strip()
    if match := re.fullmatch(r"-\s*([^\d-].*)", plain):
        sign, plain = -sign, match[1].strip()
    if plain.startswith("-") and sign < 0:
        return None
    try:
        return sign * read_money(plain)
    except SpellingError:
        return None


def share(text: str) -> float | None:
    """A percentage as a fraction of one; else a plain number as it is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        if plain.endswith("%"):
            return (
                float(plain[:-1].replace(",", "")) / 100 if re.fullmatch(_PLAIN, plain[:-1].strip()) else None
            )
    except ValueError:
        return None
    return count(plain)


def count(text: str) -> float | None:
    """A number with the word that counts it: ``12次``, ``3 orders``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = re.fullmatch(
        r"([+-]?\d{1,15}(?:\.\d{1,9})?)\s*(次|个|单|笔|家|分|times|orders|points)(\s*/\s*年)?", plain
    )
    return float(match[1]) if match else None


def span(text: str) -> float | None:
    """A duration with its unit, in days: ``30天``, ``2 years``."""
    try:
        return read_weeks(unicodedata.normalize("NFKC", text).replace("个", "")) * 7.0
    except SpellingError:
        return None


def percent_signs(text: pa.ChunkedArray) -> Mask:
    """Cells that are written as percentages."""
    return _mask(pc.match_substring_regex(text, r"[%％]\s*$"))


def currencies(text: pa.ChunkedArray) -> tuple[npt.NDArray[np.int16], list[str]]:
    """Currency that each amount's own text names: place in the list, -1 for none; shape (rows,)."""
    named = np.full(len(text), -1, np.int16)
    names: list[str] = []
    marked = pc.invert(pc.match_substring_regex(text, r"^[\d.,+\-\s()eE]*$"))
    at = _mask(marked)
    if at.any():
        pieces = pc.extract_regex(pc.filter(text, marked), rf"(?P<mark>{_MARKS})").combine_chunks()
        coded = encoded(pieces.field("mark"))
        table = [place(currency_code(word or ""), names) for word in coded.dictionary.to_pylist()]
        named[at] = np.array([*table, -1], np.int16)[np.asarray(coded.indices.fill_null(len(table)))]
    return named, names


def place(code: str | None, names: list[str]) -> int:
    """Place of a code in the list, where it is put if it is new; -1 for ``None``."""
    if code is None:
        return -1
    if code not in names:
        names.append(code)
    return names.index(code)


def currency_code(word: str) -> str | None:
    """Three letters of a currency from its sign, name or code; ``None`` for other words."""
    plain = unicodedata.normalize("NFKC", word).strip()
    if plain.casefold() in _CURRENCY:
        return _CURRENCY[plain.casefold()]
    return plain.upper() if re.fullmatch(r"[A-Za-z]{3}", plain) else None
