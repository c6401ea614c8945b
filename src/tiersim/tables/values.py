"""Text to numbers and durations, a column at a time; what cannot be read is marked, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.scenario.spelling import SpellingError
from tiersim.scenario.spelling_money import read_money
from tiersim.scenario.spelling_time import read_weeks
from tiersim.tables.text import Mask, encoded, mask_of

Floats = npt.NDArray[np.float64]

_PLAIN = r"^[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,2})?$"
_GROUPED = r"^([¥￥$€£]|CNY|RMB|USD|EUR|GBP)?\s?[+-]?\d{1,3}(,\d{3})+(\.\d*)?\s?元?$"
_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d{1,2}$"


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


def numbers(text: pa.ChunkedArray, read: Callable[[str], float | None]) -> Numbers:
    """Numbers of cleaned text: plain ones and those with thousands set off at once, `read` for the others."""
    missing = np.asarray(pc.is_null(text)).astype(bool)
    values = np.full(len(text), np.nan)
    plain = pc.match_substring_regex(text, _PLAIN)
    plain_at = mask_of(plain)
    values[plain_at] = np.asarray(pc.cast(pc.filter(text, plain), pa.float64()))
    if (plain_at | missing).all():
        return _finite(values, missing)
    comma = pc.match_substring_regex(text, _COMMA)
    grouped = pc.match_substring_regex(text, _GROUPED)
    comma_at, grouped_at = mask_of(comma), mask_of(grouped)
    if comma_at.any() and not (grouped_at & ~comma_at).any():
        # A decimal comma: then a point sets off thousands, also where it could be read as a decimal point.
        dotted = mask_of(pc.match_substring_regex(text, r"^[+-]?\d{1,3}(\.\d{3})+$"))
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
    return mask_of(pc.match_substring_regex(text, r"[%％]\s*$"))
