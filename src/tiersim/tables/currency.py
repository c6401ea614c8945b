"""One currency for all amounts: what rows, cells and headers say, and the rates that were given."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiersim.errors import Problem
from tiersim.scenario.spelling import quoted
from tiersim.tables.headers import Found
from tiersim.tables.quality import Quality
from tiersim.tables.text import encoded, mask_of

_SIGNS = r"(?:US\$|HK\$|[¥￥$€£元]|[A-Za-z]{3,})"
_NAMED = {
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


def check_rates(rates: Mapping[str, float] | None, currency: str | None, file: str) -> list[Problem]:
    """Problems of the rates and of the target currency as given."""
    problems = []
    if currency is not None and currency_code(str(currency)) is None:
        problems.append(
            Problem(file, None, "currency", "is not a currency", quoted(currency), "three letters, as in CNY")
        )
    for code, rate in (rates or {}).items():
        number = (
            isinstance(rate, (int, float)) and not isinstance(rate, bool) and math.isfinite(rate) and rate > 0
        )
        if currency_code(str(code)) is None or not number:
            problems.append(
                Problem(
                    file,
                    None,
                    "rates",
                    "must give a currency its value in the target currency",
                    got=f"{code}: {quoted(rate)}",
                    allowed="for example USD: 7.1",
                )
            )
    return problems


@dataclass(frozen=True, eq=False)
class Codes:
    """Currency of each row.

    Parameters
    ----------
    at : place in `names`, -1 where nothing says it; int16, shape (rows,).
    names : currency codes.
    bad : the currency column holds something that is no currency; bool, shape (rows,).
    """

    at: npt.NDArray[np.int16]
    names: list[str]
    bad: npt.NDArray[np.bool_]


def row_codes(
    stated: pa.ChunkedArray | None, money: pa.ChunkedArray | None, found: Found, rows: int
) -> Codes:
    """Currency of each row: the currency column comes first, then the sign in the cell, then the header.

    `money` is the text of the amounts, ``None`` if they are plain numbers.
    """
    names: list[str] = []
    at = np.full(rows, -1, np.int16)
    if money is not None:
        at, names = currencies(money)
    bad = np.zeros(len(at), bool)
    if stated is not None:
        coded = encoded(stated)
        places = [place(currency_code(word), names) for word in coded.dictionary.to_pylist()]
        index = np.asarray(coded.indices.fill_null(len(places)))
        named = np.array([*places, -1], np.int16)[index]
        bad = (named < 0) & (index < len(places))
        at = np.where(index < len(places), named, at)
    if found.unit.currency is not None:
        at = np.where(at < 0, np.int16(place(found.unit.currency, names)), at)
    return Codes(at, names, bad)


def factors(
    codes: Codes,
    used: npt.NDArray[np.bool_],
    currency: str | None,
    rates: Mapping[str, float] | None,
    quality: Quality,
    file: str,
    column: str,
) -> tuple[npt.NDArray[np.float64] | float, str | None, list[Problem]]:
    """Factor on each row's amounts, the currency they then have, and problems. Mixed ones need rates."""
    target = None if currency is None else currency_code(currency)
    given = {str(currency_code(code)): float(rate) for code, rate in (rates or {}).items()}
    if not codes.names:
        return 1.0, target, []
    counts = np.bincount(codes.at[used] + 1, minlength=len(codes.names) + 1)
    rows = {name: int(count) for name, count in zip(codes.names, counts[1:], strict=True) if count}
    if not rows:
        return 1.0, target, []
    if target is None:
        free = [code for code in rows if code not in given]
        target = free[0] if len(free) == 1 else None
    lacking = [code for code in rows if code != target and code not in given]
    if target is None or lacking:
        got = ", ".join(f"{code} in {count} rows" for code, count in rows.items())
        if len(rows) > 1:
            message = "amounts are in several currencies"
        elif target is None:
            message = "a rate is given for the only currency, but the currency wanted is not stated"
        else:
            message = f"amounts are in {next(iter(rows))}, but {target} is wanted"
        example = ", ".join(f"{code}: ..." for code in (lacking or list(rows))[-1:])
        allowed = f"rates of the others in one currency ({example}), or a file in one currency"
        return 1.0, target, [Problem(file, None, column, message, got, allowed)]
    quality.add("info", "currency_assumed", int(counts[0]), currency=target)
    if list(rows) == [target]:
        return 1.0, target, []
    by_code = np.ones(len(codes.names) + 1)
    for code, count in rows.items():
        if code != target:
            by_code[codes.names.index(code)] = given[code]
            quality.add("info", "converted", count, currency=code, rate=f"{given[code]:g} {target}")
    return by_code[codes.at], target, []


def currencies(text: pa.ChunkedArray) -> tuple[npt.NDArray[np.int16], list[str]]:
    """Currency that each amount's own text names: place in the list, -1 for none; shape (rows,)."""
    named = np.full(len(text), -1, np.int16)
    names: list[str] = []
    marked = pc.invert(pc.match_substring_regex(text, r"^[\d.,+\-\s()eE]*$"))
    at = mask_of(marked)
    if at.any():
        pieces = pc.extract_regex(pc.filter(text, marked), rf"(?P<mark>{_SIGNS})").combine_chunks()
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
    if plain.casefold() in _NAMED:
        return _NAMED[plain.casefold()]
    return plain.upper() if re.fullmatch(r"[A-Za-z]{3}", plain) else None
