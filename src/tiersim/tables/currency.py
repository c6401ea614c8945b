"""One currency for all amounts: what rows, cells and headers say, and the rates that were given."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tiersim.errors import Problem
from tiersim.scenario.spelling import quoted
from tiersim.tables.headers import Found
from tiersim.tables.quality import Quality
from tiersim.tables.values import currencies, currency_code, encoded


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


def row_codes(
    stated: pa.ChunkedArray | None, money: pa.ChunkedArray, found: Found
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Currency code of each row (``None`` where nothing says it), and rows whose stated one is no currency.

    The currency column comes first, then the sign in the cell, then the header.
    """
    codes = currencies(money)
    bad = np.zeros(len(codes), bool)
    if stated is not None:
        coded = encoded(stated)
        words: list[str] = coded.dictionary.to_pylist()
        table = np.array([*(currency_code(word) for word in words), None], object)
        at = np.asarray(coded.indices.fill_null(len(words)))
        named = table[at]
        wrong = np.array([*(code is None for code in table[:-1]), False], bool)
        bad = wrong[at]
        codes = np.where(at < len(words), named, codes)
    if found.unit.currency is not None:
        codes = np.where(codes == None, found.unit.currency, codes)  # noqa: E711 - element by element
    return codes, bad


def factors(
    codes: npt.NDArray[np.object_],
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
    some = codes[used]
    present = [str(code) for code in dict.fromkeys(some.tolist()) if code is not None]
    if not present:
        return 1.0, target, []
    if target is None:
        free = [code for code in present if code not in given]
        target = free[0] if len(free) == 1 else None
    lacking = [code for code in present if code != target and code not in given]
    if target is None or lacking:
        counts = ", ".join(f"{code} in {int((some == code).sum())} rows" for code in present)
        if len(present) > 1:
            message = "amounts are in several currencies"
        elif target is None:
            message = "a rate is given for the only currency, but the currency wanted is not stated"
        else:
            message = f"amounts are in {present[0]}, but {target} is wanted"
        example = ", ".join(f"{code}: ..." for code in (lacking or present[1:]))
        problem = Problem(
            file,
            None,
            column,
            message,
            counts,
            f"rates of the others in one currency ({example}), or one currency a file",
        )
        return 1.0, target, [problem]
    blank = used & (codes == None)  # noqa: E711
    quality.add("info", "currency_assumed", int(blank.sum()), currency=target)
    if present == [target]:
        return 1.0, target, []
    out = np.ones(len(codes))
    for code in present:
        if code != target:
            there = codes == code
            out[there] = given[code]
            quality.add(
                "info",
                "converted",
                int((there & used).sum()),
                currency=code,
                rate=f"{given[code]:g} {target}",
            )
    return out, target, []
